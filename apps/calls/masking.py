"""What a kept call tells of its bodies: its shape, states, times, ids and amounts; nothing of a traveller, no secret.

Texts are kept only in fields that are known to be harmless, so that a field nobody has thought of is replaced. What is
below a field that is about people, places or secrets is replaced whole.
"""

import re
from typing import Any
from urllib.parse import parse_qsl

REPLACED = "•••"
# Fields whose whole content is about a person or a place, opens something, or may hold anything.
_HIDDEN = """
    customer travelers address physicalAddress userLocation phones cards licenses account extraInfo extraData meta
    assetAccessData allAssetAccessData tokenData ticket ekey coordinates progressGeometry lat lng alt
    contactInformationEndUser age birthDate
"""
# Fields whose text is a code or a time, as TOMP 1.6.1 defines them.
_CODES_AND_TIMES = """
    state status type event operation eventType subType category time departureTime arrivalTime actualDepartureTime
    actualArrivalTime startTime endTime validFrom validUntil showTime expirationDate creationDate modificationDate
    invoiceDate lastUpdated isReservedFrom isReservedTo availableUntil assetClass assetSubClass assetState
    currencyCode unitType scaleType vatCountryCode conditionType requiredFields extendReason supportType priority origin
    source goal action timezone instance version propulsion useAssetTypes tokenType accessMethods distanceType typeUnit
    processIdentifiers operatorInformation planning booking tripExecution support payment general
"""
HIDDEN_WHOLE = frozenset(_HIDDEN.split())
KEPT_TEXTS = frozenset(_CODES_AND_TIMES.split())
# Texts of the error object, which are ours; what they quote is not.
OUR_TEXTS = frozenset({"title", "detail"})
QUOTED = re.compile(r"""(["'“‘«`]).*?(["'”’»`])""", re.DOTALL)
CODE = re.compile(r"[\w:.+\-/ ]{0,64}")
# Ids of ours: random ones, and those of what staff have named. An MP may call its own by a name, or a number plate.
RANDOM_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
RANDOM_IDS = frozenset({"id", "bookingId", "legId", "journalId", "useAssets"})
NAMED_IDS = frozenset({"stationId", "regionId", "assetTypeId", "planId", "systemId", "maasId"})
KEPT_PARAMETERS = frozenset({"offset", "limit", "regionId", "stationId", "radius", "state", "from", "to"})
PLAIN_SEGMENT = re.compile(rf"[A-Za-z-]{{1,40}}|{RANDOM_ID.pattern}")
CUSTOMERS = "customers"


def masked(value: Any) -> Any:
    """A JSON value with all replaced that is not known to be harmless."""
    return _masked(value, "")


def hidden(value: Any) -> Any:
    """A JSON value of which only the names of the fields are left."""
    if isinstance(value, dict):
        return {str(name): hidden(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [hidden(item) for item in value]
    return REPLACED


def _masked(value: Any, name: str) -> Any:
    if name in HIDDEN_WHOLE:
        return REPLACED
    if isinstance(value, dict):
        return {str(key): _masked(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(item, name) for item in value]
    if not isinstance(value, str):
        return value
    if name in OUR_TEXTS:
        return QUOTED.sub(rf"\1{REPLACED}\2", value)
    if name in RANDOM_IDS:
        return value if RANDOM_ID.fullmatch(value) else REPLACED
    return value if (name in KEPT_TEXTS or name in NAMED_IDS) and CODE.fullmatch(value) else REPLACED


def masked_path(path: str, query: str) -> str:
    """A path below the API's address with its query: its words and our ids, but no customer's, and no free text."""
    segments = path.split("/")
    told = [
        segment if not segment or (PLAIN_SEGMENT.fullmatch(segment) and before != CUSTOMERS) else REPLACED
        for before, segment in zip(["", *segments], segments, strict=False)
    ]
    parameters = [
        f"{name if PLAIN_SEGMENT.fullmatch(name) else REPLACED}="
        f"{text if name in KEPT_PARAMETERS and CODE.fullmatch(text) else REPLACED}"
        for name, text in parse_qsl(query, keep_blank_values=True)
    ]
    return "/".join(told) + ("?" if parameters else "") + "&".join(parameters)
