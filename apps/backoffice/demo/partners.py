"""The demo operator's two MPs, both running the map-centric process. Source: seed micromobility-operator."""

from typing import Any

from apps.processes.models import ProcessProfile, ProfileVersion
from apps.providers.models import CallbackAuthentication, CallbackEndpoint, Provider

# maas-id, name, port on loopback where a script may listen for our messages
PROVIDERS = (("demo-mp-a", "Demo MaaS A", 9101), ("demo-mp-b", "Demo MaaS B", 9102))
MAAS_IDS = tuple(maas_id for maas_id, _, _ in PROVIDERS)

MAP_CENTRIC: dict[str, Any] = {
    "processIdentifiers": {
        "operatorInformation": [],
        "planning": ["ASSET_BASED", "EXACT_ID"],
        "booking": ["NORMAL"],
        "tripExecution": [],
        "support": [],
        "payment": [],
        "general": [],
    },
    "steps": {},
    "conditions": [],
    "settings": {},
}


def create_providers() -> list[Provider]:
    """Each MP with its published process and its callback endpoint; keys are made by `local_access`."""
    providers = Provider.objects.bulk_create(
        [Provider(maas_id=maas_id, name=name, callback_hosts=["127.0.0.1"]) for maas_id, name, _ in PROVIDERS]
    )
    for provider, (maas_id, _, port) in zip(providers, PROVIDERS, strict=True):
        ProcessProfile.objects.create(provider=provider, draft=MAP_CENTRIC)
        ProfileVersion.objects.create(
            provider=provider, number=1, document=MAP_CENTRIC, comment="The map-centric process"
        )
        CallbackEndpoint.objects.create(
            provider=provider,
            base_url=f"http://127.0.0.1:{port}/{maas_id.removeprefix('demo-')}",
            authentication=CallbackAuthentication.API_KEY,
            secret=f"key-for-{maas_id}",
            signing_key=f"signing-key-of-{maas_id}",
        )
    return providers
