"""JSON types in requests: a wrong one is x002 and changes nothing; an MP's own identifiers may be numbers."""

from typing import Any

import pytest

from apps.bookings.models import Booking
from tests.rides import HERE, confirmed, event, everything, offer, operate

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "fields",
    [
        {"nrOfTravelers": "1"},
        {"nrOfTravelers": True},
        {"radius": "500"},
        {"estimatedDistance": "2000"},
        {"travelers": [{"age": "26"}]},
        {"travelers": [{"referenceNumber": 5}]},
        {"useAssets": [123]},
        {"useAssetTypes": [True]},
    ],
)
def test_in_a_plan(mp: Any, asset: Any, fields: dict[str, Any]) -> None:
    answer = mp.post("/planning/offers", {"from": HERE, "useAssets": [asset.public_id], **fields})
    assert (answer.status, answer.body["errorcode"]) == (400, 2002), answer
    assert next(iter(fields)) in answer.body["detail"]


@pytest.mark.parametrize(
    "fields",
    [
        {"age": "26"},
        {"age": True},
        {"isValidated": "yes"},
        {"isValidated": 1},
        {"id": 1.5},
        {"id": True},
        {"externalId": {"of": "an object"}},
        {"firstName": 5},
        {"email": 5},
        {"travelerReference": 5},
        {"phones": [{"number": 612345678}]},
        {"phones": [{"number": "0612345678", "preferred": "yes"}]},
        {"cards": [{"type": "BANK", "cardNumber": 1234}]},
        {"licenses": [{"assetClass": "CAR", "number": 1234}]},
    ],
)
def test_of_a_customer(mp: Any, asset: Any, fields: dict[str, Any]) -> None:
    id_ = offer(mp, asset)
    before = everything()
    answer = mp.post("/bookings", {"id": id_, "customer": fields})
    assert (answer.status, answer.body["errorcode"]) == (400, 3002), answer
    assert f"customer.{next(iter(fields))}" in answer.body["detail"]
    assert everything() == before


@pytest.mark.parametrize("fields", [{"id": 17}, {"callbackUrl": 5}])
def test_of_a_booking(mp: Any, asset: Any, fields: dict[str, Any]) -> None:
    answer = mp.post("/bookings", {"id": offer(mp, asset), **fields})
    assert (answer.status, answer.body["errorcode"]) == (400, 3002), answer


@pytest.mark.parametrize("fields", [{"comment": 5}, {"url": [5]}, {"asset": {"id": 5}}])
def test_of_a_leg_event(mp: Any, asset: Any, fields: dict[str, Any]) -> None:
    leg = confirmed(mp, asset)
    before = everything()
    answer = event(mp, leg, "PREPARE", **fields)
    assert (answer.status, answer.body["errorcode"]) == (400, 4002), answer
    assert everything() == before


@pytest.mark.parametrize("id_", [123456, "123456"])
def test_identifiers_of_a_customer_are_kept_as_text(mp: Any, asset: Any, id_: Any) -> None:
    customer = {"id": id_, "externalId": id_, "age": 26, "isValidated": True, "firstName": " An "}
    answer = mp.post("/bookings", {"id": offer(mp, asset), "customer": customer})
    assert answer.status == 201, answer
    kept = {"id": "123456", "externalId": "123456", "age": 26, "isValidated": True, "firstName": "An"}
    assert answer.body["customer"] == kept
    assert Booking.objects.get().customer == kept
    assert operate(mp, answer.body["id"], "COMMIT").body["customer"] == kept
