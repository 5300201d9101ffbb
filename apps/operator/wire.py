"""The operator as MPs read it: TOMP's `systemInformation`."""

from typing import Any

from apps.operator.models import Operator


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
