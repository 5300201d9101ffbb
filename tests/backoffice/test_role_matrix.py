"""Who may do what: the tables of docs/roles.md, held against every list, page and button of the admin."""

import re
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.text import capfirst

from apps.backoffice.buttons import ButtonsMixin
from tests.shipped_roles import of_role, ship_roles
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).parents[2] / "docs" / "roles.md"
ROLES = ("Fleet manager", "Support desk", "Integration manager", "Finance", "Auditor", "Administrator")
VERBS = ("view", "add", "change", "delete")


@pytest.fixture
def staff(db: Any) -> dict[str, User]:
    """One person of each role."""
    ship_roles()
    return {role: of_role(role) for role in ROLES}


def test_each_role_may_do_what_the_page_says(staff: dict[str, User]) -> None:
    written = PAGE.read_text(encoding="utf-8").splitlines()
    shown = [line for line in written if line.startswith("|")]
    true = [*lists(staff), *buttons(staff)]
    assert shown == true, "\n".join(["docs/roles.md is to say:", *unified_diff(shown, true, lineterm="", n=0)])


def lists(staff: dict[str, User]) -> list[str]:
    """What each role may do with the rows of each list: the first letters of view, add, change and delete."""
    rows = []
    for model, model_admin in admin.site._registry.items():
        cells = [_letters(model_admin, user) for user in staff.values()]
        rows.append(f"| {capfirst(str(model._meta.verbose_name_plural))} | {' | '.join(cells)} |")
    return [f"| list | {' | '.join(ROLES)} |", f"|---{'|---' * len(ROLES)}|", *sorted(rows)]


def buttons(staff: dict[str, User]) -> list[str]:
    """Who may press each button."""
    rows = []
    for model, model_admin in admin.site._registry.items():
        for button in getattr(model_admin, "buttons", ()):
            assert isinstance(model_admin, ButtonsMixin)
            cells = ["yes" if model_admin.may_press(_request(user), button) else "" for user in staff.values()]
            rows.append(f"| {capfirst(str(model._meta.verbose_name))}: {button.label} | {' | '.join(cells)} |")
    return [f"| button | {' | '.join(ROLES)} |", f"|---{'|---' * len(ROLES)}|", *sorted(rows)]


def _letters(model_admin: Any, user: User) -> str:
    request = _request(user)
    return "".join(verb[0] for verb in VERBS if getattr(model_admin, f"has_{verb}_permission")(request))


def _request(user: User) -> Any:
    request = RequestFactory().get("/admin/")
    request.user = User.objects.get(pk=user.pk)
    return request


def test_a_list_that_a_role_may_not_see_is_in_no_menu_and_refused(
    operator: Any, staff: dict[str, User], client: Client
) -> None:
    for role, user in staff.items():
        client.force_login(user)
        menu = client.get(reverse("admin:index")).text
        for model, model_admin in admin.site._registry.items():
            address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            seen = model_admin.has_view_permission(_request(user))
            assert client.get(address, follow=True).status_code == (200 if seen else 403), (role, address)
            linked = re.search(rf'href="{re.escape(address)}"', menu) is not None
            assert not linked or seen, (role, address)


def test_an_mps_key_opens_no_page_of_the_admin(operator: Any, mp: TompClient, client: Client) -> None:
    for address in (reverse("admin:index"), reverse("admin:bookings_booking_changelist"), reverse("find")):
        answer = client.get(address, headers={"X-API-Key": mp.key, "maas-id": mp.provider.maas_id})
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, reverse("admin:login"))


def test_nobody_of_staff_gets_in_by_the_api(operator: Any, staff: dict[str, User], client: Client) -> None:
    for user in [*staff.values(), User.objects.create_superuser("root")]:
        client.force_login(user)
        assert client.get("/tomp/operator/information", headers={"Api-Version": "1.6.1"}).status_code in {400, 401}
        headers = {"Accept-Language": "en", "Api": "TOMP", "Api-Version": "1.6.1", "maas-id": user.username}
        assert client.get("/tomp/bookings", headers=headers).status_code == 401


def test_who_has_no_role_sees_nothing(client: Client) -> None:
    client.force_login(User.objects.create_user("new", is_staff=True))
    for model in admin.site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert client.get(address).status_code in {302, 403}


def test_administrators_make_nobody_a_superuser(staff: dict[str, User], client: Client) -> None:
    client.force_login(staff["Administrator"])
    victim = staff["Auditor"]
    address = reverse("admin:auth_user_change", args=[victim.pk])
    sent = {"username": victim.username, "is_active": "on", "is_staff": "on", "is_superuser": "on", "groups": []}
    sent |= {"date_joined_0": "2026-01-01", "date_joined_1": "00:00", "last_login_0": "", "last_login_1": ""}
    client.post(address, sent)
    victim.refresh_from_db()
    assert not victim.is_superuser
    assert set(Group.objects.values_list("name", flat=True)) >= set(ROLES)
