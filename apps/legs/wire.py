"""A leg as TOMP's `leg` and `legProgress` objects."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from apps.assets.damages.selectors import open_damages
from apps.assets.wire import asset_type_summary
from apps.legs.access import Where, access_data
from apps.legs.models import NOT_OVER, Leg
from apps.legs.trails import Line
from apps.pricing.fares import fare_object
from apps.processes.selectors import Profile, published_profile
from apps.processes.steps import OVERRIDING_CONDITIONS, Phase, shows_damages, steps_for, steps_on_the_wire
from apps.stations.places import sendable

# TOMP `damage` objects by the primary key of the asset.
Damages = Mapping[int, list[dict[str, Any]]]


def damages_shown(legs: Iterable[Leg], *, now: datetime) -> Damages:
    """What is damaged on the assets of these legs, where the process shows it to the travellers. One statement at most.

    Expects `booking` and `asset_type` to be loaded.
    """
    shown = [
        leg.asset_id
        for leg in legs
        if leg.asset_id is not None
        and leg.state_at(now) in NOT_OVER
        and shows_damages(published_profile(leg.booking.profile_version_id), leg.asset_type.type_id)
    ]
    return open_damages(shown) if shown else {}


def leg_object(
    leg: Leg,
    *,
    now: datetime,
    language: str,
    where: Where | None = None,
    line: Line | None = None,
    damages: Damages | None = None,
) -> dict[str, Any]:
    """The leg as its MP sees it, with access data where the process puts it into this answer (`where`).

    Of a ride that is not over, `line` is the way so far and `damages` what is damaged; they are in the answers that
    ask for them.
    Expects `booking`, `asset_type` and `asset` to be loaded.
    """
    profile = published_profile(leg.booking.profile_version_id)
    return {
        "id": str(leg.pk),
        "state": leg.state_at(now),
        "from": leg.from_place,
        "to": sendable(leg.to_place),
        "departureTime": leg.departure_time,
        "arrivalTime": leg.arrival_time,
        "actualDepartureTime": leg.actual_departure_time,
        "actualArrivalTime": leg.actual_arrival_time,
        "legSequenceNumber": leg.sequence,
        "travelerReferenceNumbers": leg.travelers or None,
        "assetType": _asset_type(leg, now, language),
        "asset": leg_asset(leg, now, damages),
        "pricing": fare_object(leg.final_fare or {**leg.fare, "parts": [*leg.fare["parts"], *leg.ancillary_parts]}),
        "conditions": [*leg.conditions, *_closing_steps(leg, profile, where, language)] or None,
        "distance": leg.distance_meters,
        "progressGeometry": leg.progress_geometry or line,
        "assetAccessData": access_data(leg, profile, where, now=now, language=language),
    }


def _asset_type(leg: Leg, now: datetime, language: str) -> dict[str, Any]:
    """The asset type; until the leg has an asset, its ancillaries are told here."""
    shown = asset_type_summary(leg.asset_type, language)
    if leg.asset is None:
        shown["sharedProperties"]["ancillaries"] = _ancillaries(leg, now)
    return shown


def _ancillaries(leg: Leg, now: datetime) -> list[dict[str, str]] | None:
    """Those the leg has, as TOMP `requirement` objects, until it is over."""
    if leg.state_at(now) not in NOT_OVER:
        return None
    return [{"category": one["category"], "number": one["number"]} for one in leg.ancillaries] or None


def _closing_steps(leg: Leg, profile: Profile, where: Where | None, language: str) -> list[dict[str, Any]]:
    """START_FINISHING answers how to end the ride: the process's steps, where the leg does not carry its own."""
    kind = OVERRIDING_CONDITIONS[Phase.OFFBOARDING]
    carried = any(condition["conditionType"] == kind for condition in leg.conditions)
    steps = [] if carried else steps_for(profile, leg.asset_type.type_id, Phase.OFFBOARDING)
    if where != Where.START_FINISHING_EVENT or not steps:
        return []
    return [{"conditionType": kind, "steps": steps_on_the_wire(steps, language)}]


def leg_asset(leg: Leg, now: datetime, damages: Damages | None = None) -> dict[str, Any] | None:
    """The asset under the id this MP knows it by; where it is now is told only until the leg is over."""
    if not leg.asset_public_id:
        return None
    shown: dict[str, Any] = {"id": leg.asset_public_id}
    if leg.asset is not None and leg.state_at(now) in NOT_OVER:
        coordinates = {"lat": leg.asset.latitude, "lng": leg.asset.longitude}
        shown["stateOfCharge"] = leg.asset.state_of_charge
        shown["damages"] = (damages or {}).get(leg.asset.pk)
        shown["overriddenProperties"] = {
            "location": {"coordinates": coordinates},
            "ancillaries": _ancillaries(leg, now),
        }
    return shown


def progress_object(leg: Leg, *, now: datetime, meters: int, location_only: bool) -> dict[str, Any]:
    """`legProgress`: where the asset is, and how long (milliseconds) and far (metres) the leg has gone.

    A leg that is over tells where it ended, by its last event that named a place, or by its trail.
    """
    asset = leg.asset
    if asset is not None and leg.state_at(now) in NOT_OVER:
        coordinates = {"lat": asset.latitude, "lng": asset.longitude}
    else:
        last = leg.events.exclude(latitude=None).last()
        coordinates = leg.from_place["coordinates"]
        if last is not None and last.latitude is not None and last.longitude is not None:
            coordinates = {"lat": last.latitude, "lng": last.longitude}
        elif leg.progress_geometry is not None:
            longitude, latitude = leg.progress_geometry["coordinates"][-1]
            coordinates = {"lat": latitude, "lng": longitude}
    if location_only:
        return {"coordinates": coordinates}
    duration = 0
    if leg.actual_departure_time is not None:
        duration = round(((leg.actual_arrival_time or now) - leg.actual_departure_time).total_seconds() * 1000)
    return {
        "coordinates": coordinates,
        "duration": min(duration, 2**31 - 1),
        "distance": meters,
        "asset": {"id": leg.asset_public_id} if asset is not None else None,
    }
