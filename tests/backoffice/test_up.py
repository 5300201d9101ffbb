"""`manage.py up` as a newcomer runs it: real processes, a database of its own."""

import signal
import socket
import stat
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3

from tests.backoffice.running_up import Up, data_folder, free_port, manage, processes_of, wait_for


@pytest.fixture(scope="module")
def up() -> Iterator[Up]:
    """One `up` for the tests that only look, and for the last one, which ends it."""
    with data_folder() as folder:
        running = Up(folder)
        running.wait_until_ready()
        yield running
        running.send(signal.SIGTERM)
        running.wait_until_ended()


@pytest.fixture(scope="module")
def site(up: Up) -> dict[str, Any]:
    return up.wait_until_ready()


def test_up_json_has_what_a_script_needs(up: Up, site: dict[str, Any]) -> None:
    root = f"http://127.0.0.1:{up.port}"
    assert site["base_url"] == f"{root}/tomp"
    assert site["admin_url"] == f"{root}/admin/"
    assert site["admin"]["username"] == "admin"
    assert len(site["admin"]["password"]) >= 12
    assert [set(provider) for provider in site["providers"]] == [{"maas_id", "api_key", "callback_url"}] * 9
    assert stat.S_IMODE(up.ready_file.stat().st_mode) == 0o600


def test_the_addresses_and_logins_are_printed(up: Up, site: dict[str, Any]) -> None:
    printed = up.output.read_text()
    for text in (site["base_url"], site["admin_url"], "/api/docs/", site["admin"]["password"]):
        assert text in printed


def test_the_api_and_its_documentation_answer(up: Up) -> None:
    for path in ("/admin/login/", "/api/docs/", "/api/schema/"):
        assert urllib3.request("GET", f"http://127.0.0.1:{up.port}{path}", retries=False).status == 200


def test_the_admin_login_works(up: Up, site: dict[str, Any]) -> None:
    pool = urllib3.PoolManager(retries=False)
    page = pool.request("GET", f"{site['admin_url']}login/")
    token = page.headers["Set-Cookie"].split("csrftoken=")[1].split(";")[0]
    answer = pool.request(
        "POST",
        f"{site['admin_url']}login/",
        fields={**site["admin"], "csrfmiddlewaretoken": token},
        encode_multipart=False,
        headers={"Cookie": f"csrftoken={token}"},
        redirect=False,
    )
    assert answer.status == 302


@pytest.mark.parametrize("arguments", [("-v",), ("--provider", "2"), ("--scenario", "all", "--patience", "1")])
def test_the_journey_is_as_tomp_says(up: Up, site: dict[str, Any], arguments: tuple[str, ...]) -> None:
    journey = manage(up.folder, "journey", *arguments)
    assert journey.returncode == 0, journey.stdout + journey.stderr
    assert "FINISHED" in journey.stdout
    assert ("validUntil" in journey.stdout) == (arguments == ("-v",))


def test_the_beat_and_the_worker_run_the_sweeps(up: Up, site: dict[str, Any]) -> None:
    log = up.folder / "logs" / "worker.log"
    for task in ("apps.bookings.tasks.expire_due", "apps.webhooks.tasks.deliver_due"):
        wait_for(
            lambda task=task: any(task in line and "succeeded" in line for line in log.read_text().splitlines()),
            seconds=20,
            what=f"{task} has not run",
        )


def test_the_doctor_finds_it_well_once_each_task_has_run(up: Up, site: dict[str, Any]) -> None:
    wait_for(lambda: "ok    tasks" in manage(up.folder, "doctor").stdout, seconds=60, what="the clock does not run")
    asked = manage(up.folder, "doctor")
    assert asked.returncode == 0, asked.stdout


def test_what_a_request_caused_has_its_id_in_the_workers_log_too(up: Up, site: dict[str, Any]) -> None:
    nudge = (
        "from structlog.contextvars import bound_contextvars; from apps.webhooks.nudges import deliver_soon\n"
        "with bound_contextvars(request_id='the-request'): deliver_soon(0)"
    )
    assert manage(up.folder, "shell", "--no-imports", "-c", nudge).returncode == 0
    log = up.folder / "logs" / "worker.log"
    wait_for(
        lambda: any(
            "deliver_due" in line and "request_id=the-request" in line and "task_id=" in line
            for line in log.read_text().splitlines()
        ),
        seconds=20,
        what="the nudge has not come",
    )


def test_a_second_up_in_the_same_folder_says_so_and_stops(up: Up, site: dict[str, Any]) -> None:
    second = manage(up.folder, "up", "--port", str(free_port()))
    assert second.returncode == 1
    assert "Another `up` is running" in second.stderr
    assert len(second.stderr.splitlines()) == 1
    assert up.ready_file.exists()


def test_a_port_in_use_is_a_one_line_error() -> None:
    with data_folder() as folder, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = manage(folder, "up", "--port", str(port))
        assert refused.returncode == 1
        assert f"Port {port}" in refused.stderr
        assert len(refused.stderr.splitlines()) == 1
        assert not (folder / "postgres").exists()


@pytest.mark.soak
def test_after_a_kill_the_next_up_takes_over_with_the_same_logins_and_leaves_nothing() -> None:
    with data_folder() as folder:
        killed = Up(folder)
        before = killed.wait_until_ready()
        killed.send(signal.SIGKILL)
        killed.wait_until_ended()

        again = Up(folder)
        after = again.wait_until_ready()
        assert after["admin"] == before["admin"]
        assert after["providers"] == before["providers"]
        again.send(signal.SIGINT)
        assert again.wait_until_ended() == 0
        assert [process.cmdline() for process in processes_of(folder)] == []
        assert not again.ready_file.exists()

        fresh = manage(folder, "up", "--fresh", "--port", str(free_port()))
        assert fresh.returncode == 1
        assert "Nothing was deleted" in fresh.stderr
        assert (folder / "postgres").exists()

        bare = Up(folder, "--fresh", "--yes", "--no-demo")
        site = bare.wait_until_ready()
        assert site["providers"] == []
        assert site["admin"]["password"] != after["admin"]["password"]
        bare.send(signal.SIGTERM)
        assert bare.wait_until_ended() == 0


def test_a_childs_crash_stops_everything_with_an_error(up: Up) -> None:
    up.child("worker").kill()
    assert up.wait_until_ended() == 1
    assert "worker was killed by signal 9" in up.output.read_text()
    assert [process.cmdline() for process in processes_of(up.folder)] == []
    assert not up.ready_file.exists()
