"""`POST /bookings`: an offer becomes a booking, and goes as far at once as its process says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.utils import timezone

from apps.assets.models import Asset, AssetState, Reservation
from apps.assets.pools import lock_pools
from apps.assets.reservations import hold_asset, hold_place, lock_assets, note_parked
from apps.bookings.absence import absent
from apps.bookings.agreement import confirm_ride, postpone_ride
from apps.bookings.bill import pick_up_the_bill
from apps.bookings.models import Booking, BookingState
from apps.bookings.required_data import check_required_data
from apps.customers.models import CustomerAccount
from apps.customers.services import check_may_travel, customer_of, lock_account_named
from apps.history.services import Actor, fire
from apps.legs.locks import AssetSwapped, Ride, lock_ride, ride_transaction
from apps.legs.models import Leg, LegEventType
from apps.legs.moment import Happening
from apps.legs.services import apply_event
from apps.parking.models import ParkedCar
from apps.parking.services import check_parked, lock_cars
from apps.planning.models import Offer, OfferLeg
from apps.planning.plan import TravelPlan
from apps.planning.services import make_offers
from apps.processes import requirements
from apps.processes.identifiers.booking import ATOMIC_BOOKING
from apps.processes.selectors import Profile, published_profile
from apps.providers.models import Provider
from apps.stations.geo import meters_between
from apps.stations.places import located, station_of
from apps.tomp.errors import AssetTaken, BookingLimitReached, Expired, NoSingleOffer, NotPermitted
from apps.tomp.interruptions import resumable, run_all
from apps.webhooks.addresses import check_callback_url

# A parked asset may be pushed aside or reported a little differently; farther away it is not what was offered.
STILL_THERE_METERS = 100


@dataclass(frozen=True)
class BookingRequest:
    """A `bookingRequest` as read; the objects are TOMP's."""

    id: UUID
    from_place: dict[str, Any] | None = None
    to_place: dict[str, Any] | None = None
    customer: dict[str, Any] | None = None
    extra_info: dict[str, Any] | None = None
    callback_url: str = ""

    def given(self, account: CustomerAccount | None) -> dict[str, Any]:
        """What is there, under TOMP's names; of the customer also what is registered."""
        customer = {**customer_of(account), **(self.customer or {})} if account is not None else self.customer
        fields = {"from": self.from_place, "to": self.to_place, "customer": customer}
        return {name: value for name, value in fields.items() if value is not None}


@resumable
@ride_transaction
def create(*, provider: Provider, request: BookingRequest, actor: Actor) -> Ride:
    """Make the offer `request.id` a booking: what it offers, all of it, is frozen until `expires_at`.

    It must hold what the process demands that the offer was made under, and is then PENDING, or what that process
    leads to at once. The same id again answers the booking that exists. Raises `NotFound` for an unknown or another
    MP's offer, `Expired` where offer or booking ran out, `AssetTaken` where someone was faster,
    `BookingLimitReached`, `CustomerBlocked`, `Missing` for required data, and `Invalid` for a customer that was erased
    or a callback address that is not the MP's.
    """
    if request.callback_url:
        check_callback_url(provider, request.callback_url)
    if Booking.objects.filter(pk=request.id, provider=provider).exists():
        return _existing(provider, request.id)
    provider = _locked(provider)
    offered = list(
        OfferLeg.objects.filter(offer=request.id, offer__provider=provider).select_related(
            "offer", "station", "asset_type", "parked_car"
        )
    )
    if not offered:
        raise absent(request.id, provider.pk, kind="offer")
    offer = offered[0].offer
    account = lock_account_named(provider.pk, request.customer)
    lock_pools(leg.station_id for leg in offered if leg.parked_car_id is None)
    assets = lock_assets(leg.asset_id for leg in offered if leg.asset_id is not None)
    cars = lock_cars(leg.parked_car_id for leg in offered if leg.parked_car_id is not None)
    if Booking.objects.filter(pk=request.id).exists():
        raise AssetSwapped  # someone has booked this very offer meanwhile: begin again, and find the booking
    now = timezone.now()
    if offer.valid_until <= now:
        raise Expired("The offer has expired.")
    if not cars and offer.arrival_time is not None and offer.arrival_time <= now:
        raise Expired("The ride that was offered would be over by now.")
    profile = published_profile(offer.profile_version_id)
    check_may_travel(account)
    given = request.given(account)
    requirements.check(profile, "bookings.create", query={}, body=given)
    check_required_data([condition for leg in offered for condition in leg.conditions], given)
    _check_booking_limit(provider, now)

    expires_at = now + timedelta(minutes=profile.setting("holdMinutes"))
    for car in cars.values():
        check_parked(car)
    holds = [_hold(offer, leg, assets, expires_at, now) for leg in offered]
    ride = _written(offered, request, assets, holds, expires_at, account)
    fire(ride.booking, "hold", actor=actor)
    for asset in assets.values():
        if asset.state == AssetState.AVAILABLE and offer.departure_time <= now:
            fire(asset, "reserve", actor=actor, reason=f"booking {ride.booking.pk}")
    return _go_on(ride, profile, cars, actor=actor, now=now)


@resumable
@ride_transaction
def create_in_one_stop(
    *, provider: Provider, profile: Profile, plan: TravelPlan, request: BookingRequest, language: str, actor: Actor
) -> Ride:
    """Make the one offer that `plan` leads to, and book it in the same transaction; `request.id` is not looked at.

    Raises `NotPermitted` where the MP's process has no ONE_STOP, `NoSingleOffer` where `plan` leads to none or
    several, and what `create` raises. Source: TOMP 1.6.1 /bookings/one-stop.
    """
    if not profile.has("ONE_STOP"):
        raise NotPermitted("ONE_STOP is not on for this MP.")
    now = timezone.now()
    options = make_offers(
        provider=provider, profile=profile, plan=replace(plan, by_published_id=True), language=language, now=now
    )
    if len(options) != 1:
        raise NoSingleOffer(f"This request leads to {len(options)} offers; it must lead to exactly one.")
    return create(provider=provider, request=replace(request, id=options[0].offer.pk), actor=actor)


