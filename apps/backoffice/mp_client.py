"""A small client of the TOMP-API, as an MP would write one: it knows HTTP, and nothing of this project."""

import json
import time
from dataclasses import dataclass
from typing import Any

import urllib3

TIMEOUT_SECONDS = 15


@dataclass(frozen=True)
class Answer:
    """One request and what came back; `body` is parsed JSON, or None where there is none."""

    method: str
    path: str
    sent: Any
    status: int
    headers: dict[str, str]
    body: Any
    milliseconds: int


class Unreachable(Exception):
    """No HTTP answer came."""


class MpClient:
    """Calls one operator's TOMP-API in the name of one MP."""

    def __init__(self, *, base_url: str, maas_id: str, api_key: str, language: str = "en") -> None:
        self.base_url = base_url.rstrip("/")
        self.headers = {
            "Accept-Language": language,
            "Api": "TOMP",
            "Api-Version": "1.6.1",
            "maas-id": maas_id,
            "X-API-Key": api_key,
            "Content-Type": "application/json",
        }
        self.pool = urllib3.PoolManager(timeout=TIMEOUT_SECONDS, retries=False)

    def get(self, path: str) -> Answer:
        """GET `path`, with its query."""
        return self._call("GET", path)

    def post(self, path: str, body: dict[str, Any]) -> Answer:
        """POST `body` as JSON."""
        return self._call("POST", path, body)

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        content = None if body is None else json.dumps(body).encode()
        started = time.monotonic()
        try:
            response = self.pool.request(method, self.base_url + path, body=content, headers=self.headers)
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(f"{method} {self.base_url}{path}: {error}") from error
        milliseconds = round((time.monotonic() - started) * 1000)
        try:
            parsed = json.loads(response.data) if response.data else None
        except ValueError:
            parsed = response.data.decode(errors="replace")
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(method, path, body, response.status, headers, parsed, milliseconds)
