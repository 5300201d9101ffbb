"""GET /operator/pricing-plans."""

from datetime import time, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from apps.pricing.models import PricingRule
from tests import factories
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db
PATH = "/operator/pricing-plans"


def rule(plan_id: str, **fields: Any) -> PricingRule:
    return factories.PricingRuleFactory(plan=factories.PricingPlanFactory(plan_id=plan_id), **fields)


def told(mp: TompClient, query: str = "") -> list[tuple[str, str | None, str | None]]:
    """Of each plan its id, and the region and station it is bound to."""
    answer = mp.get(PATH + query)
    assert answer.status == 200, answer
    return [(plan["planId"], plan.get("regionId"), plan.get("stationId")) for plan in answer.body]


@pytest.fixture
def places(operator: Any) -> dict[str, Any]:
    """A bike with a plan of its own, a region with a station, and a private station."""
    region = factories.RegionFactory(region_id="centre")
    return {
        "bike": factories.AssetTypeFactory(pricing_plan=factories.PricingPlanFactory(plan_id="own")),
        "region": region,
        "station": factories.StationFactory(station_id="square", region=region),
        "depot": factories.StationFactory(station_id="depot", is_public=False),
        "far": factories.StationFactory(station_id="far"),
    }


def test_a_plan_is_told_as_an_asset_type_tells_it(mp: TompClient, places: dict[str, Any]) -> None:
    factories.AssetFactory(asset_type=places["bike"])
    rule("here", station=places["station"])
    own, here = sorted(mp.get(PATH).body, key=lambda plan: plan["planId"] != "own")
    assert own == mp.get("/operator/available-assets").body[0]["defaultPricingPlan"]
    assert (here["planId"], here["stationId"], here["fare"]) == ("here", "square", own["fare"])
    assert mp.get(PATH, headers={"Accept-Language": "nl"}).body[0]["name"] == "Betaal per rit"


def test_of_a_place_what_can_apply_there(mp: TompClient, places: dict[str, Any]) -> None:
    factories.PricingPlanFactory(plan_id="nobody's")
    rule("region", region=places["region"])
    rule("station", station=places["station"], asset_type=places["bike"])
    rule("far", station=places["far"])
    rule("depot", station=places["depot"])
    own, region, station, far = ("own", None, None), ("region", "centre", None), ("station", None, "square"), "far"
    assert told(mp) == [(far, None, far), own, region, station]
    assert told(mp, "?regionId=centre") == [own, region, station]
    assert told(mp, "?stationId=square") == [region, station]
    assert told(mp, "?stationId=far") == [(far, None, far)]


def test_what_another_rule_always_goes_before_is_not_told(
    mp: TompClient, stranger: TompClient, places: dict[str, Any]
) -> None:
    rule("station", station=places["station"])
    rule("agreed", provider=mp.provider)
    assert told(mp) == [("agreed", None, None)]
    assert told(stranger) == [("own", None, None), ("station", None, "square")]


def test_only_what_is_valid_now(mp: TompClient, places: dict[str, Any]) -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        rule("later", valid_from=now + timedelta(minutes=1), valid_until=now + timedelta(minutes=2))
        assert told(mp) == [("own", None, None)]
        clock.shift(60)
        assert told(mp) == [("later", None, None)]
        clock.shift(60)
        assert told(mp) == [("own", None, None)]


@pytest.mark.parametrize(("query", "name"), [("?regionId=nowhere", "regionId"), ("?stationId=depot", "stationId")])
def test_a_place_that_is_not_ours_is_refused(mp: TompClient, places: dict[str, Any], query: str, name: str) -> None:
    answer = mp.get(PATH + query)
    assert (answer.status, answer.body["errorcode"]) == (400, 1002)
    assert answer.body["detail"].startswith(name)


def test_pages(mp: TompClient, places: dict[str, Any]) -> None:
    for name in "abc":
        rule(name, station=factories.StationFactory())
    first = mp.get(f"{PATH}?limit=3")
    assert [plan["planId"] for plan in first.body] == ["a", "b", "c"]
    assert "offset=3" in first.headers["Link"]
    last = mp.get(f"{PATH}?limit=3&offset=3")
    assert [plan["planId"] for plan in last.body] == ["own"]
    assert "Link" not in last.headers


def test_it_takes_three_statements_whatever_the_number_and_one_to_say_that_nothing_changed(
    mp: TompClient, places: dict[str, Any], django_assert_num_queries: Any
) -> None:
    mp.get(PATH)
    for size in (1, 10):
        for number in range(size):
            rule(f"{size}-{number}", station=factories.StationFactory(), asset_type=places["bike"])
            factories.AssetTypeFactory()
        with time_machine.travel("2026-11-21T12:01:00Z", tick=False):
            with django_assert_num_queries(3):  # credentials, rules, the asset types' own
                answer = mp.get(PATH)
            with django_assert_num_queries(1):
                headers = {**mp.headers, "If-None-Match": answer.headers["ETag"]}
                assert mp.client.get(f"/tomp{PATH}", headers=headers).status_code == 304
    with django_assert_num_queries(4):  # and the station
        mp.get(f"{PATH}?stationId=square")


@time_machine.travel("2026-11-20T16:58:00Z", tick=False)
def test_a_surge_begins_and_ends_by_itself(mp: TompClient, operator: Any) -> None:
    parts = [
        {"type": "FIXED", "amount": 1},
        {"type": "FIXED", "amount": 2, "kind": "SURGE", "start_time": time(18), "end_time": time(19)},
    ]
    factories.AssetTypeFactory(pricing_plan=factories.PricingPlanFactory(parts=parts))
    quiet = mp.get(PATH)
    assert ("surgePricing" not in quiet.body[0], len(quiet.body[0]["fare"]["parts"])) == (True, 1)
    with time_machine.travel("2026-11-20T17:00:00Z", tick=False):
        surging = mp.get(PATH, headers={"If-None-Match": quiet.headers["ETag"]})
        assert (surging.body[0]["surgePricing"], len(surging.body[0]["fare"]["parts"])) == (True, 2)
    with time_machine.travel("2026-11-20T18:00:00Z", tick=False):
        over = mp.get(PATH, headers={"If-None-Match": surging.headers["ETag"]})
        assert "surgePricing" not in over.body[0]
