"""What a request must hold because the MP's process says so: one table, checked in one place.

What belongs to the process in force is checked before the serializer, so that a request which that process forbids
touches nothing. Leg events and bookings follow the process that was agreed before them: they are checked once it is
known, thus after the serializer, but before anything is changed. Adding an identifier that demands a field is adding
a row. Values of a wrong type count as present: the serializer refuses them.
Source: PROCESS-IDENTIFIERS, kind R.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from apps.processes.identifiers.booking import BOOKING_CALLS
from apps.processes.identifiers.planning import PLANNING_CALLS
from apps.processes.identifiers.trip_execution import LOCATED_EVENTS
from apps.processes.selectors import Profile
from apps.tomp.errors import Invalid, Missing

AVAILABLE_ASSETS = frozenset({"operator.available-assets"})
PLANNING = frozenset(PLANNING_CALLS)
BOOKING = frozenset(BOOKING_CALLS)
LEG_EVENTS = frozenset({"legs.events"})
GENERAL_MODULE = 7
LOCATION = "asset.overriddenProperties.location.coordinates"


@dataclass(frozen=True)
class Call:
    """A request as the table sees it: its query parameters and its body."""

    query: Mapping[str, Any]
    body: Mapping[str, Any]


Missed = Callable[[Call], str | None]


@dataclass(frozen=True)
class Requirement:
    """While `identifier` is on, `operations` need `missed` to name no field.

    Of the rows of one `alternative` that are on, one met is enough.
    """

    identifier: str
    operations: frozenset[str]
    missed: Missed
    alternative: str = ""


def value_at(body: Any, path: str) -> Any:
    """What lies at a dotted path of objects; None where there is nothing, or no object on the way."""
    for name in path.split("."):
        if not isinstance(body, Mapping):
            return None
        body = body.get(name)
    return body


def is_given(value: Any) -> bool:
    """Zero and false are values; empty texts, lists and objects are none."""
    return value is not None and value not in ("", [], {})


def _query(*names: str) -> Missed:
    """The first of these query parameters that is not there."""
    return lambda call: next((name for name in names if not is_given(call.query.get(name))), None)


def _body(*paths: str) -> Missed:
    """The first of these fields of the body that is not there."""
    return lambda call: next((path for path in paths if not is_given(value_at(call.body, path))), None)


def _one_of(*paths: str) -> Missed:
    """None where one of these fields of the body is there, else all of them."""
    return lambda call: None if any(is_given(value_at(call.body, path)) for path in paths) else " or ".join(paths)


def _time_window(call: Call) -> str | None:
    """A departure or an arrival; an arrival needs to know where."""
    if is_given(call.body.get("arrivalTime")):
        return _body("to")(call)
    return _one_of("departureTime", "arrivalTime")(call)


def _traveler_with_age(call: Call) -> str | None:
    travelers = call.body.get("travelers")
    if not isinstance(travelers, list):
        return None if is_given(travelers) else "travelers"
    known = any(is_given(value_at(traveler, "age")) for traveler in travelers)
    return None if known else "travelers[0].age" if travelers else "travelers"


def _on(event: str, missed: Missed) -> Missed:
    """`missed`, for this leg event only."""
    return lambda call: missed(call) if call.body.get("event") == event else None


def _coordinates(call: Call) -> str | None:
    return _body(f"{LOCATION}.lng", f"{LOCATION}.lat")(call)


REQUIREMENTS = (
    # operator information: any one of those that are on
    Requirement("AVAILABILITY_REGION_MANDATORY", AVAILABLE_ASSETS, _query("regionId"), "selection"),
    Requirement("AVAILABILITY_STATION_MANDATORY", AVAILABLE_ASSETS, _query("stationId"), "selection"),
    Requirement("AVAILABILITY_ASSET_TYPE_MANDATORY", AVAILABLE_ASSETS, _query("assetTypeId"), "selection"),
    Requirement("AVAILABILITY_ON_SPOT", AVAILABLE_ASSETS, _query("lon", "lat", "radius"), "selection"),
    # planning: by time window or by asset where both are on
    Requirement("ASSET_BASED", PLANNING, _body("useAssets"), "form of planning"),
    Requirement("PLANNING_BASED", PLANNING, _time_window, "form of planning"),
    Requirement("SPECIFIC_LOCATION_BASED", PLANNING, _one_of("from.stationId", "from.stopReference")),
    Requirement("USE_ESTIMATED_DISTANCE", PLANNING, _body("from", "estimatedDistance")),
    Requirement("MANDATORY_TRAVELER_AGE", PLANNING, _traveler_with_age),
    Requirement("MANDATORY_RADIUS", PLANNING, _body("radius")),
    Requirement("MANDATORY_DEPARTURE_TIME", PLANNING, _body("departureTime")),
    Requirement("MANDATORY_ARRIVAL_TIME", PLANNING, _body("arrivalTime")),
    Requirement("MANDATORY_NR_OF_TRAVELERS", PLANNING, _body("nrOfTravelers")),
    Requirement("MANDATORY_FROM_STATION_ID", PLANNING, _body("from.stationId")),
    Requirement("MANDATORY_TO_STATION_ID", PLANNING, _body("to.stationId")),
    Requirement("MANDATORY_FROM_STOP_REFERENCE", PLANNING, _body("from.stopReference")),
    Requirement("MANDATORY_TO_STOP_REFERENCE", PLANNING, _body("to.stopReference")),
    Requirement("MANDATORY_FROM_ADDRESS", PLANNING, _body("from.physicalAddress")),
    Requirement("MANDATORY_TO_ADDRESS", PLANNING, _body("to.physicalAddress")),
    # booking
    Requirement("PICK_UP_THE_BILL", PLANNING, _body("useAssets")),
    Requirement("SUPPLIES_CALL_SERVICE", BOOKING, _body("customer.phones")),
    # trip execution
    *(
        Requirement(f"LEG_EVENT_LOCATION_REQUIRED_{event}", LEG_EVENTS, _on(event, _coordinates))
        for event in LOCATED_EVENTS
    ),
    Requirement("OFF_BOARDING_REQUIRED", LEG_EVENTS, _on("FINISH", _body("url"))),
)


def unmet(profile: Profile, operation: str, *, query: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each requirement of `profile` that this request does not meet, naming field and identifier."""
    call = Call(query, body)
    missed = [
        (row, row.missed(call)) for row in REQUIREMENTS if operation in row.operations and profile.has(row.identifier)
    ]
    settled = {row.alternative for row, field in missed if field is None and row.alternative}
    for row, field in missed:
        if field is None or row.alternative in settled:
            continue
        together = [(row.identifier, field)]
        if row.alternative:
            settled.add(row.alternative)
            together = [(one.identifier, str(name)) for one, name in missed if one.alternative == row.alternative]
        fields = " or ".join(name for _, name in together)
        identifiers = " or ".join(identifier for identifier, _ in together)
        yield f"{fields} is missing: {identifiers} is on for this MP."


