"""Surges: on which days and at which hours a ride that begins then costs more, and that everything follows."""

from datetime import datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from apps.legs.models import Leg
from apps.planning.models import OfferLeg
from apps.pricing.surge import in_force, latest_change
from tests import factories
from tests.pricing.test_fares import fixed
from tests.rides import HERE, at, event, leg_that_is
from tests.tomp_client import TompClient

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
EVENING = {"kind": "SURGE", "days": ["FRI", "SAT"], "start_time": time(17), "end_time": time(19)}
HALF_MORE = {"type": "FLEX", "amount": Decimal(50), "units": 1, "unit_type": "PERCENTAGE", "name": "Evening", **EVENING}


@pytest.mark.parametrize(
    ("moment", "surging"),  # 20 November 2026 is a Friday
    [
        ("2026-11-20T16:59:59", False),
        ("2026-11-20T17:00:00", True),
        ("2026-11-20T18:59:59", True),
        ("2026-11-20T19:00:00", False),
        ("2026-11-21T18:00:00", True),
        ("2026-11-22T18:00:00", False),
    ],
)
def test_it_holds_on_its_days_until_its_end(moment: str, surging: bool) -> None:
    parts = [fixed("1.00"), fixed("2.00", **EVENING)]
    local = datetime.fromisoformat(moment).replace(tzinfo=AMSTERDAM)
    assert in_force(parts, local) == (parts if surging else parts[:1])


@pytest.mark.parametrize(
    ("fields", "moment", "surging"),
    [
        ({}, "2026-11-18T03:00", True),
        ({"days": ["WED"]}, "2026-11-18T23:59", True),
        ({"days": ["WED"]}, "2026-11-19T00:00", False),
        ({"start_time": time(22), "end_time": time(2), "days": ["WED"]}, "2026-11-19T01:59", True),
        ({"start_time": time(22), "end_time": time(2), "days": ["WED"]}, "2026-11-18T01:00", False),
        ({"start_time": time(22), "end_time": time(0)}, "2026-11-18T23:59", True),
        ({"start_time": time(22), "end_time": time(0)}, "2026-11-18T00:00", False),
    ],
)
def test_whole_days_and_nights(fields: dict[str, Any], moment: str, surging: bool) -> None:
    local = datetime.fromisoformat(moment).replace(tzinfo=AMSTERDAM)
    assert bool(in_force([fixed("1.00", kind="SURGE", **fields)], local)) == surging


def test_it_changes_on_the_quarter() -> None:
    now = datetime.fromisoformat("2026-11-20T16:59:59.5+01:00")
    assert latest_change(now) == datetime.fromisoformat("2026-11-20T16:45:00+01:00")


@pytest.fixture
def bike(operator: Any) -> Any:
    """A bike for 10.00, half more on Friday and Saturday evenings."""
    plan = factories.PricingPlanFactory(plan_id="evening", parts=[{"type": "FIXED", "amount": 10}, HALF_MORE])
    return factories.AssetFactory(asset_type__pricing_plan=plan)


@time_machine.travel("2026-11-20T15:00:00Z", tick=False)
def test_offer_estimate_and_explanation_are_those_of_the_departure(mp: TompClient, bike: Any) -> None:
    for hour, total, ending in ((15, "10.00", "plan ‘evening’"), (17, "15.00", "plan ‘evening’, with its surge")):
        begin, end = (datetime.fromisoformat(f"2026-11-20T{h}:10:00Z") for h in (hour, hour + 5))
        plan = {"from": HERE, "useAssets": [bike.public_id], "departureTime": at(begin), "arrivalTime": at(end)}
        (option,) = mp.post("/planning/offers", plan).body["options"]
        kept = OfferLeg.objects.get(offer=option["id"]).fare
        assert (kept["estimate"]["amount"], kept["explanation"].endswith(ending)) == (total, True)
        assert f"≈ {total} EUR" in option["legs"][0]["pricing"]["description"]


@pytest.mark.django_db
def test_a_ride_pays_what_held_when_it_was_agreed(mp: TompClient, bike: Any) -> None:
    with time_machine.travel("2026-11-20T17:55:00Z", tick=True) as clock:
        leg = leg_that_is(mp, bike, "IN_USE")
        clock.shift(3600)
        assert event(mp, leg, "FINISH").status == 200
    parts = Leg.objects.get(pk=leg).final_fare["parts"]  # type: ignore[index]
    assert [(part["kind"], part["amount"]) for part in parts] == [("DEFAULT", "10.00"), ("SURGE", "5.00")]


def test_staff_tick_days(bike: Any, admin_client: Client) -> None:
    plan = bike.asset_type.pricing_plan
    assert "50 %, FRI, SAT, 17:00 to 19:00" in admin_client.get(reverse("admin:pricing_pricingplan_changelist")).text
    part = plan.parts.get(kind="SURGE")
    page = admin_client.get(reverse("admin:pricing_pricingplan_change", args=[plan.pk])).text
    assert f'value="{part.pk}"' in page
