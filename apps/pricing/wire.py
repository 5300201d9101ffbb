"""Pricing plans as MPs read them: TOMP's `systemPricingPlan`."""

from collections.abc import Iterable
from typing import Any

from apps.pricing.fares import fare_object, plan_snapshot
from apps.pricing.models import FarePart, PricingPlan


def plan_object(plan: PricingPlan, parts: Iterable[FarePart], language: str) -> dict[str, Any]:
    """A TOMP `systemPricingPlan` of a plan and its parts, in words of `language`. Absent fields are None.

    `isTaxable` is false: the amounts include VAT and no further tax is added.
    """
    return {
        "planId": plan.plan_id,
        "name": plan.name.localize(language),
        "url": plan.url or None,
        "isTaxable": False,
        "description": plan.description.localize(language),
        "fare": fare_object(plan_snapshot(plan, parts, language=language)),
    }
