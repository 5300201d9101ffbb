"""What an MP reads of its process: TOMP's `endpointImplementation`. Source: TOMP 1.6.1 `/operator/meta`."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings

from apps.processes.catalogue import MODULES
from apps.processes.conditions import scenarios
from apps.processes.endpoints import ENDPOINTS, IMPLEMENTED
from apps.processes.selectors import Profile
from apps.processes.steps import Phase, steps_for, steps_on_the_wire
from apps.tomp.headers import SERVED_VERSION

# Files of our GBFS feed whose ids can be booked, and which field of a request takes which of theirs.
BOOKABLE = (
    ("vehicle_types", {"useAssetTypes": ["vehicle_type_id"]}),
    ("vehicle_status", {"useAssets": ["vehicle_id"]}),
)


def _feed() -> Iterator[dict[str, Any]]:
    for name, fields in BOOKABLE:
        path = f"{settings.PUBLIC_URL}/gbfs/3.0/{name}.json"
        yield {"method": "GET", "externalType": "GBFS", "path": path, **fields, "status": IMPLEMENTED}


def implementation(profile: Profile, language: str, *, has_feed: bool) -> dict[str, Any]:
    """The one version we serve: its endpoints, and the MP's identifiers and steps (texts in `language`).

    All seven modules are there, empty ones too; phases without a step are left out. With `has_feed` the files of GBFS
    whose ids can be booked are endpoints too.
    """
    published = profile.document.get("processIdentifiers", {})
    steps = {phase.value: steps_for(profile, None, phase) for phase in Phase}
    return {
        "version": SERVED_VERSION,
        "baseUrl": f"{settings.PUBLIC_URL}/tomp",
        "endpoints": [*(row for one in ENDPOINTS for row in one.rows(profile)), *(_feed() if has_feed else ())],
        "scenarios": scenarios(profile),
        "processIdentifiers": {module: list(published.get(module, [])) for module in MODULES},
        "steps": {phase: steps_on_the_wire(found, language) for phase, found in steps.items() if found},
    }
