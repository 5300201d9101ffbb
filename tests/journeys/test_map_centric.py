"""The map-centric journey, as the seed tells it: click, reserve, walk, ride, pause, ride, give back.

Source: seed micromobility-operator, "Map centric".
"""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django.utils.http import parse_http_date

from apps.history.models import Transition
from apps.legs.models import Leg
from apps.payments.models import JournalEntry
from tests.rides import HERE, at, event, operate

pytestmark = pytest.mark.django_db


def test_a_bike_is_found_booked_ridden_and_given_back(mp, asset):
    start = timezone.now()
    public_id = asset.public_id
    with time_machine.travel(start, tick=False) as clock:
        offers = mp.post("/planning/offers", {"from": HERE, "useAssets": [public_id]})
        (option,) = offers.body["options"]
        assert option["legs"][0]["asset"]["id"] == public_id

        booking = mp.post("/bookings", {"id": option["id"]})
        assert (booking.status, booking.body["state"]) == (201, "PENDING")
        assert parse_http_date(booking.headers["Expires"]) > start.timestamp()
        assert operate(mp, option["id"], "COMMIT").body["state"] == "CONFIRMED"

        clock.shift(timedelta(minutes=5))
        prepared = event(mp, option["id"], "PREPARE")
        assert prepared.body["state"] == "PREPARING"
        assert prepared.body["assetAccessData"]["tokenType"] == "tokenDeeplink"

        clock.shift(timedelta(minutes=1))
        departure = timezone.now()
        assert event(mp, option["id"], "SET_IN_USE").body["state"] == "IN_USE"
        assert mp.get(f"/bookings/{option['id']}").body["state"] == "STARTED"
        clock.shift(timedelta(minutes=10))
        progress = mp.get(f"/legs/{option['id']}/progress").body
        assert progress["duration"] == 10 * 60 * 1000
        assert event(mp, option["id"], "PAUSE").body["state"] == "PAUSED"
        clock.shift(timedelta(minutes=5))
        assert event(mp, option["id"], "SET_IN_USE").body["state"] == "IN_USE"
        clock.shift(timedelta(minutes=5))
        finishing = event(mp, option["id"], "START_FINISHING")
        assert finishing.body["state"] == "FINISHING"
        assert "assetAccessData" in finishing.body
        place = {"overriddenProperties": {"location": {"coordinates": {"lat": 52.1, "lng": 5.13}}}}
        finished = event(mp, option["id"], "FINISH", asset=place).body

    assert finished["state"] == "FINISHED"
    assert finished["pricing"]["estimated"] is False
    assert sum(part["amount"] for part in finished["pricing"]["parts"]) == 1.00 + 20 * 0.25
    assert finished["actualDepartureTime"] == at(departure).replace("+00:00", "Z")
    assert finished["distance"] > 1000
    over = mp.get(f"/bookings/{option['id']}").body
    assert over["state"] == "FINISHED"

    asset.refresh_from_db()
    assert (asset.state, asset.latitude, asset.longitude) == ("AVAILABLE", 52.1, 5.13)
    assert asset.public_id != public_id, "the id MPs see rotates when a trip ends"
    entry = JournalEntry.objects.get(booking_id=option["id"])
    assert (entry.amount, entry.currency, entry.used_seconds, entry.category) == (6, "EUR", 1200, "FARE")
    assert Leg.objects.get(pk=option["id"]).reservation.released_at is not None
    story = Transition.objects.filter(booking_id=option["id"]).order_by("id").values_list("event", "actor_name")
    assert [name for name, _ in story] == [
        "HOLD",
        "COMMIT",
        "PREPARE",
        "SET_IN_USE",
        "START",
        "PAUSE",
        "SET_IN_USE",
        "START_FINISHING",
        "FINISH",
        "FINISH",
    ]
    assert {who for _, who in story} == {mp.provider.maas_id}


def test_inquiries_store_nothing_and_carry_no_ids(mp, asset):
    answer = mp.post("/planning/inquiries", {"from": HERE, "useAssets": [asset.public_id]})
    assert answer.status == 201
    (option,) = answer.body["options"]
    assert "id" not in option
    assert mp.post("/plannings", {"from": HERE, "useAssets": [asset.public_id]}).body["options"][0].get("id") is None
    bookable = mp.post("/plannings?booking-intent=true", {"from": HERE, "useAssets": [asset.public_id]})
    assert bookable.body["options"][0]["id"]


def test_offers_promise_nothing(mp, stranger, asset):
    first = mp.post("/planning/offers", {"from": HERE, "useAssets": [asset.public_id]}).body["options"][0]["id"]
    second = stranger.post("/planning/offers", {"from": HERE, "useAssets": [asset.public_id]}).body["options"][0]["id"]
    assert stranger.post("/bookings", {"id": second}).status == 201
    late = mp.post("/bookings", {"id": first})
    assert (late.status, late.body["errorcode"]) == (409, 3500)


def test_the_id_an_mp_used_stays_good_for_its_own_leg(mp, asset):
    public_id = asset.public_id
    leg = mp.post("/planning/offers", {"from": HERE, "useAssets": [public_id]}).body["options"][0]["id"]
    mp.post("/bookings", {"id": leg})
    operate(mp, leg, "COMMIT")
    event(mp, leg, "SET_IN_USE")
    event(mp, leg, "FINISH")
    assert mp.get(f"/legs/{leg}").body["asset"]["id"] == public_id
    assert mp.post("/planning/offers", {"from": HERE, "useAssets": [public_id]}).body["options"] == []
