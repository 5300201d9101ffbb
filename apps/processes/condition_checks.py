"""Are the conditions of a profile TOMP's, each with its own fields?"""

import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import shapely
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.processes.conditions import BOOKING_DATA, CLAIMS
from apps.processes.problems import Problem, Surroundings, error, quoted, unknown_keys, warning
from apps.processes.settings_table import WEEK

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00", flags=re.ASCII)
# Metres above sea level.
ALTITUDES = (-500, 9000)
CURRENCY = re.compile(r"[A-Z]{3}", flags=re.ASCII)
COUNTRY = re.compile(r"[A-Z]{2}", flags=re.ASCII)
RETURN_AREA = "conditionReturnArea"
PLACES = ("stationId", "returnArea", "coordinates")
# What TOMP's return hours can be limited to, and ours cannot.
NARROWED_BY = ("userType", "stationId", "regionId")
INSTEAD = {
    "conditionRequireEvidence": _("TOMP has replaced it by off-boarding steps: lay out SEND_EVIDENCE_… there."),
    "conditionRequireOnboardingSteps": _("Lay the steps out under assetTypes; the condition is made of them."),
    "conditionRequireOffboardingSteps": _("Lay the steps out under assetTypes; the condition is made of them."),
    "conditionRequirePausingSteps": _("Lay the steps out under assetTypes; the condition is made of them."),
    "conditionRequireResumingSteps": _("Lay the steps out under assetTypes; the condition is made of them."),
}
Fields = dict[str, Any]


def conditions_problems(conditions: Any, where: str, around: Surroundings) -> Iterator[Problem]:
    """Findings about a list of conditions."""
    if not isinstance(conditions, list):
        yield error(
            where,
            gettext("A list of conditions is needed here, not %(conditions)s.") % {"conditions": quoted(conditions)},
        )
        return
    seen: set[str] = set()
    for position, condition in enumerate(conditions):
        place = f"{where}[{position}]"
        if not isinstance(condition, dict):
            yield error(
                place, gettext("A condition is needed here, not %(condition)s.") % {"condition": quoted(condition)}
            )
            continue
        kind = condition.get("conditionType")
        if not isinstance(kind, str) or kind not in CHECKS:
            known = str(INSTEAD.get(kind, "")) if isinstance(kind, str) else ""
            sentence = known or gettext("%(kind)s is no condition; there are %(CHECKS)s.") % {
                "kind": quoted(kind),
                "CHECKS": ", ".join(CHECKS),
            }
            yield error(f"{place}.conditionType", sentence)
            continue
        if kind in seen and kind != RETURN_AREA:
            yield error(place, gettext("There is a %(kind)s already.") % {"kind": kind})
        seen.add(kind)
        fields, check = CHECKS[kind]
        yield from unknown_keys(condition, place, ("conditionType", "id", *fields))
        if not isinstance(condition.get("id", ""), str):
            yield error(f"{place}.id", gettext("An id is a text, not %(id)s.") % {"id": quoted(condition["id"])})
        yield from check(condition, place)
        station = condition.get("stationId")
        if kind == RETURN_AREA and _is_name(station) and station not in around.fleet.stations:
            yield error(f"{place}.stationId", gettext("There is no such station."))


