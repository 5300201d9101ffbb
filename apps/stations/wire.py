"""Regions and stations as MPs read them: TOMP's `systemRegion` and `stationInformation`."""

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


def station_object(row: Row, language: str, *, assets: int, available: dict[str, int]) -> dict[str, Any]:
    """A TOMP `stationInformation`, in words of `language`. Absent fields are None.

    `assets` stand there in all, `available` of each type can be hired. An address needs a street and a town.
    """
    address = None
    if row["street_address"] and row["area_reference"]:
        address = {
            "streetAddress": row["street_address"],
            "areaReference": row["area_reference"],
            "postalCode": row["postal_code"] or None,
            "country": row["country"] or None,
        }
    capacity = row["capacity"]
    return {
        "stationId": row["station_id"],
        "name": row["name"].localize(language),
        "contactPhone": row["contact_phone"] or None,
        "coordinates": {"lng": row["longitude"], "lat": row["latitude"]},
        "physicalAddress": address,
        "crossStreet": row["cross_street"].localize(language) if row["cross_street"] else None,
        "regionId": row["public_region_id"],
        "parkingType": row["parking_type"] or None,
        "isVirtual": row["is_virtual"],
        "isChargingStation": row["is_charging_station"],
        "isInstalled": row["is_installed"],
        "isRenting": row["is_renting"],
        "isReturning": row["is_returning"],
        "capacity": capacity,
        "assetsAvailable": sum(available.values()),
        "assetTypesAvailable": available,
        "docksAvailable": None if capacity is None else max(capacity - assets, 0),
    }
