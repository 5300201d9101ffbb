"""What a ride costs under a plan: every kind of TOMP `farePart`, itemised to the cent. Pure functions.

1. Each FIXED and FLEX part is charged for what was used: of its state, within its scale, at least its minimum and at
   most its maximum amount. Of a FLEX part started units are charged, unless it is `proRata`.
2. Percentages are taken of the parts of kind DEFAULT that stand by then.
3. A discount goes no further than to nothing: a fare is never negative.
4. A MAX part caps what is left, each day (24 hours from the departure) or the whole leg; the difference is a discount
   of its own. The sum of the parts is the total.

A scale holds from `scaleFrom` to `scaleTo`, both ends included, and no unit is counted twice: bounds in whole numbers
count units (the 31st minute is in the scale from 31), others measure; what two scales share belongs to the lower one.
Source: TOMP 1.6.1 `fare` and `farePart`; its wiki on scales.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from apps.pricing.money import round_amount, without_vat
from apps.pricing.usage import IN_USE, PAUSED, Segment, Usage

Part = dict[str, Any]
Snapshot = dict[str, Any]

METERS = {"KM": Fraction(1000), "MILE": Fraction("1609.344")}
SECONDS = {"SECOND": Fraction(1), "MINUTE": Fraction(60), "HOUR": Fraction(3600)}
PERCENTAGE = "PERCENTAGE"
DAY_SECONDS = 24 * 3600
UNIT_NAMES = {"KM": "km", "MILE": "mile", "SECOND": "s", "MINUTE": "min", "HOUR": "h"}


@dataclass(frozen=True)
class Settlement:
    """The fare of a finished ride: totals in `currency`, and the itemised `fare` (a snapshot)."""

    amount: Decimal
    amount_ex_vat: Decimal
    currency: str
    vat_rate: Decimal
    vat_country: str
    fare: Snapshot


@dataclass(frozen=True)
class Scale:
    """A part's bounds, in units of its `scaleType`; `above` is where a lower scale has ended."""

    low: Fraction
    high: Fraction | None
    above: Fraction | None

    @property
    def counts_units(self) -> bool:
        """Do the bounds name units, and not lengths?"""
        return self.low.denominator == 1 and (self.high is None or self.high.denominator == 1)

    def holds_any_up_to(self, length: Fraction) -> bool:
        """Has something of this scale been used when `length` has?"""
        reached = max(Fraction(ceil(length)), Fraction(1)) if self.counts_units else length
        begun = self.low == 0 or (reached >= self.low if self.counts_units else reached > self.low)
        return begun and (self.above is None or reached > self.above)


def settle(snapshot: Snapshot, usage: Usage, ancillaries: Sequence[Part] = ()) -> Settlement:
    """What `usage` costs under the agreed price list.

    A part for the PAUSED state is charged where the ride paused. Where no part is for that state, the plan does not
    tell the two apart and time parts count the whole time. A plan's parts of the class ANCILLARY inform; what is
    charged is `ancillaries`, the FIXED parts of those the ride had. They are the price of something else than the
    ride: no cap, percentage or discount of the ride concerns them.
    """
    parts = [part for part in snapshot["parts"] if part["class"] == "FARE"]
    charged = _charged(parts, usage)
    charged += _daily_caps(parts, usage)
    for cap in _caps(parts, daily=False):
        over = _total(part for part in charged if _concerns(cap, part)) - Decimal(cap["amount"])
        charged += _cap_discount(cap, over)
    charged += [
        _fixed_part(part, Decimal(part["amount"]), kind=part["kind"], name=part["name"]) for part in ancillaries
    ]
    first = snapshot["parts"][0]
    return Settlement(
        amount=_total(charged),
        amount_ex_vat=sum((Decimal(part["amountExVat"]) for part in charged), Decimal(0)),
        currency=first["currencyCode"],
        vat_rate=Decimal(first["vatRate"]),
        vat_country=first["vatCountryCode"],
        fare={**snapshot, "estimated": False, "parts": charged},
    )


# -- 1 to 3: what is charged before any cap ---------------------------------------------------------


