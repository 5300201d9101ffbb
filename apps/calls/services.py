"""Keeping calls of MPs, and forgetting them."""

from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

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


def purge_calls() -> int:
    """Forget calls, and counts of calls, of more than `CALL_LOG_DAYS` ago, a batch at a time; returns how many."""
    before = timezone.now() - timedelta(days=settings.CALL_LOG_DAYS)
    calls = in_batches("purge calls", Call.objects.filter(at__lt=before), QuerySet.delete)
    return calls + in_batches("purge counts of calls", CallCount.objects.filter(hour__lt=before), QuerySet.delete)
