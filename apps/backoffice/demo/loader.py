"""Loading the demo operator into an empty database."""

import random
from datetime import date

from django.db import transaction

from apps.assets.models import AssetType
from apps.backoffice.demo import fleet, parking, partners, places, workshop
from apps.backoffice.demo.texts import text
from apps.operator.models import FeedAccess, Operator, ProductType, SystemType

SEED = 2026


def is_loaded() -> bool:
    """Does the database have an operator already, this one or a real one?"""
    return Operator.objects.exists()


@transaction.atomic
def load() -> dict[str, int]:
    """Write the demo operator in one transaction; returns how many rows of what were made.

    Raises `IntegrityError` where the database has an operator (ask `is_loaded` first).
    """
    randomness = random.Random(SEED)  # noqa: S311 - the same demo everywhere
    Operator.objects.create(
        system_id="DEMO-UTRECHT",
        name=text("Demo Rides Utrecht", "Demo Ritten Utrecht"),
        short_name=text("Demo Rides", "Demo Ritten"),
        legal_name=text("Demo Rides Utrecht (fictitious)", "Demo Ritten Utrecht (verzonnen)"),
        languages=["en", "nl"],
        time_zone="Europe/Amsterdam",
        type_of_system=SystemType.FREE_FLOATING,
        product_type=ProductType.SHARING,
        url="https://rides.example/",
        email="service@rides.example",
        feed_contact_email="feeds@rides.example",
        gbfs_access=FeedAccess.PUBLIC,
        postal_address="Fictieplein 1\n3511 XX Utrecht",
        vat_number="NL000000000B00",
        finance_email="finance@rides.example",
        start_date=date(2026, 1, 1),
        conditions=text(
            "Park where nobody has to walk around it. Not in the no-parking area around the Dom tower.",
            "Parkeer waar niemand eromheen hoeft. Niet in het parkeerverbod rond de Domtoren.",
        ),
    )
    regions = places.create_regions()
    stations = places.create_stations(regions)
    places.create_alert(stations)
    asset_types = fleet.create_asset_types()
    assets = fleet.create_assets(asset_types, stations, regions, randomness)
    jobs = workshop.create_jobs(assets)
    parked_cars = parking.create_car_park(stations)
    providers = partners.create_providers()
    return {
        "regions": len(regions),
        "stations": len(stations),
        "asset types": AssetType.objects.count(),
        "assets": len(assets),
        "maintenance jobs": len(jobs),
        "parked cars": len(parked_cars),
        "providers": len(providers),
    }
