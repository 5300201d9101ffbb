"""The demo operator's regions and stations in Utrecht, and what is out of the ordinary there."""

from typing import Any

from apps.backoffice.demo.texts import text
from apps.operator.models import Alert, AlertType
from apps.stations.models import ParkingType, Region, RegionType, SpeedUnit, Station


def _polygon(*corners: tuple[float, float]) -> dict[str, Any]:
    """A GeoJSON Polygon from (longitude, latitude) corners; the ring is closed here."""
    return {"type": "Polygon", "coordinates": [[list(corner) for corner in (*corners, corners[0])]]}


OPERATING_AREA = _polygon(
    (5.074, 52.094),
    (5.082, 52.120),
    (5.118, 52.123),
    (5.140, 52.113),
    (5.184, 52.091),
    (5.180, 52.078),
    (5.140, 52.066),
    (5.100, 52.064),
    (5.082, 52.078),
)
NO_PARKING_AREA = _polygon((5.1195, 52.0897), (5.1195, 52.0917), (5.1235, 52.0917), (5.1235, 52.0897))
SLOW_AREA = _polygon((5.1140, 52.0880), (5.1140, 52.0945), (5.1240, 52.0945), (5.1240, 52.0880))

# id, name in English and in Dutch, latitude, longitude, street, docks
STATIONS = (
    ("centraal", "Central Station", "Utrecht Centraal", 52.0889, 5.1080, "Jaarbeursplein", 40),
    ("neude", "Neude", "Neude", 52.0934, 5.1184, "Neude", 24),
    ("janskerkhof", "Janskerkhof", "Janskerkhof", 52.0938, 5.1224, "Janskerkhof", 20),
    ("ledig-erf", "Ledig Erf", "Ledig Erf", 52.0826, 5.1216, "Ledig Erf", 20),
    (
        "vaartsche-rijn",
        "Vaartsche Rijn station",
        "Station Vaartsche Rijn",
        52.0786,
        5.1222,
        "Pelikaanstraat",
        24,
    ),
    ("wilhelminapark", "Wilhelminapark", "Wilhelminapark", 52.0873, 5.1394, "Wilhelminapark", 16),
    ("griftpark", "Griftpark", "Griftpark", 52.1003, 5.1266, "Kleine Singel", 16),
    ("science-park", "Science Park", "Science Park", 52.0853, 5.1742, "Heidelberglaan", 30),
    ("overvecht", "Overvecht station", "Station Overvecht", 52.1127, 5.1133, "Theemsdreef", 20),
    ("zuilen", "Zuilen", "Zuilen", 52.1106, 5.0919, "Amsterdamsestraatweg", 16),
    ("lombok", "Lombok", "Lombok", 52.0930, 5.0990, "Kanaalstraat", 16),
    ("rivierenwijk", "Rivierenwijk", "Rivierenwijk", 52.0735, 5.1100, "Rijnlaan", 16),
)


def create_regions() -> list[Region]:
    """Where to ride, where not to park, where to ride slowly; in this order."""
    return Region.objects.bulk_create(
        [
            Region(
                region_id="utrecht",
                name=text("Utrecht", "Utrecht"),
                type=RegionType.OPERATING,
                service_area=OPERATING_AREA,
            ),
            Region(
                region_id="domplein",
                name=text("Around the Dom tower", "Rond de Domtoren"),
                type=RegionType.NO_PARKING,
                service_area=NO_PARKING_AREA,
            ),
            Region(
                region_id="old-town",
                name=text("Shopping streets", "Winkelstraten"),
                type=RegionType.SPEEDLIMIT,
                type_unit=SpeedUnit.KMPH,
                type_value=15,
                service_area=SLOW_AREA,
            ),
        ]
    )


def create_stations(regions: list[Region]) -> list[Station]:
    """Twelve stations of the first region."""
    return Station.objects.bulk_create(
        [
            Station(
                station_id=station_id,
                name=text(en, nl),
                region=regions[0],
                latitude=latitude,
                longitude=longitude,
                street_address=street,
                area_reference="Utrecht",
                country="NL",
                parking_type=ParkingType.SIDEWALK_PARKING,
                capacity=docks,
            )
            for station_id, en, nl, latitude, longitude, street, docks in STATIONS
        ]
    )


def create_alert(stations: list[Station]) -> None:
    """At one of the stations, until staff take it away."""
    alert = Alert.objects.create(
        alert_id="roadworks-neude",
        alert_type=AlertType.OTHER,
        summary=text("Roadworks at Neude", "Wegwerkzaamheden op de Neude"),
        description=text("Come on foot, from the north.", "Kom te voet, van de noordkant."),
    )
    alert.stations.set([station for station in stations if station.station_id == "neude"])
