"""What a request means for the ride, for the asset, and for how soon it is answered.

The document leaves these to the operator. The priority says what the traveller can still do; where there is none, the
type does, if it leaves no doubt.
"""

from datetime import timedelta

from apps.assets.damages.models import Severity
from apps.support.models import Priority, SupportType

# Nothing to do with the ride itself: its MP goes on trying.
ABOUT_THE_API = {SupportType.API_TECHNICAL, SupportType.API_FUNCTIONAL}
# No ride goes on after these, whatever else is said.
ENDS_A_RIDE = {SupportType.BROKEN_DOWN, SupportType.ACCIDENT, SupportType.MISSING_AFTER_PAUSE}
# Something is broken, also where the traveller does not say what.
TELLS_OF_DAMAGE = {SupportType.BROKEN_DOWN, SupportType.ACCIDENT}
# How soon staff answer where no time was asked for.
RESPONSE_TIMES = {
    Priority.ERROR_CANNOT_CONTINUE: timedelta(minutes=15),
    Priority.ERROR_CAN_CONTINUE: timedelta(hours=1),
    Priority.DISTURBING_ISSUE: timedelta(hours=4),
    Priority.QUESTION: timedelta(days=1),
    Priority.OTHER: timedelta(days=1),
}
# A response time beyond is a mistake.
MOST_RESPONSE_MINUTES = 366 * 24 * 60


def stops_the_ride(kind: str, priority: str) -> bool:
    """Can the ride not go on? `priority` as it was sent, empty where it was not.

    Its leg becomes ISSUE_REPORTED, and its MP can do nothing with it until staff have helped.
    """
    if kind in ABOUT_THE_API:
        return False
    return priority == Priority.ERROR_CANNOT_CONTINUE or (priority == "" and kind in ENDS_A_RIDE)


def severity_of(kind: str, priority: str, *, ridden: bool) -> Severity:
    """How bad a damage is until staff have seen it. Only who has `ridden` the asset can keep it from others."""
    return Severity.UNUSABLE if ridden and stops_the_ride(kind, priority) else Severity.MINOR


def response_time(priority: str, asked_minutes: float | None) -> timedelta:
    """How long an answer may take: as long as was asked for, else as the priority says."""
    if asked_minutes is not None:
        return timedelta(minutes=asked_minutes)
    return RESPONSE_TIMES[Priority(priority)]
