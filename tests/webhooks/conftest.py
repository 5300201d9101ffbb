"""An MP that listens, and messages for it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from apps.bookings.models import Booking
from apps.providers.models import CallbackEndpoint, Provider
from apps.webhooks.models import OutboxMessage
from apps.webhooks.services import enqueue
from tests import factories
from tests.mp_server import MpServer

Enqueue = Callable[..., OutboxMessage]


@pytest.fixture
def mp_server() -> Iterator[MpServer]:
    """The MP's own endpoint."""
    with MpServer() as server:
        yield server


@pytest.fixture
def endpoint(provider: Provider, mp_server: MpServer) -> CallbackEndpoint:
    """Where our messages to `provider` go."""
    return factories.CallbackEndpointFactory(provider=provider, base_url=mp_server.base_url)


@pytest.fixture
def booking(provider: Provider) -> Booking:
    """A booking of that MP."""
    return factories.BookingFactory(provider=provider)


@pytest.fixture
def write(booking: Booking, endpoint: CallbackEndpoint) -> Enqueue:
    """Write a message about `booking` (or another) for its MP."""

    def write_message(subject: str = "CANCEL", of: Booking | None = None, **body: Any) -> OutboxMessage:
        about = of or booking
        return enqueue(
            booking=about,
            subject=subject,
            path=f"/bookings/{about.pk}/events",
            body={"operation": subject, "origin": "TO", **body},
        )

    return write_message