def is_number(value: Any, minimum: float = -math.inf, maximum: float = math.inf) -> bool:
    """Is it a JSON number within these bounds? A boolean is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and minimum <= value <= maximum


def _no_fields(condition: Fields, where: str) -> Iterator[Problem]:
    yield from ()


def _deposit(condition: Fields, where: str) -> Iterator[Problem]:
    for name in ("amount", "currencyCode"):
        if name not in condition:
            yield error(f"{where}.{name}", gettext("A deposit needs its %(name)s.") % {"name": name})
    for name, most in (("amount", 1_000_000), ("amountExVat", 1_000_000), ("vatRate", 100)):
        if name in condition and not is_number(condition[name], 0, most):
            yield error(
                f"{where}.{name}",
                gettext("The %(name)s is a number from 0 to %(most)s.") % {"name": name, "most": f"{most:,}"},
            )
    if condition.get("amount") == 0:
        yield warning(f"{where}.amount", gettext("A deposit of nothing is none."))
    for name, pattern in (("currencyCode", CURRENCY), ("vatCountryCode", COUNTRY)):
        if name in condition and not _matches(pattern, condition[name]):
            told = (
                gettext("The %(name)s is three capital letters, not %(what)s.")
                if pattern is CURRENCY
                else gettext("The %(name)s is two capital letters, not %(what)s.")
            )
            yield error(f"{where}.{name}", told % {"name": name, "what": quoted(condition[name])})


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _postponed(condition: Fields, where: str) -> Iterator[Problem]:
    minutes = condition.get("responseMinutes", 1)
    if type(minutes) is not int or not 1 <= minutes <= WEEK:
        yield error(
            f"{where}.responseMinutes",
            gettext("responseMinutes is a whole number from 1 to %(WEEK)s.") % {"WEEK": WEEK},
        )


def _booking_data(condition: Fields, where: str) -> Iterator[Problem]:
    wanted = condition.get("requiredFields")
    if not isinstance(wanted, list) or not wanted:
        yield error(f"{where}.requiredFields", gettext("At least one required field is named here."))
        return
    for position, name in enumerate(wanted):
        place = f"{where}.requiredFields[{position}]"
        if not isinstance(name, str) or name not in BOOKING_DATA:
            yield error(
                place,
                gettext("%(name)s cannot be required; there are %(BOOKING_DATA)s.")
                % {"name": quoted(name), "BOOKING_DATA": ", ".join(BOOKING_DATA)},
            )
        elif name == "NAME":
            yield warning(place, gettext("NAME is deprecated; use FIRST_NAME and LAST_NAME."))
    claims = condition.get("claims", [])
    if not isinstance(claims, list) or not all(isinstance(claim, str) and claim for claim in claims):
        yield error(f"{where}.claims", gettext("Claims are a list of names."))
    elif claims and CLAIMS not in wanted:
        yield error(
            f"{where}.claims",
            gettext("Claims are asked for only where %(CLAIMS)s is a required field.") % {"CLAIMS": CLAIMS},
        )
    elif not claims and CLAIMS in wanted:
        yield warning(f"{where}.claims", gettext("%(CLAIMS)s is required, and no claim is named.") % {"CLAIMS": CLAIMS})


def _return_area(condition: Fields, where: str) -> Iterator[Problem]:
    if not any(name in condition for name in PLACES):
        yield error(where, gettext("A return area says where: %(PLACES)s.") % {"PLACES": ", ".join(PLACES)})
    if "stationId" in condition and not _is_name(condition["stationId"]):
        yield error(f"{where}.stationId", gettext("The id of a station is needed here."))
    if "returnArea" in condition:
        yield from _polygon(condition["returnArea"], f"{where}.returnArea")
    if "coordinates" in condition:
        point = condition["coordinates"]
        if not isinstance(point, dict) or not is_position([point.get("lng"), point.get("lat")]):
            yield error(f"{where}.coordinates", gettext("lng and lat are needed here, in degrees."))
        else:
            yield from unknown_keys(point, f"{where}.coordinates", ("lng", "lat", "alt"))
            if not is_number(point.get("alt", 0), *ALTITUDES):
                lowest, highest = ALTITUDES
                yield error(
                    f"{where}.coordinates.alt",
                    gettext("The altitude is a number from %(lowest)s to %(highest)s metres.")
                    % {"lowest": lowest, "highest": highest},
                )
    hours = condition.get("returnHours", [])
    if not isinstance(hours, list):
        yield error(
            f"{where}.returnHours", gettext("A list of hours is needed here, not %(hours)s.") % {"hours": quoted(hours)}
        )
        return
    for position, entry in enumerate(hours):
        yield from _hours(entry, f"{where}.returnHours[{position}]")


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= 200


def is_position(value: Any) -> bool:
    """Is it a GeoJSON position, longitude and latitude in degrees?"""
    return (
        isinstance(value, list) and len(value) == 2 and is_number(value[0], -180, 180) and is_number(value[1], -90, 90)
    )


def _polygon(value: Any, where: str) -> Iterator[Problem]:
    rings = value.get("coordinates") if isinstance(value, dict) and value.get("type") == "Polygon" else None
    if not isinstance(rings, list) or not rings:
        yield error(where, gettext("A GeoJSON Polygon is needed here."))
        return
    yield from unknown_keys(value, where, ("type", "coordinates"))
    open_ones = [position for position, ring in enumerate(rings) if not _is_ring(ring)]
    for position in open_ones:
        sentence = gettext("A ring is four or more positions, longitude first, of which the last is the first again.")
        yield error(f"{where}.coordinates[{position}]", sentence)
    if not open_ones:
        polygon = shapely.Polygon(rings[0], rings[1:])
        if not polygon.is_valid or not polygon.area:
            yield error(
                where,
                gettext("This polygon has no valid surface: %(polygon)s.")
                % {"polygon": shapely.is_valid_reason(polygon)},
            )


def _is_ring(value: Any) -> bool:
    closed = isinstance(value, list) and len(value) >= 4 and value[0] == value[-1]
    return closed and all(is_position(point) for point in value)


def _hours(entry: Any, where: str) -> Iterator[Problem]:
    if not isinstance(entry, dict):
        yield error(where, gettext("Hours are an object, not %(entry)s.") % {"entry": quoted(entry)})
        return
    for name in NARROWED_BY:
        if name in entry:
            yield error(
                f"{where}.{name}",
                gettext("Return hours hold for everybody and everywhere; %(name)s has no effect yet.") % {"name": name},
            )
    yield from unknown_keys(entry, where, ("startTime", "endTime", "days", *NARROWED_BY))
    for name in ("startTime", "endTime"):
        if not _matches(TIME, entry.get(name)):
            yield error(
                f"{where}.{name}", gettext("The %(name)s is hours and minutes, such as 07:30.") % {"name": name}
            )
    days = entry.get("days")
    if not isinstance(days, list) or not days or any(day not in DAYS for day in days):
        yield error(f"{where}.days", gettext("Days are a list of %(DAYS)s.") % {"DAYS": ", ".join(DAYS)})


CHECKS: dict[str, tuple[tuple[str, ...], Callable[[Fields, str], Iterator[Problem]]]] = {
    "conditionDeposit": (("amount", "amountExVat", "currencyCode", "vatRate", "vatCountryCode"), _deposit),
    "conditionPayWhenFinished": ((), _no_fields),
    "conditionUpfrontPayment": ((), _no_fields),
    "conditionPostponedCommit": (("responseMinutes",), _postponed),
    "conditionRequireBookingData": (("requiredFields", "claims"), _booking_data),
    RETURN_AREA: ((*PLACES, "returnHours"), _return_area),
}
