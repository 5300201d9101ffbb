"""`PUT /bookings/{id}`: what an MP may change of its booking, and until when. The state, never.

| the booking is | may change |
|---|---|
| PENDING, CONDITIONAL_CONFIRMED, CONFIRMED | customer, extraInfo, callbackUrl, `to`, departureTime, arrivalTime |
| STARTED | `to`, arrivalTime; the others are 3203 |
| over | nothing: 3004; expired: 3202 |

What an MP sends is its booking, whole or in part: what is absent stays, what equals ours is no change, and what
cannot be changed must equal ours (x211). Source: TOMP 1.6.1 PUT /bookings/{id}.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from apps.assets.pools import lock_pools
from apps.bookings.models import WAITING, Booking, BookingState
from apps.bookings.required_data import check_required_data
from apps.bookings.sent_back import check_unchanged, is_same
from apps.customers.models import CustomerAccount
from apps.customers.services import check_may_travel, customer_of, lock_account_named
from apps.history.services import Actor, record
from apps.legs.locks import AssetSwapped, Ride, lock_ride, ride_transaction
from apps.legs.models import BEFORE_THE_RIDE, Leg, LegState
from apps.legs.times import check_ahead, reschedule
from apps.processes import requirements
from apps.processes.selectors import published_profile
from apps.stations.places import Place, located, station_of
from apps.tomp.errors import CustomerBlocked, Expired, IllegalState, InUse, Invalid
from apps.webhooks.addresses import check_callback_url

# Which fields of a booking can be changed in which of its states.
BEFORE = frozenset({"customer", "extraInfo", "callbackUrl", "to", "departureTime", "arrivalTime"})
CHANGEABLE = {
    **dict.fromkeys([*WAITING, BookingState.CONFIRMED], BEFORE),
    BookingState.STARTED: frozenset({"to", "arrivalTime"}),
}
# States of a leg whose arrival can be put off. Source: STATES, "Leg", TIME_EXTEND.
EXTENDABLE = [*BEFORE_THE_RIDE, LegState.IN_USE, LegState.PAUSED]


@dataclass(frozen=True)
class Change:
    """The fields of a locked booking that are to have other values, under TOMP's names.

    `account` is the one that the customer sent names, locked too.
    """

    ride: Ride
    account: CustomerAccount | None
    fields: Mapping[str, Any]
    actor: Actor
    now: datetime

    def time(self, name: str) -> datetime | None:
        """A new time, if one is asked for."""
        moment: datetime | None = self.fields.get(name)
        return moment


@ride_transaction
def change(*, booking_id: UUID, provider_id: int, sent: Mapping[str, Any], actor: Actor) -> Ride:
    """Change a booking to what its MP sent, a TOMP `booking` without nulls; all of it, or nothing.

    Times move the reservation as TIME_POSTPONE and TIME_EXTEND do, and the fare is estimated anew. What the
    process demanded at booking must still be there. Raises `ReadOnlyField` for what cannot be changed, `InUse` for
    what can no longer be, `IllegalState` and `Expired` for a booking that is over, `AssetTaken` where the new
    times meet another promise, `Missing` and `Invalid` for fields, `NotFound` for another MP's booking.
    """
    account = lock_account_named(provider_id, sent.get("customer"))
    stations = _lock_pools(booking_id) if {"departureTime", "arrivalTime"} & sent.keys() else None
    ride = lock_ride(booking_id, provider_id=provider_id)
    if stations is not None and stations != {leg.reservation.station_id for leg in ride.legs}:
        raise AssetSwapped
    now = timezone.now()
    state = ride.booking.state_at(now)
    if state == BookingState.EXPIRED:
        raise Expired("The booking has expired.")
    if state not in CHANGEABLE:
        raise IllegalState(f"A booking that is {state} can no longer be changed.")
    wanted = Change(ride, account, _differing(ride.booking, sent), actor, now)
    check_unchanged(sent, ride, changed=wanted.fields, state=state)
    late = sorted(wanted.fields.keys() - CHANGEABLE[BookingState(state)])
    if late:
        raise InUse(f"The booking is in use; {late[0]} can no longer be changed.")
    if wanted.fields:
        _apply(wanted)
        record(ride.booking, "change", actor=actor, reason=", ".join(sorted(wanted.fields)))
    return ride


def _lock_pools(booking_id: UUID) -> set[int | None]:
    """Lock the pools that the booking's legs are promised something in, in the order of their keys."""
    stations = set(Leg.objects.filter(booking_id=booking_id).values_list("reservation__station", flat=True))
    lock_pools(stations)
    return stations


