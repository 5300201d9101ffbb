"""Settings from the environment: given as files too, and demanded in production."""

import re
import string
from pathlib import Path

import pytest

from tests.backoffice.running_up import data_folder, environment, manage

NOBODY = "postgres://nobody@127.0.0.1:1/nothing"
PRODUCTION = {
    "TOMP_PRODUCTION": "1",
    "SECRET_KEY": "s" * 60,
    "SALT_KEY": "another",
    "DATABASE_URL": NOBODY,
    "ALLOWED_HOSTS": "backoffice.example",
}


def test_a_database_named_in_a_file_is_the_database(tmp_path: Path) -> None:
    address = tmp_path / "database_url"
    address.write_text(NOBODY)
    with data_folder() as folder:
        elsewhere = {**environment(folder), "DATABASE_URL_FILE": str(address)}
        refused = manage(folder, "migrate", "--check", variables=elsewhere)
        assert refused.returncode == 1
        assert "127.0.0.1" in refused.stderr
        assert not (folder / "postgres").exists()
        refused = manage(folder, "up", "--fresh", "--yes", variables=elsewhere)
        assert (refused.returncode, "names another server" in refused.stderr) == (1, True)


@pytest.mark.parametrize("name", ["SECRET_KEY", "SALT_KEY", "DATABASE_URL", "ALLOWED_HOSTS"])
def test_production_demands_what_is_marked(name: str, tmp_path: Path) -> None:
    incomplete = {variable: value for variable, value in PRODUCTION.items() if variable != name}
    # `help` reads the settings and starts no embedded server.
    refused = manage(tmp_path, "help", "check", variables={**environment(tmp_path), **incomplete})
    assert refused.returncode == 1
    assert f"Set the {name} environment variable" in refused.stderr


def test_production_passes_the_deployment_checks_of_django_and_of_the_oauth_toolkit(tmp_path: Path) -> None:
    complete = {**environment(tmp_path), **PRODUCTION, "SECRET_KEY": string.printable[:60]}
    checked = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", variables=complete)
    assert checked.returncode == 0, checked.stderr


def test_every_variable_that_is_read_is_on_the_page_of_settings() -> None:
    project = Path(__file__).resolve().parents[2]
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', (project / "tomp_backoffice/settings.py").read_text()))
    page = (project / "docs/settings.md").read_text()
    told = set(re.findall(r"^\| `(\w+)`", page, re.MULTILINE))
    # The folder is needed before there are settings.
    assert told == read | {"TOMP_DATA_DIR"}
