"""Which plan applies where, when and for whom; what is agreed stays."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.legs.models import Leg
from apps.planning.models import OfferLeg
from apps.pricing.models import PricingRule
from apps.pricing.selectors import rules_in_force, that_concern
from tests import factories
from tests.profiles import client
from tests.rides import HERE, at, event, leg_that_is
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db
NOW = datetime.fromisoformat("2026-11-21T12:00:00Z")


def rule(plan_id: str, **fields: Any) -> PricingRule:
    """A rule for a plan of that id, which costs 2.00."""
    plan = factories.PricingPlanFactory(plan_id=plan_id, parts=[{"type": "FIXED", "amount": Decimal(2)}])
    return factories.PricingRuleFactory(plan=plan, **fields)


def fare(mp: TompClient, asset: Any, **plan: Any) -> dict[str, Any]:
    """The price list, as it is kept, of the one offer for the asset."""
    answer = mp.post("/planning/offers", {"from": HERE, "useAssets": [asset.public_id], **plan})
    (option,) = answer.body["options"]
    kept: dict[str, Any] = kept_leg(option["id"]).fare
    return kept


def kept_leg(offer_id: str) -> OfferLeg:
    """What the offer keeps of its one leg."""
    return OfferLeg.objects.get(offer=offer_id)


@pytest.fixture
def docked(operator: Any) -> Any:
    """A bike at a station of a region."""
    station = factories.StationFactory(station_id="square", region=factories.RegionFactory(region_id="centre"))
    return factories.AssetFactory(station=station)


def test_the_most_specific_rule_wins(mp: TompClient, docked: Any) -> None:
    """The MP before the place, the place before the type: each rule that goes gives way to the next."""
    kind, station = docked.asset_type, docked.station
    ours = {"provider": mp.provider}
    order = [
        ("mp-station-type", {**ours, "station": station, "asset_type": kind}),
        ("mp-station", {**ours, "station": station}),
        ("mp-region-type", {**ours, "region": station.region, "asset_type": kind}),
        ("mp-region", {**ours, "region": station.region}),
        ("mp-type", {**ours, "asset_type": kind}),
        ("mp", ours),
        ("station-type", {"station": station, "asset_type": kind}),
        ("station", {"station": station}),
        ("region-type", {"region": station.region, "asset_type": kind}),
        ("region", {"region": station.region}),
        ("type", {"asset_type": kind}),
        ("everything", {}),
    ]
    for plan_id, fields in reversed(order):
        rule(plan_id, **fields)
    found = []
    for _ in order:
        found.append(fare(mp, docked)["planId"])
        PricingRule.objects.filter(plan__plan_id=found[-1]).delete()
    assert found == [plan_id for plan_id, _ in order]
    assert fare(mp, docked)["planId"] == kind.pricing_plan.plan_id


def test_rules_for_something_else_do_not_apply(mp: TompClient, stranger: TompClient, docked: Any) -> None:
    elsewhere = factories.RegionFactory()
    for number, fields in enumerate(
        (
            {"provider": stranger.provider},
            {"station": factories.StationFactory()},
            {"region": elsewhere},  # lies around the station too, but the station belongs to another
            {"asset_type": factories.AssetTypeFactory()},
        )
    ):
        rule(f"other-{number}", **fields)
    assert fare(mp, docked)["planId"] == docked.asset_type.pricing_plan.plan_id


def test_a_loose_asset_is_in_the_regions_it_stands_in(mp: TompClient, operator: Any) -> None:
    rule("centre", region=factories.RegionFactory())
    inside, outside = factories.AssetFactory(), factories.AssetFactory(latitude=52.5)
    assert fare(mp, inside)["planId"] == "centre"
    assert fare(mp, outside)["planId"] == outside.asset_type.pricing_plan.plan_id


@time_machine.travel(NOW, tick=False)
def test_what_counts_is_the_departure(mp: TompClient, docked: Any) -> None:
    begin, end = NOW + timedelta(hours=2), NOW + timedelta(hours=4)
    rule("night", valid_from=begin, valid_until=end)
    rule("after", valid_from=end)
    own = docked.asset_type.pricing_plan.plan_id
    departures = {
        NOW: own,
        begin - timedelta(seconds=1): own,
        begin: "night",
        end - timedelta(seconds=1): "night",
        end: "after",
    }
    assert {moment: fare(mp, docked, departureTime=at(moment))["planId"] for moment in departures} == departures


@time_machine.travel(NOW, tick=False)
def test_the_plan_that_applies_is_explained_in_one_line(mp: TompClient, docked: Any, admin_client: Client) -> None:
    type(mp.provider).objects.filter(pk=mp.provider.pk).update(name="Trips")
    begin = datetime.fromisoformat("2026-11-01T00:00:00+01:00")
    assert fare(mp, docked)["explanation"] == f"City bike: its own plan ‘{docked.asset_type.pricing_plan.plan_id}’"
    made = rule("night", asset_type=docked.asset_type, station=docked.station, provider=mp.provider, valid_from=begin)
    line = "City bike, station Station square, for Trips, since 1 Nov 2026: plan ‘night’"
    assert fare(mp, docked)["explanation"] == line
    leg = leg_that_is(mp, docked, "IN_USE")
    made.delete()
    for name in ("legs_leg", "bookings_booking"):
        assert line in admin_client.get(reverse(f"admin:{name}_change", args=[leg])).text


def test_what_was_agreed_is_charged(mp: TompClient, docked: Any) -> None:
    rule("two", station=docked.station)
    leg = leg_that_is(mp, docked, "IN_USE")
    PricingRule.objects.all().delete()
    assert event(mp, leg, "FINISH").status == 200
    finished = Leg.objects.get(pk=leg)
    assert finished.final_fare is not None
    assert [part["amount"] for part in finished.final_fare["parts"]] == ["2.00"]


def test_places_have_the_price_of_their_station(operator: Any, docked: Any) -> None:
    rule("square", station=docked.station)
    upfront = client(planning=["PLANNING_BASED"])
    answer = upfront.post("/planning/offers", {"from": HERE, "departureTime": at(factories.soon(60))})
    (option,) = answer.body["options"]
    assert kept_leg(option["id"]).fare["planId"] == "square"


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        ({}, {}, True),
        ({"valid_until": NOW}, {"valid_from": NOW}, False),
        ({"valid_until": NOW + timedelta(seconds=1)}, {"valid_from": NOW}, True),
        ({"station": True}, {"station": True}, True),
        ({"station": True}, {}, False),
        ({"station": True, "provider": True}, {"station": True}, False),
        ({"asset_type": True}, {"asset_type": True, "valid_from": NOW}, True),
        ({"region": True, "provider": True}, {"region": True, "provider": True}, True),
    ],
)
def test_two_rules_never_say_the_same_of_the_same_time(
    provider: Any, docked: Any, admin_client: Client, one: dict[str, Any], other: dict[str, Any], clash: bool
) -> None:
    there = {
        "station": docked.station,
        "region": docked.station.region,
        "asset_type": docked.asset_type,
        "provider": provider,
    }
    first, second = ({name: there.get(name, value) for name, value in fields.items()} for fields in (one, other))
    made = rule("first", **first)
    sent: dict[str, Any] = {"plan": made.plan_id}
    for name, value in second.items():
        if name in there:
            sent[name] = value.pk
        else:
            local = timezone.localtime(value, timezone.zoneinfo.ZoneInfo("Europe/Amsterdam"))
            sent |= {f"{name}_0": f"{local:%Y-%m-%d}", f"{name}_1": f"{local:%H:%M:%S}"}
    answer = admin_client.post(reverse("admin:pricing_pricingrule_add"), sent)
    assert answer.status_code == (200 if clash else 302)
    assert ("Another rule says" in answer.text) == clash
    PricingRule.objects.exclude(pk=made.pk).delete()
    if clash:
        with pytest.raises(IntegrityError), transaction.atomic():
            rule("second", **second)


def test_a_rule_is_of_one_place_and_some_time(docked: Any) -> None:
    for fields in (
        {"station": docked.station, "region": docked.station.region},
        {"valid_from": NOW, "valid_until": NOW},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rule("wrong", **fields)


def test_what_can_be_hired_tells_the_plans_that_may_apply(mp: TompClient, docked: Any) -> None:
    own = docked.asset_type.pricing_plan.plan_id
    factories.AssetFactory(asset_type=docked.asset_type)
    rule("square", station=docked.station)
    rule("centre", region=docked.station.region)
    rule("gone", asset_type=docked.asset_type, valid_until=timezone.now())

    def told() -> dict[Any, list[str]]:
        body = mp.get("/operator/available-assets").body
        assert {group["defaultPricingPlan"]["planId"] for group in body} == {own}
        return {group.get("stationId"): [plan["planId"] for plan in group["applicablePricings"]] for group in body}

    assert told() == {"square": ["square"], None: ["centre", own]}
    rule("ours", provider=mp.provider)
    assert told() == {"square": ["ours"], None: ["ours"]}


@pytest.mark.parametrize("planning", [["ASSET_BASED", "EXACT_ID"], [], ["PLANNING_BASED"]])
def test_statements_do_not_grow_with_the_rules(docked: Any, planning: list[str]) -> None:
    mp = client(planning=planning)
    plan: dict[str, Any] = {"from": HERE, "departureTime": at(factories.soon(60))}
    if "ASSET_BASED" in planning:
        plan["useAssets"] = [docked.public_id]
    counts = set()
    for number in range(3):
        mp.post("/planning/inquiries", plan)
        mp.get("/operator/available-assets")
        with CaptureQueriesContext(connection) as queries:
            assert len(mp.post("/planning/inquiries", plan).body["options"]) == 1
            assert len(mp.get("/operator/available-assets").body) == 1
        counts.add(len(queries))
        for fields in ({"provider": mp.provider}, {"region": factories.RegionFactory()}, {"station": docked.station}):
            rule(f"{number}-{len(fields)}-{next(iter(fields))}", asset_type=factories.AssetTypeFactory(), **fields)
    assert len(counts) == 1, counts


def test_a_bill_has_the_price_of_when_the_car_came(operator: Any) -> None:
    car = factories.ParkedCarFactory()
    rule("came", asset_type=car.asset_type, station=car.station, valid_until=car.since + timedelta(minutes=1))
    rule("now", asset_type=car.asset_type, station=car.station, valid_from=car.since + timedelta(minutes=1))
    payer = client(planning=["PICK_UP_THE_BILL"])
    answer = payer.post("/planning/offers", {"from": HERE, "useAssets": [car.plate]})
    (option,) = answer.body["options"]
    assert kept_leg(option["id"]).fare["planId"] == "came"


def test_rules_of_other_stations_are_not_read(docked: Any) -> None:
    rule("here", station=docked.station)
    for number in range(3):
        rule(f"there-{number}", station=factories.StationFactory())
    rules = rules_in_force(None, first=timezone.now(), last=timezone.now())
    assert rules.count() == 4
    read = that_concern(rules, asset_types=[docked.asset_type_id], stations=["square"])
    assert [one.plan.plan_id for one in read] == ["here"]
