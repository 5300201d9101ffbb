"""POST and DELETE /legs/{id}/ancillaries/{category}/{number}: a helmet for the ride, never given twice."""

from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connections, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from apps.assets.models import AncillaryReservation, AncillaryStock
from apps.bookings.models import Booking
from apps.bookings.services import cancel_no_shows
from apps.payments.models import JournalEntry
from tests import factories
from tests.concurrency.test_races import at_once
from tests.profiles import client
from tests.rides import HERE, at, confirmed, event, everything, leg_that_is, operate, pending
from tests.tomp_client import Answer, TompClient

pytestmark = pytest.mark.django_db
HELMET = [{"category": "HV", "number": "01"}]


@pytest.fixture
def station(operator: Any) -> Any:
    return factories.StationFactory(station_id="S1", latitude=52.0907, longitude=5.1214)


@pytest.fixture
def helmet(station: Any) -> Any:
    """One helmet at the station, for 2.50."""
    return stocked(station=station)


def stocked(count: int = 1, price: str | None = "2.50", **where: Any) -> Any:
    ancillary = factories.AncillaryFactory(price=Decimal(price) if price else None)
    AncillaryStock.objects.create(ancillary=ancillary, count=count, **where)
    return ancillary


def docked(station: Any) -> Any:
    return factories.AssetFactory(station=station)


def add(mp: TompClient, leg: str, path: str = "HV/01") -> Answer:
    return mp.post(f"/legs/{leg}/ancillaries/{path}")


def remove(mp: TompClient, leg: str, path: str = "HV/01") -> Answer:
    return mp.delete(f"/legs/{leg}/ancillaries/{path}")


def shown(leg: dict[str, Any]) -> Any:
    return leg["asset"]["overriddenProperties"].get("ancillaries")


def live() -> int:
    return AncillaryReservation.objects.filter(released_at=None).count()


def state() -> tuple[Any, ...]:
    return everything(), list(AncillaryReservation.objects.order_by("pk").values_list())


def test_it_is_reserved_shown_and_given_back(mp: TompClient, station: Any, helmet: Any) -> None:
    leg = confirmed(mp, docked(station))
    taken = add(mp, leg)
    assert (taken.status, shown(taken.body)) == (200, HELMET)
    part = taken.body["pricing"]["parts"][-1]
    assert (part["class"], part["type"], part["amount"], part["name"]) == ("ANCILLARY", "FIXED", 2.5, "Helmet")
    assert shown(mp.get(f"/bookings/{leg}").body["legs"][0]) == HELMET
    again, before = add(mp, leg), live()
    assert (again.status, again.body, before) == (200, taken.body, 1)
    given = remove(mp, leg)
    assert (given.status, shown(given.body), live()) == (200, None, 0)
    assert all(part["class"] == "FARE" for part in given.body["pricing"]["parts"])
    assert remove(mp, leg).status == 200, "a client's retry"
    assert add(mp, leg).status == 200


def test_two_travellers_and_one_helmet(mp: TompClient, stranger: TompClient, station: Any, helmet: Any) -> None:
    first, second = confirmed(mp, docked(station)), confirmed(stranger, docked(station))
    assert add(mp, first).status == 200
    before = state()
    answer = add(stranger, second)
    assert (answer.status, answer.body["errorcode"]) == (403, 4004)
    assert "None of these is left" in answer.body["detail"]
    assert state() == before
    remove(mp, first)
    assert add(stranger, second).status == 200


def test_another_hour_is_another_promise(operator: Any, station: Any, helmet: Any) -> None:
    mp = client(booking=["AUTO_COMMIT"])
    legs = []
    for hours in (1, 3, 3.5):
        asset = docked(station)
        start = factories.soon(60 * hours)
        window = {"departureTime": at(start), "arrivalTime": at(factories.soon(60 * hours + 60))}
        legs.append(book(mp, asset, **window))
    assert [add(mp, leg).status for leg in legs] == [200, 200, 403]
    # its leg cannot be extended into the other's time
    before = state()
    answer = event(mp, legs[0], "TIME_EXTEND", time=at(factories.soon(60 * 3.5)))
    assert (answer.status, answer.body["errorcode"]) == (403, 4004)
    assert state() == before
    assert event(mp, legs[0], "TIME_EXTEND", time=at(factories.soon(60 * 2.5))).status == 200
    moved = AncillaryReservation.objects.get(reservation__leg=legs[0])
    assert moved.period == moved.reservation.period


def book(mp: TompClient, asset: Any, **plan: Any) -> str:
    (option,) = mp.post("/planning/offers", {"from": HERE, "useAssets": [asset.public_id], **plan}).body["options"]
    return mp.post("/bookings", {"id": option["id"]}).body["id"]


def test_who_is_late_still_has_it(operator: Any, station: Any, helmet: Any) -> None:
    mp = client(booking=["AUTO_COMMIT"])
    late = book(mp, docked(station), arrivalTime=at(factories.soon(30)))
    add(mp, late)
    event(mp, late, "SET_IN_USE")
    with time_machine.travel(factories.soon(40)):
        assert add(mp, book(mp, docked(station))).status == 403
        event(mp, late, "FINISH")
        assert add(mp, book(mp, docked(station))).status == 200


def test_those_that_come_with_an_asset_are_never_short(mp: TompClient, operator: Any) -> None:
    kind = factories.AssetTypeFactory()
    stocked(asset_type=kind)
    legs = [confirmed(mp, factories.AssetFactory(asset_type=kind)) for _ in range(2)]
    assert [add(mp, leg).status for leg in legs] == [200, 200]


