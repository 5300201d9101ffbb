"""Lists that staff keep under a name, for themselves or a role; what no longer fits says so."""

from typing import Any

import pytest
import time_machine
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.assets.models import Asset
from apps.backoffice.models import SavedFilter
from apps.history.models import Change
from tests import factories
from tests.rides import pending
from tests.shipped_roles import of_role, ship_roles
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db

ASSETS = "assets_asset"


def address(name: str, action: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:{name}_{action}", args=args)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def save(client: Client, list_name: str, query: str, name: str = "Mine", **sent: Any) -> Any:
    return client.post(f"{address(list_name, 'save_filter')}?{query}", {"name": name, **sent})


def opened(client: Client, saved: SavedFilter) -> Any:
    """The list that the saved filter leads to."""
    return client.get(address(saved.list_name, "open_filter", saved.pk), follow=True)


@pytest.fixture
def fleet(operator: Any) -> None:
    kind = factories.AssetTypeFactory()
    for code, state in (("B1", "AVAILABLE"), ("B2", "MAINTENANCE"), ("A1", "MAINTENANCE")):
        factories.AssetFactory(code=code, state=state, asset_type=kind)


def test_filters_search_and_order_come_back(fleet: None, admin_client: Client) -> None:
    columns = [str(one) for one in admin_client.get(address(ASSETS)).context["cl"].list_display]
    order = f"-{columns.index('code')}"
    answer = save(admin_client, ASSETS, f"state__exact=MAINTENANCE&q=A&o={order}")
    assert answer.status_code == 302
    saved = SavedFilter.objects.get()
    assert (saved.order, saved.owner.username) == ("-code", "admin")
    listed = opened(admin_client, saved).context["cl"]
    assert [asset.code for asset in listed.result_list] == ["A1"]
    assert listed.params == {"state__exact": "MAINTENANCE", "q": "A", "o": order}
    text = admin_client.get(address(ASSETS)).text
    assert text.count(f'href="{address(ASSETS, "open_filter", saved.pk)}"') == 2, "over the list and in its filters"


def test_today_is_the_day_on_which_it_is_opened(mp: TompClient, operator: Any, admin_client: Client) -> None:
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False):
        pending(mp, factories.AssetFactory())
        today = admin_client.get(address("bookings_booking")).context["cl"]
        [spec] = [one for one in today.filter_specs if getattr(one, "field_path", "") == "created_at"]
        query = today.get_query_string({name: str(value) for name, value in spec.links[1][1].items()})
        save(admin_client, "bookings_booking", query.removeprefix("?"))
        saved = SavedFilter.objects.get()
        assert opened(admin_client, saved).context["cl"].result_count == 1
    with time_machine.travel("2026-11-21T12:00:00Z", tick=False):
        admin_client.force_login(User.objects.get(username="admin"))
        shown = opened(admin_client, saved).context["cl"]
        assert shown.result_count == 0
        assert shown.params["created_at__gte"].startswith("2026-11-21")


def test_what_may_be_the_name_of_a_traveller_is_not_kept(operator: Any, admin_client: Client) -> None:
    page = admin_client.get(f"{address('bookings_booking', 'save_filter')}?q=Lovelace&state=EXPIRED")
    assert "is not kept" in page.text
    save(admin_client, "bookings_booking", "q=Lovelace&state=EXPIRED")
    assert SavedFilter.objects.get().query == "state=EXPIRED"


def test_a_name_is_used_once_by_its_owner_in_a_list(fleet: None, admin_client: Client) -> None:
    save(admin_client, ASSETS, "q=1")
    refused = save(admin_client, ASSETS, "q=2")
    assert "choose another name" in refused.text
    assert save(admin_client, "stations_station", "q=2").status_code == 302
    assert list(SavedFilter.objects.order_by("pk").values_list("query", flat=True)) == ["q=1", "q=2"]
    one, other = SavedFilter.objects.filter(list_name=ASSETS).get(), SavedFilter(list_name=ASSETS, name="Mine")
    other.owner = one.owner
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()
    save(admin_client, ASSETS, "q=3", name="Other")
    third = SavedFilter.objects.get(name="Other")
    refused = admin_client.post(address(ASSETS, "change_filter", third.pk), {"name": "Mine"})
    assert "choose another name" in refused.text
    third.refresh_from_db()
    assert third.name == "Other"


