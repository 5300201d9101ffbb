"""LOCK_UNLOCK_… other than REMOTELY: the access data carries what the MP's app needs, and no command is sent."""

from typing import Any

import pytest

from apps.assets.locks.models import LockGateway
from apps.legs.models import LockCommand
from tests import factories, profiles
from tests.rides import confirmed, event, offer, operate

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("APP", {}),
        ("BLUETOOTH", {"identifier": "AA:BB:CC:00:11:22"}),
        ("DEEPLINK", {"url": "tomp-backoffice://open"}),
        ("WIFI", {}),
        ("NFC", {"identifier": "04:A1"}),
        ("RFID", {}),
        ("SHOW_ACCESS_CODE", {"code": ""}),
        ("OWN_SDK", {}),
        ("OTHER", {}),
    ],
)
def test_the_mps_app_is_told_how_to_open_the_asset(operator: Any, name: str, expected: dict[str, str]) -> None:
    gateway = LockGateway.objects.create(name="Simulated locks", kind="SIMULATED")
    kind = factories.AssetTypeFactory(lock_gateway=gateway)
    asset = factories.AssetFactory(asset_type=kind, lock_device_id="imei-7")
    factories.AssetIdentifierFactory(asset=asset, kind="BLUETOOTH", value="AA:BB:CC:00:11:22")
    factories.AssetIdentifierFactory(asset=asset, kind="NFC", value="04:A1")
    mp = profiles.client(tripExecution=[f"LOCK_UNLOCK_{name}"])
    leg = confirmed(mp, asset)
    content = event(mp, leg, "PREPARE").body["assetAccessData"]["tokenData"]
    (mechanism,) = content["mechanisms"]
    assert mechanism.keys() == {"mechanism", "lockId", *expected}
    assert (mechanism["mechanism"], mechanism["lockId"]) == (name, "imei-7")
    assert all(mechanism[key].startswith(value) for key, value in expected.items())
    assert content["url"].startswith("tomp-backoffice://open"), "beside what the token holds"
    for one in ("SET_IN_USE", "PAUSE", "OPEN_TRUNK", "FINISH"):
        assert event(mp, leg, one).status == 200
    assert not LockCommand.objects.exists()


def test_several_mechanisms_are_all_told_and_what_is_not_known_is_left_out(operator: Any) -> None:
    mp = profiles.client(tripExecution=["LOCK_UNLOCK_NFC", "LOCK_UNLOCK_BLUETOOTH"])
    asset = factories.AssetFactory(code="B7")
    content = event(mp, confirmed(mp, asset), "PREPARE").body["assetAccessData"]["tokenData"]
    assert content["mechanisms"] == [
        {"mechanism": "BLUETOOTH", "lockId": "B7"},
        {"mechanism": "NFC", "lockId": "B7"},
    ]


def test_other_mps_are_told_nothing_of_the_lock(mp: Any, asset: Any) -> None:
    content = event(mp, confirmed(mp, asset), "PREPARE").body["assetAccessData"]["tokenData"]
    assert "mechanisms" not in content


def test_a_pending_booking_is_not_told_how_to_open_it_as_nobody_could_take_that_back(operator: Any) -> None:
    mp = profiles.client(
        booking=["NORMAL", "ACCESS_CODE_IN_BOOKING", "ACCESS_CODE_IN_COMMIT_EVENT"],
        tripExecution=["LOCK_UNLOCK_BLUETOOTH"],
    )
    id_ = offer(mp, factories.AssetFactory(code="B7"))
    (leg,) = mp.post("/bookings", {"id": id_}).body["legs"]
    assert leg["assetAccessData"]["tokenData"].keys() == {"tokenType", "url"}
    (leg,) = operate(mp, id_, "COMMIT").body["legs"]
    assert leg["assetAccessData"]["tokenData"]["mechanisms"] == [{"mechanism": "BLUETOOTH", "lockId": "B7"}]
