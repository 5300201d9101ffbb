"""Real `manage.py up` processes for tests, each in a data folder of its own."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil

PROJECT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 180
STOP_SECONDS = 40
OURS = ("TOMP_", "DATABASE_", "TEST_DATABASE_URL", "DJANGO_", "CELERY_", "PROMETHEUS_", "PUBLIC_URL", "SECRET_KEY")


def wait_for(condition: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Wait until `condition` holds, at most `seconds`."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, what
        pause.wait(0.1)


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def manage(
    folder: Path, *arguments: str, variables: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run `manage.py` to its end, with `folder` as its data folder; `variables` is another environment."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=variables or environment(folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )


def environment(folder: Path) -> dict[str, str]:
    """The environment of a newcomer: nothing of the tests' own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**kept, "TOMP_DATA_DIR": str(folder)}


def processes_of(folder: Path) -> list[psutil.Process]:
    """Every living process that belongs to the installation in `folder`, PostgreSQL included."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.status() == psutil.STATUS_ZOMBIE:
                continue
            named = process.environ().get("TOMP_DATA_DIR") == str(folder)
            if named or Path(process.cwd()).is_relative_to(folder):
                found.append(process)
    return found


@contextlib.contextmanager
def data_folder() -> Iterator[Path]:
    """A data folder that is gone afterwards, with whatever still ran in it."""
    folder = Path(tempfile.mkdtemp(prefix="tomp-up-")).resolve()
    try:
        yield folder
    finally:
        for process in processes_of(folder):
            with contextlib.suppress(psutil.Error):
                process.kill()
        shutil.rmtree(folder, ignore_errors=True)


class Up:
    """One running `up`; `site` is what its up.json says."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.output = folder / "up.out"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", "--port", str(self.port), *options],
                cwd=PROJECT,
                env=environment(folder),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.ready_file = folder / "up.json"

    def wait_until_ready(self) -> dict[str, Any]:
        """What up.json says once this `up` has written it."""
        marker = f"127.0.0.1:{self.port}/"

        def ready() -> bool:
            assert self.process.poll() is None, self.output.read_text()
            return self.ready_file.exists() and marker in self.ready_file.read_text()

        wait_for(ready, seconds=START_SECONDS, what=f"up is not ready: {self.output.read_text()}")
        site: dict[str, Any] = json.loads(self.ready_file.read_text())
        return site

    def child(self, word: str) -> psutil.Process:
        """The direct child whose command line has `word`."""
        return next(child for child in psutil.Process(self.process.pid).children() if word in child.cmdline())

    def send(self, number: signal.Signals) -> None:
        """Send a signal to `up` alone."""
        self.process.send_signal(number)

    def wait_until_ended(self) -> int:
        """The exit code."""
        return self.process.wait(STOP_SECONDS)
