"""What is offered, as TOMP's `booking` object: it would become one."""

from typing import Any

from apps.assets.wire import asset_object, asset_type_summary
from apps.planning.models import OfferLeg
from apps.planning.options import Option
from apps.pricing.fares import fare_object
from apps.stations.places import Place, sendable

# Decimals of a degree: about a hundred metres, so that the place tells which way to walk but names no asset.
AREA_DECIMALS = 3


def option_object(option: Option, *, language: str, bookable: bool, name_asset: bool) -> dict[str, Any]:
    """An option of a planning: with ids where it can be booked, without where it only informs.

    Without `name_asset` neither the asset nor, away from stations, its exact place is told: single assets are for
    MPs whose travellers choose one. The booking tells. Source: DESIGN, "The wire". Of a parked car the place and the
    price are told; since when it stands there, the bill tells who pays it.
    """
    offer, first = option.offer, option.legs[0]
    times = {"departureTime": offer.departure_time, "arrivalTime": offer.arrival_time}
    shared = {"to": sendable(offer.to_place), **(times if first.parked_car is None else {})}
    legs = [
        {
            **({"id": str(leg.pk), "state": "NOT_STARTED"} if bookable else {}),
            "from": _begin(leg, name_asset),
            **shared,
            "legSequenceNumber": 1,
            "travelerReferenceNumbers": leg.travelers or None,
            "assetType": asset_type_summary(leg.asset_type, language),
            "asset": _named(leg) if name_asset else None,
            "pricing": fare_object(leg.fare),
            "conditions": leg.conditions or None,
        }
        for leg in option.legs
    ]
    return {
        **({"id": str(offer.pk), "state": "NEW"} if bookable else {}),
        "from": _begin(first, name_asset),
        **shared,
        "mainAssetType": asset_type_summary(first.asset_type, language),
        "legs": legs,
    }


def _named(leg: OfferLeg) -> dict[str, Any] | None:
    """The asset, or the parked car by its licence plate."""
    if leg.parked_car is not None:
        return {"id": leg.parked_car.plate}
    return asset_object(leg.asset) if leg.asset is not None else None


def _begin(leg: OfferLeg, name_asset: bool) -> Place:
    """Where a leg begins: its asset, or without telling where one stands its public station, or thereabouts."""
    if leg.parked_car is not None or (leg.asset is not None and name_asset):
        return dict(leg.from_place)
    station = leg.station
    if station is not None and station.is_public:
        coordinates = {"lat": station.latitude, "lng": station.longitude}
    else:
        exact = leg.from_place["coordinates"]
        coordinates = {name: round(degrees, AREA_DECIMALS) for name, degrees in exact.items()}
    return {**leg.from_place, "coordinates": coordinates}
