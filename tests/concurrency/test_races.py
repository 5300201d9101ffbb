"""Two at once: many clients, real threads, real connections. Each race comes with what ends it.

The guard is the order of locks in `apps.legs.locks` and the constraint `reservation_asset_never_overlaps`.
"""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from apps.assets.models import Reservation
from apps.bookings import services
from apps.bookings.models import Booking
from apps.history.models import ActorKind, Transition
from apps.history.services import Actor
from apps.tomp.errors import TompError
from tests import factories
from tests.rides import confirmed, event, leg_that_is, offer, operate, pending
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS = 32


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Run all calls from the same instant, each in a thread with a connection of its own."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            barrier.wait(timeout=30)
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def outcome(call: Callable[[], Any]) -> str:
    """`ok`, or the name of the domain error a service raised."""
    try:
        call()
    except TompError as error:
        return type(error).__name__
    return "ok"


def test_one_of_32_clients_gets_the_asset(operator, asset):
    clients = [TompClient(factories.ProviderFactory()) for _ in range(CLIENTS)]
    offers = [offer(client, asset) for client in clients]
    answers = at_once(
        [lambda c=client, o=id_: c.post("/bookings", {"id": o}) for client, id_ in zip(clients, offers, strict=True)]
    )
    assert Counter(answer.status for answer in answers) == {201: 1, 409: CLIENTS - 1}
    assert {answer.body["errorcode"] for answer in answers if answer.status == 409} == {3500}
    assert asset.reservations.filter(released_at=None).count() == 1
    assert Booking.objects.count() == 1
    assert Transition.objects.filter(subject_kind="asset", to_state="RESERVED").count() == 1


def test_without_the_service_the_constraint_alone_lets_one_through(operator, asset):
    """The race is real where nobody locks: all 32 see the asset free, and the database refuses 31 of them."""
    seen = threading.Barrier(CLIENTS)

    def grab() -> str:
        free = not Reservation.objects.filter(asset=asset, released_at=None).exists()
        seen.wait(timeout=30)
        try:
            with transaction.atomic():
                period = DateTimeTZRange(timezone.now(), None)
                Reservation.objects.create(asset_type=asset.asset_type, asset=asset, period=period)
        except (IntegrityError, OperationalError):  # refused, or the victim of two who wait for each other
            return f"free: {free}, refused"
        return f"free: {free}, promised"

    outcomes = Counter(at_once([grab] * CLIENTS))
    assert outcomes == {"free: True, promised": 1, "free: True, refused": CLIENTS - 1}


def test_without_the_constraint_the_asset_would_be_promised_often(operator, asset):
    """The same with the guard off: the constraint is what ends the race."""
    seen = threading.Barrier(8)

    def grab() -> None:
        assert not Reservation.objects.filter(asset=asset, released_at=None).exists()
        seen.wait(timeout=30)
        Reservation.objects.create(
            asset_type=asset.asset_type, asset=asset, period=DateTimeTZRange(timezone.now(), None)
        )

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'reservation_asset_never_overlaps'"
        )
        (definition,) = cursor.fetchone()
        cursor.execute("ALTER TABLE assets_reservation DROP CONSTRAINT reservation_asset_never_overlaps")
    try:
        at_once([grab] * 8)
        assert Reservation.objects.filter(released_at=None).count() == 8
    finally:
        Reservation.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                f"ALTER TABLE assets_reservation ADD CONSTRAINT reservation_asset_never_overlaps {definition}"
            )


def test_the_same_offer_posted_by_32_threads_is_one_booking(mp, asset):
    id_ = offer(mp, asset)
    answers = at_once([lambda: mp.post("/bookings", {"id": id_})] * CLIENTS)
    assert {(answer.status, answer.body["id"], answer.body["state"]) for answer in answers} == {(201, id_, "PENDING")}
    assert Booking.objects.count() == 1
    assert Transition.objects.filter(event="HOLD").count() == 1


