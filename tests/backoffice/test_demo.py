"""The demo operator: what it consists of, and that it never lands on somebody's own data."""

from collections import Counter

import pytest
import shapely.geometry
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from apps.assets.models import Asset, AssetIdentifier, AssetState, AssetType
from apps.assets.selectors import fleet
from apps.backoffice import demo
from apps.bookings.invariants import breaches
from apps.operator.models import Operator
from apps.pricing.models import FarePart
from apps.processes.checks import errors_in
from apps.processes.models import ProfileVersion
from apps.processes.services import findings
from apps.providers.models import CallbackEndpoint, Provider
from apps.stations.models import Region, RegionType, Station
from tests import factories
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db


def test_it_has_a_whole_operator() -> None:
    made = demo.load()
    assert made == {
        "regions": 3,
        "stations": 12,
        "asset types": 5,
        "assets": 400,
        "maintenance jobs": 2,
        "parked cars": 40,
        "providers": 9,
    }
    assert (Region.objects.count(), Station.objects.count(), AssetType.objects.count()) == (3, 12, 5)
    assert {region.type for region in Region.objects.all()} >= {RegionType.OPERATING, RegionType.NO_PARKING}
    assert Operator.objects.get().languages == ["en", "nl"]
    for row in (*Region.objects.all(), *Station.objects.all(), *AssetType.objects.all()):
        row.full_clean()


def test_every_price_has_a_fixed_and_a_flexible_part() -> None:
    demo.load()
    for asset_type in AssetType.objects.exclude(asset_class="PARKING"):
        types = set(FarePart.objects.filter(plan=asset_type.pricing_plan).values_list("type", flat=True))
        assert types == {"FIXED", "FLEX"}


def test_assets_are_docked_loose_and_out_of_service() -> None:
    demo.load()
    assert Asset.objects.filter(station=None).count() >= 100
    assert Asset.objects.exclude(station=None).count() >= 100
    states = Counter(Asset.objects.values_list("state", flat=True))
    assert states[AssetState.AVAILABLE] >= 320
    assert {AssetState.MAINTENANCE, AssetState.CHARGING, AssetState.MISSING} <= set(states)
    assert AssetIdentifier.objects.filter(kind="QR").count() == 400


def test_nothing_of_it_breaks_what_must_always_hold() -> None:
    demo.load()
    assert breaches(now=timezone.now()) == []


def test_no_station_holds_more_than_its_docks() -> None:
    demo.load()
    for station in Station.objects.all():
        assert station.capacity is not None
        assert station.assets.count() <= station.capacity


def test_every_asset_stands_where_it_may() -> None:
    demo.load()
    regions = {region.type: shapely.geometry.shape(region.service_area) for region in Region.objects.all()}
    for asset in Asset.objects.all():
        point = shapely.geometry.Point(asset.longitude, asset.latitude)
        assert regions[RegionType.OPERATING].contains(point)
        assert not regions[RegionType.NO_PARKING].contains(point)


def test_the_first_two_mps_run_the_map_centric_process() -> None:
    demo.load()
    versions = ProfileVersion.objects.filter(provider__maas_id__in=demo.MAAS_IDS[:2])
    assert versions.count() == 2
    for version in versions:
        assert version.document["processIdentifiers"]["planning"] == ["ASSET_BASED", "EXACT_ID"]
        assert version.document["processIdentifiers"]["booking"] == ["NORMAL"]
    for endpoint in CallbackEndpoint.objects.all():
        assert endpoint.base_url.startswith("http://127.0.0.1:")


def test_each_mp_reads_its_own_process_which_holds_together() -> None:
    demo.load()
    scenarios = {}
    for provider in Provider.objects.all():
        (implementation,) = TompClient(provider).get("/operator/meta", headers={"Accept-Language": "nl"}).body
        scenarios[provider.maas_id] = implementation["scenarios"]
        document = provider.profile_versions.get().document
        assert implementation["processIdentifiers"] == document["processIdentifiers"]
        assert errors_in(findings(document, fleet=fleet())) == []
    assert scenarios == {
        "demo-mp-a": [],
        "demo-mp-b": [],
        "demo-mp-c": ["REQUIRE_BOOKING_DATA"],
        "demo-mp-d": ["POSTPONED_COMMIT", "DEPOSIT"],
        **{f"demo-mp-{letter}": [] for letter in "efghi"},
    }


def test_it_is_the_same_every_time() -> None:
    """A transaction rolled back in between stands for the second empty database."""
    loads = []
    for _ in range(2):
        with transaction.atomic():
            demo.load()
            loads.append(list(Asset.objects.values_list("code", "public_id", "state", "latitude", "longitude")))
            transaction.set_rollback(True)
    assert loads[0] == loads[1]
    assert Asset.objects.count() == 0


def test_a_database_with_an_operator_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    factories.OperatorFactory()
    call_command("load_demo")
    assert "has an operator already" in capsys.readouterr().out
    assert Asset.objects.count() == 0
    assert Operator.objects.get().system_id == "TEST-OPERATOR"
