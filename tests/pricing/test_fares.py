"""Fares: what a plan promises and what a ride costs."""

from datetime import time
from decimal import Decimal

import pytest
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st
from i18nfield.strings import LazyI18nString

from apps.pricing.admin import FarePartForm
from apps.pricing.fares import fare_object, plan_snapshot
from apps.pricing.models import FarePart, PricingPlan
from apps.pricing.money import round_amount, without_vat
from apps.pricing.settling import settle
from apps.pricing.usage import Usage
from tests.factories import PricingPlanFactory


def plan(currency: str = "EUR") -> PricingPlan:
    return PricingPlan(
        plan_id="p",
        name=LazyI18nString({"en": "Plan"}),
        currency=currency,
        vat_rate=Decimal("21.00"),
        vat_country="NL",
    )


def fixed(amount: str, **fields: object) -> FarePart:
    return FarePart(type="FIXED", amount=Decimal(amount), **fields)


def flex(amount: str, units: str, unit_type: str, **fields: object) -> FarePart:
    return FarePart(type="FLEX", amount=Decimal(amount), units=Decimal(units), unit_type=unit_type, **fields)


def at_most(amount: str, **fields: object) -> FarePart:
    return FarePart(type="MAX", amount=Decimal(amount), **fields)


def pause(amount: str) -> list[FarePart]:
    """So much for each minute of a pause."""
    return [flex(amount, "1", "MINUTE", asset_state="PAUSED")]


def price(parts: list[FarePart], *, seconds: int = 0, paused: int = 0, meters: int = 0, currency: str = "EUR"):
    return settle(plan_snapshot(plan(currency), parts, language="en"), Usage(seconds, paused, meters))


@pytest.mark.parametrize(
    ("parts", "usage", "total"),
    [
        ([fixed("1.00")], {}, "1.00"),
        ([fixed("1.00"), flex("0.25", "1", "MINUTE")], {"seconds": 0}, "1.00"),
        ([fixed("1.00"), flex("0.25", "1", "MINUTE")], {"seconds": 1}, "1.25"),
        ([fixed("1.00"), flex("0.25", "1", "MINUTE")], {"seconds": 600}, "3.50"),
        ([fixed("1.00"), flex("0.25", "1", "MINUTE")], {"seconds": 601}, "3.75"),
        ([flex("0.50", "15", "MINUTE")], {"seconds": 16 * 60}, "1.00"),
        ([flex("2", "1", "HOUR")], {"seconds": 3600}, "2.00"),
        ([flex("0.01", "1", "SECOND")], {"seconds": 90}, "0.90"),
        ([flex("0.30", "1", "KM")], {"meters": 4001}, "1.50"),
        ([flex("1.25", "2", "MILE")], {"meters": 3219}, "2.50"),
        # without a part for the pause the whole time counts; with one the two are told apart
        ([flex("0.25", "1", "MINUTE")], {"seconds": 60, "paused": 60}, "0.50"),
        (
            [flex("0.25", "1", "MINUTE"), flex("0.10", "1", "MINUTE", asset_state="PAUSED")],
            {"seconds": 60, "paused": 120},
            "0.45",
        ),
        (
            [fixed("1.00"), flex("0.25", "1", "MINUTE"), at_most("15")],
            {"seconds": 7200},
            "15.00",
        ),
        ([], {"seconds": 7200}, "0.00"),
        # a fee for pausing, and the price of something that comes with the asset
        ([fixed("1.00"), fixed("5.00", asset_state="PAUSED")], {"seconds": 60}, "1.00"),
        ([fixed("1.00"), fixed("5.00", asset_state="PAUSED")], {"seconds": 60, "paused": 1}, "6.00"),
        ([fixed("1.00"), fixed("3.00", fare_class="ANCILLARY")], {"seconds": 60}, "1.00"),
        ([fixed("9.00"), at_most("2.00", fare_class="ANCILLARY")], {"seconds": 60}, "9.00"),
        ([fixed("3.00", fare_class="ANCILLARY")], {"seconds": 60}, "0.00"),
        # nothing is travelled while paused
        ([flex("0.30", "1", "KM", asset_state="PAUSED")], {"seconds": 60, "paused": 60, "meters": 5000}, "0.00"),
        # a cap of the pause leaves the ride alone; a cap of the leg holds for both
        ([fixed("10.00"), at_most("2.00", asset_state="PAUSED")], {"seconds": 60, "paused": 60}, "10.00"),
        ([fixed("10.00"), *pause("1.00"), at_most("2.00", asset_state="PAUSED")], {"paused": 300}, "12.00"),
        ([fixed("10.00"), *pause("1.00"), at_most("12.00")], {"paused": 300}, "12.00"),
        (
            [fixed("10.00"), *pause("1.00"), at_most("11.00"), at_most("2.00", asset_state="PAUSED")],
            {"paused": 300},
            "11.00",
        ),
    ],
)
def test_a_ride_costs_what_the_plan_says(parts, usage, total):
    assert price(parts, **usage).amount == Decimal(total)


