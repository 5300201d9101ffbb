"""Whatever MPs, staff and the clock do, and in whatever order: the invariants hold after every step.

An MP's call is answered as the state table says, never by a 5xx; one that is refused changes nothing.
"""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from apps.assets.models import Asset, Reservation
from apps.assets.services import change_service_state, follow_reservations
from apps.bookings import services
from apps.bookings.invariants import breaches
from apps.bookings.models import Booking
from apps.bookings.services import cancel_no_shows, expire_due
from apps.fleet.withdrawing import bookings_promised, withdraw
from apps.history.models import Transition
from apps.legs.automatic import assign_due
from apps.legs.issues import report_issue, resolve_issue
from apps.legs.models import Leg, LegEvent, LegEventType
from apps.legs.moment import Happening
from apps.legs.services import apply_event
from apps.payments.models import JournalEntry
from apps.tomp.errors import TompError
from apps.webhooks.models import OutboxMessage
from tests.property.small_fleet import BIKES, PROCESSES, SCOOTERS, SmallFleet
from tests.rides import STAFF, at
from tests.tomp_client import Answer

BEGINNING = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
# STATES, "Booking": where an MP's operation may lead. Any other leaves the booking where it is.
OPERATIONS = {
    ("PENDING", "COMMIT"): {"CONFIRMED", "CONDITIONAL_CONFIRMED"},
    ("PENDING", "CANCEL"): {"RELEASED"},
    ("CONDITIONAL_CONFIRMED", "CANCEL"): {"CANCELLED"},
    ("CONFIRMED", "CANCEL"): {"CANCELLED"},
    ("PENDING", "EXTEND_EXPIRY_TIME"): {"PENDING"},
    ("CONDITIONAL_CONFIRMED", "COMMIT"): {"CONDITIONAL_CONFIRMED"},
}
# STATES, "Leg": where an event leads, whoever sends it.
BEFORE, UNDER_WAY = ("NOT_STARTED", "PREPARING"), ("IN_USE", "PAUSED", "FINISHING")
EVENTS = {
    ("NOT_STARTED", "PREPARE"): "PREPARING",
    **{(state, "ASSIGN_ASSET"): state for state in BEFORE},
    **{(state, "SET_IN_USE"): "IN_USE" for state in (*BEFORE, "PAUSED")},
    ("IN_USE", "PAUSE"): "PAUSED",
    **{(state, "OPEN_TRUNK"): state for state in ("PREPARING", *UNDER_WAY)},
    **{(state, "TIME_POSTPONE"): state for state in BEFORE},
    **{(state, "TIME_EXTEND"): state for state in (*BEFORE, "IN_USE", "PAUSED")},
    **{(state, "START_FINISHING"): "FINISHING" for state in ("IN_USE", "PAUSED")},
    **{(state, "FINISH"): "FINISHED" for state in UNDER_WAY},
    **{(state, "CANCEL"): "CANCELLED" for state in BEFORE},
}
CONTROLLED = [kind for kind, process in PROCESSES.items() if "TO_CONTROLLED" in process.get("tripExecution", ())]
MODELS = (Booking, Leg, Asset, Reservation, LegEvent, Transition, OutboxMessage, JournalEntry)
FINGERPRINT = "SELECT md5(concat({}))".format(
    ", ".join(
        f"(SELECT string_agg(row::text, '' ORDER BY row.id) FROM {model._meta.db_table} row)"  # noqa: S608
        for model in MODELS
    )
)
REFUSALS = {400, 403, 404, 406, 409, 410, 428}

kinds = st.sampled_from(sorted(PROCESSES))
assets = st.integers(0, BIKES + SCOOTERS - 1)
travelers = st.sampled_from([1, 1, 1, 2, 3])
waits = st.sampled_from([0, 0, 15, 60, 180])
minutes = st.sampled_from([None, 30, 120])
SERVICE = ["start_maintenance", "report_missing", "return_to_service", "return_to_service"]
leg_events = st.sampled_from(sorted(LegEventType.values))


