"""Several processes as one: watched together, and none left behind, however stubborn."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.backoffice.running_up import wait_for
from tomp_backoffice.supervisor import STOP_SIGNALS, ChildError, StopRequested, Supervisor, end_leftovers

# Starts a process of its own; both ignore SIGTERM. Says who they are once they do.
STUBBORN = (
    "import os, signal, sys, threading\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "os.fork()\n"
    "open(f'{sys.argv[1]}/{os.getpid()}', 'w').close()\n"
    "threading.Event().wait(120)\n"
)


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Supervisor]:
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    with Supervisor(
        owner=tmp_path, working_folder=tmp_path, log_folder=tmp_path / "logs", environment=os.environ
    ) as supervisor:
        yield supervisor
    for number, handler in before.items():
        signal.signal(number, handler)


def start_stubborn(family: Supervisor, folder: Path) -> list[int]:
    """A child and a grandchild that do not end when asked to; their process ids."""
    folder.mkdir()
    family.start("stubborn", [sys.executable, "-c", STUBBORN, str(folder)])
    wait_for(lambda: len(list(folder.iterdir())) == 2, seconds=20, what="no two processes")
    return [int(path.name) for path in folder.iterdir()]


def is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_a_child_that_ends_is_named_with_its_last_words(family: Supervisor) -> None:
    family.start("steady", [sys.executable, "-c", "import threading; threading.Event().wait(120)"])
    family.start("weak", [sys.executable, "-c", "import sys; sys.exit('out of breath')"])
    with pytest.raises(ChildError, match=r"weak ended with exit code 1; see .*weak\.log\.\n  out of breath"):
        family.watch(lambda: True, what="never")


def test_a_step_that_fails_is_an_error_and_one_that_succeeds_is_not(family: Supervisor) -> None:
    family.run("good", [sys.executable, "-c", "pass"])
    with pytest.raises(ChildError, match="bad ended with exit code 3"):
        family.run("bad", [sys.executable, "-c", "raise SystemExit(3)"])


def test_a_stop_signal_ends_the_watch(family: Supervisor) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(StopRequested):
        family.watch(lambda: True, what="never")


def test_a_condition_that_no_longer_holds_ends_the_watch(family: Supervisor) -> None:
    with pytest.raises(ChildError, match="the database has ended"):
        family.watch(lambda: False, what="the database has ended")


def test_the_stop_kills_those_that_do_not_listen_with_their_descendants(
    family: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tomp_backoffice.supervisor.STOP_SECONDS", 0.5)
    pids = start_stubborn(family, tmp_path / "pids")
    family.stop()
    wait_for(lambda: not any(map(is_alive, pids)), seconds=5, what="somebody is left")


def test_what_a_killed_supervisor_left_behind_is_ended_and_nobody_elses(family: Supervisor, tmp_path: Path) -> None:
    pids = start_stubborn(family, tmp_path / "pids")
    end_leftovers(tmp_path / "another")
    assert all(map(is_alive, pids))
    end_leftovers(tmp_path)
    wait_for(lambda: not any(map(is_alive, pids)), seconds=5, what="somebody is left")