def _charged(parts: list[Part], usage: Usage) -> list[Part]:
    priced = [part for part in parts if part["type"] != "MAX"]
    paused_apart = any(part["assetState"] == PAUSED for part in priced)
    own = [part for part in priced if part.get("unitType") != PERCENTAGE]
    used = [part for part in own if part["type"] == "FLEX" or part["assetState"] == IN_USE or usage.paused_seconds]
    priced_each = (_priced(part, _scale_of(part, own), usage, paused_apart=paused_apart) for part in used)
    charged = [part for part in priced_each if part is not None]
    for part in priced:
        if part.get("unitType") == PERCENTAGE:
            base = _total(one for one in charged if one["kind"] == "DEFAULT" and _concerns(part, one))
            charged.append(_percentage(part, base))
    return list(_never_below_nothing(charged))


def _priced(part: Part, scale: Scale | None, usage: Usage, *, paused_apart: bool) -> Part | None:
    """What a FIXED or FLEX part comes to, with its arithmetic as its name; None for a scale that was not reached."""
    amount, name = Decimal(part["amount"]), part.get("name", "")
    if part["type"] == "FIXED":
        measured = _Measured(part, usage, part.get("scaleType", ""), paused_apart=paused_apart)
        if scale is not None and not scale.holds_any_up_to(measured.length):
            return None
    else:
        measured = _Measured(part, usage, part["unitType"], paused_apart=paused_apart)
        count = measured.units(scale)
        amount *= count
        size = Decimal(part["units"]).normalize()
        per = f"{size:f} {UNIT_NAMES[part['unitType']]}" if size != 1 else UNIT_NAMES[part["unitType"]]
        name = f"{name + ': ' if name else ''}{count:f} × {Decimal(part['amount']).normalize():f} per {per}"
    amount = max(amount, Decimal(part.get("minimumAmount", amount)))
    amount = min(amount, Decimal(part.get("maximumAmount", amount)))
    return _fixed_part(part, amount, kind=part["kind"], name=name)


class _Measured:
    """What of a ride a part counts, in units of `unit_type`: time of its state, or the way."""

    def __init__(self, part: Part, usage: Usage, unit_type: str, *, paused_apart: bool) -> None:
        self.part, self.unit_type = part, unit_type
        self.segments = [
            segment
            for segment in usage.segments()
            if (not paused_apart and unit_type not in METERS) or (segment.state == PAUSED) == (_state(part) == PAUSED)
        ]

    @property
    def length(self) -> Fraction:
        """All of it."""
        return sum((_amount(segment, self.unit_type) for segment in self.segments), Fraction(0))

    def units(self, scale: Scale | None) -> Decimal:
        """Units to be charged: those started, or their exact number to four decimals."""
        size = Fraction(self.part["units"])
        length = self.length
        if (self.part.get("meta") or {}).get("proRata"):
            return _rounded(self._within(scale, length) / size)
        started = ceil(length / size)
        if scale is None:
            return Decimal(started)
        numbers = range(1, started + 1)

        def position(number: int) -> Fraction:
            reached = self._scaled(min(number * size, length))
            return Fraction(ceil(reached)) if scale.counts_units else reached

        first = bisect_left(numbers, scale.low, key=position)
        if scale.above is not None:
            first = max(first, bisect_right(numbers, scale.above, key=position))
        elif not scale.counts_units:
            first = bisect_right(numbers, scale.low, key=position)
        last = len(numbers) if scale.high is None else bisect_right(numbers, scale.high, key=position)
        return Decimal(max(last - first, 0))

    def _within(self, scale: Scale | None, length: Fraction) -> Fraction:
        """How much of `length` lies within a scale of the same kind of unit."""
        if scale is None:
            return length
        unit = _base(self.unit_type) / _base(self.part["scaleType"])
        low = max(scale.low - 1, Fraction(0)) if scale.counts_units and scale.above != scale.low else scale.low
        low = max(low, scale.above or Fraction(0))
        high = length * unit if scale.high is None else min(scale.high, length * unit)
        return max(high - low, Fraction(0)) / unit

    def _scaled(self, length: Fraction) -> Fraction:
        """Where in the scale's units the ride was when so much of this part had been used."""
        left, reached = length, Fraction(0)
        for segment in self.segments:
            amount = _amount(segment, self.unit_type)
            way = _amount(segment, self.part["scaleType"])
            if amount >= left and amount:
                return reached + way * left / amount
            left -= amount
            reached += way
        return reached


def _state(part: Part) -> str:
    return str(part["assetState"])


def _base(unit_type: str) -> Fraction:
    return METERS.get(unit_type) or SECONDS[unit_type]


