"""Stations, regions, and where one may ride and park: files of GBFS 3.0. Private stations are in none of them."""

from datetime import datetime
from typing import Any

import shapely
import shapely.geometry

from apps.assets.availability import standing_at
from apps.gbfs.edition import Edition, Json
from apps.gbfs.opening_hours import opening_rules
from apps.gbfs.vehicles import published_types
from apps.stations.models import Region, RegionType, SpeedUnit, Station
from apps.stations.rules import rules_at
from apps.stations.selectors import Row, every_public_station, regions_to_come
from apps.stations.wire import free_docks

KILOMETERS_PER_MILE = 1.609344
RENTAL_METHODS = {"KEY", "CREDITCARD", "PAYPASS", "APPLEPAY", "ANDROIDPAY", "TRANSITCARD", "ACCOUNTNUMBER", "PHONE"}
# What matters most comes first: where areas overlap, GBFS lets the earlier one decide.
ZONES = (RegionType.NO_ACCESS, RegionType.NO_PARKING, RegionType.SPEEDLIMIT, RegionType.PARKING, RegionType.OPERATING)


def station_information(edition: Edition) -> Json:
    """`station_information.json`."""
    rules, types = opening_rules(), {one.type_id for one in published_types()}
    return {
        "stations": [
            _station(row, edition, types) | {"station_opening_hours": rules.of_station(row["pk"], row["region"])}
            for row in every_public_station()
        ]
    }


def _station(row: Row, edition: Edition, types: set[str]) -> Json:
    capacities = [
        {"vehicle_type_ids": [one["type_id"]], "count": one["capacity"]}
        for one in row["capacities"]
        if one["type_id"] in types
    ]
    return {
        "station_id": row["station_id"],
        "name": edition.texts(row["name"]),
        "lat": row["latitude"],
        "lon": row["longitude"],
        "address": row["street_address"] or None,
        "cross_street": row["cross_street"].localize(edition.languages[0]) if row["cross_street"] else None,
        "region_id": row["public_region_id"],
        "post_code": row["postal_code"] or None,
        "rental_methods": [one.lower() for one in row["rental_methods"] if one in RENTAL_METHODS] or None,
        "is_virtual_station": row["is_virtual"],
        "station_area": _multi(row["station_area"]) if row["station_area"] else None,
        "parking_type": row["parking_type"].lower() or None,
        "parking_hoop": row["parking_hoop"],
        "contact_phone": row["contact_phone"] or None,
        "capacity": row["capacity"],
        ("vehicle_types_capacity" if row["is_virtual"] else "vehicle_docks_capacity"): capacities or None,
        "is_valet_station": row["is_valet_station"],
        "is_charging_station": row["is_charging_station"],
    }


def station_status(edition: Edition) -> Json:
    """`station_status.json`. A station that is closed now neither rents nor takes back; it reports every minute."""
    rows, types = list(every_public_station()), {one.type_id for one in published_types()}
    standing = standing_at([row["pk"] for row in rows], now=edition.local)
    rules = rules_at(edition.local)
    minute = edition.local.replace(second=0, microsecond=0)
    stations = []
    for row in rows:
        there = standing[row["pk"]]
        hireable = {type_id: number for type_id, number in there.available.items() if type_id in types}
        is_open = rules.is_open(Station(pk=row["pk"], region_id=row["region"]))
        free, free_by_type = free_docks(row, there.assets)
        status: Json = {
            "station_id": row["station_id"],
            "num_vehicles_available": sum(hireable.values()),
            "vehicle_types_available": [
                {"vehicle_type_id": type_id, "count": number} for type_id, number in hireable.items()
            ],
            "is_installed": row["is_installed"],
            "is_renting": row["is_renting"] and is_open,
            "is_returning": row["is_returning"] and is_open,
            "last_reported": minute,
        }
        if free is not None:
            status["num_docks_available"] = free
        docks = [{"vehicle_type_ids": [one], "count": number} for one, number in free_by_type.items() if one in types]
        stations.append(status | ({"vehicle_docks_available": docks} if docks else {}))
    return {"stations": stations}


def system_regions(edition: Edition) -> Json:
    """`system_regions.json`."""
    regions = regions_to_come(now=edition.local)
    return {"regions": [{"region_id": row.region_id, "name": edition.texts(row.name)} for row in regions]}


def geofencing_zones(edition: Edition) -> Json:
    """`geofencing_zones.json`: what ends of rides and riders are held to, as FINISH and offers hold them to it."""
    regions = list(regions_to_come(now=edition.local))
    operating = [
        shapely.geometry.shape(one.service_area)
        for one in regions
        if one.type == RegionType.OPERATING and _is_in_force(one, edition.local)
    ]
    served = shapely.union_all(operating) if operating else None
    features = [
        feature
        for kind in ZONES
        for region in regions
        if region.type == kind
        for feature in _features(region, served, edition)
    ]
    return {
        "geofencing_zones": {"type": "FeatureCollection", "features": features},
        "global_rules": [_rule(end=served is None)],
    }


def _is_in_force(region: Region, now: datetime) -> bool:
    return region.area_start_time is None or region.area_start_time <= now


def _features(region: Region, served: Any, edition: Edition) -> list[Json]:
    """One zone; of a speed limit two where it reaches beyond the areas in which rides may end."""
    area = shapely.geometry.shape(region.service_area)
    if region.type == RegionType.NO_ACCESS:
        return [_feature(region, area, _rule(start=False, end=False, through=False), edition)]
    if region.type == RegionType.NO_PARKING:
        return [_feature(region, area, _rule(end=False), edition)]
    if region.type == RegionType.OPERATING or served is None:
        return [_feature(region, area, _rule(end=True, speed=_kilometers_per_hour(region)), edition)]
    inside, outside = shapely.intersection(area, served), shapely.difference(area, served)
    return [
        _feature(region, part, _rule(end=end, speed=_kilometers_per_hour(region)), edition)
        for part, end in ((inside, True), (outside, False))
        if part.area > 0
    ]


def _kilometers_per_hour(region: Region) -> int | None:
    if region.type != RegionType.SPEEDLIMIT or region.type_value is None:
        return None
    return int(region.type_value * (KILOMETERS_PER_MILE if region.type_unit == SpeedUnit.MPH else 1))


def _rule(*, start: bool = True, end: bool, through: bool = True, speed: int | None = None) -> Json:
    return {
        "ride_start_allowed": start,
        "ride_end_allowed": end,
        "ride_through_allowed": through,
        "maximum_speed_kph": speed,
    }


def _feature(region: Region, area: Any, rule: Json, edition: Edition) -> Json:
    return {
        "type": "Feature",
        "geometry": _multi(shapely.geometry.mapping(area)),
        "properties": {
            "name": edition.texts(region.name),
            "start": region.area_start_time,
            "end": region.area_end_time,
            "rules": [rule],
        },
    }


def _multi(geometry: Json) -> Json:
    """A MultiPolygon of the polygons in a GeoJSON geometry."""
    if geometry["type"] == "GeometryCollection":
        parts = [one for one in geometry["geometries"] if "Polygon" in one["type"]]
    else:
        parts = [geometry]
    polygons: list[Any] = []
    for part in parts:
        polygons += part["coordinates"] if part["type"] == "MultiPolygon" else [part["coordinates"]]
    return {"type": "MultiPolygon", "coordinates": polygons}
