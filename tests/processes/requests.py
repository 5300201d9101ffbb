"""For each identifier that demands something: a request that breaks it, and the same request that satisfies it."""

from typing import Any

from tests.factories import soon
from tests.rides import HERE, at

AVAILABLE, OFFERS, BOOKINGS, LEGS = (
    "operator.available-assets",
    "planning.offers",
    "bookings.create",
    "legs.events",
)
LATER = at(soon(24 * 60))
PLACE = {"coordinates": {"lat": 52.0907, "lng": 5.1214}}
STOP = [{"type": "GTFS_STOP_ID", "id": "s1", "country": "NL"}]
ADDRESS = {"streetAddress": "Stationsplein 1", "areaReference": "Utrecht"}
HERE_I_AM = {"overriddenProperties": {"location": PLACE}}


def plan(**fields: Any) -> dict[str, Any]:
    """A planning request from a fixed place."""
    return {"from": dict(HERE), **fields}


def event(name: str, **fields: Any) -> dict[str, Any]:
    """A leg event."""
    return {"event": name, "time": LATER, **fields}


def at_from(**fields: Any) -> dict[str, Any]:
    """A planning request whose origin has these fields too."""
    return plan(**{"from": {**HERE, **fields}})


def towards(**fields: Any) -> dict[str, Any]:
    """A planning request whose destination has these fields too."""
    return plan(to={**HERE, **fields})


# identifier: (operation, what breaks it, what satisfies it, the field that the refusal names)
REQUESTS: dict[str, tuple[str, dict[str, Any], dict[str, Any], str]] = {
    "AVAILABILITY_REGION_MANDATORY": (AVAILABLE, {"stationId": "s"}, {"regionId": "r"}, "regionId"),
    "AVAILABILITY_STATION_MANDATORY": (AVAILABLE, {"regionId": "r"}, {"stationId": "s"}, "stationId"),
    "AVAILABILITY_ASSET_TYPE_MANDATORY": (AVAILABLE, {}, {"assetTypeId": "bike"}, "assetTypeId"),
    "AVAILABILITY_ON_SPOT": (
        AVAILABLE,
        {"boundingbox": "52,53,5,6"},
        {"lon": "5.1214", "lat": "52.0907", "radius": "500"},
        "lon",
    ),
    "PLANNING_BASED": (OFFERS, plan(), plan(departureTime=LATER), "departureTime"),
    "ASSET_BASED": (OFFERS, plan(useAssets=[]), plan(useAssets=["a"]), "useAssets"),
    "PICK_UP_THE_BILL": (OFFERS, plan(), plan(useAssets=["AB-12-CD"]), "useAssets"),
    "SPECIFIC_LOCATION_BASED": (OFFERS, plan(), at_from(stationId="s"), "from.stationId"),
    "USE_ESTIMATED_DISTANCE": (OFFERS, plan(), plan(estimatedDistance=0), "estimatedDistance"),
    "MANDATORY_TRAVELER_AGE": (
        OFFERS,
        plan(travelers=[{"isValidated": True}]),
        plan(travelers=[{"age": 30}]),
        "travelers[0].age",
    ),
    "MANDATORY_RADIUS": (OFFERS, plan(), plan(radius=0), "radius"),
    "MANDATORY_DEPARTURE_TIME": (OFFERS, plan(), plan(departureTime=LATER), "departureTime"),
    "MANDATORY_ARRIVAL_TIME": (OFFERS, plan(), plan(arrivalTime=LATER), "arrivalTime"),
    "MANDATORY_NR_OF_TRAVELERS": (OFFERS, plan(), plan(nrOfTravelers=1), "nrOfTravelers"),
    "MANDATORY_FROM_STATION_ID": (OFFERS, plan(), at_from(stationId="s"), "from.stationId"),
    "MANDATORY_TO_STATION_ID": (OFFERS, towards(), towards(stationId="s"), "to.stationId"),
    "MANDATORY_FROM_STOP_REFERENCE": (
        OFFERS,
        at_from(stopReference=[]),
        at_from(stopReference=STOP),
        "from.stopReference",
    ),
    "MANDATORY_TO_STOP_REFERENCE": (OFFERS, plan(), towards(stopReference=STOP), "to.stopReference"),
    "MANDATORY_FROM_ADDRESS": (OFFERS, plan(), at_from(physicalAddress=ADDRESS), "from.physicalAddress"),
    "MANDATORY_TO_ADDRESS": (OFFERS, towards(), towards(physicalAddress=ADDRESS), "to.physicalAddress"),
    "SUPPLIES_CALL_SERVICE": (
        BOOKINGS,
        {"id": "x", "customer": {"firstName": "A"}},
        {"id": "x", "customer": {"phones": [{"number": "0301234567"}]}},
        "customer.phones",
    ),
    "OFF_BOARDING_REQUIRED": (LEGS, event("FINISH"), event("FINISH", url=["https://example.org/1"]), "url"),
    **{
        f"LEG_EVENT_LOCATION_REQUIRED_{name}": (
            LEGS,
            event(name, asset={"id": "a"}),
            event(name, asset=HERE_I_AM),
            "asset.overriddenProperties.location.coordinates.lng",
        )
        for name in ("SET_IN_USE", "PAUSE", "OPEN_TRUNK", "FINISH", "TIME_EXTEND", "ASSIGN_ASSET")
    },
}
