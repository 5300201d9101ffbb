"""Ancillaries of a leg, such as a helmet: taken and given back. Each function is one transaction.

Source: TOMP 1.6.1 /legs/{id}/ancillaries/{category}/{number}.
"""

from uuid import UUID

from django.utils import timezone

from apps.assets.ancillaries import ancillary_of, give_back, take
from apps.assets.models import Ancillary
from apps.bookings.models import STANDING
from apps.history.services import Actor, record
from apps.legs.locks import Ride, lock_leg, ride_transaction
from apps.legs.models import BEFORE_THE_RIDE, UNDER_WAY, Leg
from apps.operator.selectors import operator_basics
from apps.pricing.fares import ancillary_snapshot
from apps.tomp.errors import AssetTaken, IllegalState


@ride_transaction
def add_ancillary(*, leg_id: UUID, category: str, number: str, actor: Actor, provider_id: int) -> Leg:
    """Reserve one for the leg's period; its price joins the fare. One the leg has already changes nothing.

    Raises `NotFound` for an unknown leg or ancillary, and `IllegalState` where none is left, or the leg is over or
    not agreed: the document knows no 409 here.
    """
    ride, leg = lock_leg(leg_id, provider_id=provider_id)
    ancillary = ancillary_of(category, number)
    _refuse_unless_open(ride, leg)
    if _taken(leg, ancillary):
        return leg
    try:
        take(leg.reservation, ancillary, now=timezone.now())
    except AssetTaken as error:
        raise IllegalState(error.detail) from error
    part = None
    if ancillary.price is not None:
        name = ancillary.name.localize(operator_basics().languages[0])
        part = ancillary_snapshot(ancillary.price, name, fare=leg.fare)
    _keep(leg, [*leg.ancillaries, {"category": category, "number": number, "part": part}])
    record(leg, "add_ancillary", actor=actor, reason=f"{category}{number}")
    return leg


@ride_transaction
def remove_ancillary(*, leg_id: UUID, category: str, number: str, actor: Actor, provider_id: int) -> Leg:
    """Give it back. One the leg does not have changes nothing. Raises as `add_ancillary` does."""
    ride, leg = lock_leg(leg_id, provider_id=provider_id)
    ancillary = ancillary_of(category, number)
    _refuse_unless_open(ride, leg)
    if not _taken(leg, ancillary):
        return leg
    give_back(leg.reservation, ancillary, now=timezone.now())
    _keep(leg, [one for one in leg.ancillaries if (one["category"], one["number"]) != (category, number)])
    record(leg, "remove_ancillary", actor=actor, reason=f"{category}{number}")
    return leg


def _refuse_unless_open(ride: Ride, leg: Leg) -> None:
    state = ride.booking.state_at(timezone.now())
    if leg.state not in {*BEFORE_THE_RIDE, *UNDER_WAY} or state not in STANDING:
        raise IllegalState(f"Ancillaries do not fit a leg that is {leg.state} and whose booking is {state}.")


def _taken(leg: Leg, ancillary: Ancillary) -> bool:
    return any((one["category"], one["number"]) == (ancillary.category, ancillary.number) for one in leg.ancillaries)


def _keep(leg: Leg, ancillaries: list[dict[str, object]]) -> None:
    leg.ancillaries = ancillaries
    leg.save(update_fields=["ancillaries"])
