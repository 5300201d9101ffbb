"""A booking of several assets: held together or not at all, and ridden leg by leg. Source: STATES, "Booking"."""

from typing import Any

import pytest
import time_machine

from apps.assets.models import Asset, Reservation
from apps.bookings.models import Booking
from apps.bookings.services import cancel, cancel_no_shows, expire_due
from apps.legs.models import Leg
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.profiles import client
from tests.rides import HERE, STAFF, at, event, everything, operate
from tests.tomp_client import Answer, TompClient

pytestmark = pytest.mark.django_db
SIZE = 3


@pytest.fixture
def bikes(operator: Any) -> list[Asset]:
    kind = factories.AssetTypeFactory(persons=1)
    return factories.AssetFactory.create_batch(SIZE, asset_type=kind)


def group_plan(bikes: list[Asset]) -> dict[str, Any]:
    for bike in bikes:
        bike.refresh_from_db()
    travelers = [{"referenceNumber": str(number)} for number in range(SIZE)]
    return {
        "from": HERE,
        "useAssets": [bike.public_id for bike in bikes],
        "nrOfTravelers": SIZE,
        "travelers": travelers,
    }


def offer(mp: TompClient, bikes: list[Asset]) -> dict[str, Any]:
    answer = mp.post("/planning/offers", group_plan(bikes))
    assert len(answer.body["options"]) == 1, answer
    return answer.body["options"][0]


def booked(mp: TompClient, bikes: list[Asset]) -> Answer:
    answer = mp.post("/bookings", {"id": offer(mp, bikes)["id"]})
    assert answer.status == 201, answer
    return answer


def confirmed(mp: TompClient, bikes: list[Asset]) -> tuple[str, list[str]]:
    """The id of the booking and those of its legs."""
    booking = booked(mp, bikes).body
    assert operate(mp, booking["id"], "COMMIT").body["state"] == "CONFIRMED"
    return booking["id"], [leg["id"] for leg in booking["legs"]]


def states(booking: str) -> tuple[str, list[str]]:
    legs = Leg.objects.filter(booking=booking).values_list("state", flat=True)
    return Booking.objects.get(pk=booking).state, sorted(legs)


def live() -> int:
    return Reservation.objects.filter(released_at=None).count()


def test_a_booking_takes_over_the_ids_of_its_offer_and_their_riders(mp: TompClient, bikes: list[Asset]) -> None:
    offered = offer(mp, bikes)
    booking = mp.post("/bookings", {"id": offered["id"]}).body
    assert (booking["id"], booking["state"]) == (offered["id"], "PENDING")
    seen = ("id", "legSequenceNumber", "travelerReferenceNumbers", "pricing")
    assert [[leg[name] for name in seen] for leg in booking["legs"]] == [
        [leg[name] for name in seen] for leg in offered["legs"]
    ]
    assert {bike.state for bike in Asset.objects.all()} == {"RESERVED"}
    assert live() == SIZE
    again = mp.post("/bookings", {"id": offered["id"]})
    assert (again.status, again.body["legs"]) == (201, booking["legs"])
    assert mp.get(f"/bookings/{booking['id']}").body["legs"] == booking["legs"]


def test_one_asset_gone_and_none_is_held(mp: TompClient, stranger: TompClient, bikes: list[Asset]) -> None:
    offered = offer(mp, bikes)
    (single,) = stranger.post("/planning/offers", {"from": HERE, "useAssets": [bikes[-1].public_id]}).body["options"]
    assert stranger.post("/bookings", {"id": single["id"]}).status == 201
    before = everything()
    answer = mp.post("/bookings", {"id": offered["id"]})
    assert (answer.status, answer.body["errorcode"]) == (409, 3500)
    assert everything() == before


def test_one_place_gone_and_none_is_held(operator: Any) -> None:
    station = factories.StationFactory(station_id="S1", latitude=52.0907, longitude=5.1214)
    factories.AssetFactory.create_batch(SIZE, asset_type=factories.AssetTypeFactory(), station=station)
    mp = client(planning=["PLANNING_BASED"])
    plan = {"from": HERE, "to": HERE, "departureTime": at(factories.soon(60)), "arrivalTime": at(factories.soon(90))}
    (group,) = mp.post("/planning/offers", {**plan, "nrOfTravelers": SIZE}).body["options"]
    (single,) = mp.post("/planning/offers", plan).body["options"]
    assert mp.post("/bookings", {"id": single["id"]}).status == 201
    before = everything()
    answer = mp.post("/bookings", {"id": group["id"]})
    assert (answer.status, answer.body["errorcode"]) == (409, 3500)
    assert everything() == before
    (rest,) = mp.post("/planning/offers", {**plan, "nrOfTravelers": SIZE - 1}).body["options"]
    booking = mp.post("/bookings", {"id": rest["id"]}).body
    operate(mp, booking["id"], "COMMIT")
    ridden = [event(mp, leg["id"], "SET_IN_USE").body["asset"]["id"] for leg in booking["legs"]]
    assert len(set(ridden)) == SIZE - 1, "each leg gets an asset of its own"


