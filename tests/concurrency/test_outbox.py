"""Several workers at one outbox: real threads, real connections, committed rows."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from apps.bookings.models import Booking
from apps.providers.models import Provider
from apps.webhooks import claims
from apps.webhooks.delivery import deliver_due
from apps.webhooks.models import DeliveryAttempt, DeliveryState, OutboxMessage
from apps.webhooks.results import record
from apps.webhooks.sending import Outcome
from apps.webhooks.services import enqueue
from tests import factories
from tests.mp_server import MpServer, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mp_server() -> Iterator[MpServer]:
    with MpServer() as server:
        yield server


def listening(server: MpServer) -> Provider:
    """An MP whose messages go to `server`."""
    factories.OperatorFactory()
    provider = factories.ProviderFactory()
    factories.CallbackEndpointFactory(provider=provider, base_url=server.base_url)
    return provider


def write(booking: Booking, subject: str = "CANCEL") -> OutboxMessage:
    """Write a message about `booking`."""
    return enqueue(booking=booking, subject=subject, path=f"/bookings/{booking.pk}/events", body={"n": 1})


class Worker(threading.Thread):
    """Runs `work` on a database connection of its own; `finish` waits for it and raises what it raised."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self.work = work
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self.work()
        except BaseException as error:  # noqa: BLE001
            self.error = error
        finally:
            connection.close()

    def finish(self) -> None:
        """Wait for the end of the work."""
        self.join(30)
        assert not self.is_alive()
        if self.error:
            raise self.error


def all_delivered() -> bool:
    """Is nothing left in the outbox?"""
    return not OutboxMessage.objects.exclude(state=DeliveryState.DELIVERED).exists()


def test_without_claims_two_workers_send_a_message_twice(mp_server: MpServer) -> None:
    """The race is real: both look before either has marked the message as taken."""
    write(factories.BookingFactory(provider=listening(mp_server)))
    both_have_looked = threading.Barrier(2)
    taken: list[int] = []

    def take_without_locks() -> None:
        with transaction.atomic():
            now = timezone.now()
            found = list(claims.claimable(now))
            both_have_looked.wait(10)
            for message in found:
                claims._lease(message, now)
                taken.append(message.pk)

    for worker in [Worker(take_without_locks) for _ in range(2)]:
        worker.finish()

    assert len(taken) == 2
    assert len(set(taken)) == 1


def test_two_workers_never_claim_the_same_message(mp_server: MpServer) -> None:
    """The guard: while one worker's claim is not committed yet, the other passes the row by."""
    message = write(factories.BookingFactory(provider=listening(mp_server)))
    others: list[claims.Claim] = []

    with transaction.atomic():
        mine = list(claims.claim_due(limit=10))
        Worker(lambda: others.extend(claims.claim_due(limit=10))).finish()
    Worker(lambda: others.extend(claims.claim_due(limit=10))).finish()

    assert [claim.message.pk for claim in mine] == [message.pk]
    assert others == []


def test_a_row_locked_by_someone_else_holds_nobody_up(mp_server: MpServer) -> None:
    provider = listening(mp_server)
    locked = write(factories.BookingFactory(provider=provider))
    free = write(factories.BookingFactory(provider=provider))

    with transaction.atomic():
        OutboxMessage.objects.select_for_update().get(pk=locked.pk)
        Worker(deliver_due).finish()

    states = dict(OutboxMessage.objects.values_list("pk", "state"))
    assert states == {locked.pk: "PENDING", free.pk: "DELIVERED"}


def test_four_workers_deliver_each_message_once_and_in_order(mp_server: MpServer) -> None:
    provider = listening(mp_server)
    expected: dict[str, list[str]] = {}
    for _ in range(8):
        booking = factories.BookingFactory(provider=provider)
        messages = [write(booking, subject) for subject in ("PREPARE", "SET_IN_USE", "FINISH")]
        expected[f"/tomp/bookings/{booking.pk}/events"] = [str(message.key) for message in messages]
    together = threading.Barrier(4)

    def work() -> None:
        together.wait(10)
        while not all_delivered():
            deliver_due()

    for worker in [Worker(work) for _ in range(4)]:
        worker.finish()

    arrived = defaultdict(list)
    for request in mp_server.received:
        arrived[request.path].append(request.headers["Idempotency-Key"])
    assert arrived == expected
    assert DeliveryAttempt.objects.count() == 24
    assert mp_server.most_at_once <= claims.MAX_IN_FLIGHT_PER_PROVIDER


def test_an_mp_that_hangs_slows_nobody_else(mp_server: MpServer) -> None:
    with MpServer() as dead:
        hanging = listening(dead)
        dead.hang()
        for _ in range(5):
            write(factories.BookingFactory(provider=hanging))
        alive = listening(mp_server)
        for _ in range(10):
            write(factories.BookingFactory(provider=alive))

        worker = Worker(deliver_due)
        mp_server.wait_for_requests(10)
        dead.wait_for_requests(2)
        write(factories.BookingFactory(provider=alive))
        mp_server.wait_for_requests(11)

        assert len(dead.received) == claims.MAX_IN_FLIGHT_PER_PROVIDER
        wait_until(lambda: OutboxMessage.objects.filter(provider=alive, state="DELIVERED").count() == 11)
        assert not OutboxMessage.objects.filter(provider=hanging, state="DELIVERED").exists()
        dead.recover()
        worker.finish()
        assert all_delivered()
        assert len(dead.received) == 5
        assert dead.most_at_once == claims.MAX_IN_FLIGHT_PER_PROVIDER


@pytest.mark.parametrize("late", [200, 400, 500])
def test_a_lease_that_ran_out_is_taken_over_and_its_late_result_changes_nothing(mp_server: MpServer, late: int) -> None:
    message = write(factories.BookingFactory(provider=listening(mp_server)))
    (slow,) = claims.claim_due(limit=10)
    assert list(claims.claim_due(limit=10)) == [], "the lease holds"

    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        (quick,) = claims.claim_due(limit=10)
    record(slow, Outcome(status=late))
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("PENDING", 2)
    assert message.leased_until == quick.leased_until
    record(quick, Outcome(status=200))

    message.refresh_from_db()
    assert (message.state, message.leased_until) == ("DELIVERED", None)
    told = [(attempt.status, attempt.error) for attempt in message.delivery_attempts.order_by("id")]
    assert told == [
        (None, "no result: the worker stopped during this attempt"),
        (late, "late, another worker had taken over."),
        (200, ""),
    ]
