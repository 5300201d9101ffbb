"""Process identifiers that demand something of a request: the table, row by row."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.processes.requirements import REQUIREMENTS, check, check_addressee, unmet
from apps.processes.selectors import Profile
from apps.tomp.errors import Invalid, Missing
from tests.processes.requests import AVAILABLE, HERE_I_AM, LATER, LEGS, OFFERS, PLACE, REQUESTS, event, plan

OPERATIONS = sorted({name for row in REQUIREMENTS for name in row.operations})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ["from", "to", "travelers", "useAssets", "event", "asset", "url", "customer", "arrivalTime"]


def process(*identifiers: str) -> Profile:
    """A process with these identifiers switched on."""
    return Profile(version_id=1, number=1, identifiers=frozenset(identifiers), document={})


def ask(profile: Profile, operation: str, request: dict[str, Any]) -> None:
    """Hold a request, query parameters or body, against the table."""
    query, body = (request, {}) if operation == AVAILABLE else ({}, request)
    check(profile, operation, query=query, body=body)


@pytest.mark.parametrize("identifier", REQUESTS)
def test_the_request_that_breaks_it_is_refused_and_the_same_that_satisfies_it_is_not(identifier: str) -> None:
    operation, breaks, satisfies, field = REQUESTS[identifier]
    with pytest.raises(Missing) as refusal:
        ask(process(identifier), operation, breaks)
    assert field in refusal.value.detail
    assert identifier in refusal.value.detail
    ask(process(identifier), operation, satisfies)
    ask(process(), operation, breaks)


def test_every_row_of_the_table_has_its_pair_of_requests() -> None:
    assert {row.identifier for row in REQUIREMENTS} == set(REQUESTS)


def test_planning_rows_hold_wherever_offers_are_made() -> None:
    for operation in ("planning.inquiries", "planning.offers", "planning.plannings", "bookings.one-stop"):
        with pytest.raises(Missing):
            ask(process("MANDATORY_RADIUS"), operation, plan())
    ask(process("MANDATORY_RADIUS"), "bookings.create", plan())


@pytest.mark.parametrize(
    "query",
    [{"regionId": "r"}, {"stationId": "s"}, {"assetTypeId": "t"}, {"lon": "5", "lat": "52", "radius": "9"}],
)
def test_one_of_the_four_ways_to_ask_for_available_assets_is_enough(query: dict[str, str]) -> None:
    all_four = process(
        "AVAILABILITY_REGION_MANDATORY",
        "AVAILABILITY_STATION_MANDATORY",
        "AVAILABILITY_ASSET_TYPE_MANDATORY",
        "AVAILABILITY_ON_SPOT",
    )
    ask(all_four, AVAILABLE, query)
    with pytest.raises(Missing, match="regionId or stationId or assetTypeId or lon"):
        ask(all_four, AVAILABLE, {})


@pytest.mark.parametrize("absent", ["lon", "lat", "radius"])
def test_on_the_spot_needs_all_three(absent: str) -> None:
    query = {"lon": "5", "lat": "52", "radius": "9"}
    del query[absent]
    with pytest.raises(Missing, match=absent):
        ask(process("AVAILABILITY_ON_SPOT"), AVAILABLE, query)


def test_all_that_a_request_lacks_can_be_told_alternatives_once() -> None:
    profile = process("PLANNING_BASED", "ASSET_BASED", "MANDATORY_RADIUS", "MANDATORY_NR_OF_TRAVELERS")
    assert list(unmet(profile, OFFERS, query={}, body=plan(radius=9))) == [
        "useAssets or departureTime or arrivalTime is missing: ASSET_BASED or PLANNING_BASED is on for this MP.",
        "nrOfTravelers is missing: MANDATORY_NR_OF_TRAVELERS is on for this MP.",
    ]


def test_either_form_of_planning_satisfies_a_process_with_both() -> None:
    both = process("PLANNING_BASED", "ASSET_BASED")
    ask(both, OFFERS, plan(useAssets=["a"]))
    ask(both, OFFERS, plan(departureTime=LATER))
    with pytest.raises(Missing, match="useAssets or departureTime or arrivalTime"):
        ask(both, OFFERS, plan())


def test_an_arrival_time_needs_a_destination() -> None:
    with pytest.raises(Missing, match="to is missing"):
        ask(process("PLANNING_BASED"), OFFERS, plan(arrivalTime=LATER))
    ask(process("PLANNING_BASED"), OFFERS, plan(arrivalTime=LATER, to=PLACE))


def test_a_location_on_the_equator_and_the_prime_meridian_is_one() -> None:
    nowhere = {"overriddenProperties": {"location": {"coordinates": {"lat": 0.0, "lng": 0}}}}
    ask(process("LEG_EVENT_LOCATION_REQUIRED_PAUSE"), LEGS, event("PAUSE", asset=nowhere))


def test_each_leg_event_has_a_location_requirement_of_its_own() -> None:
    profile = process("LEG_EVENT_LOCATION_REQUIRED_PAUSE")
    ask(profile, LEGS, event("FINISH"))
    ask(profile, LEGS, event("PAUSE", asset=HERE_I_AM))


def test_a_value_of_a_wrong_type_is_left_to_the_serializer() -> None:
    ask(process("ASSET_BASED"), OFFERS, plan(useAssets=5))
    ask(process("MANDATORY_TRAVELER_AGE"), OFFERS, plan(travelers="two"))
    with pytest.raises(Missing):
        ask(process("MANDATORY_TRAVELER_AGE"), OFFERS, plan(travelers=[3, None, "x"]))
    with pytest.raises(Missing):
        ask(process("MANDATORY_TO_STATION_ID"), OFFERS, plan(to="there"))


@given(st.dictionaries(st.sampled_from(FIELDS), JSON), st.sampled_from(OPERATIONS))
def test_no_body_makes_the_check_fall_over(body: dict[str, Any], operation: str) -> None:
    with suppress(Missing):
        ask(process(*REQUESTS), operation, body)


def test_where_it_is_required_a_call_must_be_addressed_to_us() -> None:
    profile = process("TO_OPERATOR_REQUIRED")
    check_addressee(profile, addressed_to="US", system_id="US")
    check_addressee(process(), addressed_to="", system_id="US")
    with pytest.raises(Missing) as missing:
        check_addressee(profile, addressed_to="", system_id="US")
    with pytest.raises(Invalid) as invalid:
        check_addressee(profile, addressed_to="THEM", system_id="US")
    assert (missing.value.full_code(4), invalid.value.full_code(4)) == (7001, 7002)


def test_a_call_without_the_header_is_not_addressed_to_an_operator_without_an_id() -> None:
    with pytest.raises(Missing):
        check_addressee(process("TO_OPERATOR_REQUIRED"), addressed_to="", system_id="")
