"""What can be hired, and where it stands: files of GBFS 3.0.

Only what anybody may see and hire is there: nothing reserved, nothing in use, nothing out of service, nothing at a
private station. A vehicle has the public id that MPs know, which changes when a trip ends.
"""

from collections.abc import Iterable, Mapping

from apps.assets.availability import AssetRow, assets_on_show
from apps.assets.models import AssetClass, AssetType, Propulsion
from apps.gbfs.edition import Edition, Json
from apps.pricing.published import published_plans
from apps.pricing.selectors import PricingRules, pricing_rules
from apps.stations.models import Station

FORM_FACTORS: dict[str, str] = {
    AssetClass.BICYCLE: "bicycle",
    AssetClass.STEP: "scooter_standing",
    AssetClass.MOPED: "moped",
    AssetClass.MOTORCYCLE: "moped",
    AssetClass.CAR: "car",
    AssetClass.SELFDRIVE: "car",
    AssetClass.OTHER: "other",
}
PROPULSION_TYPES: dict[str, str] = {
    Propulsion.MUSCLE: "human",
    Propulsion.ELECTRIC: "electric",
    Propulsion.GASOLINE: "combustion",
    Propulsion.LPG: "combustion",
    Propulsion.DIESEL: "combustion_diesel",
    Propulsion.HYBRID: "hybrid",
    Propulsion.HYDROGEN: "hydrogen_fuel_cell",
}


def published_types() -> list[AssetType]:
    """The asset types that GBFS has words for: vehicles whose drive is known and, with a motor, how far they go."""
    types = AssetType.objects.filter(asset_class__in=FORM_FACTORS, propulsion__in=PROPULSION_TYPES)
    return [one for one in types.select_related("pricing_plan") if not _is_motorised(one) or one.full_range_meters]


def _is_motorised(asset_type: AssetType) -> bool:
    return asset_type.propulsion != Propulsion.MUSCLE


def vehicle_types(edition: Edition) -> Json:
    """`vehicle_types.json`."""
    plans = {one.plan.plan_id for one in published_plans(None, now=edition.local, region_id=None, station_id=None)}
    rules = _rules(edition)
    return {"vehicle_types": [_vehicle_type(one, rules, plans, edition) for one in published_types()]}


def _rules(edition: Edition) -> PricingRules:
    return pricing_rules(None, first=edition.local, last=edition.local)


def _default_plan(asset_type: AssetType, rules: PricingRules, edition: Edition) -> str:
    """The plan of a departure from nowhere in particular."""
    rule = rules.of(asset_type.pk, station=None, position=None, departure=edition.local)
    return (rule.plan if rule is not None else asset_type.pricing_plan).plan_id


def _vehicle_type(asset_type: AssetType, rules: PricingRules, plans: set[str], edition: Edition) -> Json:
    electric_bicycle = (asset_type.asset_class, asset_type.propulsion) == (AssetClass.BICYCLE, Propulsion.ELECTRIC)
    default = _default_plan(asset_type, rules, edition)
    possible = {rule.plan.plan_id for rule in rules.rules if rule.asset_type_id in (None, asset_type.pk)} | {default}
    return {
        "vehicle_type_id": asset_type.type_id,
        "form_factor": _form_factor(asset_type),
        "propulsion_type": "electric_assist" if electric_bicycle else PROPULSION_TYPES[asset_type.propulsion],
        "max_range_meters": asset_type.full_range_meters,
        "name": edition.texts(asset_type.name),
        "make": edition.same_text(asset_type.brand),
        "model": edition.same_text(asset_type.model),
        "rider_capacity": asset_type.persons,
        "cargo_load_capacity": asset_type.cargo_load,
        "wheel_count": asset_type.wheel_count,
        "max_permitted_speed": asset_type.max_speed,
        "g_CO2_km": None if asset_type.co2_per_km is None else round(asset_type.co2_per_km),
        "vehicle_image": asset_type.image or None,
        "default_reserve_time": asset_type.default_reserve_time or None,
        "default_pricing_plan_id": default,
        "pricing_plan_ids": sorted(possible & plans),
    }


def _form_factor(asset_type: AssetType) -> str:
    """A bicycle that carries loads is one for cargo."""
    if asset_type.asset_class == AssetClass.BICYCLE and asset_type.cargo_load:
        return "cargo_bicycle"
    return FORM_FACTORS[asset_type.asset_class]


def vehicle_status(edition: Edition) -> Json:
    """`vehicle_status.json`. With a motor, those whose charge is known only: GBFS wants to know how far they go."""
    types = {one.pk: one for one in published_types()}
    rows = assets_on_show(list(types), now=edition.local)
    plans = _plans(rows, types, edition)
    return {
        "vehicles": [
            _vehicle(row, types[row[1]], plan)
            for row, plan in zip(rows, plans, strict=True)
            if row[6] is not None or not _is_motorised(types[row[1]])
        ]
    }


def _vehicle(row: AssetRow, asset_type: AssetType, plan: str | None) -> Json:
    public_id, _, station_id, home_station_id, latitude, longitude, charge = row
    vehicle: Json = {
        "vehicle_id": public_id,
        "vehicle_type_id": asset_type.type_id,
        "lat": latitude,
        "lon": longitude,
        "is_reserved": False,
        "is_disabled": False,
    }
    if charge is not None:
        vehicle["current_fuel_percent"] = charge / 100
        if asset_type.full_range_meters is not None:
            vehicle["current_range_meters"] = asset_type.full_range_meters * charge // 100
    named = {"station_id": station_id, "home_station_id": home_station_id, "pricing_plan_id": plan}
    return vehicle | {name: value for name, value in named.items() if value is not None}


def _plans(rows: Iterable[AssetRow], types: Mapping[int, AssetType], edition: Edition) -> Iterable[str | None]:
    """The plan of each vehicle, where a rule of its place gives it another than its type has by default.

    One statement more where rules are of stations.
    """
    rules = _rules(edition)
    default = {pk: _default_plan(one, rules, edition) for pk, one in types.items()}
    local = [rule for rule in rules.rules if rule.station_id is not None or rule.region_id is not None]
    stations = {one.station_id: one for one in Station.objects.filter(is_public=True)} if local else {}
    for _, type_id, station_id, _, latitude, longitude, _ in rows:
        plan = None
        if local:
            station = stations[station_id] if station_id is not None else None
            rule = rules.of(type_id, station=station, position=(latitude, longitude), departure=edition.local)
            plan = rule.plan.plan_id if rule is not None else None
        yield plan if plan != default[type_id] else None
