"""From leg events to usage, and to the fare: the order of riding and pausing counts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from apps.legs.models import LegEvent
from apps.legs.usage import measure
from apps.pricing.fares import plan_snapshot
from apps.pricing.settling import settle
from apps.pricing.usage import Segment
from tests.pricing.test_fares import at_most, flex, plan

START = datetime(2026, 6, 1, 10, tzinfo=UTC)
HERE, THERE = (52.09, 5.12), (52.19, 5.12)


def happened(*events: tuple[str, float], place: tuple[float, float] | None = None) -> list[LegEvent]:
    """Events so many hours after the start; the last one at `place`."""
    rows = [LegEvent(event=name, time=START + timedelta(hours=hours)) for name, hours in events]
    if place is not None:
        rows[-1].latitude, rows[-1].longitude = place
    return rows


def test_the_log_tells_riding_and_pausing_in_their_order() -> None:
    events = happened(("SET_IN_USE", 0), ("PAUSE", 1), ("SET_IN_USE", 24), ("START_FINISHING", 28), place=THERE)
    usage = measure(events, start=HERE, until=START + timedelta(hours=29))
    assert [(one.state, one.seconds // 3600) for one in usage.log] == [("IN_USE", 1), ("PAUSED", 23), ("IN_USE", 5)]
    assert (usage.in_use_seconds, usage.paused_seconds) == (6 * 3600, 23 * 3600)
    assert 11_000 < usage.distance_meters < 11_200
    assert usage.log[1].meters == 0


def test_a_daily_cap_is_of_the_hours_as_they_came() -> None:
    """5.00 an hour, at most 20.00 a day: one hour, 23 of pause, then five hours, of which one day pays 5 and one 20."""
    parts = [flex("5", "1", "HOUR"), flex("0", "1", "HOUR", asset_state="PAUSED"), at_most("20", cap_period="DAY")]
    events = happened(("SET_IN_USE", 0), ("PAUSE", 1), ("SET_IN_USE", 24))
    usage = measure(events, start=HERE, until=START + timedelta(hours=29))
    assert settle(plan_snapshot(plan(), parts, language="en"), usage).amount == Decimal("25.00")


def test_the_way_is_spread_over_the_riding() -> None:
    usage = measure(
        happened(("SET_IN_USE", 0), ("PAUSE", 1), ("SET_IN_USE", 2)), start=HERE, until=START + timedelta(hours=5)
    )
    assert usage.over(8000).log == (
        Segment("IN_USE", 3600, 2000),
        Segment("PAUSED", 3600, 0),
        Segment("IN_USE", 3 * 3600, 6000),
    )


def test_what_never_began_has_no_use() -> None:
    usage = measure(happened(("PREPARE", 0)), start=HERE, until=START)
    assert (usage.seconds, usage.distance_meters) == (0, 0)
