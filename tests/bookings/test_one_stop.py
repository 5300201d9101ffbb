"""POST /bookings/one-stop: from a plan to a booking in one call. Source: TOMP 1.6.1; PROCESS-IDENTIFIERS, ONE_STOP."""

import pytest

from apps.bookings.models import Booking
from apps.planning.models import Offer
from tests import factories
from tests.profiles import client
from tests.rides import HERE, everything, operate

pytestmark = pytest.mark.django_db


@pytest.fixture
def one_stop(operator):
    """An MP that books without offers."""
    return client(planning=[], booking=["ONE_STOP"])


def book(mp, asset, **fields):
    return mp.post("/bookings/one-stop", {"from": HERE, "useAssets": [asset.public_id], **fields})


def test_a_plan_becomes_a_booking(one_stop, asset):
    answer = book(one_stop, asset, extraInfo=None, customer={"id": "c-1"})
    assert (answer.status, answer.body["state"]) == (201, "PENDING")
    assert "Expires" in answer.headers
    assert answer.body["customer"] == {"id": "c-1"}
    assert operate(one_stop, answer.body["id"], "COMMIT").body["state"] == "CONFIRMED"


@pytest.mark.parametrize(
    ("identifier", "state"),
    [("AUTO_COMMIT", "CONFIRMED"), ("POSTPONED_COMMIT", "CONDITIONAL_CONFIRMED")],
)
def test_it_goes_as_far_as_the_process_says(operator, asset, identifier, state):
    mp = client(planning=[], booking=["ONE_STOP", identifier])
    assert book(mp, asset).body["state"] == state


def test_it_needs_the_identifier(mp, asset):
    before = everything()
    answer = book(mp, asset)
    assert (answer.status, answer.body["errorcode"]) == (403, 3006)
    assert everything() == before


def test_a_plan_that_leads_to_no_single_offer_is_not_booked(one_stop, operator, asset):
    other = factories.AssetFactory()
    before = everything()
    for names in (["unknown"], [asset.public_id, other.public_id]):
        answer = one_stop.post("/bookings/one-stop", {"from": HERE, "useAssets": names})
        assert (answer.status, answer.body["errorcode"]) == (406, 3501)
    assert everything() == before
    assert not Offer.objects.exists()


def test_an_asset_is_booked_once(one_stop, asset):
    book(one_stop, asset)
    before = everything()
    assert book(one_stop, asset).status == 406
    assert everything() == before
    assert Booking.objects.count() == 1


def test_an_asset_type_near_by_will_do(one_stop, asset):
    plan = {"from": HERE, "useAssetTypes": [asset.asset_type.type_id]}
    answer = one_stop.post("/bookings/one-stop", plan)
    assert (answer.status, answer.body["state"]) == (201, "PENDING")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 3001),
        ({"from": HERE}, 3001),
        ({"from": HERE, "useAssets": []}, 3001),
        ({"from": HERE, "useAssets": 5}, 3002),
    ],
)
def test_a_request_that_cannot_be_is_refused(one_stop, asset, body, code):
    before = everything()
    answer = one_stop.post("/bookings/one-stop", body)
    assert (answer.status, answer.body["errorcode"]) == (400, code)
    assert everything() == before
