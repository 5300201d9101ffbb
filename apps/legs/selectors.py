"""Reading legs."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from apps.assets.damages.selectors import keeping_from_hire
from apps.assets.locks.models import LockState
from apps.assets.models import Asset
from apps.assets.unpromised import free_assets
from apps.bookings.models import STANDING
from apps.legs.assigning import REACH_METERS
from apps.legs.models import BEFORE_THE_RIDE, UNDER_WAY, Leg
from apps.legs.trails import ridden
from apps.providers.models import Provider
from apps.stations.geo import Circle
from apps.tomp.errors import IllegalState, NotFound

# How many assets staff choose a replacement from.
MOST_REPLACEMENTS = 100
# A ride that begins this soon is in danger where its asset is late.
SOON = timedelta(hours=1)


def leg_of(provider: Provider, leg_id: UUID) -> Leg:
    """A leg of this MP with its booking, asset and type; `NotFound` for any other."""
    leg = (
        Leg.objects.filter(pk=leg_id, booking__provider=provider)
        .select_related("booking", "asset", "asset_type", "reservation")
        .first()
    )
    if leg is None:
        raise NotFound("There is no such leg.")
    return leg


def meters_travelled(leg: Leg, *, now: datetime) -> int:
    """How far a leg has come, in metres."""
    if leg.distance_meters is not None:
        return leg.distance_meters
    return ridden(leg, until=leg.actual_arrival_time or now).usage.distance_meters


def lacking_an_asset(legs: QuerySet[Leg]) -> QuerySet[Leg]:
    """Those that the clock was to give an asset by now, and found none for."""
    return legs.filter(asset=None, lacks_asset_since__isnull=False, state__in=BEFORE_THE_RIDE)


def over_time(legs: QuerySet[Leg], now: datetime) -> QuerySet[Leg]:
    """Those under way past their agreed arrival."""
    return legs.filter(state__in=UNDER_WAY, arrival_time__lte=now)


def endangered(legs: QuerySet[Leg], now: datetime) -> QuerySet[Leg]:
    """Those that are to begin soon with an asset that is late, or that nobody can ride: damaged, or its lock jammed."""
    late = over_time(Leg.objects.filter(asset=OuterRef("asset")), now)
    broken = Q(Exists(keeping_from_hire(OuterRef("asset")))) | Q(asset__lock_state=LockState.JAMMED)
    return legs.filter(Exists(late) | broken, state__in=BEFORE_THE_RIDE, departure_time__lte=now + SOON)


def assets_for(leg: Leg, *, now: datetime) -> QuerySet[Asset]:
    """The assets a traveller may choose from with ASSIGN_ASSET: those of the booked type that are free at its station.

    Raises `IllegalState` where one has been chosen already, or the leg is not one whose asset can be.
    Source: TOMP 1.6.1 /legs/{id}/available-assets.
    """
    if leg.asset_id is not None:
        raise IllegalState(f"This leg has its asset already; it is {leg.state}.")
    state = leg.booking.state_at(now)
    if leg.state not in BEFORE_THE_RIDE or state not in STANDING:
        raise IllegalState(f"No asset can be chosen for a leg that is {leg.state}; its booking is {state}.")
    reservation = leg.reservation
    start = max(now, reservation.period.lower)
    return (
        free_assets(start=start, end=reservation.period.upper, now=now)
        .filter(asset_type=leg.asset_type_id, station=reservation.station_id)
        .select_related("station", "home_station")
        .order_by(F("state_of_charge").desc(nulls_last=True), "pk")
    )


def replacements_for(leg: Leg, *, now: datetime) -> list[Asset]:
    """The assets that staff may give a leg instead: those of the type booked first, then the nearest.

    Expects `reservation` to be loaded. Whether one is really free is decided when it is taken.
    """
    period, pick_up = leg.reservation.period, leg.from_place["coordinates"]
    free = free_assets(start=max(now, period.lower), end=period.upper, now=now).exclude(pk=leg.asset_id or 0)
    if leg.reservation.asset_id is None:
        free = free.filter(station=leg.reservation.station_id)
    near = Circle(pick_up["lat"], pick_up["lng"], REACH_METERS).rows_inside(free.select_related("asset_type"))
    return sorted(near[:MOST_REPLACEMENTS], key=lambda asset: asset.asset_type_id != leg.asset_type_id)
