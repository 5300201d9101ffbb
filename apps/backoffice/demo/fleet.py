"""The demo operator's asset types with their prices, and its 400 assets."""

import uuid
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

import shapely
import shapely.geometry

from apps.assets.locks.models import GatewayKind, LockGateway
from apps.assets.models import (
    AccessMethod,
    Asset,
    AssetClass,
    AssetIdentifier,
    AssetState,
    AssetType,
    IdentifierKind,
    Propulsion,
)
from apps.backoffice.demo.texts import text
from apps.history.models import ActorKind
from apps.history.services import Actor, record
from apps.pricing.models import ChargedState, FarePart, FarePartType, PricingPlan, UnitType
from apps.stations.models import Region, RegionType, Station

# Of a hundred assets this many are out of service, by reason; charging needs a battery.
OUT_OF_SERVICE_PERCENT = {AssetState.MAINTENANCE: 4, AssetState.CHARGING: 4, AssetState.MISSING: 1}
WENT_BY = {
    AssetState.MAINTENANCE: "start_maintenance",
    AssetState.CHARGING: "start_charging",
    AssetState.MISSING: "report_missing",
}
AT_A_STATION = 0.55
SPREAD_DEGREES = 0.0002  # of the docks around their station, some 15 metres

KEY_PLACE = text("In the small box behind the seat.", "In het kastje achter het zadel.")


@dataclass(frozen=True)
class Model:
    """An asset type, its price in EUR, how many there are, how their codes begin and how they are opened."""

    type_id: str
    en: str
    nl: str
    count: int
    code: str
    start_price: str
    minute_price: str
    pause_price: str
    docked: bool
    access_methods: tuple[AccessMethod, ...]
    fields: dict[str, Any]


# fmt: off
MODELS = (
    Model(
        "city-bike", "City bike", "Stadsfiets", 200, "CB", "1.00", "0.10", "0.05", True,
        (AccessMethod.DEEPLINK, AccessMethod.QR, AccessMethod.AZTEC),
        {"asset_class": AssetClass.BICYCLE, "propulsion": Propulsion.MUSCLE, "gears": 3, "wheel_count": 2,
         "co2_per_km": 0.0},
    ),
    Model(
        "e-bike", "E-bike", "E-bike", 80, "EB", "1.00", "0.20", "0.05", True,
        (AccessMethod.DEEPLINK, AccessMethod.AXA_EKEY_OTP),
        {"asset_class": AssetClass.BICYCLE, "propulsion": Propulsion.ELECTRIC, "gears": 5, "wheel_count": 2,
         "max_speed": 25, "full_range_meters": 60_000, "co2_per_km": 3.0},
    ),
    Model(
        "cargo-bike", "Cargo bike", "Bakfiets", 30, "BF", "2.00", "0.30", "0.10", True,
        (AccessMethod.DEEPLINK, AccessMethod.HTML, AccessMethod.PDF, AccessMethod.PHYSICAL_KEY),
        {"asset_class": AssetClass.BICYCLE, "asset_sub_class": "cargo bike",
         "propulsion": Propulsion.ELECTRIC, "wheel_count": 3, "max_speed": 25, "cargo_load": 80,
         "full_range_meters": 50_000, "co2_per_km": 4.0},
    ),
    Model(
        "e-scooter", "E-scooter", "Deelscooter", 90, "ES", "1.00", "0.35", "0.10", False,
        (AccessMethod.DEEPLINK, AccessMethod.TOMP_API, AccessMethod.QR),
        {"asset_class": AssetClass.MOPED, "propulsion": Propulsion.ELECTRIC, "persons": 2, "wheel_count": 2,
         "max_speed": 25, "helmet_required": True, "minimum_age": 16, "full_range_meters": 45_000,
         "co2_per_km": 10.0},
    ),
)
# fmt: on


def _create_plan(model: Model) -> PricingPlan:
    start, minute_price, pause = model.start_price, model.minute_price, model.pause_price
    plan = PricingPlan.objects.create(
        plan_id=model.type_id,
        name=text(f"{model.en}, pay as you go", f"{model.nl}, betaal per rit"),
        description=text(
            f"€{start} to start, €{minute_price} a minute, €{pause} a minute while paused",
            f"€{start} starttarief, €{minute_price} per minuut, €{pause} per minuut bij pauze",
        ),
        currency="EUR",
        vat_rate=Decimal(21),
        vat_country="NL",
    )
    minute = {"type": FarePartType.FLEX, "units": Decimal(1), "unit_type": UnitType.MINUTE}
    FarePart.objects.bulk_create(
        [
            FarePart(
                plan=plan,
                position=0,
                name="start",
                type=FarePartType.FIXED,
                amount=Decimal(start),
            ),
            FarePart(plan=plan, position=1, name="riding", amount=Decimal(minute_price), **minute),
            FarePart(
                plan=plan,
                position=2,
                name="paused",
                amount=Decimal(pause),
                asset_state=ChargedState.PAUSED,
                **minute,
            ),
        ]
    )
    return plan


