"""The one search box: whatever a traveller on the phone can name is found, by whom it concerns, at a fixed cost."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.bookings.models import Booking
from apps.customers.models import CustomerAccount
from apps.legs.models import Leg
from apps.parking.models import ParkedCar
from tests import factories
from tests.rides import confirmed, pending, with_second_leg
from tests.shipped_roles import of_role, ship_roles
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db

ADA = {
    "id": "ada-1",
    "firstName": "Ada",
    "lastName": "Lovelace",
    "email": "ada@example.org",
    "phones": [{"preferred": True, "number": "+31612345678", "kind": "MOBILE"}],
}


def found(staff: Client, term: str) -> dict[str, list[str]]:
    """The names of what is found, by kind; where it was one thing, its page."""
    answer = staff.get(reverse("find"), {"q": term})
    if answer.status_code == 302:
        return {"page": [answer.headers["Location"]]}
    return {group.title: [one.name for one in group.found] for group in answer.context["found"].groups}


def page(kind: str, key: Any) -> dict[str, list[str]]:
    return {"page": [reverse(f"admin:{kind}_change", args=[key])]}


@pytest.mark.parametrize(
    "term",
    [
        *("Lovelace", "lovelace", " Ada  Lovelace", "Ada@Example.org", "ada-1"),
        *("+31612345678", "+31 6 12 34 56 78", "06-12345678", "0612345678", "0031 6 12345678", "(06) 12.34.56.78"),
        "r-2041",
    ],
)
def test_a_traveller_leads_to_the_booking(mp: TompClient, asset: Any, admin_client: Client, term: str) -> None:
    booking = pending(mp, asset)
    pending(mp, factories.AssetFactory())
    Booking.objects.filter(pk=booking).update(customer=ADA, extra_info={"reference": "R-2041", "seats": [1]})
    assert found(admin_client, term) == page("bookings_booking", booking)


@pytest.mark.parametrize("role", ["Fleet manager", "Finance", "Support desk"])
@pytest.mark.parametrize("term", ["Lovelace", "Ada@example.org", "0612345678", "ada-1", "r-2041"])
def test_only_who_may_see_a_traveller_finds_by_one(
    mp: TompClient, asset: Any, client: Client, role: str, term: str
) -> None:
    booking = pending(mp, asset)
    Booking.objects.filter(pk=booking).update(customer=ADA, extra_info={"reference": "R-2041"})
    ship_roles()
    client.force_login(of_role(role))
    may_see = role == "Support desk"
    assert found(client, term) == (page("bookings_booking", booking) if may_see else {})
    listed = client.get(reverse("admin:bookings_booking_changelist"), {"q": term}).context["cl"].queryset
    assert listed.count() == int(may_see)
    assert found(client, booking) == page("bookings_booking", booking), "by its id in any case"


def test_an_id_or_its_beginning_leads_to_the_booking(mp: TompClient, asset: Any, admin_client: Client) -> None:
    booking = confirmed(mp, asset)
    assert found(admin_client, booking) == page("bookings_booking", booking)
    assert found(admin_client, f" {booking[:8]} ") == page("bookings_booking", booking)


def test_spaces_too_many_in_what_an_mp_sent_hide_nobody(mp: TompClient, asset: Any, admin_client: Client) -> None:
    booking = pending(mp, asset)
    sent = {"firstName": " Anne  Marie", "lastName": "de\tJong "}
    Booking.objects.filter(pk=booking).update(customer=sent, extra_info={"reference": " Ref  41 "})
    for term in ("de jong", "anne marie de jong", "ref 41"):
        assert found(admin_client, term) == page("bookings_booking", booking)


def test_a_number_in_parts_is_found_as_a_whole(mp: TompClient, asset: Any, admin_client: Client) -> None:
    booking = pending(mp, asset)
    phone = {"number": "6 12345678", "countryCode": "+31"}
    Booking.objects.filter(pk=booking).update(customer={"phones": [phone, "no object", {"number": None}]})
    for term in ("0612345678", "+31 612345678"):
        assert found(admin_client, term) == page("bookings_booking", booking)


def test_a_leg_is_found_by_its_own_id_and_how_that_begins(mp: TompClient, asset: Any, admin_client: Client) -> None:
    second = with_second_leg(confirmed(mp, asset), factories.AssetFactory(asset_type=asset.asset_type))
    for term in (str(second.pk), str(second.pk)[:8]):
        assert found(admin_client, term) == page("legs_leg", second.pk)


@pytest.mark.parametrize("said", ["x" * 5000, "é" * 101, "", None, 7, ["a"], {"b": "c"}])
def test_whatever_an_mp_says_is_kept(mp: TompClient, asset: Any, said: Any) -> None:
    booking = pending(mp, asset)
    customer = {"id": "7", "lastName": said, "email": said, "phone": said, "phones": said}
    Booking.objects.filter(pk=booking).update(customer=customer, extra_info=said)
    Booking.objects.filter(pk=booking).update(customer=None, extra_info={"said": said})


@pytest.mark.parametrize("term", ["ada@example.org", "06 12345678", "7d5bbcd6", "B00001"])
def test_an_index_finds_it(admin_client: Client, rf: Any, term: str) -> None:
    """Where the planner may not read whole tables, it need not."""
    request = rf.get("/admin/")
    request.user = get_user_model().objects.get()
    for model in (Booking, Leg, CustomerAccount):
        model_admin = admin.site.get_model_admin(model)
        results, _ = model_admin.get_search_results(request, model._default_manager.order_by(), term)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        plan = results.explain()
        assert "Seq Scan" not in plan, plan


def test_an_asset_is_found_with_who_has_it(mp: TompClient, asset: Any, admin_client: Client) -> None:
    booking = confirmed(mp, asset)
    assert found(admin_client, asset.code.lower()) == {"Bookings": [booking], "Assets": [str(asset)]}


def test_accounts_cars_stations_and_providers_are_found(operator: Any, mp: TompClient, admin_client: Client) -> None:
    account = CustomerAccount.objects.create(provider=mp.provider, external_id="their-7", details=ADA)
    for term in ("their-7", "Lovelace", "+31612345678", account.account_id):
        assert found(admin_client, term) == page("customers_customeraccount", account.pk)
    station = factories.StationFactory(station_id="utrecht-cs", name={"en": "Vredenburg"})
    kind = factories.AssetTypeFactory()
    since = timezone.now() - timedelta(hours=1)
    car = ParkedCar.objects.create(plate="AB12CD", asset_type=kind, station=station, since=since)
    assert found(admin_client, "AB12CD") == page("parking_parkedcar", car.pk)
    assert found(admin_client, "Vredenburg") == page("stations_station", station.pk)
    assert found(admin_client, mp.provider.maas_id) == page("providers_provider", mp.provider.pk)


@pytest.mark.parametrize("term", ["nobody", "", "%", "'; --", "x" * 500, "0000", "\u202e"])
def test_what_is_not_there_says_what_can_be_looked_for(operator: Any, admin_client: Client, term: str) -> None:
    answer = admin_client.get(reverse("find"), {"q": term})
    assert answer.status_code == 200
    assert "Look for the id of a booking" in answer.content.decode()


def test_who_may_see_assets_only_finds_assets_only(mp: TompClient, asset: Any, client: Client) -> None:
    confirmed(mp, asset)
    assert client.get(reverse("find"), {"q": asset.code}).status_code == 302, "to the log-in page"
    user = get_user_model().objects.create_user("fleur", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_asset"))
    client.force_login(user)
    assert found(client, asset.code) == page("assets_asset", asset.pk)


def test_it_costs_the_same_however_much_is_found(mp: TompClient, admin_client: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert admin_client.get(reverse("find"), {"q": "Lovelace"}).status_code == 200
        return len(queries)

    costs = []
    for _ in range(2):
        for _ in range(4):
            pending(mp, factories.AssetFactory())
        Booking.objects.update(customer=ADA)
        cost()
        costs.append(cost())
    assert costs[0] == costs[1] <= 20
    address = reverse("admin:bookings_booking_changelist")
    assert f"{address}?q=Lovelace" in admin_client.get(reverse("find"), {"q": "Lovelace"}).content.decode()
