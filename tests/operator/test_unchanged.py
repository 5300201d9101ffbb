"""What the operator tells of itself is told once: 304 after one statement, until staff or time change it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils.http import http_date, parse_http_date

from apps.operator.models import Alert, Operator, SystemCalendar, SystemHours
from apps.processes.models import ProfileVersion
from apps.stations.models import Region, Station
from tests import factories
from tests.tomp_client import Answer, TompClient

CHANGES = {
    "/operator/information": lambda: Operator.objects.update(email="new@operator.example"),
    "/operator/meta": lambda: ProfileVersion.objects.create(
        provider=factories.ProviderFactory(), number=2, document=factories.MAP_CENTRIC
    ),
    "/operator/alerts": lambda: Alert.stations.through.objects.all().delete(),
    "/operator/operating-hours": lambda: SystemHours.objects.update(days=["MON"]),
    "/operator/operating-hours?stationId=pier": lambda: Station.objects.update(region=None),
    "/operator/operating-calendar": lambda: SystemCalendar.objects.update(end_month=10),
    "/operator/regions": lambda: Region.objects.update(type="PARKING"),
}


@pytest.fixture
def described(mp: TompClient) -> TompClient:
    station = factories.StationFactory(station_id="pier", region=factories.RegionFactory())
    factories.AlertFactory(stations=[station])
    factories.SystemHoursFactory(station=station)
    factories.SystemCalendarFactory(start_month=4, is_closed=True)
    return mp


def again(mp: TompClient, path: str, **conditions: str) -> Answer:
    """Unchecked: the document knows no 304."""
    headers = {**mp.headers, **{name.replace("_", "-"): value for name, value in conditions.items()}}
    return Answer(mp.client.get(f"/tomp{path}", headers=headers))


@pytest.mark.parametrize("path", CHANGES)
def test_304_costs_no_more_than_authentication(
    described: TompClient, path: str, django_assert_num_queries: Any
) -> None:
    told = described.get(path)
    assert told.status == 200
    with django_assert_num_queries(1):
        kept = again(described, path, If_None_Match=told.headers["ETag"])
    assert (kept.status, kept.body, kept.headers["ETag"]) == (304, None, told.headers["ETag"])
    with django_assert_num_queries(1):
        kept = again(described, path, If_Modified_Since=http_date(datetime.now(tz=UTC).timestamp() + 2))
    assert (kept.status, kept.body) == (304, None)
    assert kept.headers["Cache-Control"] == told.headers["Cache-Control"] == "private, no-cache"
    assert {"Last-Modified", "Content-Language", "Vary"} <= set(kept.headers)


@pytest.mark.parametrize("path", CHANGES)
def test_a_change_by_staff_also_a_bulk_one_is_told(described: TompClient, path: str) -> None:
    before = described.get(path)
    CHANGES[path]()
    after = again(described, path, If_None_Match=before.headers["ETag"])
    assert after.status == 200
    assert after.headers["ETag"] != before.headers["ETag"]
    assert again(described, path, If_Modified_Since=before.headers["Last-Modified"]).status == 200


def test_last_modified_is_the_second_after_the_change(described: TompClient) -> None:
    changed = datetime.now(tz=UTC)
    Region.objects.update(type="PARKING")
    at_once = parse_http_date(described.get("/operator/regions").headers["Last-Modified"])
    assert at_once <= datetime.now(tz=UTC).timestamp()
    with time_machine.travel(changed + timedelta(minutes=1), tick=False):
        later = described.get("/operator/regions").headers["Last-Modified"]
        assert changed.timestamp() < parse_http_date(later) <= changed.timestamp() + 2
        assert again(described, "/operator/regions", If_Modified_Since=later).status == 304
        earlier = http_date(parse_http_date(later) - 1)
        assert again(described, "/operator/regions", If_Modified_Since=earlier).status == 200


def test_a_tag_goes_before_a_date(described: TompClient) -> None:
    path, tomorrow = "/operator/regions", http_date(datetime.now(tz=UTC).timestamp() + 86400)
    tag = described.get(path).headers["ETag"]
    assert again(described, path, If_None_Match='"other"', If_Modified_Since=tomorrow).status == 200
    assert again(described, path, If_None_Match=f"W/{tag}", If_Modified_Since=http_date(0)).status == 304
    assert again(described, path, If_None_Match="*").status == 304
    assert again(described, path, If_Modified_Since="yesterday").status == 200


def test_languages_and_mps_have_tags_of_their_own(described: TompClient, stranger: TompClient) -> None:
    tags = {
        client.get("/operator/regions", headers={"Accept-Language": language}).headers["ETag"]
        for client in (described, stranger)
        for language in ("en", "nl")
    }
    assert len(tags) == 4


def test_a_bad_request_is_refused_whatever_the_client_has(described: TompClient) -> None:
    tag = described.get("/operator/regions").headers["ETag"]
    assert again(described, "/operator/regions?limit=x", If_None_Match=tag).status == 400


def test_a_region_that_is_over_is_gone_and_the_tag_with_it(mp: TompClient) -> None:
    end = datetime.now(tz=UTC) + timedelta(hours=1)
    factories.RegionFactory(region_id="festival", area_end_time=end)
    before = mp.get("/operator/regions")
    with time_machine.travel(end - timedelta(seconds=1), tick=False):
        assert again(mp, "/operator/regions", If_None_Match=before.headers["ETag"]).status == 304
    with time_machine.travel(end, tick=False):
        over = again(mp, "/operator/regions", If_None_Match=before.headers["ETag"])
        assert (over.status, over.body) == (200, [])
        assert again(mp, "/operator/regions", If_Modified_Since=before.headers["Last-Modified"]).status == 200


def test_new_year_changes_the_calendar(described: TompClient) -> None:
    path = "/operator/operating-calendar"
    with time_machine.travel(datetime(2031, 12, 31, 22, 59, tzinfo=UTC), tick=False):  # 23:59 in Amsterdam
        tag = described.get(path).headers["ETag"]
        assert again(described, path, If_None_Match=tag).status == 304
    with time_machine.travel(datetime(2031, 12, 31, 23, 0, tzinfo=UTC), tick=False):
        after = again(described, path, If_None_Match=tag)
        assert after.status == 200
        assert after.body[0]["startYear"] == 2032
