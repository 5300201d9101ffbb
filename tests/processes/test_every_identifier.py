"""All 83 identifiers accounted for: a test of the effect, informs only, or comes with something named."""

from pathlib import Path

import pytest

from apps.processes.catalogue import CATALOGUE
from apps.processes.identifiers.base import Kind
from tests.processes.requests import REQUESTS

TESTS = Path(__file__).resolve().parents[1]
ATOMIC = "bookings/test_process.py::test_an_atomic_booking_is_under_way_when_it_is_answered"
SCAN = "planning/test_options.py::test_a_scanned_code_is_an_asset_where_the_profile_allows_its_kind"
PLACE = "legs/test_process.py::test_access_data_is_where_the_profile_says_and_nowhere_else"
FORMATS = {
    "QR": "test_a_qr_code",
    "PDF": "test_a_pdf",
    "TOKEN": "test_a_token_that_a_gate_verifies",
    "DEEPLINK": "test_a_deep_link",
    "AZTEC": "test_an_aztec_code",
    "PHYSICAL_KEY": "test_where_the_physical_key_is",
    "BARCODE": "test_a_barcode_is_short_and_verifiable_too",
    "HTML": "test_an_html_page",
}
CONDITION = "processes/test_offers.py::test_a_payment_identifier_brings_its_condition"

# Where it is tested what an identifier does, beyond the field that it may demand of requests.
EFFECT_TESTS = {
    "PLANNING_BASED": "planning/test_options.py::test_up_front_offers_name_a_type_and_a_station_but_no_asset",
    "ASSET_BASED": "planning/test_nearby.py::test_a_named_asset_is_told_in_full",
    "USE_ESTIMATED_DISTANCE": "planning/test_options.py::test_the_fare_is_estimated_from_the_distance",
    "ONE_STOP": "bookings/test_one_stop.py::test_a_plan_becomes_a_booking",
    "TO_OPERATOR_REQUIRED": "processes/test_requirements_over_http.py::test_addressed_to_is_demanded_on_every_call",
    "EXACT_ID": "assets/test_available_assets.py::test_single_assets_are_only_for_mps_that_work_with_them",
    **dict.fromkeys(
        ["BLUETOOTH_SCAN", "QR_SCAN", "NFC_SCAN", "BARCODE_SCAN", "MANUAL_ENTRY", "OTHER_ID"],
        SCAN,
    ),
    "ATOMIC_PLANNING_AND_BOOKING": "processes/test_settings.py::test_offers_live_as_short_as_can_be",
    "NORMAL": "journeys/test_map_centric.py::test_a_bike_is_found_booked_ridden_and_given_back",
    "POSTPONED_COMMIT": "bookings/test_process.py::test_a_postponed_booking_waits_for_our_answer",
    "AUTO_COMMIT": "bookings/test_process.py::test_auto_commit_confirms_at_once",
    "PICK_UP_THE_BILL": "bookings/test_bill.py::test_a_bill_is_picked_up_by_the_licence_plate",
    "ATOMIC_BOOKING_SET_IN_USE": ATOMIC,
    "ATOMIC_BOOKING_UNLOCKING": ATOMIC,
    "ALLOW_EXTEND_BOOKING_EXPIRY_TIME": "bookings/test_process.py::test_more_time_is_granted",
    "ACCESS_TICKETSTOCK": "legs/test_tickets.py::test_a_code_is_the_ticket_of_the_leg",
    "ACCESS_CODE_AXA_EKEY_OTP": "legs/test_ekeys.py::test_an_ekey_is_in_the_answer",
    **{f"ACCESS_CODE_{name}": f"legs/test_access.py::{test}" for name, test in FORMATS.items()},
    **{name: PLACE for name in CATALOGUE if name.startswith("ACCESS_CODE_IN_")},
    **{
        name: "legs/test_mechanisms.py::test_the_mps_app_is_told_how_to_open_the_asset"
        for name in CATALOGUE
        if name.startswith("LOCK_UNLOCK_")
    },
    "LOCK_UNLOCK_REMOTELY": "legs/test_remote_locks.py::test_the_lock_follows_the_rides_events",
    "AUTO_UNLOCK": "legs/test_remote_locks.py::test_auto_unlock_opens_at_commit",
    "USE_PREPARE_TO_INDICATE_START": "legs/test_process.py::test_the_mp_hears_of_our_prepare_where_it_asked_to",
    "PROGRESS_NOTIFICATION": "legs/test_progress.py::test_the_mp_is_told_where_the_asset_is_as_often_as_it_asked",
    "TO_CONTROLLED": "legs/test_process.py::test_the_operator_starts_and_ends_a_ride_it_controls",
    "ETA_NOTIFICATION": "bookings/test_notifications.py::test_staff_tell_when_the_asset_comes_and_that_it_has_come",
    "GENERAL_NOTIFICATION": "bookings/test_notifications.py::test_staff_send_the_traveller_a_message",
    "LEG_EVENT_LOCATION_IS_USER_LOCATION": "legs/test_process.py::test_a_location_that_is_the_travellers_is_kept_apart",
    "DEPOSIT": "payments/test_charging.py::test_a_deposit_is_claimed_and_returned",
    "PAY_WHEN_FINISHED": "payments/test_charging.py::test_the_fare_is_claimed_as_soon_as_the_ride_is_over",
    "UPFRONT_PAYMENT": "payments/test_charging.py::test_what_was_paid_in_advance_is_made_good_at_the_end",
    "CORRECTION_BY_EXTRA_COSTS": "payments/test_charging.py::test_the_difference_from_the_estimate_is_claimed",
}


@pytest.mark.parametrize("name", CATALOGUE)
def test_it_is_accounted_for(name: str) -> None:
    identifier = CATALOGUE[name]
    if {Kind.REQUEST, Kind.FLOW} <= set(identifier.kinds) and identifier.served_by:
        assert name in REQUESTS
        assert name in EFFECT_TESTS
    elif identifier.served_by:
        assert (name in REQUESTS) != (name in EFFECT_TESTS)
    else:
        assert identifier.unsupported or identifier.kinds == Kind.INFORMATION


@pytest.mark.parametrize("name", EFFECT_TESTS)
def test_the_test_of_its_effect_exists(name: str) -> None:
    file, _, test = EFFECT_TESTS[name].partition("::")
    assert f"\ndef {test}" in (TESTS / file).read_text(encoding="utf-8")
