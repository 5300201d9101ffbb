"""The benchmark runs, leaves nothing behind, and copies bookings that could be real. Its times are not tested."""

import os
import re
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from apps.assets.models import Asset, Reservation
from apps.backoffice.benchmark import comparison, pages
from apps.backoffice.benchmark.calls import Cost, Mp
from apps.backoffice.benchmark.contents import create_assets, create_operator
from apps.backoffice.benchmark.copies import assets_from, copy_booking
from apps.backoffice.benchmark.surroundings import surround
from apps.bookings.invariants import breaches
from apps.bookings.models import Booking
from apps.bookings.services import expire_due
from apps.stations.models import Station
from apps.support.models import SupportRequest
from apps.webhooks.models import OutboxMessage
from tests.backoffice.running_up import PROJECT

TINY = ("--assets", "50", "200", "--bookings", "0", "100", "--calls", "3", "--expiring", "20")
PATIENCE = 900


def started(folder: Path) -> "subprocess.Popen[str]":
    """The command on the tests' server, writing line by line."""
    return subprocess.Popen(
        [sys.executable, "-u", "manage.py", "benchmark", *TINY],
        cwd=PROJECT,
        env={**os.environ, "DATABASE_URL": os.environ["TEST_DATABASE_URL"], "TOMP_DATA_DIR": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def databases_of(process_id: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [rf"tomp\_benchmark\_{process_id}\_%"])
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.soak
@pytest.mark.django_db
def test_it_measures_every_call_and_drops_its_databases(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        output, errors = process.communicate(timeout=PATIENCE)
    # Whether it finds times flat is up to the machine that it runs on.
    assert process.returncode in {0, 1}, errors
    assert "Traceback" not in errors
    statements = dict(re.findall(r"^  (\S.*?)\s{2,}([\d/]+) +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+", output, re.MULTILINE))
    assert len(statements) == 11 + 7, output
    assert all(number.isdecimal() for number in statements.values()), "as many statements in every database"
    assert "closing the invoice" in statements
    assert "20 bookings in 1 batches" in output
    assert databases_of(process.pid) == []


@pytest.mark.soak
@pytest.mark.django_db
def test_it_drops_its_databases_when_it_is_ended(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        assert process.stdout is not None
        while "past bookings" not in process.stdout.readline():
            assert process.poll() is None
        assert databases_of(process.pid)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + signal.SIGTERM
    assert databases_of(process.pid) == []


@pytest.mark.django_db
def test_copies_of_bookings_break_no_invariant() -> None:
    provider, key = create_operator()
    create_assets(30)
    create_assets(120)
    assert Asset.objects.count() == 120
    mp = Mp(maas_id=provider.maas_id, key=key)
    ridden = mp.book(Asset.objects.order_by("pk")[0])
    mp.ride(ridden)
    for numbers in (range(1, 20), range(20, 101)):
        copy_booking(
            Booking.objects.get(pk=ridden), numbers=numbers, assets=assets_from(0, 30), apart=timedelta(minutes=1)
        )
    waiting = mp.book(Asset.objects.order_by("pk")[40])
    copy_booking(
        Booking.objects.get(pk=waiting),
        numbers=range(1, 51),
        assets=assets_from(50, 50),
        apart=timedelta(seconds=1),
        before=timedelta(days=1),
    )
    assert Booking.objects.count() == 152
    assert Reservation.objects.filter(released_at=None).count() == 51
    now = timezone.now()
    assert breaches(now=now, followed_at=now - timedelta(days=2)) == []
    assert expire_due() == 50
    assert breaches(now=timezone.now()) == []


@pytest.mark.soak
@pytest.mark.django_db
def test_every_page_is_measured_where_there_is_something_on_it(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    get_user_model().objects.create_superuser(pages.STAFF)
    provider, key = create_operator()
    create_assets(60)
    mp = Mp(maas_id=provider.maas_id, key=key)
    ridden = mp.book(Asset.objects.order_by("pk")[0])
    mp.ride(ridden)
    ride = Booking.objects.get(pk=ridden)
    copy_booking(ride, numbers=range(1, 300), assets=assets_from(0, 60), apart=timedelta(minutes=1))
    surround()
    written = (Station.objects.count(), OutboxMessage.objects.count(), SupportRequest.objects.count())
    surround()
    assert written == (Station.objects.count(), OutboxMessage.objects.count(), SupportRequest.objects.count())
    assert all(written)
    costs = pages.one_round(times=1)
    assert {"dashboard", "bookings", "support: owed", "a booking"} <= set(costs)
    assert {name: cost.statements for name, cost in costs.items() if cost.statements > pages.MOST_STATEMENTS} == {}


@pytest.mark.parametrize(
    ("costs", "stay"),
    [
        ([Cost(9, 50.0), Cost(10, 99.0)], True),
        ([Cost(9, 50.0), Cost(11, 50.0)], False),
        ([Cost(9, 50.0), Cost(9, 101.0)], False),
        ([Cost(30, 50.0), Cost(31, 50.0)], False),
    ],
)
def test_a_page_stays_within_twice_its_time(costs: list[Cost], stay: bool) -> None:
    assert pages.stays(costs) == stay


@pytest.mark.parametrize(
    ("costs", "flat"),
    [
        ([Cost(4, 10.0), Cost(4, 12.9)], True),
        ([Cost(4, 10.0), Cost(4, 13.1)], False),
        ([Cost(4, 10.0), Cost(5, 10.0)], False),
        ([Cost(4, 1.0), Cost(4, 1.9)], True),
    ],
)
def test_flat_is_as_many_statements_and_about_the_same_time(costs: list[Cost], flat: bool) -> None:
    assert comparison.is_flat(costs) == flat
