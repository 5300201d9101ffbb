"""GET /operator/information."""

from typing import Any

from apps.operator.models import Operator
from tests import factories
from tests.tomp_client import TompClient


def test_it_describes_the_operator(mp: TompClient, asset: Any) -> None:
    Operator.objects.update(
        email="hello@operator.example", phone_number="+31 30 000 0000", chamber_of_commerce_number="12345678"
    )
    answer = mp.get("/operator/information")
    assert answer.status == 200
    assert answer.body == {
        "systemId": "TEST-OPERATOR",
        "language": ["en", "nl"],
        "name": "Test bikes",
        "timezone": "Europe/Amsterdam",
        "typeOfSystem": "FREE_FLOATING",
        "productType": "SHARING",
        "email": "hello@operator.example",
        "phoneNumber": "+31 30 000 0000",
        "chamberOfCommerceInfo": {"number": "12345678"},
        "assetClasses": ["BICYCLE"],
    }


def test_it_leads_to_our_app_and_our_terms(mp: TompClient) -> None:
    Operator.objects.update(
        license_url="https://operator.example/licence",
        store_uri_android="https://store.example/app",
        discovery_uri_android="bikes://",
        store_uri_ios="itms-apps://store.example/app",
        discovery_uri_ios="bikes://ios",
    )
    told = mp.get("/operator/information").body
    assert told["licenseUrl"] == "https://operator.example/licence"
    assert (told["storeUriAndroid"], told["discoveryUriAndroid"]) == ("https://store.example/app", "bikes://")
    assert (told["storeUriIOS"], told["discoveryUriIOS"]) == ("itms-apps://store.example/app", "bikes://ios")


def test_it_speaks_the_language_asked_for(mp: TompClient) -> None:
    answer = mp.get("/operator/information", headers={"Accept-Language": "nl-BE, en;q=0.5"})
    assert answer.body["name"] == "Testfietsen"
    assert answer.headers["Content-Language"] == "nl"


def test_it_names_each_class_once(mp: TompClient) -> None:
    for asset_class in ("MOPED", "BICYCLE", "BICYCLE"):
        factories.AssetTypeFactory(asset_class=asset_class)
    assert mp.get("/operator/information").body["assetClasses"] == ["BICYCLE", "MOPED"]


def test_it_takes_three_statements(mp: TompClient, asset: Any, django_assert_num_queries: Any) -> None:
    mp.get("/operator/information")
    with django_assert_num_queries(3):  # credentials, operator, classes
        mp.get("/operator/information")


def test_it_says_when_nothing_changed(mp: TompClient) -> None:
    tag = mp.get("/operator/information").headers["ETag"]
    again = mp.client.get("/tomp/operator/information", headers={**mp.headers, "If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == tag
    Operator.objects.update(email="new@operator.example")
    changed = mp.get("/operator/information", headers={"If-None-Match": tag})
    assert changed.status == 200
    assert changed.headers["ETag"] != tag
