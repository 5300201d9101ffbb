"""What could be hired: the options for a travel plan. Nothing is stored, nothing promised.

A party that one asset does not carry is offered several, all or none. Whatever the number of assets, travellers and
options, the number of statements is the same. Source: PROCESS-IDENTIFIERS, planning; seed micromobility-operator.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from django.db.models import Count, ExpressionWrapper, F, FloatField, IntegerField, Min, Q, QuerySet, Value, Window
from django.db.models.expressions import Combinable, CombinedExpression
from django.db.models.functions import Least, RowNumber

from apps.assets.bookable import THE_SAME_POOL, bookable_assets
from apps.assets.models import Asset, AssetIdentifier, AssetType, IdentifierKind
from apps.assets.pools import free_places
from apps.assets.tickets import has_tickets
from apps.assets.unpromised import count_of
from apps.parking.selectors import cars_parked
from apps.planning.options import Option, PickUp, option
from apps.planning.party import Party
from apps.planning.plan import Search, TravelPlan, departure
from apps.pricing.selectors import PricingRules, rules_in_force, that_concern
from apps.processes.access_formats import accepted_methods
from apps.processes.selectors import Profile
from apps.providers.models import Provider
from apps.stations.geo import Circle
from apps.stations.models import RegionType, Station
from apps.stations.places import located, station_of
from apps.stations.rules import rules_of_hire
from apps.tomp.errors import Invalid, NotPermitted

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
# Licence plates in one request: who pays for cars asks for those it has to do with, not who is parked.
MAX_PLATES = 5


def find_options(
    *, provider: Provider, profile: Profile, plan: TravelPlan, language: str, now: datetime
) -> list[Option]:
    """The options for `plan` under the MP's process.

    Under PICK_UP_THE_BILL the bills of the parked cars whose licence plates `useAssets` holds. Otherwise with
    `useAssets` those assets only, unknown ones silently left out. Otherwise, where the process is PLANNING_BASED,
    places in the pools of stations; else what is nearest to `from`. Raises `Invalid` for times and stations that cannot
    be and for too many plates, and `NotPermitted` where no process has been published for the MP.
    """
    if profile.version_id is None:
        raise NotPermitted("No process has been published for this MP yet, so nothing can be offered.")
    station = station_of(plan.from_place, "from")
    to_place = located(plan.to_place, station_of(plan.to_place, "to"))
    if profile.has("SPECIFIC_LOCATION_BASED") and station is None:
        return []  # a stop that no station of ours stands at
    start = departure(plan, station=station, to_place=to_place, now=now)
    rules = rules_of_hire(start)
    search = Search(provider, profile, profile.version_id, plan, to_place, start, station, rules, language, now)
    types = _fitting_types(plan, profile)
    if profile.has("PICK_UP_THE_BILL"):
        return _bills(search)
    if plan.use_assets:
        found = _named_together(search, types)
    elif profile.has("PLANNING_BASED"):
        found = _places(search, types)
    else:
        found = _standing_together(search, types)
    priced = _priced(search, (one for group in found for one in group), since=start)
    return [option(priced, pick_ups) for pick_ups in found]


def _priced(search: Search, pick_ups: Iterable[PickUp], *, since: datetime | None) -> Search:
    """The search with the rules for the price of departures with these from `since` (or any time) to its own."""
    offered = list(pick_ups)
    rules = that_concern(
        rules_in_force(search.provider.pk, first=since, last=search.start),
        asset_types={one.asset_type.pk for one in offered},
        stations={one.station.station_id for one in offered if one.station is not None},
    )
    return replace(search, pricing=PricingRules(tuple(rules)))


def _fitting_types(plan: TravelPlan, profile: Profile) -> QuerySet[AssetType]:
    """Asset types that this party may ride and that the MP's app can open; of those with tickets, enough in stock."""
    types = AssetType.objects.all()
    accepted = accepted_methods(profile)
    if accepted:
        types = types.filter(access_methods__overlap=sorted(accepted))
    if plan.use_asset_types:
        types = types.filter(type_id__in=plan.use_asset_types)
    if plan.party.youngest is not None:
        types = types.filter(Q(minimum_age=None) | Q(minimum_age__lte=plan.party.youngest))
    may_drive = Q(license_class="")
    for license_class, drivers in plan.party.drivers.items():
        # as many vehicles as there are drivers must carry everybody
        may_drive |= Q(license_class=license_class, persons__gte=-(-plan.party.number // drivers))
    types = types.filter(may_drive, serves__contains=plan.party.needs)
    if profile.has("ACCESS_TICKETSTOCK"):
        needed = plan.party.number
        types = types.filter(Q(has_tickets(1), persons__gte=needed) | Q(has_tickets(needed)))
    return types


# --- assets ------------------------------------------------------------------------------------------------------


def _named_together(search: Search, types: QuerySet[AssetType]) -> list[list[PickUp]]:
    """Each asset named that carries the whole party, and the others together where they do."""
    plan, party = search.plan, search.plan.party
    pointed_at = _pointed_at(plan, search.profile)
    named = Asset.objects.filter(pointed_at, **THE_SAME_POOL)
    taken_along = Least(_others_needed(party), count_of(named) - 1, output_field=IntegerField())
    found = _with_prices(_fitting_assets(search, types, taken_along).filter(pointed_at).order_by("pk"))
    groups, shared, carried = [], [], 0
    for asset in found:
        if asset.asset_type.persons >= party.number:
            groups.append([asset])
        elif carried < party.number:
            shared.append(asset)
            carried += asset.asset_type.persons
    if shared and carried >= party.number:
        groups.append(shared)
    return _picked_up(groups[:MAX_OPTIONS])


def _pointed_at(plan: TravelPlan, profile: Profile) -> Q:
    """What `useAssets` points at, by a kind of identifier the profile allows."""
    names = plan.use_assets
    kinds = [kind for identifier, kind in SCANNED_KINDS.items() if profile.has(identifier)]
    pointed_at = Q(pk__in=AssetIdentifier.objects.filter(kind__in=kinds, value__in=names).values("asset"))
    if profile.has("EXACT_ID") or plan.by_published_id:
        pointed_at |= Q(public_id__in=names)
    return pointed_at


def _standing_together(search: Search, types: QuerySet[AssetType]) -> list[list[PickUp]]:
    """Of each asset type the nearest at each station, and elsewhere, within the radius of `from`: as many as needed."""
    party = search.plan.party
    pool = ["asset_type_id", "station_id"]
    assets = _circle(search).rows_inside(_fitting_assets(search, types, _others_needed(party)))
    assets = (
        assets.alias(
            place=Window(RowNumber(), partition_by=pool, order_by=["distance", "pk"]),
            standing=Window(Count("pk"), partition_by=pool),
            nearest=Window(Min("distance"), partition_by=pool),
            others=_others_needed(party),
        )
        .filter(place__lte=F("others") + 1, standing__gt=F("others"))
        .order_by("nearest", *pool, "place")
    )
    found = _with_prices(assets)[: MAX_OPTIONS * party.number]
    groups = [list(group) for _, group in groupby(found, key=lambda asset: (asset.asset_type_id, asset.station_id))]
    return _picked_up(groups[:MAX_OPTIONS])


def _others_needed(party: Party) -> CombinedExpression:
    """How many assets of a row's type, besides one, it takes to carry the party: a whole division in the database."""
    return Value(party.number - 1, output_field=IntegerField()) / F("asset_type__persons")


def _fitting_assets(search: Search, types: QuerySet[AssetType], taken_along: Combinable) -> QuerySet[Asset]:
    """What can be booked by name for that time, each with so many others of its pool."""
    plan = search.plan
    assets = bookable_assets(start=search.start, end=plan.arrival_time, now=search.now, taken_along=taken_along)
    assets = search.rules.served_assets(assets.filter(asset_type__in=types))
    if search.profile.has("SPECIFIC_LOCATION_BASED") and search.station is not None:
        assets = assets.filter(station=search.station)
    if plan.estimated_distance is not None:
        assets = _reaching(assets, plan.estimated_distance)
    return assets


def _reaching(assets: QuerySet[Asset], meters: int) -> QuerySet[Asset]:
    """Those whose remaining range, as far as it is known, is long enough."""
    remaining = ExpressionWrapper(
        F("asset_type__full_range_meters") * F("state_of_charge") / 100.0, output_field=FloatField()
    )
    return assets.annotate(remaining=remaining).filter(Q(remaining=None) | Q(remaining__gte=meters))


def _with_prices(assets: QuerySet[Asset]) -> QuerySet[Asset]:
    return assets.select_related("asset_type__pricing_plan", "station", "home_station").prefetch_related(
        "asset_type__pricing_plan__parts"
    )


def _picked_up(groups: Iterable[list[Asset]]) -> list[list[PickUp]]:
    return [[PickUp(asset.asset_type, asset, asset.station) for asset in group] for group in groups]


# --- places ------------------------------------------------------------------------------------------------------


def _places(search: Search, types: QuerySet[AssetType]) -> list[list[PickUp]]:
    """Places in the pools of the station named, or of those within the radius, nearest first."""
    plan = search.plan
    if search.station is not None:
        stations = [search.station] if search.station.is_renting and _is_served(search, search.station) else []
    else:
        renting = search.rules.served_stations(Station.objects.filter(is_public=True, is_renting=True))
        stations = list(_circle(search).rows_inside(renting)[:MAX_OPTIONS])
    places = free_places(
        [station.pk for station in stations], start=search.start, end=plan.arrival_time, now=search.now
    )
    if plan.estimated_distance is not None:
        types = types.filter(Q(full_range_meters=None) | Q(full_range_meters__gte=plan.estimated_distance))
    fitting = list(types.select_related("pricing_plan").prefetch_related("pricing_plan__parts"))
    found = [
        [PickUp(asset_type, station=station)] * needed
        for station in stations
        for asset_type in fitting
        if (needed := plan.party.assets_needed(asset_type.persons)) <= places.get((station.pk, asset_type.pk), 0)
    ]
    return found[:MAX_OPTIONS]


def _is_served(search: Search, station: Station) -> bool:
    position = (station.latitude, station.longitude)
    return search.rules.is_open(station) and not search.rules.lies_in(RegionType.NO_ACCESS, position)


def _bills(search: Search) -> list[Option]:
    """The bill of each car that is parked and named by its licence plate, as if it had been hired since it came.

    Raises `Invalid` for more than `MAX_PLATES`.
    """
    if len(search.plan.use_assets) > MAX_PLATES:
        raise Invalid(f"useAssets: at most {MAX_PLATES} licence plates at a time.")
    cars = cars_parked(search.plan.use_assets, now=search.now).select_related("station", "asset_type__pricing_plan")
    if search.plan.use_asset_types:
        cars = cars.filter(asset_type__type_id__in=search.plan.use_asset_types)
    found = [
        (car.since, PickUp(car.asset_type, station=car.station, parked_car=car))
        for car in cars.prefetch_related("asset_type__pricing_plan__parts")
    ]
    priced = _priced(search, (one for _, one in found), since=None)
    until_now = replace(search.plan, arrival_time=search.now)
    return [option(replace(priced, start=since, plan=until_now), [one]) for since, one in found]


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
