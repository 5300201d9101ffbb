"""What could be hired: the options for a travel plan. Nothing is stored, nothing promised.

Source: PROCESS-IDENTIFIERS, planning; seed micromobility-operator.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import ExpressionWrapper, F, FloatField, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from apps.assets.bookable import bookable_assets
from apps.assets.models import Asset, AssetIdentifier, AssetType, IdentifierKind
from apps.assets.pools import free_places
from apps.planning.models import Offer
from apps.pricing.fares import Usage, plan_snapshot, with_estimate
from apps.processes.access_formats import accepted_methods
from apps.processes.conditions import conditions_for
from apps.processes.selectors import Profile
from apps.providers.models import Provider
from apps.stations.geo import Circle, meters_between
from apps.stations.models import Station
from apps.stations.places import Place, located, sendable, station_of
from apps.tomp.errors import Invalid, NotPermitted
from apps.tomp.times import CLOCK_TOLERANCE, FARTHEST_AHEAD

# Which process identifier lets which kind of identifier be matched by `useAssets`.
SCANNED_KINDS = {
    "BLUETOOTH_SCAN": IdentifierKind.BLUETOOTH,
    "QR_SCAN": IdentifierKind.QR,
    "NFC_SCAN": IdentifierKind.NFC,
    "BARCODE_SCAN": IdentifierKind.BARCODE,
    "MANUAL_ENTRY": IdentifierKind.PRINTED_CODE,
    "OTHER_ID": IdentifierKind.OTHER,
}
DEFAULT_RADIUS_METERS = 1000
MAX_OPTIONS = 25
# How long a distance takes, for estimates: a part of an asset's top speed, or a cyclist's metres per second.
AVERAGE_OF_TOP_SPEED = 0.6
CYCLING = 4.2


@dataclass(frozen=True)
class TravelPlan:
    """A `planningRequest` as read: places are TOMP objects, times are aware, distances in metres.

    `by_published_id`: `useAssets` may hold the public ids of a feed, whatever kinds the process lets be scanned.
    """

    from_place: dict[str, Any]
    to_place: dict[str, Any] | None = None
    radius: int | None = None
    estimated_distance: int | None = None
    departure_time: datetime | None = None
    arrival_time: datetime | None = None
    travelers: int = 1
    ages: tuple[int, ...] = ()
    use_assets: tuple[str, ...] = ()
    use_asset_types: tuple[str, ...] = ()
    by_published_id: bool = False


@dataclass(frozen=True)
class Search:
    """Who asks for what, where to, from when on, in which language; `station` is the one `from` names."""

    provider: Provider
    profile: Profile
    version_id: int
    plan: TravelPlan
    to_place: Place | None
    start: datetime
    station: Station | None
    language: str
    now: datetime


def find_options(
    *, provider: Provider, profile: Profile, plan: TravelPlan, language: str, now: datetime
) -> list[Offer]:
    """The options for `plan` under the MP's process, as offers that are not saved.

    With `useAssets` those assets only, unknown ones silently left out. Otherwise, where the process is
    PLANNING_BASED, places in the pools of stations; else what is nearest to `from`. Raises `Invalid` for times and
    stations that cannot be, and `NotPermitted` where no process has been published for the MP.
    """
    if profile.version_id is None:
        raise NotPermitted("No process has been published for this MP yet, so nothing can be offered.")
    station = station_of(plan.from_place, "from")
    to_place = located(plan.to_place, station_of(plan.to_place, "to"))
    if profile.has("SPECIFIC_LOCATION_BASED") and station is None:
        return []  # a stop that no station of ours stands at
    start = _departure(plan, now, _riding_time(plan, station, to_place))
    search = Search(provider, profile, profile.version_id, plan, to_place, start, station, language, now)
    types = _fitting_types(plan, profile)
    if not plan.use_assets and profile.has("PLANNING_BASED"):
        return _place_options(search, types)
    return _asset_options(search, types)


def _riding_time(plan: TravelPlan, station: Station | None, to_place: Place | None) -> timedelta:
    """How long the ride may take: from the distance given, or as the crow flies where both ends are known."""
    meters: float = plan.estimated_distance or 0
    begin, end = sendable(located(plan.from_place, station)), sendable(to_place)
    if not meters and begin is not None and end is not None:
        one, other = begin["coordinates"], end["coordinates"]
        meters = meters_between((one["lat"], one["lng"]), (other["lat"], other["lng"]))
    return timedelta(seconds=meters / CYCLING)


def _departure(plan: TravelPlan, now: datetime, riding_time: timedelta) -> datetime:
    """When the ride begins: as asked for, in time for the arrival where only that is given, or now."""
    start = plan.departure_time or now
    if plan.departure_time is None and plan.arrival_time is not None and riding_time:
        start = max(now, plan.arrival_time - riding_time)
    if start < now - CLOCK_TOLERANCE:
        raise Invalid("departureTime lies in the past.")
    if max(start, plan.arrival_time or start) > now + FARTHEST_AHEAD:
        raise Invalid("departureTime and arrivalTime may lie at most a year ahead.")
    start = max(start, now)
    if plan.arrival_time is not None and plan.arrival_time <= start:
        raise Invalid("arrivalTime does not lie after the departure.")
    return start


def _fitting_types(plan: TravelPlan, profile: Profile) -> QuerySet[AssetType]:
    """Asset types that carry this party and that the MP's app can open."""
    types = AssetType.objects.filter(persons__gte=plan.travelers)
    accepted = accepted_methods(profile)
    if accepted:
        types = types.filter(access_methods__overlap=sorted(accepted))
    if plan.use_asset_types:
        types = types.filter(type_id__in=plan.use_asset_types)
    if plan.ages:
        types = types.filter(Q(minimum_age=None) | Q(minimum_age__lte=min(plan.ages)))
    return types


