"""GET /bookings: an MP's own bookings, by state, time, price and asset type."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from apps.legs.models import Leg
from apps.payments.models import JournalEntry
from tests import factories
from tests.rides import at, confirmed, event, leg_that_is, operate, pending

pytestmark = pytest.mark.django_db


def ids(mp, query: str = "") -> list[str]:
    answer = mp.get(f"/bookings{query}")
    assert answer.status == 200, answer
    return [booking["id"] for booking in answer.body]


def test_an_mp_sees_its_own_bookings_newest_first(mp, stranger, operator):
    first, second = (pending(mp, factories.AssetFactory()) for _ in range(2))
    pending(stranger, factories.AssetFactory())
    assert ids(mp) == [second, first]


def test_by_the_state_every_reader_sees(mp, operator):
    waiting, gone = (pending(mp, factories.AssetFactory()) for _ in range(2))
    operate(mp, gone, "CANCEL")
    assert ids(mp, "?state=PENDING") == [waiting]
    assert ids(mp, "?state=RELEASED") == [gone]
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert ids(mp, "?state=PENDING") == []
        assert ids(mp, "?state=EXPIRED") == [waiting]


def test_by_a_time_window_they_overlap(mp, asset):
    start = timezone.now() + timedelta(hours=10)
    booking = confirmed(mp, asset, departureTime=at(start), arrivalTime=at(start + timedelta(hours=1)))

    def window(begin: timedelta, end: timedelta) -> str:
        stamps = (at(start + begin), at(start + end))
        return "?min-time={}&max-time={}".format(*(stamp.replace("+", "%2B") for stamp in stamps))

    assert ids(mp, window(timedelta(minutes=30), timedelta(hours=5))) == [booking]
    assert ids(mp, window(-timedelta(hours=1), timedelta(minutes=1))) == [booking]
    assert ids(mp, window(timedelta(hours=2), timedelta(hours=5))) == []
    assert ids(mp, window(-timedelta(hours=2), -timedelta(hours=1))) == []


def test_by_price_and_asset_type(mp, asset):
    leg = leg_that_is(mp, asset, "IN_USE")
    event(mp, leg, "FINISH")
    price = JournalEntry.objects.get().amount
    other = pending(mp, factories.AssetFactory())
    assert ids(mp, f"?min-price={price}&max-price={price}") == [leg]
    assert ids(mp, f"?min-price={price + 1}") == []
    assert ids(mp, f"?contains-asset-type={asset.asset_type.type_id}") == [leg]
    assert other not in ids(mp, "?max-price=1000")


def test_a_booking_of_two_legs_is_listed_once_at_its_own_price(mp, asset):
    booking = leg_that_is(mp, asset, "FINISHED")
    price = JournalEntry.objects.get().amount
    add_leg(Leg.objects.get(), factories.AssetFactory(asset_type=asset.asset_type))
    same_type = f"contains-asset-type={asset.asset_type.type_id}"
    assert ids(mp, f"?{same_type}") == [booking]
    assert ids(mp, f"?{same_type}&min-price={price}&max-price={price}") == [booking]
    assert ids(mp, f"?{same_type}&min-price={price + 1}") == []


def add_leg(leg, asset) -> None:
    """A second leg of the same booking, ridden with `asset`."""
    reservation = leg.reservation
    reservation.pk, reservation.asset = None, asset
    reservation.save()
    Leg.objects.create(
        booking=leg.booking,
        sequence=2,
        state=leg.state,
        asset_type=asset.asset_type,
        asset=asset,
        asset_public_id=asset.public_id,
        reservation=reservation,
        from_place=leg.from_place,
        departure_time=leg.departure_time,
        actual_departure_time=leg.actual_departure_time,
        actual_arrival_time=leg.actual_arrival_time,
        fare=leg.fare,
    )


@pytest.mark.parametrize(
    "query", ["?state=LOST", "?min-time=now", "?min-price=cheap", "?min-price=NaN", "?limit=-1", "?state=A%00"]
)
def test_a_filter_that_cannot_be_is_refused(mp, query):
    answer = mp.get(f"/bookings{query}")
    assert (answer.status, answer.body["errorcode"]) == (400, 3002)


def test_pages_cost_the_same_whatever_they_hold(mp, operator, django_assert_num_queries):
    for _ in range(5):
        pending(mp, factories.AssetFactory())
    mp.get("/bookings")
    with django_assert_num_queries(3):
        first = mp.get("/bookings?limit=2")
    assert len(first.body) == 2
    assert 'rel="next"' in first.headers["Link"]
    with django_assert_num_queries(3):
        rest = mp.get("/bookings?limit=100&offset=2")
    assert len(rest.body) == 3
    assert "Link" not in rest.headers
