"""The transition log: who did what to which, added and never changed."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django_fsm import ConcurrentTransition

from apps.bookings.models import Booking
from apps.history.models import Transition
from apps.history.services import fire
from apps.tomp.errors import IllegalState
from tests.rides import STAFF, confirmed, pending

pytestmark = pytest.mark.django_db


def test_a_transition_is_written_with_its_actor_and_reason(asset: Any) -> None:
    fire(asset, "start_maintenance", actor=STAFF, reason="brakes")
    (row,) = Transition.objects.all()
    told = (row.subject_kind, row.subject_id, row.event, row.from_state, row.to_state, row.actor_name, row.reason)
    assert told == ("asset", str(asset.pk), "START_MAINTENANCE", "AVAILABLE", "MAINTENANCE", "dispatcher", "brakes")


def test_a_transition_that_does_not_fit_leaves_no_row(asset: Any) -> None:
    with pytest.raises(IllegalState, match=r"GIVE_BACK.*AVAILABLE"):
        fire(asset, "give_back", actor=STAFF)
    asset.refresh_from_db()
    assert asset.state == "AVAILABLE"
    assert not Transition.objects.exists()


@pytest.mark.parametrize("change", [lambda rows: rows.update(reason="another"), lambda rows: rows.delete()])
def test_the_database_refuses_to_change_or_delete_a_row(mp: Any, asset: Any, change: Any) -> None:
    pending(mp, asset)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        change(Transition.objects.all())
    assert Transition.objects.count() == 2


def test_states_are_not_written_by_hand(asset: Any) -> None:
    with pytest.raises(AttributeError, match="state"):
        asset.state = "RETIRED"


def test_two_who_read_the_same_state_do_not_both_change_it(mp: Any, asset: Any) -> None:
    """Beside the locks: a save that finds another state than it read is refused."""
    booking = confirmed(mp, asset)
    one, other = Booking.objects.get(pk=booking), Booking.objects.get(pk=booking)
    fire(one, "cancel", actor=STAFF)
    with pytest.raises(ConcurrentTransition), transaction.atomic():
        fire(other, "start", actor=STAFF)
