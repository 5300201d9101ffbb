"""An MP of the tests: a real HTTP server on loopback that fails, hangs and recovers on command."""

import ssl
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

DEADLINE = 20.0


@dataclass(frozen=True)
class Received:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """An answer: a status, headers, a body."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"{}"


@dataclass(frozen=True)
class Raw:
    """Bytes instead of an answer; with `pause`, one at a time with so many seconds in between."""

    content: bytes
    pause: float = 0


class Hang:
    """No answer until `release` is called; then `reply`."""

    def __init__(self, reply: Reply | None = None) -> None:
        self.reply = reply or Reply()
        self.released = threading.Event()

    def release(self) -> None:
        """Let the waiting requests go."""
        self.released.set()


Answer = Reply | Raw | Hang


class MpServer:
    """`with MpServer() as mp:` listens at `mp.base_url`.

    `mp.script` holds the answers to the next requests; when it is empty, `mp.always` is given. `received`
    lists what came in, in order; `most_at_once` is the largest number of requests open at a time.
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.script: deque[Answer] = deque()
        self.always: Answer = Reply()
        self.received: list[Received] = []
        self.most_at_once = 0
        self._open = 0
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def handle_request(self) -> None:
                server._serve(self)

            do_POST = do_GET = do_PUT = handle_request

            def log_message(self, *arguments: Any) -> None:
                """Keep the tests' output readable."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        if tls is not None:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True)
        self.port = self._http.server_port
        self.base_url = f"{'https' if tls else 'http'}://{host}:{self.port}/tomp"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stopping.set()
        for answer in (*self.script, self.always):
            if isinstance(answer, Hang):
                answer.release()
        self._http.shutdown()
        self._http.server_close()

    def hang(self) -> Hang:
        """From now on answer nothing, until `recover`."""
        hang = Hang()
        self.always = hang
        return hang

    def recover(self) -> None:
        """Answer 200 from now on, also to those that wait."""
        hanging, self.always = self.always, Reply()
        if isinstance(hanging, Hang):
            hanging.release()

    def wait_for_requests(self, count: int) -> None:
        """Wait until `count` requests have come in; fails past the deadline."""
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self.received) >= count, DEADLINE)
        assert arrived, f"{len(self.received)} of {count} requests came in"

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        with self._changed:
            self._open += 1
            self.most_at_once = max(self.most_at_once, self._open)
            answer = self.script.popleft() if self.script else self.always
            self.received.append(Received(handler.command, handler.path, dict(handler.headers.items()), body))
            self._changed.notify_all()
        try:
            self._answer(handler, answer)
        except OSError:
            handler.close_connection = True  # the caller has gone
        finally:
            with self._changed:
                self._open -= 1

    def _answer(self, handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        if isinstance(answer, Raw):
            for position in range(0, len(answer.content), 1 if answer.pause else 1 << 20):
                if self._stopping.wait(answer.pause):
                    return
                handler.wfile.write(answer.content[position : position + (1 if answer.pause else 1 << 20)])
                handler.wfile.flush()
            handler.close_connection = True
            return
        if isinstance(answer, Hang):
            answer.released.wait(60)
            answer = answer.reply
        handler.send_response(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(answer.body)


def wait_until(condition: Callable[[], Any], *, seconds: float = DEADLINE) -> None:
    """Look again and again until `condition` holds; fails past the deadline."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if condition():
            return
        pause.wait(0.05)
    raise AssertionError("the condition was not met in time")
