"""What the admin's lists and pages cost, in SQL statements: the same however many rows there are."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.bookings.models import Booking
from tests import factories
from tests.rides import event, leg_that_is, pending

pytestmark = pytest.mark.django_db


def statements(admin_client: Client, address: str, **query: str) -> int:
    """How many statements a page takes, once it has been opened before."""
    admin_client.get(address, query)
    with CaptureQueriesContext(connection) as queries:
        assert admin_client.get(address, query).status_code == 200
    return len(queries)


def fleet(count: int, kind: Any, station: Any) -> None:
    for _ in range(count):
        asset = factories.AssetFactory(asset_type=kind, station=station)
        factories.AssetIdentifierFactory(asset=asset)


@pytest.mark.parametrize("query", [{}, {"q": "B"}, {"state__exact": "AVAILABLE"}, {"o": "3"}])
def test_the_list_of_assets_costs_the_same_for_10_as_for_60(operator: Any, admin_client: Client, query: Any) -> None:
    kind, station = factories.AssetTypeFactory(), factories.StationFactory()
    address = reverse("admin:assets_asset_changelist")
    fleet(10, kind, station)
    few = statements(admin_client, address, **query)
    fleet(50, kind, station)
    assert statements(admin_client, address, **query) == few <= 12


def test_the_list_of_bookings_costs_the_same_for_2_as_for_12(mp: Any, operator: Any, admin_client: Client) -> None:
    address = reverse("admin:bookings_booking_changelist")
    for _ in range(2):
        pending(mp, factories.AssetFactory())
    few = statements(admin_client, address)
    for _ in range(10):
        pending(mp, factories.AssetFactory())
    assert Booking.objects.count() == 12
    assert statements(admin_client, address) == few <= 12


def test_the_story_of_a_booking_costs_the_same_however_long_it_is(mp: Any, asset: Any, admin_client: Client) -> None:
    leg = leg_that_is(mp, asset, "IN_USE")
    address = reverse("admin:bookings_booking_change", args=[leg])
    short = statements(admin_client, address)
    for _ in range(5):
        event(mp, leg, "PAUSE")
        event(mp, leg, "SET_IN_USE")
    assert statements(admin_client, address) == short
