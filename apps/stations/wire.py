"""Regions and stations as MPs read them: TOMP's `systemRegion` and `stationInformation`."""

from collections.abc import Mapping
from typing import Any

from apps.stations.selectors import Row


def region_object(row: Row, language: str) -> dict[str, Any]:
    """A TOMP `systemRegion`, in words of `language`. Absent fields are None."""
    return {
        "regionId": row["region_id"],
        "name": row["name"].localize(language),
        "type": row["type"],
        "typeUnit": row["type_unit"] or None,
        "typeValue": row["type_value"],
        "areaStartTime": row["area_start_time"],
        "areaEndTime": row["area_end_time"],
        "serviceArea": row["service_area"],
    }


def free_docks(row: Row, assets: Mapping[str, int]) -> tuple[int | None, dict[str, int]]:
    """How many places of a station are free, where its capacity is known; and of them for each type that has its own.

    `assets` of each type stand there.
    """
    capacity = row["capacity"]
    free = None if capacity is None else max(capacity - sum(assets.values()), 0)
    by_type = {one["type_id"]: max(one["capacity"] - assets.get(one["type_id"], 0), 0) for one in row["capacities"]}
    return free, by_type if free is None else {type_id: min(number, free) for type_id, number in by_type.items()}


def station_object(
    row: Row, language: str, *, assets: Mapping[str, int], available: Mapping[str, int]
) -> dict[str, Any]:
    """A TOMP `stationInformation`, in words of `language`. Absent fields are None.

    Of each type `assets` stand there in all, `available` can be hired. An address needs a street and a town.
    """
    free, free_by_type = free_docks(row, assets)
    address = None
    if row["street_address"] and row["area_reference"]:
        address = {
            "streetAddress": row["street_address"],
            "areaReference": row["area_reference"],
            "postalCode": row["postal_code"] or None,
            "country": row["country"] or None,
        }
    return {
        "stationId": row["station_id"],
        "name": row["name"].localize(language),
        "contactPhone": row["contact_phone"] or None,
        "coordinates": {"lng": row["longitude"], "lat": row["latitude"]},
        "physicalAddress": address,
        "crossStreet": row["cross_street"].localize(language) if row["cross_street"] else None,
        "regionId": row["public_region_id"],
        "stationArea": row["station_area"],
        "parkingType": row["parking_type"] or None,
        "isVirtual": row["is_virtual"],
        "isValetStation": row["is_valet_station"],
        "isChargingStation": row["is_charging_station"],
        "parkingHoop": row["parking_hoop"],
        "isInstalled": row["is_installed"],
        "isRenting": row["is_renting"],
        "isReturning": row["is_returning"],
        "capacity": row["capacity"],
        "assetTypeCapacity": {one["type_id"]: one["capacity"] for one in row["capacities"]} or None,
        "assetsAvailable": sum(available.values()),
        "assetTypesAvailable": available,
        "docksAvailable": free,
        "assetDocksAvailable": free_by_type or None,
        "rentalMethods": row["rental_methods"] or None,
        "rentalMethodOther": row["rental_method_other"] or None,
    }
