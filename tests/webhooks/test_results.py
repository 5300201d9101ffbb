"""What becomes of a message: delivered, tried again, parked, sent again by staff."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from django.utils.http import http_date
from pytest_django import DjangoAssertNumQueries

from apps.bookings.models import Booking
from apps.history.models import ActorKind, Transition
from apps.history.services import Actor
from apps.providers.models import Provider
from apps.tomp.errors import IllegalState, NotFound
from apps.webhooks import services
from apps.webhooks.delivery import deliver_due
from apps.webhooks.models import DeliveryState, OutboxMessage
from apps.webhooks.results import MAX_ATTEMPTS, seconds_to_wait
from tests import factories
from tests.mp_server import MpServer, Raw, Reply
from tests.webhooks.conftest import Enqueue

pytestmark = pytest.mark.django_db
STAFF = Actor(ActorKind.TO, "sanne")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def make_due() -> None:
    """Move time: every message's next attempt is due."""
    OutboxMessage.objects.update(next_attempt_at=timezone.now())


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_success_is_any_2xx(write: Enqueue, mp_server: MpServer, status: int) -> None:
    mp_server.script.append(Reply(status, body=b""))
    message = write()

    deliver_due()

    message.refresh_from_db()
    assert message.state == DeliveryState.DELIVERED


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(write: Enqueue, mp_server: MpServer, status: int) -> None:
    mp_server.script.append(Reply(status, body=b'{"title": "Busy", "detail": "come back"}'))
    message = write()
    before = timezone.now()

    assert deliver_due() == 1

    message.refresh_from_db()
    assert (message.state, message.attempts, message.leased_until) == ("PENDING", 1, None)
    assert before + timedelta(seconds=1) <= message.next_attempt_at <= timezone.now() + timedelta(seconds=5)
    attempt = message.delivery_attempts.get()
    assert (attempt.status, attempt.error) == (status, "Busy: come back")

    assert deliver_due() == 0, "it is not due yet"
    make_due()
    deliver_due()
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("DELIVERED", 2)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 403, 404, 409, 410, 422, 451])
def test_what_will_not_pass_is_parked_at_once(write: Enqueue, mp_server: MpServer, status: int) -> None:
    headers = {"Location": f"{mp_server.base_url}/elsewhere"} if status < 400 else {}
    mp_server.script.append(Reply(status, headers))
    message = write()

    deliver_due()

    message.refresh_from_db()
    assert (message.state, message.attempts) == ("FAILED", 1)
    assert message.delivery_attempts.get().status == status
    assert len(mp_server.received) == 1, "a redirect is not followed"


def test_an_mp_that_does_not_listen_is_tried_again(write: Enqueue, mp_server: MpServer) -> None:
    message = write()
    mp_server.__exit__()

    deliver_due()

    message.refresh_from_db()
    assert message.state == DeliveryState.PENDING
    attempt = message.delivery_attempts.get()
    assert attempt.status is None
    assert "refused" in attempt.error


def test_an_unreadable_answer_is_tried_again(write: Enqueue, mp_server: MpServer) -> None:
    mp_server.script.append(Raw(b"\x00\xff this is no HTTP\r\n\r\n"))
    message = write()

    deliver_due()

    message.refresh_from_db()
    assert message.state == DeliveryState.PENDING
    assert message.delivery_attempts.get().status is None


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", 1),
        ("999999", 3600),
        ("9" * 5000, 3600),
        (http_date(NOON.timestamp() + 90), 90),
        (http_date(NOON.timestamp() - 90), 1),
    ],
)
def test_retry_after_is_honoured_up_to_an_hour(asked: str, seconds: float) -> None:
    assert seconds_to_wait(3, asked, NOON) == pytest.approx(seconds)


@pytest.mark.parametrize("asked", ["", "soon", "-5", "1.5", "Sat, 99 Foo 2026 00:00:00 GMT", "٣"])
def test_a_retry_after_that_says_nothing_is_passed_over(asked: str) -> None:
    assert 1 <= seconds_to_wait(1, asked, NOON) <= 5


def test_an_mp_that_asks_for_time_gets_it(write: Enqueue, mp_server: MpServer) -> None:
    mp_server.script.append(Reply(429, {"Retry-After": "300"}))
    message = write()
    before = timezone.now()

    deliver_due()

    message.refresh_from_db()
    assert before + timedelta(seconds=300) <= message.next_attempt_at <= timezone.now() + timedelta(seconds=300)


def test_the_wait_doubles_up_to_an_hour_and_is_random() -> None:
    for attempts, longest in ((1, 5), (2, 10), (5, 80), (10, 2560), (11, 3600), (40, 3600)):
        waits = {seconds_to_wait(attempts, "", NOON) for _ in range(200)}
        assert 1 <= min(waits) < longest * 0.3
        assert longest * 0.7 < max(waits) <= longest


def test_it_is_parked_after_the_last_attempt(write: Enqueue, mp_server: MpServer) -> None:
    mp_server.always = Reply(503)
    message = write()

    for attempt in range(1, MAX_ATTEMPTS + 1):
        message.refresh_from_db()
        assert (message.state, message.attempts) == ("PENDING", attempt - 1)
        make_due()
        deliver_due()

    message.refresh_from_db()
    assert (message.state, message.attempts, message.leased_until) == ("FAILED", MAX_ATTEMPTS, None)
    assert message.delivery_attempts.count() == MAX_ATTEMPTS
    make_due()
    assert deliver_due() == 0


