"""Staff read the admin in their language, and nobody else notices; the catalogue is in step with the sources."""

import gettext
import re
import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.contrib.admin import site
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.utils.translation import get_language, override

from apps.assets.models import Asset, AssetState, AssetType
from apps.backoffice.model_words import in_words, words
from apps.backoffice.role_words import ROLE_NAMES
from apps.backoffice.words import amount_in_words, moment
from tests import factories
from tests.shipped_roles import ship_roles
from tests.tomp_client import TompClient

LOGIN, CHOICE = "/admin/login/", "/admin/language/"
DUTCH = {"Accept-Language": "nl-BE,nl;q=0.9,en;q=0.5"}
CATALOGUE = Path(settings.BASE_DIR) / "locale/nl/LC_MESSAGES/django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[%ds]|\{\w*\}")

CATALOGUES = sorted(CATALOGUE.parents[2].glob("*/LC_MESSAGES/*.po"), key=str)
each_catalogue = pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


# -- which language -----------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("accepted", "language", "said"),
    [("nl-BE,nl;q=0.9,en;q=0.5", "nl", "Inloggen"), ("fr", "en", "Log in"), ("", "en", "Log in")],
)
def test_a_page_speaks_the_language_of_the_browser(client: Client, accepted: str, language: str, said: str) -> None:
    page = client.get(LOGIN, headers={"Accept-Language": accepted})
    text = page.content.decode()
    assert said in text
    assert f'<html lang="{language}"' in text
    assert page["Content-Language"] == language
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in page["Vary"].split(",")}


@pytest.mark.django_db
def test_what_staff_chose_comes_before_their_browser(client: Client) -> None:
    answer = client.post(CHOICE, {"language": "en", "next": LOGIN}, headers=DUTCH)
    assert answer["Location"] == LOGIN
    chosen = answer.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (chosen["path"], chosen["httponly"], chosen["samesite"]) == ("/admin", True, "Lax")
    assert "Log in" in client.get(LOGIN, headers=DUTCH).content.decode()


@pytest.mark.django_db
def test_a_language_that_is_not_spoken_is_not_kept(client: Client) -> None:
    client.post(CHOICE, {"language": "xx", "next": LOGIN})
    assert not client.cookies
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "../../nl"
    assert client.get(LOGIN)["Content-Language"] == "en"


@pytest.mark.django_db
def test_choosing_a_language_leads_to_no_other_site(client: Client) -> None:
    assert client.post(CHOICE, {"language": "nl", "next": "https://elsewhere.example/"})["Location"] == "/"


# -- and nobody else ----------------------------------------------------------------------------------


def test_an_mp_hears_the_same_english_as_ever(mp: TompClient, asset: Any, client: Client) -> None:
    def refused(language: dict[str, str]) -> str:
        answer = mp.post("/planning/inquiries", {"from": "here", "useAssets": ["B1"]}, headers={**language})
        assert answer.status == 400
        return str(answer.body["detail"])

    before = refused({"Accept-Language": "en"})
    assert "Expected a dictionary" in before  # which the framework could say in Dutch
    assert refused(DUTCH) == before
    client.force_login(factories.staff_user())
    assert "Voertuig" in client.get(f"/admin/assets/asset/{asset.pk}/change/", headers=DUTCH).content.decode()
    assert get_language() == settings.LANGUAGE_CODE  # on the thread that made the Dutch page
    assert refused(DUTCH) == before


@pytest.mark.django_db
def test_scripts_of_the_admin_are_given_its_words(client: Client) -> None:
    script = client.get("/admin/words.js", headers=DUTCH)
    assert script["Content-Language"] == "nl"
    assert "Concept opgeslagen" in script.content.decode()


@pytest.mark.django_db
def test_a_page_that_fails_leaves_no_language_behind(client: Client) -> None:
    client.force_login(factories.staff_user())
    assert client.get("/admin/nothing/", headers=DUTCH).status_code == 404
    assert get_language() == settings.LANGUAGE_CODE


# -- the words of models ------------------------------------------------------------------------------


