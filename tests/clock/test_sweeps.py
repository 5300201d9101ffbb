"""A sweep reaches every row that is due, whatever becomes of the others, and runs once at a time."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.assets.models import Asset, Reservation
from apps.assets.services import follow_reservations
from apps.bookings.models import Booking
from apps.bookings.services import expire_due
from apps.clock import sweeps
from apps.clock.sweeps import in_batches, sweep
from apps.legs.models import LegEvent
from apps.legs.progress import tell_progress
from apps.legs.services import erase_user_locations
from apps.planning.models import Offer
from apps.planning.services import purge_offers
from apps.tomp.idempotency import purge_answers
from apps.tomp.models import IdempotentAnswer, RequestCount
from apps.tomp.request_limit import purge_request_counts
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.concurrency.test_races import at_once
from tests.profiles import client as mp_with
from tests.rides import HERE, event, leg_that_is, now, offer, pending


@contextmanager
def broken(table: str, column: str, value: Any) -> Iterator[None]:
    """Whoever writes this row meets an error that nobody thought of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'nobody thought of this'; END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER broken BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW "
            f"WHEN (NEW.{column}::text = '{value}') EXECUTE FUNCTION fail()"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER broken ON {table}")


# --- one bad row stops nobody -----------------------------------------------------------------------


@pytest.mark.django_db
def test_whatever_one_row_raises_the_others_have_their_turn(operator: Any) -> None:
    bad, *good = (factories.AssetFactory().pk for _ in range(4))
    reached = []

    def service(asset_id: int) -> int:
        if asset_id == bad:
            raise ZeroDivisionError
        reached.append(asset_id)
        return asset_id

    assert sorted(sweep("test", Asset.objects.all(), service)) == sorted(reached) == sorted(good)


@pytest.mark.django_db
def test_rows_that_always_fail_do_not_keep_the_others_from_their_turn(operator: Any) -> None:
    *bad, last = (factories.AssetFactory().pk for _ in range(4))

    def service(asset_id: int) -> int:
        if asset_id in bad:
            raise ZeroDivisionError
        return asset_id

    due = Asset.objects.order_by("pk")
    # A sweep misses it with a chance of one in four.
    assert any(sweep("test", due, service, limit=len(bad)) == [last] for _ in range(60))


@pytest.mark.django_db
def test_each_has_its_turn_before_any_has_its_second(operator: Any) -> None:
    rare, often = factories.AssetTypeFactory(), factories.AssetTypeFactory()
    one = factories.AssetFactory(asset_type=rare)
    for _ in range(5):
        factories.AssetFactory(asset_type=often)
    assert one.pk in sweep("test", Asset.objects.all(), int, limit=2, in_turn="asset_type")


@pytest.mark.django_db
def test_nothing_is_begun_when_time_is_up(operator: Any) -> None:
    factories.AssetFactory()
    assert sweep("test", Asset.objects.all(), int, seconds=-1) == []


@pytest.mark.django_db
def test_an_asset_that_fails_leaves_the_others_to_follow_their_reservations(mp: Any, operator: Any) -> None:
    assets = [factories.AssetFactory() for _ in range(4)]
    for asset in assets:
        pending(mp, asset)
    Reservation.objects.update(released_at=timezone.now())
    with broken("assets_asset", "id", assets[0].pk):
        assert follow_reservations() == 3
    assert follow_reservations() == 1


@pytest.mark.django_db
def test_a_position_that_fails_leaves_the_others_to_be_told(operator: Any) -> None:
    mp = mp_with(tripExecution=["PROGRESS_NOTIFICATION"])
    legs = [leg_that_is(mp, factories.AssetFactory(), "IN_USE") for _ in range(3)]
    Asset.objects.update(position_at=timezone.now() + timedelta(seconds=1))
    with broken("webhooks_outboxmessage", "latest_of", legs[0]):
        assert tell_progress() == 2
    assert tell_progress() == 1
    assert OutboxMessage.objects.filter(latest_of__isnull=False).count() == 3


