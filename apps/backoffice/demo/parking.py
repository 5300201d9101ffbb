"""The demo operator's car park: its tariff, and the cars that stand there."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from apps.assets.models import AssetClass, AssetType
from apps.backoffice.demo.texts import text
from apps.parking.models import ParkedCar
from apps.pricing.models import CapPeriod, FarePart, FarePartType, PricingPlan, UnitType
from apps.stations.models import Station

CARS = 40
QUARTER, MOST_A_DAY = Decimal("0.75"), Decimal("18.00")


def create_car_park(stations: list[Station]) -> list[ParkedCar]:
    """A place to park at the first station, charged by the quarter of an hour, and cars that came one by one."""
    plan = PricingPlan.objects.create(
        plan_id="car-park",
        name=text("Car park", "Parkeergarage"),
        description=text(
            f"€{QUARTER} a quarter of an hour, at most €{MOST_A_DAY} a day",
            f"€{QUARTER} per kwartier, ten hoogste €{MOST_A_DAY} per dag",
        ),
        currency="EUR",
        vat_rate=Decimal(21),
        vat_country="NL",
    )
    quarter = {"type": FarePartType.FLEX, "units": Decimal(15), "unit_type": UnitType.MINUTE}
    FarePart.objects.create(plan=plan, position=0, name="parking", amount=QUARTER, **quarter)
    FarePart.objects.create(plan=plan, position=1, type=FarePartType.MAX, amount=MOST_A_DAY, cap_period=CapPeriod.DAY)
    place = AssetType.objects.create(
        type_id="parking-place",
        name=text("Parking place", "Parkeerplaats"),
        asset_class=AssetClass.PARKING,
        pricing_plan=plan,
    )
    now = timezone.now()
    return ParkedCar.objects.bulk_create(
        ParkedCar(
            plate=f"DEMO{number:02}",
            asset_type=place,
            station=stations[0],
            since=now - timedelta(minutes=20 * number),
        )
        for number in range(1, CARS + 1)
    )