def _existing(provider: Provider, booking_id: UUID) -> Ride:
    ride = lock_ride(booking_id, provider_id=provider.pk)
    if ride.booking.state_at(timezone.now()) == BookingState.EXPIRED:
        raise Expired("The booking made from this offer has expired.")
    return ride


def _locked(provider: Provider) -> Provider:
    """The provider as it now is; where its bookings are limited, locked so that they are counted one by one."""
    if provider.booking_limit is None:
        return provider
    return Provider.objects.select_for_update(of=("self",), no_key=True).get(pk=provider.pk)


def _hold(offer: Offer, leg: OfferLeg, assets: Mapping[int, Asset], expires_at: datetime, now: datetime) -> Reservation:
    """Freeze the asset or the place of one leg; a parked car takes up its own since it came."""
    start, end = offer.departure_time, offer.arrival_time
    if leg.parked_car_id is not None:
        return note_parked(asset_type_id=leg.asset_type_id, since=start, expires_at=expires_at)
    if leg.asset_id is not None:
        asset = assets[leg.asset_id]
        _check_still_there(leg, asset)
        return hold_asset(asset=asset, start=start, end=end, expires_at=expires_at, now=now)
    if leg.station is None:
        raise AssetTaken("The offer names neither an asset nor a station.")
    return hold_place(
        asset_type_id=leg.asset_type_id, station=leg.station, start=start, end=end, expires_at=expires_at, now=now
    )


def _check_still_there(leg: OfferLeg, asset: Asset) -> None:
    """Raise `AssetTaken` where the asset no longer stands where it was offered."""
    offered = leg.from_place["coordinates"]
    moved = meters_between((offered["lat"], offered["lng"]), (asset.latitude, asset.longitude))
    if asset.station_id != leg.station_id or moved > STILL_THERE_METERS:
        raise AssetTaken("The asset has been moved since the offer was made.")


def _written(
    offered: list[OfferLeg],
    request: BookingRequest,
    assets: dict[int, Asset],
    holds: list[Reservation],
    expires_at: datetime,
    account: CustomerAccount | None,
) -> Ride:
    """The booking and its legs, under the ids of the offer and its legs and with what was agreed in them."""
    offer = offered[0].offer
    booking = Booking.objects.create(
        id=offer.pk,
        provider_id=offer.provider_id,
        profile_version_id=offer.profile_version_id,
        expires_at=expires_at,
        departure_time=offer.departure_time,
        arrival_time=offer.arrival_time,
        from_place={**offered[0].from_place, **_said_of(request.from_place)},
        to_place=located(request.to_place, station_of(request.to_place, "to")) or offer.to_place,
        customer=request.customer,
        customer_account=account,
        extra_info=request.extra_info,
        callback_url=request.callback_url,
    )
    legs = [_written_leg(booking, leg, assets, hold) for leg, hold in zip(offered, holds, strict=True)]
    return Ride(booking, Leg.objects.bulk_create(legs), assets)


def _written_leg(booking: Booking, leg: OfferLeg, assets: dict[int, Asset], reservation: Reservation) -> Leg:
    asset = assets[leg.asset_id] if leg.asset_id is not None else None
    return Leg(
        id=leg.pk,
        booking=booking,
        asset_type=leg.asset_type,
        asset=asset,
        asset_public_id=asset.public_id if asset is not None else leg.parked_car.plate if leg.parked_car else "",
        parked_car=leg.parked_car,
        reservation=reservation,
        from_place=leg.from_place,
        to_place=booking.to_place,
        departure_time=booking.departure_time,
        arrival_time=booking.arrival_time,
        fare=leg.fare,
        conditions=leg.conditions,
        travelers=leg.travelers,
    )


def _said_of(place: dict[str, Any] | None) -> dict[str, Any]:
    """What the request adds to where the ride begins: an address or a stop, but not another place."""
    return {name: place[name] for name in ("physicalAddress", "stopReference", "extraInfo") if place and name in place}


def _go_on(ride: Ride, profile: Profile, cars: dict[int, ParkedCar], *, actor: Actor, now: datetime) -> Ride:
    """As if each further step had been called, in the same transaction."""
    if cars:
        pick_up_the_bill(ride, cars, actor=actor, now=now)
        return ride
    if profile.has("POSTPONED_COMMIT") and (profile.setting("postponedAt") == "BOOKING" or profile.has("AUTO_COMMIT")):
        postpone_ride(ride, profile, actor=actor, now=now)
    elif any(profile.has(identifier) for identifier in ATOMIC_BOOKING):
        confirm_ride(ride, actor=actor, now=now)
        start = Happening(event=LegEventType.SET_IN_USE, time=now)
        run_all(partial(apply_event, leg_id=leg.pk, happening=start, actor=actor) for leg in ride.legs)
        return lock_ride(ride.booking.pk)
    elif profile.has("AUTO_COMMIT"):
        confirm_ride(ride, actor=actor, now=now)
    return ride


def _check_booking_limit(provider: Provider, now: datetime) -> None:
    if provider.booking_limit is None:
        return
    since = now - timedelta(hours=provider.booking_limit_hours)
    if Booking.objects.filter(provider=provider, created_at__gt=since).count() >= provider.booking_limit:
        raise BookingLimitReached(
            f"At most {provider.booking_limit} bookings in {provider.booking_limit_hours} hours are allowed."
        )
