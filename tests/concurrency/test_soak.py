"""A minute in which everything happens at once, on a real installation whose worker is killed again and again.

`SOAK_SECONDS` says how long (60), `SOAK_SEED` which dice are thrown; threads still meet each other as they like.
"""

import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from apps.assets.services import follow_reservations
from apps.backoffice.mp_client import Unreachable
from apps.bookings.invariants import breaches
from apps.bookings.models import WAITING, Booking, BookingState
from apps.webhooks.models import DeliveryAttempt, DeliveryState, OutboxMessage
from tests import factories
from tests.backoffice.running_up import free_port
from tests.concurrency.installation import BEAT, WEB, WORKER, running
from tests.concurrency.traffic import Traffic
from tests.mp_server import Answer, MpServer, Raw, Reply, wait_until
from tests.property.small_fleet import SmallFleet

SECONDS = float(os.environ.get("SOAK_SECONDS", "60"))
SEED = os.environ.get("SOAK_SEED") or str(random.SystemRandom().randrange(1_000_000))
TRAVELLERS, STAFF_MEMBERS = 8, 2
BIKES, SCOOTERS = 16, 8
QUIET_SECONDS = 120
# A second in arriving, byte by byte.
SLOW = Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", pause=0.025)


def moods(dice: random.Random) -> Iterator[Answer]:
    """How an MP answers: mostly well; else it fails, asks to come back, is slow, or hangs up."""
    answers = [Reply(), Reply(500), Reply(503, {"Retry-After": "1"}), SLOW, Raw(b"")]
    return iter(dice.choices(answers, [66, 5, 4, 20, 5], k=20_000))


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_doubled_or_oversold_while_the_worker_is_killed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f"\nSOAK_SEED={SEED} SOAK_SECONDS={SECONDS:g}")
    port = free_port()
    web = [*WEB, "--port", str(port), "--workers", "2", "--blocking-threads", "8"]
    fleet = SmallFleet.create(bikes=BIKES, scooters=SCOOTERS)
    traffic = Traffic(base_url=f"http://127.0.0.1:{port}/tomp", fleet=fleet, seed=SEED)
    with (
        MpServer() as mp_server,
        running(web, tmp_path, DATABASE_POOL_SIZE="8"),
        running(BEAT, tmp_path),
    ):
        for mp in fleet.mps.values():
            factories.CallbackEndpointFactory(provider=mp.provider, base_url=mp_server.base_url)
        mp_server.script.extend(moods(random.Random(f"{SEED} moods")))
        wait_until(lambda: answers(traffic), seconds=60)
        kills = rush_hour(traffic, tmp_path)
        mp_server.script.clear()
        with running(WORKER, tmp_path):
            wait_until(is_quiet, seconds=QUIET_SECONDS)
        follow_reservations()
        found = breaches(now=timezone.now(), followed_at=timezone.now())
        arrived = [request.headers["Idempotency-Key"] for request in mp_server.received]
        with capsys.disabled():
            tell(traffic, kills, arrived)
        assert traffic.faults == []

    assert found == []
    check_arrivals(arrived)
    # Else it would have shown nothing.
    assert kills >= SECONDS // 20
    assert OutboxMessage.objects.exists()
    assert Booking.objects.filter(state=BookingState.FINISHED).exists()
    assert Booking.objects.filter(state=BookingState.EXPIRED).exists()


def answers(traffic: Traffic) -> bool:
    """Does the site answer, with its database and its broker?"""
    try:
        return traffic.client("normal").get("/operator/ping").status == 200
    except Unreachable:
        return False


def rush_hour(traffic: Traffic, folder: Path) -> int:
    """Let the traffic flow for `SECONDS`, killing one worker after the other; how many were killed."""
    for number in range(TRAVELLERS):
        traffic.start(f"journeys {number}", traffic.journey)
    for number in range(STAFF_MEMBERS):
        traffic.start(f"staff {number}", traffic.work)
    dice, end, kills = random.Random(f"{SEED} killer"), time.monotonic() + SECONDS, 0
    try:
        while (left := end - time.monotonic()) > 0:
            with running(WORKER, folder) as worker:
                traffic.stopping.wait(min(left, dice.uniform(4, 15)))
                assert worker.poll() is None, "the worker ended by itself"
            kills += 1
    finally:
        traffic.stop()
    return kills


def is_quiet() -> bool:
    """Has everything been sent, and every expiry been written down? An MP's failures are not waited out."""
    now = timezone.now()
    pending = OutboxMessage.objects.filter(state=DeliveryState.PENDING)
    pending.filter(leased_until=None, next_attempt_at__gt=now).update(next_attempt_at=now)
    due = Booking.objects.filter(state__in=WAITING, expires_at__lte=now)
    missed = Booking.objects.filter(state=BookingState.CONFIRMED, no_show_at__lte=now)
    return not (pending.exists() or due.exists() or missed.exists())


def check_arrivals(arrived: list[str]) -> None:
    """All that was written arrived, nothing else did, and per booking in the order in which it was written."""
    written = {str(message.key): message for message in OutboxMessage.objects.order_by("id")}
    assert {message.state for message in written.values()} == {DeliveryState.DELIVERED}
    assert set(arrived) - set(written) == set(), "arrived, but never written"
    assert set(written) - set(arrived) == set(), "delivered, but never arrived"
    of_booking = defaultdict(list)
    for key in dict.fromkeys(arrived):
        of_booking[written[key].booking_id].append(written[key].pk)
    out_of_order = {booking: ids for booking, ids in of_booking.items() if booking and ids != sorted(ids)}
    assert out_of_order == {}


def tell(traffic: Traffic, kills: int, arrived: list[str]) -> None:
    """What was done, in figures."""
    print(f"kills {kills}; messages {len(set(arrived))}, arrived again {len(arrived) - len(set(arrived))}")
    cut_off = DeliveryAttempt.objects.filter(error__startswith="no result").count()
    print(f"deliveries tried {DeliveryAttempt.objects.count()}, of these cut off by a kill {cut_off}")
    print("calls and acts:", dict(sorted(traffic.counts.items())))
    states = Counter(Booking.objects.values_list("provider__maas_id", "state"))
    for maas_id in sorted({maas_id for maas_id, _ in states}):
        print(f"bookings of {maas_id}:", {state: n for (of, state), n in sorted(states.items()) if of == maas_id})
