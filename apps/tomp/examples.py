"""Examples of our own OpenAPI document: one map-centric ride from the map to its end, endpoint by endpoint."""

from collections.abc import Mapping
from typing import Any

ID = "0d5c1f9e-6a51-4f0e-9a35-1c7f6f5b2a11"
ASSET_ID = "7f3b2a9c-52d4-4c0e-8a52-0f3d5a6b7c8d"
HERE = {"coordinates": {"lng": 5.1214, "lat": 52.0907}}
THERE = {"coordinates": {"lng": 5.1105, "lat": 52.0893}}
ASSET = {
    "id": ASSET_ID,
    "isReserved": False,
    "isDisabled": False,
    "stateOfCharge": 87,
    "overriddenProperties": {"location": HERE},
}
ASSET_TYPE = {
    "id": "e-bike",
    "assetClass": "BICYCLE",
    "sharedProperties": {
        "name": "Electric bike",
        "persons": 1,
        "propulsion": "ELECTRIC",
        "accessMethods": ["DEEPLINK"],
        "helmetRequired": False,
        "defaultReserveTime": 15,
    },
}
MONEY = {"currencyCode": "EUR", "vatRate": 21.0, "vatCountryCode": "NL"}
UNLOCKING = {"type": "FIXED", "kind": "DEFAULT", "class": "FARE", "amount": 1.0, "amountExVat": 0.83, **MONEY}
RIDING = {
    "type": "FLEX",
    "kind": "DEFAULT",
    "class": "FARE",
    "amount": 0.25,
    "amountExVat": 0.21,
    "units": 1.0,
    "unitType": "MINUTE",
    **MONEY,
}
FARE = {"estimated": True, "description": "Pay as you go", "parts": [UNLOCKING, RIDING]}
PLAN = {
    "planId": "pay-as-you-go",
    "name": "Pay as you go",
    "isTaxable": False,
    "description": "1.00 to start and 0.25 a minute.",
    "fare": FARE,
}
DEPARTURE = "2026-07-28T10:30:00Z"
LEG = {
    "id": ID,
    "state": "NOT_STARTED",
    "from": HERE,
    "departureTime": DEPARTURE,
    "legSequenceNumber": 1,
    "assetType": ASSET_TYPE,
    "asset": {"id": ASSET_ID, "stateOfCharge": 87},
    "pricing": FARE,
}
BOOKING = {
    "id": ID,
    "state": "PENDING",
    "from": HERE,
    "departureTime": DEPARTURE,
    "mainAssetType": ASSET_TYPE,
    "customer": {"id": "customer-17"},
    "legs": [LEG],
}
OFFER = {name: BOOKING[name] for name in ("from", "departureTime", "mainAssetType", "legs")}
UNNUMBERED_LEG = {name: value for name, value in LEG.items() if name not in ("id", "state")}
PLANNING_REQUEST = {"from": HERE, "departureTime": DEPARTURE, "useAssets": [ASSET_ID]}
INQUIRED = {"validUntil": "2026-07-28T10:35:00Z", "options": [{**OFFER, "legs": [UNNUMBERED_LEG]}]}
OFFERED = {"validUntil": "2026-07-28T10:35:00Z", "options": [{"id": ID, "state": "NEW", **OFFER}]}
ACCESS = {
    "validFrom": DEPARTURE,
    "validUntil": "2026-07-29T10:30:00Z",
    "tokenType": "tokenDeeplink",
    "tokenData": {"tokenType": "tokenDeeplink", "url": "https://app.operator.example/open?leg=…&pass=…"},
}
IMPLEMENTATION = {
    "version": "1.6.1",
    "baseUrl": "https://operator.example/tomp",
    "endpoints": [
        {"method": "GET", "path": "/operator/ping", "status": "IMPLEMENTED"},
        {"method": "POST", "path": "/bookings/{id}/events", "eventType": "COMMIT", "status": "IMPLEMENTED"},
    ],
    "scenarios": [],
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
}
SYSTEM_INFORMATION = {
    "systemId": "XXTO0001",
    "language": ["nl", "en"],
    "name": "City bikes",
    "timezone": "Europe/Amsterdam",
    "typeOfSystem": "FREE_FLOATING",
    "productType": "SHARING",
    "assetClasses": ["BICYCLE", "MOPED"],
}
REGION = {
    "regionId": "market",
    "name": "Market square",
    "type": "NO_PARKING",
    "serviceArea": {
        "type": "Polygon",
        "coordinates": [[[5.10, 52.08], [5.13, 52.08], [5.13, 52.10], [5.10, 52.10], [5.10, 52.08]]],
    },
}
SYSTEM_ALERT = {
    "alertId": "storm",
    "alertType": "STATION_CLOSURE",
    "startAndEndTimes": [["2026-07-28T10:00:00Z", "2026-07-28T18:00:00Z"]],
    "stationIds": ["neude"],
    "summary": "Closed because of the storm",
    "lastUpdated": "2026-07-28T08:00:00Z",
}
SYSTEM_HOURS = {"startTime": "06:00", "endTime": "01:30", "days": ["MON", "TUE", "WED", "THU", "FRI"]}
SYSTEM_CALENDAR = {"regionId": "beach", "startMonth": 4, "startDay": 1, "endMonth": 10, "endDay": 31}
STATION = {
    "stationId": "station-square",
    "name": "Station square",
    "coordinates": {"lng": 5.11, "lat": 52.09},
    "isRenting": True,
    "isReturning": True,
    "capacity": 20,
    "assetsAvailable": 7,
    "assetTypesAvailable": {"e-bike": 5, "e-scooter": 2},
    "docksAvailable": 12,
}
AVAILABLE = {
    **ASSET_TYPE,
    "nrAvailable": 1,
    "applicablePricings": [PLAN],
    "defaultPricingPlan": PLAN,
    "assets": [ASSET],
}
ETA = {"type": "ETA", "minutes": 4, "comment": "Behind the station, at the taxi rank.", "legId": ID}
MESSAGE = {"type": "MESSAGE_TO_DRIVER", "comment": "The traveller has a pram.", "legId": ID}
PROGRESS = {**HERE, "duration": 754_000, "distance": 2_310, "asset": {"id": ASSET_ID}}

