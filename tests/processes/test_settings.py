"""The settings of a profile: one table, with defaults that are themselves allowed, and described in the docs."""

from pathlib import Path

import pytest

from apps.processes.selectors import NO_PROFILE, Profile
from apps.processes.settings_table import SETTINGS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "process-profiles.md"


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_falls_back_to_a_default_that_is_allowed(name: str) -> None:
    setting = SETTINGS[name]
    assert setting.problem(setting.default) is None
    assert NO_PROFILE.setting(name) == setting.default
    assert setting.meaning.endswith(".")


@pytest.mark.parametrize("name", SETTINGS)
def test_the_docs_tell_its_default(name: str) -> None:
    row = next(line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| `{name}` |"))
    assert row.split("|")[2].strip().strip("`") == str(SETTINGS[name].default)


def test_bounds_are_inclusive_and_booleans_are_no_numbers() -> None:
    hold = SETTINGS["holdMinutes"]
    assert [hold.problem(value) is None for value in (0, 1, 1440, 1441, True, 1.0, "5")] == [
        False,
        True,
        True,
        False,
        False,
        False,
        False,
    ]


def test_offers_live_as_short_as_can_be_where_planning_and_booking_are_one() -> None:
    document = {"settings": {"offerMinutes": 20}}
    names = frozenset({"ATOMIC_PLANNING_AND_BOOKING"})
    assert Profile(1, 1, frozenset(), document).offer_minutes == 20
    assert Profile(1, 1, names, document).offer_minutes == 1
