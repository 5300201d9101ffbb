"""Replacing a leg's asset, two at once. The guard is the order of locks in `apps.legs.locks`."""

from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from apps.bookings.invariants import breaches
from apps.legs.models import Leg, Replacement
from apps.legs.replacing import replace_asset, settle_answered
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.concurrency.test_races import at_once, outcome
from tests.rides import STAFF, confirmed, operate

pytestmark = pytest.mark.django_db(transaction=True)


def replace(leg: str, asset: Any) -> str:
    return outcome(lambda: replace_asset(leg_id=UUID(leg), asset_id=asset.pk, actor=STAFF, reason="flat tyre"))


def answered(mp: Any, asset: Any) -> tuple[str, Any]:
    """A leg whose MP has agreed to another asset, on which nobody has acted yet."""
    leg, other = confirmed(mp, asset), factories.AssetFactory()
    assert replace(leg, other) == "ok"
    OutboxMessage.objects.filter(booking_id=leg, subject="REPLACE_ASSET").update(state="DELIVERED", answer="true")
    return leg, other


def test_without_the_lock_two_members_of_staff_would_both_ask(mp: Any, asset: Any) -> None:
    """The race is real: both read that nothing is asked."""
    leg = confirmed(mp, asset)
    assert at_once([lambda: Replacement.objects.filter(leg=leg, ended_at=None).exists()] * 2) == [False, False]


def test_two_members_of_staff_ask_once(mp: Any, asset: Any) -> None:
    leg = confirmed(mp, asset)
    others = [factories.AssetFactory() for _ in range(4)]
    outcomes = at_once([lambda other=other: replace(leg, other) for other in others])
    assert sorted(outcomes) == ["IllegalState"] * 3 + ["ok"]
    assert OutboxMessage.objects.filter(subject="REPLACE_ASSET").count() == 1
    assert breaches(now=timezone.now()) == []


def test_two_legs_are_not_promised_one_asset(mp: Any, operator: Any) -> None:
    legs = [confirmed(mp, factories.AssetFactory()) for _ in range(4)]
    other = factories.AssetFactory()
    assert sorted(at_once([lambda leg=leg: replace(leg, other) for leg in legs])) == ["AssetTaken"] * 3 + ["ok"]
    assert breaches(now=timezone.now()) == []


def test_a_yes_against_a_cancellation_has_one_winner(mp: Any, operator: Any) -> None:
    for _ in range(4):
        asset = factories.AssetFactory()
        leg, other = answered(mp, asset)
        settled, cancelled = at_once([settle_answered, lambda leg=leg: operate(mp, leg, "CANCEL")])
        assert cancelled.status == 200
        told = OutboxMessage.objects.filter(booking_id=leg, subject="ASSIGN_ASSET").count()
        assert Replacement.objects.get(leg=leg).outcome == ("AGREED" if told else "WITHDRAWN")
        assert settled == told
        for one in (asset, other):
            one.refresh_from_db()
            assert one.state == "AVAILABLE"
            assert not one.reservations.filter(released_at=None).exists()
    assert breaches(now=timezone.now()) == []


def test_two_sweeps_swap_once(mp: Any, asset: Any) -> None:
    leg, other = answered(mp, asset)
    assert sum(at_once([settle_answered] * 4)) == 1
    assert OutboxMessage.objects.filter(subject="ASSIGN_ASSET").count() == 1
    assert Leg.objects.get(pk=leg).asset == other