def test_only_who_may_share_shares_and_the_role_sees_it(fleet: None) -> None:
    ship_roles()
    manager, desk, auditor = (of_role(role) for role in ("Fleet manager", "Support desk", "Auditor"))
    role = Group.objects.get(name="Support desk")
    save(logged_in(manager), ASSETS, "state__exact=MAINTENANCE", name="To mend", shared_with=role.pk)
    save(logged_in(desk), ASSETS, "q=1", name="My own", shared_with=role.pk)
    assert dict(SavedFilter.objects.values_list("name", "shared_with")) == {"To mend": role.pk, "My own": None}
    shared = SavedFilter.objects.get(name="To mend")
    assert opened(logged_in(desk), shared).context["cl"].result_count == 2
    assert logged_in(auditor).get(address(ASSETS, "open_filter", shared.pk)).status_code == 404
    assert "To mend" not in logged_in(auditor).get(address(ASSETS)).text
    for action in ("change_filter", "delete_filter"):
        answer = logged_in(desk).post(address(ASSETS, action, shared.pk), {"name": "Ours"})
        assert answer.status_code == 404, "only its owner changes or deletes it"
    shared.refresh_from_db()
    assert shared.name == "To mend"


def test_who_may_not_see_a_list_keeps_nothing_of_it(operator: Any) -> None:
    ship_roles()
    client = logged_in(of_role("Support desk"))
    for action in ("filters", "save_filter"):
        assert client.get(address("auth_user", action)).status_code == 403
    assert save(client, "auth_user", "is_active__exact=1").status_code == 403
    assert not SavedFilter.objects.exists()


def test_it_is_renamed_and_deleted_and_that_is_noted(fleet: None, admin_client: Client) -> None:
    save(admin_client, ASSETS, "q=1")
    saved = SavedFilter.objects.get()
    assert admin_client.get(address(ASSETS, "change_filter", saved.pk)).status_code == 200
    admin_client.post(address(ASSETS, "change_filter", saved.pk), {"name": "Better"})
    assert "Better" in admin_client.get(address(ASSETS, "filters")).text
    admin_client.get(address(ASSETS, "delete_filter", saved.pk))
    assert SavedFilter.objects.exists(), "looking deletes nothing"
    admin_client.post(address(ASSETS, "delete_filter", saved.pk))
    assert not SavedFilter.objects.exists()
    noted = Change.objects.filter(subject_table="backoffice_savedfilter").order_by("id")
    assert list(noted.values_list("kind", "staff")) == [(kind, "admin") for kind in ("INSERT", "UPDATE", "DELETE")]


@pytest.mark.parametrize(
    ("query", "order", "said"),
    [
        ("nonsense=1", "", "does not know one of its filters"),
        ("state__exact=MELTED", "", "has no such choice"),
        ("asset_type__id__exact=999999", "", "any more"),
        ("q=1", "-colour", "has no column “colour”"),
        ("saved_period:colour=1", "", "has no filter by “colour”"),
    ],
)
def test_one_that_no_longer_fits_says_so_and_shows_no_rows(
    fleet: None, admin_client: Client, query: str, order: str, said: str
) -> None:
    owner = User.objects.get(username="admin")
    saved = SavedFilter.objects.create(owner=owner, list_name=ASSETS, name="Old", query=query, order=order)
    answer = opened(admin_client, saved)
    assert answer.redirect_chain == [(address(ASSETS, "filters"), 302)]
    assert "“Old” cannot be shown" in answer.text
    assert said in answer.text


def test_filters_that_do_not_fit_are_not_saved(fleet: None, admin_client: Client) -> None:
    assert save(admin_client, ASSETS, "nonsense=1").status_code == 302
    assert not SavedFilter.objects.exists()


def test_an_order_by_a_column_that_is_not_there_is_passed_over(fleet: None, admin_client: Client) -> None:
    assert save(admin_client, ASSETS, "o=99").status_code == 302
    assert SavedFilter.objects.get().order == ""


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label_lower)
def test_every_list_has_its_saved_filters(model: Any, operator: Any, admin_client: Client) -> None:
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    assert admin_client.get(address(name, "filters")).status_code == 200


def test_they_go_with_their_owner_and_stay_without_their_role(fleet: None) -> None:
    owner, role = User.objects.create_user("hanna"), Group.objects.create(name="Desk")
    SavedFilter.objects.create(owner=owner, list_name=ASSETS, name="Ours", shared_with=role)
    role.delete()
    assert SavedFilter.objects.get().shared_with is None
    owner.delete()
    assert not SavedFilter.objects.exists()


def test_a_list_asks_once_for_all_of_them(fleet: None, admin_client: Client) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            admin_client.get(address(ASSETS), {"q": "1"})
        return len(queries)

    statements()
    few = statements()
    for number in range(5):
        save(admin_client, ASSETS, "q=1", name=f"Number {number}")
    assert statements() == few
    assert Asset.objects.count() == 3
