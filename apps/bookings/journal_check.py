"""The nightly check: does the journal of every booking come to what the booking owes?

What is owed is stated in `apps.bookings.invariants`. What is found is kept until it is mended; staff see it in the
admin, and each finding is mailed once to the operator's finance address.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse

from apps.bookings.invariants import MONEY, breaches
from apps.legs.models import Leg
from apps.operator.models import Operator
from apps.payments.models import Claim, JournalFinding

# Of each rule; where more is amiss than that, the first ones say enough until they are mended.
MOST = 1_000
MORE = f"There may be more: no more than {MOST:,} of a kind are looked for at a time."


def check_journal(*, now: datetime) -> list[JournalFinding]:
    """Look for what is amiss at `now`, forget what is mended, and mail what is new; returns what is amiss."""
    findings = _looked_for(now)
    _tell(now, cut_short=bool(broken_too_often(findings)))
    return findings


@transaction.atomic
def _looked_for(now: datetime) -> list[JournalFinding]:
    found: list[JournalFinding] = []
    for breach in breaches(now=now, limit=MOST, of=MONEY):
        finding, _ = JournalFinding.objects.update_or_create(
            rule=breach.invariant,
            subject=breach.subject,
            defaults={"problem": breach.problem},
            create_defaults={
                "problem": breach.problem,
                "booking_id": _booking_of(breach.subject),
                "found_at": now,
            },
        )
        found.append(finding)
    mended = JournalFinding.objects.exclude(pk__in=[finding.pk for finding in found])
    # Of a rule with too many to look at all of them, nobody knows whether the others are mended.
    mended.exclude(rule__in=broken_too_often(found)).delete()
    return found


def broken_too_often(findings: Iterable[JournalFinding]) -> list[str]:
    """The rules of which only the first `MOST` findings are known."""
    return [rule for rule, number in Counter(finding.rule for finding in findings).items() if number >= MOST]


def _booking_of(subject: str) -> UUID:
    """The booking of what a breach is about, such as "leg 0b1…"."""
    kind, _, key = subject.partition(" ")
    if kind == "leg":
        return Leg.objects.values_list("booking_id", flat=True).get(pk=key)
    if kind == "claim":
        return Claim.objects.values_list("booking_id", flat=True).get(pk=key)
    return UUID(key)


def _tell(now: datetime, *, cut_short: bool) -> None:
    """Mail what has not been mailed, and whether there may be more.

    Where mail does not go out, it is tried again the next time.
    """
    address = Operator.objects.values_list("finance_email", flat=True).first()
    new = list(JournalFinding.objects.filter(told_at=None).order_by("id"))
    if not new or not address:
        return
    lines = [f"{finding.subject} {finding.problem}\n{_page(finding.booking_id)}" for finding in new]
    send_mail(
        subject=f"The journal does not add up: {len(new)} new",
        message="\n\n".join(["What the journal says is not what is owed.", *lines, *([MORE] if cut_short else [])]),
        from_email=None,
        recipient_list=[address],
    )
    JournalFinding.objects.filter(pk__in=[finding.pk for finding in new]).update(told_at=now)


def _page(booking_id: UUID) -> str:
    return f"{settings.PUBLIC_URL}{reverse('admin:bookings_booking_change', args=[booking_id])}"