def test_it_ends_with_its_last_leg(mp: TompClient, bikes: list[Asset]) -> None:
    booking, (first, second, third) = confirmed(mp, bikes)
    assert states(booking) == ("CONFIRMED", ["NOT_STARTED"] * 3)
    event(mp, first, "SET_IN_USE")
    assert states(booking) == ("STARTED", ["IN_USE", "NOT_STARTED", "NOT_STARTED"])
    event(mp, second, "SET_IN_USE")
    event(mp, first, "FINISH")
    event(mp, third, "CANCEL")
    assert states(booking) == ("STARTED", ["CANCELLED", "FINISHED", "IN_USE"])
    assert live() == 1
    event(mp, second, "FINISH")
    assert states(booking) == ("FINISHED", ["CANCELLED", "FINISHED", "FINISHED"])
    assert live() == 0
    assert {bike.state for bike in Asset.objects.all()} == {"AVAILABLE"}
    journal = Booking.objects.get(pk=booking).journal_entries.values_list("journal_id", flat=True)
    assert sorted(map(str, journal)) == sorted([first, second]), "each leg that was ridden has its own fare"


@pytest.mark.parametrize("ending", ["RELEASED", "EXPIRED"])
def test_what_is_not_committed_is_freed_whole(mp: TompClient, bikes: list[Asset], ending: str) -> None:
    booking = booked(mp, bikes).body["id"]
    if ending == "RELEASED":
        assert operate(mp, booking, "CANCEL").status == 200
    else:
        with time_machine.travel(factories.soon(60)):
            assert expire_due() == 1
    assert states(booking) == (ending, ["CANCELLED"] * SIZE)
    assert live() == 0
    assert {bike.state for bike in Asset.objects.all()} == {"AVAILABLE"}


def test_cancelling_frees_all_legs(mp: TompClient, bikes: list[Asset]) -> None:
    booking, _ = confirmed(mp, bikes)
    assert operate(mp, booking, "CANCEL").body["state"] == "CANCELLED"
    assert (states(booking)[1], live()) == (["CANCELLED"] * SIZE, 0)


def test_the_last_leg_cancelled_cancels_the_booking(mp: TompClient, bikes: list[Asset]) -> None:
    booking, legs = confirmed(mp, bikes)
    for leg in legs:
        assert states(booking)[0] == "CONFIRMED"
        assert event(mp, leg, "CANCEL").status == 200
    assert states(booking)[0] == "CANCELLED"


def test_nobody_came_for_any_of_them(mp: TompClient, bikes: list[Asset]) -> None:
    factories.CallbackEndpointFactory(provider=mp.provider)
    booking, legs = confirmed(mp, bikes)
    event(mp, legs[0], "CANCEL")
    with time_machine.travel(factories.soon(60)):
        assert cancel_no_shows() == 1
    assert states(booking) == ("CANCELLED", ["CANCELLED"] * SIZE)
    told = OutboxMessage.objects.get(booking=booking, subject="USER_NO_SHOW")
    assert told.body["legId"] == legs[1], "who had cancelled was not missed"


def test_one_who_rides_keeps_the_booking_for_the_others(mp: TompClient, bikes: list[Asset]) -> None:
    booking, (first, second, _) = confirmed(mp, bikes)
    event(mp, first, "SET_IN_USE")
    with time_machine.travel(factories.soon(60)):
        assert cancel_no_shows() == 0
        assert states(booking) == ("STARTED", ["IN_USE", "NOT_STARTED", "NOT_STARTED"])
        assert event(mp, second, "SET_IN_USE").status == 200


def test_the_support_desk_ends_all_of_it(mp: TompClient, bikes: list[Asset]) -> None:
    booking, (first, second, _) = confirmed(mp, bikes)
    event(mp, first, "SET_IN_USE")
    event(mp, second, "SET_IN_USE")
    event(mp, second, "FINISH")
    cancel(booking_id=Booking.objects.get().pk, actor=STAFF, reason="accident")
    assert states(booking) == ("CANCELLED", ["CANCELLED", "CANCELLED", "FINISHED"])
    assert live() == 0


def test_one_stop_books_a_group_as_one(operator: Any, bikes: list[Asset]) -> None:
    mp = client(planning=[], booking=["ONE_STOP", "AUTO_COMMIT"])
    answer = mp.post("/bookings/one-stop", group_plan(bikes))
    assert (answer.status, answer.body["state"], len(answer.body["legs"])) == (201, "CONFIRMED", SIZE)


def test_an_atomic_booking_starts_all_legs(operator: Any, bikes: list[Asset]) -> None:
    mp = client(booking=["ATOMIC_BOOKING_SET_IN_USE"])
    booking = booked(mp, bikes).body
    assert (booking["state"], {leg["state"] for leg in booking["legs"]}) == ("STARTED", {"IN_USE"})


def test_each_leg_has_its_own_times(mp: TompClient, bikes: list[Asset]) -> None:
    booking, (first, _, _) = confirmed(mp, bikes)
    later = factories.soon(10)
    answer = event(mp, first, "TIME_POSTPONE", time=at(later))
    assert answer.status == 200
    departures = [leg["departureTime"] for leg in mp.get(f"/bookings/{booking}").body["legs"]]
    assert len(set(departures)) == 2
