"""Keeping calls of MPs, and forgetting them."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from apps.calls.counting import tally
from apps.calls.models import Call, CallCount
from apps.clock.sweeps import in_batches


def keep(call: Call, *, counted_only: bool) -> None:
    """Count a call, and keep it with its bodies unless it is to be counted only. Two statements at most."""
    tally.add(
        provider_id=call.provider_id,
        at=call.at,
        endpoint=call.endpoint,
        status=call.status,
        error_code=call.error_code,
        duration_ms=call.duration_ms,
    )
    if not counted_only:
        call.save(force_insert=True)


def calls_due(now: datetime) -> QuerySet[Call]:
    """Calls of more than `CALL_LOG_DAYS` ago."""
    return Call.objects.filter(at__lt=now - timedelta(days=settings.CALL_LOG_DAYS))


def call_counts_due(now: datetime) -> QuerySet[CallCount]:
    """Counts of calls of more than `CALL_LOG_DAYS` ago."""
    return CallCount.objects.filter(hour__lt=now - timedelta(days=settings.CALL_LOG_DAYS))


def purge_calls(*, now: datetime) -> int:
    """Forget calls of long ago, a batch at a time; returns how many."""
    return in_batches("purge calls", calls_due(now), QuerySet.delete)


def purge_call_counts(*, now: datetime) -> int:
    """Forget counts of calls of long ago, a batch at a time; returns how many."""
    return in_batches("purge counts of calls", call_counts_due(now), QuerySet.delete)
