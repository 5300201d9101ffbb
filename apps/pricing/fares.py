"""Fares: what a plan promises, and what a ride then costs. Pure functions.

A price list is kept as a *snapshot*, a TOMP `fare` whose numbers are decimal strings, so that it passes
through JSON without becoming floats. The fare of a finished ride is the same kind of object with every part
FIXED: its amounts add up to the total. Source: TOMP 1.6.1 `fare`, `farePart`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from apps.pricing.models import FarePart, PricingPlan
from apps.pricing.money import round_amount, without_vat

Snapshot = dict[str, Any]

METERS = {"KM": Decimal(1000), "MILE": Decimal("1609.344")}
SECONDS = {"SECOND": Decimal(1), "MINUTE": Decimal(60), "HOUR": Decimal(3600)}
UNIT_NAMES = {"KM": "km", "MILE": "mile", "SECOND": "s", "MINUTE": "min", "HOUR": "h"}
NUMBERS = ("amount", "amountExVat", "vatRate", "units", "scaleFrom", "scaleTo", "minimumAmount", "maximumAmount")


@dataclass(frozen=True)
class Usage:
    """What was used of an asset: seconds in use, seconds paused, metres travelled."""

    in_use_seconds: int
    paused_seconds: int
    distance_meters: int

    @property
    def seconds(self) -> int:
        """The whole time, paused or not."""
        return self.in_use_seconds + self.paused_seconds


@dataclass(frozen=True)
class Settlement:
    """The fare of a finished ride: totals in `currency`, and the itemised `fare` (a snapshot)."""

    amount: Decimal
    amount_ex_vat: Decimal
    currency: str
    vat_rate: Decimal
    vat_country: str
    fare: Snapshot


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
    }
    return {
        name: format(value.normalize(), "f") if isinstance(value, Decimal) else value
        for name, value in fields.items()
        if value is not None
    }


def plan_snapshot(plan: PricingPlan, parts: Iterable[FarePart], *, language: str) -> Snapshot:
    """The plan as the estimated fare of an offer, in words of `language`."""
    return {
        "estimated": True,
        "description": plan.name.localize(language),
        "parts": [part_snapshot(part, plan) for part in parts],
    }


def fare_object(snapshot: Snapshot) -> dict[str, Any]:
    """The snapshot as it goes over the wire: decimal strings become numbers (`Decimal`)."""
    return {
        **snapshot,
        "parts": [
            {name: Decimal(value) if name in NUMBERS else value for name, value in part.items()}
            for part in snapshot["parts"]
        ],
    }


def _units_used(part: dict[str, Any], usage: Usage, *, paused_apart: bool) -> Decimal:
    """Started units of a FLEX part; time counts for the state the part is for, where the plan tells them apart."""
    unit_type, size = part["unitType"], Decimal(part["units"])
    if unit_type in METERS:
        used = Decimal(usage.distance_meters) / METERS[unit_type]
    else:
        if not paused_apart:
            seconds = usage.seconds
        elif part.get("assetState") == "PAUSED":
            seconds = usage.paused_seconds
        else:
            seconds = usage.in_use_seconds
        used = Decimal(seconds) / SECONDS[unit_type]
    return (used / size).to_integral_value(rounding=ROUND_CEILING)


def settle(snapshot: Snapshot, usage: Usage) -> Settlement:
    """What `usage` costs under the agreed price list. Started units are charged.

    FIXED and FLEX parts count here. Where no part is for the PAUSED state, the plan does not tell the two
    apart and time parts count the whole time. The sum of the parts is the total, to the minor unit.
    """
    parts = snapshot["parts"]
    paused_apart = any(part.get("assetState") == "PAUSED" for part in parts)
    settled: list[dict[str, Any]] = []
    total = Decimal(0)
    for part in parts:
        currency = part["currencyCode"]
        amount = Decimal(part["amount"])
        name = part.get("name")
        if part.get("type") == "FLEX":
            count = _units_used(part, usage, paused_apart=paused_apart)
            size = Decimal(part["units"]).normalize()
            per = f"{size:f} {UNIT_NAMES[part['unitType']]}" if size != 1 else UNIT_NAMES[part["unitType"]]
            name = f"{name + ': ' if name else ''}{count} × {amount.normalize():f} per {per}"
            amount *= count
        amount = round_amount(amount, currency)
        vat_rate = Decimal(part.get("vatRate", 0))
        total += amount
        settled.append(
            {
                "type": "FIXED",
                "kind": part.get("kind", "DEFAULT"),
                "class": part.get("class", "FARE"),
                "amount": str(amount),
                "amountExVat": str(without_vat(amount, vat_rate, currency)),
                "currencyCode": currency,
                "vatRate": part.get("vatRate", "0"),
                "vatCountryCode": part.get("vatCountryCode"),
                "assetState": part.get("assetState", "IN_USE"),
                **({"name": name} if name else {}),
            }
        )
    first = settled[0]
    return Settlement(
        amount=total,
        amount_ex_vat=sum((Decimal(part["amountExVat"]) for part in settled), Decimal(0)),
        currency=first["currencyCode"],
        vat_rate=Decimal(first["vatRate"]),
        vat_country=first["vatCountryCode"],
        fare={**snapshot, "estimated": False, "parts": settled},
    )
