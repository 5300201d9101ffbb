"""Damages and jammed locks: what they keep from hire, who is shown them, and how staff put an end to them."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.assets.bookable import bookable_assets
from apps.assets.damages.models import Damage, Severity
from apps.assets.damages.services import mark_repaired
from apps.assets.models import Asset
from apps.assets.pools import free_places
from apps.assets.services import note_lock_works
from apps.history.models import Transition
from apps.legs.models import Leg
from apps.legs.selectors import endangered
from apps.tomp.errors import IllegalState
from tests import factories
from tests.profiles import client, steps
from tests.rides import STAFF, confirmed, event, offer
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db

BENT = {"vehicleComponent": "FRONT", "description": "The mudguard is bent."}


def keep_from_hire(asset: Asset, why: str) -> None:
    """Jam its lock, or damage it."""
    if why == "jammed":
        Asset.objects.filter(pk=asset.pk).update(lock_state="JAMMED")
    else:
        factories.DamageFactory(asset=asset, severity=Severity.UNUSABLE)


def put_right(asset: Asset, why: str) -> None:
    """The way back that staff have."""
    if why == "jammed":
        note_lock_works(asset_id=asset.pk, actor=STAFF, reason="oiled")
    else:
        mark_repaired(damage_id=Damage.objects.get(asset=asset).pk, actor=STAFF)


def hired(mp: TompClient) -> tuple[Any, ...]:
    """What every call tells that can be hired: the map, the station, by name, and places."""
    now = timezone.now()
    groups = [(group["nrAvailable"], len(group["assets"])) for group in mp.get("/operator/available-assets").body]
    (station,) = mp.get("/operator/stations").body
    places = free_places([one.station_id for one in Asset.objects.all()], start=now, end=None, now=now)
    bookable = bookable_assets(start=now, end=None, now=now).count()
    return groups, station["assetsAvailable"], bookable, sum(places.values())


@pytest.mark.parametrize("why", ["jammed", "damaged"])
def test_nobody_is_offered_what_cannot_be_ridden_until_it_is_put_right(mp: TompClient, why: str) -> None:
    station = factories.StationFactory()
    asset = factories.AssetFactory(station=station)
    factories.AssetFactory(station=station, asset_type=asset.asset_type)
    assert hired(mp) == ([(2, 2)], 2, 2, 2)
    keep_from_hire(asset, why)
    assert hired(mp) == ([(1, 1)], 1, 1, 1)
    put_right(asset, why)
    assert hired(mp) == ([(2, 2)], 2, 2, 2)


@pytest.mark.parametrize("severity", [Severity.COSMETIC, Severity.MINOR])
def test_a_damage_that_can_be_ridden_with_keeps_nothing_from_hire(mp: TompClient, severity: str) -> None:
    asset = factories.AssetFactory(station=factories.StationFactory())
    factories.DamageFactory(asset=asset, severity=severity)
    assert hired(mp) == ([(1, 1)], 1, 1, 1)


def test_what_was_offered_before_it_was_damaged_is_no_longer_booked(mp: TompClient, asset: Asset) -> None:
    offered = offer(mp, asset)
    keep_from_hire(asset, "damaged")
    answer = mp.post("/bookings", {"id": offered})
    assert (answer.status, answer.body["errorcode"]) == (409, 3500)


def test_a_place_is_not_given_an_asset_that_cannot_be_ridden(mp: TompClient) -> None:
    """The one asset left at the station is damaged: its places are none."""
    asset = factories.AssetFactory(station=factories.StationFactory())
    keep_from_hire(asset, "damaged")
    now = timezone.now()
    assert free_places([asset.station_id], start=now, end=None, now=now) == {}


@pytest.mark.parametrize("why", ["jammed", "damaged"])
def test_who_was_promised_it_is_among_the_endangered(mp: TompClient, asset: Asset, why: str) -> None:
    leg = Leg.objects.get(pk=confirmed(mp, asset))
    assert not endangered(Leg.objects.all(), timezone.now()).exists()
    keep_from_hire(asset, why)
    assert list(endangered(Leg.objects.all(), timezone.now())) == [leg]


# --- shown to travellers --------------------------------------------------------------------------------


@pytest.fixture
def shown(operator: Any) -> TompClient:
    """An MP whose app shows damages before a ride."""
    return client(steps={"onboarding": steps("SHOW_DAMAGES", "SEND_SET_IN_USE")})


def listed(mp: TompClient) -> Any:
    return mp.get("/operator/available-assets").body[0]["assets"][0].get("damages")


def test_open_damages_are_shown_where_the_process_shows_them(shown: TompClient, mp: TompClient, asset: Asset) -> None:
    factories.DamageFactory(asset=asset, component_name="light", pictures=["https://to.example/1.jpg"])
    mark_repaired(damage_id=factories.DamageFactory(asset=asset).pk, actor=STAFF)
    told = [{**BENT, "vehicleComponentName": "light", "pictures": ["https://to.example/1.jpg"]}]
    assert listed(shown) == told
    assert listed(mp) is None, "another process shows none"
    booking = confirmed(shown, asset)
    for answer in (shown.get(f"/bookings/{booking}").body["legs"][0], shown.get(f"/legs/{booking}").body):
        assert answer["asset"]["damages"] == told
    assert event(shown, booking, "SET_IN_USE").body["asset"]["damages"] == told
    assert "damages" not in shown.get("/bookings").body[0]["legs"][0]["asset"], "lists tell none"
    assert "damages" not in event(shown, booking, "FINISH").body["asset"], "and no ride that is over"


def test_showing_them_costs_one_statement_however_many(shown: TompClient, mp: TompClient, asset: Asset) -> None:
    costs = {}
    for one in (shown, mp):
        one.get("/operator/available-assets")  # which reads its profile
    for damages in (1, 5):
        factories.DamageFactory.create_batch(damages, asset=asset)
        factories.DamageFactory(asset=factories.AssetFactory(asset_type=asset.asset_type))
        for name, one in (("shown", shown), ("not", mp)):
            with CaptureQueriesContext(connection) as queries:
                assert one.get("/operator/available-assets").status == 200
            costs[name, damages] = len(queries)
    assert costs["shown", 1] == costs["shown", 5] == costs["not", 1] + 1 == costs["not", 5] + 1


# --- staff ----------------------------------------------------------------------------------------------


def test_staff_report_a_damage_on_the_assets_page_and_mark_it_as_repaired(admin_client: Client, asset: Asset) -> None:
    address = reverse("admin:assets_damage_add")
    fields = {"component": "TIRE", "component_name": "", "severity": "UNUSABLE", "description": "Flat", "pictures": ""}
    assert admin_client.post(address, {"asset": asset.pk, **fields}).status_code == 302
    damage = Damage.objects.get()
    assert (damage.reported_by, damage.severity) == ("staff admin", "UNUSABLE")
    assert "Flat" in admin_client.get(reverse("admin:assets_asset_change", args=[asset.pk])).text
    press = reverse("admin:assets_damage_do", args=[damage.pk, "repaired"])
    assert "no longer keeps asset" in admin_client.get(press).text
    admin_client.post(press)
    damage.refresh_from_db()
    assert (damage.repaired_by, damage.repaired_at is not None) == ("staff admin", True)
    assert "Flat" not in admin_client.get(reverse("admin:assets_asset_change", args=[asset.pk])).text
    with pytest.raises(IllegalState):
        mark_repaired(damage_id=damage.pk, actor=STAFF)


def test_staff_say_that_a_lock_works_again(admin_client: Client, asset: Asset) -> None:
    press = reverse("admin:assets_asset_do", args=[asset.pk, "lock-works"])
    assert press not in admin_client.get(reverse("admin:assets_asset_change", args=[asset.pk])).text
    keep_from_hire(asset, "jammed")
    assert press in admin_client.get(reverse("admin:assets_asset_change", args=[asset.pk])).text
    admin_client.post(press, {"reason": "oiled"})
    asset.refresh_from_db()
    assert asset.lock_state == "UNKNOWN"
    row = Transition.objects.get(subject_kind="asset")
    assert (row.event, row.actor_name, row.reason) == ("NOTE_LOCK_WORKS", "admin", "oiled")
    with pytest.raises(IllegalState):
        note_lock_works(asset_id=asset.pk, actor=STAFF, reason="again")


def test_the_database_keeps_damages_in_order(asset: Asset) -> None:
    damage = Damage.objects.filter(pk=factories.DamageFactory(asset=asset).pk)
    for change in ({"description": ""}, {"severity": "AWFUL"}, {"component": "SOUL"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            damage.update(**change)