def test_messages_of_a_booking_arrive_one_after_the_other_in_one_call(write: Enqueue, mp_server: MpServer) -> None:
    keys = [str(write(subject).key) for subject in ("PREPARE", "SET_IN_USE", "FINISH")]

    assert deliver_due() == 3

    assert [request.headers["Idempotency-Key"] for request in mp_server.received] == keys
    assert mp_server.most_at_once == 1


def test_the_second_waits_while_the_first_fails_and_others_pass(
    write: Enqueue, mp_server: MpServer, provider: Provider
) -> None:
    mp_server.script.append(Reply(500))
    first, second = write("PREPARE"), write("FINISH")

    deliver_due()
    assert deliver_due() == 0
    other = write("CANCEL", of=factories.BookingFactory(provider=provider))
    assert deliver_due() == 1, "another booking's message does not wait"

    second.refresh_from_db()
    assert (second.state, second.attempts) == ("PENDING", 0)
    make_due()
    assert deliver_due() == 2
    keys = [request.headers["Idempotency-Key"] for request in mp_server.received]
    assert keys == [str(message.key) for message in (first, other, first, second)]


def test_a_parked_message_holds_back_none(write: Enqueue, mp_server: MpServer) -> None:
    mp_server.script.append(Reply(404))
    first, second = write("PREPARE"), write("FINISH")

    assert deliver_due() == 2

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("FAILED", "DELIVERED")


def test_an_mp_without_an_address_has_its_messages_parked_with_the_reason(provider: Provider) -> None:
    booking = factories.BookingFactory(provider=provider)
    messages = [
        services.enqueue(booking=booking, subject="CANCEL", path="/bookings/x/events", body={}) for _ in range(2)
    ]

    assert deliver_due() == 2

    for message in messages:
        message.refresh_from_db()
        assert message.state == DeliveryState.FAILED
        assert message.delivery_attempts.get().error == "The MP has no callback address."


def test_a_booking_s_own_callback_url_goes_before_the_mp_s(
    write: Enqueue, mp_server: MpServer, provider: Provider
) -> None:
    own = factories.BookingFactory(provider=provider, callback_url=f"{mp_server.base_url}/own/")
    write("CANCEL", of=own)

    deliver_due()

    assert mp_server.received[0].path == f"/tomp/own/bookings/{own.pk}/events"


def test_staff_send_a_parked_message_again(write: Enqueue, mp_server: MpServer, booking: Booking) -> None:
    mp_server.script.append(Reply(400))
    message = write()
    deliver_due()

    services.resend(message_id=message.pk, actor=STAFF, reason="the MP has repaired it")

    message.refresh_from_db()
    assert (message.state, message.attempts) == ("PENDING", 0)
    row = Transition.objects.get(booking_id=booking.pk)
    assert (row.subject_kind, row.subject_id, row.event) == ("message", str(message.pk), "RESEND")
    assert (row.from_state, row.to_state, row.actor_name) == ("FAILED", "PENDING", "sanne")
    assert row.reason == "the MP has repaired it"
    deliver_due()
    message.refresh_from_db()
    assert message.state == DeliveryState.DELIVERED
    assert [attempt.status for attempt in message.delivery_attempts.all()] == [400, 200]


@pytest.mark.parametrize("state", ["PENDING", "DELIVERED"])
def test_only_a_parked_message_is_sent_again(write: Enqueue, state: str) -> None:
    message = write()
    OutboxMessage.objects.update(state=state)
    before = OutboxMessage.objects.values().get()

    with pytest.raises(IllegalState):
        services.resend(message_id=message.pk, actor=STAFF)

    assert OutboxMessage.objects.values().get() == before
    assert not Transition.objects.exists()


def test_an_unknown_message_cannot_be_sent_again() -> None:
    with pytest.raises(NotFound):
        services.resend(message_id=1, actor=STAFF)


def test_a_sweep_with_nothing_due_is_one_statement(
    write: Enqueue, mp_server: MpServer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    write()
    OutboxMessage.objects.update(next_attempt_at=timezone.now() + timedelta(hours=1))

    with django_assert_num_queries(1):
        assert deliver_due() == 0

    assert not mp_server.received


def test_a_call_stops_at_its_limit(write: Enqueue, mp_server: MpServer) -> None:
    for _ in range(3):
        write()

    assert deliver_due(limit=2) == 2

    assert len(mp_server.received) == 2


def test_what_an_mp_says_stays_with_the_attempt_and_out_of_the_log(
    write: Enqueue, mp_server: MpServer, caplog: pytest.LogCaptureFixture
) -> None:
    mp_server.script.append(Reply(400, body=b'{"title": "Mr Jansen is no customer of ours"}'))
    message = write()
    with caplog.at_level("INFO"):
        deliver_due()
    assert message.delivery_attempts.get().error == "Mr Jansen is no customer of ours"
    (said,) = (record.msg for record in caplog.records if record.name == "apps.webhooks.results")
    assert isinstance(said, dict)
    assert (said["event"], said["status"], said["error"]) == ("delivery attempt", 400, "")
    assert "Jansen" not in caplog.text
