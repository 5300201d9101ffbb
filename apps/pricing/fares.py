"""Fares: what a plan promises, as offers and bookings keep it, and as it goes over the wire. Pure functions.

A price list is kept as a *snapshot*, a TOMP `fare` whose numbers are decimal strings, so that it passes
through JSON without becoming floats. The fare of a finished ride is the same kind of object with every part
FIXED: its amounts add up to the total (`apps.pricing.settling`). Source: TOMP 1.6.1 `fare`, `farePart`.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from apps.pricing.models import CapPeriod, FarePart, FarePartType, PricingPlan
from apps.pricing.money import round_amount, without_vat
from apps.pricing.settling import Snapshot, settle
from apps.pricing.usage import Usage

NUMBERS = ("amount", "amountExVat", "vatRate", "units", "scaleFrom", "scaleTo", "minimumAmount", "maximumAmount")


def part_snapshot(part: FarePart, plan: PricingPlan) -> dict[str, Any]:
    """A TOMP `farePart` with decimal strings; absent fields are left out."""
    fields: dict[str, Any] = {
        "amount": part.amount,
        "amountExVat": without_vat(part.amount, plan.vat_rate, plan.currency),
        "currencyCode": plan.currency,
        "vatRate": plan.vat_rate,
        "vatCountryCode": plan.vat_country,
        "type": part.type,
        "kind": part.kind,
        "class": part.fare_class,
        "name": part.name or None,
        "units": part.units,
        "unitType": part.unit_type or None,
        "scaleFrom": part.scale_from,
        "scaleTo": part.scale_to,
        "scaleType": part.scale_type or None,
        "minimumAmount": part.minimum_amount,
        "maximumAmount": part.maximum_amount,
        "assetState": part.asset_state,
        "meta": _agreed_beside(part, plan) or None,
    }
    return {
        name: format(value.normalize(), "f") if isinstance(value, Decimal) else value
        for name, value in fields.items()
        if value is not None
    }


def _agreed_beside(part: FarePart, plan: PricingPlan) -> dict[str, Any]:
    """What the document has no field for: exact shares, not started units; caps of a day; when there is a surge."""
    fields = {
        "proRata": part.type == FarePartType.FLEX and not plan.charges_started_units,
        "per": "DAY" if part.cap_period == CapPeriod.DAY else None,
        "days": part.days,
        "from": part.start_time and part.start_time.strftime("%H:%M"),
        "until": part.end_time and part.end_time.strftime("%H:%M"),
    }
    return {name: value for name, value in fields.items() if value}


def plan_snapshot(plan: PricingPlan, parts: Iterable[FarePart], *, language: str) -> Snapshot:
    """The plan as the estimated fare of an offer, in words of `language`. A plan without parts is free."""
    listed = list(parts) or [FarePart(plan=plan, type=FarePartType.FIXED, amount=Decimal(0))]
    return {
        "estimated": True,
        "planId": plan.plan_id,
        "description": plan.name.localize(language),
        "parts": [part_snapshot(part, plan) for part in listed],
    }


def part_object(part: Snapshot) -> dict[str, Any]:
    """A part of a snapshot as it goes over the wire: decimal strings become numbers (`Decimal`)."""
    return {name: Decimal(value) if name in NUMBERS else value for name, value in part.items()}


def ancillary_snapshot(price: Decimal, name: str, *, fare: Snapshot) -> Snapshot:
    """The FIXED part of an ancillary, in the currency and under the VAT of the ride's price list `fare`."""
    first = fare["parts"][0]
    currency = first["currencyCode"]
    amount = round_amount(price, currency)
    return {
        "type": "FIXED",
        "kind": "DEFAULT",
        "class": "ANCILLARY",
        "amount": str(amount),
        "amountExVat": str(without_vat(amount, Decimal(first["vatRate"]), currency)),
        "currencyCode": currency,
        "vatRate": first["vatRate"],
        "vatCountryCode": first["vatCountryCode"],
        "assetState": "IN_USE",
        "name": name,
    }


def with_estimate(snapshot: Snapshot, usage: Usage) -> Snapshot:
    """The price list with what the expected `usage` would come to."""
    estimate = settle(snapshot, usage)
    expected = {
        "in_use_seconds": usage.in_use_seconds,
        "paused_seconds": usage.paused_seconds,
        "distance_meters": usage.distance_meters,
    }
    return {
        **snapshot,
        "estimate": {"amount": str(estimate.amount), "currencyCode": estimate.currency, "usage": expected},
    }


def fare_object(snapshot: Snapshot) -> dict[str, Any]:
    """The snapshot as it goes over the wire: decimal strings become numbers (`Decimal`).

    The document has no field for an estimate of the total: it is said in the description.
    """
    estimate = snapshot.get("estimate") if snapshot["estimated"] else None
    about = f" ≈ {estimate['amount']} {estimate['currencyCode']}" if estimate else ""
    return {
        "estimated": snapshot["estimated"],
        "description": f"{snapshot['description']}{about}",
        "parts": [part_object(part) for part in snapshot["parts"]],
    }
