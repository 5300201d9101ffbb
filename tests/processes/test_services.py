"""Drafting, publishing, rolling back and copying profiles."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.assets.selectors import fleet
from apps.processes import services
from apps.processes.models import ProcessProfile, ProfileVersion
from apps.processes.problems import DraftChanged, ProfileRefused
from apps.providers.models import Provider
from tests.factories import MAP_CENTRIC, ProviderFactory, staff_user
from tests.tomp_client import TompClient

BROKEN = {
    "processIdentifiers": {"booking": ["POSTPONED_COMMIT", "ATOMIC_BOOKING_SET_IN_USE"]},
    "steps": {
        "onBoarding": [],
        "pausing": [{"type": "PLAIN_TEXT", "text": "x", "action": "SEND_FINISH"}],
    },
}
SLOW = {**MAP_CENTRIC, "settings": {"holdMinutes": 15}}


def publish(provider: Provider, document: Any = None, **options: Any) -> ProfileVersion:
    return services.publish(provider=provider, document=document, fleet=fleet(), **options)


def what_there_is() -> tuple[Any, ...]:
    return (
        list(ProfileVersion.objects.order_by("pk").values_list("pk", "number")),
        list(ProcessProfile.objects.order_by("pk").values_list("pk", "draft")),
    )


@pytest.mark.django_db
def test_publishing_numbers_the_version_and_keeps_who_and_why(provider: Provider) -> None:
    user = staff_user()
    version = publish(provider, SLOW, user=user, comment="Slower")
    assert (version.number, version.published_by, version.comment) == (2, user, "Slower")
    assert version.document == SLOW
    assert ProcessProfile.objects.get(provider=provider).draft == SLOW


@pytest.mark.django_db
def test_a_draft_has_no_effect_until_it_is_published(provider: Provider) -> None:
    mp = TompClient(provider)
    services.save_draft(provider=provider, document={"processIdentifiers": {"booking": ["AUTO_COMMIT"]}})
    assert mp.get("/operator/meta").body[0]["processIdentifiers"]["booking"] == ["NORMAL"]
    publish(provider)
    assert mp.get("/operator/meta").body[0]["processIdentifiers"]["booking"] == ["AUTO_COMMIT"]


@pytest.mark.django_db
def test_a_broken_profile_changes_nothing_and_all_is_told(provider: Provider) -> None:
    before = what_there_is()
    with pytest.raises(ProfileRefused) as refusal:
        publish(provider, BROKEN)
    told = str(refusal.value)
    assert "POSTPONED_COMMIT cannot be on together" in told.replace("ATOMIC_BOOKING_SET_IN_USE and ", "")
    assert "steps.onBoarding: This is no phase here" in told
    assert "steps.pausing[0].action" in told
    assert what_there_is() == before


@pytest.mark.django_db
@pytest.mark.parametrize("document", [[], {"steps": "a\x00"}, {"a": float("inf")}, {"a": 1e30}, {"a": 2**63}])
def test_a_draft_may_be_wrong_but_not_anything(provider: Provider, document: Any) -> None:
    services.save_draft(provider=provider, document=BROKEN)
    with pytest.raises(ProfileRefused):
        services.save_draft(provider=provider, document=document)
    assert ProcessProfile.objects.get(provider=provider).draft == BROKEN


@pytest.mark.django_db
def test_rolling_back_publishes_the_old_one_again(provider: Provider) -> None:
    first = provider.profile_versions.get()
    publish(provider, SLOW)
    third = services.publish_again(version=first, fleet=fleet())
    assert (third.number, third.document, third.comment) == (3, MAP_CENTRIC, "Version 1 again")


@pytest.mark.django_db
def test_a_copy_is_the_other_mps_draft(provider: Provider) -> None:
    other = ProviderFactory()
    services.copy_to(version=publish(provider, SLOW), provider=other, looked_at=timezone.now())
    assert ProcessProfile.objects.get(provider=other).draft == SLOW
    assert other.profile_versions.count() == 1


@pytest.mark.django_db
def test_only_the_draft_that_was_seen_is_replaced(provider: Provider) -> None:
    first = provider.profile_versions.get()
    before_any = timezone.now()
    version = publish(provider, SLOW)
    draft = services.save_draft(provider=provider, document=BROKEN)
    before = what_there_is()
    for seen in (None, before_any):
        with pytest.raises(DraftChanged):
            services.publish_again(version=first, fleet=fleet(), seen=seen)
    with pytest.raises(DraftChanged):
        services.copy_to(version=version, provider=provider, looked_at=before_any)
    assert what_there_is() == before
    assert services.publish_again(version=first, fleet=fleet(), seen=draft.changed_at).number == 3


@pytest.mark.django_db
def test_that_there_was_no_draft_can_be_seen_too(provider: Provider) -> None:
    first = provider.profile_versions.get()
    assert services.publish_again(version=first, fleet=fleet(), seen=None).number == 2


@pytest.mark.django_db
def test_html_is_sanitised_on_the_way_in(provider: Provider) -> None:
    step = {"type": "HTML", "text": "<b>Hi</b><script>x()</script>", "action": "RESULT_SHOWN"}
    version = publish(provider, {"steps": {"planning": [step]}})
    assert version.document["steps"]["planning"][0]["text"] == "<b>Hi</b>"


@pytest.mark.django_db
def test_texts_are_held_against_the_operators_languages(provider: Provider) -> None:
    step = {"type": "PLAIN_TEXT", "text": {"en": "Hi"}, "action": "RESULT_SHOWN"}
    with pytest.raises(ProfileRefused, match="language nl"):
        publish(provider, {"steps": {"planning": [step]}})


@pytest.mark.django_db
def test_the_database_lets_no_version_change(provider: Provider) -> None:
    version = provider.profile_versions.get()
    for field, value in (("document", {}), ("number", 7)):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            ProfileVersion.objects.filter(pk=version.pk).update(**{field: value})
    with pytest.raises(IntegrityError, match="profile_version_number_is_used_once"), transaction.atomic():
        ProfileVersion.objects.create(provider=provider, number=1, document={})
    version.refresh_from_db()
    assert (version.number, version.document) == (1, MAP_CENTRIC)


@pytest.mark.django_db(transaction=True)
def test_publishing_at_once_makes_versions_without_gaps(operator: Any) -> None:
    provider = ProviderFactory()
    start = threading.Barrier(4)

    def one(_: int) -> int:
        try:
            start.wait(timeout=10)
            return publish(provider, SLOW).number
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as pool:
        numbers = sorted(pool.map(one, range(4), timeout=30))
    assert numbers == [2, 3, 4, 5]
    assert set(provider.profile_versions.values_list("number", flat=True)) == {1, *numbers}
