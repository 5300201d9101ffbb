"""Where assets may be: regions (areas with a rule) and stations."""

from typing import ClassVar

import shapely
import shapely.geometry
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from i18nfield.fields import I18nCharField, I18nTextField

from apps.clock.bounds import OUT_OF_BOUNDS, within_bounds

LATITUDE_ON_EARTH = {"latitude__gte": -90, "latitude__lte": 90}
LONGITUDE_ON_EARTH = {"longitude__gte": -180, "longitude__lte": 180}
NOT_ON_EARTH = "The latitude lies from -90 to 90 and the longitude from -180 to 180."


class RegionType(models.TextChoices):
    """TOMP `systemRegion.type`."""

    OPERATING = "OPERATING", "operating area"
    NO_ACCESS = "NO_ACCESS", "no access"
    NO_PARKING = "NO_PARKING", "no parking"
    PARKING = "PARKING", "parking"
    DISCOUNT = "DISCOUNT", "discount"
    SPEEDLIMIT = "SPEEDLIMIT", "speed limit"


class SpeedUnit(models.TextChoices):
    """TOMP `systemRegion.typeUnit`."""

    KMPH = "KMPH", "km/h"
    MPH = "MPH", "mph"


def validate_polygon(area: object) -> None:
    """Accept a GeoJSON Polygon (`[[[lon, lat], …], …]`, closed rings, WGS84) that is a valid surface."""
    try:
        polygon = shapely.geometry.shape(area)
        ok = polygon.geom_type == "Polygon" and not polygon.is_empty
        west, south, east, north = polygon.bounds
    except (AttributeError, KeyError, TypeError, ValueError, shapely.errors.ShapelyError) as error:
        raise ValidationError(gettext("This is no GeoJSON Polygon.")) from error
    if not ok:
        raise ValidationError(gettext("This is no GeoJSON Polygon."))
    if not polygon.is_valid:
        raise ValidationError(
            gettext("This polygon has no valid surface: %(reason)s.") % {"reason": shapely.is_valid_reason(polygon)}
        )
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        raise ValidationError(gettext("A point lies outside longitude -180 … 180, latitude -90 … 90."))


