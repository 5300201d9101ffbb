"""What a fare part cannot be, in words: what the database would refuse. Pure."""

from collections.abc import Iterator
from datetime import time
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

if TYPE_CHECKING:
    from apps.pricing.models import FarePart

# What is told of a surge changes by itself at these minutes only, so that answers can be kept in between.
QUARTERS = (0, 15, 30, 45)


def problems_of(part: "FarePart") -> dict[str, list[str]]:
    """By field, why such a part is refused; empty where it is not.

    Units belong to prices per unit, scales to prices, ranges to what is no discount, hours to surges; discounts are
    negative.
    """
    found: dict[str, list[str]] = {}
    for field, wrong, sentence in (*_of_price(part), *_of_bounds(part), *_of_hours(part)):
        if wrong:
            found.setdefault(field, []).append(sentence)
    return found


Check = tuple[str, bool, str]


def _of_price(part: "FarePart") -> Iterator[Check]:
    is_flex, has_units = part.type == "FLEX", part.units is not None or bool(part.unit_type)
    yield (
        "units",
        is_flex and not (part.units and part.units > 0 and part.unit_type),
        gettext("A price per unit needs its unit and how many of them, such as 1 minute."),
    )
    yield "units", not is_flex and has_units, gettext("Only a price per unit has units.")
    yield (
        "amount",
        part.amount is not None and (part.kind == "DISCOUNT") != (part.amount < 0),
        gettext("A discount is a negative amount, and only a discount is."),
    )
    yield (
        "unit_type",
        _is_percentage(part) and (part.kind == "DEFAULT" or part.units != 1),
        gettext("A percentage is a discount or a surge, of 1 unit: the amount says how many percent."),
    )
    yield "cap_period", part.type != "MAX" and part.cap_period == "DAY", gettext("Only a cap is of a day.")


def _of_bounds(part: "FarePart") -> Iterator[Check]:
    has_scale, has_bounds = bool(part.scale_type), (part.scale_from, part.scale_to) != (None, None)
    has_range = (part.minimum_amount, part.maximum_amount) != (None, None)
    yield "scale_type", has_scale != has_bounds, gettext("A scale needs its unit and at least one bound.")
    yield (
        "scale_type",
        has_scale and (part.type == "MAX" or _is_percentage(part)),
        gettext("Neither a cap nor a percentage has a scale."),
    )
    yield "scale_from", _is_below(part.scale_from, 0), gettext("A scale begins at 0 or above.")
    yield "scale_to", _is_below(part.scale_to, part.scale_from), gettext("A scale goes up.")
    yield "scale_to", part.scale_to is not None and part.scale_to <= 0, gettext("A scale ends above 0.")
    yield (
        "minimum_amount",
        has_range and (part.type == "MAX" or part.kind == "DISCOUNT" or _is_percentage(part)),
        gettext("Only a price has a minimum or a maximum."),
    )
    yield "minimum_amount", _is_below(part.minimum_amount, 0), gettext("Less than 0.")
    yield "maximum_amount", _is_below(part.maximum_amount, 0), gettext("Less than 0.")
    yield "maximum_amount", _is_below(part.maximum_amount, part.minimum_amount), gettext("Less than the minimum.")


def _of_hours(part: "FarePart") -> Iterator[Check]:
    start, end = part.start_time, part.end_time
    has_hours = bool(part.days) or (start, end) != (None, None)
    yield "days", part.kind != "SURGE" and has_hours, gettext("Only a surge has days and hours.")
    yield "end_time", (start is None) != (end is None), gettext("Give both or neither.")
    yield "end_time", start is not None and start == end, gettext("It ends when it begins.")
    yield "start_time", not (_is_on_the_quarter(start) and _is_on_the_quarter(end)), gettext("On a quarter of an hour.")


def _is_percentage(part: "FarePart") -> bool:
    return part.unit_type == "PERCENTAGE"


def _is_below(value: Any, bound: Any) -> bool:
    return value is not None and bound is not None and value < bound


def _is_on_the_quarter(clock: time | None) -> bool:
    return clock is None or (clock.minute in QUARTERS and not clock.second)