def test_a_leg_without_an_asset_tells_it_of_its_type(operator: Any, station: Any, helmet: Any) -> None:
    docked(station)
    mp = client(planning=["PLANNING_BASED"], booking=["AUTO_COMMIT"])
    plan = {"from": {"stationId": "S1"}, "departureTime": at(factories.soon(600))}
    (option,) = mp.post("/planning/offers", plan).body["options"]
    booking = mp.post("/bookings", {"id": option["id"]}).body["id"]
    assert add(mp, booking).body["assetType"]["sharedProperties"]["ancillaries"] == HELMET


@pytest.mark.parametrize("path", ["HV/02", "XX/01", "hv/01"])
def test_what_is_unknown_is_not_found(mp: TompClient, station: Any, helmet: Any, path: str) -> None:
    leg = confirmed(mp, docked(station))
    for call in (add, remove):
        answer = call(mp, leg, path)
        assert (answer.status, answer.body["errorcode"]) == (404, 4204)


def test_what_is_kept_elsewhere_is_refused(mp: TompClient, asset: Any, helmet: Any) -> None:
    answer = add(mp, confirmed(mp, asset))
    assert (answer.status, answer.body["errorcode"]) == (403, 4004)
    assert "kept where this leg begins" in answer.body["detail"]


def test_another_mps_leg_is_not_found(mp: TompClient, stranger: TompClient, station: Any, helmet: Any) -> None:
    leg = confirmed(mp, docked(station))
    for call in (add, remove):
        assert (call(stranger, leg).status, call(stranger, "nothing").status) == (404, 404)


def test_a_leg_that_is_not_agreed_or_over_takes_nothing(mp: TompClient, station: Any, helmet: Any) -> None:
    for leg in (pending(mp, docked(station)), leg_that_is(mp, docked(station), "FINISHED")):
        before = state()
        for call in (add, remove):
            answer = call(mp, leg)
            assert (answer.status, answer.body["errorcode"]) == (403, 4004)
        assert state() == before


@pytest.mark.parametrize("end", ["FINISH", "CANCEL", "cancelled", "no-show"])
def test_it_is_free_when_the_leg_is_over(mp: TompClient, station: Any, helmet: Any, end: str) -> None:
    leg = confirmed(mp, docked(station))
    add(mp, leg)
    if end == "FINISH":
        event(mp, leg, "SET_IN_USE")
        event(mp, leg, "FINISH")
    elif end == "CANCEL":
        event(mp, leg, "CANCEL")
    elif end == "cancelled":
        operate(mp, leg, "CANCEL")
    else:
        with time_machine.travel(factories.soon(60)):
            assert cancel_no_shows() == 1
    assert live() == 0
    assert "ancillaries" not in str(mp.get(f"/legs/{leg}").body)


@pytest.mark.parametrize(("kept", "total"), [(True, "3.50"), (False, "1.00")])
def test_its_price_is_part_of_the_fare_to_the_cent(
    mp: TompClient, station: Any, helmet: Any, kept: bool, total: str
) -> None:
    """1.00 to start, less than a started minute is none; the helmet costs 2.50 where it was kept to the end."""
    plan = factories.PricingPlanFactory(parts=[{"type": "FIXED", "amount": Decimal("1.00")}])
    asset = factories.AssetFactory(station=station, asset_type=factories.AssetTypeFactory(pricing_plan=plan))
    leg = confirmed(mp, asset)
    add(mp, leg)
    event(mp, leg, "SET_IN_USE")
    if not kept:
        remove(mp, leg)
    fare = event(mp, leg, "FINISH").body["pricing"]
    entry = JournalEntry.objects.get(booking=Booking.objects.get(pk=leg))
    assert entry.amount == Decimal(total) == sum(Decimal(str(part["amount"])) for part in fare["parts"])
    assert [part["class"] for part in fare["parts"]] == (["FARE", "ANCILLARY"] if kept else ["FARE"])


def test_it_may_be_free_of_charge(mp: TompClient, station: Any) -> None:
    stocked(station=station, price=None)
    leg = confirmed(mp, docked(station))
    assert all(part["class"] == "FARE" for part in add(mp, leg).body["pricing"]["parts"])


def test_the_database_gives_no_item_twice(mp: TompClient, station: Any, helmet: Any) -> None:
    add(mp, confirmed(mp, docked(station)))
    given = AncillaryReservation.objects.get()
    confirmed(mp, docked(station))
    other = Booking.objects.exclude(legs__reservation=given.reservation).get().legs.get().reservation
    fields = {"stock": given.stock, "ancillary": given.ancillary, "item": 1}
    overlapping = DateTimeTZRange(given.period.lower, None, "[)")
    with pytest.raises(IntegrityError, match="ancillary_is_never_given_twice"), transaction.atomic():
        AncillaryReservation.objects.create(reservation=other, period=overlapping, **fields)


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_gets_it(station: Any, helmet: Any) -> None:
    mps = [client() for _ in range(8)]
    legs = [confirmed(mp, docked(station)) for mp in mps]
    answers = at_once([lambda mp=mp, leg=leg: add(mp, leg) for mp, leg in zip(mps, legs, strict=True)])
    assert sorted(answer.status for answer in answers) == [200] + [403] * 7
    assert live() == 1
    connections.close_all()
