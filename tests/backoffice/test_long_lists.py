"""Lists that are too long to be read whole: how many pages they have, and what they can be filtered by."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.backoffice import pagination
from apps.backoffice.pagination import EstimatingPaginator
from apps.history.models import Transition
from apps.stations.models import Station
from tests import factories

pytestmark = pytest.mark.django_db


def stations(number: int) -> None:
    for _ in range(number):
        factories.StationFactory()


def count(rows: Any) -> tuple[int, int]:
    """How many rows the list is said to have, and the statements for that."""
    with CaptureQueriesContext(connection) as queries:
        said = EstimatingPaginator(rows, 50).count
    return said, len(queries)


def test_what_is_short_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagination, "COUNTED_UP_TO", 6)
    stations(6)
    assert count(Station.objects.order_by("station_id")) == (6, 1)
    assert count(Station.objects.filter(station_id="nowhere")) == (0, 1)


def test_what_is_long_is_estimated_and_never_said_to_be_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagination, "COUNTED_UP_TO", 6)
    stations(40)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE stations_station")
    assert count(Station.objects.order_by("station_id")) == (40, 2)
    said, statements = count(Station.objects.filter(is_renting=True))
    assert said >= 7
    assert statements == 2


def test_a_filter_names_each_value_of_its_column_once(operator: Any, admin_client: Client) -> None:
    for kind in ("leg", "booking", "leg", "asset", "leg"):
        Transition.objects.create(subject_kind=kind, subject_id="1", actor_kind="CLOCK")
    address = reverse("admin:history_transition_changelist")
    [found] = [one for one in admin_client.get(address).context["cl"].filter_specs if one.title == "subject kind"]
    assert found.lookup_choices == ["asset", "booking", "leg"]
    listed = admin_client.get(address, {"subject_kind": "leg"})
    assert listed.context["cl"].result_count == 3
