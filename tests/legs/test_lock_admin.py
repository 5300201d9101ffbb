"""Locks as staff meet them: buttons that work them, and what is shown of what they were told."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.assets.locks.models import LockGateway, LockOrder, SimulatedLock
from apps.assets.models import Asset
from apps.bookings.invariants import breaches
from apps.history.models import Transition
from apps.legs.lock_by_hand import work_by_hand
from apps.legs.lock_commands import settle_due
from apps.legs.models import Leg, LockCommand
from apps.tomp.errors import IllegalState
from apps.webhooks.models import OutboxMessage
from tests import factories, pressing, profiles
from tests.rides import STAFF, confirmed, event, everything, leg_that_is
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def bike(operator: Any) -> Asset:
    gateway = LockGateway.objects.create(name="Simulated locks", kind="SIMULATED")
    bike = factories.AssetFactory(asset_type=factories.AssetTypeFactory(lock_gateway=gateway))
    SimulatedLock.objects.create(asset=bike)
    return bike


@pytest.fixture
def controlled(operator: Any) -> TompClient:
    """An MP whose rides we begin and end, and unlock."""
    return profiles.client(tripExecution=["TO_CONTROLLED", "LOCK_UNLOCK_REMOTELY"])


def press(client: Client, leg: str, name: str, **answers: Any) -> str:
    """Press a button of the leg's page; what it says."""
    address = reverse("admin:legs_leg_do", args=[leg, name])
    return pressing.press(client, address, {"reason": "at the desk", **answers}, follow=True).text


def test_staffs_events_work_the_lock(admin_client: Client, controlled: TompClient, bike: Asset) -> None:
    leg = confirmed(controlled, bike)
    SimulatedLock.objects.update(behaviour="JAMS")
    before = everything()
    assert "lock is jammed" in press(admin_client, leg, "set-in-use")
    Asset.objects.update(lock_state="UNKNOWN")
    assert everything() == before
    SimulatedLock.objects.update(behaviour="OBEYS")
    press(admin_client, leg, "set-in-use")
    assert SimulatedLock.objects.get().state == "UNLOCKED"
    press(admin_client, leg, "finish")
    assert SimulatedLock.objects.get().state == "LOCKED"
    assert Leg.objects.get().state == "FINISHED"


@pytest.mark.parametrize("behaviour", ["JAMS", "IS_SILENT"])
def test_a_stuck_ride_can_be_ended_without_the_lock(
    admin_client: Client, operator: Any, bike: Asset, behaviour: str
) -> None:
    remote = profiles.client(tripExecution=["LOCK_UNLOCK_REMOTELY"])
    leg = leg_that_is(remote, bike, "IN_USE")
    SimulatedLock.objects.update(behaviour=behaviour)
    assert event(remote, leg, "FINISH").status == 503
    press(admin_client, leg, "finish")
    assert Leg.objects.get().state == "IN_USE"
    told = LockCommand.objects.count()
    press(admin_client, leg, "finish", without_lock="on")
    assert Leg.objects.get().state == "FINISHED"
    assert LockCommand.objects.count() == told
    assert SimulatedLock.objects.get().state == "UNLOCKED"
    assert OutboxMessage.objects.get().body["state"] == "FINISHED", "the MP hears of it"

    SimulatedLock.objects.update(behaviour="OBEYS")
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        settle_due()
    expected = "LOCKED" if behaviour == "IS_SILENT" else "UNLOCKED"
    assert SimulatedLock.objects.get().state == expected, "a silent lock is followed up, a jammed one is staff's"


def test_the_choice_is_only_there_where_a_lock_is_worked(
    admin_client: Client, mp: TompClient, bike: Asset, controlled: TompClient
) -> None:
    by_app = leg_that_is(mp, bike, "IN_USE")
    address = reverse("admin:legs_leg_do", args=[by_app, "finish"])
    assert "without_lock" not in admin_client.get(address).text
    event(mp, by_app, "FINISH")
    confirmed_leg = confirmed(controlled, bike)
    press(admin_client, confirmed_leg, "set-in-use")
    address = reverse("admin:legs_leg_do", args=[confirmed_leg, "finish"])
    assert "without_lock" in admin_client.get(address).text


