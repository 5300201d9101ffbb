"""A list as CSV: what is shown, all of it, in few statements, and only for who may see the list."""

import csv
import io
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.safestring import mark_safe
from structlog.testing import capture_logs

from apps.assets.models import Asset
from apps.backoffice.lists import download
from apps.backoffice.lists.cells import text_of
from apps.history.models import Transition
from apps.operator.models import Operator
from apps.stations.admin import StationAdmin
from apps.stations.models import Station
from tests import factories
from tests.rides import pending
from tests.shipped_roles import of_role, ship_roles
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db


def address(name: str, action: str = "download") -> str:
    return reverse(f"admin:{name}_{action}")


def rows(client: Client, name: str, **query: str) -> list[dict[str, str]]:
    """The downloaded rows."""
    answer: Any = client.get(address(name), query)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def downloads() -> list[tuple[str, str, str]]:
    found = Transition.objects.filter(event="DOWNLOAD").order_by("id")
    return list(found.values_list("subject_id", "actor_name", "reason"))


def test_what_is_shown_is_downloaded_in_its_order_and_columns(operator: Any, admin_client: Client) -> None:
    region = factories.RegionFactory()
    for number in range(3):
        factories.StationFactory(station_id=f"station-{number}", region=region)
    shown = admin_client.get(address("stations_station", "changelist"), {"o": "-1"}).context["cl"]
    found = rows(admin_client, "stations_station", o="-1")
    assert len(found[0]) == len([one for one in shown.list_display if one != "action_checkbox"])
    assert [next(iter(row.values())) for row in found] == [str(station.station_id) for station in shown.result_list]
    assert [row for row in found if "<" in "".join(row.values())] == []


def test_filters_and_search_narrow_it(operator: Any, admin_client: Client) -> None:
    for state in ("AVAILABLE", "AVAILABLE", "MAINTENANCE"):
        factories.AssetFactory(state=state)
    assert len(rows(admin_client, "assets_asset")) == 3
    assert len(rows(admin_client, "assets_asset", state__exact="MAINTENANCE")) == 1
    code = Asset.objects.values_list("code", flat=True).earliest("pk")
    assert len(rows(admin_client, "assets_asset", q=code)) == 1
    assert downloads() == [
        ("assets_asset", "admin", ""),
        ("assets_asset", "admin", "Narrowed by state__exact."),
        ("assets_asset", "admin", "Narrowed by a search."),
    ], "what was searched for is not noted: it may be a name"


def test_more_than_a_page_and_than_a_batch_is_whole(
    operator: Any, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "BATCH", 20)
    kind = factories.AssetTypeFactory()
    for _ in range(65):
        factories.AssetFactory(asset_type=kind)
    assert len(rows(admin_client, "assets_asset", p="2")) == 65


def test_a_batch_costs_the_same_however_many_rows_it_has(
    mp: TompClient, operator: Any, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            rows(admin_client, "bookings_booking")
        return len(queries)

    pending(mp, factories.AssetFactory())
    statements()
    few = statements()
    for _ in range(5):
        pending(mp, factories.AssetFactory())
    assert statements() == few
    monkeypatch.setattr(download, "BATCH", 3)
    twice = statements()
    monkeypatch.setattr(download, "BATCH", 2)
    assert statements() - twice == twice - few, "each further batch costs the same"


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label_lower)
def test_every_list_can_be_downloaded(model: Any, operator: Any, admin_client: Client) -> None:
    rows(admin_client, f"{model._meta.app_label}_{model._meta.model_name}")


def test_times_are_the_operators_and_yes_is_a_word(mp: TompClient, operator: Any, admin_client: Client) -> None:
    Operator.objects.update(time_zone="Asia/Tokyo")
    pending(mp, factories.AssetFactory())
    [booking] = rows(admin_client, "bookings_booking")
    assert booking["Created at"].endswith("+09:00")
    User.objects.create_user("ada", is_staff=True)
    assert {row["Username"]: row["Staff status"] for row in rows(admin_client, "auth_user")}["ada"] == "yes"


def test_no_cell_is_a_formula(operator: Any, admin_client: Client) -> None:
    factories.StationFactory(station_id="=1+1")
    assert "'=1+1" in rows(admin_client, "stations_station")[0].values()


def test_only_who_may_see_a_list_takes_it(operator: Any) -> None:
    ship_roles()
    for role, name, status in (
        ("Support desk", "bookings_booking", 200),
        ("Support desk", "auth_user", 403),
        ("Auditor", "auth_user", 200),
        ("Auditor", "customers_customeraccount", 403),
    ):
        client = Client()
        user = User.objects.filter(username=role.lower().replace(" ", "-")).first() or of_role(role)
        client.force_login(user)
        assert client.get(address(name)).status_code == status, (role, name)
    assert [(name, who) for name, who, _ in downloads()] == [
        ("bookings_booking", "support-desk"),
        ("auth_user", "auditor"),
    ], "a refused download is no download"
    assert Client().get(address("auth_user")).status_code == 302


@pytest.mark.parametrize("query", [{"nonsense": "1"}, {"provider__secret": "x"}])
def test_filters_that_do_not_fit_download_nothing(operator: Any, admin_client: Client, query: dict[str, str]) -> None:
    answer = admin_client.get(address("bookings_booking"), query, follow=True)
    assert answer.redirect_chain == [(address("bookings_booking", "changelist"), 302)]
    assert "Nothing was downloaded" in answer.text
    assert downloads() == []


def test_a_list_that_breaks_off_says_so_and_the_log_why(
    operator: Any, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        factories.StationFactory()
    monkeypatch.setattr(download, "BATCH", 2)
    last = Station.objects.order_by("-pk")[0]

    def breaking(station: Station) -> str:
        if station == last:
            raise RuntimeError("no such name")
        return "fine"

    listing = admin.site._registry[Station]
    assert isinstance(listing, StationAdmin)
    monkeypatch.setattr(listing, "list_display", (*listing.list_display, breaking))
    with capture_logs() as logged:
        found = rows(admin_client, "stations_station")
    assert len(found) == 5
    assert next(iter(found[-1].values())).startswith("This list is not whole: something went wrong after 4 rows.")
    assert [(line["event"], line["rows"]) for line in logged if line["log_level"] == "error"] == [
        ("download broke off", 4)
    ]


def test_the_list_leads_to_its_download(operator: Any, admin_client: Client) -> None:
    factories.AssetFactory()
    text = admin_client.get(address("assets_asset", "changelist"), {"state__exact": "AVAILABLE", "o": "1"}).text
    assert f'href="{address("assets_asset")}?o=1&amp;state__exact=AVAILABLE"' in text
    assert "Export for editing" in text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<span class="material-symbols-outlined">lock</span> Locked &amp; safe', "Locked & safe"),
        ("<div>one</div><div>two</div>", "one; two"),
        ('<span aria-hidden="true">x<b>y</b><br></span>seen<br>below', "seen; below"),
        ('<a href="/x">Leg\n 1</a>', "Leg 1"),
    ],
)
def test_of_html_its_text_is_left(html: str, text: str) -> None:
    assert text_of(mark_safe(html)) == text  # noqa: S308 - a constant
