"""Who reads the feed, how long a copy is good, and what can be booked with its ids."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.gbfs.feed import FILES
from apps.gbfs.keys import make_key
from apps.history.models import Change
from apps.operator.models import Operator
from apps.stations.models import Station
from tests import factories
from tests.gbfs.conftest import FeedReader
from tests.profiles import client
from tests.rides import HERE, event, operate
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db
STATEMENTS = {  # of a 200, the one that finds operator and stamp among them
    "gbfs": 1,
    "gbfs_versions": 1,
    "system_information": 4,
    "vehicle_types": 5,
    "station_information": 5,
    "station_status": 5,
    "vehicle_status": 5,
    "system_regions": 2,
    "geofencing_zones": 2,
    "system_pricing_plans": 3,
    "system_alerts": 2,
}


@pytest.fixture
def behind_a_key(feed: FeedReader) -> FeedReader:
    Operator.objects.update(gbfs_access="KEY")
    return feed


def fill(count: int) -> None:
    kind = factories.AssetTypeFactory()
    for _ in range(count):
        region = factories.RegionFactory()
        station = factories.StationFactory(region=region)
        factories.AssetFactory(asset_type=kind, station=station)
        factories.AlertFactory(stations=[station])


def test_gbfs_json_leads_to_every_file(feed: FeedReader) -> None:
    feeds = feed.data("gbfs")["feeds"]
    assert {one["name"] for one in feeds} == set(FILES) - {"gbfs"}
    for one in feeds:
        file = feed.get_json(one["url"])
        assert (file["version"], set(file)) == ("3.0", {"last_updated", "ttl", "version", "data"})
    (version,) = feed.data("gbfs_versions")["versions"]
    assert feed.get_json(version["url"])["data"]["feeds"] == feeds


@pytest.mark.parametrize("name", FILES)
def test_a_file_takes_as_many_statements_whatever_the_size(
    feed: FeedReader, name: str, django_assert_num_queries: Any
) -> None:
    for size in (2, 10):
        fill(size)
        with django_assert_num_queries(STATEMENTS[name]):
            answer = feed.get(name)
        assert answer.status_code == 200
    if FILES[name].told_from:
        with django_assert_num_queries(1):
            assert feed.get(name, If_None_Match=answer.headers["ETag"]).status_code == 304
    else:
        with time_machine.travel(timezone.now(), tick=False):
            tag = feed.get(name).headers["ETag"]
            assert feed.get(name, If_None_Match=tag).status_code == 304


def test_a_copy_is_good_for_as_long_as_it_says(feed: FeedReader) -> None:
    written, moving = feed.get("system_regions"), feed.get("vehicle_status")
    assert written.json()["ttl"] == 300
    assert written.headers["Cache-Control"] == "public, max-age=300"
    assert moving.json()["ttl"] == 30
    assert moving.headers["Cache-Control"] == "public, max-age=30"
    assert moving.headers["Access-Control-Allow-Origin"] == "*"
    end = timezone.now() + timedelta(seconds=90)
    factories.RegionFactory(area_end_time=end)
    with time_machine.travel(end - timedelta(seconds=60), tick=False):
        soon = feed.get("system_regions")
        assert (soon.json()["ttl"], soon.headers["Cache-Control"]) == (60, "public, max-age=60")
    with time_machine.travel(end, tick=False):
        over = feed.get("system_regions", If_None_Match=soon.headers["ETag"])
        assert (over.status_code, over.json()["data"]) == (200, {"regions": []})


def test_what_staff_change_is_told(feed: FeedReader) -> None:
    factories.StationFactory()
    tag = feed.get("station_information").headers["ETag"]
    Station.objects.update(is_public=False)
    after = feed.get("station_information", If_None_Match=tag)
    assert (after.status_code, after.json()["data"]) == (200, {"stations": []})


def test_what_moves_is_told(feed: FeedReader, mp: TompClient) -> None:
    factories.AssetFactory()
    with time_machine.travel(timezone.now(), tick=False):
        tag = feed.get("vehicle_status").headers["ETag"]
        factories.AssetFactory()
        assert feed.get("vehicle_status", If_None_Match=tag).status_code == 200


def test_where_there_is_no_feed_there_is_nothing(operator: Any) -> None:
    assert FeedReader().get("gbfs").status_code == 404
    Operator.objects.all().delete()
    assert FeedReader().get("gbfs").status_code == 404


def test_a_file_gbfs_does_not_know_is_not_there(feed: FeedReader) -> None:
    answer = feed.get("free_bike_status")
    assert (answer.status_code, answer.json()["status"]) == (404, 404)


def test_behind_a_key_nothing_is_told_without_it(behind_a_key: FeedReader) -> None:
    for headers in ({}, {"X-API-Key": ""}, {"X-API-Key": "gbfs_x"}, {"Authorization": "Bearer x"}):
        answer = behind_a_key.get("gbfs", **headers)
        assert (answer.status_code, answer.json()["status"]) == (401, 401)
        assert "WWW-Authenticate" in answer.headers
        assert "data" not in answer.json()


def test_the_key_opens_it_until_there_is_a_new_one(behind_a_key: FeedReader, django_assert_num_queries: Any) -> None:
    key = make_key()
    with django_assert_num_queries(1):
        answer = behind_a_key.get("gbfs", **{"X-API-Key": key})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, max-age=300")
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert behind_a_key.get("gbfs", Authorization=f"Bearer {key}").status_code == 200
    assert key not in Operator.objects.get().gbfs_key_sha256
    make_key()
    assert behind_a_key.get("gbfs", **{"X-API-Key": key}).status_code == 401


def test_mps_come_with_their_credentials(behind_a_key: FeedReader, mp: TompClient) -> None:
    assert behind_a_key.get("gbfs", **{"X-API-Key": mp.key}).status_code == 200
    mp.provider.active = False
    mp.provider.save()
    assert behind_a_key.get("gbfs", **{"X-API-Key": mp.key}).status_code == 403


def test_staff_make_a_new_key_on_the_operators_page(behind_a_key: FeedReader, admin_client: Client) -> None:
    address = reverse("admin:operator_operator_do", args=[1, "new-feed-key"])
    assert "refused from now on" in admin_client.get(address).text
    shown = admin_client.post(address).text
    key = shown.split('class="backoffice-key">')[1].split("<")[0]
    assert behind_a_key.get("gbfs", **{"X-API-Key": key}).status_code == 200
    noted = Change.objects.get(subject_table="operator_operator")
    assert noted.after == {"gbfs_key_sha256": "…"}


def test_a_feed_names_a_contact(operator: Any, admin_client: Client) -> None:
    operator.gbfs_access, operator.feed_contact_email = "PUBLIC", ""
    address = reverse("admin:operator_operator_change", args=[1])
    assert b"New feed key" not in admin_client.get(address).content
    with pytest.raises(Exception, match="fill in the feed contact email"):
        operator.full_clean()


# --- booking what it shows -----------------------------------------------------------------------


@pytest.fixture
def one_stop(feed: FeedReader) -> TompClient:
    """An MP that books without offers."""
    return client(planning=[], booking=["ONE_STOP", "AUTO_COMMIT"])


def announced(mp: TompClient, field: str) -> tuple[str, str]:
    """The address of the file whose ids `/operator/meta` says go into `field`, and the field they are in there."""
    (implementation,) = mp.get("/operator/meta").body
    (row,) = [row for row in implementation["endpoints"] if field in row]
    assert (row["method"], row["externalType"], row["status"]) == ("GET", "GBFS", "IMPLEMENTED")
    return row["path"], row[field][0]


def test_meta_announces_it_while_there_is_one(one_stop: TompClient) -> None:
    assert announced(one_stop, "useAssetTypes")[0].endswith("/gbfs/3.0/vehicle_types.json")
    tag = one_stop.get("/operator/meta").headers["ETag"]
    Operator.objects.update(gbfs_access="OFF")
    answer = one_stop.get("/operator/meta", headers={"If-None-Match": tag})
    assert answer.status == 200
    assert not any("externalType" in row for row in answer.body[0]["endpoints"])


def test_a_vehicle_of_the_feed_is_booked_in_one_stop(feed: FeedReader, one_stop: TompClient, asset: Any) -> None:
    address, field = announced(one_stop, "useAssets")
    (vehicle,) = feed.get_json(address)["data"]["vehicles"]
    booked = one_stop.post("/bookings/one-stop", {"from": HERE, "useAssets": [vehicle[field]]})
    assert (booked.status, booked.body["state"]) == (201, "CONFIRMED")
    assert booked.body["legs"][0]["asset"]["id"] == vehicle[field]
    assert feed.data("vehicle_status")["vehicles"] == []
    leg = booked.body["legs"][0]["id"]
    for moment in ("PREPARE", "SET_IN_USE", "START_FINISHING", "FINISH"):
        event(one_stop, leg, moment)
    (again,) = feed.data("vehicle_status")["vehicles"]
    assert again[field] != vehicle[field]


def test_a_vehicle_type_of_the_feed_is_booked_in_one_stop(feed: FeedReader, one_stop: TompClient, asset: Any) -> None:
    address, field = announced(one_stop, "useAssetTypes")
    (kind,) = feed.get_json(address)["data"]["vehicle_types"]
    booked = one_stop.post("/bookings/one-stop", {"from": HERE, "useAssetTypes": [kind[field]]})
    assert booked.status == 201
    assert booked.body["legs"][0]["assetType"]["id"] == kind[field]
    assert operate(one_stop, booked.body["id"], "CANCEL").status == 200
