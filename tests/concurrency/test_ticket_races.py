"""The last tickets, many at once. The guard is the lock on the ticket; with it off the race is real."""

import threading
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from apps.assets.models import Ticket
from apps.assets.tickets import draw, load
from apps.bookings.models import Booking
from apps.legs.models import Leg
from apps.tomp.errors import AssetTaken
from tests import factories
from tests.concurrency.test_races import at_once
from tests.profiles import client
from tests.rides import offer, operate, pending

pytestmark = pytest.mark.django_db(transaction=True)

TICKETS, CLIENTS = 3, 12


@pytest.fixture
def kind(operator: Any) -> Any:
    kind = factories.AssetTypeFactory(access_methods=["QR"])
    load(asset_type=kind, codes=[f"T-{n}" for n in range(TICKETS)])
    return kind


def test_no_more_are_confirmed_than_there_are_tickets(kind: Any) -> None:
    mp = client(booking=["ACCESS_TICKETSTOCK", "ACCESS_CODE_QR"])
    bookings = [pending(mp, factories.AssetFactory(asset_type=kind)) for _ in range(CLIENTS)]
    answers = at_once([lambda id_=id_: operate(mp, id_, "COMMIT") for id_ in bookings])
    assert sorted(answer.status for answer in answers) == [200] * TICKETS + [409] * (CLIENTS - TICKETS)
    assert {answer.body["errorcode"] for answer in answers if answer.status == 409} == {3500}
    confirmed = Booking.objects.filter(state="CONFIRMED")
    assert set(Leg.objects.filter(reservation__ticket__isnull=False).values_list("booking", flat=True)) == set(
        confirmed.values_list("pk", flat=True)
    )
    assert Booking.objects.filter(state="PENDING").count() == CLIENTS - TICKETS


def unlocked(reservation: Any, seen: threading.Barrier) -> str:
    """Give the first ticket in stock without locking it."""
    try:
        with transaction.atomic():
            ticket = Ticket.objects.filter(given_at=None).order_by("pk").first()
            assert ticket is not None
            seen.wait(timeout=30)
            Ticket.objects.filter(pk=ticket.pk, given_at=None).update(given_at=timezone.now(), reservation=reservation)
            return ticket.code
    finally:
        connections.close_all()


def reservations(kind: Any) -> list[Any]:
    mp = client(booking=["NORMAL"])
    legs = [pending(mp, factories.AssetFactory(asset_type=kind)) for _ in range(CLIENTS)]
    return [leg.reservation for leg in Leg.objects.filter(pk__in=legs).select_related("reservation")]


def test_without_the_lock_many_would_be_given_the_same(kind: Any) -> None:
    seen = threading.Barrier(CLIENTS)
    codes = at_once([lambda one=one: unlocked(one, seen) for one in reservations(kind)])
    assert codes == ["T-0"] * CLIENTS


def test_with_it_each_is_given_another(kind: Any) -> None:
    def locked(reservation: Any) -> str:
        try:
            with transaction.atomic():
                return draw(reservation, now=timezone.now()).code
        except AssetTaken:
            return "taken"
        finally:
            connections.close_all()

    codes = at_once([lambda one=one: locked(one) for one in reservations(kind)])
    assert sorted(codes) == ["T-0", "T-1", "T-2"] + ["taken"] * (CLIENTS - TICKETS)


def test_a_ticket_that_is_given_up_goes_to_who_waits_for_it(kind: Any) -> None:
    """The last one is drawn, another waits for it, and the first booking comes to nothing."""
    Ticket.objects.exclude(code="T-0").delete()
    first, second = reservations(kind)[:2]
    drawn, asked = threading.Event(), threading.Event()

    def give_up() -> None:
        try:
            with transaction.atomic():
                draw(first, now=timezone.now())
                drawn.set()
                asked.wait(timeout=2)  # the other one waits for this row by now
                transaction.set_rollback(True)
        finally:
            connections.close_all()

    thread = threading.Thread(target=give_up)
    thread.start()
    assert drawn.wait(timeout=30)
    with transaction.atomic():
        assert draw(second, now=timezone.now()).code == "T-0"
    thread.join()
    assert Ticket.objects.get().reservation == second


def test_two_at_once_of_one_offer_draw_one_ticket(kind: Any) -> None:
    mp = client(booking=["ACCESS_TICKETSTOCK", "AUTO_COMMIT"])
    id_ = offer(mp, factories.AssetFactory(asset_type=kind))
    answers = at_once([lambda: mp.post("/bookings", {"id": id_})] * 4)
    assert {answer.status for answer in answers} == {201}
    assert Ticket.objects.filter(given_at__isnull=False).count() == 1
