"""The example client: it names the step that is wrong, and ends with an error."""

import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.backoffice.running_up import free_port

# What a half-finished operator answers: it is there, and has nothing to say about itself.
ANSWERS: dict[str, tuple[int, Any]] = {"/operator/ping": (200, {}), "/operator/meta": (200, [])}


class HalfFinishedOperator(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body = ANSWERS.get(self.path, (404, {"detail": "There is nothing here."}))
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Nothing on the tests' output."""


@pytest.fixture
def address() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), HalfFinishedOperator)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_first_wrong_answer_ends_it(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match=r"^meta: an object with version"):
        call_command("journey", base_url=address, maas_id="x", api_key="y")
    assert "/operator/ping  →  200" in capsys.readouterr().out


def test_an_operator_that_is_not_there_is_an_error() -> None:
    address = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(CommandError, match=f"GET {address}/operator/ping"):
        call_command("journey", base_url=address, maas_id="x", api_key="y")


def test_without_a_running_up_it_says_so() -> None:
    with pytest.raises(CommandError, match=r"No `up` is running .*up\.json is missing"):
        call_command("journey")
