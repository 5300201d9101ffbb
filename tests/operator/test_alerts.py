"""GET /operator/alerts, and what staff write there."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from apps.operator.models import Alert
from tests import factories
from tests.tomp_client import Answer, TompClient

pytestmark = pytest.mark.django_db
PATH = "/operator/alerts"
NOON = datetime(2030, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def ids(mp: TompClient, query: str = "") -> list[str]:
    answer = mp.get(PATH + query)
    assert answer.status == 200, answer
    return [alert["alertId"] for alert in answer.body]


@time_machine.travel(NOON, tick=False)
def test_it_tells_what_is_out_of_the_ordinary(mp: TompClient) -> None:
    region = factories.RegionFactory(region_id="beach")
    stations = [factories.StationFactory(station_id=name) for name in ("pier", "dune")]
    factories.AlertFactory(
        alert_id="storm",
        alert_type="STATION_CLOSURE",
        description={"en": "Stay at home.", "nl": "Blijf thuis."},
        url="https://operator.example/storm",
        periods=[(NOON + HOUR, NOON + 2 * HOUR), (NOON - 2 * HOUR, NOON - HOUR), (NOON - HOUR, NOON + HOUR / 2)],
        stations=stations,
        regions=[region],
    )
    answer = mp.get(PATH, headers={"Accept-Language": "nl"})
    assert answer.body == [
        {
            "alertId": "storm",
            "alertType": "STATION_CLOSURE",
            "summary": "Het stormt",
            "description": "Blijf thuis.",
            "url": "https://operator.example/storm",
            "startAndEndTimes": [
                ["2030-06-01T11:00:00Z", "2030-06-01T12:30:00Z"],
                ["2030-06-01T13:00:00Z", "2030-06-01T14:00:00Z"],
            ],
            "stationIds": ["dune", "pier"],
            "regionId": ["beach"],
            "lastUpdated": "2030-06-01T12:00:00Z",
        }
    ]
    assert answer.headers["Content-Language"] == "nl"


def test_what_is_over_is_gone_without_anybody_taking_it_away(mp: TompClient) -> None:
    factories.AlertFactory(alert_id="always")
    factories.AlertFactory(alert_id="storm", periods=[(NOON, NOON + HOUR)])
    with time_machine.travel(NOON + HOUR - timedelta(seconds=1), tick=False):
        tag = mp.get(PATH).headers["ETag"]
        assert ids(mp) == ["always", "storm"]
    with time_machine.travel(NOON + HOUR, tick=False):
        over = Answer(mp.client.get(f"/tomp{PATH}", headers={**mp.headers, "If-None-Match": tag}))
        assert over.status == 200
        assert [alert["alertId"] for alert in over.body] == ["always"]


def test_of_a_place_it_tells_what_matters_there(mp: TompClient) -> None:
    beach, town = factories.RegionFactory(region_id="beach"), factories.RegionFactory(region_id="town")
    pier = factories.StationFactory(station_id="pier", region=beach)
    factories.StationFactory(station_id="square", region=town)
    factories.AlertFactory(alert_id="everywhere")
    factories.AlertFactory(alert_id="on-the-beach", regions=[beach])
    factories.AlertFactory(alert_id="on-the-pier", stations=[pier])
    assert ids(mp) == ids(mp, "?stationId=pier") == ids(mp, "?regionId=beach")
    assert ids(mp, "?stationId=pier") == ["everywhere", "on-the-beach", "on-the-pier"]
    assert ids(mp, "?stationId=square") == ids(mp, "?regionId=town") == ["everywhere"]
    assert ids(mp, "?limit=1&offset=1") == ["on-the-beach"]
    assert 'rel="next"' in mp.get(f"{PATH}?limit=2").headers["Link"]


def test_private_stations_are_not_named_nor_taken_for_everywhere(mp: TompClient) -> None:
    depot = factories.StationFactory(station_id="depot", is_public=False)
    factories.AlertFactory(alert_id="inside", stations=[depot])
    factories.AlertFactory(alert_id="both", stations=[depot, factories.StationFactory(station_id="pier")])
    (alert,) = mp.get(PATH).body
    assert (alert["alertId"], alert["stationIds"]) == ("both", ["pier"])


def test_what_is_of_a_station_does_not_become_of_everywhere_with_its_end(mp: TompClient) -> None:
    pier = factories.StationFactory()
    factories.AlertFactory(alert_id="closed", alert_type="STATION_CLOSURE", stations=[pier])
    factories.AlertFactory(alert_id="everywhere", alert_type="SYSTEM_CLOSURE")
    assert ids(mp) == ["closed", "everywhere"]
    pier.delete()
    assert ids(mp) == ["everywhere"]


def test_a_place_that_is_not_there_is_refused(mp: TompClient) -> None:
    factories.StationFactory(station_id="depot", is_public=False)
    factories.AlertFactory()
    for query in ("stationId=nowhere", "stationId=depot", "regionId=nowhere"):
        answer = mp.get(f"{PATH}?{query}")
        assert (answer.status, answer.body["errorcode"]) == (400, 1002)
        assert answer.body["detail"].startswith(query.partition("=")[0])
    assert mp.get(f"{PATH}?limit=1001").body["errorcode"] == 1009


def test_it_takes_two_statements_whatever_the_size(mp: TompClient, django_assert_num_queries: Any) -> None:
    mp.get(PATH)
    for size in (1, 10):
        for _ in range(size):
            factories.AlertFactory(stations=[factories.StationFactory()], periods=[(NOON, NOON + HOUR)])
        with django_assert_num_queries(2):  # credentials, alerts
            mp.get(PATH)


def test_staff_write_one_on_a_page(operator: Any, admin_client: Any) -> None:
    sent = {
        "alert_id": "storm",
        "alert_type": "OTHER",
        "summary_0": "It storms",
        "periods-TOTAL_FORMS": 1,
        "periods-INITIAL_FORMS": 0,
        "periods-0-start_time_0": "2030-06-01",
        "periods-0-start_time_1": "12:00",
        "periods-0-end_time_0": "2030-06-01",
        "periods-0-end_time_1": "11:00",
    }
    address = reverse("admin:operator_alert_add")
    refused = admin_client.post(address, sent)
    assert "The end has to lie after the start." in refused.content.decode()
    for day in ("0001-01-01", "9999-12-31"):  # of which some clocks know no time
        refused = admin_client.post(address, {**sent, "periods-0-start_time_0": day, "periods-0-end_time_0": day})
        assert "between the years 1900 and 9999" in refused.content.decode()
    assert not Alert.objects.exists()
    assert admin_client.post(address, {**sent, "periods-0-end_time_1": "13:00"}).status_code == 302
    alert = Alert.objects.get()
    assert admin_client.get(reverse("admin:operator_alert_changelist")).status_code == 200
    before = alert.last_updated
    row = {"periods-INITIAL_FORMS": 1, "periods-0-id": alert.periods.get().pk, "periods-0-alert": alert.pk}
    address = reverse("admin:operator_alert_change", args=[alert.pk])
    assert admin_client.post(address, {**sent, **row, "periods-0-end_time_1": "14:00"}).status_code == 302
    alert.refresh_from_db()
    assert alert.last_updated > before
