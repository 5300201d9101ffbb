"""The operator as MPs read it: TOMP's `systemInformation`, `systemHours`, `systemCalendar`, `systemAlert`."""

from datetime import datetime
from typing import Any

from apps.operator.models import Operator, SystemHours
from apps.operator.opening import Season


def system_information_object(operator: Operator, language: str, *, asset_classes: list[str]) -> dict[str, Any]:
    """A TOMP `systemInformation`, in words of `language`. Absent fields are None."""
    chamber = {
        "number": operator.chamber_of_commerce_number or None,
        "place": operator.chamber_of_commerce_place or None,
    }
    return {
        "systemId": operator.system_id,
        "language": operator.languages,
        "name": operator.name.localize(language),
        "shortName": operator.short_name.localize(language) or None,
        "operator": operator.legal_name.localize(language) or None,
        "url": operator.url or None,
        "purchaseUrl": operator.purchase_url or None,
        "discoveryUriAndroid": operator.discovery_uri_android or None,
        "discoveryUriIOS": operator.discovery_uri_ios or None,
        "storeUriAndroid": operator.store_uri_android or None,
        "storeUriIOS": operator.store_uri_ios or None,
        "licenseUrl": operator.license_url or None,
        "startDate": operator.start_date,
        "phoneNumber": operator.phone_number or None,
        "email": operator.email or None,
        "feedContactEmail": operator.feed_contact_email or None,
        "timezone": operator.time_zone,
        "typeOfSystem": operator.type_of_system,
        "chamberOfCommerceInfo": chamber if any(chamber.values()) else None,
        "conditions": operator.conditions.localize(language) or None,
        "productType": operator.product_type,
        "assetClasses": asset_classes or None,
    }


def system_hours_object(hours: SystemHours) -> dict[str, Any]:
    """A TOMP `systemHours`. Absent fields are None."""
    return {
        "userType": hours.user_type or None,
        "stationId": hours.station.station_id if hours.station is not None else None,
        "regionId": hours.region.region_id if hours.region is not None else None,
        "startTime": f"{hours.start_time:%H:%M}",
        "endTime": f"{hours.end_time:%H:%M}",
        "days": hours.days,
    }


def system_calendar_object(season: Season, *, station_id: str | None, region_id: str | None) -> dict[str, Any]:
    """A TOMP `systemCalendar`: days of operation. Absent fields are None."""
    return {
        "stationId": station_id,
        "regionId": region_id,
        "startMonth": season.start_month,
        "startDay": season.start_day,
        "startYear": season.start_year,
        "endMonth": season.end_month,
        "endDay": season.end_day,
        "endYear": season.end_year,
    }


def system_alert_object(row: dict[str, Any], language: str) -> dict[str, Any]:
    """A TOMP `systemAlert` of a row of `current_alerts`, in words of `language`. Absent fields are None."""
    return {
        "alertId": row["alert_id"],
        "alertType": row["alert_type"],
        "startAndEndTimes": [
            [datetime.fromisoformat(period["start"]), datetime.fromisoformat(period["end"])]
            for period in row["periods_to_come"]
        ]
        or None,
        "stationIds": row["station_ids"] or None,
        "regionId": row["region_ids"] or None,
        "url": row["url"] or None,
        "summary": row["summary"].localize(language),
        "description": row["description"].localize(language) if row["description"] else None,
        "lastUpdated": row["last_updated"],
    }
