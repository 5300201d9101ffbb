"""PICK_UP_THE_BILL: a parked car is booked by its licence plate, and the booking returned is its bill."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.bookings.invariants import breaches
from apps.bookings.models import Booking
from apps.history.models import Transition
from apps.legs.models import Leg
from apps.parking.models import ParkedCar
from apps.parking.plates import normal_plate
from apps.payments.models import JournalEntry
from apps.planning.models import Offer
from apps.processes.checks import check, errors_in
from apps.processes.problems import Fleet
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.profiles import client, document
from tests.rides import HERE, event, everything, operate
from tests.tomp_client import Answer, TompClient

pytestmark = pytest.mark.django_db

CARDS = [{"type": "CREDIT", "cardNumber": "4111 1111 1111 1111"}]


@pytest.fixture
def payer(operator: Any) -> TompClient:
    """An MP that pays for parked cars."""
    return client(planning=[], booking=["ONE_STOP", "PICK_UP_THE_BILL"])


@pytest.fixture
def car(operator: Any) -> ParkedCar:
    """A car parked an hour ago, at 1.00 and 0.25 a minute."""
    return factories.ParkedCarFactory(plate="AB12CD")


def one_stop(mp: TompClient, *plates: str, **fields: Any) -> Answer:
    return mp.post("/bookings/one-stop", {"from": HERE, "useAssets": list(plates), **fields})


def offered(mp: TompClient, *plates: str) -> list[dict[str, Any]]:
    answer = mp.post("/planning/offers", {"from": HERE, "useAssets": list(plates)})
    assert answer.status == 201, answer
    options: list[dict[str, Any]] = answer.body["options"]
    return options


def assert_paid_once(car: ParkedCar, booking: str) -> None:
    """FINISHED with its fare in the journal, the stay over, and nothing held or owed."""
    assert Booking.objects.get(pk=booking).state == "FINISHED"
    leg = Leg.objects.get(booking=booking)
    assert (leg.state, leg.parked_car_id, leg.actual_departure_time) == ("FINISHED", car.pk, car.since)
    entry = JournalEntry.objects.get(booking=booking)
    assert (entry.category, entry.journal_id, entry.amount) == ("FARE", leg.pk, Decimal("16.00"))
    car.refresh_from_db()
    assert car.ended_at == leg.actual_arrival_time
    assert leg.reservation.released_at is not None
    assert not OutboxMessage.objects.exists()
    assert breaches(now=timezone.now()) == []


@pytest.mark.parametrize("written", ["AB12CD", "ab-12-cd", " AB 12 CD ", "AB·12·CD"])
def test_a_bill_is_picked_up_by_the_licence_plate(payer: TompClient, written: str) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        car = factories.ParkedCarFactory(plate="AB12CD")
        answer = one_stop(payer, written, customer={"id": "c-1", "cards": CARDS})
        assert (answer.status, answer.body["state"]) == (201, "FINISHED")
        assert answer.body["customer"]["cards"] == CARDS
        (leg,) = answer.body["legs"]
        assert (leg["state"], leg["asset"]) == ("FINISHED", {"id": "AB12CD"})
        assert leg["pricing"]["estimated"] is False
        assert "Expires" not in answer.headers
        assert_paid_once(car, answer.body["id"])


def test_an_offer_tells_what_it_would_come_to_and_is_booked(operator: Any) -> None:
    mp = client(planning=[], booking=["NORMAL", "PICK_UP_THE_BILL"])
    with time_machine.travel(timezone.now(), tick=False):
        car = factories.ParkedCarFactory(plate="AB12CD")
        (option,) = offered(mp, "ab 12 cd", "unknown")
        assert option["state"] == "NEW"
        assert option["legs"][0]["asset"] == {"id": "AB12CD"}
        assert option["legs"][0]["pricing"]["description"].endswith("≈ 16.00 EUR")
        assert option["from"]["stationId"] == car.station.station_id
        since = {"departureTime", "arrivalTime"}
        assert not since & (option.keys() | option["legs"][0].keys()), "since when it is parked is told with the bill"
        answer = mp.post("/bookings", {"id": option["id"]})
        assert (answer.status, answer.body["state"]) == (201, "FINISHED")
        assert_paid_once(car, option["id"])
        again = mp.post("/bookings", {"id": option["id"]})
        assert (again.status, again.body) == (201, answer.body)
        assert_paid_once(car, option["id"])


def test_each_step_is_logged_as_if_it_had_happened(payer: TompClient, car: ParkedCar) -> None:
    booking = one_stop(payer, "AB12CD").body["id"]
    steps = Transition.objects.filter(booking_id=booking).order_by("id")
    assert [(step.subject_kind, step.event, step.to_state) for step in steps] == [
        ("booking", "HOLD", "PENDING"),
        ("booking", "COMMIT", "CONFIRMED"),
        ("leg", "SET_IN_USE", "IN_USE"),
        ("booking", "START", "STARTED"),
        ("leg", "FINISH", "FINISHED"),
        ("booking", "FINISH", "FINISHED"),
    ]
    assert {step.actor_name for step in steps} == {payer.provider.maas_id}


@pytest.mark.parametrize(
    ("path", "code"),
    [("/planning/inquiries", 2001), ("/planning/offers", 2001), ("/plannings", 2001), ("/bookings/one-stop", 3001)],
)
@pytest.mark.parametrize("plan", [{}, {"useAssets": []}, {"useAssetTypes": ["parking"]}])
def test_a_licence_plate_is_demanded(
    payer: TompClient, car: ParkedCar, path: str, code: int, plan: dict[str, Any]
) -> None:
    before = everything()
    answer = payer.post(path, {"from": HERE, **plan})
    assert (answer.status, answer.body["errorcode"]) == (400, code)
    assert "useAssets" in answer.body["detail"]
    assert everything() == before


@pytest.mark.parametrize("plate", ["ZZ99ZZ", "-", "AB12C", "' OR 1=1"])
def test_a_plate_of_no_parked_car_leads_to_no_offer(payer: TompClient, car: ParkedCar, plate: str) -> None:
    before = everything()
    assert offered(payer, plate) == []
    answer = one_stop(payer, plate)
    assert (answer.status, answer.body["errorcode"]) == (406, 3501)
    assert everything() == before
    assert not Offer.objects.exists()


@pytest.mark.parametrize(
    ("path", "code"),
    [("/planning/inquiries", 2002), ("/planning/offers", 2002), ("/plannings", 2002), ("/bookings/one-stop", 3002)],
)
def test_who_is_parked_is_not_to_be_found_out(payer: TompClient, car: ParkedCar, path: str, code: int) -> None:
    before = everything()
    answer = payer.post(path, {"from": HERE, "useAssets": [car.plate, "A1", "A2", "A3", "A4", "A5"]})
    assert (answer.status, answer.body["errorcode"]) == (400, code)
    assert "useAssets" in answer.body["detail"]
    assert everything() == before
    assert len(offered(payer, car.plate, "A1", "A2", "A3", "A4")) == 1


def test_one_bill_at_a_time(payer: TompClient, car: ParkedCar) -> None:
    other = factories.ParkedCarFactory()
    before = everything()
    assert one_stop(payer, car.plate, other.plate).body["errorcode"] == 3501
    assert everything() == before
    assert len(offered(payer, car.plate, other.plate)) == 2


def test_a_stay_is_billed_once(operator: Any, payer: TompClient, car: ParkedCar) -> None:
    other = client(planning=[], booking=["NORMAL", "PICK_UP_THE_BILL"])
    (option,) = offered(other, car.plate)
    assert one_stop(payer, car.plate).status == 201
    before = everything()
    answer = other.post("/bookings", {"id": option["id"]})
    assert (answer.status, answer.body["errorcode"]) == (409, 3500)
    assert one_stop(payer, car.plate).status == 406
    assert everything() == before


def test_a_car_that_has_left_is_not_billed(operator: Any, car: ParkedCar, admin_client: Client) -> None:
    mp = client(planning=[], booking=["NORMAL", "PICK_UP_THE_BILL"])
    (option,) = offered(mp, car.plate)
    address = reverse("admin:parking_parkedcar_do", args=[car.pk, "end"])
    assert "counts as gone" in admin_client.get(address).text
    admin_client.post(address, {"reason": "paid at the machine"})
    before = everything()
    answer = mp.post("/bookings", {"id": option["id"]})
    assert (answer.status, answer.body["errorcode"]) == (409, 3500)
    assert everything() == before
    car.refresh_from_db()
    assert car.ended_at is not None


def test_the_same_car_comes_back(payer: TompClient, car: ParkedCar) -> None:
    assert one_stop(payer, car.plate).status == 201
    factories.ParkedCarFactory(plate=car.plate, asset_type=car.asset_type, since=timezone.now())
    assert one_stop(payer, car.plate).status == 201
    assert JournalEntry.objects.count() == 2


def test_nothing_can_be_done_to_a_bill(payer: TompClient, car: ParkedCar) -> None:
    booking = one_stop(payer, car.plate).body["id"]
    before = everything()
    for operation in ("COMMIT", "CANCEL", "EXTEND_EXPIRY_TIME"):
        assert operate(payer, booking, operation, extendReason="OTHER").body["errorcode"] == 3004
    for name in ("SET_IN_USE", "PAUSE", "CANCEL"):
        assert event(payer, booking, name).body["errorcode"] == 4004
    assert everything() == before
    assert payer.get(f"/legs/{booking}").body["asset"] == {"id": car.plate}
    assert payer.get(f"/legs/{booking}/progress").status == 200


def test_an_mp_without_it_finds_no_parked_car(mp: TompClient, car: ParkedCar) -> None:
    assert offered(mp, car.plate) == []


def test_a_bill_costs_a_fixed_number_of_statements(payer: TompClient, car: ParkedCar) -> None:
    one_stop(payer, "unknown")
    with CaptureQueriesContext(connection) as statements:
        assert one_stop(payer, car.plate).status == 201
    assert len(statements) <= 40, [statement["sql"][:90] for statement in statements]


@pytest.mark.parametrize("other", ["POSTPONED_COMMIT", "ATOMIC_BOOKING_SET_IN_USE", "TO_CONTROLLED"])
def test_a_process_that_contradicts_it_is_not_published(operator: Any, other: str) -> None:
    parts = {"tripExecution": [other]} if other == "TO_CONTROLLED" else {}
    booking = ["PICK_UP_THE_BILL", *([] if parts else [other])]
    found = check(document(planning=[], booking=booking, **parts), languages=["en"], fleet=Fleet())
    assert any({"PICK_UP_THE_BILL", other} <= set(re.findall(r"[A-Z_]+", one.sentence)) for one in errors_in(found))


@pytest.mark.parametrize("plate", ["", "ab12cd", "AB-12", "AB 12", "AB_12"])
def test_the_database_keeps_plates_in_one_way(car: ParkedCar, plate: str) -> None:
    with pytest.raises(IntegrityError, match="parked_car_plate_is_written_in_one_way"), transaction.atomic():
        ParkedCar.objects.filter(pk=car.pk).update(plate=plate)


def test_the_database_keeps_a_car_parked_once(car: ParkedCar) -> None:
    with pytest.raises(IntegrityError, match="parked_car_is_parked_once_at_a_time"), transaction.atomic():
        factories.ParkedCarFactory(plate=car.plate)
    with pytest.raises(IntegrityError, match="parked_car_leaves_after_it_came"), transaction.atomic():
        ParkedCar.objects.filter(pk=car.pk).update(ended_at=car.since - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("written", "compared"), [("ü-ab 1", "ÜAB1"), ("ＡＢ１２", "AB12"), ("- –", ""), ("ab·12", "AB12")]
)
def test_plates_are_compared_in_one_way(written: str, compared: str) -> None:
    assert normal_plate(written) == compared


def test_staff_note_a_car_that_has_come(operator: Any, admin_client: Client) -> None:
    tariff = factories.AssetTypeFactory(asset_class="PARKING")
    bike = factories.AssetTypeFactory()
    station = factories.StationFactory()
    add = reverse("admin:parking_parkedcar_add")
    form = {"asset_type": tariff.pk, "station": station.pk, "since_0": "2026-01-01", "since_1": "10:00:00"}
    assert admin_client.post(add, {**form, "plate": "ab-12-cd"}).status_code == 302
    assert ParkedCar.objects.get().plate == "AB12CD"
    for wrong in ({"plate": "AB 12 CD"}, {"plate": "--"}, {"plate": "X1", "asset_type": bike.pk}):
        assert admin_client.post(add, {**form, **wrong}).status_code == 200
    assert admin_client.post(add, {**form, "plate": "X1", "since_0": "2999-01-01"}).status_code == 200
    assert ParkedCar.objects.count() == 1