class Region(models.Model):
    """An area with a rule: where we operate, where not to park, where to go slower."""

    region_id = models.SlugField(max_length=100, unique=True)
    name = I18nCharField(max_length=200)
    type = models.CharField(max_length=12, choices=RegionType, default=RegionType.OPERATING)
    type_unit = models.CharField(max_length=4, choices=SpeedUnit, blank=True)
    type_value = models.FloatField(null=True, blank=True, help_text="The value of the type, such as a speed.")
    area_start_time = models.DateTimeField(null=True, blank=True)
    area_end_time = models.DateTimeField(null=True, blank=True)
    service_area = models.JSONField(validators=[validate_polygon], help_text="GeoJSON Polygon, longitude first.")

    class Meta:
        ordering: ClassVar = ["region_id"]
        constraints = [
            models.CheckConstraint(
                name="region_time_can_be_told",
                condition=within_bounds("area_start_time", "area_end_time"),
                violation_error_message=OUT_OF_BOUNDS,
            ),
            models.CheckConstraint(
                name="region_lasts_some_time",
                condition=Q(area_start_time=None) | Q(area_end_time=None) | Q(area_end_time__gt=F("area_start_time")),
                violation_error_message="The end has to lie after the start.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)

    def clean(self) -> None:
        """A speed limit says how fast, and in which unit."""
        if self.type == RegionType.SPEEDLIMIT and not ((self.type_value or 0) > 0 and self.type_unit):
            raise ValidationError({"type_value": gettext("A speed limit needs a speed and its unit.")})


STOP_TYPES = (
    "GTFS_STOP_ID",
    "GTFS_STOP_CODE",
    "GTFS_AREA_ID",
    "CHB_STOP_PLACE_CODE",
    "CHB_QUAY_CODE",
    "NS_CODE",
)


def validate_stop_references(references: object) -> None:
    """Accept a list of TOMP `stopReference` objects: type, id and country, nothing else."""
    if not isinstance(references, list) or not all(
        isinstance(one, dict)
        and set(one) == {"type", "id", "country"}
        and one["type"] in STOP_TYPES
        and all(isinstance(text, str) and text for text in one.values())
        for one in references
    ):
        raise ValidationError(
            gettext("A list of objects with type (one of %(kinds)s), id and country.")
            % {"kinds": ", ".join(STOP_TYPES)}
        )


class ParkingType(models.TextChoices):
    """TOMP `stationInformation.parkingType`."""

    PARKING_LOT = "PARKING_LOT", "parking lot"
    STREET_PARKING = "STREET_PARKING", "street parking"
    UNDERGROUND_PARKING = "UNDERGROUND_PARKING", "underground parking"
    SIDEWALK_PARKING = "SIDEWALK_PARKING", "sidewalk parking"
    OTHER = "OTHER", "other"


class RentalMethod(models.TextChoices):
    """TOMP `stationInformation.rentalMethods`: how one can pay there."""

    KEY = "KEY", "key"
    CASH = "CASH", "cash"
    BANKCARD = "BANKCARD", "bank card"
    CREDITCARD = "CREDITCARD", "credit card"
    PAYPASS = "PAYPASS", "PayPass"
    APPLEPAY = "APPLEPAY", "Apple Pay"
    ANDROIDPAY = "ANDROIDPAY", "Android Pay"
    TRANSITCARD = "TRANSITCARD", "public transport card"
    ACCOUNTNUMBER = "ACCOUNTNUMBER", "account number"
    PHONE = "PHONE", "phone"
    OTHER = "OTHER", "other"


class Station(models.Model):
    """A place where assets are picked up and given back."""

    station_id = models.CharField(max_length=100, unique=True)
    name = I18nCharField(max_length=200)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True, related_name="stations")
    latitude = models.FloatField()
    longitude = models.FloatField()
    street_address = models.CharField(max_length=200, blank=True)
    area_reference = models.CharField(max_length=200, blank=True, help_text="City or town.")
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1, two letters.")
    cross_street = I18nCharField(max_length=200, blank=True)
    stop_references = models.JSONField(
        default=list,
        blank=True,
        validators=[validate_stop_references],
        help_text='Public transport stops it stands at: [{"type": "CHB_STOP_PLACE_CODE", "id": "…", "country": "NL"}].',
    )
    contact_phone = models.CharField(max_length=30, blank=True)
    key_place = I18nTextField(blank=True, help_text="Where the physical keys of assets that stand here are.")
    parking_type = models.CharField(max_length=20, choices=ParkingType, blank=True)
    capacity = models.PositiveIntegerField(null=True, blank=True, help_text="Docks or places.")
    is_virtual = models.BooleanField(default=False, help_text="A place without smart docks.")
    station_area = models.JSONField(
        null=True, blank=True, validators=[validate_polygon], help_text="GeoJSON Polygon, of a station without docks."
    )
    is_valet_station = models.BooleanField(default=False, help_text="Somebody there takes any number of assets.")
    parking_hoop = models.BooleanField(
        null=True, blank=True, help_text="Places are kept free by parking hoops. Unknown: not told."
    )
    rental_methods = ArrayField(
        models.CharField(max_length=13, choices=RentalMethod), default=list, blank=True, help_text="How to pay there."
    )
    rental_method_other = models.CharField(max_length=100, blank=True, help_text="Which one, where it is another.")
    is_charging_station = models.BooleanField(default=False)
    is_installed = models.BooleanField(default=True)
    is_renting = models.BooleanField(default=True)
    is_returning = models.BooleanField(default=True)
    is_public = models.BooleanField(default=True, help_text="Private stations are never published.")

    class Meta:
        ordering: ClassVar = ["station_id"]
        constraints = [
            models.CheckConstraint(
                name="station_lies_on_earth",
                condition=Q(**LATITUDE_ON_EARTH, **LONGITUDE_ON_EARTH),
                violation_error_message=NOT_ON_EARTH,
            ),
            models.CheckConstraint(
                name="station_names_the_other_way_to_pay",
                condition=Q(rental_method_other="") | Q(rental_methods__contains=["OTHER"]),
                violation_error_message="Name another way to pay only where “other” is ticked.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)


class AssetTypeCapacity(models.Model):
    """How many docks or places of a station fit an asset type: TOMP's `assetTypeCapacity`."""

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="type_capacities")
    asset_type = models.ForeignKey("assets.AssetType", on_delete=models.CASCADE, related_name="+")
    capacity = models.PositiveIntegerField(help_text="Docks or places, taken and free.")

    class Meta:
        verbose_name, verbose_name_plural = "capacity for an asset type", "capacity by asset type"
        constraints = [
            models.UniqueConstraint(fields=["station", "asset_type"], name="station_has_one_capacity_per_asset_type"),
        ]

    def __str__(self) -> str:
        return f"{self.asset_type}: {self.capacity}"
