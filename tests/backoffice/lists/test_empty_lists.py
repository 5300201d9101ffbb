"""A list without rows says what it is for, or that its filters leave nothing; so does a table inside a page."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from apps.backoffice.lists.admin import ListMixin
from apps.bookings.models import Booking
from apps.stations.models import Station
from tests import factories
from tests.shipped_roles import of_role, ship_roles

pytestmark = pytest.mark.django_db

NOTHING_FITS = "Nothing here fits the search and filters"
LISTS = list(admin.site._registry.items())


def address(name: str, action: str = "changelist") -> str:
    return reverse(f"admin:{name}_{action}")


def test_every_list_has_a_sentence_of_its_own() -> None:
    said = [str(getattr(model_admin, "when_empty", ListMixin.when_empty)) for _, model_admin in LISTS]
    assert str(ListMixin.when_empty) not in said
    assert len(set(said)) == len(LISTS), "no two lists say the same"
    assert [sentence for sentence in said if not sentence.endswith(".")] == []


def test_every_table_inside_a_page_has_a_sentence() -> None:
    inlines = [inline for _, model_admin in LISTS for inline in model_admin.inlines]
    assert inlines
    assert [inline for inline in inlines if not str(getattr(inline, "when_empty", "")).endswith(".")] == []


@pytest.mark.parametrize("model", [Booking, Station])
def test_a_list_that_has_nothing_yet_says_what_it_is_for(operator: Any, admin_client: Client, model: Any) -> None:
    text = admin_client.get(address(f"{model._meta.app_label}_{model._meta.model_name}")).text
    assert str(admin.site._registry[model].when_empty) in text  # type: ignore[attr-defined]
    assert NOTHING_FITS not in text


def test_only_who_may_add_is_led_to_the_first(operator: Any, admin_client: Client) -> None:
    ship_roles()
    client = Client()
    client.force_login(of_role("Auditor"))
    add = address("stations_station", "add")
    for reader, led in ((admin_client, True), (client, False)):
        empty = reader.get(address("stations_station")).text.split('id="nothing-listed"')[1]
        assert (f'href="{add}"' in empty) is led


@pytest.mark.parametrize("query", [{"q": "nowhere"}, {"is_renting__exact": "0"}, {"station_id__exact": "nowhere"}])
def test_filters_that_leave_nothing_are_said_and_taken_away(
    operator: Any, admin_client: Client, query: dict[str, str]
) -> None:
    factories.StationFactory(station_id="here")
    text = admin_client.get(address("stations_station"), query).text
    empty = text.split('id="nothing-listed"')[1]
    assert NOTHING_FITS in empty
    assert 'href="?"' in empty
    assert "import them" not in empty


def test_a_sorted_list_without_rows_is_not_narrowed(operator: Any, admin_client: Client) -> None:
    assert NOTHING_FITS not in admin_client.get(address("stations_station"), {"o": "1"}).text


def test_an_inline_table_speaks_only_while_it_has_no_rows(operator: Any, admin_client: Client) -> None:
    asset = factories.AssetFactory()
    page = reverse("admin:assets_asset_change", args=[asset.pk])
    sentence = "Add what can be scanned or read on the asset"
    assert sentence in admin_client.get(page).text
    factories.AssetIdentifierFactory(asset=asset)
    assert sentence not in admin_client.get(page).text