# --- once at a time ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_second_sweep_leaves_it_to_the_first(operator: Any) -> None:
    assets = sorted(factories.AssetFactory().pk for _ in range(3))
    begun, left = threading.Event(), threading.Event()

    def slow(asset_id: int) -> int:
        begun.set()
        assert left.wait(30)
        return asset_id

    def second() -> tuple[list[int], list[int]]:
        assert begun.wait(30)
        same = sweep("one", Asset.objects.all(), int)
        another = sweep("another", Asset.objects.all(), int)
        left.set()
        return same, sorted(another)

    first, (same, another) = at_once([lambda: sweep("one", Asset.objects.all(), slow), second])
    assert (sorted(first), same, another) == (assets, [], assets)
    assert sorted(sweep("one", Asset.objects.all(), int)) == assets, "it is over, and can be done again"


@pytest.mark.django_db(transaction=True)
def test_a_sweep_does_not_wait_for_one_that_waits(mp: Any, asset: Any) -> None:
    """The first waits for whoever holds the booking; the second is not needed for anything."""
    booking = pending(mp, asset)
    Booking.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Booking.objects.select_for_update().get(pk=booking)
            held.set()
            assert done.wait(30)

    def sweep_twice() -> list[int]:
        assert held.wait(30)
        swept: list[int] = []

        def expire() -> None:
            swept.append(expire_due())
            done.set()  # the one that left lets go of the booking for the other

        at_once([expire, expire])
        return sorted(swept)

    assert at_once([hold, sweep_twice])[1] == [0, 1]


# --- what is forgotten goes in batches --------------------------------------------------------------


def old_answers(mp: Any) -> None:
    """Three answers kept for repetition."""
    asset = factories.AssetFactory()
    for number in range(3):
        plan = {"from": HERE, "useAssets": [asset.public_id]}
        mp.post("/planning/offers", plan, headers={"Idempotency-Key": f"key-{number}"})


def old_counts(mp: Any) -> None:
    """Three minutes with a request each."""
    for number in range(3):
        RequestCount.objects.create(provider=mp.provider, minute=timezone.now() - timedelta(minutes=number), requests=1)


def old_places(mp: Any) -> None:
    """Three events that say where the traveller was."""
    for _ in range(3):
        leg = leg_that_is(mp, factories.AssetFactory(), "NOT_STARTED")
        assert event(mp, leg, "SET_IN_USE", userLocation=HERE, time=now()).status == 200
    LegEvent.objects.update(user_latitude=52.0, user_longitude=5.0)


def old_offers(mp: Any) -> None:
    """Three offers."""
    for _ in range(3):
        offer(mp, factories.AssetFactory())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "forget", "left"),
    [
        (old_answers, lambda: purge_answers(now=timezone.now()), IdempotentAnswer.objects.all()),
        (old_counts, lambda: purge_request_counts(now=timezone.now()), RequestCount.objects.all()),
        (old_offers, lambda: purge_offers(now=timezone.now()), Offer.objects.all()),
        (
            old_places,
            lambda: erase_user_locations(now=timezone.now()),
            LegEvent.objects.filter(user_latitude__isnull=False),
        ),
    ],
    ids=["answers", "counts", "offers", "places"],
)
def test_what_is_old_goes_a_batch_at_a_time(
    mp: Any, monkeypatch: pytest.MonkeyPatch, make: Callable[[Any], None], forget: Callable[[], int], left: Any
) -> None:
    monkeypatch.setattr(sweeps, "BATCH", 2)
    make(mp)
    with time_machine.travel(timezone.now() + timedelta(days=60)), CaptureQueriesContext(connection) as queries:
        assert forget() == 3
    table = left.model._meta.db_table
    changes = [one["sql"] for one in queries if re.match(rf'(DELETE FROM|UPDATE) "{table}"', one["sql"])]
    assert len(changes) == 2
    assert not left.all().exists()


@pytest.mark.django_db
def test_batches_go_on_until_nothing_is_left(operator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "BATCH", 2)
    for _ in range(4):
        factories.AssetFactory(mileage=1)
    assert in_batches("test", Asset.objects.filter(mileage=1), lambda batch: batch.update(mileage=2)) == 4
    assert Asset.objects.filter(mileage=2).count() == 4
