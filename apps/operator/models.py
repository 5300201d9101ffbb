"""Who we are: one row, TOMP's `systemInformation`."""

import zoneinfo

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from i18nfield.fields import I18nCharField, I18nTextField


def validate_time_zone(name: str) -> None:
    """Accept names of the IANA time zone database only."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"{name} is no time zone of the IANA database.")


class SystemType(models.TextChoices):
    """TOMP `typeOfSystem`."""

    FREE_FLOATING = "FREE_FLOATING", "free floating"
    STATION_BASED = "STATION_BASED", "station based"
    VIRTUAL_STATION_BASED = "VIRTUAL_STATION_BASED", "virtual stations"


class ProductType(models.TextChoices):
    """TOMP `productType`."""

    RENTAL = "RENTAL", "rental"
    SHARING = "SHARING", "sharing"
    PARKING = "PARKING", "parking"
    CHARGING = "CHARGING", "charging"


class Operator(models.Model):
    """The transport operator (TO) this back office belongs to. There is exactly one."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    system_id = models.CharField(max_length=100, help_text="Our id in `addressed-to` and /operator/information.")
    name = I18nCharField(max_length=200)
    short_name = I18nCharField(max_length=50, blank=True)
    legal_name = I18nCharField(max_length=200, blank=True)
    languages = ArrayField(
        models.CharField(max_length=10),
        help_text="Language tags of all texts, the default one first, such as nl, en.",
    )
    time_zone = models.CharField(max_length=50, validators=[validate_time_zone], default="Europe/Amsterdam")
    type_of_system = models.CharField(max_length=30, choices=SystemType)
    product_type = models.CharField(max_length=10, choices=ProductType, default=ProductType.SHARING)
    url = models.URLField(blank=True)
    purchase_url = models.URLField(blank=True)
    email = models.EmailField(blank=True)
    feed_contact_email = models.EmailField(blank=True)
    phone_number = models.CharField(max_length=30, blank=True)
    start_date = models.DateField(null=True, blank=True)
    conditions = I18nTextField(blank=True, help_text="General rental conditions, shown to travellers.")
    chamber_of_commerce_number = models.CharField(max_length=30, blank=True)
    chamber_of_commerce_place = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name_plural = "operator"
        constraints = [
            models.CheckConstraint(name="operator_is_one_row", condition=models.Q(id=1)),
            models.CheckConstraint(name="operator_speaks_a_language", condition=models.Q(languages__len__gte=1)),
        ]

    def __str__(self) -> str:
        return str(self.name)
