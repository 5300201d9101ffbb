"""Fares: what a plan promises, and what a ride then costs. Pure functions.

A price list is kept as a *snapshot*, a TOMP `fare` whose numbers are decimal strings, so that it passes
through JSON without becoming floats. The fare of a finished ride is the same kind of object with every part
FIXED: its amounts add up to the total. Source: TOMP 1.6.1 `fare`, `farePart`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from apps.pricing.models import FarePart, FarePartType, PricingPlan
from apps.pricing.money import round_amount, without_vat

Snapshot = dict[str, Any]

METERS = {"KM": Decimal(1000), "MILE": Decimal("1609.344")}
SECONDS = {"SECOND": Decimal(1), "MINUTE": Decimal(60), "HOUR": Decimal(3600)}
ESTIMATE = " ≈ "
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
    """The plan as the estimated fare of an offer, in words of `language`. A plan without parts is free."""
    listed = list(parts) or [FarePart(plan=plan, type=FarePartType.FIXED, amount=Decimal(0))]
    return {
        "estimated": True,
        "description": plan.name.localize(language),
        "parts": [part_snapshot(part, plan) for part in listed],
    }


def part_object(part: Snapshot) -> dict[str, Any]:
    """A part of a snapshot as it goes over the wire: decimal strings become numbers (`Decimal`)."""
    return {name: Decimal(value) if name in NUMBERS else value for name, value in part.items()}


def with_estimate(snapshot: Snapshot, usage: Usage) -> Snapshot:
    """The price list with what `usage` would come to added to its description, after an ≈."""
    estimate = settle(snapshot, usage)
    name = snapshot["description"].split(ESTIMATE)[0]
    return {**snapshot, "description": f"{name}{ESTIMATE}{estimate.amount} {estimate.currency}"}


def fare_object(snapshot: Snapshot) -> dict[str, Any]:
    """The snapshot as it goes over the wire: decimal strings become numbers (`Decimal`)."""
    return {
        **snapshot,
        "parts": [part_object(part) for part in snapshot["parts"]],
    }


def _units_used(part: dict[str, Any], usage: Usage, *, paused_apart: bool) -> Decimal:
    """Started units of a FLEX part, of the state it is for; an asset that is paused travels nowhere.

    Time is that of the state only where the plan tells the two apart.
    """
    unit_type, size = part["unitType"], Decimal(part["units"])
    paused = part["assetState"] == "PAUSED"
    if unit_type in METERS:
        used = Decimal(0 if paused else usage.distance_meters) / METERS[unit_type]
    else:
        if not paused_apart:
            seconds = usage.seconds
        elif paused:
            seconds = usage.paused_seconds
        else:
            seconds = usage.in_use_seconds
        used = Decimal(seconds) / SECONDS[unit_type]
    return (used / size).to_integral_value(rounding=ROUND_CEILING)


def settle(snapshot: Snapshot, usage: Usage) -> Settlement:
    """What `usage` costs under the agreed price list. Started units are charged.

    A FIXED part for the PAUSED state is charged where the ride paused. Where no part is for that state, the plan
    does not tell the two apart and time parts count the whole time. A MAX part caps the complete leg, one for the
    PAUSED state only the parts of that state; the difference is a discount of its own. Parts of the class
    ANCILLARY are the price of something that comes with an asset, and no ride has had any. The sum of the parts
    is the total, to the minor unit. Source: TOMP 1.6.1 `fare`, and `farePart`: `assetState`, `class`.
    """
    fares = [part for part in snapshot["parts"] if part["class"] == "FARE"]
    charged = [part for part in fares if part["type"] != "MAX"]
    paused_apart = any(part["assetState"] == "PAUSED" for part in charged)
    settled = [
        _settled_part(part, usage, paused_apart=paused_apart)
        for part in charged
        if part["type"] == "FLEX" or part["assetState"] == "IN_USE" or usage.paused_seconds
    ]
    caps = [part for part in fares if part["type"] == "MAX"]
    for cap in sorted(caps, key=lambda part: part["assetState"] != "PAUSED"):
        capped = _total(part for part in settled if cap["assetState"] in {"IN_USE", part["assetState"]})
        if capped > Decimal(cap["amount"]):
            saved = Decimal(cap["amount"]) - capped
            settled.append(_fixed_part(cap, saved, kind="DISCOUNT", name=cap.get("name") or "Maximum"))
    first = snapshot["parts"][0]
    return Settlement(
        amount=_total(settled),
        amount_ex_vat=sum((Decimal(part["amountExVat"]) for part in settled), Decimal(0)),
        currency=first["currencyCode"],
        vat_rate=Decimal(first["vatRate"]),
        vat_country=first["vatCountryCode"],
        fare={**snapshot, "estimated": False, "parts": settled},
    )


def _total(parts: Iterable[dict[str, Any]]) -> Decimal:
    return sum((Decimal(part["amount"]) for part in parts), Decimal(0))


def _settled_part(part: dict[str, Any], usage: Usage, *, paused_apart: bool) -> dict[str, Any]:
    """What a FIXED or FLEX part comes to, with its arithmetic as its name."""
    amount = Decimal(part["amount"])
    name = part.get("name", "")
    if part["type"] == "FLEX":
        count = _units_used(part, usage, paused_apart=paused_apart)
        size = Decimal(part["units"]).normalize()
        per = f"{size:f} {UNIT_NAMES[part['unitType']]}" if size != 1 else UNIT_NAMES[part["unitType"]]
        name = f"{name + ': ' if name else ''}{count} × {amount.normalize():f} per {per}"
        amount *= count
    return _fixed_part(part, amount, kind=part["kind"], name=name)


def _fixed_part(part: dict[str, Any], amount: Decimal, *, kind: str, name: str) -> dict[str, Any]:
    """A settled part: FIXED, rounded, with currency and VAT of the part it comes from."""
    currency = part["currencyCode"]
    amount = round_amount(amount, currency)
    return {
        "type": "FIXED",
        "kind": kind,
        "class": part["class"],
        "amount": str(amount),
        "amountExVat": str(without_vat(amount, Decimal(part["vatRate"]), currency)),
        "currencyCode": currency,
        "vatRate": part["vatRate"],
        "vatCountryCode": part["vatCountryCode"],
        "assetState": part["assetState"],
        **({"name": name} if name else {}),
    }