CUSTOMER = {"externalId": "traveller-17", "firstName": "Jo", "lastName": "Doe", "email": "jo@mp.example"}
CUSTOMER_ACCOUNT = {
    "id": ID,
    **CUSTOMER,
    "status": "ACTIVE",
    "creationDate": "2026-07-01T09:00:00Z",
    "modificationDate": "2026-07-01T09:00:00Z",
}

JOURNAL_ENTRY = {
    "journalId": ID,
    "journalSequenceId": "1",
    "category": "FARE",
    "state": "TO_INVOICE",
    "amount": 1.25,
    "amountExVat": 1.03,
    **MONEY,
    "distance": 0.4,
    "distanceType": "KM",
    "usedTime": 60,
    "details": {**FARE, "estimated": False},
}
CREDIT = {
    "category": "CREDIT",
    "description": "The lamp did not work.",
    "amount": -0.5,
    "currencyCode": "EUR",
}
CLAIM = {
    "journalId": ID,
    "category": "CREDIT",
    "amount": -0.5,
    "amountExVat": -0.41,
    **MONEY,
    "comment": "Received, to be decided.",
    "details": {**CREDIT, "amountExVat": -0.41, "vatRate": 21.0, "vatCountryCode": "NL"},
}
SUPPORT_REQUEST = {
    "id": ID,
    "supportType": "BROKEN_DOWN",
    "priority": "ERROR_CANNOT_CONTINUE",
    "location": HERE,
    "contactInformationEndUser": "+31 6 12345678",
    "requestedResponseTime": 10.0,
    "damage": {"vehicleComponent": "TIRE", "vehicleComponentName": "wheel", "description": "The rear tire is flat."},
}
SUPPORT_STATUS = {
    **SUPPORT_REQUEST,
    "status": "RESOLVED",
    "order": 2,
    "comment": "Another bike is at the station across the street.",
}

