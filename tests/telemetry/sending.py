"""Reporting as a vehicle does, over HTTP."""

import json
from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from apps.telemetry.keys import create_key
from tests.tomp_client import Answer


class Vehicles:
    """Reports with a key of its own; `key` may be set to another."""

    def __init__(self) -> None:
        _, self.key = create_key(label="test")

    def post(self, body: Any, *, content_type: str = "application/json") -> Answer:
        """Send `body` (JSON, or bytes as they are)."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        client = Client(raise_request_exception=False)
        return Answer(
            client.generic("POST", "/telemetry/", content, content_type=content_type, headers={"X-API-Key": self.key})
        )

    def report(self, *readings: dict[str, Any]) -> Answer:
        """Send readings that are all good."""
        answer = self.post({"readings": list(readings)})
        assert (answer.status, answer.body) == (200, {"taken": len(readings), "refused": []}), answer
        return answer


def reading(asset: Any, *, at: datetime | None = None, **fields: Any) -> dict[str, Any]:
    """A reading of `asset` at a moment, or now."""
    return {"asset": asset.code, "time": (at or timezone.now()).astimezone(UTC).isoformat(), **fields}
