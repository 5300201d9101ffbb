"""How an MP's integration is doing: what the desk looks at when an MP says that something does not work.

Figures come from counts per hour (`apps.calls.counting`), so that a busy MP's page costs no more than a quiet one's.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q

from apps.calls.models import Call, CallCount
from apps.processes.models import ProfileVersion
from apps.processes.selectors import version_in_force
from apps.providers.models import Credential, OAuthClient, Provider
from apps.webhooks.models import DeliveryState, OutboxMessage

HOUR = timedelta(hours=1)
HOURS_SHOWN = 48
RECENT = 50
ERRORS_SHOWN = 20
RUNS_OUT_WITHIN = timedelta(days=30)


@dataclass(frozen=True)
class Hour:
    """How many calls of one hour went well, and how many failed."""

    at: datetime
    calls: int
    failed: int


@dataclass(frozen=True)
class Latency:
    """Within how many milliseconds half, and 95 of 100 calls were answered; None where there were none."""

    median_ms: int | None
    p95_ms: int | None


@dataclass
class Error:
    """Calls of one endpoint that failed in one way: how often, and when last. The code is TOMP's, 0 for none."""

    code: int
    status: int
    endpoint: str
    times: int
    last: datetime


@dataclass(frozen=True)
class Messages:
    """What waits to be delivered to the MP, since when, and what was given up."""

    waiting: int
    oldest: datetime | None
    failed: int


@dataclass(frozen=True)
class Health:
    """All of it, at one moment."""

    hours: list[Hour]
    calls: int
    failed: int
    latency: Latency
    last_seen: datetime | None
    errors: list[Error]
    messages: Messages
    version: ProfileVersion | None
    keys: list[Credential | OAuthClient]
    recent: list[Call]

    @property
    def failed_percent(self) -> float:
        """Of 100 calls, how many failed."""
        return 100 * self.failed / self.calls if self.calls else 0.0


def health_of(provider: Provider, *, now: datetime) -> Health:
    """How `provider` is doing: in the last 48 hours, and what is open now. Five statements at most."""
    first = now.replace(minute=0, second=0, microsecond=0) - (HOURS_SHOWN - 1) * HOUR
    counted = list(CallCount.objects.filter(provider=provider, hour__gte=first))
    hours = _hours(counted, first)
    return Health(
        hours=hours,
        calls=sum(hour.calls for hour in hours),
        failed=sum(hour.failed for hour in hours),
        latency=_latency(counted),
        last_seen=max((count.last_at for count in counted), default=None) or _seen_before(provider),
        errors=_errors(counted),
        messages=_messages(provider),
        version=version_in_force(provider),
        keys=keys_that_run_out(provider, now=now),
        recent=list(
            Call.objects.filter(provider=provider).order_by("-id").defer("request_body", "answer_body")[:RECENT]
        ),
    )


def keys_that_run_out(provider: Provider, *, now: datetime) -> list[Credential | OAuthClient]:
    """Keys and clients in use that expire within 30 days, the first first."""
    keys: list[Credential | OAuthClient] = [*provider.credentials.all(), *provider.oauth_clients.all()]
    ends = [(key.expires_at, key) for key in keys if key.revoked_at is None and key.expires_at is not None]
    soon = [(at, key) for at, key in ends if now < at <= now + RUNS_OUT_WITHIN]
    return [key for _, key in sorted(soon, key=lambda end: end[0])]


def _hours(counted: Iterable[CallCount], first: datetime) -> list[Hour]:
    calls: Counter[datetime] = Counter()
    failed: Counter[datetime] = Counter()
    for count in counted:
        calls[count.hour] += count.calls
        failed[count.hour] += count.calls if count.status >= 400 else 0
    return [Hour(at, calls[at], failed[at]) for at in (first + number * HOUR for number in range(HOURS_SHOWN))]


def _seen_before(provider: Provider) -> datetime | None:
    """When an MP that has been silent for long called last, as far as it is known."""
    return CallCount.objects.filter(provider=provider).aggregate(at=Max("last_at"))["at"]


def _latency(counted: Iterable[CallCount]) -> Latency:
    steps: Counter[int] = Counter()
    for count in counted:
        steps[count.within_ms] += count.calls
    return Latency(median_ms=_quantile(steps, 0.5), p95_ms=_quantile(steps, 0.95))


def _quantile(steps: Counter[int], share: float) -> int | None:
    """The step below which at least `share` of all were answered."""
    wanted, reached = share * steps.total(), 0
    for step in sorted(steps):
        reached += steps[step]
        if reached >= wanted:
            return step
    return None


def _errors(counted: Iterable[CallCount]) -> list[Error]:
    """The most frequent first."""
    found: dict[tuple[int, int, str], Error] = {}
    for count in counted:
        if count.status >= 400:
            kind = (count.error_code, count.status, count.endpoint)
            error = found.setdefault(kind, Error(*kind, times=0, last=count.last_at))
            error.times += count.calls
            error.last = max(error.last, count.last_at)
    return sorted(found.values(), key=lambda error: (-error.times, error.code))[:ERRORS_SHOWN]


def _messages(provider: Provider) -> Messages:
    """One statement, each half of which has an index that holds no delivered message."""
    waiting, failed = Q(state=DeliveryState.PENDING), Q(state=DeliveryState.FAILED)
    found = OutboxMessage.objects.filter(waiting | failed, provider=provider).aggregate(
        waiting=Count("pk", filter=waiting), oldest=Min("created_at", filter=waiting), failed=Count("pk", filter=failed)
    )
    return Messages(**found)