# (method, path) → the request (None without a body) and the answer; of a list, its one item.
EXAMPLES: Mapping[tuple[str, str], tuple[Any, Any]] = {
    ("GET", "/operator/ping"): (None, {}),
    ("GET", "/operator/meta"): (None, IMPLEMENTATION),
    ("GET", "/operator/information"): (None, SYSTEM_INFORMATION),
    ("GET", "/operator/alerts"): (None, SYSTEM_ALERT),
    ("GET", "/operator/operating-hours"): (None, SYSTEM_HOURS),
    ("GET", "/operator/operating-calendar"): (None, SYSTEM_CALENDAR),
    ("GET", "/operator/regions"): (None, REGION),
    ("GET", "/operator/stations"): (None, STATION),
    ("GET", "/operator/pricing-plans"): (None, PLAN),
    ("GET", "/operator/available-assets"): (None, AVAILABLE),
    ("POST", "/planning/inquiries"): (PLANNING_REQUEST, INQUIRED),
    ("POST", "/planning/offers"): (PLANNING_REQUEST, OFFERED),
    ("POST", "/plannings"): (PLANNING_REQUEST, OFFERED),
    ("POST", "/bookings"): ({"id": ID, "customer": {"id": "customer-17"}}, BOOKING),
    ("GET", "/bookings"): (None, BOOKING),
    ("POST", "/bookings/one-stop"): ({**PLANNING_REQUEST, "customer": {"id": "customer-17"}}, BOOKING),
    ("GET", "/bookings/{id}"): (None, BOOKING),
    ("PUT", "/bookings/{id}"): ({"customer": {"id": "customer-17"}, "to": THERE}, {**BOOKING, "to": THERE}),
    ("POST", "/bookings/{id}/events"): ({"operation": "COMMIT"}, {**BOOKING, "state": "CONFIRMED"}),
    ("POST", "/bookings/{id}/subscription"): ({}, None),
    ("DELETE", "/bookings/{id}/subscription"): (None, None),
    ("GET", "/bookings/{id}/notifications"): (None, ETA),
    ("POST", "/bookings/{id}/notifications"): (MESSAGE, None),
    ("GET", "/legs/{id}"): (None, LEG),
    ("GET", "/legs/{id}/available-assets"): (None, ASSET),
    ("POST", "/legs/{id}/ancillaries/{category}/{number}"): (None, LEG),
    ("DELETE", "/legs/{id}/ancillaries/{category}/{number}"): (None, None),
    ("POST", "/legs/{id}/events"): (
        {"time": DEPARTURE, "event": "PREPARE"},
        {**LEG, "state": "PREPARING", "assetAccessData": ACCESS},
    ),
    ("GET", "/legs/{id}/progress"): (None, PROGRESS),
    ("GET", "/payment/journal-entry"): (None, JOURNAL_ENTRY),
    ("POST", "/payment/{id}/claim-extra-costs"): (CREDIT, CLAIM),
    ("POST", "/support"): (SUPPORT_REQUEST, {**SUPPORT_REQUEST, "status": "PROCESSING", "order": 0}),
    ("GET", "/support/{id}/status"): (None, SUPPORT_STATUS),
    ("POST", "/customers"): (CUSTOMER, CUSTOMER_ACCOUNT),
    ("GET", "/customers/{id}"): (None, CUSTOMER_ACCOUNT),
    ("PATCH", "/customers/{id}"): ({"email": "jo.doe@mp.example", "phones": None}, CUSTOMER_ACCOUNT),
    ("DELETE", "/customers/{id}"): (None, None),
}
ERROR = {
    "errorcode": 7001,
    "errorCode": 7001,
    "type": "about:blank",
    "title": "Missing field",
    "status": 400,
    "detail": "The header maas-id is missing.",
    "instance": "5b1c8c1e-2f0b-4d53-8a3a-7f6f0a1f1c55",
}
