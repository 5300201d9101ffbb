"""A small operator that many want something of: few assets, two stations, an MP of each kind."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from apps.assets.models import Asset
from tests import factories, profiles
from tests.rides import HERE, at
from tests.tomp_client import QuickClient, TompClient

# What each MP's process is made of. All may name an asset, but for those who book places.
PROCESSES: dict[str, dict[str, Any]] = {
    "normal": {"booking": ["NORMAL", "ALLOW_EXTEND_BOOKING_EXPIRY_TIME"]},
    "auto": {"booking": ["AUTO_COMMIT"], "settings": {"offerMinutes": 60}},
    "postponed": {"booking": ["POSTPONED_COMMIT"]},
    "postponed at commit": {"booking": ["POSTPONED_COMMIT"], "settings": {"postponedAt": "COMMIT"}},
    "atomic": {"booking": ["ATOMIC_BOOKING_SET_IN_USE"]},
    "one-stop": {"booking": ["ONE_STOP", "NORMAL"]},
    "controlled": {"tripExecution": ["TO_CONTROLLED", "USE_PREPARE_TO_INDICATE_START"]},
    "paid in advance": {"booking": ["AUTO_COMMIT"], "payment": ["UPFRONT_PAYMENT"]},
    "places": {"planning": ["PLANNING_BASED"]},
    "places at once": {
        "planning": ["PLANNING_BASED"],
        "booking": ["AUTO_COMMIT"],
        "tripExecution": ["TO_CONTROLLED"],
        "settings": {"assignMinutes": 30},
    },
}
BIKES, SCOOTERS = 3, 1


@dataclass(frozen=True)
class SmallFleet:
    """The MPs by their kind, and the assets: bikes at a station, then scooters in the street."""

    mps: dict[str, TompClient]
    assets: list[Asset]

    @classmethod
    def create(cls, *, bikes: int = BIKES, scooters: int = SCOOTERS) -> "SmallFleet":
        """Write it to the database."""
        factories.OperatorFactory()
        bike = factories.AssetTypeFactory(type_id="bike")
        scooter = factories.AssetTypeFactory(type_id="scooter", asset_class="MOPED", default_reserve_time=0)
        square = factories.StationFactory(station_id="square", latitude=52.0907, longitude=5.1214)
        at_the_station = factories.AssetFactory.create_batch(bikes, asset_type=bike, station=square)
        in_the_street = factories.AssetFactory.create_batch(scooters, asset_type=scooter)
        mps = {
            kind: QuickClient(factories.ProviderFactory(maas_id=kind.replace(" ", "-"), document=document))
            for kind, document in ((kind, profiles.document(**process)) for kind, process in PROCESSES.items())
        }
        return cls(mps, [*at_the_station, *in_the_street])

    def plan(self, kind: str, asset: int, travelers: int, start: datetime, minutes: int | None) -> dict[str, Any]:
        """What an MP asks for: an asset and as many next to it as travel, or places at the station."""
        plan: dict[str, Any] = {"from": HERE, "departureTime": at(start), "nrOfTravelers": travelers}
        if kind.startswith("places"):
            plan["from"] = {"stationId": "square"}
        else:
            named = range(asset, asset + travelers)
            plan["useAssets"] = [self.public_id(number % len(self.assets)) for number in named]
        if minutes is not None:
            plan |= {"arrivalTime": at(start + timedelta(minutes=minutes)), "to": HERE}
        return plan

    def public_id(self, asset: int) -> str:
        """The id under which MPs see one of the assets, at this moment."""
        return Asset.objects.values_list("public_id", flat=True).get(pk=self.assets[asset].pk)