def _asset_options(search: Search, types: QuerySet[AssetType]) -> list[Offer]:
    plan = search.plan
    assets = bookable_assets(start=search.start, end=plan.arrival_time, now=search.now).filter(asset_type__in=types)
    if search.profile.has("SPECIFIC_LOCATION_BASED") and search.station is not None:
        assets = assets.filter(station=search.station)
    if plan.estimated_distance is not None:
        assets = _reaching(assets, plan.estimated_distance)
    found = _named(assets, search.profile, plan) if plan.use_assets else _nearby(assets, search)
    options = found.select_related("asset_type__pricing_plan", "station", "home_station").prefetch_related(
        "asset_type__pricing_plan__parts"
    )
    return [
        _offer(
            search,
            asset.asset_type,
            asset=asset,
            station=asset.station,
            coordinates={"lat": asset.latitude, "lng": asset.longitude},
        )
        for asset in options[:MAX_OPTIONS]
    ]


def _reaching(assets: QuerySet[Asset], meters: int) -> QuerySet[Asset]:
    """Those whose remaining range, as far as it is known, is long enough."""
    remaining = ExpressionWrapper(
        F("asset_type__full_range_meters") * F("state_of_charge") / 100.0, output_field=FloatField()
    )
    return assets.annotate(remaining=remaining).filter(Q(remaining=None) | Q(remaining__gte=meters))


def _named(assets: QuerySet[Asset], profile: Profile, plan: TravelPlan) -> QuerySet[Asset]:
    """Those of `assets` that `useAssets` points at, by a kind of identifier the profile allows."""
    names = plan.use_assets
    kinds = [kind for identifier, kind in SCANNED_KINDS.items() if profile.has(identifier)]
    scanned = AssetIdentifier.objects.filter(kind__in=kinds, value__in=names).values("asset")
    pointed_at = Q(pk__in=scanned)
    if profile.has("EXACT_ID") or plan.by_published_id:
        pointed_at |= Q(public_id__in=names)
    return assets.filter(pointed_at).order_by("pk")


