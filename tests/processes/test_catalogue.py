"""The catalogue of process identifiers is whole, and honest about what has an effect."""

import re
from pathlib import Path

import pytest

from apps.legs.services import ACCEPTED_IN
from apps.processes.catalogue import CATALOGUE, MODULES
from apps.processes.identifiers.base import WIKI, Kind
from apps.processes.requirements import REQUIREMENTS
from tests.processes.requests import REQUESTS

SEED = Path(__file__).resolve().parents[3] / "shared" / "seeds" / "process-identifiers.txt"
# Demands of a whole call, not of its fields.
OF_EVERY_CALL = {"TO_OPERATOR_REQUIRED"}


def test_there_are_83_each_in_a_module_of_the_document() -> None:
    assert len(CATALOGUE) == 83
    assert {identifier.module for identifier in CATALOGUE.values()} == set(MODULES) - {"support"}


@pytest.mark.skipif(not SEED.exists(), reason="the source is not beside the project")
def test_names_and_addresses_are_those_of_the_source() -> None:
    source = SEED.read_text()
    addresses = set(re.findall(r'"(https://[^"]+#[a-z_]+)"', source))
    assert {identifier.conforms_to for identifier in CATALOGUE.values()} == addresses
    assert set(re.findall(r"^[A-Z][A-Z_]{5,}$|^NORMAL$|^DEPOSIT$", source, flags=re.MULTILINE)) == set(CATALOGUE)


@pytest.mark.skipif(not SEED.exists(), reason="the source is not beside the project")
def test_versions_are_those_of_the_source() -> None:
    sections = re.split(r"^([A-Z][A-Z_]{5,})$", SEED.read_text(), flags=re.MULTILINE)
    for name, text in zip(sections[1::2], sections[2::2], strict=True):
        named = re.search(r"version (\d\.\d)\]|in v(\d\.\d)\]", text)
        assert CATALOGUE[name].since == ((named[1] or named[2]) if named else ""), name


@pytest.mark.parametrize("name", CATALOGUE)
def test_each_is_described_and_says_where_its_effect_is(name: str) -> None:
    one = CATALOGUE[name]
    assert one.meaning.endswith(".")
    assert one.conforms_to == f"{WIKI}#{one.name.lower()}"
    assert one.kind_labels
    informs_only = one.kinds == Kind.INFORMATION or bool(one.unsupported)
    assert informs_only == (not one.served_by)
    assert one.deprecated or not one.deprecated_since
    if Kind.WITHDRAWN in one.kinds:
        assert one.deprecated or one.unsupported
    for named in {*one.excludes, *(member for group in one.needs for member in group)}:
        assert named in CATALOGUE


def test_those_that_demand_something_of_requests_are_rows_of_the_table() -> None:
    demanding = {one.name for one in CATALOGUE.values() if Kind.REQUEST in one.kinds and one.served_by}
    demanding.remove("LEG_EVENT_LOCATION_IS_USER_LOCATION")  # says whose the location is that others demand
    assert demanding - OF_EVERY_CALL <= {row.identifier for row in REQUIREMENTS}
    assert set(REQUESTS) <= set(CATALOGUE)


def test_a_location_is_demanded_of_just_the_events_that_legs_take() -> None:
    prefix = "LEG_EVENT_LOCATION_REQUIRED_"
    for name, identifier in CATALOGUE.items():
        if name.startswith(prefix):
            assert identifier.enforced == (name.removeprefix(prefix) in ACCEPTED_IN), name


def test_what_is_deprecated_says_what_to_use() -> None:
    assert CATALOGUE["OFF_BOARDING_REQUIRED"].instead.startswith("off-boarding steps")
    assert CATALOGUE["ATOMIC_BOOKING_UNLOCKING"].instead == "ATOMIC_BOOKING_SET_IN_USE"
    assert CATALOGUE["ACCESS_CODE_BY_MP"].unsupported
