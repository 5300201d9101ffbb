"""Customers in the admin: seen by those who may, and every look written down."""

from importlib import import_module
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.urls import reverse

from apps.customers.models import CustomerAccount
from apps.history.models import Transition
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(mp: TompClient) -> CustomerAccount:
    mp.post("/customers", {"externalId": "jo-1", "lastName": "Doe", "email": "jo@mp.example"})
    return CustomerAccount.objects.get()


def staff(client: Client, *permissions: str) -> Client:
    user = get_user_model().objects.create_user("agent", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return client


def page(account: CustomerAccount, name: str = "change", *more: str) -> str:
    return reverse(f"admin:customers_customeraccount_{name}", args=[account.pk, *more])


def test_who_it_is_is_for_those_who_may_know(account: CustomerAccount, client: Client) -> None:
    shown = staff(client, "view_customeraccount").get(page(account))
    assert shown.status_code == 200
    assert "Doe" not in shown.text
    assert not Transition.objects.filter(event="LOOK").exists()


def test_who_looks_is_written_down(account: CustomerAccount, client: Client) -> None:
    assert "Doe" in staff(client, "view_customeraccount", "see_personal_data").get(page(account)).text
    look = Transition.objects.get(event="LOOK")
    assert (look.subject_id, look.actor_name) == (account.account_id, "agent")


def test_blocking_and_back(account: CustomerAccount, client: Client) -> None:
    agent = staff(client, "change_customeraccount")
    for name, state in (("block", "BLOCKED"), ("unblock", "ACTIVE")):
        assert agent.post(page(account, "do", name), {"reason": "unpaid"}).status_code == 302
        assert CustomerAccount.objects.get().state == state


@pytest.mark.parametrize(("permissions", "count"), [((), 0), (("see_personal_data",), 1)])
def test_only_who_may_know_finds_by_who_it_is(
    account: CustomerAccount, client: Client, permissions: tuple[str, ...], count: int
) -> None:
    agent = staff(client, "view_customeraccount", *permissions)
    for term, expected in (("Doe", count), ("jo@mp.example", count), ("jo-1", 1), (account.account_id, 1)):
        found = agent.get(reverse("admin:customers_customeraccount_changelist"), {"q": term})
        assert found.context["cl"].queryset.count() == expected, term


@pytest.mark.parametrize("term", ["jo-1", "JO@mp.example"])
def test_a_customer_is_found_by_whole_ids(account: CustomerAccount, admin_client: Any, term: str) -> None:
    found = admin_client.get(reverse("admin:customers_customeraccount_changelist"), {"q": term})
    assert account.account_id in found.text


def test_what_finds_them_can_be_made_over_where_building_an_index_broke_off(account: CustomerAccount) -> None:
    migration = import_module("apps.customers.migrations.0001_found_as_people_type")
    with connection.cursor() as cursor:
        cursor.execute(migration.CREATE)
