"""Who we are: one row, TOMP's `systemInformation`."""

import zoneinfo
from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from i18nfield.fields import I18nCharField, I18nTextField

from apps.clock.bounds import OUT_OF_BOUNDS, within_bounds
from apps.operator.opening import Season


def validate_time_zone(name: str) -> None:
    """Accept names of the IANA time zone database only."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(gettext("%(name)s is no time zone of the IANA database.") % {"name": name})


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


class FeedAccess(models.TextChoices):
    """Who may read the GBFS feed."""

    OFF = "OFF", "nobody, there is none"
    PUBLIC = "PUBLIC", "everybody"
    KEY = "KEY", "MPs with their credentials, others with the feed's key"


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
    license_url = models.URLField(blank=True, help_text="Under which terms what we publish may be used.")
    store_uri_android = models.CharField(max_length=500, blank=True, help_text="Our app in the store.")
    discovery_uri_android = models.CharField(
        max_length=500, blank=True, help_text="By which a phone finds out whether our app is on it."
    )
    store_uri_ios = models.CharField("store URI iOS", max_length=500, blank=True, help_text="Our app in the store.")
    discovery_uri_ios = models.CharField(
        "discovery URI iOS",
        max_length=500,
        blank=True,
        help_text="By which a phone finds out whether our app is on it.",
    )
    gbfs_access = models.CharField(
        "GBFS feed for", max_length=6, choices=FeedAccess, default=FeedAccess.OFF, db_default=FeedAccess.OFF
    )
    gbfs_key_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    chamber_of_commerce_number = models.CharField(max_length=30, blank=True)
    chamber_of_commerce_place = models.CharField(max_length=100, blank=True)
    postal_address = models.TextField(blank=True, help_text="As it stands on invoices, line by line.")
    vat_number = models.CharField("VAT number", max_length=30, blank=True, help_text="Printed on invoices.")
    finance_email = models.EmailField(
        blank=True, help_text="Told when the journal of a booking does not come to what the booking owes."
    )

    class Meta:
        verbose_name_plural = "operator"
        constraints = [
            models.CheckConstraint(name="operator_is_one_row", condition=models.Q(id=1)),
            models.CheckConstraint(name="operator_speaks_a_language", condition=models.Q(languages__len__gte=1)),
            models.CheckConstraint(
                name="operator_names_a_contact_in_its_feed",
                condition=Q(gbfs_access="OFF") | ~Q(feed_contact_email=""),
                violation_error_message="A GBFS feed names a contact: fill in the feed contact email.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)


class AlertType(models.TextChoices):
    """TOMP `systemAlert.alertType`."""

    SYSTEM_CLOSURE = "SYSTEM_CLOSURE", "we are closed"
    STATION_CLOSURE = "STATION_CLOSURE", "a station is closed"
    STATION_MOVE = "STATION_MOVE", "a station is moved"
    OTHER = "OTHER", "other"


class Alert(models.Model):
    """Something out of the ordinary that travellers should know: TOMP's `systemAlert`.

    Of these regions and stations; where it names none, of the whole system. It is told until the last of its periods is
    over, and without periods until staff take it away.
    """

    alert_id = models.SlugField(max_length=100, unique=True)
    alert_type = models.CharField("type", max_length=15, choices=AlertType)
    summary = I18nCharField(max_length=200, help_text="One line, as a traveller reads it.")
    description = I18nTextField(blank=True)
    url = models.URLField(blank=True, help_text="Where travellers read more.")
    regions = models.ManyToManyField("stations.Region", blank=True, related_name="+")
    stations = models.ManyToManyField(
        "stations.Station", blank=True, related_name="+", help_text="No region and no station: the whole system."
    )
    last_updated = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["alert_id"]

    def __str__(self) -> str:
        return str(self.summary)


class AlertPeriod(models.Model):
    """When an alert is in effect."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="periods")
    start_time = models.DateTimeField()
    end_time = models.DateTimeField()

    class Meta:
        verbose_name, verbose_name_plural = "period", "periods"
        ordering: ClassVar = ["start_time"]
        constraints = [
            models.CheckConstraint(
                name="alert_period_can_be_told",
                condition=within_bounds("start_time", "end_time"),
                violation_error_message=OUT_OF_BOUNDS,
            ),
            models.CheckConstraint(
                name="alert_period_lasts_some_time",
                condition=Q(end_time__gt=F("start_time")),
                violation_error_message="The end has to lie after the start.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start_time:%Y-%m-%d %H:%M} – {self.end_time:%Y-%m-%d %H:%M}"


class Day(models.TextChoices):
    """TOMP `day`."""

    MON = "MON", "Monday"
    TUE = "TUE", "Tuesday"
    WED = "WED", "Wednesday"
    THU = "THU", "Thursday"
    FRI = "FRI", "Friday"
    SAT = "SAT", "Saturday"
    SUN = "SUN", "Sunday"


class UserType(models.TextChoices):
    """TOMP `systemHours.userType`. Travellers who come through an MP are no members of ours."""

    MEMBER = "MEMBER", "members"
    NON_MEMBERS = "NON_MEMBERS", "non-members"


class OfAPlace(models.Model):
    """A rule of the whole system, of a region, or of a station. A station follows its own, else its region's."""

    region = models.ForeignKey("stations.Region", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    station = models.ForeignKey("stations.Station", on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(name="%(class)s_are_of_one_place", condition=Q(region=None) | Q(station=None))
        ]

    @property
    def place(self) -> str:
        """Whose rule it is, in words."""
        return str(self.station or self.region or "everywhere")


class SystemHours(OfAPlace):
    """Hours of the week in which we are open, TOMP's `systemHours`. Times are the operator's."""

    days = ArrayField(models.CharField(max_length=3, choices=Day))
    start_time = models.TimeField()
    end_time = models.TimeField(help_text="The closing minute is open. Before the start: on the day after.")
    user_type = models.CharField(max_length=11, choices=UserType, blank=True, help_text="Empty: for everybody.")

    class Meta(OfAPlace.Meta):
        verbose_name = verbose_name_plural = "opening hours"
        ordering: ClassVar = ["id"]
        constraints = [
            *OfAPlace.Meta.constraints,
            models.CheckConstraint(name="system_hours_are_of_some_day", condition=Q(days__len__gte=1)),
            models.CheckConstraint(name="system_hours_last_some_time", condition=~Q(start_time=F("end_time"))),
        ]

    def __str__(self) -> str:
        return f"{', '.join(self.days)} {self.start_time:%H:%M} – {self.end_time:%H:%M}"

    def clean(self) -> None:
        """A day has one set of hours per place and kind of user, as the document says."""
        others = SystemHours.objects.filter(
            region=self.region, station=self.station, user_type=self.user_type, days__overlap=self.days or []
        ).exclude(pk=self.pk)
        taken = {day for other in others for day in other.days} & set(self.days or [])
        if taken:
            days = ", ".join(Day(day).label for day in Day.values if day in taken)
            raise ValidationError(
                {"days": gettext("There are opening hours of this place for %(days)s already.") % {"days": days}}
            )


class SystemCalendar(OfAPlace):
    """Days of the year on which we operate, or are closed: TOMP's `systemCalendar`. Without years, of every year."""

    is_closed = models.BooleanField(default=False, help_text="Closed then; otherwise these are days of operation.")
    start_month = models.PositiveSmallIntegerField()
    start_day = models.PositiveSmallIntegerField()
    start_year = models.PositiveSmallIntegerField(null=True, blank=True)
    end_month = models.PositiveSmallIntegerField()
    end_day = models.PositiveSmallIntegerField()
    end_year = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta(OfAPlace.Meta):
        verbose_name, verbose_name_plural = "calendar entry", "calendar"
        ordering: ClassVar = ["id"]
        constraints = [
            *OfAPlace.Meta.constraints,
            models.CheckConstraint(
                name="system_calendar_names_months",
                condition=Q(start_month__range=(1, 12), end_month__range=(1, 12)),
            ),
            models.CheckConstraint(
                name="system_calendar_names_days", condition=Q(start_day__range=(1, 31), end_day__range=(1, 31))
            ),
            models.CheckConstraint(
                name="system_calendar_has_both_years_or_none",
                condition=Q(start_year=None, end_year=None) | Q(start_year__isnull=False, end_year__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        start, end = (
            "-".join(f"{part:02}" for part in parts if part is not None)
            for parts in (
                (self.start_year, self.start_month, self.start_day),
                (self.end_year, self.end_month, self.end_day),
            )
        )
        return f"{'closed' if self.is_closed else 'open'} {start} … {end}"

    @property
    def season(self) -> Season:
        """The days it is about."""
        return Season(
            self.start_month,
            self.start_day,
            self.end_month,
            self.end_day,
            self.start_year,
            self.end_year,
            closed=self.is_closed,
        )

    def clean(self) -> None:
        """Both ends are days that exist, and with years the end does not lie before the start."""
        start = _day_of_year("start", self.start_year, self.start_month, self.start_day)
        end = _day_of_year("end", self.end_year, self.end_month, self.end_day)
        if (self.start_year is None) != (self.end_year is None):
            raise ValidationError({"end_year": gettext("Give both years or neither.")})
        if self.start_year is not None and start is not None and end is not None and end < start:
            raise ValidationError({"end_day": gettext("The end lies before the start.")})


def _day_of_year(name: str, year: int | None, month: int | None, day: int | None) -> date | None:
    """The day; 29 February is one of every year. Raises `ValidationError` where there is none."""
    if month is None or day is None:
        return None
    try:
        return date(year if year is not None else 2024, month, day)
    except ValueError as error:
        raise ValidationError({f"{name}_day": gettext("There is no such day.")}) from error
