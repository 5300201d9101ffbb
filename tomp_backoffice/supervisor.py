"""Running several processes as one: started in order, watched together, none left behind."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

import psutil

POLL_SECONDS = 0.2
STOP_SECONDS = 10
LOG_LINES_SHOWN = 12
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1
# In the environment of every child and, inherited, of all its descendants.
OWNER_VARIABLE = "TOMP_SUPERVISED_FOR"
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class StopRequested(Exception):
    """Ctrl-C, SIGTERM or a closed terminal: end in good order."""


class ChildError(Exception):
    """A process ended that should not have, or did not do what it was started for."""


@dataclass(frozen=True)
class Child:
    """A process and the file its output goes to."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path


def _end_with_parent() -> None:
    """Let the kernel end this process when its parent is killed (Linux; elsewhere it stays)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def end_leftovers(owner: Path) -> None:
    """Kill what a former supervisor of `owner` left behind when it was killed itself.

    The caller makes sure that no supervisor of `owner` is at work now.
    """
    leftovers = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(OWNER_VARIABLE) == str(owner):
                process.kill()
                leftovers.append(process)
    psutil.wait_procs(leftovers, timeout=STOP_SECONDS)


class Supervisor:
    """Keeps a family of processes; a context manager that stops all of them on the way out.

    Every child leads a process group of its own, so that Ctrl-C reaches the supervisor alone and whatever
    a child has started ends with it. `owner` is the data folder they all work for. Main thread only.
    """

    def __init__(self, *, owner: Path, working_folder: Path, log_folder: Path, environment: Mapping[str, str]) -> None:
        self.working_folder = working_folder
        self.log_folder = log_folder
        self.environment = {**environment, OWNER_VARIABLE: str(owner)}
        self._children: list[Child] = []
        self._stop_requested = False

    def __enter__(self) -> Self:
        for number in STOP_SIGNALS:
            signal.signal(number, self._note_stop)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _note_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop_requested = True

    def _spawn(self, name: str, command: Sequence[str], **environment: str) -> Child:
        self.log_folder.mkdir(parents=True, exist_ok=True)
        log = self.log_folder / f"{name}.log"
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - the commands are our own
                command,
                cwd=self.working_folder,
                env={**self.environment, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        child = Child(name, process, log)
        self._children.append(child)
        return child

    def start(self, name: str, command: Sequence[str], **environment: str) -> None:
        """Start a process that is to run until `stop`; it logs to `<name>.log`."""
        self._spawn(name, command, **environment)

    def run(self, name: str, command: Sequence[str]) -> None:
        """Run a process to its end; raises `ChildError` unless it succeeds."""
        child = self._spawn(name, command)
        while child.process.poll() is None:
            self._check(but=child)
            time.sleep(POLL_SECONDS)
        self._children.remove(child)
        if child.process.returncode != 0:
            self.raise_if_stopped()
            raise _failure(child)

    def wait_for(self, condition: Callable[[], bool], *, what: str, seconds: float) -> None:
        """Wait until `condition` holds; raises `ChildError`, naming `what`, after `seconds`."""
        deadline = time.monotonic() + seconds
        while not condition():
            self._check()
            if time.monotonic() > deadline:
                raise ChildError(f"{what} within {seconds:.0f} seconds; see {self.log_folder}.")
            time.sleep(POLL_SECONDS)

    def watch(self, condition: Callable[[], bool], *, what: str) -> None:
        """Stay until a stop is asked for (`StopRequested`), a child ends, or `condition` no longer holds.

        The latter two raise `ChildError`.
        """
        while True:
            self._check()
            if not condition():
                self.raise_if_stopped()
                raise ChildError(what)
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Ask every child to end, wait ten seconds at most, then kill what is left with all descendants."""
        for child in reversed(self._children):
            if child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self._children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, deadline - time.monotonic()))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
        self._children.clear()

    def raise_if_stopped(self) -> None:
        """Raise `StopRequested` if a stop was asked for in the meantime."""
        if self._stop_requested:
            raise StopRequested

    def _check(self, but: Child | None = None) -> None:
        self.raise_if_stopped()
        for child in self._children:
            if child is not but and child.process.poll() is not None:
                raise _failure(child)


def _failure(child: Child) -> ChildError:
    lines = child.log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]
    tail = "".join(f"\n  {line}" for line in lines)
    code = child.process.returncode
    ended = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
    return ChildError(f"{child.name} {ended}; see {child.log}.{tail}")
