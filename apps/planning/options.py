"""An option as an offer would hold it: rows that are not saved, with the price and the conditions of the day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from apps.assets.models import Asset, AssetType
from apps.parking.models import ParkedCar
from apps.planning.models import Offer, OfferLeg
from apps.planning.plan import CYCLING, Search
from apps.pricing.fares import plan_snapshot, with_estimate
from apps.pricing.surge import in_force, is_surging
from apps.pricing.usage import Usage
from apps.processes.conditions import conditions_for
from apps.stations.models import Station

# How fast an asset is on average, as a part of its top speed.
AVERAGE_OF_TOP_SPEED = 0.6


@dataclass(frozen=True)
class Option:
    """An offer with its legs, neither of them saved. A group's legs are more than one."""

    offer: Offer
    legs: list[OfferLeg]


@dataclass(frozen=True)
class PickUp:
    """What one leg begins with: an asset, a place at a station, or a car that is parked at one."""

    asset_type: AssetType
    asset: Asset | None = None
    station: Station | None = None
    parked_car: ParkedCar | None = None

    def place(self, language: str) -> dict[str, Any]:
        """Where that is, as a TOMP `place`; a private station is not named."""
        at = self.asset or self.station
        place: dict[str, Any] = {"coordinates": {"lat": at.latitude, "lng": at.longitude}} if at is not None else {}
        if self.station is not None and self.station.is_public:
            place |= {"stationId": self.station.station_id, "name": self.station.name.localize(language)}
        return place


def _valid_until(search: Search) -> datetime:
    """How long the offer can be booked; never beyond the end of the ride it offers. A stay's bill is of what was."""
    until = search.now + timedelta(minutes=search.profile.offer_minutes)
    arrival = search.plan.arrival_time
    return until if arrival is None or arrival <= search.now else min(until, arrival)


def option(search: Search, pick_ups: Sequence[PickUp]) -> Option:
    """The option to ride these side by side."""
    plan = search.plan
    offer = Offer(
        provider=search.provider,
        profile_version_id=search.version_id,
        valid_until=_valid_until(search),
        departure_time=search.start,
        arrival_time=plan.arrival_time,
        to_place=search.to_place,
    )
    ids = [offer.pk] if len(pick_ups) == 1 else sorted(uuid4() for _ in pick_ups)
    riders = plan.party.divided([(one.asset_type.persons, one.asset_type.license_class) for one in pick_ups])
    legs = [
        OfferLeg(
            id=leg_id,
            offer=offer,
            asset_type=one.asset_type,
            asset=one.asset,
            station=one.station,
            parked_car=one.parked_car,
            from_place=one.place(search.language),
            travelers=travelers,
            fare=_fare(search, one),
            conditions=conditions_for(search.profile, one.asset_type.type_id, search.now, search.language),
        )
        for leg_id, one, travelers in zip(ids, pick_ups, riders, strict=True)
    ]
    return Option(offer, legs)


def _fare(search: Search, pick_up: PickUp) -> dict[str, Any]:
    """The price list of that place and time; where a distance or an arrival is known, with what the ride would cost."""
    asset_type, plan = pick_up.asset_type, search.plan
    fare = _price_list(search, pick_up)
    meters = plan.estimated_distance or 0
    if plan.arrival_time is not None:
        seconds = int((plan.arrival_time - search.start).total_seconds())
    else:
        seconds = round(
            meters / (asset_type.max_speed * AVERAGE_OF_TOP_SPEED / 3.6 if asset_type.max_speed else CYCLING)
        )
    if not seconds:
        return fare
    return with_estimate(fare, Usage(in_use_seconds=seconds, paused_seconds=0, distance_meters=meters))


def _price_list(search: Search, pick_up: PickUp) -> dict[str, Any]:
    """The plan that applies, as it is now, with the line that tells staff why it does."""
    asset_type, at = pick_up.asset_type, pick_up.asset or pick_up.station
    rule = search.pricing.of(
        asset_type.pk,
        station=pick_up.station,
        position=(at.latitude, at.longitude) if at is not None else None,
        departure=search.start,
    )
    if rule is None:
        plan, parts = asset_type.pricing_plan, list(asset_type.pricing_plan.parts.all())
        explanation = f"{asset_type}: its own plan ‘{plan.plan_id}’"
    else:
        plan, parts = rule.plan, search.pricing.parts[rule.plan_id]
        with timezone.override(search.rules.local.tzinfo):
            explanation = str(rule)
    parts = in_force(parts, search.start.astimezone(search.rules.local.tzinfo))
    explanation += ", with its surge" if is_surging(parts) else ""
    return {**plan_snapshot(plan, parts, language=search.language), "explanation": explanation}
