"""What an MP reads of its process: TOMP's `endpointImplementation`. Source: TOMP 1.6.1 `/operator/meta`."""

from typing import Any

from django.conf import settings

from apps.processes.catalogue import MODULES
from apps.processes.conditions import scenarios
from apps.processes.endpoints import ENDPOINTS
from apps.processes.selectors import Profile
from apps.processes.steps import Phase, steps_for, steps_on_the_wire
from apps.tomp.headers import SERVED_VERSION


def implementation(profile: Profile, language: str) -> dict[str, Any]:
    """The one version we serve: its endpoints, and the MP's identifiers and steps (texts in `language`).

    All seven modules are there, empty ones too; phases without a step are left out.
    """
    published = profile.document.get("processIdentifiers", {})
    steps = {phase.value: steps_for(profile, None, phase) for phase in Phase}
    return {
        "version": SERVED_VERSION,
        "baseUrl": f"{settings.PUBLIC_URL}/tomp",
        "endpoints": [row for endpoint in ENDPOINTS for row in endpoint.rows(profile)],
        "scenarios": scenarios(profile),
        "processIdentifiers": {module: list(published.get(module, [])) for module in MODULES},
        "steps": {phase: steps_on_the_wire(found, language) for phase, found in steps.items() if found},
    }
