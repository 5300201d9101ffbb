"""A traveller who is erased or blocked while somebody books for them. The guard is the lock on the account."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any

import pytest
from django.db import connection, connections, transaction

from apps.assets.models import Asset
from apps.bookings.models import Booking
from apps.customers.models import CustomerAccount
from apps.customers.services import block
from apps.history.models import Transition
from tests import factories
from tests.concurrency.test_races import at_once
from tests.profiles import client
from tests.rides import STAFF, everything, offer
from tests.tomp_client import Answer, TompClient

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS = 12
JO = {"firstName": "Jo", "lastName": "Doe", "email": "jo@mp.example"}


def registered(mp: TompClient) -> str:
    """The id of a fresh account."""
    account: str = mp.post("/customers", JO).body["id"]
    return account


def book(mp: TompClient, wanted: str, account: str) -> Answer:
    return mp.post("/bookings", {"id": wanted, "customer": {"id": account, **JO}})


def delete(mp: TompClient, account: str) -> Answer:
    return mp.call("DELETE", f"/customers/{account}")


def closed_after(call: Callable[[], Answer]) -> Answer:
    """Call in a thread of its own, which leaves no connection behind."""
    try:
        return call()
    finally:
        connections.close_all()


def wait_for_waiting(number: int) -> None:
    """Until so many wait for a lock of this database; the test fails where that does not come."""
    deadline = monotonic() + 30
    while monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees the same activity all along
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0] == number:
                return
    raise AssertionError(f"{number} were to wait for a lock")


def test_without_the_lock_an_erased_traveller_would_be_booked_for(mp: TompClient) -> None:
    """The race is real: the account is read, erased, and booked for with all that is personal."""
    account = registered(mp)
    read, erased = threading.Event(), threading.Event()

    def make_booking() -> None:
        row = CustomerAccount.objects.get(account_id=account)
        read.set()
        assert erased.wait(30)
        factories.BookingFactory(provider=mp.provider, customer={"id": account, **JO}, customer_account=row)

    def forget() -> None:
        assert read.wait(30)
        assert delete(mp, account).status == 200
        erased.set()

    at_once([make_booking, forget])
    booking = Booking.objects.get()
    assert booking.customer is not None
    assert booking.customer["lastName"] == "Doe"
    assert booking.customer_account is not None
    assert booking.customer_account.erased_at is not None


def test_an_account_is_not_erased_while_a_booking_is_made_for_it(mp: TompClient, asset: Any) -> None:
    account, wanted = registered(mp), offer(mp, asset)
    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            Asset.objects.select_for_update().get(pk=asset.pk)  # so that the booking stops half way
            booked = pool.submit(closed_after, lambda: book(mp, wanted, account))
            wait_for_waiting(1)
            deleted = pool.submit(closed_after, lambda: delete(mp, account))
            wait_for_waiting(2)
        assert booked.result(30).status == 201
        refused = deleted.result(30)
    assert (refused.status, refused.body["errors"][0]["errorcode"]) == (403, 8004)
    assert CustomerAccount.objects.get().erased_at is None


def test_nobody_is_booked_for_who_is_being_erased(mp: TompClient, asset: Any) -> None:
    account, wanted = registered(mp), offer(mp, asset)
    before = everything()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert delete(mp, account).status == 200
            booked = pool.submit(closed_after, lambda: book(mp, wanted, account))
            wait_for_waiting(1)
        refused = booked.result(30)
    assert (refused.status, refused.body["errorcode"]) == (400, 3002)
    assert "customer.id" in refused.body["detail"]
    assert everything()[:5] == before[:5]


@pytest.mark.parametrize("way", ["POST", "PUT"])
def test_whoever_is_erased_is_booked_for_by_nobody_and_the_other_way_round(operator: Any, way: str) -> None:
    mp = client(booking=["AUTO_COMMIT"])
    account = registered(mp)
    assets = [factories.AssetFactory() for _ in range(CLIENTS)]
    if way == "POST":
        offers = [offer(mp, one) for one in assets]
        calls = [lambda wanted=wanted: book(mp, wanted, account) for wanted in offers]
    else:
        bookings = [mp.post("/bookings", {"id": offer(mp, one)}).body["id"] for one in assets]
        calls = [lambda id_=id_: mp.put(f"/bookings/{id_}", {"customer": {"id": account, **JO}}) for id_ in bookings]
    answers = at_once([*calls[:6], *[lambda: delete(mp, account)] * 6, *calls[6:]])
    booked = [answer.status for answer in (*answers[:6], *answers[12:])]
    deleted = {answer.status for answer in answers[6:12]}
    erased = CustomerAccount.objects.get().erased_at is not None
    named = Booking.objects.filter(customer__lastName="Doe")
    if erased:
        assert set(booked) == {400}
        assert deleted == {200, 404}
        assert not named.exists()
    else:
        assert set(booked) <= {200, 201}
        assert deleted == {403}
        assert named.count() == CLIENTS


def test_nobody_is_booked_for_once_blocked(operator: Any) -> None:
    mp = client(booking=["AUTO_COMMIT"])
    account = registered(mp)
    row = CustomerAccount.objects.get()
    offers = [offer(mp, factories.AssetFactory()) for _ in range(CLIENTS)]
    calls = [lambda wanted=wanted: book(mp, wanted, account) for wanted in offers]
    answers = at_once([*calls[:6], lambda: block(account=row, actor=STAFF, reason="unpaid"), *calls[6:]])
    statuses = [answer.status for answer in answers if answer is not None]
    assert set(statuses) <= {201, 428}
    blocked = Transition.objects.get(event="BLOCK")
    assert Booking.objects.count() == statuses.count(201)
    assert not Transition.objects.filter(event="HOLD", id__gt=blocked.pk).exists()
