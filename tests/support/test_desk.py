"""The support desk in the admin: what is late comes first, buttons, who may see what, and that looks are noted."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.history.models import Transition
from apps.support.models import SupportRequest
from tests import factories
from tests.rides import confirmed, leg_that_is
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db

LIST = "admin:support_supportrequest_changelist"


def of_role(client: Client, role: str) -> Client:
    user = get_user_model().objects.create_user(role, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return client


def asked(mp: TompClient, kind: str, **more: Any) -> SupportRequest:
    mp.post("/support/", {"id": confirmed(mp, factories.AssetFactory()), "supportType": kind, **more})
    return SupportRequest.objects.get(type=kind)


def page(request: SupportRequest) -> str:
    return reverse("admin:support_supportrequest_change", args=[request.pk])


def press(client: Client, request: SupportRequest, button: str, **answers: Any) -> str:
    address = reverse("admin:support_supportrequest_do", args=[request.pk, button])
    assert client.get(address).status_code == 200
    return client.post(address, answers, follow=True).text


def test_what_was_promised_earliest_comes_first_and_what_is_late_is_counted(mp: TompClient, client: Client) -> None:
    desk = of_role(client, "Support desk")
    calm, urgent = asked(mp, "OTHER"), asked(mp, "NOT_CLEAN", requestedResponseTime=5)
    answered = asked(mp, "NOT_AVAILABLE", requestedResponseTime=1)
    press(desk, answered, "answer", message="Coming.")
    listed = list(desk.get(reverse(LIST)).context["cl"].result_list)
    assert listed == [urgent, calm, answered]
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert list(desk.get(reverse(LIST), {"answer": "overdue"}).context["cl"].result_list) == [urgent]
        assert list(desk.get(reverse(LIST), {"answer": "owed"}).context["cl"].result_list) == [urgent, calm]
        assert "overdue since" in desk.get(page(urgent)).text.lower()
        press(desk, urgent, "take-up", minutes="30")
        assert "Late" in desk.get(page(urgent)).text
    assert SupportRequest.objects.get(pk=urgent.pk).handled_by == "Support desk"


def test_staff_help_with_buttons_and_let_the_ride_go_on(mp: TompClient, asset: Any, client: Client) -> None:
    desk = of_role(client, "Support desk")
    booking = leg_that_is(mp, asset, "IN_USE")
    mp.post("/support/", {"id": booking, "supportType": "BROKEN_DOWN"})
    request = SupportRequest.objects.get()
    press(desk, request, "ask", message="Where are you?")
    assert reverse("admin:support_supportrequest_do", args=[request.pk, "ask"]) not in desk.get(page(request)).text
    assert "Where are you?" in desk.get(page(request)).text
    press(desk, request, "resolve", message="", ride_goes_on="on")
    assert mp.get(f"/legs/{booking}").body["state"] == "IN_USE"
    last = mp.get(f"/support/{booking}/status").body[-1]
    assert (last["status"], "comment" in last) == ("RESOLVED", False)
    text = desk.get(page(request)).text
    assert not any(f"/do/{name}/" in text for name in ("take-up", "answer", "ask", "resolve", "close"))


def test_who_may_see_the_traveller_is_noted_and_nobody_else_sees(mp: TompClient) -> None:
    request = asked(mp, "OTHER", contactInformationEndUser="+31687654321", comment="Under the bridge")
    secrets = ("+31687654321", "Under the bridge")
    auditor, desk = of_role(Client(), "Auditor"), of_role(Client(), "Support desk")
    shown = auditor.get(page(request))
    assert (shown.status_code, [text for text in secrets if text in shown.text]) == (200, [])
    assert not Transition.objects.filter(event="LOOK").exists()
    shown = desk.get(page(request))
    assert all(text in shown.text for text in secrets)
    look = Transition.objects.get(event="LOOK")
    assert (look.subject_kind, look.subject_id, look.actor_name) == ("support request", str(request.pk), "Support desk")
    assert all(text not in desk.get(reverse(LIST)).text for text in secrets)


def test_an_auditor_presses_nothing(mp: TompClient, client: Client) -> None:
    request = asked(mp, "OTHER")
    auditor = of_role(client, "Auditor")
    address = reverse("admin:support_supportrequest_do", args=[request.pk, "close"])
    assert auditor.post(address, {"message": "No"}).status_code == 403
    assert SupportRequest.objects.get().state == "PROCESSING"


def test_it_is_found_by_its_booking_and_by_its_asset(mp: TompClient, admin_client: Client) -> None:
    request = asked(mp, "OTHER")
    for term in (str(request.reference), request.asset.code[:4].lower()):
        assert list(admin_client.get(reverse(LIST), {"q": term}).context["cl"].result_list) == [request]
