"""The demo operator's MPs, each with its published process and its callback endpoint."""

from apps.assets.selectors import fleet
from apps.backoffice.demo.profiles import (
    ASSET_NOW,
    ATOMIC,
    IN_FRONT,
    MAP_CENTRIC,
    ONE_STOP,
    PICK_UP_THE_BILL,
    POSTPONED_COMMIT,
    STATION_BASED,
)
from apps.processes.services import publish
from apps.providers.models import CallbackAuthentication, CallbackEndpoint, Provider

# maas-id, name, process, what it is, port on loopback where a script may listen for our messages
PROVIDERS = (
    ("demo-mp-a", "Demo MaaS A", MAP_CENTRIC, "The map-centric process", 9101),
    ("demo-mp-b", "Demo MaaS B", MAP_CENTRIC, "The map-centric process", 9102),
    ("demo-mp-c", "Demo MaaS C", STATION_BASED, "Up-front booking at stations", 9103),
    ("demo-mp-d", "Demo MaaS D", POSTPONED_COMMIT, "Up-front booking that staff confirm", 9104),
    ("demo-mp-e", "Demo MaaS E", ASSET_NOW, "Any asset near here, at once, unlocked by us", 9105),
    ("demo-mp-f", "Demo MaaS F", IN_FRONT, "The traveller stands in front of an asset", 9106),
    ("demo-mp-g", "Demo MaaS G", ONE_STOP, "Booking in one call, with an id from a feed", 9107),
    ("demo-mp-h", "Demo MaaS H", ATOMIC, "Booking and setting in use in one call", 9108),
    ("demo-mp-i", "Demo MaaS I", PICK_UP_THE_BILL, "The bill of a parked car", 9109),
)
# Each gets a key of its own in the data folder, for the scripts that play it.
MAAS_IDS = tuple(maas_id for maas_id, *_ in PROVIDERS)


def create_providers() -> list[Provider]:
    """The MPs; keys are made by `local_access`. The asset types must be there: processes name them."""
    providers = []
    known = fleet()
    for maas_id, name, process, comment, port in PROVIDERS:
        provider = Provider.objects.create(maas_id=maas_id, name=name, callback_hosts=["127.0.0.1"])
        publish(provider=provider, document=process, fleet=known, comment=comment)
        CallbackEndpoint.objects.create(
            provider=provider,
            base_url=f"http://127.0.0.1:{port}/{maas_id.removeprefix('demo-')}",
            authentication=CallbackAuthentication.API_KEY,
            secret=f"key-for-{maas_id}",
            signing_key=f"signing-key-of-{maas_id}",
        )
        providers.append(provider)
    return providers
