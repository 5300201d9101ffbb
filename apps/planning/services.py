"""Handing out offers, and forgetting them again."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from apps.clock.sweeps import in_batches
from apps.planning.models import Offer, OfferLeg
from apps.planning.options import Option
from apps.planning.plan import TravelPlan
from apps.planning.selectors import find_options
from apps.processes.selectors import Profile
from apps.providers.models import Provider

# An offer is kept this long past its time, so that a late `POST /bookings` hears "expired", not "unknown".
KEPT_AFTER_EXPIRY = timedelta(days=1)


def make_offers(
    *, provider: Provider, profile: Profile, plan: TravelPlan, language: str, now: datetime
) -> list[Option]:
    """The options for `plan`, stored so that they can be booked. They promise nothing.

    Raises `Invalid` as `find_options` does.
    """
    options = find_options(provider=provider, profile=profile, plan=plan, language=language, now=now)
    with transaction.atomic(savepoint=False):
        Offer.objects.bulk_create([option.offer for option in options])
        OfferLeg.objects.bulk_create([leg for option in options for leg in option.legs])
    return options


def offers_due(now: datetime) -> QuerySet[Offer]:
    """Offers long expired."""
    return Offer.objects.filter(valid_until__lt=now - KEPT_AFTER_EXPIRY)


def purge_offers(*, now: datetime) -> int:
    """Delete offers long expired, a batch at a time; returns how many."""
    return in_batches("purge offers", offers_due(now), QuerySet.delete)
