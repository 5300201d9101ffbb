"""GET /operator/regions."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.tomp_client import TompClient

AT = datetime(2026, 5, 1, tzinfo=UTC)


def test_it_describes_a_region(mp: TompClient) -> None:
    region = factories.RegionFactory(
        region_id="slow",
        type="SPEEDLIMIT",
        type_unit="KMPH",
        type_value=12.5,
        area_start_time=datetime(2026, 5, 1, tzinfo=UTC),
    )
    answer = mp.get("/operator/regions", headers={"Accept-Language": "nl"})
    assert answer.body == [
        {
            "regionId": "slow",
            "name": "Centrum",
            "type": "SPEEDLIMIT",
            "typeUnit": "KMPH",
            "typeValue": 12.5,
            "areaStartTime": "2026-05-01T00:00:00Z",
            "serviceArea": region.service_area,
        }
    ]
    assert answer.headers["Content-Language"] == "nl"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"type": "SPEEDLIMIT"}, "needs a speed"),
        ({"type": "SPEEDLIMIT", "type_value": 15}, "its unit"),
        ({"type": "SPEEDLIMIT", "type_value": 0, "type_unit": "KMPH"}, "needs a speed"),
        ({"area_start_time": AT, "area_end_time": AT}, "after the start"),
    ],
)
def test_a_rule_says_all_that_it_needs(db: Any, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        factories.RegionFactory.build(**fields).full_clean()


def test_pages_follow_each_other_through_the_link(mp: TompClient) -> None:
    for number in range(5):
        factories.RegionFactory(region_id=f"r{number}")
    seen, path = [], "/operator/regions?limit=2"
    while path:
        answer = mp.get(path)
        assert len(answer.body) <= 2
        seen += [region["regionId"] for region in answer.body]
        address, _, relation = answer.headers.get("Link", "").partition(";")
        assert relation in ("", ' rel="next"')
        path = address.strip("<>").partition("/tomp")[2]
    assert seen == ["r0", "r1", "r2", "r3", "r4"]


def test_an_empty_page_leads_nowhere(mp: TompClient) -> None:
    factories.RegionFactory()
    for query in ("limit=0", "offset=1", "offset=999999999999999999"):
        answer = mp.get(f"/operator/regions?{query}")
        assert answer.body == []
        assert "Link" not in answer.headers


@pytest.mark.parametrize("path", ["regions", "stations", "available-assets"])
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=-1", 1002),
        ("offset=-1", 1002),
        ("limit=", 1002),
        ("limit=ten", 1002),
        ("limit=1.5", 1002),
        ("limit=1_0", 1002),
        ("limit=%D9%A3", 1002),
        ("offset=9999999999999999999999", 1002),
        ("limit=1001", 1009),
    ],
)
def test_a_page_that_cannot_be_is_refused(mp: TompClient, path: str, query: str, code: int) -> None:
    answer = mp.get(f"/operator/{path}?{query}")
    assert (answer.status, answer.body["errorcode"]) == (400, code)
    assert answer.body["detail"].startswith(query.partition("=")[0])


def test_it_takes_two_statements_whatever_the_size(mp: TompClient, django_assert_num_queries: Any) -> None:
    mp.get("/operator/regions")
    for size in (0, 1, 20):
        factories.RegionFactory.create_batch(size)
        with django_assert_num_queries(2):  # credentials, regions
            mp.get("/operator/regions")


def test_it_says_when_nothing_changed(mp: TompClient) -> None:
    factories.RegionFactory()
    tag = mp.get("/operator/regions").headers["ETag"]
    headers = {**mp.headers, "If-None-Match": f'"other", {tag}'}
    assert mp.client.get("/tomp/operator/regions", headers=headers).status_code == 304
    factories.RegionFactory()
    assert mp.client.get("/tomp/operator/regions", headers=headers).status_code == 200


@pytest.mark.parametrize("area", ["[" * 5_000, '{"a":' * 5_000, "[1, 2", "NaN", '{"type": "Polygon"}'])
def test_what_is_no_area_is_shown_again(operator: Any, admin_client: Client, area: str) -> None:
    answer = admin_client.post(reverse("admin:stations_region_add"), {"region_id": "r", "service_area": area})
    assert answer.status_code == 200
    assert "service_area" in answer.context["adminform"].form.errors
    assert answer.context["adminform"].form["service_area"].value() == area
