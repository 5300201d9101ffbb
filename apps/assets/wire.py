"""Asset types and assets as MPs read them: TOMP's `assetType` and `asset`."""

from typing import Any

from apps.assets.models import Asset, AssetType


def asset_type_summary(asset_type: AssetType, language: str) -> dict[str, Any]:
    """A TOMP `assetType` as offers, bookings and legs show it: without today's prices, not being theirs."""
    return {
        "id": asset_type.type_id,
        "assetClass": asset_type.asset_class,
        "assetSubClass": asset_type.asset_sub_class or None,
        "sharedProperties": {
            "name": asset_type.name.localize(language),
            "brand": asset_type.brand or None,
            "model": asset_type.model or None,
            "image": asset_type.image or None,
            "maxSpeed": asset_type.max_speed,
            "wheelCount": asset_type.wheel_count,
            "gears": asset_type.gears,
            "persons": asset_type.persons,
            "propulsion": asset_type.propulsion or None,
            "accessMethods": asset_type.access_methods or None,
            "co2PerKm": asset_type.co2_per_km,
            "cargoLoad": asset_type.cargo_load,
            "helmetRequired": asset_type.helmet_required,
            "defaultReserveTime": asset_type.default_reserve_time,
        },
    }


def asset_object(asset: Asset) -> dict[str, Any]:
    """A TOMP `asset` as it stands, under the id MPs see now. Absent fields are None.

    Reads `station` and `home_station`: select them. Private stations are not named. `maxRange` is left out:
    the document measures it in metres and allows 100 at most.
    """
    return asset_row_object(
        public_id=asset.public_id,
        station_id=asset.station.station_id if asset.station and asset.station.is_public else None,
        home_station_id=(
            asset.home_station.station_id if asset.home_station and asset.home_station.is_public else None
        ),
        latitude=asset.latitude,
        longitude=asset.longitude,
        state_of_charge=asset.state_of_charge,
        mileage=asset.mileage,
    )


def asset_row_object(
    public_id: str,
    station_id: str | None,
    home_station_id: str | None,
    latitude: float,
    longitude: float,
    state_of_charge: int | None,
    mileage: float | None,
) -> dict[str, Any]:
    """A TOMP `asset` that can be hired, from a row's columns: charge in percent, mileage in km."""
    return {
        "id": public_id,
        "isReserved": False,
        "isDisabled": False,
        "stationId": station_id,
        "homeStationId": home_station_id,
        "stateOfCharge": state_of_charge,
        "mileage": mileage,
        "overriddenProperties": {"location": {"coordinates": {"lng": longitude, "lat": latitude}}},
    }
