"""A pricing plan as GBFS 3.0 can say it: a price, and prices per minute and per kilometre.

GBFS knows no caps, discounts, percentages or prices of a pause; the description says those in words.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from apps.gbfs.edition import Edition, Json
from apps.pricing.models import ChargedState, FareClass, FarePart, FarePartKind, FarePartType, PricingPlan
from apps.pricing.surge import in_force, is_surging

MINUTES = {"SECOND": Decimal(1) / 60, "MINUTE": Decimal(1), "HOUR": Decimal(60)}
KILOMETERS = {"KM": Decimal(1), "MILE": Decimal("1.609344")}
SAYABLE = (FarePartKind.DEFAULT, FarePartKind.SURGE)


def plan_object(plan: PricingPlan, parts: Sequence[FarePart], edition: Edition) -> Json:
    """A plan of `system_pricing_plans.json`: the price of rides that begin now. Amounts include VAT."""
    now = in_force(parts, edition.local)
    said = [
        part
        for part in now
        if part.kind in SAYABLE and part.fare_class == FareClass.FARE and part.asset_state == ChargedState.IN_USE
    ]
    fixed = [part.amount for part in said if part.type == FarePartType.FIXED and not part.scale_type]
    return {
        "plan_id": plan.plan_id,
        "url": plan.url or None,
        "name": edition.texts(plan.name),
        "currency": plan.currency,
        "price": float(sum(fixed, Decimal(0))),
        "is_taxable": False,
        "description": edition.texts(plan.description),
        "per_min_pricing": _segments(said, MINUTES) or None,
        "per_km_pricing": _segments(said, KILOMETERS) or None,
        "surge_pricing": is_surging(now),
    }


def _segments(parts: Iterable[FarePart], base: dict[str, Decimal]) -> list[Json]:
    """The parts that are measured in `base` (minutes or kilometres to its units), by their start."""
    measured = [
        part
        for part in parts
        if part.scale_type in ("", *base)
        and (part.unit_type in base or (part.type == FarePartType.FIXED and part.scale_type))
    ]
    return sorted((_segment(part, measured, base) for part in measured), key=lambda one: (one["start"], one["rate"]))


def _segment(part: FarePart, parts: Iterable[FarePart], base: dict[str, Decimal]) -> Json:
    rate, interval = part.amount, Decimal(0)  # once, as the segment begins
    if part.units is not None:
        interval = part.units * base[part.unit_type]
        if interval != interval.to_integral_value():
            rate, interval = part.amount / interval, Decimal(1)
    unit = base.get(part.scale_type, Decimal(1))
    segment: Json = {
        "start": round(_elapsed(part, parts) * unit),
        "rate": float(round(rate, 4)),
        "interval": int(interval),
    }
    return segment if part.scale_to is None else {**segment, "end": round(part.scale_to * unit)}


def _elapsed(part: FarePart, parts: Iterable[FarePart]) -> Decimal:
    """How many units of its scale are over when it begins: 30, where it is from the 31st or a lower one ends at 30."""
    begin = part.scale_from or Decimal(0)
    follows = any(other.scale_to == begin and other.scale_type == part.scale_type for other in parts)
    counts = begin == begin.to_integral_value() and not follows
    return max(begin - 1, Decimal(0)) if counts else begin
