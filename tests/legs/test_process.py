"""What a process demands of leg events: the tripExecution module, the steps, the return areas, the access data."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from apps.legs.models import Leg, LegEvent
from apps.legs.moment import Happening
from apps.legs.services import apply_event, erase_user_locations
from apps.processes.models import ProfileVersion
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.profiles import client as mp_with
from tests.profiles import document, steps
from tests.rides import STAFF, at, confirmed, event, everything, offer, operate, pending

pytestmark = pytest.mark.django_db


def refused(answer, code: int, *words: str) -> bool:
    return answer.body["errorcode"] == code and all(word in answer.body["detail"] for word in words)


def test_send_prepare_demands_prepare_before_the_ride(operator, asset):
    mp = mp_with(steps={"onboarding": steps("SEND_PREPARE", "SEND_SET_IN_USE")})
    leg = confirmed(mp, asset)
    before = everything()
    assert refused(event(mp, leg, "SET_IN_USE"), 4004, "SEND_PREPARE")
    assert everything() == before
    event(mp, leg, "PREPARE")
    assert event(mp, leg, "SET_IN_USE").body["state"] == "IN_USE"


def test_send_start_finishing_demands_it_before_finish(operator, asset):
    mp = mp_with(steps={"offboarding": steps("SEND_START_FINISHING", "SEND_FINISH")})
    leg = confirmed(mp, asset)
    event(mp, leg, "SET_IN_USE")
    before = everything()
    assert refused(event(mp, leg, "FINISH"), 4004, "SEND_START_FINISHING")
    assert everything() == before
    event(mp, leg, "START_FINISHING")
    assert event(mp, leg, "FINISH").body["state"] == "FINISHED"


def test_send_assign_asset_demands_an_asset(operator):
    station = factories.StationFactory(latitude=52.0907, longitude=5.1214)
    bike = factories.AssetFactory(station=station)
    mp = mp_with(planning=["PLANNING_BASED"], steps={"onboarding": steps("SEND_ASSIGN_ASSET", "SEND_SET_IN_USE")})
    plan = {"from": {"stationId": station.station_id}, "departureTime": at(timezone.now())}
    id_ = mp.post("/planning/offers", plan).body["options"][0]["id"]
    mp.post("/bookings", {"id": id_})
    operate(mp, id_, "COMMIT")
    before = everything()
    assert refused(event(mp, id_, "SET_IN_USE"), 4004, "SEND_ASSIGN_ASSET")
    assert everything() == before
    event(mp, id_, "ASSIGN_ASSET", asset={"id": bike.public_id})
    assert event(mp, id_, "SET_IN_USE").body["state"] == "IN_USE"


EVIDENCE = ("SEND_EVIDENCE_PARKED", "SEND_EVIDENCE_HELMET", "SEND_EVIDENCE_CHARGER")


def test_each_missing_evidence_is_named(operator, asset):
    mp = mp_with(steps={"offboarding": steps(*EVIDENCE, "SEND_FINISH")})
    leg = confirmed(mp, asset)
    event(mp, leg, "SET_IN_USE")
    photos = [f"https://mp.example/{n}.jpg" for n in range(3)]
    for sent in range(3):
        before = everything()
        answer = event(mp, leg, "FINISH", url=photos[:sent])
        assert refused(answer, 4001, *EVIDENCE[sent:])
        assert not any(name in answer.body["detail"] for name in EVIDENCE[:sent])
        assert everything() == before
    assert event(mp, leg, "FINISH", url=photos).body["state"] == "FINISHED"


def test_a_booking_keeps_the_version_it_was_made_under(operator, asset):
    mp = mp_with(steps={"offboarding": steps("SEND_EVIDENCE_PARKED")})
    leg = confirmed(mp, asset)
    event(mp, leg, "SET_IN_USE")
    ProfileVersion.objects.create(
        provider=mp.provider, number=2, document=document(steps={"offboarding": steps("SEND_EVIDENCE_HELMET")})
    )
    assert refused(event(mp, leg, "FINISH"), 4001, "SEND_EVIDENCE_PARKED")
    assert event(mp, leg, "FINISH", url=["https://mp.example/parked.jpg"]).body["state"] == "FINISHED"
    second = confirmed(mp, asset)
    event(mp, second, "SET_IN_USE")
    assert refused(event(mp, second, "FINISH"), 4001, "SEND_EVIDENCE_HELMET")


def test_an_asset_type_with_steps_of_its_own_carries_them_and_follows_them(operator, asset):
    own = {"steps": {"offboarding": steps("SEND_EVIDENCE_CHARGER")}}
    mp = mp_with(steps={"offboarding": steps("SEND_FINISH")}, assetTypes={asset.asset_type.type_id: own})
    leg = confirmed(mp, asset)
    (condition,) = mp.get(f"/legs/{leg}").body["conditions"]
    assert condition["conditionType"] == "conditionRequireOffboardingSteps"
    assert condition["steps"][0]["action"] == "SEND_EVIDENCE_CHARGER"
    event(mp, leg, "SET_IN_USE")
    assert refused(event(mp, leg, "FINISH"), 4001, "SEND_EVIDENCE_CHARGER")


def test_two_mps_with_opposite_profiles_on_one_fleet_each_get_their_own(operator):
    strict = mp_with(steps={"offboarding": steps("SEND_START_FINISHING", "SEND_EVIDENCE_PARKED")})
    easy = mp_with(booking=["AUTO_COMMIT"])
    rides = {mp: confirmed(mp, factories.AssetFactory()) if mp is strict else None for mp in (strict, easy)}
    rides[easy] = easy.post("/bookings", {"id": offer(easy, factories.AssetFactory())}).body["id"]
    for mp, leg in rides.items():
        event(mp, leg, "SET_IN_USE")
    assert event(easy, rides[easy], "FINISH").body["state"] == "FINISHED"
    assert event(strict, rides[strict], "FINISH").status == 403


# --- TO_CONTROLLED and the operator's own events -------------------------------------------------------------


@pytest.mark.parametrize("name", ["SET_IN_USE", "FINISH"])
def test_the_operator_starts_and_ends_a_ride_it_controls(operator, asset, name):
    mp = mp_with(tripExecution=["TO_CONTROLLED"])
    leg = confirmed(mp, asset)
    if name == "FINISH":
        apply_event(leg_id=UUID(leg), happening=Happening("SET_IN_USE", timezone.now()), actor=STAFF)
        OutboxMessage.objects.all().delete()
    before = everything()
    assert refused(event(mp, leg, name), 4004, name, "TO_CONTROLLED")
    assert everything() == before
    apply_event(leg_id=UUID(leg), happening=Happening(name, timezone.now()), actor=STAFF)
    message = OutboxMessage.objects.get()
    assert (message.path, message.body["event"]) == (f"/legs/{leg}/events", name)
    assert message.body["asset"]["id"] == Leg.objects.get(pk=leg).asset_public_id


@pytest.mark.parametrize(("identifiers", "told"), [(["USE_PREPARE_TO_INDICATE_START"], 1), ([], 0)])
def test_the_mp_hears_of_our_prepare_where_it_asked_to(operator, asset, identifiers, told):
    mp = mp_with(tripExecution=identifiers)
    leg = confirmed(mp, asset)
    apply_event(leg_id=UUID(leg), happening=Happening("PREPARE", timezone.now()), actor=STAFF)
    assert OutboxMessage.objects.filter(body__event="PREPARE").count() == told


def test_the_mp_always_hears_which_asset_we_assigned(mp, asset):
    leg = confirmed(mp, asset)
    other = factories.AssetFactory(asset_type=asset.asset_type)
    happening = Happening("ASSIGN_ASSET", timezone.now(), asset_id=other.public_id)
    apply_event(leg_id=UUID(leg), happening=happening, actor=STAFF)
    told = OutboxMessage.objects.get().body["asset"]
    assert (told["id"], told["overriddenProperties"]["location"]) == (
        other.public_id,
        {"coordinates": {"lat": other.latitude, "lng": other.longitude}},
    )


def test_the_mp_hears_which_asset_a_ride_got_that_we_began(operator):
    station = factories.StationFactory(latitude=52.0907, longitude=5.1214)
    bike = factories.AssetFactory(station=station)
    mp = mp_with(planning=["PLANNING_BASED"], tripExecution=["TO_CONTROLLED"])
    plan = {"from": {"stationId": station.station_id}, "departureTime": at(timezone.now())}
    leg = mp.post("/planning/offers", plan).body["options"][0]["id"]
    mp.post("/bookings", {"id": leg})
    operate(mp, leg, "COMMIT")
    apply_event(leg_id=UUID(leg), happening=Happening("SET_IN_USE", timezone.now()), actor=STAFF)
    told = OutboxMessage.objects.filter(path=f"/legs/{leg}/events").order_by("pk").values_list("body", flat=True)
    assert [(body["event"], body["asset"]["id"]) for body in told] == [
        ("ASSIGN_ASSET", bike.public_id),
        ("SET_IN_USE", bike.public_id),
    ]


# --- conditionReturnArea -----------------------------------------------------------------------------------

SQUARE = {"type": "Polygon", "coordinates": [[[5.1, 52.1], [5.2, 52.1], [5.2, 52.2], [5.1, 52.2], [5.1, 52.1]]]}
INSIDE, OUTSIDE = {"lat": 52.15, "lng": 5.15}, {"lat": 52.3, "lng": 5.15}


def left_at(**place) -> dict:
    return {"asset": {"overriddenProperties": {"location": place}}}


@pytest.mark.parametrize(
    ("area", "inside", "outside"),
    [
        ({"returnArea": SQUARE}, {"coordinates": INSIDE}, {"coordinates": OUTSIDE}),
        ({"coordinates": INSIDE}, {"coordinates": {"lat": 52.1505, "lng": 5.15}}, {"coordinates": OUTSIDE}),
        ({"stationId": "S1"}, {"stationId": "S1"}, {"stationId": "S2"}),
    ],
)
def test_a_finish_outside_every_return_area_is_refused(operator, asset, area, inside, outside):
    for name in ("S1", "S2"):
        factories.StationFactory(station_id=name)
    mp = mp_with(conditions=[{"conditionType": "conditionReturnArea", **area}])
    leg = confirmed(mp, asset)
    event(mp, leg, "SET_IN_USE")
    before = everything()
    assert refused(event(mp, leg, "FINISH", **left_at(**outside)), 4002, "return area")
    assert refused(event(mp, leg, "FINISH"), 4002, "return area"), "unsaid, it is where it was last seen"
    assert everything() == before
    assert event(mp, leg, "FINISH", **left_at(**inside)).body["state"] == "FINISHED"


@pytest.mark.parametrize(
    ("local_hour", "hours", "is_open"),
    [
        (12, ("08:00", "18:00"), True),
        (20, ("08:00", "18:00"), False),
        (23, ("22:00", "02:00"), True),
        (1, ("22:00", "02:00"), True),
        (12, ("22:00", "02:00"), False),
    ],
)
def test_return_hours_are_the_operators_own_time(operator, asset, local_hour, hours, is_open):
    days = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
    when = {"startTime": hours[0], "endTime": hours[1], "days": days}
    mp = mp_with(conditions=[{"conditionType": "conditionReturnArea", "returnArea": SQUARE, "returnHours": [when]}])
    utc_hour = (local_hour - 2) % 24  # Amsterdam in July
    start = timezone.now().replace(year=2027, month=7, day=15, hour=utc_hour, minute=0, second=0, microsecond=0)
    with time_machine.travel(start - timedelta(minutes=1), tick=False) as clock:
        leg = confirmed(mp, asset)
        event(mp, leg, "SET_IN_USE")
        clock.move_to(start)
        answer = event(mp, leg, "FINISH", **left_at(coordinates=INSIDE))
    assert answer.status == (200 if is_open else 400)


# --- access data ---------------------------------------------------------------------------------------------

PLACES = ["BOOKING", "COMMIT_EVENT", "PREPARE_EVENT", "ASSIGN_ASSET_EVENT", "GET_LEG", "GET_BOOKING"]


def answers_with_access(mp, asset) -> set[str]:
    """The answers of a journey that carried access data."""
    kind = asset.asset_type
    booked = mp.post("/bookings", {"id": offer(mp, asset)}).body
    leg = booked["id"]
    bodies = {
        "BOOKING": booked["legs"][0],
        "COMMIT_EVENT": operate(mp, leg, "COMMIT").body["legs"][0],
        "GET_LEG": mp.get(f"/legs/{leg}").body,
        "GET_BOOKING": mp.get(f"/bookings/{leg}").body["legs"][0],
        "ASSIGN_ASSET_EVENT": event(
            mp, leg, "ASSIGN_ASSET", asset={"id": factories.AssetFactory(asset_type=kind).public_id}
        ).body,
        "PREPARE_EVENT": event(mp, leg, "PREPARE").body,
        "SET_IN_USE": event(mp, leg, "SET_IN_USE").body,
        "FINISH": event(mp, leg, "FINISH").body,
        "AFTERWARDS": mp.get(f"/legs/{leg}").body,
    }
    return {name for name, leg in bodies.items() if "assetAccessData" in leg}


@pytest.mark.parametrize("place", PLACES)
def test_access_data_is_where_the_profile_says_and_nowhere_else(operator, asset, place):
    assert answers_with_access(mp_with(booking=[f"ACCESS_CODE_IN_{place}"]), asset) == {place}


def test_access_data_is_in_prepare_where_the_profile_says_nothing(mp, asset):
    assert answers_with_access(mp, asset) == {"PREPARE_EVENT"}


@pytest.mark.parametrize(
    ("identifier", "methods", "token"),
    [
        ("ACCESS_CODE_QR", ["QR", "DEEPLINK"], "tokenQR"),
        ("ACCESS_CODE_DEEPLINK", ["QR", "DEEPLINK"], "tokenDeeplink"),
    ],
)
def test_access_data_is_in_a_format_both_sides_know(operator, identifier, methods, token):
    bike = factories.AssetFactory(asset_type__access_methods=methods)
    mp = mp_with(booking=[identifier])
    assert event(mp, confirmed(mp, bike), "PREPARE").body["assetAccessData"]["tokenType"] == token


def test_no_format_in_common_is_no_offer(operator, asset):
    mp = mp_with(booking=["ACCESS_CODE_QR"])
    plan = {"from": {"coordinates": {"lat": 52.09, "lng": 5.12}}, "useAssets": [asset.public_id]}
    assert mp.post("/planning/offers", plan).body["options"] == []


# --- LEG_EVENT_LOCATION_IS_USER_LOCATION ------------------------------------------------------------------------


def test_a_location_that_is_the_travellers_is_kept_apart_and_not_for_long(operator, asset):
    mp = mp_with(tripExecution=["LEG_EVENT_LOCATION_REQUIRED_FINISH", "LEG_EVENT_LOCATION_IS_USER_LOCATION"])
    leg = confirmed(mp, asset)
    event(mp, leg, "SET_IN_USE", userLocation={"coordinates": {"lat": 52.0, "lng": 5.0}})
    event(mp, leg, "FINISH", **left_at(coordinates=OUTSIDE))
    asset.refresh_from_db()
    assert (asset.latitude, asset.longitude) == (52.0907, 5.1214), "where the traveller is, the asset need not be"
    rows = LegEvent.objects.order_by("id").values_list("latitude", "user_latitude", "user_longitude")
    assert list(rows) == [(None, 52.0, 5.0), (None, 52.3, 5.15)]
    assert erase_user_locations(now=timezone.now() + timedelta(days=29)) == 0
    assert erase_user_locations(now=timezone.now() + timedelta(days=31)) == 2
    assert not LegEvent.objects.filter(user_latitude__isnull=False).exists()


@pytest.mark.parametrize("permitted", [True, False])
def test_only_those_whose_work_needs_it_see_where_the_traveller_was(client, mp, asset, permitted):
    leg = confirmed(mp, asset)
    event(mp, leg, "SET_IN_USE", userLocation={"coordinates": {"lat": 51.98765, "lng": 5.0}})
    user = get_user_model().objects.create_user("desk", password="correct horse battery", is_staff=True)
    names = ["view_leg", *(["see_user_location"] if permitted else [])]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    page = client.get(reverse("admin:legs_leg_change", args=[leg])).content.decode()
    assert ("51.98765" in page) is permitted


def test_nothing_that_ran_out_is_opened_or_shown(mp, asset):
    mp = mp_with(booking=["ACCESS_CODE_IN_GET_BOOKING"])
    booking = pending(mp, asset)
    assert "assetAccessData" not in mp.get(f"/bookings/{booking}").body["legs"][0], "not confirmed yet"
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        leg = mp.get(f"/bookings/{booking}").body["legs"][0]
    assert "assetAccessData" not in leg
    assert "overriddenProperties" not in leg["asset"], "nor is it told where the asset is"


def test_who_is_late_can_still_close_the_asset(mp, asset):
    leg = confirmed(mp, asset, arrivalTime=at(timezone.now() + timedelta(minutes=30)))
    event(mp, leg, "SET_IN_USE")
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        token = event(mp, leg, "START_FINISHING").body["assetAccessData"]
    assert token["validUntil"] > token["validFrom"]


def test_start_finishing_answers_the_off_boarding_steps(operator, asset):
    mp = mp_with(steps={"offboarding": steps("SEND_EVIDENCE_PARKED", "SEND_FINISH")})
    leg = confirmed(mp, asset)
    event(mp, leg, "SET_IN_USE")
    (condition,) = event(mp, leg, "START_FINISHING").body["conditions"]
    assert [step["action"] for step in condition["steps"]] == ["SEND_EVIDENCE_PARKED", "SEND_FINISH"]
    assert "conditions" not in mp.get(f"/legs/{leg}").body


def test_staff_end_a_ride_wherever_the_asset_was_left(operator, asset):
    factories.StationFactory(station_id="S1")
    mp = mp_with(conditions=[{"conditionType": "conditionReturnArea", "stationId": "S1"}])
    leg = confirmed(mp, asset)
    event(mp, leg, "SET_IN_USE")
    apply_event(leg_id=UUID(leg), happening=Happening("FINISH", timezone.now()), actor=STAFF)
    assert mp.get(f"/legs/{leg}").body["state"] == "FINISHED"


def test_a_repetition_too_comes_from_the_operator_where_it_controls_the_ride(operator, asset):
    mp = mp_with(tripExecution=["TO_CONTROLLED"])
    leg = confirmed(mp, asset)
    apply_event(leg_id=UUID(leg), happening=Happening("SET_IN_USE", timezone.now()), actor=STAFF)
    assert refused(event(mp, leg, "SET_IN_USE"), 4004, "TO_CONTROLLED")


def test_a_booking_on_condition_opens_nothing(operator, asset):
    mp = mp_with(booking=["POSTPONED_COMMIT", "ACCESS_CODE_IN_BOOKING"])
    assert "assetAccessData" not in mp.post("/bookings", {"id": offer(mp, asset)}).body["legs"][0]


def test_lists_of_bookings_open_nothing(operator, asset):
    mp = mp_with(booking=["ACCESS_CODE_IN_GET_BOOKING"])
    booking = confirmed(mp, asset)
    assert "assetAccessData" in mp.get(f"/bookings/{booking}").body["legs"][0]
    assert "assetAccessData" not in mp.get("/bookings").body[0]["legs"][0]
