"""What is asked for: a travel plan, and the search that comes of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from apps.planning.party import Party
from apps.pricing.selectors import PricingRules
from apps.processes.selectors import Profile
from apps.providers.models import Provider
from apps.stations.geo import meters_between
from apps.stations.models import Station
from apps.stations.places import Place, located, sendable
from apps.stations.rules import Rules
from apps.tomp.errors import Invalid
from apps.tomp.times import CLOCK_TOLERANCE, FARTHEST_AHEAD

# How long a distance takes, for estimates: a cyclist's metres per second.
CYCLING = 4.2


@dataclass(frozen=True)
class TravelPlan:
    """A `planningRequest` as read: places are TOMP objects, times are aware, distances in metres.

    `by_published_id`: `useAssets` may hold the public ids of a feed, whatever kinds the process lets be scanned.
    """

    from_place: dict[str, Any]
    to_place: dict[str, Any] | None = None
    radius: int | None = None
    estimated_distance: int | None = None
    departure_time: datetime | None = None
    arrival_time: datetime | None = None
    party: Party = field(default_factory=Party)
    use_assets: tuple[str, ...] = ()
    use_asset_types: tuple[str, ...] = ()
    by_published_id: bool = False


@dataclass(frozen=True)
class Search:
    """Who asks for what, where to, from when on, in which language; `station` is the one `from` names.

    `rules` are those of the departure, `pricing` those of the price for this MP once it is known what is offered.
    """

    provider: Provider
    profile: Profile
    version_id: int
    plan: TravelPlan
    to_place: Place | None
    start: datetime
    station: Station | None
    rules: Rules
    language: str
    now: datetime
    pricing: PricingRules = field(default_factory=PricingRules)


def departure(plan: TravelPlan, *, station: Station | None, to_place: Place | None, now: datetime) -> datetime:
    """When the ride begins: as asked for, in time for the arrival where only that is given, or now.

    Raises `Invalid` for times that cannot be.
    """
    start = plan.departure_time or now
    riding_time = _riding_time(plan, station, to_place)
    if plan.departure_time is None and plan.arrival_time is not None and riding_time:
        start = max(now, plan.arrival_time - riding_time)
    if start < now - CLOCK_TOLERANCE:
        raise Invalid("departureTime lies in the past.")
    if max(start, plan.arrival_time or start) > now + FARTHEST_AHEAD:
        raise Invalid("departureTime and arrivalTime may lie at most a year ahead.")
    start = max(start, now)
    if plan.arrival_time is not None and plan.arrival_time <= start:
        raise Invalid("arrivalTime does not lie after the departure.")
    return start


def _riding_time(plan: TravelPlan, station: Station | None, to_place: Place | None) -> timedelta:
    """How long the ride may take: from the distance given, or as the crow flies where both ends are known."""
    meters: float = plan.estimated_distance or 0
    begin, end = sendable(located(plan.from_place, station)), sendable(to_place)
    if not meters and begin is not None and end is not None:
        one, other = begin["coordinates"], end["coordinates"]
        meters = meters_between((one["lat"], one["lng"]), (other["lat"], other["lng"]))
    return timedelta(seconds=meters / CYCLING)
