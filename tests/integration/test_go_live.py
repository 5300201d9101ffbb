"""Go-live checks: the journeys of an MP's process in a sandbox, with nothing of it left anywhere."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.backoffice.demo import profiles
from apps.backoffice.demo.partners import PROVIDERS
from apps.backoffice.journeys import SCENARIOS
from apps.integration import sandbox, services
from apps.integration.models import GoLiveCheck
from apps.integration.playing import play
from apps.integration.services import ask
from apps.providers.models import Provider
from apps.tomp.errors import IllegalState
from tests import factories
from tests.rides import confirmed, everything
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db


def task(document: Any, **more: Any) -> dict[str, Any]:
    return {"maas_id": "new-mp", "document": document, "languages": ["en", "nl"], **more}


def found(told: list[dict[str, Any]], kind: str) -> list[Any]:
    return [one[kind] for one in told if kind in one]


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=lambda scenario: scenario.name)
def test_each_journey_fits_the_demo_mp_that_plays_it(scenario: Any) -> None:
    (document,) = (process for maas_id, _, process, *_ in PROVIDERS if maas_id == scenario.maas_id)
    identifiers = {name for names in document["processIdentifiers"].values() for name in names}
    assert scenario.fits(identifiers)


@pytest.mark.parametrize(
    ("document", "journeys"),
    [
        (profiles.MAP_CENTRIC, ["map-centric", "change-of-mind"]),
        (profiles.STATION_BASED, ["up-front"]),
        (profiles.POSTPONED_COMMIT, ["postponed-commit"]),
        (profiles.ASSET_NOW, ["asset-now", "group"]),
        (profiles.IN_FRONT, ["in-front"]),
        (profiles.ONE_STOP, ["one-stop"]),
        (profiles.ATOMIC, ["atomic"]),
        (profiles.PICK_UP_THE_BILL, ["pick-up-the-bill"]),
    ],
)
def test_the_journeys_that_fit_are_ridden_to_their_end(document: Any, journeys: list[str]) -> None:
    told = list(play(task(document)))
    assert found(told, "failure") == []
    assert found(told, "journeys") == [journeys]
    steps = found(told, "step")
    assert list(dict.fromkeys(step["journey"] for step in steps)) == journeys
    assert all(step["status"] < 300 or step["name"] in {"too late", "nothing left"} for step in steps)


def test_the_failing_step_is_told_with_its_request_and_answer() -> None:
    evidence = {"type": "PLAIN_TEXT", "goal": "INSTRUCTIONS", "text": {"en": "x", "nl": "x"}}
    steps = {"offboarding": [{**evidence, "action": action} for action in ("SEND_EVIDENCE_PARKED", "SEND_FINISH")]}
    told = list(play(task({**profiles.MAP_CENTRIC, "steps": steps})))
    assert found(told, "failure") == [told[-1]["failure"]]
    assert told[-1]["failure"].startswith("map-centric, FINISH: POST /legs/")
    call = told[-1]["call"]
    assert (call["method"], call["status"], call["sent"]["event"]) == ("POST", 400, "FINISH")
    assert call["got"]["errorcode"] // 1000 == 4


def test_types_that_the_demo_fleet_lacks_are_left_out_and_said_so() -> None:
    told = list(play(task({**profiles.MAP_CENTRIC, "assetTypes": {"tandem": {"steps": {}}}})))
    assert any("tandem" in stage for stage in found(told, "stage"))
    assert found(told, "failure") == []


def test_a_profile_that_no_journey_fits_does_not_pass() -> None:
    identifiers = {**profiles.MAP_CENTRIC["processIdentifiers"], "planning": ["ASSET_BASED", "NFC_SCAN"]}
    told = list(play(task({**profiles.MAP_CENTRIC, "processIdentifiers": identifiers})))
    assert told[-1] == {"failure": "No journey fits this profile. `manage.py journey --list` tells which there are."}


def test_a_profile_that_cannot_be_published_says_why() -> None:
    told = list(play(task({**profiles.MAP_CENTRIC, "conditions": [{"conditionType": "nonsense"}]})))
    assert "cannot be published in the sandbox: error: conditions[0]" in told[-1]["failure"]


def test_a_check_is_asked_for_once_at_a_time_and_for_a_published_process(provider: Provider) -> None:
    check = ask(provider=provider, asked_by="hanna")
    assert (check.state, check.profile_version.number) == ("ASKED", 1)
    with pytest.raises(IllegalState, match="under way"):
        ask(provider=provider, asked_by="hanna")
    with pytest.raises(IllegalState, match="No process"):
        ask(provider=factories.ProviderFactory(document__none=True), asked_by="hanna")


def test_a_check_runs_in_a_database_of_its_own_also_after_its_worker_died(mp: TompClient, asset: Any) -> None:
    confirmed(mp, asset)
    check = ask(provider=mp.provider, asked_by="hanna")
    GoLiveCheck.objects.update(state="RUNNING", alive_at=timezone.now())
    before = everything()
    services.run_due()
    check.refresh_from_db()
    assert (check.state, check.steps) == ("RUNNING", []), "its worker is alive"
    GoLiveCheck.objects.update(alive_at=timezone.now() - services.SILENT_FOR - timedelta(seconds=1))
    services.run_due()
    check.refresh_from_db()
    assert (check.state, check.failure, check.journeys) == ("PASSED", "", ["map-centric", "change-of-mind"])
    assert check.steps[-1]["name"] == "too late"
    assert everything() == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname = %s", [sandbox.NAME.format(check.pk)])
        assert cursor.fetchall() == []


def test_the_player_touches_no_database_that_has_anything(provider: Provider) -> None:
    before = everything()
    url = sandbox._address_of(connection.settings_dict["NAME"])
    (failure,) = sandbox.play(url, task(profiles.MAP_CENTRIC))
    assert "This database is not empty" in failure["failure"]
    assert everything() == before


def test_who_may_ask_for_one(provider: Provider, client: Client) -> None:
    user = get_user_model().objects.create_user("reader", password="x", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_provider"))
    client.force_login(user)
    address = reverse("admin:providers_provider_check", args=[provider.pk])
    assert client.post(address).status_code == 403
    assert not GoLiveCheck.objects.exists()
    user.user_permissions.add(*Permission.objects.filter(content_type__app_label="integration"))
    assert client.get(address).status_code == 405
    page = client.post(address, follow=True)
    assert page.headers["Refresh"] == "2"
    assert GoLiveCheck.objects.get().asked_by == "reader"
    GoLiveCheck.objects.update(state="PASSED", ended_at=timezone.now())
    assert "Refresh" not in client.get(page.redirect_chain[-1][0]).headers