def test_a_form_that_works_a_lock_and_is_sent_again_does_not_say_that_it_is_done(
    admin_client: Client, mp: TompClient, bike: Asset
) -> None:
    leg = leg_that_is(mp, bike, "IN_USE")
    SimulatedLock.objects.update(behaviour="JAMS")
    token = str(admin_client.get(reverse("admin:legs_leg_do", args=[leg, "unlock"])).context["token"])
    assert "lock is jammed" in press(admin_client, leg, "unlock", token=token)
    commands = list(LockCommand.objects.values_list())
    said = press(admin_client, leg, "unlock", token=token)
    assert "Look at the lock commands" in said
    assert "has been done" not in said
    assert list(LockCommand.objects.values_list()) == commands


def test_commands_are_shown_and_found_by_what_became_of_them(admin_client: Client, operator: Any, bike: Asset) -> None:
    remote = profiles.client(tripExecution=["LOCK_UNLOCK_REMOTELY"])
    leg = leg_that_is(remote, bike, "IN_USE")
    SimulatedLock.objects.update(behaviour="JAMS")
    event(remote, leg, "PAUSE")
    SimulatedLock.objects.update(behaviour="IS_SILENT")
    event(remote, leg, "PAUSE")

    story = admin_client.get(reverse("admin:bookings_booking_change", args=[leg])).text
    page = admin_client.get(reverse("admin:assets_asset_change", args=[bike.pk])).text
    for shown in (story, page):
        assert all(state in shown for state in ("Obeyed", "Jammed", "Sent, not answered"))
    assert "is silent, and does nothing" in page
    listed = reverse("admin:legs_lockcommand_changelist")
    for query, count in [({"state__exact": "JAMMED"}, 1), ({"settled": "no"}, 1), ({"settled": "yes"}, 2), ({}, 3)]:
        assert admin_client.get(listed, query).context["cl"].result_count == count
    assert (
        admin_client.get(reverse("admin:assets_asset_changelist"), {"lock_state__exact": "JAMMED"})
        .context["cl"]
        .result_count
        == 1
    )


def test_staff_open_and_close_the_lock_for_a_traveller(
    admin_client: Client, operator: Any, mp: TompClient, bike: Asset
) -> None:
    """Also where the process leaves the lock to the traveller's phone."""
    leg = leg_that_is(mp, bike, "IN_USE")
    assert "The lock opens" in press(admin_client, leg, "unlock")
    assert SimulatedLock.objects.get().state == "UNLOCKED"
    assert "The lock closes" in press(admin_client, leg, "lock")
    assert SimulatedLock.objects.get().state == "LOCKED"
    assert Leg.objects.get().state == "IN_USE"
    logged = Transition.objects.filter(event__in=["UNLOCK", "LOCK"]).order_by("id")
    assert [(row.event, row.actor_kind, row.reason) for row in logged] == [
        ("UNLOCK", "TO", "at the desk"),
        ("LOCK", "TO", "at the desk"),
    ]
    assert not LockCommand.objects.filter(settled_at=None).exists()
    assert breaches(now=timezone.now()) == []


@pytest.mark.parametrize(("behaviour", "says"), [("JAMS", "lock is jammed"), ("IS_SILENT", "does not answer")])
def test_a_lock_that_does_not_obey_is_said_to_staff(
    admin_client: Client, operator: Any, mp: TompClient, bike: Asset, behaviour: str, says: str
) -> None:
    leg = leg_that_is(mp, bike, "IN_USE")
    SimulatedLock.objects.update(behaviour=behaviour)
    assert says in press(admin_client, leg, "unlock")
    assert SimulatedLock.objects.get().state == "LOCKED"
    assert Transition.objects.filter(event="UNLOCK").exists(), "that it was asked for is known"


@pytest.mark.parametrize("state", ["NOT_STARTED", "FINISHED"])
def test_no_lock_opens_for_who_is_not_there(
    admin_client: Client, operator: Any, mp: TompClient, bike: Asset, state: str
) -> None:
    leg = leg_that_is(mp, bike, state)
    assert "no longer fits" in press(admin_client, leg, "unlock")
    with pytest.raises(IllegalState):
        work_by_hand(leg_id=Leg.objects.get().pk, order=LockOrder.UNLOCK, actor=STAFF, reason="please")
    assert not LockCommand.objects.exists()
