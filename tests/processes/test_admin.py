"""The pages of process profiles: who may do what, and that nothing is lost, half done or shown otherwise than it is."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.processes.admin_editor import page_data
from apps.processes.models import ProcessProfile, ProfileVersion
from apps.processes.services import save_draft
from apps.providers.models import Provider
from tests import profiles
from tests.factories import MAP_CENTRIC, ProviderFactory
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db
SCRIPTS = Path(__file__).resolve().parents[2] / "apps/processes/static/processes"

BROKEN = {
    "processIdentifiers": {"booking": ["POSTPONED_COMMIT", "ATOMIC_BOOKING_SET_IN_USE"]},
    "steps": {"onBoarding": [], "pausing": [{"type": "PLAIN_TEXT", "text": "x", "action": "SEND_FINISH"}]},
}
WHAT_IS_BROKEN = (
    "ATOMIC_BOOKING_SET_IN_USE and POSTPONED_COMMIT cannot be on together.",
    "steps.onBoarding",
    "steps.pausing[0].action",
)
STEPPED = profiles.document(
    steps={
        "offboarding": [
            {"type": "PLAIN_TEXT", "text": {"en": "Picture", "nl": "Foto"}, "action": "SEND_EVIDENCE_PARKED"},
            {"type": "URL", "url": "https://example.org/thanks", "goal": "INSTRUCTIONS", "action": "SEND_FINISH"},
        ]
    },
    conditions=[{"conditionType": "conditionDeposit", "amount": 50, "currencyCode": "EUR"}],
    settings={"holdMinutes": 15},
)


@pytest.fixture
def profile(provider: Provider) -> ProcessProfile:
    """A draft that says what is in force."""
    return save_draft(provider=provider, document=MAP_CENTRIC)


@pytest.fixture
def editor(client: Client) -> Client:
    """Staff who may change profiles, and see versions."""
    return staff(client, "view_processprofile", "change_processprofile", "view_profileversion")


def staff(client: Client, *codenames: str) -> Client:
    """Log in somebody with these permissions."""
    user = get_user_model().objects.create_user(f"staff-{len(codenames)}", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


def address(profile: ProcessProfile, name: str) -> str:
    return reverse(f"admin:processes_processprofile_{name}", args=[profile.pk])


def button(version: ProfileVersion, name: str) -> str:
    return reverse("admin:processes_profileversion_do", args=[version.pk, name])


def press(client: Client, version: ProfileVersion, name: str, page: Any = None, **fields: Any) -> Any:
    """Press a button as who opened its page (earlier, where `page` is given) and filled it in."""
    shown = text_of(page or client.get(button(version, name)))
    hidden = dict(re.findall(r'<input type="hidden" name="(seen|looked_at)"(?: value="([^"]*)")?', shown))
    assert hidden
    return client.post(button(version, name), {**hidden, **fields}, follow=True)


def send(client: Client, profile: ProcessProfile, name: str, **body: Any) -> Any:
    """What the page's scripts send."""
    return client.post(address(profile, name), json.dumps(body), content_type="application/json")


def save(client: Client, profile: ProcessProfile, document: Any) -> Any:
    return send(client, profile, "save", document=document, seen=profile.changed_at.isoformat())


def publish(client: Client, profile: ProcessProfile, **fields: Any) -> Any:
    profile.refresh_from_db()
    fields = {"comment": "", "seen": profile.changed_at.isoformat(), **fields}
    return client.post(address(profile, "publish"), fields, follow=True)


def upload(client: Client, profile: ProcessProfile, content: bytes) -> Any:
    file = SimpleUploadedFile("profile.json", content, content_type="application/json")
    fields = {"file": file, "seen": profile.changed_at.isoformat()}
    return client.post(address(profile, "import"), fields, follow=True)


def draft_of(provider: Provider) -> Any:
    return ProcessProfile.objects.get(provider=provider).draft


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def in_force(provider: Provider) -> ProfileVersion:
    return ProfileVersion.objects.filter(provider=provider).latest("number")


