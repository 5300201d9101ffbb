"""An MP of the tests: sends what TOMP demands and has every answer checked against the official document."""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from apps.providers.models import Provider
from apps.providers.services import create_credential

CONFORMANCE = Path(
    os.environ.get("TOMP_CONFORMANCE_DIR") or Path(__file__).resolve().parent.parent.parent / "shared" / "conformance"
)
BASE = "/tomp"
TEMPLATES = (
    (re.compile(r"^/bookings/(?!one-stop)[^/]+"), "/bookings/{id}"),
    (re.compile(r"^/legs/[^/]+"), "/legs/{id}"),
    (re.compile(r"/ancillaries/[^/]+/[^/]+$"), "/ancillaries/{category}/{number}"),
    (re.compile(r"^/payment/[^/]+/"), "/payment/{id}/"),
    (re.compile(r"^/support/[^/]+"), "/support/{id}"),
    (re.compile(r"^/customers/[^/]+"), "/customers/{id}"),
)


def load_checker() -> Any:
    """The checker of the official TOMP-API 1.6.1 document, or None where its folder is absent."""
    if not (CONFORMANCE / "conformance.py").exists():
        return None
    if str(CONFORMANCE) not in sys.path:
        sys.path.insert(0, str(CONFORMANCE))
    import conformance

    return conformance.Conformance()


_checker: list[Any] = []


def checker() -> Any:
    """The checker, loaded once per process."""
    if not _checker:
        _checker.append(load_checker())
    return _checker[0]


class Answer:
    """An HTTP answer: `status`, `headers`, and `body` (parsed JSON, or None)."""

    def __init__(self, response: Any) -> None:
        self.status = response.status_code
        self.headers = dict(response.headers)
        self.body = json.loads(response.content) if response.content else None

    def __repr__(self) -> str:
        return f"<{self.status} {json.dumps(self.body)[:2000]}>"


class TompClient:
    """Calls the TOMP-API in process, as `provider`. `headers={"Api": None}` leaves a header out."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        _, self.key = create_credential(provider=provider, label="test")
        self.headers = {
            "Accept-Language": "en",
            "Api": "TOMP",
            "Api-Version": "1.6.1",
            "maas-id": provider.maas_id,
            "X-API-Key": self.key,
        }
        self.client = Client(raise_request_exception=False)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str | None] | None = None,
        content_type: str = "application/json",
    ) -> Answer:
        """Send `body` (an object, or bytes as they are) and return the answer, checked for conformance."""
        sent = {name: value for name, value in {**self.headers, **(headers or {})}.items() if value is not None}
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        answer = Answer(
            self.client.generic(
                method, BASE + path, content, content_type=content_type if content else "", headers=sent
            )
        )
        violations = self.violations(method, path, answer)
        assert not violations, f"{method} {path} → {answer}: {violations}"
        assert answer.status < 500 or answer.status == 503, f"{method} {path} → {answer}"
        return answer

    def violations(self, method: str, path: str, answer: Answer) -> Any:
        """What the official document says against an answer; empty where the checker is absent."""
        check = checker()
        if check is None:
            return []
        template = urlsplit(path).path.rstrip("/")
        for pattern, replacement in TEMPLATES:
            template = pattern.sub(replacement, template)
        return check.check(method, template, answer.status, answer.body, headers=answer.headers)

    def get(self, path: str, **options: Any) -> Answer:
        """GET `path`."""
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        """POST `body` to `path`."""
        return self.call("POST", path, body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> Answer:
        """PUT `body` to `path`."""
        return self.call("PUT", path, body, **options)

    def delete(self, path: str, **options: Any) -> Answer:
        """DELETE `path`."""
        return self.call("DELETE", path, **options)


class QuickClient(TompClient):
    """An MP whose answers are not held against the official document: other tests do that."""

    def violations(self, method: str, path: str, answer: Any) -> Any:
        """None looked for."""
        return []
