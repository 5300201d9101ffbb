"""What staff see where there is nothing for them to see: in their language, with a way back."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from tests.factories import staff_user

pytestmark = pytest.mark.django_db

DUTCH = {"Accept-Language": "nl"}
BACK = 'href="/admin/"'


def test_a_page_they_may_not_see_says_who_can_help(client: Client) -> None:
    client.force_login(get_user_model().objects.create_user("reader", is_staff=True))
    answer = client.get(reverse("admin:auth_user_changelist"))
    assert answer.status_code == 403
    assert "An administrator can give you one that does." in answer.text
    assert BACK in answer.text
    dutch = client.get(reverse("admin:auth_user_changelist"), headers=DUTCH).text
    assert '<html lang="nl">' in dutch
    assert "<h1>Dit mag je niet</h1>" in dutch


@pytest.mark.parametrize("address", ["/admin/nowhere/", "/nowhere", "/admin/assets/asset/1/do/nothing/"])
def test_a_page_that_is_not_there_leads_back(admin_client: Client, address: str) -> None:
    answer = admin_client.get(address)
    assert answer.status_code == 404
    assert "<h1>There is no such page</h1>" in answer.text
    assert BACK in answer.text


def test_a_form_of_another_log_in_says_what_to_do() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff_user())
    answer = client.post(reverse("admin:logout"))
    assert answer.status_code == 403
    assert "<h1>This form is too old</h1>" in answer.text


def test_what_fails_is_told_with_the_number_of_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("apps.backoffice.finding._groups", fail)
    client = Client(raise_request_exception=False)
    client.force_login(staff_user())
    answer = client.get("/admin/find/?q=x", headers=DUTCH)
    assert answer.status_code == 500
    assert "<h1>Er ging iets mis aan onze kant</h1>" in answer.text
    assert f"<code>{answer.headers['X-Request-ID']}</code>" in answer.text
