"""Walking a journey: sending one call after the other, and checking that each answer is what TOMP says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from apps.backoffice.mp_client import Answer


class StepFailed(Exception):
    """An answer was not what TOMP says; the text names the step and what is wrong."""


@dataclass(frozen=True)
class Step:
    """A step that went well: its name, the answer, and the answer in words."""

    name: str
    answer: Answer
    summary: str


class Client(Protocol):
    """What a walk needs of an MP's client, such as `MpClient`."""

    def get(self, path: str) -> Answer:
        """GET `path`, with its query."""

    def post(self, path: str, body: dict[str, Any]) -> Answer:
        """POST `body` as JSON."""


@dataclass
class Walk:
    """One MP on its way. What is wrong is `StepFailed`, naming the step of the last call.

    `patience` is how long, in seconds, it waits for what others have to do; `waiting` is told of what for, with the
    booking's id, before the first look.
    """

    client: Client
    report: Callable[[Answer], None] = field(default=lambda answer: None)
    waiting: Callable[[str, str], None] = field(default=lambda what, booking_id: None)
    patience: float = 20.0
    _step: str = ""

    def get(self, name: str, path: str) -> Answer:
        """GET `path`, as the step `name`; it must answer 200."""
        self._step = name
        return self._received(self.client.get(path), 200)

    def post(self, name: str, path: str, body: dict[str, Any], *, status: int = 200) -> Answer:
        """POST `body` to `path`, as the step `name`; it must answer `status`."""
        self._step = name
        return self._received(self.client.post(path, body), status)

    def event(self, leg_id: str, event: str, state: str, **more: Any) -> tuple[dict[str, Any], Answer]:
        """Send a leg event; the leg it answers must be in `state`."""
        now = (datetime.now(UTC) - timedelta(milliseconds=1)).isoformat(timespec="milliseconds")
        answer = self.post(event, f"/legs/{leg_id}/events", {"time": now, "event": event, **more})
        leg = self.object(answer.body, "from", "assetType")
        self.expect(leg.get("state") == state, f"the leg is {leg.get('state')}, not {state}")
        return leg, answer

    def operation(self, booking_id: str, operation: str, state: str, **fields: str) -> tuple[dict[str, Any], Step]:
        """Send a booking operation; the booking it answers must be in `state`."""
        answer = self.post(operation, f"/bookings/{booking_id}/events", {"operation": operation, **fields})
        return self.booking(answer, state, booking_id), self.done(answer, state)

    def _received(self, answer: Answer, status: int) -> Answer:
        self.report(answer)
        if answer.status != status:
            detail = answer.body.get("detail", "") if isinstance(answer.body, dict) else ""
            self.expect(False, f"{answer.method} {answer.path} → {answer.status}, not {status}. {detail}")
        return answer

    def done(self, answer: Answer, summary: str) -> Step:
        """The step is as it should be."""
        return Step(self._step, answer, summary)

    def expect(self, holds: bool, otherwise: str) -> None:
        """Raise `StepFailed` with `otherwise` unless `holds`."""
        if not holds:
            raise StepFailed(f"{self._step}: {otherwise}")

    def items(self, answer: Answer) -> list[Any]:
        """The answer's body, which must be a list."""
        if not isinstance(answer.body, list):
            raise StepFailed(f"{self._step}: the answer is not a list")
        return answer.body

    def object(self, value: Any, *required: str) -> dict[str, Any]:
        """`value` as an object that has the required fields."""
        if not isinstance(value, dict):
            raise StepFailed(f"{self._step}: an object with {', '.join(required)} is missing")
        for name in required:
            self.expect(value.get(name) is not None, f"the field {name} is missing")
        return value

    def booking(self, answer: Answer, state: str, booking_id: str = "") -> dict[str, Any]:
        """The answer's booking, which must be in `state` and, where one is given, have this id."""
        booking = self.object(answer.body, "id", "state", "legs")
        self.expect(not booking_id or booking["id"] == booking_id, f"this is booking {booking['id']}")
        self.expect(booking["state"] == state, f"the booking is {booking['state']}, not {state}")
        return booking

    def legs(self, booking: dict[str, Any], count: int = 1) -> list[dict[str, Any]]:
        """The booking's legs, of which there must be `count`."""
        legs = booking.get("legs")
        self.expect(isinstance(legs, list) and len(legs) == count, f"the booking has not exactly {count} leg(s)")
        return [self.object(leg, "from", "assetType") for leg in legs or []]

    def moment(self, text: str) -> datetime:
        """An RFC 3339 time."""
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise StepFailed(f"{self._step}: {text} is no RFC 3339 time") from error
        self.expect(moment.tzinfo is not None, f"{text} has no time zone")
        return moment
