"""GET /operator/operating-hours and /operator/operating-calendar, and what staff may write there."""

from datetime import date, time
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.operator.models import SystemCalendar
from tests import factories
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db
HOURS, CALENDAR = "/operator/operating-hours", "/operator/operating-calendar"


@pytest.fixture
def places(operator: Any) -> dict[str, Any]:
    region = factories.RegionFactory(region_id="beach")
    return {
        "region": region,
        "station": factories.StationFactory(station_id="pier", region=region),
        "depot": factories.StationFactory(station_id="depot", is_public=False),
    }


def test_hours_are_told_those_of_the_system_first(mp: TompClient, places: dict[str, Any]) -> None:
    factories.SystemHoursFactory(station=places["station"], days=["SAT"], start_time=time(22), end_time=time(2, 30))
    factories.SystemHoursFactory(region=places["region"], user_type="MEMBER", days=["SUN"])
    factories.SystemHoursFactory(days=["MON"])
    factories.SystemHoursFactory(station=places["depot"])
    everything = mp.get(HOURS).body
    assert everything == [
        {"startTime": "00:00", "endTime": "23:59", "days": ["MON"]},
        {"startTime": "00:00", "endTime": "23:59", "days": ["SUN"], "regionId": "beach", "userType": "MEMBER"},
        {"startTime": "22:00", "endTime": "02:30", "days": ["SAT"], "stationId": "pier"},
    ]
    assert mp.get(f"{HOURS}?stationId=pier").body == everything[2:]
    assert mp.get(f"{HOURS}?regionId=beach").body == everything[1:2]


def test_a_calendar_without_closed_days_is_told_as_it_was_written(mp: TompClient, places: dict[str, Any]) -> None:
    factories.SystemCalendarFactory(region=places["region"], start_month=4, end_month=10, end_day=30)
    factories.SystemCalendarFactory(start_year=2026, end_year=2030)
    assert mp.get(CALENDAR).body == [
        {"startMonth": 1, "startDay": 1, "startYear": 2026, "endMonth": 12, "endDay": 31, "endYear": 2030},
        {"startMonth": 4, "startDay": 1, "endMonth": 10, "endDay": 30, "regionId": "beach"},
    ]


@time_machine.travel("2026-11-21T12:00:00Z", tick=False)
def test_closed_days_are_told_by_what_lies_between_them(mp: TompClient, places: dict[str, Any]) -> None:
    christmas = {"start_month": 12, "start_day": 25, "end_month": 12, "end_day": 26}
    factories.SystemCalendarFactory(station=places["station"], is_closed=True, **christmas)
    told = mp.get(f"{CALENDAR}?stationId=pier").body
    days = [
        (
            date(row["startYear"], row["startMonth"], row["startDay"]).isoformat(),
            date(row["endYear"], row["endMonth"], row["endDay"]).isoformat(),
        )
        for row in told
    ]
    assert days == [("2026-01-01", "2026-12-24"), ("2026-12-27", "2027-12-24"), ("2027-12-27", "2027-12-31")]
    assert {row["stationId"] for row in told} == {"pier"}


@pytest.mark.parametrize("path", [HOURS, CALENDAR])
def test_a_place_that_is_not_there_is_refused(mp: TompClient, places: dict[str, Any], path: str) -> None:
    assert mp.get(path).body == mp.get(f"{path}?stationId=pier").body == []
    for query in ("stationId=nowhere", "stationId=depot", "regionId=nowhere"):
        answer = mp.get(f"{path}?{query}")
        assert (answer.status, answer.body["errorcode"]) == (400, 1002)
        assert answer.body["detail"].startswith(query.partition("=")[0])


@pytest.mark.parametrize("path", [HOURS, CALENDAR])
def test_it_takes_two_statements_whatever_the_size_and_is_sent_once(
    mp: TompClient, django_assert_num_queries: Any, path: str
) -> None:
    mp.get(path)
    for size in (1, 10):
        for _ in range(size):
            place = {"station": factories.StationFactory()}
            factories.SystemHoursFactory(**place)
            factories.SystemCalendarFactory(**place)
        with django_assert_num_queries(2):
            answer = mp.get(path)
    headers = {**mp.headers, "If-None-Match": answer.headers["ETag"]}
    assert mp.client.get(f"/tomp{path}", headers=headers).status_code == 304


# --- what staff may write ----------------------------------------------------------------------------


def test_a_day_has_one_set_of_hours_per_place(operator: Any, places: dict[str, Any]) -> None:
    factories.SystemHoursFactory(days=["MON", "TUE"])
    factories.SystemHoursFactory.build(days=["TUE"], station=places["station"]).full_clean()
    factories.SystemHoursFactory.build(days=["TUE"], user_type="MEMBER").full_clean()
    with pytest.raises(ValidationError, match="for Tuesday already"):
        factories.SystemHoursFactory.build(days=["TUE", "WED"]).full_clean()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"start_month": 2, "start_day": 30}, "no such day"),
        ({"end_month": 13}, "no such day"),
        ({"start_year": 2026}, "both years"),
        ({"start_year": 2027, "end_year": 2026}, "before the start"),
        ({"start_year": 2027, "start_month": 2, "start_day": 29, "end_year": 2027}, "no such day"),
    ],
)
def test_a_calendar_names_days_that_exist(operator: Any, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        factories.SystemCalendarFactory.build(**fields).full_clean()


def test_the_database_keeps_to_it_too(operator: Any, places: dict[str, Any]) -> None:
    both = {"station": places["station"], "region": places["region"]}
    for factory, fields in (
        (factories.SystemHoursFactory, both),
        (factories.SystemHoursFactory, {"days": []}),
        (factories.SystemHoursFactory, {"start_time": time(9), "end_time": time(9)}),
        (factories.SystemCalendarFactory, both),
        (factories.SystemCalendarFactory, {"end_month": 13}),
        (factories.SystemCalendarFactory, {"start_day": 0}),
        (factories.SystemCalendarFactory, {"start_year": 2026}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            factory(**fields)


def test_staff_tick_days_on_a_page(operator: Any, admin_client: Any) -> None:
    address = reverse("admin:operator_systemcalendar_add")
    sent = {"is_closed": "on", "start_day": 25, "start_month": 12, "end_day": 26, "end_month": 12}
    assert admin_client.post(address, {**sent, "end_day": 32}).status_code == 200
    assert admin_client.post(address, sent).status_code == 302
    assert str(SystemCalendar.objects.get()) == "closed 12-25 … 12-26"
    address = reverse("admin:operator_systemhours_add")
    assert admin_client.post(address, {"days": ["MON"], "start_time": "09:00", "end_time": "17:00"}).status_code == 302
