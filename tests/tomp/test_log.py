"""What our log says of requests and tasks, and what it must not: secrets, and what is known of travellers."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from django_structlog.celery.receivers import CeleryReceiver

from apps.customers.models import CustomerAccount
from apps.legs.access import passes
from apps.legs.models import Leg
from apps.operator.models import Operator
from tests import factories
from tests.backoffice.running_up import environment, manage
from tests.backoffice.test_settings import PRODUCTION
from tests.legs.test_access import accepting, bike, path_of, prepared
from tests.rides import confirmed, event
from tests.tomp_client import TompClient
from tomp_backoffice.celery import app

pytestmark = pytest.mark.django_db
TRAVELLER = "Kees\n\nWiebes"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the process writes, by the settings' own handler, at the level of production."""
    root, written = logging.getLogger(), io.StringIO()
    (console,) = (one for one in root.handlers if is_ours(one))
    level, stream = root.level, console.setStream(written)
    root.setLevel(logging.INFO)
    yield written
    root.setLevel(level)
    console.setStream(stream)


def is_ours(handler: Any) -> bool:
    return isinstance(handler, logging.StreamHandler) and isinstance(
        handler.formatter, structlog.stdlib.ProcessorFormatter
    )


def lines(log: io.StringIO, address: str) -> list[str]:
    """What is written while an address is asked for, which then answers whatever it does."""
    log.truncate(log.seek(0))
    Client(raise_request_exception=False).get(address)
    return log.getvalue().splitlines()


@pytest.mark.parametrize("identifier", ["ACCESS_CODE_HTML", "ACCESS_CODE_PDF"])
def test_a_travellers_link_is_not_in_the_log(operator: Any, log: io.StringIO, identifier: str) -> None:
    _, _, token = prepared(identifier)
    address = path_of(token)
    secret = address.split("/")[2]
    gone = timezone.now() + timedelta(days=3)
    for asked in (
        address,
        f"{address}/",
        f"/%2Faccess/{secret}",
        f"/ACCESS/{secret}",
        f"/access/%20{secret}?from=mail",
    ):
        for moment in (timezone.now(), gone):
            with time_machine.travel(moment):
                written = lines(log, asked)
            assert any(
                "request_finished" in line and "/access/..." in line.lower().replace("%2f", "/") for line in written
            )
            assert secret not in log.getvalue()


@pytest.mark.parametrize("identifier", ["ACCESS_CODE_TOKEN", "ACCESS_CODE_BARCODE"])
def test_neither_is_a_pass_or_a_code_that_a_gate_asks_about(operator: Any, log: io.StringIO, identifier: str) -> None:
    mp = accepting("ACCESS_CODE_TOKEN")
    leg = confirmed(mp, bike("TOMP-API"))
    secret = event(mp, leg, "PREPARE").body["assetAccessData"]["tokenData"]["token"]
    if identifier == "ACCESS_CODE_BARCODE":
        secret = passes.short_code(Leg.objects.get(pk=leg))
    for asked in (f"/access/check/{secret}", f"/access/check/{secret}/", f"/access/check/x{secret}"):
        assert any("GET /access/check/..." in line for line in lines(log, asked))
        assert secret not in log.getvalue()


def test_nor_when_something_fails_and_the_traceback_is_whole(operator: Any, log: io.StringIO) -> None:
    _, _, token = prepared("ACCESS_CODE_HTML")
    Operator.objects.update(time_zone="Nowhere")
    written = lines(log, path_of(token))
    assert path_of(token).split("/")[2] not in log.getvalue()
    assert any(line.startswith("Traceback") for line in written)
    assert any("request_failed" in line and "GET /access/..." in line for line in written)
    assert any("Internal Server Error: /access/..." in line for line in written)
    assert any('legs/access/api.py", line' in line for line in written)


def test_other_addresses_are_told_whole(operator: Any, log: io.StringIO) -> None:
    assert any("GET /tomp/operator/ping?x=1" in line for line in lines(log, "/tomp/operator/ping?x=1"))


def test_whom_staff_look_for_is_not_told(operator: Any, log: io.StringIO) -> None:
    written = lines(log, "/admin/customers/customeraccount/?q=jansen&page=2")
    assert any("GET /admin/customers/customeraccount/?..." in line for line in written)
    assert "jansen" not in log.getvalue()


def test_an_errors_id_is_in_its_header_and_in_each_line_of_the_request(mp: TompClient, log: io.StringIO) -> None:
    answer = mp.get("/bookings/nothing")
    assert answer.body["instance"] == answer.headers["X-Request-ID"]
    (finished,) = (line for line in log.getvalue().splitlines() if "request_finished" in line)
    for said in (f"request_id={answer.body['instance']}", "code=404", f"provider={mp.provider.maas_id}"):
        assert said in finished


@pytest.mark.parametrize("address", ["/admin/login/", "/access/nothing", "/nowhere", "/tomp/operator/ping"])
def test_every_answer_tells_the_id_that_its_line_has(operator: Any, log: io.StringIO, address: str) -> None:
    answer = Client().get(address)
    assert f"request_id={answer['X-Request-ID']}" in log.getvalue()
    assert answer["X-Request-ID"]


def test_a_row_that_the_database_refused_is_not_quoted(operator: Any, log: io.StringIO) -> None:
    provider = factories.ProviderFactory()
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        CustomerAccount.objects.create(provider=provider, state="ODD", external_id=TRAVELLER)
    assert TRAVELLER in str(refused.value)
    logging.getLogger("apps").error("refused: %s", refused.value, exc_info=refused.value)
    assert "Kees" not in log.getvalue()
    assert "Wiebes" not in log.getvalue()
    assert "Traceback" in log.getvalue()


def test_the_lines_of_a_task_tell_which_it_is(log: io.StringIO) -> None:
    @app.task(name="tests.says_something")
    def says_something() -> None:
        structlog.get_logger("tests").info("something")

    receiver = CeleryReceiver()
    receiver.connect_worker_signals()
    assert says_something.apply(task_id="the-task").successful()
    structlog.contextvars.clear_contextvars()
    (line,) = (line for line in log.getvalue().splitlines() if "[tests]" in line)
    assert "task_id=the-task" in line


def test_in_production_a_line_is_one_json_object(tmp_path: Path) -> None:
    program = (
        "import structlog\n"
        "try:\n    1 / 0\n"
        "except ZeroDivisionError:\n    structlog.get_logger('tests').exception('it failed', leg=7)"
    )
    ran = manage(tmp_path, "shell", "--no-imports", "-c", program, variables={**environment(tmp_path), **PRODUCTION})
    line = json.loads(ran.stderr)
    assert (line["event"], line["leg"], line["level"], line["logger"]) == ("it failed", 7, "error", "tests")
    assert "ZeroDivisionError" in line["exception"]
    assert line["timestamp"].endswith("Z")