def create_asset_types() -> list[AssetType]:
    """One asset type and pricing plan per model, in the order of `MODELS`. With a battery come simulated locks."""
    locks = LockGateway.objects.create(name="Simulated locks", kind=GatewayKind.SIMULATED)
    return AssetType.objects.bulk_create(
        [
            AssetType(
                type_id=model.type_id,
                name=text(model.en, model.nl),
                pricing_plan=_create_plan(model),
                access_methods=list(model.access_methods),
                key_place=KEY_PLACE if AccessMethod.PHYSICAL_KEY in model.access_methods else "",
                brand="Demo",
                lock_gateway=locks if model.fields["propulsion"] == Propulsion.ELECTRIC else None,
                **model.fields,
            )
            for model in MODELS
        ]
    )


class _Positions:
    """Where an asset may stand: at a station with a dock left, or loose where parking is allowed."""

    def __init__(self, stations: list[Station], regions: list[Region], randomness: Random) -> None:
        area = {
            kind: shapely.union_all(
                [shapely.geometry.shape(region.service_area) for region in regions if region.type == kind]
            )
            for kind in (RegionType.OPERATING, RegionType.NO_PARKING)
        }
        self.parkable = shapely.difference(area[RegionType.OPERATING], area[RegionType.NO_PARKING])
        self.docks = [station for station in stations for _ in range(station.capacity or 0)]
        randomness.shuffle(self.docks)
        self.randomness = randomness

    def at_a_station(self) -> tuple[float, float, Station]:
        """Latitude, longitude and station of a free dock."""
        station = self.docks.pop()
        jitter = self.randomness.uniform
        return (
            round(station.latitude + jitter(-SPREAD_DEGREES, SPREAD_DEGREES), 6),
            round(station.longitude + jitter(-SPREAD_DEGREES, SPREAD_DEGREES), 6),
            station,
        )

    def loose(self) -> tuple[float, float, None]:
        """Latitude and longitude of a point where parking is allowed."""
        west, south, east, north = self.parkable.bounds
        while True:
            longitude = round(self.randomness.uniform(west, east), 6)
            latitude = round(self.randomness.uniform(south, north), 6)
            if shapely.contains_xy(self.parkable, longitude, latitude):
                return latitude, longitude, None


def _state(randomness: Random, *, electric: bool) -> str:
    chance = randomness.uniform(0, 100)
    for state, percent in OUT_OF_SERVICE_PERCENT.items():
        if chance < percent:
            return state if electric or state != AssetState.CHARGING else AssetState.MAINTENANCE
        chance -= percent
    return AssetState.AVAILABLE


def create_assets(
    asset_types: list[AssetType], stations: list[Station], regions: list[Region], randomness: Random
) -> list[Asset]:
    """All assets with their identifiers: some docked, some loose, some out of service."""
    positions = _Positions(stations, regions, randomness)
    assets = []
    for model, asset_type in zip(MODELS, asset_types, strict=True):
        electric = model.fields["propulsion"] == Propulsion.ELECTRIC
        for number in range(1, model.count + 1):
            docked = model.docked and randomness.random() < AT_A_STATION
            latitude, longitude, station = positions.at_a_station() if docked else positions.loose()
            assets.append(
                Asset(
                    code=f"{model.code}-{number:04}",
                    public_id=str(uuid.UUID(int=randomness.getrandbits(128), version=4)),
                    asset_type=asset_type,
                    state=_state(randomness, electric=electric),
                    latitude=latitude,
                    longitude=longitude,
                    station=station,
                    home_station=station,
                    state_of_charge=randomness.randint(15, 100) if electric else None,
                    mileage=round(randomness.uniform(20, 4000), 1),
                )
            )
    Asset.objects.bulk_create(assets)
    for asset in assets:
        if asset.state != AssetState.AVAILABLE:
            event = WENT_BY[AssetState(asset.state)]
            record(asset, event, actor=Actor(ActorKind.TO, "demo"), before=AssetState.AVAILABLE, reason="demo")
    AssetIdentifier.objects.bulk_create(identifier for asset in assets for identifier in _identifiers(asset))
    return assets


def _identifiers(asset: Asset) -> list[AssetIdentifier]:
    values = {
        IdentifierKind.QR: f"https://rides.example/qr/{asset.code}",
        IdentifierKind.PRINTED_CODE: asset.code,
    }
    if asset.asset_type.asset_class == AssetClass.MOPED:
        values[IdentifierKind.LICENCE_PLATE] = f"DEMO-{asset.code[-4:]}"
    return [AssetIdentifier(asset=asset, kind=kind, value=value) for kind, value in values.items()]
