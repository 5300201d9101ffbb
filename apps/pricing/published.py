"""Which plans an MP is told of: those that can be the price of a departure now, with the place they are bound to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.aggregates import ArrayAgg

from apps.pricing.models import FarePart, PricingPlan
from apps.pricing.selectors import parts_of, rules_in_force, with_parts
from apps.stations.models import Region, Station
from apps.stations.selectors import check_known


@dataclass(frozen=True)
class PublishedPlan:
    """A plan with its parts, and what it is for: an asset type, a region or a station; of each all where None."""

    plan: PricingPlan
    parts: Sequence[FarePart]
    asset_type_id: int | None
    region: Region | None = None
    station: Station | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """The ids of plan, region and station, empty where it is of none: what makes two of these the same."""
        region, station = self.region, self.station
        return self.plan.plan_id, region.region_id if region else "", station.station_id if station else ""

    def is_of(self, station: Station) -> bool:
        """Can it be the price of a departure from there?"""
        if self.station is not None:
            return self.station.pk == station.pk
        return self.region is None or self.region.pk == station.region_id

    def touches(self, region_id: str) -> bool:
        """Can it be the price of a departure from that region (its TOMP id), or from a station of it?"""
        region = self.station.region if self.station is not None else self.region
        return (self.station is None and region is None) or (region is not None and region.region_id == region_id)

    def goes_before(self, other: "PublishedPlan", *, there: Station | None) -> bool:
        """Standing before it in the order in which plans win, does it always win? `there`: at that station."""
        if self.asset_type_id not in (None, other.asset_type_id):
            return False
        if there is not None or (self.station is None and self.region is None):
            return True
        if other.station is not None:
            return self.is_of(other.station)
        return self.station is None and self.region == other.region


def published_plans(
    provider_id: int | None, *, now: datetime, region_id: str | None, station_id: str | None
) -> list[PublishedPlan]:
    """Every plan that can be the price of a departure now for the MP (or, with None, for no MP), each once per place.

    Of a region or station (their TOMP ids): also those of everywhere. Those that another one always goes before are
    left out, and so are private stations. Raises `Invalid` for an unknown region or station.
    """
    station = Station.objects.filter(is_public=True, station_id=station_id).first() if station_id is not None else None
    check_known(region_id=region_id, station_id=station_id if station is None else None)
    winning: list[PublishedPlan] = []
    for one in _in_the_order_in_which_they_win(provider_id, now):
        here = station is None or one.is_of(station)
        if here and not any(other.goes_before(one, there=station) for other in winning):
            winning.append(one)
    told = {one.key: one for one in winning if one.station is None or one.station.is_public}
    return [told[key] for key in sorted(told) if region_id is None or told[key].touches(region_id)]


def _in_the_order_in_which_they_win(provider_id: int | None, now: datetime) -> Iterator[PublishedPlan]:
    """By the rules in force, then the asset types' own plans. Two statements."""
    rules = rules_in_force(provider_id, first=now, last=now).select_related("station__region")
    for rule in rules.defer("region__service_area", "station__region__service_area"):
        yield PublishedPlan(rule.plan, parts_of(rule), rule.asset_type_id, rule.region, rule.station)
    own = PricingPlan.objects.filter(asset_types__isnull=False).annotate(of=ArrayAgg("asset_types"))
    for plan in with_parts(own, "pk"):
        yield from _of_types(plan, plan.of)


def _of_types(plan: PricingPlan, asset_type_ids: Iterable[int]) -> Iterator[PublishedPlan]:
    for asset_type_id in asset_type_ids:
        yield PublishedPlan(plan, parts_of(plan), asset_type_id)
