"""STATES, "Booking": a test per row, and per refused transition. Refused means that nothing happened."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection
from django.utils import timezone

from apps.assets.models import Asset
from apps.bookings import services
from apps.bookings.models import Booking
from apps.history.models import Transition
from apps.legs.models import Leg
from apps.planning.models import Offer
from apps.tomp.errors import IllegalState, Missing
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.profiles import client
from tests.rides import HERE, STAFF, at, confirmed, event, everything, offer, operate, pending

pytestmark = pytest.mark.django_db


def log_of(booking_id: str) -> list[tuple[str, str, str, str]]:
    return list(
        Transition.objects.filter(booking_id=booking_id, subject_kind="booking")
        .order_by("id")
        .values_list("event", "from_state", "to_state", "actor_kind")
    )


def is_free(asset: Asset) -> bool:
    asset.refresh_from_db()
    return asset.state == "AVAILABLE" and not asset.reservations.filter(released_at=None).exists()


# --- NEW ------------------------------------------------------------------------------------------


def test_new_becomes_pending_and_freezes_the_asset(mp, asset):
    booking = pending(mp, asset)
    asset.refresh_from_db()
    assert asset.state == "RESERVED"
    reservation = asset.reservations.get(released_at=None)
    assert reservation.expires_at == Booking.objects.get(pk=booking).expires_at > timezone.now()
    assert log_of(booking) == [("HOLD", "NEW", "PENDING", "MP")]


def test_new_expires_with_its_offer(mp, asset):
    offered = offer(mp, asset)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        before = everything()
        answer = mp.post("/bookings", {"id": offered})
    assert (answer.status, answer.body["errorcode"]) == (410, 3202)
    assert everything() == before


def test_the_same_offer_again_is_the_same_booking(mp, asset):
    booking = pending(mp, asset)
    before = everything()
    again = mp.post("/bookings", {"id": booking})
    assert (again.status, again.body["id"], again.body["state"]) == (201, booking, "PENDING")
    assert everything() == before


def test_the_same_offer_after_its_booking_expired_is_gone(mp, asset):
    booking = pending(mp, asset)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        answer = mp.post("/bookings", {"id": booking})
    assert (answer.status, answer.body["errorcode"]) == (410, 3202)


def test_a_booking_needs_an_offer(mp, stranger, asset):
    foreign = offer(stranger, asset)
    before = everything()
    for unknown in (foreign, "5f0c3b62-3f22-4a6f-bd4b-0f1d4d3b9a10", "no-uuid"):
        answer = mp.post("/bookings", {"id": unknown})
        assert (answer.status, answer.body["errorcode"]) == (404, 3204)
    assert everything() == before


def test_an_asset_that_left_service_is_not_promised(mp, asset):
    offered = offer(mp, asset)
    asset.start_maintenance()
    asset.save()
    before = everything()
    answer = mp.post("/bookings", {"id": offered})
    assert (answer.status, answer.body["errorcode"]) == (409, 3500)
    assert everything() == before


def test_the_booking_limit_of_an_mp_holds(mp, asset):
    mp.provider.booking_limit = 1
    mp.provider.save()
    pending(mp, asset)
    offered = offer(mp, factories.AssetFactory())
    before = everything()
    answer = mp.post("/bookings", {"id": offered})
    assert (answer.status, answer.body["errorcode"]) == (403, 3201)
    assert everything() == before


def test_what_is_agreed_is_a_copy(mp, asset):
    booking = pending(mp, asset)
    asset.asset_type.pricing_plan.parts.update(amount=99)
    Offer.objects.all().delete()
    amounts = [part["amount"] for part in mp.get(f"/legs/{booking}").body["pricing"]["parts"]]
    assert amounts == [1.0, 0.25]


# --- PENDING --------------------------------------------------------------------------------------


def test_pending_is_confirmed_by_commit(mp, asset):
    booking = pending(mp, asset)
    answer = operate(mp, booking, "COMMIT")
    assert (answer.status, answer.body["state"]) == (200, "CONFIRMED")
    assert "Expires" not in answer.headers
    reservation = asset.reservations.get(released_at=None)
    assert reservation.expires_at is None, "the hold has become a reservation for the whole period"
    assert log_of(booking)[-1] == ("COMMIT", "PENDING", "CONFIRMED", "MP")


@pytest.mark.parametrize("origin", ["MP", "END_USER"])
def test_pending_is_released_by_cancel(mp, asset, origin):
    booking = pending(mp, asset)
    assert operate(mp, booking, "CANCEL", origin=origin).body["state"] == "RELEASED"
    assert is_free(asset)
    assert log_of(booking)[-1] == ("RELEASE", "PENDING", "RELEASED", origin)
    assert Leg.objects.get(pk=booking).state == "CANCELLED"
    assert not OutboxMessage.objects.exists()


def test_pending_expires_by_the_clock(mp, asset):
    booking = pending(mp, asset)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert services.expire_due() == 1
        assert services.expire_due() == 0
    assert log_of(booking)[-1] == ("EXPIRE", "PENDING", "EXPIRED", "CLOCK")
    assert is_free(asset)


def test_pending_has_expired_for_everyone_before_any_worker_came_by(mp, stranger, asset):
    booking = pending(mp, asset)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        seen = mp.get(f"/bookings/{booking}").body
        assert (seen["state"], seen["legs"][0]["state"]) == ("EXPIRED", "CANCELLED")
        before = everything()
        for operation in ("COMMIT", "CANCEL"):
            answer = operate(mp, booking, operation)
            assert (answer.status, answer.body["errorcode"]) == (403, 3004)
        assert event(mp, booking, "PREPARE").status == 403
        assert everything() == before
        taken_over = pending(stranger, asset)
        services.expire_due()
        assert Booking.objects.get(pk=booking).state == "EXPIRED"
        asset.refresh_from_db()
        assert asset.state == "RESERVED", "the late sweep does not free what someone else holds by now"
        assert stranger.get(f"/bookings/{taken_over}").body["state"] == "PENDING"


def test_nothing_expires_early(mp, asset):
    booking = pending(mp, asset)
    with time_machine.travel(timezone.now() + timedelta(minutes=9)):
        assert services.expire_due() == 0
    assert mp.get(f"/bookings/{booking}").body["state"] == "PENDING"


# --- CONFIRMED ------------------------------------------------------------------------------------


def test_confirmed_is_started_by_the_first_set_in_use(mp, asset):
    booking = confirmed(mp, asset)
    event(mp, booking, "SET_IN_USE")
    assert mp.get(f"/bookings/{booking}").body["state"] == "STARTED"
    assert log_of(booking)[-1] == ("START", "CONFIRMED", "STARTED", "MP")


@pytest.mark.parametrize("origin", ["MP", "END_USER", None])
def test_confirmed_is_cancelled_by_the_mp(mp, asset, origin):
    booking = confirmed(mp, asset)
    answer = operate(mp, booking, "CANCEL", **({"origin": origin} if origin else {}))
    assert answer.body["state"] == "CANCELLED"
    assert is_free(asset)
    assert log_of(booking)[-1] == ("CANCEL", "CONFIRMED", "CANCELLED", origin or "MP")
    assert not OutboxMessage.objects.exists()


def test_confirmed_is_cancelled_by_staff_and_the_mp_is_told(mp, asset):
    booking = confirmed(mp, asset)
    services.cancel(booking_id=booking, actor=STAFF, reason="flat tyre")
    assert mp.get(f"/bookings/{booking}").body["state"] == "CANCELLED"
    assert is_free(asset)
    message = OutboxMessage.objects.get()
    assert (message.method, message.path) == ("POST", f"/bookings/{booking}/events")
    assert message.body == {"operation": "CANCEL", "origin": "TO", "reason": "flat tyre"}
    last = Transition.objects.filter(booking_id=booking, subject_kind="booking").latest("id")
    assert (last.actor_kind, last.actor_name, last.reason) == ("TO", "dispatcher", "flat tyre")


def test_a_cancellation_that_cannot_be_told_did_not_happen(mp, asset):
    """State, log, reservation and message are one transaction: where one fails, none of them happened."""
    booking = confirmed(mp, asset)
    before = everything()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE webhooks_outboxmessage ADD CONSTRAINT full_up CHECK (subject = '') NOT VALID")
    with pytest.raises(IntegrityError, match="full_up"):
        services.cancel(booking_id=booking, actor=STAFF, reason="flat tyre")
    assert everything() == before


def test_confirmed_is_cancelled_when_nobody_came(mp, asset):
    booking = confirmed(mp, asset)
    with time_machine.travel(timezone.now() + timedelta(minutes=14)):
        assert services.cancel_no_shows() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert services.cancel_no_shows() == 1
        assert services.cancel_no_shows() == 0
    assert log_of(booking)[-1] == ("CANCEL", "CONFIRMED", "CANCELLED", "CLOCK")
    assert is_free(asset)
    notified, cancelled = OutboxMessage.objects.order_by("id")
    assert (notified.path, notified.body["type"]) == (f"/bookings/{booking}/notifications", "USER_NO_SHOW")
    assert cancelled.body == {"operation": "CANCEL", "origin": "TO", "reason": "nobody came"}


def test_who_has_come_is_no_no_show(mp, asset):
    booking = confirmed(mp, asset)
    event(mp, booking, "SET_IN_USE")
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        before = everything()
        assert services.cancel_no_shows() == 0
        assert everything() == before


def test_one_booking_that_cannot_be_expired_does_not_stop_the_others(mp, operator):
    broken, fine = (pending(mp, factories.AssetFactory()) for _ in range(2))
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE history_transition "
            f"ADD CONSTRAINT stuck CHECK (booking_id <> '{broken}' OR event <> 'EXPIRE') NOT VALID"
        )
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert services.expire_due() == 1
    assert Booking.objects.get(pk=fine).state == "EXPIRED"


def test_staff_say_why_they_cancel(mp, asset):
    booking = confirmed(mp, asset)
    before = everything()
    with pytest.raises(Missing, match="reason"):
        services.cancel(booking_id=booking, actor=STAFF)
    assert everything() == before


def test_staff_can_end_a_hold_and_the_mp_is_told(mp, asset):
    booking = pending(mp, asset)
    services.cancel(booking_id=booking, actor=STAFF, reason="needed elsewhere")
    assert mp.get(f"/bookings/{booking}").body["state"] == "RELEASED"
    assert is_free(asset)
    assert OutboxMessage.objects.get().body["operation"] == "CANCEL"


# --- STARTED --------------------------------------------------------------------------------------


def test_started_is_finished_with_its_last_leg(mp, asset):
    booking = confirmed(mp, asset)
    event(mp, booking, "SET_IN_USE")
    event(mp, booking, "FINISH")
    assert mp.get(f"/bookings/{booking}").body["state"] == "FINISHED"
    assert log_of(booking)[-1] == ("FINISH", "STARTED", "FINISHED", "MP")


def test_started_is_cancelled_by_the_support_desk(mp, asset):
    booking = confirmed(mp, asset)
    event(mp, booking, "SET_IN_USE")
    services.cancel(booking_id=booking, actor=STAFF, reason="accident")
    seen = mp.get(f"/bookings/{booking}").body
    assert (seen["state"], seen["legs"][0]["state"]) == ("CANCELLED", "CANCELLED")
    public_id = asset.public_id
    assert is_free(asset)
    assert asset.public_id != public_id, "a trip has ended"
    leg = Leg.objects.get(pk=booking)
    assert leg.actual_arrival_time is not None
    assert mp.get(f"/legs/{booking}/progress").body["duration"] < 60_000
    assert OutboxMessage.objects.get().body["operation"] == "CANCEL"


def test_started_is_not_cancelled_without_a_reason(mp, asset):
    booking = confirmed(mp, asset)
    event(mp, booking, "SET_IN_USE")
    before = everything()
    with pytest.raises(Missing, match="reason"):
        services.cancel(booking_id=booking, actor=STAFF)
    assert everything() == before


def test_started_is_not_cancelled_by_the_mp(mp, asset):
    booking = confirmed(mp, asset)
    event(mp, booking, "SET_IN_USE")
    before = everything()
    answer = operate(mp, booking, "CANCEL")
    assert (answer.status, answer.body["errorcode"]) == (403, 3203)
    assert everything() == before


# --- refused --------------------------------------------------------------------------------------


def bring_to(mp, asset, state: str) -> str:
    booking = pending(mp, asset)
    if state == "RELEASED":
        operate(mp, booking, "CANCEL")
    elif state not in {"EXPIRED", "PENDING"}:
        operate(mp, booking, "COMMIT")
    if state == "CANCELLED":
        operate(mp, booking, "CANCEL")
    if state in {"STARTED", "FINISHED"}:
        event(mp, booking, "SET_IN_USE")
    if state == "FINISHED":
        event(mp, booking, "FINISH")
    if state == "EXPIRED":
        with time_machine.travel(timezone.now() + timedelta(minutes=11)):
            services.expire_due()
    assert mp.get(f"/bookings/{booking}").body["state"] == state
    return booking


@pytest.mark.parametrize(
    ("state", "operation"),
    [
        *[(state, "COMMIT") for state in ("CONFIRMED", "STARTED", "FINISHED", "CANCELLED", "RELEASED", "EXPIRED")],
        *[(state, "CANCEL") for state in ("FINISHED", "CANCELLED", "RELEASED", "EXPIRED")],
        *[(state, "DENY") for state in ("PENDING", "CONFIRMED", "FINISHED")],
        *[(state, "EXTEND_EXPIRY_TIME") for state in ("CONFIRMED", "STARTED", "FINISHED", "CANCELLED", "RELEASED")],
    ],
)
def test_an_operation_that_does_not_fit_is_refused(mp, asset, state, operation):
    booking = bring_to(mp, asset, state)
    before = everything()
    answer = operate(mp, booking, operation, extendReason="OTHER")
    assert (answer.status, answer.body["errorcode"]) == (403, 3004)
    assert operation in answer.body["detail"]
    assert everything() == before


@pytest.mark.parametrize("state", ["FINISHED", "CANCELLED", "RELEASED", "EXPIRED"])
def test_staff_cannot_cancel_what_is_over(mp, asset, state):
    booking = bring_to(mp, asset, state)
    before = everything()
    with pytest.raises(IllegalState, match=state):
        services.cancel(booking_id=booking, actor=STAFF, reason="why not")
    assert everything() == before


def test_an_mp_does_not_act_for_the_operator(mp, asset):
    booking = pending(mp, asset)
    before = everything()
    answer = operate(mp, booking, "CANCEL", origin="TO")
    assert (answer.status, answer.body["errorcode"]) == (400, 3002)
    assert everything() == before


def test_another_mps_booking_does_not_exist(mp, stranger, asset):
    booking = confirmed(mp, asset)
    before = everything()
    unknown = stranger.get("/bookings/5f0c3b62-3f22-4a6f-bd4b-0f1d4d3b9a10").body
    for answer in (
        stranger.get(f"/bookings/{booking}"),
        operate(stranger, booking, "CANCEL"),
        operate(stranger, booking, "COMMIT"),
    ):
        assert (answer.status, answer.body["errorcode"]) == (404, 3204)
        assert {**answer.body, "instance": ""} == {**unknown, "instance": ""}
    assert everything() == before


def test_a_booking_returns_what_it_was_given(mp, asset):
    booking = mp.post(
        "/bookings",
        {
            "id": offer(mp, asset),
            "extraInfo": {"ours": {"nested": None}},
            "customer": {"id": "c-1", "firstName": "Test", "unknown": 1},
            "to": HERE,
            "from": None,
        },
    ).body
    assert booking["extraInfo"] == {"ours": {"nested": None}}
    assert booking["customer"] == {"id": "c-1", "firstName": "Test"}
    assert booking["to"]["coordinates"] == HERE["coordinates"]


def test_what_was_offered_and_would_be_over_is_not_booked(operator, asset):
    mp = client(booking=["AUTO_COMMIT"], settings={"offerMinutes": 60})
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        wanted = offer(mp, asset, arrivalTime=at(start + timedelta(minutes=10)))
        clock.shift(timedelta(minutes=11))
        before = everything()
        answer = mp.post("/bookings", {"id": wanted})
        assert (answer.status, answer.body["errorcode"]) == (410, 3202)
        assert everything() == before


def test_an_offer_is_valid_until_the_ride_would_be_over_at_most(operator, asset):
    mp = client(settings={"offerMinutes": 60})
    arrival = timezone.now() + timedelta(minutes=10)
    answer = mp.post("/planning/offers", {"from": HERE, "useAssets": [asset.public_id], "arrivalTime": at(arrival)})
    assert datetime.fromisoformat(answer.body["validUntil"]) == arrival
