"""Bulk changes while workers are killed, stopped and in each other's way: every asset is changed once, or not."""

import os
import signal
import threading
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection, connections, transaction

from apps.assets.models import Asset
from apps.fleet.models import BulkAction, BulkChange
from apps.fleet.services import begin, draft, stop
from apps.fleet.working import run_due, settle
from apps.history.models import Transition
from tests import factories
from tests.concurrency.installation import BEAT, WORKER, running
from tests.mp_server import wait_until
from tests.rides import STAFF

pytestmark = pytest.mark.django_db(transaction=True)


def begun(assets: list[Asset]) -> BulkChange:
    change = draft(action=BulkAction.MAINTENANCE, asset_ids=[asset.pk for asset in assets], asked_by="hanna")
    return begin(change_id=change.pk, asked_by="hanna", reason="spring check")


def fleet(number: int) -> list[Asset]:
    kind = factories.AssetTypeFactory()
    return Asset.objects.bulk_create(factories.AssetFactory.build_batch(number, asset_type=kind))


def settled(change: BulkChange) -> int:
    return change.assets.exclude(outcome="WAITING").count()


def others_are_waiting_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # which a transaction keeps
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND wait_event_type = 'Lock')"
        )
        return bool(cursor.fetchone()[0])


def test_a_worker_that_is_killed_in_the_middle_loses_nothing_and_nothing_is_done_twice(tmp_path: Path) -> None:
    factories.OperatorFactory()
    assets = fleet(300)
    change = begun(assets)
    with running(BEAT, tmp_path):
        with running(WORKER, tmp_path) as worker:
            wait_until(lambda: settled(change) >= 20, seconds=60)
            os.killpg(worker.pid, signal.SIGKILL)
            assert worker.wait(10) == -signal.SIGKILL
        done = settled(change)
        assert 20 <= done < 300
        with running(WORKER, tmp_path):
            wait_until(lambda: BulkChange.objects.get().state == "DONE", seconds=90)
    assert set(change.assets.values_list("outcome", flat=True)) == {"DONE"}
    changes = Counter(Transition.objects.values_list("subject_id", flat=True))
    assert changes == {str(asset.pk): 1 for asset in assets}
    assert set(Asset.objects.values_list("state", flat=True)) == {"MAINTENANCE"}


def test_two_workers_at_one_row_settle_it_once(operator: object) -> None:
    """The sweep's own lock left aside: the row's is enough."""
    (asset,) = fleet(1)
    change = begun([asset])
    row = change.assets.get().pk
    answers: list[bool] = []

    def work() -> None:
        try:
            answers.append(settle(row))
        finally:
            connections.close_all()

    with transaction.atomic():
        Asset.objects.select_for_update().get(pk=asset.pk)
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        wait_until(others_are_waiting_for_a_lock, seconds=20)
    for thread in threads:
        thread.join(20)
    assert sorted(answers) == [False, True]
    assert Transition.objects.count() == 1


def test_what_is_stopped_while_an_asset_is_being_changed_lets_that_one_end(operator: object) -> None:
    first, second = fleet(2)
    change = begun([first, second])
    row = change.assets.get(asset=first).pk

    def work() -> None:
        try:
            settle(row)
        finally:
            connections.close_all()

    def stop_it() -> None:
        try:
            stop(change_id=change.pk, actor=STAFF)
        finally:
            connections.close_all()

    with transaction.atomic():
        Asset.objects.select_for_update().get(pk=first.pk)
        worker = threading.Thread(target=work)
        worker.start()
        wait_until(others_are_waiting_for_a_lock, seconds=20)
        stopper = threading.Thread(target=stop_it)
        stopper.start()
    for thread in (worker, stopper):
        thread.join(20)
    run_due()
    outcomes = dict(change.assets.values_list("asset", "outcome"))
    assert outcomes[second.pk] == "STOPPED"
    assert outcomes[first.pk] in {"DONE", "STOPPED"}
    assert Transition.objects.count() == (1 if outcomes[first.pk] == "DONE" else 0)