def test_who_may_only_read_changes_nothing(profile: ProcessProfile, client: Client) -> None:
    reader = staff(client, "view_processprofile", "view_profileversion")
    page = reader.get(address(profile, "change"))
    assert page.status_code == 200
    assert "You may look at this draft, not change it." in text_of(page)
    assert 'id="save"' not in text_of(page)
    assert send(reader, profile, "look", document=STEPPED).status_code == 200
    assert send(reader, profile, "answer", document=STEPPED, request="{}").status_code == 200
    assert reader.get(address(profile, "export")).status_code == 200

    assert save(reader, profile, STEPPED).status_code == 403
    assert publish(reader, profile).status_code == 403
    assert upload(reader, profile, json.dumps(STEPPED).encode()).status_code == 403
    for name in ("publish-again", "copy"):
        assert reader.post(button(in_force(profile.provider), name)).status_code == 403
    assert draft_of(profile.provider) == MAP_CENTRIC
    assert in_force(profile.provider).number == 1


def test_who_may_not_see_profiles_reads_nothing(profile: ProcessProfile, client: Client) -> None:
    other = staff(client, "view_booking")
    assert other.get(address(profile, "change")).status_code == 403
    assert other.get(address(profile, "export")).status_code == 403
    assert send(other, profile, "look", document={}).status_code == 403
    version = in_force(profile.provider)
    assert other.get(reverse("admin:processes_profileversion_export", args=[version.pk])).status_code == 403


def test_a_draft_is_saved_and_has_no_effect(profile: ProcessProfile, editor: Client) -> None:
    answer = save(editor, profile, STEPPED)
    assert answer.status_code == 200
    assert answer.json()["document"] == STEPPED
    assert draft_of(profile.provider) == STEPPED
    profile.refresh_from_db()
    assert answer.json()["seen"] == profile.changed_at.isoformat()
    assert TompClient(profile.provider).get("/operator/meta").body[0]["steps"] == {}
    assert in_force(profile.provider).number == 1


def test_a_stale_draft_is_refused_and_none_is_lost(profile: ProcessProfile, editor: Client) -> None:
    theirs = profiles.document(settings={"holdMinutes": 20})
    assert save(editor, profile, theirs).status_code == 200
    answer = save(editor, profile, STEPPED)
    assert answer.status_code == 409
    told = answer.json()
    assert told["sentence"].startswith("The draft was changed by staff-3 on ")
    assert "settings: holdMinutes 20 → 15" in told["differences"]
    assert draft_of(profile.provider) == theirs
    again = send(editor, profile, "save", document=STEPPED, seen=told["seen"])
    assert again.status_code == 200
    assert draft_of(profile.provider) == STEPPED


def test_it_names_nobody_for_a_draft_that_no_staff_saved(profile: ProcessProfile, editor: Client) -> None:
    assert save(editor, profile, MAP_CENTRIC).status_code == 200
    save_draft(provider=profile.provider, document=STEPPED)
    assert save(editor, profile, MAP_CENTRIC).json()["sentence"].startswith("The draft was changed on ")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"document": []}, "could not be read"),
        ({"document": [], "seen": "now"}, "A profile is a JSON object."),
        ({"document": {"steps": "a\x00"}, "seen": "now"}, "cannot be stored"),
        ({"seen": "now"}, "could not be read"),
    ],
)
def test_what_cannot_be_kept_is_told_and_changes_nothing(
    profile: ProcessProfile, editor: Client, body: dict[str, Any], says: str
) -> None:
    if "seen" in body:
        body = {**body, "seen": profile.changed_at.isoformat()}
    answer = send(editor, profile, "save", **body)
    assert answer.status_code == 400
    assert says in answer.json()["sentence"]
    assert draft_of(profile.provider) == MAP_CENTRIC


def test_a_broken_draft_is_not_published_and_all_is_told(profile: ProcessProfile, editor: Client) -> None:
    assert save(editor, profile, BROKEN).status_code == 200
    asked = text_of(editor.get(address(profile, "publish")))
    for problem in WHAT_IS_BROKEN:
        assert problem in asked
    answer = publish(editor, profile)
    assert "Nothing was published: the draft does not hold together." in text_of(answer)
    for problem in WHAT_IS_BROKEN:
        assert problem in text_of(answer)
    assert in_force(profile.provider).number == 1
    assert draft_of(profile.provider) == BROKEN