def _differing(booking: Booking, sent: Mapping[str, Any]) -> dict[str, Any]:
    """What is sent of the changeable fields and is not as it is."""
    ours = {
        "customer": booking.customer,
        "extraInfo": booking.extra_info,
        "callbackUrl": booking.callback_url,
        "to": booking.to_place,
        "departureTime": booking.departure_time,
        "arrivalTime": booking.arrival_time,
    }
    given = {name: sent[name] for name in ours if name in sent}
    if "customer" in given:
        given["customer"] = json.loads(json.dumps(given["customer"], cls=DjangoJSONEncoder))
    if "to" in given:
        given["to"] = located(given["to"], station_of(given["to"], "to"))
    return {name: value for name, value in given.items() if not is_same(value, ours[name])}


def _apply(wanted: Change) -> None:
    booking, fields = wanted.ride.booking, wanted.fields
    if "callbackUrl" in fields:
        check_callback_url(booking.provider, fields["callbackUrl"])
    old_place = booking.to_place
    if "customer" in fields:
        _travel_as(booking, fields["customer"], wanted.account)
    booking.extra_info = fields.get("extraInfo", booking.extra_info)
    booking.callback_url = fields.get("callbackUrl", booking.callback_url)
    booking.to_place = fields.get("to", booking.to_place)
    _check_required(wanted.ride)
    booking.save(update_fields=["customer", "customer_account", "extra_info", "callback_url", "to_place"])
    if "to" in fields:
        _lead_elsewhere(wanted.ride, old_place)
    if {"departureTime", "arrivalTime"} & fields.keys():
        _move(wanted)


def _travel_as(booking: Booking, customer: dict[str, Any], account: CustomerAccount | None) -> None:
    """Another customer, or more of the same one, whose account stays. `Invalid` for one that may not travel."""
    booking.customer = customer
    if customer.get("id") or customer.get("externalId"):
        try:
            check_may_travel(account)
        except CustomerBlocked as error:  # a change not acceptable to us is 400 in the document
            raise Invalid("customer: this customer is blocked.") from error
        booking.customer_account = account


def _check_required(ride: Ride) -> None:
    """Raise `Missing` where the booking would lack what its process demanded when it was made."""
    booking, customer = ride.booking, ride.booking.customer
    if booking.customer_account is not None:
        customer = {**customer_of(booking.customer_account), **(customer or {})}
    fields = {"from": booking.from_place, "to": booking.to_place, "customer": customer}
    given = {name: value for name, value in fields.items() if value is not None}
    requirements.check(published_profile(booking.profile_version_id), "bookings.create", query={}, body=given)
    for leg in ride.legs:
        check_required_data(leg.conditions, given)


def _lead_elsewhere(ride: Ride, old_place: Place | None) -> None:
    """The legs that led to where the booking did lead to its new end, but for those that are over."""
    for leg in ride.legs:
        if leg.to_place == old_place and leg.state not in {LegState.FINISHED, LegState.CANCELLED}:
            leg.to_place = ride.booking.to_place
            leg.save(update_fields=["to_place"])


def _move(wanted: Change) -> None:
    """The legs that begin, or end, with the booking follow its new times."""
    booking, ride = wanted.ride.booking, wanted.ride
    departure, arrival = wanted.time("departureTime"), wanted.time("arrivalTime")
    for name, moment in (("departureTime", departure), ("arrivalTime", arrival)):
        if moment is not None:
            check_ahead(moment, now=wanted.now, field=name)
    old_departure, old_arrival = booking.departure_time, booking.arrival_time
    for leg in ride.legs:
        departs = departure if leg.departure_time == old_departure and leg.state in BEFORE_THE_RIDE else None
        arrives = arrival if leg.arrival_time == old_arrival and leg.state != LegState.CANCELLED else None
        if arrives is not None and leg.state not in EXTENDABLE:
            raise InUse(f"A leg is {leg.state}; arrivalTime can no longer be changed.")
        begin, end = departs or leg.reservation.period.lower, arrives or leg.arrival_time
        if end is not None and end <= begin:
            raise Invalid(f"{'arrivalTime' if arrives else 'departureTime'}: an arrival lies after the departure.")
        if departs is not None or arrives is not None:
            reschedule(ride, leg, departure=departs, arrival=arrives, actor=wanted.actor, now=wanted.now)
