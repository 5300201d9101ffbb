"""What our log says of requests, and what it must not: addresses that open an asset for whoever has them."""

import io
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import structlog
import time_machine
from django.test import Client
from django.utils import timezone

from apps.legs.access import passes
from apps.legs.models import Leg
from apps.operator.models import Operator
from tests.legs.test_access import accepting, bike, path_of, prepared
from tests.rides import confirmed, event

pytestmark = pytest.mark.django_db


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