def test_publishing_says_what_changes_and_keeps_who_and_why(profile: ProcessProfile, editor: Client) -> None:
    save(editor, profile, STEPPED)
    asked = text_of(editor.get(address(profile, "publish")))
    sentences = (
        "offboarding: step 1 SEND_EVIDENCE_PARKED added",
        "conditions: conditionDeposit added",
        "settings: holdMinutes 10 → 15",
    )
    for sentence in sentences:
        assert sentence in asked
    assert in_force(profile.provider).number == 1
    answer = publish(editor, profile, comment="Evidence of parking")
    assert f"Version 2 is in force for {profile.provider}." in text_of(answer)
    version = in_force(profile.provider)
    assert (version.number, version.comment, version.document) == (2, "Evidence of parking", STEPPED)
    assert version.published_by is not None
    page = text_of(editor.get(reverse("admin:processes_profileversion_change", args=[version.pk])))
    for sentence in (*sentences, "Evidence of parking", "staff-3"):
        assert sentence in page


def test_only_the_draft_that_was_looked_at_is_published(profile: ProcessProfile, editor: Client) -> None:
    looked_at = profile.changed_at.isoformat()
    save(editor, profile, STEPPED)
    answer = publish(editor, profile, seen=looked_at)
    assert "The draft has been changed since you opened it." in text_of(answer)
    assert in_force(profile.provider).number == 1


def test_a_broken_file_changes_nothing_and_all_is_told(profile: ProcessProfile, editor: Client) -> None:
    answer = text_of(upload(editor, profile, json.dumps(BROKEN).encode()))
    assert "The file does not hold together." in answer
    for problem in WHAT_IS_BROKEN:
        assert problem in answer
    assert "This is no JSON" in text_of(upload(editor, profile, b'{"steps": '))
    assert draft_of(profile.provider) == MAP_CENTRIC
    assert in_force(profile.provider).number == 1


def test_what_is_exported_can_be_imported_for_another_mp(profile: ProcessProfile, editor: Client) -> None:
    save(editor, profile, STEPPED)
    file = editor.get(address(profile, "export"))
    assert file["Content-Disposition"] == f'attachment; filename="{profile.provider.maas_id}-draft.json"'
    assert json.loads(file.content) == STEPPED
    other = save_draft(provider=ProviderFactory(), document=MAP_CENTRIC)
    answer = upload(editor, other, file.content)
    assert "The file is the draft now. It has no effect until it is published." in text_of(answer)
    assert draft_of(other.provider) == STEPPED
    assert in_force(other.provider).document == MAP_CENTRIC


def test_a_version_is_exported_as_it_was_published(profile: ProcessProfile, editor: Client) -> None:
    version = in_force(profile.provider)
    save(editor, profile, STEPPED)
    file = editor.get(reverse("admin:processes_profileversion_export", args=[version.pk]))
    assert json.loads(file.content) == version.document


def test_a_version_is_copied_to_another_mp_without_effect(profile: ProcessProfile, editor: Client) -> None:
    save(editor, profile, STEPPED)
    publish(editor, profile)
    other = ProviderFactory()
    answer = press(editor, in_force(profile.provider), "copy", provider=other.pk)
    assert f"This is the draft of {other} now" in text_of(answer)
    assert draft_of(other) == STEPPED
    assert in_force(other).number == 1
    meta = TompClient(other).get("/operator/meta").body[0]
    assert meta["steps"] == {}


def test_rolling_back_publishes_the_old_version_again(profile: ProcessProfile, editor: Client) -> None:
    first = in_force(profile.provider)
    save(editor, profile, STEPPED)
    publish(editor, profile)
    asked = text_of(editor.get(button(first, "publish-again")))
    assert "settings: holdMinutes 15 → 10" in asked
    answer = press(editor, first, "publish-again", comment="Too strict")
    assert "Version 3 is in force" in text_of(answer)
    third = in_force(profile.provider)
    assert (third.number, third.comment, third.document) == (3, "Too strict", first.document)
    assert TompClient(profile.provider).get("/operator/meta").body[0]["steps"] == {}
    assert draft_of(profile.provider) == first.document


