"""Whom an asset type may be offered to: age, licence, and what it is fit for. Source: TOMP 1.6.1 `traveler`."""

from typing import Any

import pytest

from tests import factories
from tests.profiles import client
from tests.rides import HERE
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db
MAY_DRIVE = {"licenseTypes": [{"assetClass": "CAR", "issuingCountry": "NL"}]}
OTHER = {"licenseTypes": [{"assetClass": "MOPED"}]}


@pytest.fixture
def mp(operator: Any) -> TompClient:
    return client(planning=[])


def legs(mp: TompClient, **plan: Any) -> list[int]:
    """How many legs each option has."""
    answer = mp.post("/planning/offers", {"from": HERE, **plan})
    assert answer.status == 201, answer
    return [len(option["legs"]) for option in answer.body["options"]]


@pytest.mark.parametrize(
    ("number", "travelers", "found"),
    [
        (1, [], []),
        (1, [OTHER], []),
        (1, [MAY_DRIVE], [1]),
        (4, [{}, MAY_DRIVE], [1]),
        (5, [MAY_DRIVE], []),
        (5, [MAY_DRIVE, OTHER, MAY_DRIVE], [2]),
        (8, [MAY_DRIVE] * 2, [2]),
        (9, [MAY_DRIVE] * 2, []),
    ],
)
def test_each_vehicle_needs_a_driver_with_a_licence(
    mp: TompClient, number: int, travelers: list[Any], found: list[int]
) -> None:
    car = factories.AssetTypeFactory(asset_class="CAR", persons=4, license_class="CAR")
    factories.AssetFactory.create_batch(3, asset_type=car)
    assert legs(mp, nrOfTravelers=number, travelers=travelers) == found


def test_the_drivers_are_told_apart(mp: TompClient) -> None:
    car = factories.AssetTypeFactory(asset_class="CAR", persons=2, license_class="CAR")
    factories.AssetFactory.create_batch(2, asset_type=car)
    drivers = [{**MAY_DRIVE, "referenceNumber": name} for name in ("yes", "also")]
    travelers = [{"referenceNumber": "child"}, *drivers]
    (option,) = mp.post("/planning/offers", {"from": HERE, "travelers": travelers}).body["options"]
    assert [leg["travelerReferenceNumbers"] for leg in option["legs"]] == [["yes", "child"], ["also"]]


@pytest.mark.parametrize(
    ("needs", "found"),
    [
        ({}, [1]),
        ({"abilities": []}, [1]),
        ({"abilities": [{"category": "HR", "number": "01"}]}, [1]),
        ({"bringAlong": [{"category": "ZR", "number": "06", "variable-number": 3}]}, [1]),
        ({"abilities": [{"category": "HR", "number": "02"}]}, []),
        ({"abilities": [{"category": "HR", "number": "01"}], "bringAlong": [{"category": "RR", "number": "01"}]}, []),
    ],
)
def test_a_type_is_offered_to_those_it_is_fit_for(mp: TompClient, needs: dict[str, Any], found: list[int]) -> None:
    factories.AssetFactory(asset_type=factories.AssetTypeFactory(serves=["HR01", "ZR06"]))
    assert legs(mp, travelers=[{"requirements": needs}]) == found


@pytest.mark.parametrize(
    ("traveler", "code"),
    [
        ({"licenseTypes": [{}]}, 2001),
        ({"licenseTypes": [{"assetClass": "BROOM"}]}, 2002),
        ({"licenseTypes": "CAR"}, 2002),
        ({"requirements": {"abilities": [{"category": "HR"}]}}, 2001),
        ({"requirements": {"bringAlong": [{"category": "HR", "number": "1"}]}}, 2002),
        ({"requirements": []}, 2002),
    ],
)
def test_what_cannot_be_read_is_refused(mp: TompClient, traveler: dict[str, Any], code: int) -> None:
    answer = mp.post("/planning/offers", {"from": HERE, "travelers": [traveler]})
    assert (answer.status, answer.body["errorcode"]) == (400, code)
    assert answer.body["detail"].startswith("travelers")
