"""`manage.py profile`: export, check and apply."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.processes.models import ProcessProfile, ProfileVersion
from apps.providers.models import Provider
from tests.factories import MAP_CENTRIC, AssetTypeFactory, ProviderFactory
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db
BROKEN = {
    "processIdentifiers": {"booking": ["POSTPONED_COMMIT", "ATOMIC_BOOKING_SET_IN_USE"]},
    "steps": {"onBoarding": [], "pausing": [{"type": "PLAIN_TEXT", "text": "x", "action": "SEND_FINISH"}]},
}


def run(action: str, provider: Provider | str, file: Any) -> tuple[int, str, str]:
    """Exit code, what it says and what it complains of."""
    out, err = io.StringIO(), io.StringIO()
    maas_id = provider if isinstance(provider, str) else provider.maas_id
    try:
        call_command("profile", action, str(file), provider=maas_id, stdout=out, stderr=err)
    except CommandError as error:
        return error.returncode, out.getvalue(), f"{err.getvalue()}{error}"
    return 0, out.getvalue(), err.getvalue()


def write(folder: Path, document: Any) -> Path:
    file = folder / "profile.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def test_what_is_exported_can_be_applied_to_another_mp(provider: Provider, tmp_path: Path) -> None:
    other = ProviderFactory(document={"settings": {"holdMinutes": 15}})
    file = tmp_path / "profile.json"
    assert run("export", provider, file) == (0, "", "")
    assert list(json.loads(file.read_text())["processIdentifiers"]) == list(MAP_CENTRIC["processIdentifiers"])

    code, said, _ = run("apply", other, file)
    assert code == 0
    assert said.splitlines() == [
        "planning: + ASSET_BASED",
        "planning: + EXACT_ID",
        "booking: + NORMAL",
        "settings: holdMinutes 15 → 10",
        f"Published version 2 for {other.maas_id}.",
    ]
    meta = TompClient(other).get("/operator/meta").body[0]
    assert meta["processIdentifiers"]["planning"] == ["ASSET_BASED", "EXACT_ID"]


def test_phases_and_members_are_exported_in_the_order_people_read(operator: Any) -> None:
    step = {"type": "PLAIN_TEXT", "text": "Go", "action": "SEND_SET_IN_USE"}
    phases = {"planning": [], "onboarding": [step], "resuming": [step]}
    document = {"processIdentifiers": {}, "steps": phases, "conditions": [], "settings": {"holdMinutes": 9}}
    code, said, _ = run("export", ProviderFactory(document=document), "-")
    assert (code, json.loads(said)) == (0, document)
    assert list(json.loads(said)) == ["processIdentifiers", "steps", "conditions", "settings"]
    assert list(json.loads(said)["steps"]) == ["planning", "onboarding", "resuming"]


def test_it_exports_to_standard_output(provider: Provider) -> None:
    code, said, _ = run("export", provider, "-")
    assert (code, json.loads(said)) == (0, MAP_CENTRIC)


def test_it_applies_from_standard_input(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    source = io.TextIOWrapper(io.BytesIO(json.dumps({"settings": {"holdMinutes": 20}}).encode()))
    monkeypatch.setattr("sys.stdin", source)
    code, said, _ = run("apply", provider, "-")
    assert code == 0
    assert "settings: holdMinutes 10 → 20" in said
    assert provider.profile_versions.first().document == {"settings": {"holdMinutes": 20}}  # type: ignore[union-attr]


@pytest.mark.parametrize("action", ["check", "apply"])
def test_a_broken_profile_is_refused_as_a_whole(provider: Provider, tmp_path: Path, action: str) -> None:
    code, said, complaint = run(action, provider, write(tmp_path, BROKEN))
    assert code == 1
    told = said + complaint
    assert "cannot be on together" in told
    assert "steps.onBoarding" in told
    assert "steps.pausing[0].action" in told
    assert "3 errors" in told
    assert ProfileVersion.objects.filter(provider=provider).count() == 1
    assert not ProcessProfile.objects.filter(provider=provider).exists()


def test_check_tells_warnings_and_publishes_nothing(provider: Provider, tmp_path: Path) -> None:
    AssetTypeFactory(type_id="cargo-bike")
    document = {
        "processIdentifiers": {"booking": ["ACCESS_CODE_PDF", "ACCESS_CODE_DEEPLINK"]},
        "assetTypes": {"cargo-bike": {"steps": {"pausing": []}}},
    }
    code, said, _ = run("check", provider, write(tmp_path, document))
    assert code == 0
    assert "warning: processIdentifiers.booking[0]: ACCESS_CODE_PDF: no asset type offers PDF." in said
    assert said.endswith("The profile holds together.\n")
    assert provider.profile_versions.count() == 1


@pytest.mark.parametrize("content", [b"{", b"", b'{"a": NaN}', b'"\xff"', b"[" * 100_000])
def test_what_is_no_json_is_said_to_be_none(provider: Provider, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "profile.json"
    file.write_bytes(content)
    code, _, complaint = run("apply", provider, file)
    assert code == 2
    assert "is no JSON" in complaint


def test_an_unknown_mp_or_file_ends_with_2(provider: Provider, tmp_path: Path) -> None:
    assert run("export", "nobody", "-")[0] == 2
    assert run("check", provider, tmp_path / "absent.json")[0] == 2
    assert run("export", provider, tmp_path / "absent" / "profile.json")[0] == 2
    assert run("export", ProviderFactory(document__none=True), "-")[0] == 2
