"""What is offered, as TOMP's `booking` object: it would become one."""

from typing import Any

from apps.assets.wire import asset_object, asset_type_summary
from apps.planning.models import Offer
from apps.pricing.fares import fare_object
from apps.stations.places import Place, sendable

# Decimals of a degree: about a hundred metres, so that the place tells which way to walk but names no asset.
AREA_DECIMALS = 3


def option_object(offer: Offer, *, language: str, bookable: bool, name_asset: bool) -> dict[str, Any]:
    """An option of a planning: with ids where it can be booked, without where it only informs.

    Without `name_asset` neither the asset nor, away from stations, its exact place is told: single assets are for
    MPs whose travellers choose one. The booking tells. Source: DESIGN, "The wire".
    """
    asset_type = asset_type_summary(offer.asset_type, language)
    asset = offer.asset if name_asset else None
    identity = {"id": str(offer.pk), "state": "NEW"} if bookable else {}
    leg_identity = {"id": str(offer.pk), "state": "NOT_STARTED"} if bookable else {}
    shared = {
        "from": offer.from_place if asset is not None else _area(offer),
        "to": sendable(offer.to_place),
        "departureTime": offer.departure_time,
        "arrivalTime": offer.arrival_time,
    }
    leg = {
        **leg_identity,
        **shared,
        "legSequenceNumber": 1,
        "assetType": asset_type,
        "asset": asset_object(asset) if asset is not None else None,
        "pricing": fare_object(offer.fare),
        "conditions": offer.conditions or None,
    }
    return {**identity, **shared, "mainAssetType": asset_type, "legs": [leg]}


def _area(offer: Offer) -> Place:
    """Where the trip begins without telling where one asset stands: its public station, or thereabouts."""
    station = offer.station
    if station is not None and station.is_public:
        coordinates = {"lat": station.latitude, "lng": station.longitude}
    else:
        exact = offer.from_place["coordinates"]
        coordinates = {name: round(degrees, AREA_DECIMALS) for name, degrees in exact.items()}
    return {**offer.from_place, "coordinates": coordinates}
