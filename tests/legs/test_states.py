"""STATES, "Leg": a test per row, and per refused event. Refused means that nothing happened."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.history.models import Transition
from apps.legs.models import Leg, LegEvent
from apps.payments.models import JournalEntry
from tests import factories
from tests.rides import HERE, at, confirmed, event, everything, leg_that_is, operate, pending

pytestmark = pytest.mark.django_db

EVENTS = [
    "PREPARE",
    "ASSIGN_ASSET",
    "SET_IN_USE",
    "PAUSE",
    "OPEN_TRUNK",
    "TIME_POSTPONE",
    "TIME_EXTEND",
    "START_FINISHING",
    "FINISH",
    "CANCEL",
]

# (from, event, to): the rows of the table, the self-transitions among them.
ROWS = [
    ("NOT_STARTED", "PREPARE", "PREPARING"),
    ("NOT_STARTED", "ASSIGN_ASSET", "NOT_STARTED"),
    ("PREPARING", "ASSIGN_ASSET", "PREPARING"),
    ("NOT_STARTED", "SET_IN_USE", "IN_USE"),
    ("PREPARING", "SET_IN_USE", "IN_USE"),
    ("PAUSED", "SET_IN_USE", "IN_USE"),
    ("IN_USE", "PAUSE", "PAUSED"),
    *[(state, "OPEN_TRUNK", state) for state in ("PREPARING", "IN_USE", "PAUSED", "FINISHING")],
    *[(state, "TIME_POSTPONE", state) for state in ("NOT_STARTED", "PREPARING")],
    *[(state, "TIME_EXTEND", state) for state in ("NOT_STARTED", "PREPARING", "IN_USE", "PAUSED")],
    ("NOT_STARTED", "CANCEL", "CANCELLED"),
    ("PREPARING", "CANCEL", "CANCELLED"),
    ("IN_USE", "START_FINISHING", "FINISHING"),
    ("PAUSED", "START_FINISHING", "FINISHING"),
    ("IN_USE", "FINISH", "FINISHED"),
    ("PAUSED", "FINISH", "FINISHED"),
    ("FINISHING", "FINISH", "FINISHED"),
]
# A retry: the leg is already where the event leads.
REPEATED = [
    ("PREPARING", "PREPARE"),
    ("IN_USE", "SET_IN_USE"),
    ("PAUSED", "PAUSE"),
    ("FINISHING", "START_FINISHING"),
    ("FINISHED", "FINISH"),
]
STATES = ["NOT_STARTED", "PREPARING", "IN_USE", "PAUSED", "FINISHING", "FINISHED"]
REFUSED = [
    (state, name)
    for state in STATES
    for name in EVENTS
    if (state, name) not in {(row[0], row[1]) for row in ROWS} | set(REPEATED)
]


def spare(asset):
    """Another bike of the same type."""
    return factories.AssetFactory(asset_type=asset.asset_type)


def fields_for(name: str, asset) -> dict:
    if name in {"TIME_POSTPONE", "TIME_EXTEND"}:
        return {"time": at(timezone.now() + timedelta(hours=1))}
    return {"asset": {"id": spare(asset).public_id}} if name == "ASSIGN_ASSET" else {}


@pytest.mark.parametrize(("before", "name", "after"), ROWS)
def test_an_event_that_fits_takes_effect(mp, asset, before, name, after):
    leg = leg_that_is(mp, asset, before)
    answer = event(mp, leg, name, **fields_for(name, asset))
    assert (answer.status, answer.body["state"]) == (200, after)
    assert Leg.objects.get(pk=leg).state == after
    last = Transition.objects.filter(booking_id=leg, subject_kind="leg").latest("id")
    assert (last.event, last.from_state, last.to_state, last.actor_name) == (
        name,
        before,
        after,
        mp.provider.maas_id,
    )
    assert LegEvent.objects.filter(leg=leg).last().event == name


@pytest.mark.parametrize(("state", "name"), REPEATED)
def test_a_repeated_event_is_answered_and_changes_nothing(mp, asset, state, name):
    leg = leg_that_is(mp, asset, state)
    before = everything()
    answer = event(mp, leg, name)
    assert (answer.status, answer.body["state"]) == (200, state)
    assert everything() == before


@pytest.mark.parametrize(("state", "name"), REFUSED)
def test_an_event_that_does_not_fit_is_refused(mp, asset, state, name):
    leg = leg_that_is(mp, asset, state)
    fields = fields_for(name, asset)
    before = everything()
    answer = event(mp, leg, name, **fields)
    assert (answer.status, answer.body["errorcode"]) == (403, 4004)
    assert name in answer.body["detail"]
    assert state in answer.body["detail"]
    assert everything() == before


@pytest.mark.parametrize(
    ("booking_state", "name"),
    [
        (state, name)
        for state in ("PENDING", "RELEASED", "CANCELLED")
        for name in EVENTS
        if state == "PENDING" or name != "CANCEL"  # there the leg is CANCELLED: a retry
    ],
)
def test_leg_events_need_a_booking_that_stands(mp, asset, booking_state, name):
    leg = pending(mp, asset)
    if booking_state == "CANCELLED":
        operate(mp, leg, "COMMIT")
    if booking_state != "PENDING":
        operate(mp, leg, "CANCEL")
    fields = fields_for(name, asset)
    before = everything()
    answer = event(mp, leg, name, **fields)
    assert (answer.status, answer.body["errorcode"]) == (403, 4004)
    assert everything() == before


# --- what else happens ----------------------------------------------------------------------------


def test_prepare_answers_access_data_and_get_does_not(mp, asset):
    leg = confirmed(mp, asset)
    token = event(mp, leg, "PREPARE").body["assetAccessData"]
    assert token["tokenData"]["url"].startswith("tomp-backoffice://open?leg=")
    assert event(mp, leg, "PREPARE").body["assetAccessData"]["tokenType"] == "tokenDeeplink"
    assert "assetAccessData" not in mp.get(f"/legs/{leg}").body


def test_assigning_another_asset_swaps_them(mp, asset):
    leg = confirmed(mp, asset)
    other = spare(asset)
    answer = event(mp, leg, "ASSIGN_ASSET", asset={"id": other.public_id})
    assert answer.body["asset"]["id"] == other.public_id
    asset.refresh_from_db()
    other.refresh_from_db()
    assert (asset.state, other.state) == ("AVAILABLE", "RESERVED")
    assert not asset.reservations.filter(released_at=None).exists()
    assert other.reservations.filter(released_at=None).count() == 1
    before = everything()
    assert event(mp, leg, "ASSIGN_ASSET", asset={"id": other.public_id}).status == 200
    assert everything() == before


def test_an_asset_that_is_taken_is_not_assigned(mp, stranger, asset):
    leg = confirmed(mp, asset)
    other = spare(asset)
    confirmed(stranger, other)
    before = everything()
    answer = event(mp, leg, "ASSIGN_ASSET", asset={"id": other.public_id})
    assert (answer.status, answer.body["errorcode"]) == (409, 3500)
    assert everything() == before


@pytest.mark.parametrize(
    ("asset_fields", "status", "code"),
    [(None, 400, 4001), ({"id": "unknown"}, 400, 4002)],
)
def test_assigning_needs_an_asset_that_exists(mp, asset, asset_fields, status, code):
    leg = confirmed(mp, asset)
    before = everything()
    answer = event(mp, leg, "ASSIGN_ASSET", **({"asset": asset_fields} if asset_fields else {}))
    assert (answer.status, answer.body["errorcode"]) == (status, code)
    assert everything() == before


def test_an_asset_of_another_type_is_not_assigned(mp, asset):
    leg = confirmed(mp, asset)
    scooter = factories.AssetFactory()
    before = everything()
    answer = event(mp, leg, "ASSIGN_ASSET", asset={"id": scooter.public_id})
    assert (answer.status, answer.body["errorcode"]) == (400, 4002)
    assert "type" in answer.body["detail"]
    assert everything() == before


def test_riding_off_early_takes_the_asset_from_now_on(mp, asset):
    leg = confirmed(mp, asset, departureTime=at(timezone.now() + timedelta(minutes=30)))
    asset.refresh_from_db()
    assert asset.state == "AVAILABLE", "promised for later, not yet held"
    assert event(mp, leg, "SET_IN_USE").status == 200
    assert asset.reservations.get(released_at=None).period.lower <= timezone.now()


def test_riding_off_early_into_another_reservation_is_refused(mp, stranger, asset):
    later = timezone.now() + timedelta(hours=2)
    leg = confirmed(mp, asset, departureTime=at(later))
    confirmed(stranger, asset, arrivalTime=at(later - timedelta(minutes=10)))
    before = everything()
    answer = event(mp, leg, "SET_IN_USE")
    assert (answer.status, answer.body["errorcode"]) == (409, 3500)
    assert everything() == before


def test_finish_at_a_station_puts_the_asset_there(mp, asset):
    station = factories.StationFactory(station_id="S1", latitude=52.2, longitude=5.2)
    leg = leg_that_is(mp, asset, "IN_USE")
    place = {"overriddenProperties": {"location": {"stationId": "S1"}}}
    assert event(mp, leg, "FINISH", asset=place).status == 200
    asset.refresh_from_db()
    assert (asset.station, asset.latitude, asset.longitude) == (station, 52.2, 5.2)


def test_finish_at_an_unknown_station_is_refused(mp, asset):
    leg = leg_that_is(mp, asset, "IN_USE")
    before = everything()
    place = {"overriddenProperties": {"location": {"stationId": "nowhere"}}}
    answer = event(mp, leg, "FINISH", asset=place)
    assert (answer.status, answer.body["errorcode"]) == (400, 4002)
    assert everything() == before


def test_finish_where_the_coordinates_are_zero_is_a_place_like_any_other(mp, asset):
    leg = leg_that_is(mp, asset, "IN_USE")
    place = {"overriddenProperties": {"location": {"coordinates": {"lat": 0.0, "lng": 0.0}}}}
    assert event(mp, leg, "FINISH", asset=place).status == 200
    asset.refresh_from_db()
    assert (asset.latitude, asset.longitude) == (0.0, 0.0)


@pytest.mark.parametrize("shift", [timedelta(hours=1), -timedelta(days=1), timedelta(days=3650)])
def test_a_time_that_cannot_be_is_refused(mp, asset, shift):
    leg = leg_that_is(mp, asset, "IN_USE")
    before = everything()
    answer = event(mp, leg, "FINISH", time=at(timezone.now() + shift))
    assert (answer.status, answer.body["errorcode"]) == (400, 4002)
    assert everything() == before


def test_clocks_may_differ_a_little_and_nothing_is_charged_for_it(mp, asset):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        leg = confirmed(mp, asset)
        event(mp, leg, "SET_IN_USE", time=at(start + timedelta(minutes=2)))
        assert Leg.objects.get(pk=leg).actual_departure_time == start
        clock.shift(timedelta(minutes=10))
        event(mp, leg, "FINISH", time=at(start - timedelta(minutes=1)))
    assert JournalEntry.objects.get(booking_id=leg).used_seconds == 0


def test_evidence_that_is_no_url_is_refused(mp, asset):
    leg = leg_that_is(mp, asset, "IN_USE")
    before = everything()
    answer = event(mp, leg, "FINISH", url=["not a url"])
    assert (answer.status, answer.body["errorcode"]) == (400, 4002)
    assert everything() == before


def test_another_mps_leg_does_not_exist(mp, stranger, asset):
    leg = confirmed(mp, asset)
    before = everything()
    for answer in (
        stranger.get(f"/legs/{leg}"),
        stranger.get(f"/legs/{leg}/progress"),
        event(stranger, leg, "SET_IN_USE"),
        mp.get("/legs/unknown"),
    ):
        assert (answer.status, answer.body["errorcode"]) == (404, 4204)
    assert everything() == before


def test_the_database_refuses_two_riders_on_one_asset(mp, asset):
    leg = Leg.objects.get(pk=leg_that_is(mp, asset, "IN_USE"))
    other = Leg.objects.get(pk=leg_that_is(mp, spare(asset), "IN_USE"))
    with pytest.raises(IntegrityError, match="leg_asset_is_ridden_once_at_a_time"), transaction.atomic():
        Leg.objects.filter(pk=other.pk).update(asset=leg.asset)


def test_the_last_leg_cancelled_cancels_the_booking(mp, asset):
    leg = confirmed(mp, asset)
    event(mp, leg, "CANCEL", comment="changed my mind")
    assert mp.get(f"/bookings/{leg}").body["state"] == "CANCELLED"
    asset.refresh_from_db()
    assert asset.state == "AVAILABLE"
    assert not asset.reservations.filter(released_at=None).exists()
    before = everything()
    assert event(mp, leg, "CANCEL").status == 200, "a retry"
    assert everything() == before


def test_a_leg_that_is_cancelled_leaves_its_asset_to_who_rides_it(mp, stranger, asset):
    later = confirmed(stranger, asset, departureTime=at(factories.soon(120)))
    ride = confirmed(mp, asset, arrivalTime=at(factories.soon(60)), to=HERE)
    event(mp, ride, "SET_IN_USE")
    asset.refresh_from_db()
    known_as = asset.public_id
    assert operate(stranger, later, "CANCEL").body["state"] == "CANCELLED"
    asset.refresh_from_db()
    assert (asset.state, asset.public_id) == ("IN_USE", known_as)
    assert event(mp, ride, "FINISH").body["state"] == "FINISHED"


def test_more_time_moves_the_end_of_the_reservation_and_the_estimate(mp, asset):
    start = timezone.now()
    leg = confirmed(mp, asset, arrivalTime=at(start + timedelta(hours=1)))
    later = start + timedelta(hours=2)
    answer = event(mp, leg, "TIME_EXTEND", time=at(later))
    assert answer.body["arrivalTime"] == at(later).replace("+00:00", "Z")
    assert "≈ 31." in answer.body["pricing"]["description"]
    assert mp.get(f"/bookings/{leg}").body["arrivalTime"] == answer.body["arrivalTime"]
    assert asset.reservations.get(released_at=None).period.upper == later


def test_more_time_that_meets_another_reservation_is_refused(mp, stranger, asset):
    start = timezone.now()
    leg = confirmed(mp, asset, arrivalTime=at(start + timedelta(hours=1)))
    confirmed(stranger, asset, departureTime=at(start + timedelta(hours=2)))
    before = everything()
    answer = event(mp, leg, "TIME_EXTEND", time=at(start + timedelta(hours=3)))
    assert (answer.status, answer.body["errorcode"]) == (403, 4004)
    assert everything() == before
    assert event(mp, leg, "TIME_EXTEND", time=at(start + timedelta(minutes=119))).status == 200


@pytest.mark.parametrize("name", ["TIME_EXTEND", "TIME_POSTPONE"])
def test_the_time_asked_for_is_kept_apart_from_when_it_was_asked(mp, asset, name):
    leg = confirmed(mp, asset)
    later = timezone.now() + timedelta(hours=1)
    event(mp, leg, name, time=at(later))
    row = LegEvent.objects.get(leg=leg)
    assert row.asked_for == later
    assert row.time <= timezone.now()
    event(mp, leg, "PREPARE")
    assert LegEvent.objects.get(leg=leg, event="PREPARE").asked_for is None


def test_a_departure_after_the_agreed_arrival_is_refused(mp, asset):
    start = timezone.now()
    leg = confirmed(mp, asset, arrivalTime=at(start + timedelta(hours=1)))
    before = everything()
    answer = event(mp, leg, "TIME_POSTPONE", time=at(start + timedelta(hours=2)))
    assert (answer.status, answer.body["errorcode"]) == (400, 4002)
    assert everything() == before
    assert event(mp, leg, "TIME_POSTPONE", time=at(start + timedelta(minutes=30))).status == 200


@pytest.mark.parametrize("name", ["TIME_EXTEND", "TIME_POSTPONE"])
@pytest.mark.parametrize("shift", [-timedelta(hours=1), timedelta(days=400)])
def test_other_times_in_the_past_or_far_ahead_are_refused(mp, asset, name, shift):
    leg = confirmed(mp, asset)
    before = everything()
    answer = event(mp, leg, name, time=at(timezone.now() + shift))
    assert (answer.status, answer.body["errorcode"]) == (400, 4002)
    assert everything() == before


def test_an_assignment_is_only_repeated_where_it_could_be_made(mp, asset):
    leg = pending(mp, asset)
    for state in ("PENDING", "IN_USE"):
        if state == "IN_USE":
            operate(mp, leg, "COMMIT")
            event(mp, leg, "SET_IN_USE")
        before = everything()
        answer = event(mp, leg, "ASSIGN_ASSET", asset={"id": asset.public_id})
        assert (answer.status, answer.body["errorcode"]) == (403, 4004)
        assert everything() == before


def test_a_repeated_change_of_times_changes_nothing(mp, asset):
    leg = confirmed(mp, asset)
    later = at(timezone.now() + timedelta(hours=1))
    event(mp, leg, "TIME_EXTEND", time=later)
    before = everything()
    assert event(mp, leg, "TIME_EXTEND", time=later).status == 200
    assert everything() == before


def test_a_ride_that_ends_at_a_station_has_its_distance(mp, asset):
    factories.StationFactory(station_id="S1", latitude=52.2, longitude=5.1214)
    leg = leg_that_is(mp, asset, "IN_USE")
    event(mp, leg, "FINISH", asset={"overriddenProperties": {"location": {"stationId": "S1"}}})
    assert 12_000 < Leg.objects.get(pk=leg).distance_meters < 12_300
    assert mp.get(f"/legs/{leg}/progress").body["coordinates"] == {"lat": 52.2, "lng": 5.1214}


def test_a_station_that_takes_none_back_is_no_place_to_finish(mp, asset):
    factories.StationFactory(station_id="S1", is_returning=False)
    leg = leg_that_is(mp, asset, "IN_USE")
    before = everything()
    answer = event(mp, leg, "FINISH", asset={"overriddenProperties": {"location": {"stationId": "S1"}}})
    assert (answer.status, answer.body["errorcode"]) == (400, 4002)
    assert everything() == before
