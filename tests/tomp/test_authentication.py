"""Who may call: the credentials of an active MP, in its own name."""

import base64
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from apps.providers.services import create_credential, revoke_credential
from tests.tomp_client import Answer, TompClient

PATH = "/operator/regions"


def basic(username: str, password: str) -> dict[str, str | None]:
    pair = base64.b64encode(f"{username}:{password}".encode()).decode()
    return {"X-API-Key": None, "Authorization": f"Basic {pair}"}


def assert_refused(answer: Answer, status: int) -> None:
    assert (answer.status, answer.body["errorcode"]) == (status, 1006)
    assert answer.body["status"] == status
    assert answer.body["instance"] == answer.headers["X-Request-ID"]
    assert answer.headers["Content-Language"] == "en"
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


def test_the_key_and_basic_are_served(mp: TompClient) -> None:
    assert mp.get(PATH).status == 200
    assert mp.get(PATH, headers=basic(mp.provider.maas_id, mp.key)).status == 200


@pytest.mark.parametrize(
    "key", [None, "", "nonsense", "tomp_", "tomp_000000000000_" + "a" * 43, "tomp_\u00e9", "a" * 8000]
)
def test_a_wrong_key_is_refused(mp: TompClient, key: str | None) -> None:
    assert_refused(mp.get(PATH, headers={"X-API-Key": key}), 401)


def test_a_key_with_another_secret_is_refused(mp: TompClient) -> None:
    secret = mp.key.rpartition("_")[2] or "x"
    altered = mp.key[:-1] + ("A" if secret[-1] != "A" else "B")
    assert_refused(mp.get(PATH, headers={"X-API-Key": altered}), 401)


@pytest.mark.parametrize(
    "header", ["Basic", "Basic é", "Basic !!!", "Basic gICA", "Basic bm9jb2xvbg==", "Bearer abc", "Digest x", " "]
)
def test_a_wrong_authorization_is_refused(mp: TompClient, header: str) -> None:
    assert_refused(mp.get(PATH, headers={"X-API-Key": None, "Authorization": header}), 401)


def test_basic_in_anothers_name_is_refused(mp: TompClient, stranger: TompClient) -> None:
    assert_refused(mp.get(PATH, headers=basic(stranger.provider.maas_id, mp.key)), 401)
    assert_refused(mp.get(PATH, headers=basic("", mp.key)), 401)


def test_the_maas_id_of_another_mp_is_forbidden(mp: TompClient, stranger: TompClient) -> None:
    assert_refused(mp.get(PATH, headers={"maas-id": stranger.provider.maas_id}), 403)
    assert_refused(mp.get(PATH, headers={"maas-id": "nobody"}), 403)


def test_a_revoked_key_is_refused(mp: TompClient) -> None:
    other, key = create_credential(provider=mp.provider, label="spare")
    assert mp.get(PATH, headers={"X-API-Key": key}).status == 200
    revoke_credential(credential=other)
    assert_refused(mp.get(PATH, headers={"X-API-Key": key}), 401)
    assert mp.get(PATH).status == 200


def test_an_expired_key_is_refused_from_that_instant(mp: TompClient) -> None:
    end = timezone.now() + timedelta(hours=1)
    _, key = create_credential(provider=mp.provider, label="short", expires_at=end)
    with time_machine.travel(end - timedelta(seconds=1), tick=False):
        assert mp.get(PATH, headers={"X-API-Key": key}).status == 200
    with time_machine.travel(end, tick=False):
        assert_refused(mp.get(PATH, headers={"X-API-Key": key}), 401)


def test_an_inactive_mp_is_forbidden_everything(mp: TompClient) -> None:
    mp.provider.active = False
    mp.provider.save(update_fields=["active"])
    assert_refused(mp.get(PATH), 403)
    assert_refused(mp.get("/operator/ping"), 403)
    assert mp.post("/planning/offers", {}).body["errorcode"] == 2006


def test_credentials_come_before_headers(mp: TompClient) -> None:
    assert_refused(mp.get(PATH, headers={"X-API-Key": None, "Api": None, "maas-id": None}), 401)