def test_commit_against_expiry_has_one_winner(mp, asset):
    for _ in range(5):
        booking = pending(mp, asset)
        deadline = timezone.now() + timedelta(milliseconds=60)
        Booking.objects.filter(pk=booking).update(expires_at=deadline)
        Reservation.objects.filter(leg=booking).update(expires_at=deadline)
        clock = threading.Event()

        def sweep(booking: str = booking, clock: threading.Event = clock) -> str:
            until = timezone.now() + timedelta(seconds=5)
            while timezone.now() < until and not clock.wait(0.001):
                if services.expire_due():
                    return "expired"
                if Booking.objects.get(pk=booking).state != "PENDING":
                    return "too late"
            return "never due"

        def commit(booking: str = booking, deadline: Any = deadline) -> str:
            wait = (deadline - timezone.now()).total_seconds() - 0.01
            threading.Event().wait(max(wait, 0))
            return outcome(lambda: services.commit(booking_id=booking, actor=Actor(ActorKind.MP, "mp")))

        outcomes = Counter(at_once([sweep] * (CLIENTS // 2) + [commit] * (CLIENTS // 2)))
        won_by_commit, won_by_sweep = outcomes["ok"], outcomes["expired"]
        assert won_by_commit + won_by_sweep == 1, outcomes
        state = Booking.objects.get(pk=booking).state
        assert state == ("CONFIRMED" if won_by_commit else "EXPIRED")
        story = Transition.objects.filter(booking_id=booking, subject_kind="booking")
        assert story.filter(event__in=["COMMIT", "EXPIRE"]).count() == 1
        assert asset.reservations.filter(released_at=None).count() == won_by_commit
        if won_by_commit:
            operate(mp, booking, "CANCEL")


def test_without_the_lock_cancel_and_set_in_use_would_both_win(mp, asset):
    """The race is real: whoever only reads the state first sees CONFIRMED, and both write."""
    booking = confirmed(mp, asset)
    seen = threading.Barrier(2)

    def write(state: str) -> bool:
        allowed = Booking.objects.get(pk=booking).state == "CONFIRMED"
        seen.wait(timeout=30)
        if allowed:
            Booking.objects.filter(pk=booking).update(state=state)
        return allowed

    assert at_once([lambda: write("CANCELLED"), lambda: write("STARTED")]) == [True, True]


def test_cancel_against_set_in_use_has_one_winner(mp, asset):
    for _ in range(3):
        booking = confirmed(mp, asset)
        cancels = [lambda b=booking: operate(mp, b, "CANCEL")] * (CLIENTS // 2)
        rides = [lambda b=booking: event(mp, b, "SET_IN_USE")] * (CLIENTS // 2)
        answers = at_once(cancels + rides)
        cancelled = [answer for answer in answers[: CLIENTS // 2] if answer.status == 200]
        ridden = [answer for answer in answers[CLIENTS // 2 :] if answer.status == 200]
        state = Booking.objects.get(pk=booking).state
        asset.refresh_from_db()
        if state == "CANCELLED":
            assert (len(cancelled), len(ridden), asset.state) == (1, 0, "AVAILABLE")
        else:
            assert state == "STARTED"
            assert (len(cancelled), len(ridden), asset.state) == (0, CLIENTS // 2, "IN_USE")
            assert Transition.objects.filter(booking_id=booking, to_state="IN_USE").count() == 1
            event(mp, booking, "FINISH")


def test_two_legs_swapping_towards_each_others_assets_do_not_deadlock(mp, operator):
    """ASSIGN_ASSET locks assets before bookings, in the order of their keys: nobody waits in a circle."""
    one = factories.AssetFactory()
    two, three, four = (factories.AssetFactory(asset_type=one.asset_type) for _ in range(3))
    legs = [confirmed(mp, one), confirmed(mp, two)]
    targets = [three, four, one, two]
    answers = at_once(
        [
            lambda leg=leg, target=target: event(mp, leg, "ASSIGN_ASSET", asset={"id": target.public_id})
            for leg in legs
            for target in targets
            for _ in range(4)
        ]
    )
    assert {answer.status for answer in answers} <= {200, 409}
    live = Reservation.objects.filter(released_at=None).values_list("asset", flat=True)
    assert len(live) == len(set(live)) == 2


def test_finish_from_32_threads_is_charged_once(mp, asset):
    leg = leg_that_is(mp, asset, "IN_USE")
    answers = at_once([lambda: event(mp, leg, "FINISH")] * CLIENTS)
    assert {(answer.status, answer.body["state"]) for answer in answers} == {(200, "FINISHED")}
    assert Booking.objects.get(pk=leg).journal_entries.count() == 1