def check(profile: Profile, operation: str, *, query: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """Raise `Missing` for the first requirement of `profile` that this request does not meet."""
    for sentence in unmet(profile, operation, query=query, body=body):
        raise Missing(sentence)


def check_addressee(profile: Profile, *, addressed_to: str, system_id: str) -> None:
    """While TO_OPERATOR_REQUIRED is on, every call must be addressed to us, the operator `system_id`.

    Raises `Missing` (7001) where the header is absent, `Invalid` (7002) where it names another.
    """
    if not profile.has("TO_OPERATOR_REQUIRED") or (addressed_to and addressed_to == system_id):
        return
    if not addressed_to:
        raise Missing(
            "The header addressed-to is missing: TO_OPERATOR_REQUIRED is on for this MP.", module=GENERAL_MODULE
        )
    raise Invalid("The header addressed-to names another operator.", module=GENERAL_MODULE)


def check_request(
    profile: Profile,
    operation: str,
    *,
    query: Mapping[str, Any],
    body: Mapping[str, Any],
    headers: Mapping[str, str],
    system_id: str,
) -> None:
    """What holds before a request's own view sees it: whom it is addressed to, and the table."""
    addressed_to = headers.get("addressed-to", "").strip()
    check_addressee(profile, addressed_to=addressed_to, system_id=system_id)
    check(profile, operation, query=query, body=body)