def test_models_speak_the_language_of_the_reader() -> None:
    with override("nl"):
        assert str(Asset._meta.verbose_name_plural) == "voertuigen"
        assert str(AssetType._meta.get_field("name").verbose_name) == "naam"
        assert Asset(state=AssetState.MAINTENANCE).get_state_display() == "in onderhoud"
        assert in_words(AssetState.MAINTENANCE) == "in onderhoud"
        assert AssetState.MAINTENANCE.label == "in maintenance"
    assert str(Asset._meta.verbose_name_plural) == "assets"


@pytest.mark.django_db
def test_roles_that_are_there_from_the_beginning_are_in_the_catalogue() -> None:
    ship_roles()
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLE_NAMES)
    assert set(ROLE_NAMES) <= {message.id for message in read(CATALOGUE)}


def test_a_role_of_staff_is_called_as_they_call_it() -> None:
    with override("nl"):
        assert in_words(AssetState.RESERVED) != AssetState.RESERVED.label
        assert str(Group(name=AssetState.RESERVED.label)) == AssetState.RESERVED.label


def test_forms_of_the_admin_speak_it_too() -> None:
    form = site.get_model_admin(AssetType).get_form(_asked_by_staff())
    with override("nl"):
        assert str(form.base_fields["name"].label) == "Naam"
    assert str(form.base_fields["name"].label) == "Name"


def _asked_by_staff() -> Any:
    from django.contrib.auth.models import User
    from django.test import RequestFactory

    request = RequestFactory().get("/admin/")
    request.user = User(is_superuser=True, is_active=True, is_staff=True)
    return request


@pytest.mark.django_db
def test_what_models_say_needs_no_migration() -> None:
    with override("nl"):
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# -- the catalogue ------------------------------------------------------------------------------------


@each_catalogue
def test_the_compiled_catalogue_says_what_the_catalogue_says(path: Path) -> None:
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    assert {text: said for text, said in compiled.items() if text} == _said(read(path)), "run manage.py makemessages"


def _said(catalogue: Catalog) -> dict[Any, Any]:
    """Each text with its translation, and each plural form with its own; what is not translated yet is left out."""
    said: dict[Any, Any] = {}
    for message in catalogue:
        if isinstance(message.id, str):
            # A context stands before its text, as in compiled catalogues.
            text = f"{message.context}\x04{message.id}" if message.context else message.id
            said |= {text: message.string} if message.id and message.string else {}
        elif all(message.string):
            said |= {(message.id[0], form): text for form, text in enumerate(message.string)}
    return said


@each_catalogue
def test_a_translation_has_the_placeholders_of_its_text(path: Path) -> None:
    wrong = [text for message in read(path) for text in _misplaced(message)]
    assert wrong == []


def _misplaced(message: Message) -> list[str]:
    """Those translations of a message that name other placeholders. A singular may leave out the number."""
    originals = [message.id] if isinstance(message.id, str) else list(message.id)
    translations = [message.string] if isinstance(message.string, str) else list(message.string)
    known = {frozenset(PLACEHOLDER.findall(one)) for one in originals}
    return [said for said in translations if message.id and said and frozenset(PLACEHOLDER.findall(said)) not in known]


def test_the_catalogue_has_the_words_of_models() -> None:
    assert {word.text for word in words()} <= {
        text for message in read(CATALOGUE) for text in ([message.id] if isinstance(message.id, str) else message.id)
    }, "run manage.py makemessages"


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="gettext's tools are not installed")
def test_the_catalogue_is_in_step_with_the_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locale = tmp_path / "locale"
    shutil.copytree(CATALOGUE.parents[2], locale)
    monkeypatch.setattr(settings, "LOCALE_PATHS", [locale])
    call_command("makemessages", verbosity=0)
    for path in CATALOGUES:
        written = locale / path.relative_to(CATALOGUE.parents[2])
        assert written.read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), "run manage.py makemessages"


@pytest.mark.parametrize(
    ("language", "cents", "less"), [("en", "EUR 1.50", "EUR 0.125"), ("nl", "EUR 1,50", "EUR 0,125")]
)
def test_amounts_have_the_comma_of_the_language(language: str, cents: str, less: str) -> None:
    with override(language):
        assert (amount_in_words(Decimal("1.5000"), "EUR"), amount_in_words("0.1250", "EUR")) == (cents, less)
        assert moment(datetime(2026, 12, 1, 9, 38, 3, tzinfo=UTC)).split()[0::3] == ["1", "09:38:03"]
