"""Handing out offers, and forgetting them again."""

from datetime import datetime, timedelta

from apps.planning.models import Offer
from apps.planning.selectors import TravelPlan, find_options
from apps.processes.selectors import Profile
from apps.providers.models import Provider

# An offer is kept this long past its time, so that a late `POST /bookings` hears "expired", not "unknown".
KEPT_AFTER_EXPIRY = timedelta(days=1)
PURGE_BATCH = 5_000


def make_offers(*, provider: Provider, profile: Profile, plan: TravelPlan, language: str, now: datetime) -> list[Offer]:
    """The options for `plan`, stored so that they can be booked. They promise nothing.

    Raises `Invalid` as `find_options` does.
    """
    return Offer.objects.bulk_create(
        find_options(provider=provider, profile=profile, plan=plan, language=language, now=now)
    )


def purge_offers(*, now: datetime) -> int:
    """Delete offers long expired, a batch at a time; returns how many."""
    total = 0
    while True:
        batch = Offer.objects.filter(valid_until__lt=now - KEPT_AFTER_EXPIRY).values("pk")[:PURGE_BATCH]
        deleted, _ = Offer.objects.filter(pk__in=batch).delete()
        total += deleted
        if deleted < PURGE_BATCH:
            return total
