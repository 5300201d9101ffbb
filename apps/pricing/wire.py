"""Pricing plans as MPs read them: TOMP's `systemPricingPlan`."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from apps.pricing.fares import fare_object, plan_snapshot
from apps.pricing.models import FarePart, PricingPlan
from apps.pricing.published import PublishedPlan
from apps.pricing.surge import in_force, is_surging


def plan_object(plan: PricingPlan, parts: Iterable[FarePart], language: str, local: datetime) -> dict[str, Any]:
    """A TOMP `systemPricingPlan` of a plan and its parts, in words of `language`. Absent fields are None.

    It is the price of a departure at `local`, on the operator's clocks. `isTaxable` is false: the amounts include VAT
    and no further tax is added.
    """
    now_in_force = in_force(parts, local)
    return {
        "planId": plan.plan_id,
        "name": plan.name.localize(language),
        "url": plan.url or None,
        "isTaxable": False,
        "description": plan.description.localize(language),
        "fare": fare_object(plan_snapshot(plan, now_in_force, language=language)),
        "surgePricing": is_surging(now_in_force) or None,
    }


def published_plan_object(published: PublishedPlan, language: str, local: datetime) -> dict[str, Any]:
    """The same, with the region or station that the plan is bound to."""
    return {
        **plan_object(published.plan, published.parts, language, local),
        "stationId": published.station.station_id if published.station is not None else None,
        "regionId": published.region.region_id if published.region is not None else None,
    }