def test_a_yen_has_no_cents_and_a_dinar_has_mils():
    assert price([flex("10.4", "1", "MINUTE")], seconds=60, currency="JPY").amount == Decimal("10")
    assert price([flex("0.0125", "1", "MINUTE")], seconds=60, currency="KWD").amount == Decimal("0.013")


def test_vat_is_part_of_the_amount():
    assert without_vat(Decimal("1.21"), Decimal(21), "EUR") == Decimal("1.00")
    assert round_amount(Decimal("0.005"), "EUR") == Decimal("0.01")


@given(
    st.lists(st.decimals(0, 100, places=4), min_size=1, max_size=4),
    st.integers(0, 10**6),
    st.integers(0, 10**5),
    st.integers(0, 10**6),
)
def test_the_parts_add_up_and_more_use_never_costs_less(amounts, seconds, paused, meters):
    parts = [
        fixed("1.00"),
        *(flex(str(a), "1", u) for a, u in zip(amounts, ["MINUTE", "KM", "HOUR", "MILE"], strict=False)),
    ]
    less = price(parts, seconds=seconds, paused=paused, meters=meters)
    more = price(parts, seconds=seconds + 61, paused=paused + 61, meters=meters + 1001)
    assert sum(Decimal(part["amount"]) for part in less.fare["parts"]) == less.amount
    assert Decimal(0) <= less.amount <= more.amount
    assert less.fare["estimated"] is False


@pytest.mark.django_db
def test_a_snapshot_becomes_numbers_only_on_the_wire():
    stored = PricingPlan.objects.get(pk=PricingPlanFactory().pk)
    snapshot = plan_snapshot(stored, stored.parts.all(), language="nl")
    assert snapshot["description"] == "Betaal per rit"
    assert snapshot["parts"][1] == {
        "amount": "0.25",
        "amountExVat": "0.21",
        "currencyCode": "EUR",
        "vatRate": "21",
        "vatCountryCode": "NL",
        "type": "FLEX",
        "kind": "DEFAULT",
        "class": "FARE",
        "units": "1",
        "unitType": "MINUTE",
        "assetState": "IN_USE",
    }
    assert fare_object(snapshot)["parts"][1]["amount"] == Decimal("0.25")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"type": "FLEX", "amount": 1},
        {"type": "FIXED", "amount": 1, "units": 1, "unit_type": "KM"},
        {"type": "FIXED", "amount": -1},
        {"type": "FIXED", "amount": 1, "kind": "DISCOUNT"},
        {"type": "FLEX", "amount": 1, "units": 1, "unit_type": "KM", "scale_from": 2},
        {"type": "FLEX", "amount": 1, "units": 1, "unit_type": "KM", "scale_type": "KM"},
        {
            "type": "FLEX",
            "amount": 1,
            "units": 1,
            "unit_type": "KM",
            "scale_from": 4,
            "scale_to": 2,
            "scale_type": "KM",
        },
        {"type": "FLEX", "amount": 1, "units": 1, "unit_type": "KM", "scale_to": 0, "scale_type": "KM"},
        {"type": "MAX", "amount": 1, "scale_to": 2, "scale_type": "HOUR"},
        {"type": "FLEX", "amount": 1, "units": 1, "unit_type": "PERCENTAGE"},
        {"type": "FLEX", "amount": 1, "units": 2, "unit_type": "PERCENTAGE", "kind": "SURGE"},
        {"type": "FIXED", "amount": 1, "unit_type": "PERCENTAGE"},
        {"type": "MAX", "amount": 1, "minimum_amount": 0},
        {"type": "FIXED", "amount": -1, "kind": "DISCOUNT", "maximum_amount": 3},
        {"type": "FIXED", "amount": 1, "minimum_amount": -1},
        {"type": "FIXED", "amount": 1, "minimum_amount": 3, "maximum_amount": 2},
        {"type": "FIXED", "amount": 1, "cap_period": "DAY"},
        {"type": "FIXED", "amount": 1, "days": ["MON"]},
        {"type": "FIXED", "amount": 1, "start_time": time(9), "end_time": time(10)},
        {"type": "FIXED", "amount": 1, "kind": "SURGE", "start_time": time(9)},
        {"type": "FIXED", "amount": 1, "kind": "SURGE", "start_time": time(9), "end_time": time(9)},
        {"type": "FIXED", "amount": 1, "kind": "SURGE", "start_time": time(9, 10), "end_time": time(10)},
        {"type": "FIXED", "amount": 1, "kind": "SURGE", "start_time": time(9), "end_time": time(10, 0, 1)},
    ],
)
def test_a_fare_part_that_says_nothing_is_refused_by_the_form_and_by_the_database(fields):
    form = FarePartForm(
        {"position": 0, "kind": "DEFAULT", "fare_class": "FARE", "asset_state": "IN_USE", "cap_period": "LEG", **fields}
    )
    assert not form.is_valid()
    with pytest.raises(IntegrityError):
        FarePart.objects.create(plan=PricingPlanFactory(), **fields)
