"""Drafting and publishing process profiles."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from apps.operator.selectors import operator_basics
from apps.processes.checks import check, errors_in
from apps.processes.document import MAX_DEPTH, is_too_deep, normalise, unstorable
from apps.processes.models import ProcessProfile, ProfileVersion, empty_document
from apps.processes.problems import DraftChanged, Fleet, Problem, ProfileRefused, error
from apps.providers.models import Provider


def findings(document: Any, *, fleet: Fleet) -> list[Problem]:
    """What there is to say about a document, held against the operator's languages and fleet (`apps.assets.selectors`)."""
    return check(document, languages=operator_basics().languages, fleet=fleet)


@transaction.atomic
def save_draft(*, provider: Provider, document: Any, seen: datetime | None = None) -> ProcessProfile:
    """Keep a draft, which need not hold together yet.

    `seen` is the `changed_at` of the draft that this one was made from; None takes the place of any.
    Raises `ProfileRefused` for what is no object or cannot be stored, `DraftChanged` where another draft has
    been saved since.
    """
    _lock(provider, seen)
    problems = [error("", f"The profile is nested deeper than {MAX_DEPTH} levels.")] if is_too_deep(document) else []
    if not problems:
        problems = list(unstorable(document))
    if not isinstance(document, dict):
        problems.append(error("", "A profile is a JSON object."))
    if problems:
        raise ProfileRefused(problems)
    profile, _ = ProcessProfile.objects.update_or_create(
        provider=provider, defaults={"draft": normalise(document), "changed_at": timezone.now()}
    )
    return profile


@transaction.atomic
def publish(
    *,
    provider: Provider,
    fleet: Fleet,
    document: Any = None,
    user: User | None = None,
    comment: str = "",
    seen: datetime | None = None,
) -> ProfileVersion:
    """Put a document, or else the MP's draft, in force as the next version; the draft is that document then.

    Raises `ProfileRefused`, with all findings, where the document does not hold together, and `DraftChanged`
    where the draft is no longer the one `seen`; nothing is changed. Bookings made before keep their version.
    """
    _lock(provider, seen)
    if document is None:
        draft = ProcessProfile.objects.filter(provider=provider).values_list("draft", flat=True).first()
        document = draft if draft is not None else empty_document()
    problems = findings(document, fleet=fleet)
    if errors_in(problems):
        raise ProfileRefused(problems)
    profile = save_draft(provider=provider, document=document)
    latest = ProfileVersion.objects.filter(provider=provider).aggregate(number=Max("number"))["number"]
    return ProfileVersion.objects.create(
        provider=provider,
        number=(latest or 0) + 1,
        document=profile.draft,
        published_by=user,
        comment=comment,
    )


def publish_again(
    *, version: ProfileVersion, fleet: Fleet, user: User | None = None, comment: str = ""
) -> ProfileVersion:
    """Roll back: put an old version's document in force as the next version. Raises as `publish` does."""
    return publish(
        provider=version.provider,
        fleet=fleet,
        document=version.document,
        user=user,
        comment=comment or f"Version {version.number} again",
    )


def copy_to(*, version: ProfileVersion, provider: Provider) -> ProcessProfile:
    """Make another MP's draft what this version says. It has no effect until it is published."""
    return save_draft(provider=provider, document=version.document)


def _lock(provider: Provider, seen: datetime | None) -> None:
    """Let nobody else draft or publish for this MP; the draft must be the one `seen`, where one was."""
    Provider.objects.select_for_update(of=("self",), no_key=True).get(pk=provider.pk)
    if seen is not None and not ProcessProfile.objects.filter(provider=provider, changed_at=seen).exists():
        raise DraftChanged
