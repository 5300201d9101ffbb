"""The map on a booking's page: what is known of where it was, to those who may see it, in words too."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.assets.models import Asset
from apps.bookings.models import Booking
from apps.history.models import Transition
from apps.legs.models import Leg, LegEvent
from tests.rides import leg_that_is
from tests.shipped_roles import of_role, ship_roles
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db

LINE = {"type": "LineString", "coordinates": [[5.12, 52.09], [5.13, 52.095], [5.14, 52.1]]}


@pytest.fixture
def ride(mp: TompClient, asset: Any) -> str:
    """A ride that is over and left a line, and a traveller who was seen at its end."""
    leg = leg_that_is(mp, asset, "FINISHED")
    Leg.objects.filter(pk=leg).update(progress_geometry=LINE)
    LegEvent.objects.filter(leg=leg, event="FINISH").update(user_latitude=52.1001, user_longitude=5.1401)
    return leg


def seen_by(role: str, booking: str) -> Any:
    ship_roles()
    staff = Client()
    staff.force_login(of_role(role))
    return staff.get(reverse("admin:bookings_booking_change", args=[booking]))


def test_the_support_desk_sees_line_and_places_on_the_map_and_in_words(ride: str) -> None:
    page = seen_by("Support desk", ride)
    shown = page.context["map_settings"]
    assert shown["lines"] == [LINE]
    assert [spot["kind"] for spot in shown["spots"]] == ["agreed", "began", "ended", "now", "traveller"]
    began, ended = shown["spots"][1:3]
    assert (began["latitude"], began["longitude"]) == (52.09, 5.12)
    assert (ended["latitude"], ended["longitude"]) == (52.1, 5.14)
    for spot in shown["spots"]:
        assert spot["words"].split(",")[0] in page.text
    assert Transition.objects.filter(event="LOOK", booking_id=ride).exists()


@pytest.mark.parametrize("role", ["Auditor", "Fleet manager", "Finance"])
def test_who_may_not_see_where_travellers_go_sees_no_map(ride: str, role: str) -> None:
    page = seen_by(role, ride)
    assert page.status_code == 200
    assert "ride-map" not in page.text


def test_where_nothing_is_known_there_is_no_map(ride: str) -> None:
    Leg.objects.update(progress_geometry=None, from_place={}, to_place=None)
    LegEvent.objects.update(latitude=None, longitude=None, user_latitude=None, user_longitude=None)
    Leg.objects.update(asset=None, parked_car=None, state="CANCELLED")
    assert "ride-map" not in seen_by("Support desk", ride).text


def test_a_ride_under_way_is_shown_as_far_as_it_has_come(mp: TompClient, asset: Any) -> None:
    leg = leg_that_is(mp, asset, "IN_USE")
    Asset.objects.update(position_at=timezone.now() - timedelta(minutes=1))
    kinds = [spot["kind"] for spot in seen_by("Support desk", leg).context["map_settings"]["spots"]]
    assert kinds == ["agreed", "now"]
    assert Booking.objects.get().state == "STARTED"
