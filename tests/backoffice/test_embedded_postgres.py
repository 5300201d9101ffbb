"""The embedded PostgreSQL after things went wrong: notes that are no longer true must not keep it from serving."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.backoffice.running_up import PROJECT, data_folder, environment, manage, processes_of
from tomp_backoffice import embedded_postgres


def start_and_leave(folder: Path, *, leave: str) -> None:
    """Start the server of `folder` in a process of its own, which then ends in the way of `leave`."""
    program = (
        "import os\n"
        "from tomp_backoffice import embedded_postgres as postgres\n"
        "postgres.start(postgres.default_folder())\n"
        f"{leave}\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=PROJECT, env=environment(folder), check=True, timeout=60)


def test_it_stops_with_its_last_user() -> None:
    with data_folder() as folder:
        start_and_leave(folder, leave="")
        assert processes_of(folder) == []


def test_users_that_were_killed_do_not_keep_it_running() -> None:
    with data_folder() as folder:
        start_and_leave(folder, leave="os._exit(0)")
        assert processes_of(folder) != []
        start_and_leave(folder, leave="")
        assert processes_of(folder) == []


def test_a_process_that_took_over_its_number_is_not_taken_for_it() -> None:
    with data_folder() as folder:
        start_and_leave(folder, leave="")
        note = [str(os.getpid()), str(folder / "postgres"), "1", "5432", str(folder / "postgres"), "", "1 1", "ready"]
        (folder / "postgres" / "postmaster.pid").write_text("\n".join(note))
        (folder / "postgres" / ".handle_pids.json").write_text(json.dumps([2**22 + 1]))
        start_and_leave(folder, leave="assert postgres.is_running(postgres.default_folder())")
        assert processes_of(folder) == []


def test_discarding_stops_it_and_deletes_its_files() -> None:
    with data_folder() as folder:
        start_and_leave(folder, leave="os._exit(0)")
        start_and_leave(folder, leave="postgres.discard(postgres.default_folder())\nos._exit(0)")
        assert processes_of(folder) == []
        assert not (folder / "postgres").exists()


def test_fresh_is_refused_where_the_data_is_not_ours() -> None:
    with data_folder() as folder:
        elsewhere = {**environment(folder), "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"}
        refused = manage(folder, "up", "--fresh", "--yes", variables=elsewhere)
        assert refused.returncode == 1
        assert "DATABASE_URL names another server" in refused.stderr


def test_a_path_with_spaces_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(embedded_postgres.UnusableFolderError, match="Set TOMP_DATA_DIR"):
        embedded_postgres.start(tmp_path / "my data" / "postgres")
    assert not (tmp_path / "my data").exists()
