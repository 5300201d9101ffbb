"""The logins of a local installation: they work, they stay, and nobody's own are touched."""

import stat
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.test import RequestFactory

from apps.backoffice import demo, local_access
from apps.providers.models import CallbackEndpoint, Credential
from apps.providers.services import revoke_credential
from tests import factories
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db
LOGIN = RequestFactory().post("/admin/login/")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path


def test_the_logins_work_and_are_private() -> None:
    demo.load()
    access = local_access.ensure()
    assert authenticate(LOGIN, **access["admin"]) is not None
    assert [provider["maas_id"] for provider in access["providers"]] == list(demo.MAAS_IDS)
    assert stat.S_IMODE(local_access.file().stat().st_mode) == 0o600


def test_they_stay_from_one_start_to_the_next() -> None:
    demo.load()
    first = local_access.ensure()
    assert local_access.ensure() == first
    assert Credential.objects.count() == len(demo.MAAS_IDS)


def test_a_key_that_was_withdrawn_is_replaced() -> None:
    demo.load()
    first = local_access.ensure()
    revoke_credential(credential=Credential.objects.get(provider__maas_id="demo-mp-a"))
    second = local_access.ensure()
    assert second["providers"][0]["api_key"] != first["providers"][0]["api_key"]
    assert second["providers"][1] == first["providers"][1]


def test_an_administrator_somebody_made_is_left_alone() -> None:
    factories.staff_user("owner")
    access = local_access.ensure()
    assert access["admin"] == {"username": "owner", "password": ""}
    assert get_user_model().objects.count() == 1
    assert authenticate(LOGIN, username="owner", password="correct horse battery") is not None


def test_what_staff_took_away_is_missed_by_nobody() -> None:
    demo.load()
    first = local_access.ensure()
    CallbackEndpoint.objects.filter(provider__maas_id="demo-mp-a").delete()
    get_user_model().objects.update(is_active=False)
    second = local_access.ensure()
    assert second["providers"][0] == {**first["providers"][0], "callback_url": ""}
    assert second["providers"][1:] == first["providers"][1:]
    assert second["admin"]["username"] != first["admin"]["username"]
    assert authenticate(LOGIN, **second["admin"]) is not None


def test_providers_that_are_not_the_demos_get_no_key(mp: TompClient) -> None:
    before = Credential.objects.count()
    assert local_access.ensure()["providers"] == []
    assert Credential.objects.count() == before
