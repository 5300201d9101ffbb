"""What the fleet map asks the server for: groups of many, single assets of few, at a fixed cost."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.assets import fleet_map
from apps.assets.models import Asset
from tests import factories

pytestmark = pytest.mark.django_db

VIEW = "admin:assets_asset_map_view"
UTRECHT = "52.0,52.2,5.0,5.3"


def view(client: Client, box: str = UTRECHT, **query: Any) -> Any:
    return client.get(reverse(VIEW), {"boundingbox": box, "state": ["AVAILABLE"], **query})


def fleet(number: int, **fields: Any) -> list[Asset]:
    kind = factories.AssetTypeFactory()
    return [
        factories.AssetFactory(asset_type=kind, latitude=52.05 + 0.0001 * i, longitude=5.1, **fields)
        for i in range(number)
    ]


def test_few_are_shown_one_by_one(admin_client: Client) -> None:
    here, *_ = fleet(3)
    factories.AssetFactory(latitude=40.0, longitude=-3.0)
    fleet(1, state="MISSING")
    found = view(admin_client).json()
    assert (found["count"], found["clusters"]) == (3, [])
    assert here.code in {asset["code"] for asset in found["assets"]}
    assert view(admin_client, state=["AVAILABLE", "MISSING"]).json()["count"] == 4
    assert view(admin_client, type=here.asset_type_id).json()["count"] == 3


def test_many_are_counted_in_groups(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet_map, "MOST_ASSETS", 5)
    fleet(6)
    fleet(4, state="MISSING")
    found = view(admin_client, state=["AVAILABLE", "MISSING"]).json()
    assert found["assets"] == []
    assert sum(cluster["count"] for cluster in found["clusters"]) == found["count"] == 10
    states = [cluster["states"] for cluster in found["clusters"]]
    assert sum(state.get("AVAILABLE", 0) for state in states) == 6
    for cluster in found["clusters"]:
        assert cluster["south"] <= cluster["latitude"] <= cluster["north"]


def test_it_costs_the_same_for_10_as_for_100(admin_client: Client) -> None:
    costs = []
    view(admin_client)
    for more in (10, 90):
        fleet(more)
        factories.StationFactory(latitude=52.1, longitude=5.1)
        with CaptureQueriesContext(connection) as queries:
            assert view(admin_client).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 7


@pytest.mark.parametrize("box", ["", "1,2,3", "a,b,c,d", "52.2,52.0,5.0,5.3", "0,91,0,1", "nan,1,0,1"])
def test_what_is_no_view_is_refused(admin_client: Client, box: str) -> None:
    assert view(admin_client, box).status_code == 400


@pytest.mark.parametrize("query", [{"state": ["FLYING"]}, {"type": "bike"}, {"type": "1 OR 1=1"}])
def test_what_is_no_filter_is_refused(admin_client: Client, query: dict[str, Any]) -> None:
    assert view(admin_client, **query).status_code == 400


def test_the_card_has_the_buttons_of_who_may_press_them(operator: Any, admin_client: Client, client: Client) -> None:
    asset = factories.AssetFactory()
    address = reverse("admin:assets_asset_map_card", args=[asset.pk])
    assert "Into maintenance" in admin_client.get(address).text
    client.force_login(get_user_model().objects.create_user("new", is_staff=True))
    for name in ("map", "map_view", "map_regions", "map_find"):
        assert client.get(reverse(f"admin:assets_asset_{name}")).status_code == 403
    assert client.get(address).status_code == 403
    assert admin_client.get(reverse("admin:assets_asset_map_card", args=[0])).status_code == 404


def test_an_asset_is_found_by_its_number(admin_client: Client) -> None:
    asset = factories.AssetFactory()
    address = reverse("admin:assets_asset_map_find")
    assert admin_client.get(address, {"q": asset.code}).json()["asset"]["id"] == asset.pk
    for nothing in ("", "no such asset"):
        assert admin_client.get(address, {"q": nothing}).json() == {"asset": None}
