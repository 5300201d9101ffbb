"""The integration manager: set up an MP's process, see what it will read, publish it, see what changed."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from apps.processes.models import ProcessProfile
from apps.processes.services import save_draft
from tests import profiles
from tests.factories import ProviderFactory

pytestmark = pytest.mark.django_db(transaction=True)

OFFBOARDING = ("SEND_START_FINISHING", "LOCK_ASSET", "SEND_EVIDENCE_PARKED", "SEND_FINISH")
BLOCKED = "Cannot be on together with ATOMIC_BOOKING_SET_IN_USE."


@pytest.fixture
def profile(operator: Any, page: Page) -> ProcessProfile:
    """A draft that is as published, with four steps of off-boarding; its page is open."""
    document = profiles.document(steps={"offboarding": profiles.steps(*OFFBOARDING)})
    provider = ProviderFactory(document=document)
    draft = save_draft(provider=provider, document=document)
    page.goto(f"/admin/processes/processprofile/{draft.pk}/change/")
    expect(page.locator("#preview [data-preview=processIdentifiers]")).to_contain_text("EXACT_ID")
    return draft


def cards(page: Page) -> Locator:
    """The steps of off-boarding."""
    return page.locator("[data-phase=offboarding] li.step")


def order(page: Page) -> list[str]:
    """Their actions, from the first to the last."""
    return [card.get_by_label("Action").input_value() for card in cards(page).all()]


def previewed(page: Page, part: str) -> Locator:
    """A part of what the MP will read."""
    return page.locator(f"#preview [data-preview={part}] pre")


def actions_in_preview(page: Page, *actions: str) -> None:
    """Wait until the MP would read the steps of off-boarding in this order."""
    page.wait_for_function(
        """actions => {
            const text = document.querySelector("#preview [data-preview=steps] pre").textContent;
            const told = (JSON.parse(text).offboarding ?? []).map((step) => step.action);
            return JSON.stringify(told) === JSON.stringify(actions);
        }""",
        arg=list(actions),
    )


def test_what_conflicts_is_greyed_out_and_says_why(profile: ProcessProfile, page: Page) -> None:
    postponed = page.get_by_role("checkbox", name="POSTPONED_COMMIT", exact=True)
    row = page.locator(".identifier", has=postponed)
    expect(postponed).to_be_enabled()
    page.get_by_role("checkbox", name="ATOMIC_BOOKING_SET_IN_USE", exact=True).check()

    expect(row.locator(".why")).to_have_text(BLOCKED)
    expect(postponed).to_be_disabled()
    assert float(row.locator("label").evaluate("label => getComputedStyle(label).opacity")) < 1
    postponed.click(force=True)
    expect(postponed).not_to_be_checked()
    expect(page.locator("#announcement")).to_contain_text(BLOCKED)
    expect(previewed(page, "processIdentifiers")).to_contain_text("ATOMIC_BOOKING_SET_IN_USE")
    assert "POSTPONED_COMMIT" not in previewed(page, "processIdentifiers").inner_text()

    page.get_by_role("checkbox", name="ATOMIC_BOOKING_SET_IN_USE", exact=True).uncheck()
    expect(row.locator(".why")).to_be_hidden()
    expect(postponed).to_be_enabled()


def drag(page: Page, handle: Locator, target: Locator) -> None:
    """Drag as a hand does: press, set off, move on, let go in the lower half of the target."""
    target.scroll_into_view_if_needed()
    handle.hover()
    page.mouse.down()
    box = target.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 100, box["y"] + box["height"] * 0.6, steps=5)
    page.mouse.move(box["x"] + 100, box["y"] + box["height"] * 0.75, steps=5)
    expect(target).to_have_class("step drop-after")
    page.mouse.up()


def test_a_card_is_dragged_to_its_place(profile: ProcessProfile, page: Page) -> None:
    drag(page, cards(page).nth(2).locator(".grip"), cards(page).nth(3))

    moved = ["SEND_START_FINISHING", "LOCK_ASSET", "SEND_FINISH", "SEND_EVIDENCE_PARKED"]
    actions_in_preview(page, *moved)
    assert order(page) == moved
    assert [number.inner_text() for number in page.locator("[data-phase=offboarding] .number").all()] == list("1234")
    expect(page.locator("#findings")).to_contain_text("It cannot be published like this.")
    beside = page.locator("[data-phase=offboarding] .step .finding.error")
    expect(beside).to_contain_text("SEND_FINISH comes before SEND_EVIDENCE_PARKED; that cannot work.")


def test_the_keyboard_alone_moves_a_step_and_saves(profile: ProcessProfile, page: Page) -> None:
    page.get_by_role("button", name="Move up: SEND_EVIDENCE_PARKED").focus()
    page.keyboard.press("Enter")
    moved = ["SEND_START_FINISHING", "SEND_EVIDENCE_PARKED", "LOCK_ASSET", "SEND_FINISH"]
    actions_in_preview(page, *moved)
    expect(page.locator("#announcement")).to_have_text("SEND_EVIDENCE_PARKED is now step 2 of 4.")
    expect(page.get_by_role("button", name="Move up: SEND_EVIDENCE_PARKED")).to_be_focused()

    page.get_by_role("checkbox", name="MANDATORY_RADIUS", exact=True).focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Save draft").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_have_text("Draft saved.")
    profile.refresh_from_db()
    assert [step["action"] for step in profile.draft["steps"]["offboarding"]] == moved
    assert "MANDATORY_RADIUS" in profile.draft["processIdentifiers"]["planning"]


def test_a_pasted_request_is_told_what_it_lacks(profile: ProcessProfile, page: Page) -> None:
    request = page.get_by_label("Planning request, as sent to POST /planning/offers or /planning/inquiries")
    page.get_by_role("checkbox", name="MANDATORY_NR_OF_TRAVELERS", exact=True).check()
    request.fill('{"from": {"coordinates": {"lng": 5.12, "lat": 52.09}}}')
    page.get_by_role("button", name="Try it").click()
    verdict = page.locator("#verdict")
    expect(verdict).to_contain_text("400, refused")
    expect(verdict).to_contain_text("useAssets is missing: ASSET_BASED is on for this MP.")
    expect(verdict).to_contain_text("Then also: nrOfTravelers is missing: MANDATORY_NR_OF_TRAVELERS is on for this MP.")

    request.fill('{"from": ')
    page.get_by_role("button", name="Try it").click()
    expect(verdict).to_contain_text("This is not JSON yet")

    page.get_by_role("checkbox", name="MANDATORY_NR_OF_TRAVELERS", exact=True).uncheck()
    request.fill('{"from": {"coordinates": {"lng": 5.12, "lat": 52.09}}, "useAssets": ["bike-7"]}')
    page.get_by_role("button", name="Try it").click()
    expect(verdict).to_contain_text("It meets every requirement of this draft")


def test_publishing_shows_the_difference_before_and_after(profile: ProcessProfile, page: Page) -> None:
    page.get_by_role("checkbox", name="AUTO_COMMIT", exact=True).check()
    page.get_by_role("button", name="Move up: SEND_EVIDENCE_PARKED").click()
    page.get_by_role("button", name="Publish …").click()

    difference = page.locator("#differences")
    expect(difference).to_contain_text("booking: + AUTO_COMMIT")
    expect(difference).to_contain_text("offboarding: step")
    shown = difference.locator("li").all_inner_texts()
    assert profile.provider.profile_versions.count() == 1, "nothing is published yet"
    page.get_by_label("Comment").fill("Commit by itself")
    page.get_by_role("button", name="Publish version 2").click()

    expect(page.locator("body")).to_contain_text(f"Version 2 is in force for {profile.provider}.")
    version = profile.provider.profile_versions.get(number=2)
    assert version.comment == "Commit by itself"
    assert "AUTO_COMMIT" in version.document["processIdentifiers"]["booking"]
    page.get_by_role("link", name="2, what it changed").click()
    expect(page.locator("body")).to_contain_text("Commit by itself")
    for sentence in shown:
        expect(page.locator("body")).to_contain_text(sentence)


def test_the_page_fits_a_laptop(profile: ProcessProfile, page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    save_draft(provider=profile.provider, document={**profile.draft, "settings": {"holdMinutes": 15}})
    page.get_by_role("checkbox", name="AUTO_COMMIT", exact=True).check()
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("#conflict")).to_contain_text("Yours was not saved; it is still on this page.")
    expect(page.get_by_role("checkbox", name="AUTO_COMMIT", exact=True)).to_be_checked()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.get_by_role("button", name="Save mine in its place").click()
    expect(page.locator("#status")).to_have_text("Draft saved.")
