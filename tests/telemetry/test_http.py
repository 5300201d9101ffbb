"""POST /telemetry/: who may report, how much, and what the answer says."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.assets.models import Asset
from apps.telemetry.keys import create_key, revoke_key
from apps.telemetry.models import TelemetryKey, TrailPoint
from apps.tomp.json_format import dumps
from tests import factories
from tests.telemetry.sending import Vehicles, reading
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def vehicles(db: Any) -> Vehicles:
    return Vehicles()


def everything() -> tuple[Any, ...]:
    """All that a refused report must leave as it was."""
    return tuple(list(model.objects.order_by("pk").values_list()) for model in (Asset, TrailPoint))


def test_an_asset_is_where_it_says_and_as_it_says(vehicles: Vehicles, asset: Any) -> None:
    at = timezone.now()
    vehicles.report(
        reading(asset, at=at, lat=52.1, lng=5.2, stateOfCharge=71, mileage=1203.4, lockState="LOCKED"),
    )
    asset.refresh_from_db()
    assert (asset.latitude, asset.longitude, asset.position_at, asset.seen_at) == (52.1, 5.2, at, at)
    assert (asset.state_of_charge, asset.mileage, asset.lock_state) == (71, 1203.4, "LOCKED")


def test_an_asset_may_be_named_by_its_device(vehicles: Vehicles, operator: Any) -> None:
    asset = factories.AssetFactory(device_id="imei-7")
    factories.AssetFactory()
    vehicles.report({"device": "imei-7", "time": timezone.now().isoformat(), "stateOfCharge": 5})
    assert list(Asset.objects.filter(state_of_charge=5)) == [asset]


def test_what_is_not_said_stays(vehicles: Vehicles, operator: Any) -> None:
    asset = factories.AssetFactory(state_of_charge=40, mileage=7.5, lock_state="UNLOCKED")
    vehicles.report(reading(asset))
    fresh = Asset.objects.get()
    assert fresh.seen_at is not None
    for name in ("latitude", "longitude", "position_at", "state_of_charge", "mileage", "lock_state"):
        assert getattr(fresh, name) == getattr(asset, name)


def test_bad_readings_are_named_and_the_good_ones_taken(vehicles: Vehicles, asset: Any) -> None:
    other = factories.AssetFactory()
    answer = vehicles.post(
        {
            "readings": [
                reading(asset, stateOfCharge=101),
                reading(asset, stateOfCharge=50),
                {"asset": "unheard of", "time": timezone.now().isoformat()},
                7,
                reading(other, stateOfCharge=60),
            ]
        }
    )
    assert answer.status == 200
    assert answer.body == {
        "taken": 2,
        "refused": [
            {"index": 0, "detail": "stateOfCharge lies outside 0 … 100."},
            {"index": 2, "detail": "There is no such asset."},
            {"index": 3, "detail": "A reading is a JSON object."},
        ],
    }
    assert set(Asset.objects.values_list("state_of_charge", flat=True)) == {50, 60}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"{", "The body is no JSON"),
        (b"\xff\xfe", "The body is no JSON"),
        (b'{"readings": [NaN]}', "The body is no JSON"),
        (b"[" * 100_000, "The body is no JSON"),
        (b"", "readings is missing."),
        (b"[]", "readings is missing."),
        (b'{"readings": null}', "readings is missing."),
        (b'{"readings": {}}', "readings is no list of at most 1000 readings."),
        (b'{"readings": [' + b"1," * 1000 + b"1]}", "readings is no list of at most 1000 readings."),
    ],
)
def test_a_body_that_cannot_be_read_is_400(vehicles: Vehicles, asset: Any, body: bytes, sentence: str) -> None:
    before = everything()
    answer = vehicles.post(body)
    assert answer.status == 400
    assert answer.body["detail"].startswith(sentence)
    assert everything() == before


def test_a_body_too_large_is_413(vehicles: Vehicles, asset: Any) -> None:
    before = everything()
    answer = vehicles.post({"readings": [reading(asset, note="x" * 10_000_000, stateOfCharge=1)]})
    assert answer.status == 413
    assert everything() == before


def test_another_media_type_is_415(vehicles: Vehicles, asset: Any) -> None:
    assert vehicles.post(b"asset=B1", content_type="application/x-www-form-urlencoded").status == 415


def test_it_is_only_there_to_post_to_with_and_without_a_slash(vehicles: Vehicles, asset: Any) -> None:
    client, headers = Client(), {"X-API-Key": vehicles.key}
    assert client.get("/telemetry/", headers=headers).status_code == 405
    body = json.dumps({"readings": [reading(asset)]})
    assert client.post("/telemetry", body, content_type="application/json", headers=headers).status_code == 200


def test_without_a_valid_key_nothing_is_taken(vehicles: Vehicles, asset: Any, mp: TompClient) -> None:
    before = everything()
    row, revoked = create_key(label="lost")
    revoke_key(key=row)
    revoke_key(key=row)
    expired, late = create_key(label="pilot", expires_at=timezone.now() + timedelta(days=1))
    TelemetryKey.objects.filter(pk=expired.pk).update(
        created_at=timezone.now() - timedelta(days=2), expires_at=timezone.now() - timedelta(days=1)
    )
    forged = f"{vehicles.key[:-1]}{'A' if vehicles.key[-1] != 'A' else 'B'}"
    for key in ("", "x", revoked, late, forged, mp.key):
        vehicles.key = key
        answer = vehicles.post({"readings": [reading(asset, stateOfCharge=1)]})
        assert (answer.status, answer.body["errorcode"]) == (401, 7006)
        assert answer.headers["WWW-Authenticate"] == 'X-API-Key realm="telemetry"'
    assert everything() == before


def test_a_telemetry_key_opens_nothing_else(vehicles: Vehicles, mp: TompClient) -> None:
    assert mp.get("/operator/meta", headers={"X-API-Key": vehicles.key}).status == 401


def test_a_key_is_kept_as_a_hash_only(vehicles: Vehicles) -> None:
    secret = vehicles.key.split("_", 2)[2]
    assert secret not in str(TelemetryKey.objects.values().get())
    assert len(secret) >= 43


def test_a_thousand_readings_cost_what_one_costs(vehicles: Vehicles, asset: Any) -> None:
    Asset.objects.bulk_create(
        Asset(code=f"C{number:04}", asset_type=asset.asset_type, latitude=52, longitude=5, state="IN_USE")
        for number in range(999)
    )
    assets = list(Asset.objects.order_by("-pk"))

    def cost(count: int) -> int:
        content = dumps({"readings": [reading(one, lat=52.1, lng=5.1, mileage=3.5) for one in assets[:count]]})
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = vehicles.post(content)
        assert answer.body == {"taken": count, "refused": []}
        return len(queries)

    # The key; a savepoint around lock, update and trail.
    assert cost(1) == cost(1000) == 6
    assert TrailPoint.objects.filter(in_use=True).values("asset").distinct().count() == 999
    assert Asset.objects.filter(latitude=52.1, mileage=3.5).count() == 1000


def test_readings_without_an_asset_cost_two_statements(vehicles: Vehicles, operator: Any) -> None:
    with CaptureQueriesContext(connection) as queries:
        time = timezone.now().isoformat()
        answer = vehicles.post({"readings": [{"asset": f"X{number}", "time": time} for number in range(50)]})
    assert len(answer.body["refused"]) == 50
    assert len(queries) == 4


def test_a_key_is_made_in_the_admin_shown_once_and_revoked(admin_client: Client, asset: Any) -> None:
    pages = "/admin/telemetry/telemetrykey"
    shown = admin_client.post(f"{pages}/add/", {"label": "scooters", "expires_at": ""}).text
    row = TelemetryKey.objects.get()
    vehicles = Vehicles()
    found = re.search(r'id="new-key"[^>]*>([^<]+)<', shown)
    assert found is not None
    vehicles.key = found[1]
    vehicles.report(reading(asset))
    assert vehicles.key not in admin_client.get(f"{pages}/{row.pk}/change/").text

    answer = admin_client.post(f"{pages}/{row.pk}/do/revoke/", {"reason": "lost"}, follow=True)
    assert "The key is revoked." in answer.text
    assert vehicles.post({"readings": []}).status == 401
