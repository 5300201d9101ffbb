"""What could be hired: the options for a travel plan. Nothing is stored, nothing promised."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import ExpressionWrapper, F, FloatField, Q, QuerySet

from apps.assets.models import Asset, AssetIdentifier, IdentifierKind
from apps.assets.unpromised import free_assets
from apps.planning.models import Offer
from apps.pricing.fares import plan_snapshot
from apps.processes.selectors import Profile
from apps.providers.models import Provider
from apps.stations.models import Station
from apps.tomp.errors import Invalid

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
METERS_PER_DEGREE = 111_320
CLOCK_TOLERANCE = timedelta(minutes=5)
FARTHEST_AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class TravelPlan:
    """A `planningRequest` as read: places are TOMP objects, times are aware, distances in metres."""

    from_place: dict[str, Any]
    to_place: dict[str, Any] | None = None
    radius: int | None = None
    departure_time: datetime | None = None
    arrival_time: datetime | None = None
    travelers: int = 1
    use_assets: tuple[str, ...] = ()
    use_asset_types: tuple[str, ...] = ()


def find_options(
    *, provider: Provider, profile: Profile, plan: TravelPlan, language: str, now: datetime
) -> list[Offer]:
    """The options for `plan` under the MP's process, as offers that are not saved.

    With `useAssets` those assets only, unknown ones silently left out; otherwise the nearest ones around
    `from`. Raises `Invalid` for times that cannot be. Source: PROCESS-IDENTIFIERS, planning.
    """
    start = _departure(plan, now)
    assets = free_assets(start=start, end=plan.arrival_time, now=now).filter(asset_type__persons__gte=plan.travelers)
    if plan.use_asset_types:
        assets = assets.filter(asset_type__type_id__in=plan.use_asset_types)
    found = _named(assets, profile, plan.use_assets) if plan.use_assets else _nearby(assets, plan)
    options = found.select_related("asset_type__pricing_plan", "station").prefetch_related(
        "asset_type__pricing_plan__parts"
    )
    valid_until = now + timedelta(minutes=profile.offer_minutes)
    return [_option(asset, provider, profile, plan, start, valid_until, language) for asset in options[:MAX_OPTIONS]]


def _departure(plan: TravelPlan, now: datetime) -> datetime:
    start = plan.departure_time or now
    if start < now - CLOCK_TOLERANCE:
        raise Invalid("departureTime lies in the past.")
    if max(start, plan.arrival_time or start) > now + FARTHEST_AHEAD:
        raise Invalid("departureTime and arrivalTime may lie at most a year ahead.")
    start = max(start, now)
    if plan.arrival_time is not None and plan.arrival_time <= start:
        raise Invalid("arrivalTime does not lie after the departure.")
    return start


def _named(assets: QuerySet[Asset], profile: Profile, names: tuple[str, ...]) -> QuerySet[Asset]:
    """Those of `assets` that one of `names` points at, by a kind of identifier the profile allows."""
    kinds = [kind for identifier, kind in SCANNED_KINDS.items() if profile.has(identifier)]
    scanned = AssetIdentifier.objects.filter(kind__in=kinds, value__in=names).values("asset")
    pointed_at = Q(pk__in=scanned)
    if profile.has("EXACT_ID"):
        pointed_at |= Q(public_id__in=names)
    return assets.filter(pointed_at).order_by("pk")


def _nearby(assets: QuerySet[Asset], plan: TravelPlan) -> QuerySet[Asset]:
    """Those of `assets` within the radius of `from`, nearest first (flat-earth distance, fine at this scale)."""
    latitude, longitude = origin(plan.from_place)
    radius = plan.radius if plan.radius is not None else DEFAULT_RADIUS_METERS
    height = radius / METERS_PER_DEGREE
    shrink = max(math.cos(math.radians(latitude)), 0.01)
    north = F("latitude") - latitude
    east = (F("longitude") - longitude) * shrink
    distance = ExpressionWrapper(north * north + east * east, output_field=FloatField())
    return (
        assets.filter(
            latitude__range=(latitude - height, latitude + height),
            longitude__range=(longitude - height / shrink, longitude + height / shrink),
        )
        .annotate(distance=distance)
        .filter(distance__lte=height * height)
        .order_by("distance", "pk")
    )


def origin(place: dict[str, Any]) -> tuple[float, float]:
    """Latitude and longitude of a place: its coordinates, or those of the station it names."""
    coordinates = place.get("coordinates")
    if coordinates is not None:
        return coordinates["lat"], coordinates["lng"]
    station = Station.objects.filter(station_id=place.get("stationId", "")).first()
    if station is None:
        raise Invalid("from: needs coordinates or the stationId of a known station.")
    return station.latitude, station.longitude


def _option(
    asset: Asset,
    provider: Provider,
    profile: Profile,
    plan: TravelPlan,
    start: datetime,
    valid_until: datetime,
    language: str,
) -> Offer:
    pricing_plan = asset.asset_type.pricing_plan
    from_place: dict[str, Any] = {"coordinates": {"lat": asset.latitude, "lng": asset.longitude}}
    if asset.station is not None:
        from_place |= {"stationId": asset.station.station_id, "name": asset.station.name.localize(language)}
    return Offer(
        provider=provider,
        profile_version_id=profile.version_id,
        valid_until=valid_until,
        asset_type=asset.asset_type,
        asset=asset,
        station=asset.station,
        departure_time=start,
        arrival_time=plan.arrival_time,
        from_place=from_place,
        to_place=plan.to_place,
        fare=plan_snapshot(pricing_plan, pricing_plan.parts.all(), language=language),
    )
