"""The effects of leg events, in the order of STATES, "Leg". Each runs on a locked leg, inside `apply_event`."""

from django.utils.translation import gettext

from apps.assets.reservations import move
from apps.assets.services import Whereabouts, give_back
from apps.assets.unpromised import HIREABLE
from apps.bookings import lifecycle
from apps.history.models import ActorKind
from apps.history.services import fire, record
from apps.legs.charged import charged
from apps.legs.freeing import drop_leg, give_up, owe_for_cancelling
from apps.legs.models import ISSUE_FIELDS, LegState
from apps.legs.moment import Moment
from apps.legs.progress import stop_telling
from apps.legs.return_area import check_return_area, left_at
from apps.legs.trails import ridden
from apps.payments.charging import charge_at_finish
from apps.pricing.settling import settle
from apps.tomp.errors import AssetTaken, IllegalState


def prepare(moment: Moment) -> None:
    """PREPARE: the traveller is about to come."""
    fire(moment.leg, "prepare", actor=moment.actor, reason=moment.reason)


def set_in_use(moment: Moment) -> None:
    """SET_IN_USE: start the ride, or resume it."""
    leg, at, reason = moment.leg, moment.at, moment.reason
    if leg.state == LegState.PAUSED:
        fire(leg, "set_in_use", actor=moment.actor, reason=reason)
        return
    asset = moment.ride.asset_of(leg)
    if asset is None:
        raise AssetTaken(gettext("No asset of the booked type is left at the pick-up point."))
    _begin_reservation(moment)
    if asset.state not in HIREABLE:
        raise AssetTaken(gettext("The asset is not there to be used."))
    fire(asset, "take", actor=moment.actor, reason=f"leg {leg.pk}")
    leg.actual_departure_time = at
    fire(leg, "set_in_use", actor=moment.actor, reason=reason, save=("actual_departure_time",))
    lifecycle.leg_set_in_use(moment.ride.booking, actor=moment.actor, at=at)


def _begin_reservation(moment: Moment) -> None:
    """Who rides off early needs the asset from now on; who comes after the agreed end has no right to it any more."""
    reservation = moment.leg.reservation
    begin, end = reservation.period.lower, reservation.period.upper
    if end is not None and end <= moment.now:
        raise IllegalState(
            gettext("SET_IN_USE comes after the agreed arrival; the leg is %(state)s.") % {"state": moment.leg.state}
        )
    if begin > moment.at:
        move(reservation, start=moment.at, end=end, now=moment.now)


def pause(moment: Moment) -> None:
    """PAUSE."""
    fire(moment.leg, "pause", actor=moment.actor, reason=moment.reason)


def open_trunk(moment: Moment) -> None:
    """OPEN_TRUNK."""
    record(moment.leg, "open_trunk", actor=moment.actor, reason=moment.reason)


def start_finishing(moment: Moment) -> None:
    """START_FINISHING."""
    fire(moment.leg, "start_finishing", actor=moment.actor, reason=moment.reason)


def finish(moment: Moment) -> None:
    """FINISH: final fare, journal, the asset free at its new place under a new public id."""
    leg, ride, at = moment.leg, moment.ride, moment.at
    asset = ride.asset_of(leg)
    if asset is None:
        raise IllegalState(gettext("FINISH needs an asset; the leg is %(state)s.") % {"state": leg.state})
    place = left_at(moment.place, leg, asset)
    if moment.actor.kind != ActorKind.TO:  # staff end a ride wherever the asset was left
        check_return_area(leg, place or Whereabouts(asset.latitude, asset.longitude, asset.station), at)
    ride_so_far = ridden(leg, until=at)
    usage = ride_so_far.usage
    settlement = settle(leg.fare, usage, leg.ancillary_parts)
    leg.actual_arrival_time = at
    leg.final_fare = settlement.fare
    leg.distance_meters, leg.distance_source = usage.distance_meters, ride_so_far.source
    leg.progress_geometry = ride_so_far.line
    measured = ("distance_meters", "distance_source", "progress_geometry")
    changed = ("actual_arrival_time", "final_fare", *measured, *ISSUE_FIELDS)
    fire(leg, "finish", actor=moment.actor, reason=moment.reason, save=changed)
    stop_telling(leg)
    charge_at_finish(charged(leg), settlement, usage)
    give_up(leg, now=moment.now)
    give_back(asset, actor=moment.actor, reason=f"leg {leg.pk}", now=moment.now, place=place)


def cancel(moment: Moment) -> None:
    """CANCEL: this leg is not ridden; what it held is free. Whoever cancels late owes the agreed fee, unless staff say
    otherwise.
    """
    drop_leg(moment.ride, moment.leg, actor=moment.actor, reason=moment.reason, now=moment.now)
    owe_for_cancelling([moment.leg], actor=moment.actor, with_fee=moment.happening.with_fee, now=moment.now)


def end_with_the_last(moment: Moment) -> None:
    """When no leg is left to ride, the booking is FINISHED, or CANCELLED where none was ridden."""
    states = {one.state for one in moment.ride.legs}
    booking = moment.ride.booking
    if states == {LegState.CANCELLED}:
        lifecycle.last_leg_cancelled(booking, actor=moment.actor, reason=moment.reason)
    elif states <= {LegState.FINISHED, LegState.CANCELLED}:
        lifecycle.last_leg_finished(booking, actor=moment.actor, at=moment.at)
