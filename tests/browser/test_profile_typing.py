"""Nothing that was typed on the page of a process profile is lost: not by saving, not by one click too many."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from apps.processes.models import ProcessProfile
from apps.processes.services import save_draft
from tests import profiles
from tests.factories import AssetTypeFactory, ProviderFactory

pytestmark = pytest.mark.django_db(transaction=True)

TEXTS = {"en": "Close the lock.", "nl": "Doe het slot dicht."}
UNSAFE = "<b>Close</b> the lock.<script>steal()</script>"
SAFE = "<b>Close</b> the lock."
# Saves wait for `release()`; `sent` counts them.
HOLD = """() => {
    const send = window.fetch;
    window.sent = 0;
    window.fetch = (address, options) => {
        if (!address.endsWith("/save/")) return send(address, options);
        window.sent += 1;
        return new Promise((answer) => (window.release = () => answer(send(address, options))));
    };
}"""


@pytest.fixture
def profile(operator: Any, page: Page) -> ProcessProfile:
    """A draft with a text in two languages, a deposit, and two steps that bikes have of their own; its page is open."""
    AssetTypeFactory(type_id="bike", name="Bike")
    offboarding = profiles.steps("LOCK_ASSET", "SEND_FINISH")
    offboarding[0]["text"] = TEXTS
    document = profiles.document(
        steps={"offboarding": offboarding},
        conditions=[{"conditionType": "conditionDeposit", "amount": 50, "currencyCode": "EUR"}],
        assetTypes={"bike": {"steps": {"pausing": profiles.steps("SEND_PAUSE", "LOCK_ASSET")}}},
    )
    draft = save_draft(provider=ProviderFactory(document=document), document=document)
    page.goto(f"/admin/processes/processprofile/{draft.pk}/change/")
    expect(page.locator("#preview [data-preview=processIdentifiers]")).to_contain_text("EXACT_ID")
    return draft


def step(page: Page, position: int = 0) -> Locator:
    """A step of off-boarding."""
    return page.locator("[data-phase=offboarding] li.step").nth(position)


def tick(page: Page, name: str) -> None:
    """Turn an identifier on."""
    page.get_by_role("checkbox", name=name, exact=True).check()


def says(page: Page, sentence: str) -> None:
    """Wait until the page says this of the draft as a whole."""
    expect(page.locator("#status")).to_have_text(sentence)


def asks_before_leaving(page: Page) -> bool:
    """Would the browser ask whoever leaves the page now?"""
    return bool(page.evaluate("!window.dispatchEvent(new Event('beforeunload', { cancelable: true }))"))


def save(page: Page) -> None:
    """Press the button."""
    page.get_by_role("button", name="Save draft").click()


@pytest.mark.parametrize("pressed", ["Save draft", "Publish …"])
def test_what_is_typed_while_saving_stays_unsaved(profile: ProcessProfile, page: Page, pressed: str) -> None:
    page.evaluate(HOLD)
    tick(page, "AUTO_COMMIT")
    page.get_by_role("button", name=pressed).click()
    says(page, "Saving …")
    step(page).get_by_label("Text, English").fill("Close it well.")
    page.evaluate("release()")

    says(page, "Saved, without what you changed meanwhile.")
    assert asks_before_leaving(page)
    assert page.url.endswith(f"/{profile.pk}/change/")
    profile.refresh_from_db()
    assert "AUTO_COMMIT" in profile.draft["processIdentifiers"]["booking"]
    assert profile.draft["steps"]["offboarding"][0]["text"] == TEXTS

    save(page)
    page.evaluate("release()")
    says(page, "Draft saved.")
    assert not asks_before_leaving(page)
    profile.refresh_from_db()
    assert profile.draft["steps"]["offboarding"][0]["text"]["en"] == "Close it well."


def test_a_second_click_waits_for_the_first(profile: ProcessProfile, page: Page) -> None:
    page.evaluate(HOLD)
    tick(page, "AUTO_COMMIT")
    page.get_by_role("button", name="Save draft").dblclick()
    for name in ("Save draft", "Publish …"):
        button = page.get_by_role("button", name=name)
        expect(button).to_have_attribute("aria-disabled", "true")
        button.click(force=True)
    assert page.evaluate("sent") == 1
    page.evaluate("release()")

    says(page, "Draft saved.")
    expect(page.locator("#conflict")).to_be_hidden()
    expect(page.get_by_role("button", name="Save draft")).to_have_attribute("aria-disabled", "false")
    assert page.url.endswith(f"/{profile.pk}/change/")


def test_texts_of_other_languages_come_back(profile: ProcessProfile, page: Page) -> None:
    same = step(page).get_by_label("The same in every language")
    same.check()
    expect(step(page).get_by_label("Text, all languages")).to_have_value(TEXTS["en"])
    says(page, "Unsaved changes")
    same.uncheck()
    expect(step(page).get_by_label("Text, Dutch")).to_have_value(TEXTS["nl"])
    says(page, "Nothing is changed.")

    same.check()
    step(page).get_by_label("Text, all languages").fill("Close it well.")
    same.uncheck()
    expect(step(page).get_by_label("Text, English")).to_have_value("Close it well.")
    expect(step(page).get_by_label("Text, Dutch")).to_have_value(TEXTS["nl"])


def test_the_text_comes_back_with_the_type(profile: ProcessProfile, page: Page) -> None:
    kind = step(page).get_by_label("Type")
    kind.select_option("IMAGE")
    step(page).get_by_label("Address, English").fill("https://example.org/lock.png")
    expect(step(page).get_by_text("Choose the type that it had to have its text back.")).to_be_visible()
    kind.select_option("PLAIN_TEXT")
    expect(step(page).get_by_label("Text, Dutch")).to_have_value(TEXTS["nl"])
    says(page, "Nothing is changed.")
    kind.select_option("IMAGE")
    expect(step(page).get_by_label("Address, English")).to_have_value("https://example.org/lock.png")

    save(page)
    says(page, "Draft saved.")
    profile.refresh_from_db()
    kept = profile.draft["steps"]["offboarding"][0]
    assert kept["url"] == {"en": "https://example.org/lock.png"}
    assert "text" not in kept


def test_a_removed_step_comes_back_to_its_place(profile: ProcessProfile, page: Page) -> None:
    step(page).get_by_label("Text, English").fill("Close it well.")
    page.get_by_role("button", name="Remove step 1: LOCK_ASSET").first.click()
    expect(step(page).get_by_label("Action")).to_have_value("SEND_FINISH")
    page.get_by_role("button", name="Undo: LOCK_ASSET is removed.").click()

    expect(step(page).get_by_label("Action")).to_have_value("LOCK_ASSET")
    expect(step(page).get_by_label("Text, English")).to_have_value("Close it well.")
    expect(page.get_by_role("button", name="Undo: LOCK_ASSET is removed.")).to_have_count(0)
    save(page)
    says(page, "Draft saved.")
    profile.refresh_from_db()
    assert [one["action"] for one in profile.draft["steps"]["offboarding"]] == ["LOCK_ASSET", "SEND_FINISH"]


def test_a_removed_condition_comes_back(profile: ProcessProfile, page: Page) -> None:
    conditions = page.locator("#conditions")
    conditions.get_by_role("button", name="Remove Deposit").click()
    expect(conditions.get_by_label("Currency")).to_have_count(0)
    conditions.get_by_role("button", name="Undo: Deposit is removed.").click()
    expect(conditions.get_by_label("Currency")).to_have_value("EUR")
    says(page, "Nothing is changed.")


def test_removed_hours_come_back(profile: ProcessProfile, page: Page) -> None:
    conditions = page.locator("#conditions")
    conditions.get_by_label("New condition").select_option("Return area")
    conditions.get_by_role("button", name="Add condition").click()
    for start in ("07:30", "18:00"):
        conditions.get_by_role("button", name="Add hours").click()
        conditions.get_by_label("From").last.fill(start)
    conditions.get_by_role("button", name="Remove hours").first.click()
    expect(conditions.get_by_label("From")).to_have_value("18:00")
    conditions.get_by_role("button", name="Undo: The hours are removed.").click()

    save(page)
    says(page, "Draft saved.")
    profile.refresh_from_db()
    hours = profile.draft["conditions"][1]["returnHours"]
    assert [entry["startTime"] for entry in hours] == ["07:30", "18:00"]


def test_an_unticked_phase_comes_back_with_its_steps(profile: ProcessProfile, page: Page) -> None:
    own = page.locator("[data-where='assetTypes.bike.steps.pausing']")
    own.get_by_label("Text, all languages").first.fill("Have a break.")
    ticked = own.get_by_label("Pausing: steps of its own")
    ticked.uncheck()
    expect(own.get_by_label("Action").first).to_be_hidden()
    expect(own.get_by_text("Tick it again to have its own steps back.")).to_be_visible()
    ticked.check()
    expect(own.get_by_label("Text, all languages").first).to_have_value("Have a break.")

    save(page)
    says(page, "Draft saved.")
    profile.refresh_from_db()
    kept = profile.draft["assetTypes"]["bike"]["steps"]["pausing"]
    assert [(one["action"], one["text"]) for one in kept] == [("SEND_PAUSE", "Have a break."), ("LOCK_ASSET", "Do it.")]


@pytest.mark.parametrize("way", ["Undo: All of Bike's own is removed.", "Set something of its own"])
def test_a_removed_asset_type_comes_back(profile: ProcessProfile, page: Page, way: str) -> None:
    section = page.locator("#asset-types")
    own = section.locator("[data-where='assetTypes.bike']")
    own.get_by_label("Text, all languages").first.fill("Have a break.")
    section.get_by_role("button", name="Remove all of Bike's own").click()
    expect(own).to_have_count(0)
    section.get_by_role("button", name=way).click()

    expect(own.get_by_label("Text, all languages").first).to_have_value("Have a break.")
    expect(section.get_by_role("button", name="Undo")).to_have_count(0)
    save(page)
    says(page, "Draft saved.")
    profile.refresh_from_db()
    assert profile.draft["assetTypes"]["bike"]["steps"]["pausing"][0]["text"] == "Have a break."


def test_markup_that_is_not_kept_is_told_and_no_longer_shown(profile: ProcessProfile, page: Page) -> None:
    step(page).get_by_label("Type").select_option("HTML")
    step(page).get_by_label("Text, English").fill(UNSAFE)
    page.get_by_role("button", name="Publish …").click()

    says(page, "Draft saved, not all of it as typed.")
    told = page.locator("#cleaned")
    expect(told).to_contain_text("Markup was removed or rewritten.")
    expect(told.locator("dt")).to_have_text(["Off-boarding, step 1 (LOCK_ASSET), English"])
    expect(told.locator("pre.kept")).to_have_text(SAFE)
    expect(told.locator("pre.typed")).to_have_text(UNSAFE)
    expect(step(page).get_by_label("Text, English")).to_have_value(SAFE)
    assert not asks_before_leaving(page)
    profile.refresh_from_db()
    assert profile.draft["steps"]["offboarding"][0]["text"] == {**TEXTS, "en": SAFE}

    page.get_by_role("button", name="Publish …").click()
    expect(page.get_by_role("button", name="Publish version 2")).to_be_visible()


def test_markup_typed_on_while_saving_is_left_alone(profile: ProcessProfile, page: Page) -> None:
    page.evaluate(HOLD)
    own = page.locator("[data-where='assetTypes.bike.steps.pausing']")
    own.get_by_label("Type").first.select_option("HTML")
    text = own.get_by_label("Text, all languages").first
    text.fill(UNSAFE)
    save(page)
    text.fill(f"{UNSAFE} Twice.")
    page.evaluate("release()")

    says(page, "Saved, without what you changed meanwhile.")
    expect(page.locator("#cleaned dt")).to_have_text(["Bike: Pausing, step 1 (SEND_PAUSE)"])
    expect(text).to_have_value(f"{UNSAFE} Twice.")
    expect(text).to_be_focused()
    assert asks_before_leaving(page)