@pytest.mark.parametrize("name", ["publish-again", "copy"])
def test_a_draft_saved_meanwhile_is_not_replaced(profile: ProcessProfile, editor: Client, name: str) -> None:
    first = in_force(profile.provider)
    save(editor, profile, STEPPED)
    publish(editor, profile)
    other = save_draft(provider=ProviderFactory(), document=MAP_CENTRIC)
    page = editor.get(button(first, name))
    theirs = profiles.document(settings={"holdMinutes": 20})
    for one in (profile, other):
        save_draft(provider=one.provider, document=theirs)
    answer = press(editor, first, name, page, provider=other.provider_id)
    assert "The draft has been changed since you opened it." in text_of(answer)
    assert [draft_of(one.provider) for one in (profile, other)] == [theirs, theirs]
    assert [in_force(one.provider).number for one in (profile, other)] == [2, 1]
    press(editor, first, name, provider=other.provider_id)
    assert draft_of(other.provider if name == "copy" else profile.provider) == first.document


def test_what_the_page_cannot_show_of_a_draft_is_told(profile: ProcessProfile, editor: Client) -> None:
    assert 'id="problems"' not in text_of(editor.get(address(profile, "change")))
    save(editor, profile, {"steps": {"planning": ["SHOW"]}})
    page = text_of(editor.get(address(profile, "change")))
    assert "has no shape that this page can show" in page
    assert "A step is needed here, not “SHOW”." in page
    assert "<code>steps.planning[0]</code>" in page


def test_the_page_is_told_nothing_that_its_scripts_do_not_read(profile: ProcessProfile) -> None:
    scripts = "".join(file.read_text(encoding="utf-8") for file in SCRIPTS.glob("*.js"))
    told = page_data(profile)
    assert [
        name for name in (*told, *told["addresses"]) if not re.search(rf"\.{name}\b|[{{,] ?{name}\b", scripts)
    ] == []


def test_the_version_in_force_is_not_published_again(profile: ProcessProfile, editor: Client) -> None:
    answer = editor.post(button(in_force(profile.provider), "publish-again"), {"comment": ""}, follow=True)
    assert "no longer fits" in text_of(answer)
    assert in_force(profile.provider).number == 1


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_preview_is_what_the_mp_then_reads(profile: ProcessProfile, editor: Client, language: str) -> None:
    before = TompClient(profile.provider).get("/operator/meta").body[0]
    preview = send(editor, profile, "look", document=STEPPED, language=language).json()
    assert [one["severity"] for one in preview["findings"]].count("error") == 0
    assert preview["meta"] != before
    save(editor, profile, STEPPED)
    publish(editor, profile)
    headers = {"Accept-Language": language}
    assert TompClient(profile.provider).get("/operator/meta", headers=headers).body == [preview["meta"]]


def test_any_document_can_be_looked_at(profile: ProcessProfile, editor: Client) -> None:
    for document in (BROKEN, [], None, {"steps": {"planning": [1, {"text": 3}]}}, {"settings": {"holdMinutes": "x"}}):
        answer = send(editor, profile, "look", document=document)
        assert answer.status_code == 200
        assert "meta" in answer.json()
    assert draft_of(profile.provider) == MAP_CENTRIC


def test_more_versions_cost_the_page_no_more_statements(profile: ProcessProfile, editor: Client) -> None:
    editor.get(address(profile, "change"))  # the first page notes that its reader is there
    with CaptureQueriesContext(connection) as with_one:
        editor.get(address(profile, "change"))
    for number in range(2, 6):
        ProfileVersion.objects.create(provider=profile.provider, number=number, document=STEPPED)
    with CaptureQueriesContext(connection) as with_five:
        page = editor.get(address(profile, "change"))
    assert text_of(page).count("what it changed") == 5
    assert len(with_five) == len(with_one)


def test_a_new_draft_begins_with_what_is_in_force(admin_client: Client, provider: Provider) -> None:
    add = reverse("admin:processes_processprofile_add")
    answer = admin_client.post(add, {"provider": provider.pk}, follow=True)
    assert f"Process of {provider}" in text_of(answer)
    assert draft_of(provider) == MAP_CENTRIC
    again = admin_client.post(add, {"provider": provider.pk})
    assert again.status_code == 200
    assert ProcessProfile.objects.count() == 1
