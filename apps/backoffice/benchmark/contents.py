"""What the benchmark's databases hold at first: an operator, one MP, and assets on a grid of fixed density."""

from decimal import Decimal

from django.db import connection
from django.utils import timezone

from apps.assets.models import Asset, AssetType
from apps.assets.selectors import fleet
from apps.backoffice.demo.profiles import MAP_CENTRIC
from apps.operator.models import Operator, ProductType, SystemType
from apps.pricing.models import FarePart, FarePartType, PricingPlan, UnitType
from apps.processes.services import publish
from apps.providers.models import Provider
from apps.providers.services import create_credential
from apps.stations.models import Region

SOUTH, WEST, DEGREES_APART = 52.0, 5.0, 0.001
# South-west corner first. A corner of the fleet's area: 9 by 11 assets stand in it, however many there are elsewhere.
BOX = (SOUTH, WEST, SOUTH + 10.5 * DEGREES_APART, WEST + 8.5 * DEGREES_APART)

# The area is a square that grows at its far sides: asset n stands on the edge of the square of all before it.
ASSETS = """
INSERT INTO assets_asset (
    code, public_id, asset_type_id, state, latitude, longitude, position_at, lock_device_id, key_place
)
SELECT 'B' || n, md5('asset ' || n)::uuid, %s, 'AVAILABLE',
    %s + %s * least(along, edge), %s + %s * least(edge, 2 * edge - along), %s, '', ''
FROM generate_series(%s::int, %s) n,
    LATERAL (SELECT floor(sqrt(n))::int AS edge) square,
    LATERAL (SELECT n - edge * edge AS along) place
"""


def create_operator() -> tuple[Provider, str]:
    """An operator with a region and a priced asset type, and an MP that runs the map-centric process, with its key."""
    Operator.objects.create(
        system_id="BENCHMARK",
        name={"en": "Benchmark rides"},
        languages=["en"],
        time_zone="Europe/Amsterdam",
        type_of_system=SystemType.FREE_FLOATING,
        product_type=ProductType.SHARING,
    )
    west, south, east, north = WEST - 1, SOUTH - 1, WEST + 2, SOUTH + 2
    outline = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    Region.objects.create(
        region_id="area", name={"en": "All of it"}, service_area={"type": "Polygon", "coordinates": [outline]}
    )
    plan = PricingPlan.objects.create(
        plan_id="bike",
        name={"en": "Pay as you go"},
        description={"en": "1.00 to start, 0.20 a minute"},
        currency="EUR",
        vat_rate=Decimal(21),
        vat_country="NL",
    )
    FarePart.objects.create(plan=plan, position=0, type=FarePartType.FIXED, amount=Decimal(1))
    FarePart.objects.create(
        plan=plan,
        position=1,
        type=FarePartType.FLEX,
        amount=Decimal("0.20"),
        units=Decimal(1),
        unit_type=UnitType.MINUTE,
    )
    AssetType.objects.create(type_id="bike", name={"en": "Bike"}, asset_class="BICYCLE", pricing_plan=plan)
    provider = Provider.objects.create(maas_id="benchmark", name="Benchmark MaaS")
    publish(provider=provider, document=MAP_CENTRIC, fleet=fleet())
    return provider, create_credential(provider=provider, label="benchmark")[1]


def create_assets(number: int) -> None:
    """Add assets until there are `number` of them."""
    asset_type, there = AssetType.objects.get(), Asset.objects.count()
    with connection.cursor() as cursor:
        cursor.execute(
            ASSETS,
            [asset_type.pk, SOUTH, DEGREES_APART, WEST, DEGREES_APART, timezone.now(), there, number - 1],
        )


def tidy() -> None:
    """What PostgreSQL would do by itself in the hours after so many rows were written."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
