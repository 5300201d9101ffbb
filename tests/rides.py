"""Shortcuts to a booking in a given state, by the API's own way."""

from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from apps.assets.models import Asset, Reservation
from apps.bookings.models import Booking, Notification
from apps.history.models import ActorKind, Transition
from apps.history.services import Actor
from apps.legs.models import Leg, LegEvent
from apps.parking.models import ParkedCar
from apps.payments.models import JournalEntry
from apps.webhooks.models import OutboxMessage
from tests.tomp_client import Answer, TompClient

STAFF = Actor(ActorKind.TO, "dispatcher")
HERE = {"coordinates": {"lat": 52.0907, "lng": 5.1214}}


def now() -> str:
    """This moment as RFC 3339."""
    return timezone.now().astimezone(UTC).isoformat()


def at(moment: datetime) -> str:
    """`moment` as RFC 3339."""
    return moment.astimezone(UTC).isoformat()


def offer(mp: TompClient, asset: Asset, **plan: Any) -> str:
    """The id of a fresh offer for `asset`."""
    asset.refresh_from_db()
    answer = mp.post("/planning/offers", {"from": HERE, "useAssets": [asset.public_id], **plan})
    assert answer.status == 201, answer
    assert len(answer.body["options"]) == 1, answer
    return answer.body["options"][0]["id"]


def pending(mp: TompClient, asset: Asset, **plan: Any) -> str:
    """The id of a PENDING booking of `asset`, which is also its leg's."""
    answer = mp.post("/bookings", {"id": offer(mp, asset, **plan)})
    assert (answer.status, answer.body["state"]) == (201, "PENDING"), answer
    return answer.body["id"]


def confirmed(mp: TompClient, asset: Asset, **plan: Any) -> str:
    """The id of a CONFIRMED booking."""
    booking = pending(mp, asset, **plan)
    assert operate(mp, booking, "COMMIT").body["state"] == "CONFIRMED"
    return booking


def operate(mp: TompClient, booking: str, operation: str, **fields: Any) -> Answer:
    """Send a booking operation."""
    return mp.post(f"/bookings/{booking}/events", {"operation": operation, **fields})


def event(mp: TompClient, leg: str, name: str, **fields: Any) -> Answer:
    """Send a leg event of this moment."""
    return mp.post(f"/legs/{leg}/events", {"time": now(), "event": name, **fields})


# The events that lead a confirmed leg to each state.
WAY = {
    "NOT_STARTED": [],
    "PREPARING": ["PREPARE"],
    "IN_USE": ["SET_IN_USE"],
    "PAUSED": ["SET_IN_USE", "PAUSE"],
    "FINISHING": ["SET_IN_USE", "START_FINISHING"],
    "FINISHED": ["SET_IN_USE", "FINISH"],
}


def leg_that_is(mp: TompClient, asset: Asset, state: str) -> str:
    """The id of a leg in `state`."""
    leg = confirmed(mp, asset)
    for name in WAY[state]:
        answer = event(mp, leg, name)
        assert answer.status == 200, answer
    return leg


def with_second_leg(booking: str, asset: Asset) -> Leg:
    """A leg with `asset`, added to a booking that has one."""
    first = Leg.objects.get(pk=booking)
    reservation = Reservation.objects.create(
        asset_type=asset.asset_type, asset=asset, period=first.reservation.period, expires_at=None
    )
    return Leg.objects.create(
        booking_id=first.booking_id,
        sequence=2,
        asset_type=asset.asset_type,
        asset=asset,
        asset_public_id=asset.public_id,
        reservation=reservation,
        from_place=first.from_place,
        departure_time=first.departure_time,
        arrival_time=first.arrival_time,
        fare=first.fare,
    )


def everything() -> tuple[Any, ...]:
    """All that a refused call must leave as it was."""
    return (
        *(list(model.objects.order_by("pk").values_list()) for model in (Booking, Leg, Asset, Reservation, ParkedCar)),
        LegEvent.objects.count(),
        Transition.objects.count(),
        OutboxMessage.objects.count(),
        JournalEntry.objects.count(),
        Notification.objects.count(),
    )
