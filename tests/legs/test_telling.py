"""What the MP hears of what staff did to its leg: an event it asked for, else the leg as it then is."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.legs.issues import report_issue, resolve_issue
from apps.legs.models import Leg
from apps.legs.moment import Happening
from apps.legs.services import apply_event
from apps.webhooks.models import OutboxMessage
from tests.profiles import client
from tests.rides import STAFF, at, confirmed, event, leg_that_is
from tests.tomp_client import TompClient, checker

pytestmark = pytest.mark.django_db


def by_staff(leg: str, name: str, **fields: Any) -> None:
    fields.setdefault("time", timezone.now())
    apply_event(leg_id=Leg.objects.get(pk=leg).pk, happening=Happening(event=name, **fields), actor=STAFF)


def told() -> list[tuple[str, str]]:
    """Method and path of each message, the leg's id left out; each is what the official document says."""
    sent = []
    for message in OutboxMessage.objects.order_by("id"):
        path = "/".join(part for part in message.path.split("/") if "-" not in part)
        official = checker()
        if official is not None:
            headers = {"Accept-Language": "en", "Api": "TOMP", "Api-Version": "1.6.1", "maas-id": "us"}
            template = path.replace("/legs", "/legs/{id}")
            assert not official.check_request(message.method, template, message.body, headers=headers)
        sent.append((message.method, path))
    return sent


def test_staff_end_a_ride_and_the_mp_gets_the_leg_with_its_fare(mp: TompClient, asset: Any) -> None:
    leg = leg_that_is(mp, asset, "IN_USE")
    by_staff(leg, "FINISH")
    assert told() == [("PUT", "/legs")]
    body = OutboxMessage.objects.get().body
    assert (body["id"], body["state"], body["pricing"]["estimated"]) == (leg, "FINISHED", False)
    assert "assetAccessData" not in body


def test_who_asks_for_the_event_gets_the_event(operator: Any, asset: Any) -> None:
    mp = client(tripExecution=["TO_CONTROLLED"])
    leg = confirmed(mp, asset)
    by_staff(leg, "SET_IN_USE")
    by_staff(leg, "FINISH")
    assert told() == [("POST", "/legs/events")] * 2


def test_staff_move_a_ride(mp: TompClient, asset: Any) -> None:
    arrival = timezone.now() + timedelta(hours=1)
    leg = confirmed(mp, asset, arrivalTime=at(arrival))
    later = arrival + timedelta(minutes=30)
    by_staff(leg, "TIME_EXTEND", time=later)
    assert told() == [("PUT", "/legs")]
    assert OutboxMessage.objects.get().body["arrivalTime"] == at(later).replace("+00:00", "Z")


def test_an_issue_and_its_end(mp: TompClient, asset: Any) -> None:
    leg = Leg.objects.get(pk=leg_that_is(mp, asset, "IN_USE"))
    report_issue(leg_id=leg.pk, actor=STAFF, reason="a flat tyre")
    report_issue(leg_id=leg.pk, actor=STAFF, reason="a flat tyre")
    resolve_issue(leg_id=leg.pk, actor=STAFF, reason="mended")
    assert told() == [("PUT", "/legs")] * 2
    assert [message.body["state"] for message in OutboxMessage.objects.order_by("id")] == ["ISSUE_REPORTED", "IN_USE"]


def test_what_the_mp_did_itself_it_knows(mp: TompClient, asset: Any) -> None:
    leg = leg_that_is(mp, asset, "IN_USE")
    event(mp, leg, "FINISH")
    assert told() == []
