"""compose.yaml and Dockerfile against what they lean on: settings, the example of `.env`, the commands of a page."""

import re
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[2]
COMPOSE = (PROJECT / "compose.yaml").read_text()
OURS = ("migrate", "web", "worker", "beat")


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE)["services"]
    return found


def test_what_it_asks_of_the_environment_is_in_the_example() -> None:
    example = set(re.findall(r"^(\w+)=", (PROJECT / "deploy/env.example").read_text(), re.MULTILINE))
    assert set(re.findall(r"\$\{(\w+)", COMPOSE)) == example


def test_it_sets_settings_that_there_are_and_all_that_production_demands() -> None:
    page = (PROJECT / "docs/settings.md").read_text()
    known = set(re.findall(r"^\| `(\w+)`", page, re.MULTILINE))
    demanded = set(re.findall(r"^\| `(\w+)` \*", page, re.MULTILINE))
    for name in OURS:
        given = set(services()[name]["environment"])
        assert demanded <= given <= known


def test_each_process_is_started_as_the_page_says() -> None:
    page = (PROJECT / "docs/operations/running.md").read_text()
    started = [" ".join(services()[name]["command"]) for name in ("worker", "beat")]
    image = re.search(r"^CMD (\[.+\])$", (PROJECT / "Dockerfile").read_text(), re.MULTILINE)
    assert image is not None
    web = " ".join(yaml.safe_load(image.group(1)))
    assert all(f"\n{command}" in page for command in started)
    assert web.endswith("--no-access-log tomp_backoffice.wsgi:application")
    assert services()["beat"].get("deploy") is None, "exactly one"


def test_the_image_holds_what_the_code_needs_and_no_more() -> None:
    taken = set(re.findall(r"^!(\S+)$", (PROJECT / ".dockerignore").read_text(), re.MULTILINE))
    copied = set(re.findall(r"^COPY (?!--from)(\S+) ", (PROJECT / "Dockerfile").read_text(), re.MULTILINE))
    assert taken == copied
    assert {"apps", "tomp_backoffice", "templates", "manage.py"} <= copied
