"""The journey's calls, as an MP makes them: through the whole of the web application, in this process."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.assets.models import Asset
from apps.backoffice.benchmark.contents import BOX

PAGE = 50
# Calls that are made and not counted: the first ones fill the caches of this process and of its connection.
UNCOUNTED = 5


class CallFailed(Exception):
    """A call was not answered as the journey needs it."""


@dataclass
class Figures:
    """What one call took, each time it was made."""

    statements: list[int] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)


class Mp:
    """Plays the MP and takes down what each call takes."""

    def __init__(self, *, maas_id: str, key: str) -> None:
        self.client = Client(raise_request_exception=True, SERVER_NAME="localhost")
        self.headers = {
            "Accept-Language": "en",
            "Api": "TOMP",
            "Api-Version": "1.6.1",
            "maas-id": maas_id,
            "X-API-Key": key,
        }
        self.figures: dict[str, Figures] = {}

    def call(self, name: str, method: str, path: str, body: Any = None) -> Any:
        """Make a call, and take down its figures under `name`; returns the body. Raises `CallFailed`."""
        content = b"" if body is None else json.dumps(body).encode()
        with counted() as statements:
            start = time.perf_counter()
            answer = self.client.generic(
                method, f"/tomp{path}", content, content_type="application/json", headers=self.headers
            )
            milliseconds = (time.perf_counter() - start) * 1000
        if answer.status_code not in {200, 201}:
            raise CallFailed(f"{name}: {answer.status_code} {answer.content.decode()}")
        figures = self.figures.setdefault(name, Figures())
        figures.statements.append(statements())
        figures.milliseconds.append(milliseconds)
        return json.loads(answer.content)

    def book(self, asset: Asset) -> str:
        """Find the asset on the map and book it; returns the id of the booking, which is PENDING."""
        box = ",".join(map(str, (BOX[0], BOX[2], BOX[1], BOX[3])))
        self.call("available-assets", "GET", f"/operator/available-assets?boundingbox={box}")
        here = {"coordinates": {"lat": asset.latitude, "lng": asset.longitude}}
        offers = self.call("offers", "POST", "/planning/offers", {"from": here, "useAssets": [asset.public_id]})
        id_: str = offers["options"][0]["id"]
        self.call("book", "POST", "/bookings", {"id": id_})
        return id_

    def ride(self, booking: str) -> None:
        """Go from the PENDING booking to the end of its ride."""
        self.call("COMMIT", "POST", f"/bookings/{booking}/events", {"operation": "COMMIT"})
        for event in ("PREPARE", "SET_IN_USE", "START_FINISHING", "FINISH"):
            body = {"time": timezone.now().isoformat(), "event": event}
            self.call(event, "POST", f"/legs/{booking}/events", body)

    def look_back(self, booking: str) -> None:
        """Read the booking, and a page of bookings and of the journal."""
        self.call("booking", "GET", f"/bookings/{booking}")
        self.call("bookings, a page", "GET", f"/bookings?limit={PAGE}")
        self.call("journal, a page", "GET", f"/payment/journal-entry?limit={PAGE}")


@dataclass
class Cost:
    """What a call costs: the most statements it took, and the lowest median of a round in milliseconds."""

    statements: int
    milliseconds: float

    def with_round(self, other: "Cost") -> "Cost":
        """The cost as another round shows it too."""
        return Cost(max(self.statements, other.statements), min(self.milliseconds, other.milliseconds))


def one_round(*, maas_id: str, key: str, calls: int, skipping: int) -> dict[str, Cost]:
    """Go through the journey `calls` times, each time with another asset, `skipping` so many; what each call costs."""
    mp = Mp(maas_id=maas_id, key=key)
    number = Asset.objects.count()
    for time_of in range(UNCOUNTED + calls):
        if time_of == UNCOUNTED:
            mp.figures = {}
        booking = mp.book(Asset.objects.order_by("pk")[(skipping + time_of) % number])
        mp.ride(booking)
        mp.look_back(booking)
    return {name: Cost(max(one.statements), median(one.milliseconds)) for name, one in mp.figures.items()}


@contextmanager
def counted() -> Iterator[Callable[[], int]]:
    """How many SQL statements were made meanwhile."""
    number = 0

    def count(execute: Callable[..., Any], *args: Any) -> Any:
        nonlocal number
        number += 1
        return execute(*args)

    with connection.execute_wrapper(count):
        yield lambda: number
