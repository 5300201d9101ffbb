"""Two at one row: what somebody else changed while a form was open is not undone by who saves it later."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.assets.locks.models import LockGateway
from apps.assets.models import Asset
from apps.pricing.models import PricingPlan
from apps.stations.models import Region
from tests import factories
from tests.admin_forms import opened, shown_on

pytestmark = pytest.mark.django_db


def test_a_form_that_is_old_moves_nothing_back(operator: Any, admin_client: Client) -> None:
    asset = factories.AssetFactory(latitude=52.1, longitude=5.1, state_of_charge=80)
    address, sent = opened(admin_client, asset)
    station = factories.StationFactory()
    Asset.objects.filter(pk=asset.pk).update(latitude=52.2, longitude=5.2, state_of_charge=30, station=station)
    assert admin_client.post(address, {**sent, "lock_device_id": "L-1"}).status_code == 302
    asset.refresh_from_db()
    assert (asset.latitude, asset.longitude, asset.state_of_charge) == (52.2, 5.2, 30)
    assert (asset.station, asset.lock_device_id) == (station, "L-1")


def test_each_keeps_what_they_wrote(operator: Any, admin_client: Client) -> None:
    plan = factories.PricingPlanFactory()
    address, first = opened(admin_client, plan)
    _, second = opened(admin_client, plan)
    assert admin_client.post(address, {**first, "url": "https://first.example"}).status_code == 302
    assert admin_client.post(address, {**second, "description_0": "Second"}).status_code == 302
    plan.refresh_from_db()
    assert (plan.url, str(plan.description)) == ("https://first.example", "Second")


def test_who_writes_the_same_field_sees_what_it_has_become_and_may_insist(operator: Any, admin_client: Client) -> None:
    asset = factories.AssetFactory(latitude=52.1, state_of_charge=80)
    address, sent = opened(admin_client, asset)
    Asset.objects.filter(pk=asset.pk).update(latitude=52.2, state_of_charge=30)
    mine = {**sent, "latitude": "52.3"}
    refused = admin_client.post(address, mine)
    assert "Somebody else has changed this meanwhile, to “52.2”." in refused.text
    asset.refresh_from_db()
    assert asset.latitude == 52.2
    assert admin_client.post(address, {**mine, "shown": shown_on(refused)}).status_code == 302
    asset.refresh_from_db()
    assert (asset.latitude, asset.state_of_charge) == (52.3, 30), "what was not written stays"


def test_the_same_answer_by_two_is_no_conflict(operator: Any, admin_client: Client) -> None:
    plan = factories.PricingPlanFactory()
    address, sent = opened(admin_client, plan)
    PricingPlan.objects.filter(pk=plan.pk).update(url="https://both.example")
    assert admin_client.post(address, {**sent, "url": "https://both.example"}).status_code == 302


def test_a_text_is_the_same_only_in_all_its_languages(operator: Any, admin_client: Client) -> None:
    station = factories.StationFactory(name={"en": "Pier", "nl": "Steiger"})
    address, first = opened(admin_client, station)
    _, second = opened(admin_client, station)
    assert admin_client.post(address, {**first, "name_0": "The pier"}).status_code == 302
    refused = admin_client.post(address, {**second, "name_1": "De steiger"})
    assert "Somebody else has changed this meanwhile, to “The pier”." in refused.text
    station.refresh_from_db()
    assert station.name.data == {"en": "The pier", "nl": "Steiger"}
    assert admin_client.post(address, {**second, "capacity": "9"}).status_code == 302
    station.refresh_from_db()
    assert (station.name.data, station.capacity) == ({"en": "The pier", "nl": "Steiger"}, 9)


def test_a_moment_is_the_same_on_every_clock(operator: Any, admin_client: Client) -> None:
    first, later = (timezone.now() + timedelta(days=days) for days in (1, 2))
    region = factories.RegionFactory(area_start_time=first)
    address, sent = opened(admin_client, region)
    Region.objects.update(area_start_time=later)
    assert admin_client.post(address, {**sent, "region_id": "other"}).status_code == 302
    region.refresh_from_db()
    assert (region.region_id, region.area_start_time) == ("other", later)


def test_rows_below_another_are_kept_too(operator: Any, admin_client: Client) -> None:
    """Who renames a plan does not take back the price that somebody set meanwhile."""
    plan = factories.PricingPlanFactory()
    part = plan.parts.order_by("position").first()
    address, first = opened(admin_client, plan)
    page = admin_client.get(address).text
    _, second = opened(admin_client, plan)
    (amount,) = [name for name, value in first.items() if name.endswith("-amount") and name.startswith("parts-0")]
    assert f'name="{amount.replace("amount", "shown")}"' in page
    assert admin_client.post(address, {**first, amount: "9.99"}).status_code == 302
    assert admin_client.post(address, {**second, "description_0": "Second"}).status_code == 302
    part.refresh_from_db()
    plan.refresh_from_db()
    assert (part.amount, str(plan.description)) == (Decimal("9.99"), "Second")
    refused = admin_client.post(address, {**second, amount: "8.88"})
    assert "Somebody else has changed this meanwhile, to “9.9900”." in refused.text


def test_nobody_is_told_a_secret(operator: Any, admin_client: Client) -> None:
    gateway = LockGateway.objects.create(name="Gate", kind="HTTP", address="https://locks.example", secret="first")
    address, sent = opened(admin_client, gateway)
    gateway.secret = "theirs"
    gateway.save()
    answer = admin_client.post(address, {**sent, "secret": "mine"}, follow=True)
    assert "theirs" not in answer.text
    gateway.refresh_from_db()
    assert gateway.secret == "mine"


@pytest.mark.parametrize("shown", ["", "x", "[]", "[" * 5_000, '{"latitude": 1}', '{"id": "x", "nothing": []}'])
def test_without_what_was_shown_the_form_is_taken_as_it_is(operator: Any, admin_client: Client, shown: str) -> None:
    asset = factories.AssetFactory(latitude=52.1)
    address, sent = opened(admin_client, asset)
    assert admin_client.post(address, {**sent, "shown": shown, "lock_device_id": "L-2"}).status_code in {200, 302}


@pytest.mark.parametrize("key", ["NaN", "abc", "1.5", "-1", "😀", "9" * 30])
def test_a_key_that_is_none_is_refused(operator: Any, admin_client: Client, key: str) -> None:
    asset = factories.AssetFactory()
    address, sent = opened(admin_client, asset)
    refused = admin_client.post(address, {**sent, "station": key})
    assert refused.status_code == 200
    assert "station" in refused.context["adminform"].form.errors
    many = admin_client.post(reverse("admin:operator_alert_add"), {"stations": [key], "regions": [key]})
    assert {"stations", "regions"} <= set(many.context["adminform"].form.errors)
