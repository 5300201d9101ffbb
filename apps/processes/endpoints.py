"""Which endpoints of the TOMP-API 1.6.1 document this back office serves: what `/operator/meta` tells.

One row per method and path of the document, in its order, whether served or not. Paths are the document's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from apps.processes.selectors import Profile
from apps.tomp.paging import MAX_PAGE_SIZE

IMPLEMENTED, NOT_IMPLEMENTED = "IMPLEMENTED", "NOT_IMPLEMENTED"
# Events that an MP with this identifier may not send: they come from us.
WITHHELD = {
    ("/legs/{id}/events", "SET_IN_USE"): "TO_CONTROLLED",
    ("/legs/{id}/events", "FINISH"): "TO_CONTROLLED",
}


@dataclass(frozen=True)
class Endpoint:
    """A method and path; `events` says of each event type of an `/events` path whether it is served.

    `needs` is the process identifier without which the endpoint refuses whatever it is sent.
    """

    method: str
    path: str
    served: bool = False
    needs: str = ""
    paged: bool = False
    events: tuple[tuple[str, bool], ...] = ()

    def rows(self, profile: Profile) -> Iterator[dict[str, Any]]:
        """TOMP `endpoint` objects for an MP with this process: one, or one per event type."""
        row: dict[str, Any] = {"method": self.method, "path": self.path}
        if self.paged:
            row |= {"supportsPaging": True, "maxPageSize": MAX_PAGE_SIZE}
        for event_type, served in self.events:
            withheld = profile.has(WITHHELD.get((self.path, event_type), ""))
            status = IMPLEMENTED if served and not withheld else NOT_IMPLEMENTED
            yield {**row, "eventType": event_type, "status": status}
        if not self.events:
            served = self.served and (not self.needs or profile.has(self.needs))
            yield {**row, "status": IMPLEMENTED if served else NOT_IMPLEMENTED}


ENDPOINTS = (
    Endpoint("POST", "/plannings", served=True),
    Endpoint("POST", "/planning/inquiries", served=True),
    Endpoint("POST", "/planning/offers", served=True),
    Endpoint("POST", "/bookings", served=True),
    Endpoint("GET", "/bookings", served=True),
    Endpoint("POST", "/bookings/one-stop", served=True, needs="ONE_STOP"),
    Endpoint(
        "POST",
        "/bookings/{id}/events",
        served=True,
        events=(("COMMIT", True), ("CANCEL", True), ("DENY", False), ("EXPIRE", False)),
    ),
    Endpoint("GET", "/bookings/{id}", served=True),
    Endpoint("PUT", "/bookings/{id}", served=True),
    Endpoint("POST", "/bookings/{id}/subscription", served=True),
    Endpoint("DELETE", "/bookings/{id}/subscription", served=True),
    Endpoint("GET", "/bookings/{id}/notifications", served=True, paged=True),
    Endpoint("POST", "/bookings/{id}/notifications", served=True),
    Endpoint("GET", "/legs/{id}/available-assets", served=True, paged=True),
    Endpoint("GET", "/legs/{id}", served=True),
    Endpoint("PUT", "/legs/{id}"),
    Endpoint("POST", "/legs/{id}/ancillaries/{category}/{number}", served=True),
    Endpoint("DELETE", "/legs/{id}/ancillaries/{category}/{number}", served=True),
    Endpoint(
        "POST",
        "/legs/{id}/events",
        served=True,
        events=(
            ("PREPARE", True),
            ("ASSIGN_ASSET", True),
            ("SET_IN_USE", True),
            ("PAUSE", True),
            ("OPEN_TRUNK", True),
            ("START_FINISHING", True),
            ("FINISH", True),
            ("ISSUE", False),
            ("CANCEL", True),
        ),
    ),
    Endpoint("GET", "/legs/{id}/progress", served=True),
    Endpoint("POST", "/legs/{id}/progress"),
    Endpoint("GET", "/operator/ping", served=True),
    Endpoint("POST", "/legs/{id}/confirmation"),
    Endpoint("GET", "/operator/meta", served=True),
    Endpoint("GET", "/operator/stations", served=True, paged=True),
    Endpoint("GET", "/operator/available-assets", served=True, paged=True),
    Endpoint("GET", "/operator/alerts", served=True, paged=True),
    Endpoint("GET", "/operator/operating-calendar", served=True),
    Endpoint("GET", "/operator/operating-hours", served=True),
    Endpoint("GET", "/operator/information", served=True),
    Endpoint("GET", "/operator/pricing-plans", served=True, paged=True),
    Endpoint("GET", "/operator/regions", served=True, paged=True),
    Endpoint("GET", "/payment/journal-entry", served=True, paged=True),
    Endpoint("POST", "/payment/{id}/claim-extra-costs", served=True),
    Endpoint("POST", "/support/", served=True),
    Endpoint("GET", "/support/{id}/status", served=True),
    Endpoint("POST", "/customers", served=True),
    Endpoint("PATCH", "/customers/{id}", served=True),
    Endpoint("GET", "/customers/{id}", served=True),
    Endpoint("DELETE", "/customers/{id}", served=True),
)