class AnyOrder(RuleBasedStateMachine):
    """MPs, staff and the clock, on a few assets. Each example is rolled back."""

    offers: Bundle[tuple[str, str]] = Bundle("offers")
    bookings: Bundle[tuple[str, str]] = Bundle("bookings")

    def __init__(self, fleet: SmallFleet) -> None:
        super().__init__()
        self.fleet = fleet
        self.put_back = ExitStack()
        self.put_back.enter_context(transaction.atomic())
        self.put_back.callback(transaction.set_rollback, True)
        self.clock = self.put_back.enter_context(time_machine.travel(BEGINNING, tick=False))
        self.followed_at = timezone.now()

    def teardown(self) -> None:
        connection.check_constraints()
        self.put_back.close()

    # What an MP does.

    @rule(target=offers, kind=kinds, asset=assets, travelers=travelers, wait=waits, minutes=minutes)
    def ask(self, kind: str, asset: int, travelers: int, wait: int, minutes: int | None) -> Any:
        plan = self.fleet.plan(kind, asset, travelers, timezone.now() + timedelta(minutes=wait), minutes)
        answer = self.called(lambda: self.fleet.mps[kind].post("/planning/offers", plan))
        assert answer.status == 201, answer
        return multiple(*((kind, option["id"]) for option in answer.body["options"]))

    @rule(target=bookings, offer=offers)
    def book(self, offer: tuple[str, str]) -> Any:
        kind, offer_id = offer
        answer = self.called(lambda: self.fleet.mps[kind].post("/bookings", {"id": offer_id}))
        return offer if answer.status == 201 else multiple()

    @rule(target=bookings, kind=kinds, asset=assets, travelers=travelers, wait=waits, minutes=minutes)
    def ask_and_book(self, kind: str, asset: int, travelers: int, wait: int, minutes: int | None) -> Any:
        found = self.ask(kind, asset, travelers, wait, minutes)
        return self.book(found.values[-1]) if found.values else found

    @rule(target=bookings, crowd=st.lists(kinds, min_size=2, max_size=5), asset=assets, wait=waits, minutes=minutes)
    def rush(self, crowd: list[str], asset: int, wait: int, minutes: int | None) -> Any:
        """All are offered what is there before the first of them books."""
        offered = [value for kind in crowd for value in self.ask(kind, asset, 1, wait, minutes).values]
        return multiple(*(value for offer in offered for value in [self.book(offer)] if isinstance(value, tuple)))

    @rule(booking=bookings, steps=st.integers(1, 5))
    def go_on(self, booking: tuple[str, str], steps: int) -> None:
        """As most rides go: committed, begun, paused or not, and ended."""
        kind, booking_id = booking
        self.operate(booking, "COMMIT")
        for leg in self.legs_of(booking_id):
            for event in ("PREPARE", "SET_IN_USE", "PAUSE", "START_FINISHING", "FINISH")[:steps]:
                happening = Happening(event=LegEventType(event), time=timezone.now())
                if kind in CONTROLLED:
                    self.done(partial(apply_event, leg_id=leg.pk, happening=happening, actor=STAFF))
                else:
                    body = {"event": event, "time": at(timezone.now())}
                    self.called(partial(self.fleet.mps[kind].post, f"/legs/{leg.pk}/events", body))

    @rule(target=bookings, asset=assets, travelers=travelers, wait=waits, minutes=minutes)
    def book_in_one_stop(self, asset: int, travelers: int, wait: int, minutes: int | None) -> Any:
        plan = self.fleet.plan("one-stop", asset, travelers, timezone.now() + timedelta(minutes=wait), minutes)
        answer = self.called(lambda: self.fleet.mps["one-stop"].post("/bookings/one-stop", plan))
        return ("one-stop", answer.body["id"]) if answer.status == 201 else multiple()

    @rule(booking=bookings, operation=st.sampled_from(["COMMIT", "CANCEL", "EXTEND_EXPIRY_TIME", "DENY"]))
    def operate(self, booking: tuple[str, str], operation: str) -> None:
        kind, booking_id = booking
        before = self.state_of(booking_id)
        path = f"/bookings/{booking_id}/events"
        answer = self.called(lambda: self.fleet.mps[kind].post(path, {"operation": operation, "extendReason": "OTHER"}))
        after = self.state_of(booking_id)
        assert after in (OPERATIONS.get((before, operation), {before}) if answer.status == 200 else {before}), answer
        if (before, operation) not in OPERATIONS:
            assert answer.status in {403, 410}, answer

    @rule(booking=bookings, event=leg_events, asset=assets, ahead=st.sampled_from([-60, 0, 20, 90]))
    def send_leg_event(self, booking: tuple[str, str], event: str, asset: int, ahead: int) -> None:
        kind, booking_id = booking
        body: dict[str, Any] = {"event": event, "time": at(timezone.now())}
        if event in ("TIME_EXTEND", "TIME_POSTPONE"):
            body["time"] = at(timezone.now() + timedelta(minutes=ahead))
        if event == "ASSIGN_ASSET":
            body["asset"] = {"id": self.fleet.public_id(asset)}
        for leg in self.legs_of(booking_id):
            booking_state, before = self.state_of(booking_id), leg.state
            path = f"/legs/{leg.pk}/events"
            answer = self.called(lambda path=path: self.fleet.mps[kind].post(path, body))
            after = Leg.objects.values_list("state", flat=True).get(pk=leg.pk)
            led_to = EVENTS.get((before, event), before) if booking_state in ("CONFIRMED", "STARTED") else before
            assert after == (led_to if answer.status == 200 else before), answer

    @rule(booking=bookings, ahead=st.sampled_from([-60, 30, 90]))
    def change_times(self, booking: tuple[str, str], ahead: int) -> None:
        """PUT: a later departure, or whatever of it may still be changed."""
        kind, booking_id = booking
        mp = self.fleet.mps[kind]
        agreed = mp.get(f"/bookings/{booking_id}").body
        asked = {**agreed, "departureTime": at(timezone.now() + timedelta(minutes=ahead))}
        self.called(lambda: mp.call("PUT", f"/bookings/{booking_id}", asked))

    @rule(booking=bookings, method=st.sampled_from(["POST", "DELETE"]))
    def subscribe(self, booking: tuple[str, str], method: str) -> None:
        kind, booking_id = booking
        self.called(lambda: self.fleet.mps[kind].call(method, f"/bookings/{booking_id}/subscription"))

    @rule(booking=bookings, kind=kinds)
    def meddle(self, booking: tuple[str, str], kind: str) -> None:
        """Another MP's booking does not exist."""
        owner, booking_id = booking
        if kind == owner:
            return
        before = fingerprint()
        cancellation = {"event": "CANCEL", "time": at(timezone.now())}
        for path, body in (
            (f"/bookings/{booking_id}/events", {"operation": "CANCEL"}),
            *((f"/legs/{leg.pk}/events", cancellation) for leg in self.legs_of(booking_id)),
        ):
            assert self.fleet.mps[kind].post(path, body).status == 404
        assert fingerprint() == before

    @rule(booking=bookings)
    def look(self, booking: tuple[str, str]) -> None:
        """Every reader sees the state of this moment, whoever has swept."""
        kind, booking_id = booking
        mp, state = self.fleet.mps[kind], self.state_of(booking_id)
        assert mp.get(f"/bookings/{booking_id}").body["state"] == state
        listed = [found["id"] for found in mp.get(f"/bookings?state={state}").body]
        assert booking_id in listed
        assert mp.get("/operator/available-assets").status == 200
        for leg in self.legs_of(booking_id):
            assert mp.get(f"/legs/{leg.pk}").body["state"] == leg.state_at(timezone.now())

    # What staff do.

    @rule(booking=bookings, verb=st.sampled_from(["commit", "deny", "cancel"]))
    def decide(self, booking: tuple[str, str], verb: str) -> None:
        service: Callable[..., Any] = getattr(services, verb)
        self.done(lambda: service(booking_id=UUID(booking[1]), actor=STAFF, reason="they said so"))

    @rule(booking=bookings, event=leg_events, asset=assets, ahead=st.sampled_from([20, 90]))
    def dispatch(self, booking: tuple[str, str], event: str, asset: int, ahead: int) -> None:
        asked = timedelta(minutes=ahead if event in ("TIME_EXTEND", "TIME_POSTPONE") else 0)
        for leg in self.legs_of(booking[1]):
            happening = Happening(
                event=LegEventType(event), time=timezone.now() + asked, asset_id=self.fleet.public_id(asset)
            )
            self.done(partial(apply_event, leg_id=leg.pk, happening=happening, actor=STAFF))

    @rule(booking=bookings, service=st.sampled_from([report_issue, resolve_issue]))
    def have_an_issue(self, booking: tuple[str, str], service: Callable[..., Any]) -> None:
        for leg in self.legs_of(booking[1]):
            self.done(partial(service, leg_id=leg.pk, actor=STAFF, reason="a flat tyre"))

    @rule(asset=assets, event=st.sampled_from(SERVICE), cancelling=st.booleans())
    def serve(self, asset: int, event: str, cancelling: bool) -> None:
        """An asset out of service, with all that was promised of it or without; or back again."""
        asset_id = self.fleet.assets[asset].pk
        if not cancelling or event == "return_to_service":
            self.done(partial(change_service_state, asset_id=asset_id, event=event, actor=STAFF, reason="it is due"))
            return
        promised = [booking.pk for booking in bookings_promised(asset_id)]
        self.done(
            partial(withdraw, asset_id=asset_id, event=event, cancelling=promised, actor=STAFF, reason="it broke")
        )

    # What the clock does.

    @rule(minutes=st.sampled_from([1, 6, 11, 20, 31, 65, 200]))
    def wait(self, minutes: int) -> None:
        self.clock.shift(timedelta(minutes=minutes))

    @rule(sweep=st.sampled_from([expire_due, cancel_no_shows, follow_reservations, assign_due]))
    def sweep(self, sweep: Callable[[], int]) -> None:
        """Once it has been there, it finds nothing more to do."""
        sweep()
        assert sweep() == 0
        if sweep is follow_reservations:
            self.followed_at = timezone.now()

    # What holds.

    @invariant()
    def every_invariant_holds(self) -> None:
        assert breaches(now=timezone.now(), followed_at=self.followed_at) == []

    def called(self, call: Callable[[], Answer]) -> Answer:
        """An answer that is a success, or a refusal of the table's that changed nothing."""
        before = fingerprint()
        answer = call()
        if answer.status >= 300:
            assert answer.status in REFUSALS, answer
            assert answer.body["errorcode"], answer
            assert fingerprint() == before, answer
        return answer

    def done(self, service: Callable[[], Any]) -> None:
        """Staff's call did what it says, or was refused and did nothing."""
        before = fingerprint()
        try:
            with transaction.atomic():
                service()
        except TompError as refusal:
            if refusal.status not in REFUSALS:
                raise
            assert fingerprint() == before

    def state_of(self, booking_id: str) -> str:
        return Booking.objects.get(pk=booking_id).state_at(timezone.now())

    def legs_of(self, booking_id: str) -> list[Leg]:
        return list(Leg.objects.select_related("booking").filter(booking=booking_id))


def fingerprint() -> str:
    """Of all that a refused call must leave as it was."""
    with connection.cursor() as cursor:
        cursor.execute(FINGERPRINT)
        (found,) = cursor.fetchone()
    return str(found)


def run(*, examples: int, steps: int) -> None:
    fleet = SmallFleet.create()
    assert Asset.objects.count() == len(fleet.assets)
    run_state_machine_as_test(
        lambda: AnyOrder(fleet),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            print_blob=True,
            phases=[Phase.reuse, Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_the_invariants_hold_after_every_step() -> None:
    run(examples=8, steps=40)


@pytest.mark.soak
@pytest.mark.django_db
def test_they_hold_after_many_more() -> None:
    run(examples=30, steps=50)
