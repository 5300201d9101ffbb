"""Drafting and publishing process profiles."""

from datetime import datetime
from enum import Enum
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from apps.operator.selectors import operator_basics
from apps.processes.checks import check, errors_in
from apps.processes.document import MAX_DEPTH, is_too_deep, normalise, unstorable
from apps.processes.models import ProcessProfile, ProfileVersion, empty_document
from apps.processes.problems import DraftChanged, Fleet, Problem, ProfileRefused, error
from apps.processes.selectors import versions_of
from apps.providers.models import Provider


def findings(document: Any, *, fleet: Fleet) -> list[Problem]:
    """What there is to say about a document, held against the operator's languages and its `fleet`."""
    return check(document, languages=operator_basics().languages, fleet=fleet)


class Seen(Enum):
    """Which draft may be replaced, where it is not one of a known moment."""

    ANY = "any"


# The `changed_at` of the draft that the new one was made from; None where there was none.
SeenDraft = datetime | Seen | None


@transaction.atomic
def save_draft(*, provider: Provider, document: Any, seen: SeenDraft = Seen.ANY) -> ProcessProfile:
    """Keep a draft, which need not hold together yet.

    Raises `ProfileRefused` for what is no object or cannot be stored, `DraftChanged` where the draft is no
    longer the one `seen`.
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
    seen: SeenDraft = Seen.ANY,
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
    latest = versions_of(provider).values_list("number", flat=True).first()
    return ProfileVersion.objects.create(
        provider=provider,
        number=(latest or 0) + 1,
        document=profile.draft,
        published_by=user,
        comment=comment,
    )


def publish_again(
    *,
    version: ProfileVersion,
    fleet: Fleet,
    user: User | None = None,
    comment: str = "",
    seen: SeenDraft = Seen.ANY,
) -> ProfileVersion:
    """Roll back: put an old version's document in force as the next version. Raises as `publish` does."""
    return publish(
        provider=version.provider,
        fleet=fleet,
        document=version.document,
        user=user,
        comment=comment or f"Version {version.number} again",
        seen=seen,
    )


@transaction.atomic
def copy_to(*, version: ProfileVersion, provider: Provider, looked_at: datetime) -> ProcessProfile:
    """Make another MP's draft what this version says. It has no effect until it is published.

    Raises `DraftChanged` where that draft has been changed since `looked_at`.
    """
    _lock(provider, Seen.ANY)
    if ProcessProfile.objects.filter(provider=provider, changed_at__gt=looked_at).exists():
        raise DraftChanged
    return save_draft(provider=provider, document=version.document)


def _lock(provider: Provider, seen: SeenDraft) -> None:
    """Let nobody else draft or publish for this MP; its draft must be the one `seen`."""
    Provider.objects.select_for_update(of=("self",), no_key=True).get(pk=provider.pk)
    if seen is Seen.ANY:
        return
    if ProcessProfile.objects.filter(provider=provider).values_list("changed_at", flat=True).first() != seen:
        raise DraftChanged
