"""Pricing plans as MPs read them: TOMP's `systemPricingPlan` and `farePart`."""

from collections.abc import Iterable
from typing import Any

from apps.pricing.fares import fare_object, part_object, part_snapshot, plan_snapshot
from apps.pricing.models import FarePart, PricingPlan


def plan_object(plan: PricingPlan, language: str, *, parts: Iterable[FarePart] | None = None) -> dict[str, Any]:
    """A TOMP `systemPricingPlan` in words of `language`; `parts` where the caller has read them already.

    `isTaxable` is false: the amounts include VAT and no further tax is added.
    """
    listed = plan.parts.all() if parts is None else parts
    return {
        "planId": plan.plan_id,
        "name": plan.name.localize(language),
        "url": plan.url or None,
        "isTaxable": False,
        "description": plan.description.localize(language),
        "fare": fare_object(plan_snapshot(plan, listed, language=language)),
    }


def fare_part_object(part: FarePart) -> dict[str, Any]:
    """A TOMP `farePart` of the plan it belongs to; amounts are `Decimal` in the plan's currency."""
    return part_object(part_snapshot(part, part.plan))
