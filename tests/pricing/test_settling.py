"""Scales, percentages, ranges, shares and caps: worked out by hand, and what always holds."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.pricing.fares import plan_snapshot, with_estimate
from apps.pricing.models import FarePart
from apps.pricing.settling import Settlement, settle
from apps.pricing.usage import Segment, Usage, usage_of
from tests.pricing.test_fares import at_most, fixed, flex, plan

HOURS = 3600


def ride(
    parts: list[FarePart], seconds: int = 0, paused: int = 0, meters: int = 0, *, started: bool = True
) -> Settlement:
    owner = plan()
    owner.charges_started_units = started
    return settle(plan_snapshot(owner, parts, language="en"), Usage(seconds, 0, meters))


def scaled(amount: str, unit: str, low: str | None, high: str | None, **fields: Any) -> FarePart:
    """So much per unit between two bounds of the same unit."""
    return flex(
        amount,
        "1",
        unit,
        scale_type=fields.pop("scale_type", unit),
        scale_from=None if low is None else Decimal(low),
        scale_to=None if high is None else Decimal(high),
        **fields,
    )


# 0.35 for each of the first 4 km, 0.50 up to 8, 0.80 above: the example of the document.
KILOMETERS = [scaled("0.35", "KM", "0", "4"), scaled("0.50", "KM", "4", "8"), scaled("0.80", "KM", "8", None)]
# The same bounds named as units, as others write them.
MINUTES = [
    scaled("0.10", "MINUTE", "0", "30"),
    scaled("0.20", "MINUTE", "31", "60"),
    scaled("0.30", "MINUTE", "61", None),
]


@pytest.mark.parametrize(
    ("meters", "total"),
    [
        (0, "0.00"),
        (1, "0.35"),
        (4000, "1.40"),  # 4 * 0.35: the fourth kilometre lies in both scales, and counts once
        (4001, "1.90"),
        (8000, "3.40"),  # 4 * 0.35 + 4 * 0.50
        (10_000, "5.00"),  # … + 2 * 0.80
    ],
)
def test_scales_that_share_their_bounds(meters: int, total: str) -> None:
    assert ride(KILOMETERS, meters=meters).amount == Decimal(total)


@pytest.mark.parametrize(("minutes", "total"), [(30, "3.00"), (31, "3.20"), (60, "9.00"), (61, "9.30"), (90, "18.00")])
def test_scales_whose_bounds_name_units(minutes: int, total: str) -> None:
    assert ride(MINUTES, seconds=minutes * 60).amount == Decimal(total)
    assert ride(MINUTES, seconds=minutes * 60 - 59).amount == Decimal(total), "a minute begun is a minute"


def test_the_first_half_hour_is_free() -> None:
    parts = [scaled("0.10", "MINUTE", "31", None)]
    assert ride(parts, seconds=30 * 60).amount == 0
    assert ride(parts, seconds=30 * 60 + 1).amount == Decimal("0.10")


def test_bounds_that_are_no_whole_numbers_measure() -> None:
    parts = [
        scaled("1.00", "HOUR", "0", "1.5", scale_type="HOUR"),
        flex("0.10", "15", "MINUTE", scale_type="HOUR", scale_from=Decimal("1.5")),
    ]
    assert ride(parts[:1], seconds=90 * 60).amount == Decimal("2.00"), "the second hour is begun"
    assert ride(parts[1:], seconds=90 * 60).amount == 0
    assert ride(parts[1:], seconds=121 * 60).amount == Decimal("0.30"), "quarters 7, 8 and the one begun"


def test_a_fixed_price_for_each_stage() -> None:
    stages = [
        FarePart(type="FIXED", amount=Decimal(3), scale_type="HOUR", scale_from=Decimal(0), scale_to=Decimal(1)),
        FarePart(type="FIXED", amount=Decimal(2), scale_type="HOUR", scale_from=Decimal(1), scale_to=Decimal(4)),
    ]
    assert [ride(stages, seconds=s).amount for s in (0, 1, HOURS, HOURS + 1, 5 * HOURS)] == [3, 3, 3, 5, 5]


def test_minutes_are_cheaper_once_the_way_is_long() -> None:
    """0.20 a minute for the first 5 km, 0.10 beyond: where the fifth kilometre ends depends on the ride."""
    parts = [
        scaled("0.20", "MINUTE", "0", "5", scale_type="KM"),
        scaled("0.10", "MINUTE", "5", None, scale_type="KM"),
    ]
    owner = plan_snapshot(plan(), parts, language="en")
    steady = Usage(20 * 60, 0, 10_000)  # minute 10 ends at 5 km
    assert settle(owner, steady).amount == Decimal("3.00")
    late = usage_of((Segment("IN_USE", 15 * 60, 5000), Segment("IN_USE", 5 * 60, 5000)))
    assert settle(owner, late).amount == Decimal("3.50")


@pytest.mark.parametrize(
    ("kind", "percent", "total"), [("DISCOUNT", "-10", "9.90"), ("SURGE", "50", "16.50"), ("DISCOUNT", "-150", "0.00")]
)
def test_percentages_are_of_the_default_parts(kind: str, percent: str, total: str) -> None:
    parts = [fixed("1.00"), flex("0.50", "1", "MINUTE"), flex(percent, "1", "PERCENTAGE", kind=kind)]
    settled = ride(parts, seconds=20 * 60)  # 1.00 + 10.00
    assert settled.amount == Decimal(total)
    assert settled.fare["parts"][-1]["kind"] == kind


def test_percentages_do_not_add_to_each_other() -> None:
    parts = [
        fixed("10.00"),
        flex("50", "1", "PERCENTAGE", kind="SURGE"),
        flex("-10", "1", "PERCENTAGE", kind="DISCOUNT"),
    ]
    assert ride(parts, seconds=60).amount == Decimal("14.00")


def test_a_discount_ends_at_nothing() -> None:
    settled = ride([fixed("1.00"), fixed("-5.00", kind="DISCOUNT")], seconds=60)
    assert settled.amount == 0
    assert [part["amount"] for part in settled.fare["parts"]] == ["1.00", "-1.00"]


def test_a_part_has_a_least_and_a_most() -> None:
    parts = [flex("0.25", "1", "MINUTE", minimum_amount=Decimal(2), maximum_amount=Decimal(5))]
    assert [ride(parts, seconds=m * 60).amount for m in (1, 10, 100)] == [2, Decimal("2.50"), 5]


def test_exact_shares_where_the_plan_says_so() -> None:
    parts = [flex("0.60", "1", "MINUTE")]
    assert ride(parts, seconds=90, started=True).amount == Decimal("1.20")
    assert ride(parts, seconds=90, started=False).amount == Decimal("0.90")
    assert ride([scaled("0.60", "MINUTE", "31", None)], seconds=1890, started=False).amount == Decimal("0.90")


def test_a_cap_of_each_day_and_one_of_the_whole() -> None:
    hourly = [flex("2.00", "1", "HOUR"), at_most("15", cap_period="DAY")]
    assert ride(hourly, seconds=5 * HOURS).amount == 10
    assert ride(hourly, seconds=24 * HOURS).amount == 15
    assert ride(hourly, seconds=27 * HOURS).amount == 21  # 15 and 3 * 2
    assert ride(hourly, seconds=72 * HOURS).amount == 45
    assert ride([*hourly, at_most("40")], seconds=72 * HOURS).amount == 40


def test_a_cap_of_each_days_pauses() -> None:
    parts = [
        flex("1.00", "1", "HOUR"),
        flex("0.50", "1", "HOUR", asset_state="PAUSED"),
        at_most("3", cap_period="DAY", asset_state="PAUSED"),
    ]
    log = (Segment("IN_USE", 2 * HOURS, 0), Segment("PAUSED", 30 * HOURS, 0))  # 22 h and 8 h of pause
    settled = settle(plan_snapshot(plan(), parts, language="en"), usage_of(log))
    assert settled.amount == Decimal("8.00")  # 2 * 1.00, and 3.00 a day


def test_an_estimate_is_kept_apart_from_the_words() -> None:
    snapshot = plan_snapshot(plan(), [fixed("1.00")], language="en")
    estimated = with_estimate(with_estimate(snapshot, Usage(0, 0, 0)), Usage(60, 0, 0))
    assert estimated["description"] == snapshot["description"]
    assert (estimated["estimate"]["amount"], estimated["estimate"]["currencyCode"]) == ("1.00", "EUR")


amounts = st.decimals(0, 20, places=2)
bounds = st.lists(st.integers(1, 90), min_size=1, max_size=3, unique=True).map(sorted)


@st.composite
def plans(draw: Any) -> list[FarePart]:
    """Plans without discounts, so that more never costs less."""
    parts = [fixed(str(draw(amounts)))]
    unit = draw(st.sampled_from(["MINUTE", "HOUR", "KM"]))
    edges = [0, *draw(bounds), None]
    for low, high in pairwise(edges):
        rate = str(draw(amounts))
        parts.append(scaled(rate, unit, str(low), None if high is None else str(high)))
    if draw(st.booleans()):
        parts.append(flex(str(draw(amounts)), "10", "MINUTE", asset_state="PAUSED", minimum_amount=draw(amounts)))
    if draw(st.booleans()):
        parts.append(flex(str(draw(st.integers(0, 100))), "1", "PERCENTAGE", kind="SURGE"))
    if draw(st.booleans()):
        parts.append(at_most(str(draw(amounts)), cap_period=draw(st.sampled_from(["DAY", "LEG"]))))
    return parts


states = st.sampled_from(["IN_USE", "PAUSED"])
segments = st.lists(
    st.builds(Segment, states, st.integers(1, 100_000), st.integers(0, 50_000)),
    min_size=1,
    max_size=5,
)


@given(plans(), segments, st.integers(1, 100_000), st.booleans())
def test_what_always_holds(parts: list[FarePart], log: list[Segment], more: int, started: bool) -> None:
    owner = plan()
    owner.charges_started_units = started
    snapshot = plan_snapshot(owner, parts, language="en")
    settled = settle(snapshot, usage_of(tuple(log)))
    assert sum(Decimal(part["amount"]) for part in settled.fare["parts"]) == settled.amount
    assert sum(Decimal(part["amountExVat"]) for part in settled.fare["parts"]) == settled.amount_ex_vat
    assert settled.amount >= 0
    longer = settle(snapshot, usage_of((*log, Segment("IN_USE", more, 0))))
    assert longer.amount >= settled.amount
    for cap in (part for part in parts if part.type == "MAX" and part.cap_period == "LEG"):
        assert settled.amount <= cap.amount


@st.composite
def reduced_plans(draw: Any) -> list[FarePart]:
    """Plans with discounts, fixed and in percent, besides everything else."""
    parts = draw(plans())
    for discount in draw(st.lists(st.decimals("0.01", 50, places=2), max_size=2)):
        parts.append(fixed(str(-discount), kind="DISCOUNT", asset_state=draw(st.sampled_from(["IN_USE", "PAUSED"]))))
    if draw(st.booleans()):
        parts.append(flex(str(-draw(st.integers(1, 150))), "1", "PERCENTAGE", kind="DISCOUNT"))
    return draw(st.permutations(parts))


@given(reduced_plans(), segments, st.sampled_from(["EUR", "JPY", "KWD"]), st.decimals(0, 100, places=2))
def test_what_holds_in_every_currency_with_any_discount(
    parts: list[FarePart], log: list[Segment], currency: str, vat_rate: Decimal
) -> None:
    owner = plan(currency)
    owner.vat_rate = vat_rate
    settled = settle(plan_snapshot(owner, parts, language="en"), usage_of(tuple(log)))
    charged = settled.fare["parts"]
    assert sum(Decimal(part["amount"]) for part in charged) == settled.amount >= 0
    decimals = {"EUR": 2, "JPY": 0, "KWD": 3}[currency]
    for part in charged:
        gross, net = Decimal(part["amount"]), Decimal(part["amountExVat"])
        assert gross == round(gross, decimals)
        assert net == round(net, decimals)
        assert abs(net) <= abs(gross)
        assert abs(net * (100 + vat_rate) / 100 - gross) <= Decimal(1).scaleb(-decimals), "VAT is right to the unit"
    caps = [part for part in parts if part.type == "MAX" and part.cap_period == "LEG"]
    assert all(settled.amount <= round(cap.amount, decimals) for cap in caps)


@given(plans(), segments, amounts)
def test_no_day_costs_more_than_its_cap(parts: list[FarePart], log: list[Segment], most: Decimal) -> None:
    snapshot = plan_snapshot(plan(), [*parts, at_most(str(most), cap_period="DAY")], language="en")
    usage = usage_of(tuple(log))
    days = -(-usage.seconds // (24 * HOURS))
    assert settle(snapshot, usage).amount <= most * days


@given(
    plans(), st.lists(st.tuples(states, st.integers(1, 100_000), st.integers(0, 20)), min_size=1, max_size=5), st.data()
)
def test_splitting_the_log_changes_nothing(parts: list[FarePart], log: list[tuple[str, int, int]], data: Any) -> None:
    """Of stretches in one state at one speed, in metres a second, each may be told as two."""
    snapshot = plan_snapshot(plan(), parts, language="en")
    whole = tuple(Segment(state, seconds, seconds * speed) for state, seconds, speed in log)
    split: list[Segment] = []
    for state, seconds, speed in log:
        first = data.draw(st.integers(0, seconds))
        split += [Segment(state, part, part * speed) for part in (first, seconds - first)]
    assert settle(snapshot, usage_of(tuple(split))).amount == settle(snapshot, usage_of(whole)).amount


@given(amounts, amounts, st.integers(0, 10**6))
def test_more_discount_never_costs_more(price: Decimal, discount: Decimal, seconds: int) -> None:
    without = ride([fixed(str(price))], seconds=seconds).amount
    reduced = ride([fixed(str(price)), fixed(str(-discount - 1), kind="DISCOUNT")], seconds=seconds).amount
    assert 0 <= reduced <= without