def _amount(segment: Segment, unit_type: str) -> Fraction:
    """What a segment has of a unit: of time its seconds, of the way its metres (none while paused)."""
    if not unit_type:
        return Fraction(0)
    if unit_type in METERS:
        return Fraction(0) if segment.state == PAUSED else Fraction(segment.meters) / METERS[unit_type]
    return Fraction(segment.seconds) / SECONDS[unit_type]


def _rounded(count: Fraction) -> Decimal:
    exact = Decimal(count.numerator) / Decimal(count.denominator)
    return exact.quantize(Decimal("0.0001"), rounding=ROUND_CEILING).normalize()


def _scale_of(part: Part, parts: Iterable[Part]) -> Scale | None:
    """The part's scale, with where the next lower scale of its kind ends; None where it has none."""
    if not part.get("scaleType"):
        return None
    low = Fraction(part.get("scaleFrom", 0))
    kind = ("type", "kind", "assetState", "unitType", "scaleType")
    lower = [
        Fraction(other["scaleTo"])
        for other in parts
        if other.get("scaleTo") is not None
        and all(other.get(name) == part.get(name) for name in kind)
        and Fraction(other.get("scaleFrom", 0)) < low
    ]
    ended = max(lower, default=Fraction(-1))
    high = part.get("scaleTo")
    return Scale(low, None if high is None else Fraction(high), ended if ended >= low else None)


def _percentage(part: Part, base: Decimal) -> Part:
    percent = Decimal(part["amount"])
    name = f"{part['name'] + ': ' if part.get('name') else ''}{percent.normalize():f} % of {base}"
    return _fixed_part(part, base * percent / 100, kind=part["kind"], name=name)


def _never_below_nothing(charged: Iterable[Part]) -> Iterator[Part]:
    """Discounts last, and none larger than what there is to discount."""
    total = Decimal(0)
    for part in sorted(charged, key=lambda part: Decimal(part["amount"]) < 0):
        amount = max(Decimal(part["amount"]), -total)
        total += amount
        if amount == Decimal(part["amount"]):
            yield part
        elif amount:
            yield _fixed_part(part, amount, kind=part["kind"], name=part.get("name", ""))


# -- 4: caps ----------------------------------------------------------------------------------------


def _caps(parts: Iterable[Part], *, daily: bool) -> list[Part]:
    """The caps of a day, or of the leg; those of a pause before those of the whole."""
    caps = [part for part in parts if part["type"] == "MAX" and daily == ((part.get("meta") or {}).get("per") == "DAY")]
    return sorted(caps, key=lambda cap: cap["assetState"] != PAUSED)


def _concerns(whole: Part, part: Part) -> bool:
    """A cap or percentage for the PAUSED state concerns the parts of that state only, any other all of them."""
    return whole["assetState"] in {IN_USE, part["assetState"]}


def _cap_discount(cap: Part, over: Decimal) -> list[Part]:
    """The discount that brings a sum down to the cap; none where it stays below."""
    if over <= 0:
        return []
    return [_fixed_part(cap, -over, kind="DISCOUNT", name=cap.get("name") or "Maximum")]


def _daily_caps(parts: list[Part], usage: Usage) -> list[Part]:
    """The discounts of the caps of each 24 hours from the departure.

    What a day costs is what the ride costs until its end, less what it costs until its beginning.
    """
    caps = _caps(parts, daily=True)
    saved = [Decimal(0) for _ in caps]
    before = {IN_USE: Decimal(0), PAUSED: Decimal(0)}
    for end in range(DAY_SECONDS, usage.seconds + DAY_SECONDS, DAY_SECONDS) if caps else ():
        charged = _charged(parts, usage.first(end))
        until = {state: _total(part for part in charged if part["assetState"] == state) for state in before}
        day = {state: until[state] - before[state] for state in before}
        for position, cap in enumerate(caps):
            concerned = day[PAUSED] if cap["assetState"] == PAUSED else day[IN_USE] + day[PAUSED]
            over = max(concerned - Decimal(cap["amount"]), Decimal(0))
            saved[position] += over
            day[_state(cap)] -= over
        before = until
    return [discount for cap, over in zip(caps, saved, strict=True) for discount in _cap_discount(cap, over)]


def _total(parts: Iterable[Part]) -> Decimal:
    return sum((Decimal(part["amount"]) for part in parts), Decimal(0))


def _fixed_part(part: Part, amount: Decimal, *, kind: str, name: str) -> Part:
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
