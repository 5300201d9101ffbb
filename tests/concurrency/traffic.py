"""A busy street: travellers of many MPs over HTTP, and staff and the clock in process, all at once and at random."""

import random
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from apps.backoffice.mp_client import Answer, MpClient
from apps.bookings import services
from apps.bookings.agreement import wait_until as hold_until
from apps.bookings.models import WAITING, Booking, BookingState
from apps.legs.locks import lock_ride, ride_transaction
from apps.legs.models import Leg, LegEventType
from apps.legs.moment import Happening
from apps.legs.services import apply_event
from apps.tomp.errors import TompError
from tests.property.small_fleet import PROCESSES, SmallFleet
from tests.rides import HERE, STAFF

CONTROLLED = [kind for kind, process in PROCESSES.items() if "TO_CONTROLLED" in process.get("tripExecution", ())]
NEXT_BY_STAFF = {"NOT_STARTED": "PREPARE", "PREPARING": "SET_IN_USE", "IN_USE": "FINISH", "PAUSED": "FINISH"}
LOOKS_FOR_AN_ANSWER = 10


class Traffic:
    """Threads that go on until `stop`. `faults` is what must not have been; `counts` what was done."""

    def __init__(self, *, base_url: str, fleet: SmallFleet, seed: str) -> None:
        self.base_url = base_url
        self.fleet = fleet
        self.seed = seed
        self.stopping = threading.Event()
        self.faults: list[str] = []
        self.counts: Counter[str] = Counter()
        self.threads: list[threading.Thread] = []

    def start(self, name: str, go: Callable[[random.Random], None]) -> None:
        """Call `go` again and again in a thread with dice and a database connection of its own."""
        dice = random.Random(f"{self.seed} {name}")

        def go_on() -> None:
            try:
                while not self.stopping.is_set():
                    go(dice)
                    self.counts[name.split()[0]] += 1
            except Exception:  # noqa: BLE001
                self.faults.append(f"{name}: {traceback.format_exc()}")
            finally:
                connection.close()

        self.threads.append(threading.Thread(target=go_on, name=name, daemon=True))
        self.threads[-1].start()

    def stop(self) -> None:
        """Let every thread end what it is at."""
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive(), f"{thread.name} does not end"

    # What a traveller does, through an MP.

    def journey(self, dice: random.Random) -> None:
        """Find something, book it, and ride it, change one's mind, or forget about it."""
        kind = dice.choice(list(PROCESSES))
        mp = self.client(kind)
        plan = self.wish(mp, kind, dice)
        if plan is None:
            return
        if kind == "one-stop" and dice.random() < 0.5:
            answer = self.call(mp, "/bookings/one-stop", plan, keyed=dice.random() < 0.5)
        else:
            offers = self.call(mp, "/planning/offers", plan)
            if offers.status != 201 or not offers.body["options"]:
                return
            answer = self.book(mp, dice.choice(offers.body["options"])["id"], dice)
        if answer.status != 201:
            return
        booking_id, end = answer.body["id"], dice.choices(["ride", "cancel", "leave"], [6, 2, 2])[0]
        if answer.body["state"] == "PENDING":
            if dice.random() < 0.2:
                more_time = {"operation": "EXTEND_EXPIRY_TIME", "extendReason": "OTHER"}
                self.call(mp, f"/bookings/{booking_id}/events", more_time)
            if end == "leave" and dice.random() < 0.6:
                return
            commit = {"operation": "COMMIT"}
            self.call(mp, f"/bookings/{booking_id}/events", commit, keyed=dice.random() < 0.3)
        if end == "cancel":
            self.call(mp, f"/bookings/{booking_id}/events", {"operation": "CANCEL"})
        elif end == "ride" and kind not in CONTROLLED and self.is_answered(mp, booking_id):
            if dice.random() < 0.3:
                self.call(mp, f"/bookings/{booking_id}/subscription", {})
            for leg in answer.body["legs"]:
                self.ride(mp, leg, dice)

    def wish(self, mp: MpClient, kind: str, dice: random.Random) -> dict[str, Any] | None:
        """What to ask for: assets on the map, or places at the station; None where the map is empty."""
        start = datetime.now(UTC) + timedelta(minutes=dice.choice([0, 0, 0, 15]))
        plan: dict[str, Any] = {"from": HERE, "nrOfTravelers": dice.choice([1, 1, 1, 2])}
        plan["departureTime"] = start.isoformat()
        if dice.random() < 0.5 or kind.startswith("places"):
            plan |= {"arrivalTime": (start + timedelta(minutes=dice.choice([10, 45]))).isoformat(), "to": HERE}
        if kind.startswith("places"):
            return {**plan, "from": {"stationId": "square"}}
        answer = self.checked(mp.get("/operator/available-assets"))
        found = [asset["id"] for asset_type in answer.body for asset in asset_type.get("assets", [])]
        if not found:
            return None
        return {**plan, "useAssets": dice.sample(found, min(len(found), plan["nrOfTravelers"]))}

    def book(self, mp: MpClient, offer_id: str, dice: random.Random) -> Answer:
        """Book an offer: once, with a key and once more, or twice at the same moment."""
        book = partial(self.call, mp, "/bookings", {"id": offer_id})
        if dice.random() < 0.7:
            return book(keyed=dice.random() < 0.4)
        with ThreadPoolExecutor(2) as both:
            answers = [future.result() for future in [both.submit(book), both.submit(book)]]
        won = [answer for answer in answers if answer.status in (200, 201)]
        if any(answer.body["id"] != offer_id for answer in won):
            self.faults.append(f"one offer, two bookings: {answers}")
        self.counts["booked twice at once"] += 1
        return next((answer for answer in won if answer.status == 201), answers[0])

    def is_answered(self, mp: MpClient, booking_id: str) -> bool:
        """Is it agreed, or does it become so while one looks?"""
        for _ in range(LOOKS_FOR_AN_ANSWER):
            answer = self.checked(mp.get(f"/bookings/{booking_id}"))
            if answer.status != 200 or answer.body["state"] != "CONDITIONAL_CONFIRMED":
                return answer.status == 200 and answer.body["state"] in ("CONFIRMED", "STARTED")
            self.stopping.wait(0.3)
        return False

    def ride(self, mp: MpClient, leg: dict[str, Any], dice: random.Random) -> None:
        """From the first event to the last; now and then one is sent twice, or refused because staff intervened."""
        start = [] if leg["state"] == "IN_USE" else ["PREPARE", "SET_IN_USE"]
        pause = ["PAUSE", "SET_IN_USE"] if dice.random() < 0.5 else []
        for event in (*start, *pause, "FINISH"):
            body = {"event": event, "time": datetime.now(UTC).isoformat()}
            for _ in range(dice.choice([1, 1, 1, 2])):
                answer = self.call(mp, f"/legs/{leg['id']}/events", body, keyed=dice.random() < 0.1)
            if answer.status != 200:
                return

    def client(self, kind: str, **headers: str) -> MpClient:
        """A client of the MP of this kind."""
        mp = self.fleet.mps[kind]
        client = MpClient(base_url=self.base_url, maas_id=mp.provider.maas_id, api_key=mp.key)
        client.headers |= headers
        return client

    def call(self, mp: MpClient, path: str, body: dict[str, Any], *, keyed: bool = False) -> Answer:
        """POST; with `keyed` twice under one `Idempotency-Key`, which must be answered alike."""
        if not keyed:
            return self.checked(mp.post(path, body))
        under_a_key = MpClient(base_url=self.base_url, maas_id="", api_key="")
        under_a_key.headers = {**mp.headers, "Idempotency-Key": str(uuid4())}
        first, again = (self.checked(under_a_key.post(path, body)) for _ in range(2))
        self.counts["keyed and repeated"] += 1
        if first.status < 300 and (first.status, first.body) != (again.status, again.body):
            self.faults.append(f"one key, two answers: {first} {again}")
        return first

    def checked(self, answer: Answer) -> Answer:
        """Count an answer. None may be a 5xx, but for a 503 that tells when to come back."""
        self.counts[f"answered {answer.status}"] += 1
        if answer.status >= 500 and not (answer.status == 503 and "retry-after" in answer.headers):
            self.faults.append(str(answer))
        return answer

    # What staff and the clock do.

    def work(self, dice: random.Random) -> None:
        """One act of staff or of the clock, and a breath."""
        act = dice.choices([self.decide, self.cancel, self.dispatch, self.let_time_pass], [5, 2, 6, 3])[0]
        for service in act(dice):
            try:
                service()
            except TompError as refusal:
                self.counts[f"staff refused {refusal.status}"] += 1
                if refusal.status >= 500 and refusal.status != 503:
                    raise
        self.stopping.wait(dice.uniform(0, 0.2))

    def decide(self, dice: random.Random) -> Iterator[Callable[[], Any]]:
        """Commit to what waits for our answer, or deny it."""
        for booking_id in some(dice, BookingState.CONDITIONAL_CONFIRMED):
            verb = services.commit if dice.random() < 0.75 else services.deny
            yield partial(verb, booking_id=booking_id, actor=STAFF, reason="they said so")

    def cancel(self, dice: random.Random) -> Iterator[Callable[[], Any]]:
        """Cancel anything that is not over."""
        for booking_id in some(dice, *WAITING, BookingState.CONFIRMED, BookingState.STARTED):
            yield partial(services.cancel, booking_id=booking_id, actor=STAFF, reason="it broke")

    def dispatch(self, dice: random.Random) -> Iterator[Callable[[], Any]]:
        """The next event of a ride that staff begin and end."""
        maas_ids = [self.fleet.mps[kind].provider.maas_id for kind in CONTROLLED]
        legs = Leg.objects.filter(booking__provider__maas_id__in=maas_ids, state__in=NEXT_BY_STAFF)
        legs = legs.filter(booking__state__in=[BookingState.CONFIRMED, BookingState.STARTED])
        for leg_id, state in legs.order_by("?").values_list("pk", "state")[:1]:
            happening = Happening(event=LegEventType(NEXT_BY_STAFF[state]), time=timezone.now())
            yield partial(apply_event, leg_id=leg_id, happening=happening, actor=STAFF)

    def let_time_pass(self, dice: random.Random) -> Iterator[Callable[[], Any]]:
        """For one booking its time has come: what waits expires, who is expected is missed."""
        for booking_id in some(dice, *WAITING, BookingState.CONFIRMED):
            yield partial(be_due, booking_id)


def some(dice: random.Random, *states: str) -> list[UUID]:
    """The id of one booking in one of these states, or none."""
    found = list(Booking.objects.filter(state__in=states).values_list("pk", flat=True))
    return dice.sample(found, min(1, len(found)))


@ride_transaction
def be_due(booking_id: UUID) -> None:
    """What a booking waits for, an answer or its traveller, ends at this moment."""
    ride, now = lock_ride(booking_id), timezone.now()
    if ride.booking.state in WAITING and ride.booking.state_at(now) in WAITING:
        hold_until(ride, now)
    elif ride.booking.state == BookingState.CONFIRMED:
        ride.booking.no_show_at = now
    ride.booking.save(update_fields=["expires_at", "no_show_at"])
