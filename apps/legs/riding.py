"""The effects of leg events, in the order of STATES, "Leg". Each runs on a locked leg, inside `apply_event`."""

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from apps.assets.models import Asset, Reservation, new_public_id
from apps.assets.reservations import release
from apps.assets.unpromised import HIREABLE, live
from apps.bookings import lifecycle
from apps.history.services import fire
from apps.legs.freeing import free
from apps.legs.models import LegState
from apps.legs.moment import Moment
from apps.legs.return_area import Place, check_return_area, place_of_return
from apps.legs.usage import measure
from apps.payments.services import journal_fare
from apps.pricing.fares import settle
from apps.tomp.errors import AssetTaken, IllegalState


def prepare(moment: Moment) -> None:
    """PREPARE: the traveller is about to come."""
    fire(moment.leg, "prepare", actor=moment.actor, reason=moment.happening.comment)


def set_in_use(moment: Moment) -> None:
    """SET_IN_USE: start the ride, or resume it."""
    leg, at = moment.leg, moment.at
    if leg.state == LegState.PAUSED:
        fire(leg, "set_in_use", actor=moment.actor, reason=moment.happening.comment)
        return
    asset = moment.ride.asset_of(leg)
    if asset is None:
        raise AssetTaken("No asset of the booked type is left at the pick-up point.")
    _begin_reservation(moment)
    if asset.state not in HIREABLE:
        raise AssetTaken("The asset is not there to be used.")
    fire(asset, "take", actor=moment.actor, reason=f"leg {leg.pk}")
    leg.actual_departure_time = at
    reason = moment.happening.comment
    fire(leg, "set_in_use", actor=moment.actor, reason=reason, save=("actual_departure_time",))
    lifecycle.leg_set_in_use(moment.ride.booking, actor=moment.actor, at=at)


def _begin_reservation(moment: Moment) -> None:
    """Who rides off early needs the asset from now on, not from the agreed departure."""
    reservation = moment.leg.reservation
    if reservation.period.lower <= moment.at:
        return
    reservation.period = DateTimeTZRange(moment.at, reservation.period.upper, "[)")
    try:
        with transaction.atomic():
            reservation.save(update_fields=["period"])
    except IntegrityError as error:
        raise AssetTaken("The asset is promised to someone else until the agreed departure.") from error


def pause(moment: Moment) -> None:
    """PAUSE."""
    fire(moment.leg, "pause", actor=moment.actor, reason=moment.happening.comment)


def start_finishing(moment: Moment) -> None:
    """START_FINISHING."""
    fire(moment.leg, "start_finishing", actor=moment.actor, reason=moment.happening.comment)


def finish(moment: Moment) -> None:
    """FINISH: final fare, journal, the asset free at its new place under a new public id."""
    leg, ride, at = moment.leg, moment.ride, moment.at
    asset = ride.asset_of(leg)
    if asset is None:
        raise IllegalState(f"FINISH needs an asset; the leg is {leg.state}.")
    place = place_of_return(moment.happening)
    check_return_area(leg, place or Place(asset.latitude, asset.longitude, asset.station), at)
    coordinates = leg.from_place["coordinates"]
    start = (coordinates["lat"], coordinates["lng"])
    usage = measure(list(leg.events.all()), start=start, until=at)
    settlement = settle(leg.fare, usage)
    leg.actual_arrival_time = at
    leg.final_fare = settlement.fare
    leg.distance_meters = usage.distance_meters
    changed = ("actual_arrival_time", "final_fare", "distance_meters")
    fire(leg, "finish", actor=moment.actor, reason=moment.happening.comment, save=changed)
    journal_fare(booking=ride.booking, leg_id=leg.pk, settlement=settlement, usage=usage)
    release(leg.reservation, now=moment.now)
    _give_back(asset, place, moment)
    _end_with_the_last(moment)


def cancel(moment: Moment) -> None:
    """CANCEL: this leg is not ridden; what it held is free."""
    leg, reason = moment.leg, moment.happening.comment
    fire(leg, "cancel", actor=moment.actor, reason=reason)
    release(leg.reservation, now=moment.now)
    asset = moment.ride.asset_of(leg)
    if asset is not None:
        free(asset, actor=moment.actor, reason=f"leg {leg.pk}", now=moment.now)
    _end_with_the_last(moment)


def _end_with_the_last(moment: Moment) -> None:
    """When no leg is left to ride, the booking is FINISHED, or CANCELLED where none was ridden."""
    states = {one.state for one in moment.ride.legs}
    booking = moment.ride.booking
    if states == {LegState.CANCELLED}:
        lifecycle.last_leg_cancelled(booking, actor=moment.actor, reason=moment.happening.comment)
    elif states <= {LegState.FINISHED, LegState.CANCELLED}:
        lifecycle.last_leg_finished(booking, actor=moment.actor, at=moment.at)


def _give_back(asset: Asset, place: Place | None, moment: Moment) -> None:
    asset.public_id = new_public_id()
    changed: tuple[str, ...] = ("public_id",)
    if place is not None:
        asset.latitude, asset.longitude, asset.station = place.latitude, place.longitude, place.station
        asset.position_at = moment.at
        changed += ("latitude", "longitude", "station", "position_at")
    fire(asset, "give_back", actor=moment.actor, reason=f"leg {moment.leg.pk}", save=changed)
    next_one = Reservation.objects.filter(live(moment.now), asset=asset, period__contains=moment.now)
    if next_one.exists():
        fire(asset, "reserve", actor=moment.actor, reason="next reservation")