def _nearby(assets: QuerySet[Asset], search: Search) -> QuerySet[Asset]:
    """Of each asset type the nearest of `assets` at each station, and elsewhere, within the radius of `from`."""
    place = Window(RowNumber(), partition_by=["asset_type_id", "station_id"], order_by=["distance", "pk"])
    return _circle(search).rows_inside(assets).alias(place=place).filter(place=1)


def _circle(search: Search) -> Circle:
    """Within the plan's radius of `from`: of its coordinates, or those of the station it names."""
    latitude, longitude = _origin(search)
    radius = search.plan.radius if search.plan.radius is not None else DEFAULT_RADIUS_METERS
    return Circle(latitude=latitude, longitude=longitude, radius=radius)


def _origin(search: Search) -> tuple[float, float]:
    """Latitude and longitude of `from`: its coordinates, or those of the station it names."""
    coordinates = search.plan.from_place.get("coordinates")
    if coordinates is not None:
        return coordinates["lat"], coordinates["lng"]
    if search.station is None:
        raise Invalid("from: needs coordinates or the stationId of a known station.")
    return search.station.latitude, search.station.longitude


def _place_options(search: Search, types: QuerySet[AssetType]) -> list[Offer]:
    """Places in the pools of the station named, or of those within the radius, nearest first."""
    if search.station is not None:
        stations = [search.station] if search.station.is_renting else []
    else:
        renting = Station.objects.filter(is_public=True, is_renting=True)
        stations = list(_circle(search).rows_inside(renting)[:MAX_OPTIONS])
    places = free_places(
        [station.pk for station in stations], start=search.start, end=search.plan.arrival_time, now=search.now
    )
    if search.plan.estimated_distance is not None:
        types = types.filter(Q(full_range_meters=None) | Q(full_range_meters__gte=search.plan.estimated_distance))
    fitting = list(types.select_related("pricing_plan").prefetch_related("pricing_plan__parts"))
    options = [
        _offer(
            search,
            asset_type,
            asset=None,
            station=station,
            coordinates={"lat": station.latitude, "lng": station.longitude},
        )
        for station in stations
        for asset_type in fitting
        if places.get((station.pk, asset_type.pk), 0) > 0
    ]
    return options[:MAX_OPTIONS]


def _offer(
    search: Search,
    asset_type: AssetType,
    *,
    asset: Asset | None,
    station: Station | None,
    coordinates: dict[str, float],
) -> Offer:
    from_place: dict[str, Any] = {"coordinates": coordinates}
    if station is not None and station.is_public:
        from_place |= {"stationId": station.station_id, "name": station.name.localize(search.language)}
    return Offer(
        provider=search.provider,
        profile_version_id=search.version_id,
        valid_until=search.now + timedelta(minutes=search.profile.offer_minutes),
        asset_type=asset_type,
        asset=asset,
        station=station,
        departure_time=search.start,
        arrival_time=search.plan.arrival_time,
        from_place=from_place,
        to_place=search.to_place,
        fare=_fare(search, asset_type),
        conditions=conditions_for(search.profile, asset_type.type_id, search.now, search.language),
    )


def _fare(search: Search, asset_type: AssetType) -> dict[str, Any]:
    """The price list; where a distance or an arrival is known, with what the ride would cost."""
    pricing_plan, plan = asset_type.pricing_plan, search.plan
    fare = plan_snapshot(pricing_plan, pricing_plan.parts.all(), language=search.language)
    meters = plan.estimated_distance or 0
    if plan.arrival_time is not None:
        seconds = int((plan.arrival_time - search.start).total_seconds())
    else:
        seconds = round(
            meters / (asset_type.max_speed * AVERAGE_OF_TOP_SPEED / 3.6 if asset_type.max_speed else CYCLING)
        )
    if not seconds:
        return fare
    return with_estimate(fare, Usage(in_use_seconds=seconds, paused_seconds=0, distance_meters=meters))
