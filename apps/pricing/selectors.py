"""Which plan applies to a departure: the rules in force for an MP, in one statement, and the first that fits."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DecimalField, Model, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject

from apps.pricing.models import FarePart, PricingRule
from apps.stations.areas import Area
from apps.stations.geo import Position
from apps.stations.models import Station

Row = TypeVar("Row", bound=Model)
# Decimals as text, so that amounts do not pass through JSON's floats.
_PART = JSONObject(
    **{
        column.attname: Cast(column.attname, TextField()) if isinstance(column, DecimalField) else column.attname
        for column in FarePart._meta.concrete_fields
    }
)


def with_parts(rows: QuerySet[Row], plan: str) -> QuerySet[Row]:
    """The same rows with the fare parts of the plan at `plan`, in their order; `parts_of` reads them."""
    parts = FarePart.objects.filter(plan=OuterRef(plan)).order_by("position", "id")
    return cast("QuerySet[Row]", rows.annotate(fare_parts=ArraySubquery(parts.values(json=_PART))))


def parts_of(row: Any) -> list[FarePart]:
    """The fare parts that `with_parts` found for the row."""
    columns = FarePart._meta.concrete_fields
    return [
        FarePart(**{column.attname: column.to_python(part[column.attname]) for column in columns})
        for part in row.fare_parts
    ]


def parts_by_plan(rules: Iterable[PricingRule]) -> dict[int, list[FarePart]]:
    """The fare parts of the plans of rules, by the plan's primary key; each is read once."""
    return {plan_id: parts_of(rule) for plan_id, rule in {rule.plan_id: rule for rule in rules}.items()}


@dataclass(frozen=True)
class PricingRules:
    """Rules in the order in which they win, with their plans and the parts of these."""

    rules: Sequence[PricingRule] = ()
    _areas: dict[int, Area] = field(default_factory=dict)

    @cached_property
    def parts(self) -> Mapping[int, list[FarePart]]:
        """The fare parts of each rule's plan, by the plan's primary key."""
        return parts_by_plan(self.rules)

    def of(
        self, asset_type_id: int, *, station: Station | None, position: Position | None, departure: datetime
    ) -> PricingRule | None:
        """The rule for such a departure from a station, or from a loose (latitude, longitude); None where none fits."""
        return next(
            (
                rule
                for rule in self.rules
                if rule.asset_type_id in (None, asset_type_id)
                and (rule.valid_from is None or rule.valid_from <= departure)
                and (rule.valid_until is None or departure < rule.valid_until)
                and self._is_of(rule, station, position)
            ),
            None,
        )

    def _is_of(self, rule: PricingRule, station: Station | None, position: Position | None) -> bool:
        if rule.station_id is not None:
            return station is not None and station.pk == rule.station_id
        if rule.region is None:
            return True
        if station is not None:
            return station.region_id == rule.region_id
        area = self._areas.setdefault(rule.region.pk, Area(rule.region.service_area))
        return position is not None and area.holds(position)


def rules_in_force(provider_id: int | None, *, first: datetime | None, last: datetime) -> QuerySet[PricingRule]:
    """The rules for departures of an MP (or, with None, of no MP) from `first` to `last`, the first to win first."""
    rules = PricingRule.objects.filter(
        Q(provider=None) | Q(provider=provider_id) if provider_id is not None else Q(provider=None),
        Q(valid_from=None) | Q(valid_from__lte=last),
    )
    if first is not None:
        rules = rules.filter(Q(valid_until=None) | Q(valid_until__gt=first))
    return with_parts(rules.select_related("plan", "asset_type", "region", "station", "provider"), "plan")


def that_concern(
    rules: QuerySet[PricingRule], *, asset_types: Collection[int], stations: Collection[str]
) -> QuerySet[PricingRule]:
    """Those of the rules that departures of these asset types (primary keys) may come under, from nowhere else than
    these stations (TOMP ids) or from none: as many as are asked about, however many stations have rules of their own.
    """
    return rules.filter(
        Q(asset_type=None) | Q(asset_type__in=asset_types), Q(station=None) | Q(station__station_id__in=stations)
    )


def pricing_rules(provider_id: int | None, *, first: datetime | None, last: datetime) -> PricingRules:
    """What decides on the plan of such departures; without `first`, also of any before."""
    return PricingRules(tuple(rules_in_force(provider_id, first=first, last=last)))


def that_may_apply(rules: Iterable[PricingRule], *, asset_type_id: int, station_id: str | None) -> list[PricingRule]:
    """Those that a departure of that asset type from a station (its TOMP id), or from no known one, may come under.

    Regions are not looked at: whichever of these rules fits the place.
    """
    found = []
    for rule in rules:
        if rule.asset_type_id not in (None, asset_type_id):
            continue
        if rule.station is not None and rule.station.station_id != station_id:
            continue
        found.append(rule)
        if rule.region_id is None:
            break  # nothing behind it can win
    return found
