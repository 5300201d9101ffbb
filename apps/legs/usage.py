"""What a leg's events say of its use: how long, how long paused, how far. Pure functions."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext

from apps.legs.models import LegEvent, LegEventType
from apps.pricing.usage import IN_USE, PAUSED, Segment, Usage, usage_of
from apps.stations.geo import Position, meters_between
from apps.tomp.errors import Invalid
from apps.tomp.times import CLOCK_TOLERANCE

ENDING_A_PAUSE = {LegEventType.SET_IN_USE, LegEventType.START_FINISHING}


def effective_time(claimed: datetime, *, after: datetime, now: datetime) -> datetime:
    """When an event counts, from when its sender says it happened.

    Never before the event that preceded it (`after`) and never later than now. Clocks may differ by five
    minutes; beyond that the time is refused with `Invalid`.
    """
    if claimed > now + CLOCK_TOLERANCE:
        raise Invalid(gettext("this lies in the future."), field="time")
    if claimed < after - CLOCK_TOLERANCE:
        raise Invalid(gettext("this lies before what happened to the leg last."), field="time")
    return min(max(claimed, after), now)


def measure(events: Sequence[LegEvent], *, start: Position, until: datetime) -> Usage:
    """Use from the first SET_IN_USE to `until`, from the leg's accepted events in their order.

    Paused is the time from a PAUSE to the SET_IN_USE that resumes, to START_FINISHING or to `until`. The distance joins
    `start` and the places the events name, as the crow flies.
    """
    departed: datetime | None = None
    state, changes = IN_USE, []
    place, meters = start, 0.0
    for event in events:
        if event.event == LegEventType.SET_IN_USE:
            departed = departed or event.time
        if departed is None:
            continue
        if event.event == LegEventType.PAUSE and state == IN_USE:
            changes.append((state, event.time))
            state = PAUSED
        elif event.event in ENDING_A_PAUSE and state == PAUSED:
            changes.append((state, event.time))
            state = IN_USE
        if event.latitude is not None and event.longitude is not None:
            here = (event.latitude, event.longitude)
            meters += meters_between(place, here)
            place = here
    if departed is None:
        return Usage(in_use_seconds=0, paused_seconds=0, distance_meters=0)
    return usage_of(_segments(departed, [*changes, (state, until)])).over(round(meters))


def _segments(departed: datetime, changes: Sequence[tuple[str, datetime]]) -> Iterator[Segment]:
    """The states a ride was in, each until a moment, in whole seconds since its departure."""
    begun = 0
    for state, moment in changes:
        end = int((moment - departed).total_seconds())
        yield Segment(state, end - begun, 0)
        begun = end
