"""Maintenance jobs, two at once: against each other and against bookings.

The guards are the asset's lock, and the constraint `reservation_asset_never_overlaps` behind it.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.assets.maintenance import services
from apps.assets.maintenance.models import MaintenanceJob
from apps.assets.maintenance.services import Plan
from apps.assets.models import Asset, Reservation
from apps.assets.reservations import hold_for_maintenance
from apps.bookings.invariants import breaches
from apps.history.models import Transition
from tests import factories
from tests.concurrency.test_races import at_once, outcome
from tests.rides import STAFF, offer
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 8


def planned(asset: Asset, *, blocks_hire: bool = True) -> MaintenanceJob:
    start = timezone.now() + timedelta(hours=1)
    wanted = Plan("Brakes", start, start + timedelta(hours=1), blocks_hire=blocks_hire)
    return services.plan(asset_id=asset.pk, wanted=wanted, actor=STAFF)


@contextmanager
def without_the_constraint() -> Iterator[None]:
    """Nothing but the services keeps promises apart."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'reservation_asset_never_overlaps'"
        )
        (definition,) = cursor.fetchone()
        cursor.execute("ALTER TABLE assets_reservation DROP CONSTRAINT reservation_asset_never_overlaps")
    try:
        yield
    finally:
        Reservation.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                f"ALTER TABLE assets_reservation ADD CONSTRAINT reservation_asset_never_overlaps {definition}"
            )


def test_without_lock_and_constraint_the_asset_would_be_held_for_many_jobs(operator: Any, asset: Asset) -> None:
    """The race is real: all see the asset free, and all write."""
    seen = threading.Barrier(AT_ONCE)

    def hold() -> None:
        now = timezone.now()
        with transaction.atomic():
            hold_for_maintenance(asset=asset, start=now, end=now + timedelta(hours=1), now=now)
            seen.wait(timeout=30)

    with without_the_constraint():
        at_once([hold] * AT_ONCE)
        assert Reservation.objects.filter(released_at=None).count() == AT_ONCE


def test_with_the_lock_one_of_many_plans_is_made_even_without_the_constraint(operator: Any, asset: Asset) -> None:
    with without_the_constraint():
        outcomes = Counter(at_once([lambda: outcome(lambda: planned(asset))] * AT_ONCE))
        assert outcomes == {"ok": 1, "IllegalState": AT_ONCE - 1}
        assert Reservation.objects.filter(released_at=None).count() == MaintenanceJob.objects.count() == 1
        MaintenanceJob.objects.all().delete()


def test_either_the_workshop_or_one_traveller_gets_the_asset(operator: Any, asset: Asset) -> None:
    clients = [TompClient(factories.ProviderFactory()) for _ in range(AT_ONCE)]
    offers = [offer(client, asset) for client in clients]
    calls: list[Any] = [lambda: outcome(lambda: planned(asset))] * AT_ONCE
    calls += [lambda c=c, o=o: c.post("/bookings", {"id": o}).status for c, o in zip(clients, offers, strict=True)]
    outcomes = Counter(at_once(calls))
    assert outcomes["ok"] + outcomes[201] == 1, outcomes
    assert outcomes["IllegalState"] + outcomes[409] == 2 * AT_ONCE - 1, outcomes
    assert Reservation.objects.filter(released_at=None).count() == 1
    assert breaches(now=timezone.now()) == []


def test_a_job_is_started_once_and_never_beside_a_booking(operator: Any, asset: Asset) -> None:
    job = planned(asset, blocks_hire=False)
    clients = [TompClient(factories.ProviderFactory()) for _ in range(AT_ONCE)]
    offers = [offer(client, asset) for client in clients]

    def start() -> str:
        return outcome(lambda: services.start(job_id=job.pk, actor=STAFF, reason="brakes"))

    calls: list[Any] = [start] * AT_ONCE
    calls += [lambda c=c, o=o: c.post("/bookings", {"id": o}).status for c, o in zip(clients, offers, strict=True)]
    outcomes = Counter(at_once(calls))
    assert outcomes["ok"] + outcomes[201] == 1, outcomes
    assert Transition.objects.filter(subject_kind="maintenance job", event="START").count() == outcomes["ok"]
    assert breaches(now=timezone.now()) == []
