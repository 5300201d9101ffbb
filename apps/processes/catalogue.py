"""All process identifiers that TOMP's wiki defines. Others can be published as free text, without effect."""

from dataclasses import replace

from apps.processes.identifiers.base import Identifier
from apps.processes.identifiers.booking import BOOKING
from apps.processes.identifiers.operator_information import GENERAL, OPERATOR_INFORMATION
from apps.processes.identifiers.payment import PAYMENT
from apps.processes.identifiers.planning import PLANNING
from apps.processes.identifiers.trip_execution import TRIP_EXECUTION

BY_MODULE: dict[str, tuple[Identifier, ...]] = {
    "operatorInformation": OPERATOR_INFORMATION,
    "planning": PLANNING,
    "booking": BOOKING,
    "tripExecution": TRIP_EXECUTION,
    "support": (),
    "payment": PAYMENT,
    "general": GENERAL,
}
# The keys of `processIdentifiers` in `/operator/meta`.
MODULES = tuple(BY_MODULE)
CATALOGUE = {
    identifier.name: replace(identifier, module=module)
    for module, identifiers in BY_MODULE.items()
    for identifier in identifiers
}


def conflicts(one: Identifier, other: Identifier) -> bool:
    """Can the two not be on together? Exclusion holds both ways, whoever names it."""
    return other.name in one.excludes or one.name in other.excludes
