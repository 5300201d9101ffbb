"""What staff may do to a leg: the operator's own leg events.

Shown where the process the booking was made under leaves the event to the operator, or asks to hear of it.
"""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from unfold.enums import ActionVariant

from apps.backoffice.buttons import Button, Press
from apps.bookings.models import BookingState
from apps.legs.models import Leg, LegEventType
from apps.legs.moment import Happening
from apps.legs.services import ACCEPTED_IN, TOLD, apply_event
from apps.processes.selectors import published_profile


def _fits(event: str) -> Callable[[Any], bool]:
    def fits(leg: Leg) -> bool:
        profile = published_profile(leg.booking.profile_version_id)
        stands = leg.booking.state_at(timezone.now()) in {BookingState.CONFIRMED, BookingState.STARTED}
        return stands and leg.state in ACCEPTED_IN[event] and profile.has(TOLD[event] or "")

    return fits


def _run(event: str) -> Callable[[Press], None]:
    def run(press: Press) -> None:
        happening = Happening(event=event, time=timezone.now(), comment=press.reason)
        apply_event(leg_id=press.subject.pk, happening=happening, actor=press.actor)

    return run


def _button(event: str, label: str, icon: str, consequence: str, done: str) -> Button:
    return Button(
        name=event.lower().replace("_", "-"),
        label=label,
        icon=icon,
        fits=_fits(event),
        consequence=lambda leg: f"{consequence} {leg.booking.provider} is told so.",
        run=_run(event),
        done=done,
        variant=ActionVariant.PRIMARY,
    )


LEG_BUTTONS = (
    _button(
        LegEventType.PREPARE,
        "Start preparing",
        "build",
        "The leg is being prepared.",
        "The leg is being prepared.",
    ),
    _button(
        LegEventType.SET_IN_USE,
        "Set in use",
        "play_arrow",
        "The ride starts, or goes on, now.",
        "The leg is in use.",
    ),
    _button(
        LegEventType.FINISH,
        "Finish",
        "flag",
        "The ride ends now: its fare is settled and its asset is free.",
        "The leg is finished.",
    ),
)
