"""The fleet: asset types, assets, the ways to identify one, and who has been promised which."""

import uuid
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django_fsm import ConcurrentTransitionMixin, FSMField, FSMModelMixin, transition
from i18nfield.fields import I18nCharField, I18nTextField

from apps.assets.damages.models import Damage as Damage
from apps.assets.locks.models import LockGateway, LockState
from apps.assets.maintenance.models import MaintenanceJob as MaintenanceJob
from apps.pricing.models import PricingPlan
from apps.stations.models import LATITUDE_ON_EARTH, LONGITUDE_ON_EARTH, NOT_ON_EARTH, Station

MOST_KILOMETERS = 10_000_000  # further than any vehicle goes


class AssetClass(models.TextChoices):
    """TOMP `assetClass`, NeTEx's classes with a few changes."""

    AIR = "AIR"
    BUS = "BUS"
    TROLLEYBUS = "TROLLEYBUS"
    TRAM = "TRAM"
    COACH = "COACH"
    RAIL = "RAIL"
    INTERCITYRAIL = "INTERCITYRAIL"
    URBANRAIL = "URBANRAIL"
    METRO = "METRO"
    WATER = "WATER"
    CABLEWAY = "CABLEWAY"
    FUNICULAR = "FUNICULAR"
    TAXI = "TAXI"
    SELFDRIVE = "SELFDRIVE"
    FOOT = "FOOT"
    BICYCLE = "BICYCLE"
    MOTORCYCLE = "MOTORCYCLE"
    CAR = "CAR"
    SHUTTLE = "SHUTTLE"
    OTHER = "OTHER"
    PARKING = "PARKING"
    MOPED = "MOPED"
    STEP = "STEP"
    FERRY = "FERRY"


class Propulsion(models.TextChoices):
    MUSCLE = "MUSCLE", "muscle"
    ELECTRIC = "ELECTRIC", "electric"
    GASOLINE = "GASOLINE", "gasoline"
    DIESEL = "DIESEL", "diesel"
    HYBRID = "HYBRID", "hybrid"
    LPG = "LPG", "LPG"
    HYDROGEN = "HYDROGEN", "hydrogen"


class AccessMethod(models.TextChoices):
    """TOMP `assetAccessMethods`: how an asset can be opened."""

    DEEPLINK = "DEEPLINK", "deep link"
    QR = "QR", "QR code"
    AZTEC = "AZTEC", "Aztec code"
    TOMP_API = "TOMP-API", "through the TOMP-API"
    AXA_EKEY_OTP = "AXA-EKEY-OTP", "AXA eKey"
    PHYSICAL_KEY = "PHYSICAL-KEY", "physical key"
    BARCODE = "BARCODE", "barcode"
    PDF = "PDF", "PDF"
    HTML = "HTML", "HTML page"
    OVC = "OVC", "OV-chipkaart"
    EMV = "EMV", "bank card"
    NONE = "NONE", "none"


# Category and number of the travellers' dictionary, one after the other.
CODE = RegexValidator(r"^[A-Z]{1,10}[0-9A-Z]{2}$", "A category and a number of two characters, such as HR01.")


class AssetType(models.Model):
    """What assets have in common: an MP sees one as TOMP's `assetType`."""

    type_id = models.SlugField(max_length=100, unique=True)
    name = I18nCharField(max_length=200)
    asset_class = models.CharField(max_length=15, choices=AssetClass)
    asset_sub_class = models.CharField(max_length=100, blank=True, help_text="Mandatory for the class OTHER.")
    pricing_plan = models.ForeignKey(PricingPlan, on_delete=models.PROTECT, related_name="asset_types")
    brand = models.CharField(max_length=100, blank=True)
    model = models.CharField(max_length=100, blank=True)
    image = models.URLField(blank=True)
    propulsion = models.CharField(max_length=10, choices=Propulsion, blank=True)
    access_methods = ArrayField(models.CharField(max_length=15, choices=AccessMethod), default=list, blank=True)
    key_place = I18nTextField(
        blank=True, help_text="Where its key is, for physical keys. The station's text and the asset's go before it."
    )
    persons = models.PositiveSmallIntegerField(default=1)
    max_speed = models.PositiveSmallIntegerField(null=True, blank=True, help_text="km/h")
    wheel_count = models.PositiveSmallIntegerField(null=True, blank=True)
    gears = models.PositiveSmallIntegerField(null=True, blank=True)
    cargo_load = models.PositiveIntegerField(null=True, blank=True, help_text="kg")
    helmet_required = models.BooleanField(default=False)
    co2_per_km = models.FloatField(null=True, blank=True, help_text="grams")
    full_range_meters = models.PositiveIntegerField(null=True, blank=True, help_text="Range with a full battery.")
    minimum_age = models.PositiveSmallIntegerField(null=True, blank=True)
    license_class = models.CharField(
        max_length=15, choices=AssetClass, blank=True, help_text="The class of the licence its driver needs."
    )
    serves = ArrayField(
        models.CharField(max_length=12, validators=[CODE]),
        default=list,
        blank=True,
        help_text="What it is fit for, by category and number of the travellers' dictionary, such as HR01, ZR06.",
    )
    default_reserve_time = models.PositiveIntegerField(
        default=15, help_text="How long a reservation may wait for its rider, in minutes; 0: for ever."
    )
    lock_gateway = models.ForeignKey(
        LockGateway,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="asset_types",
        help_text="Through what its assets are locked and unlocked from afar; empty where they are not.",
    )

    class Meta:
        ordering: ClassVar = ["type_id"]
        constraints = [
            models.CheckConstraint(
                name="asset_type_of_class_other_has_a_sub_class",
                condition=~Q(asset_class="OTHER") | ~Q(asset_sub_class=""),
            ),
            models.CheckConstraint(name="asset_type_carries_someone", condition=Q(persons__gte=1)),
        ]

    def __str__(self) -> str:
        return str(self.name)


class AssetState(models.TextChoices):
    """Where an asset is in its life. Source: STATES, "Asset"."""

    AVAILABLE = "AVAILABLE", "available"
    RESERVED = "RESERVED", "reserved"
    IN_USE = "IN_USE", "in use"
    MAINTENANCE = "MAINTENANCE", "in maintenance"
    CHARGING = "CHARGING", "charging"
    RELOCATING = "RELOCATING", "being relocated"
    MISSING = "MISSING", "missing"
    RETIRED = "RETIRED", "retired"


OUT_OF_SERVICE = [AssetState.MAINTENANCE, AssetState.CHARGING, AssetState.RELOCATING, AssetState.MISSING]


def new_public_id() -> str:
    """A fresh id under which MPs see an asset until its next trip ends."""
    return str(uuid.uuid4())


class Asset(ConcurrentTransitionMixin, FSMModelMixin, models.Model):
    """One bike, scooter or car."""

    history_kind = "asset"

    code = models.CharField(max_length=50, unique=True, help_text="The fleet number staff know it by.")
    public_id = models.CharField(
        max_length=40,
        unique=True,
        default=new_public_id,
        editable=False,
        help_text="Rotates when a trip ends.",
    )
    asset_type = models.ForeignKey(AssetType, on_delete=models.PROTECT, related_name="assets")
    state = FSMField(default=AssetState.AVAILABLE, choices=AssetState.choices, protected=True)
    latitude = models.FloatField()
    longitude = models.FloatField()
    position_at = models.DateTimeField(default=timezone.now, editable=False)
    device_id = models.CharField(
        max_length=100,
        unique=True,
        null=True,
        blank=True,
        help_text="What its on-board unit calls itself when it reports; empty where it uses the fleet number.",
    )
    seen_at = models.DateTimeField(null=True, editable=False, help_text="When it last reported anything.")
    station = models.ForeignKey(
        Station,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="assets",
        help_text="Where it stands.",
    )
    home_station = models.ForeignKey(
        Station, on_delete=models.SET_NULL, null=True, blank=True, related_name="home_assets"
    )
    state_of_charge = models.PositiveSmallIntegerField(null=True, blank=True, help_text="percent")
    mileage = models.FloatField(null=True, blank=True, help_text="km")
    key_place = I18nTextField(
        blank=True, help_text="Where its physical key is, where neither the station's nor the type's text says so."
    )
    lock_state = models.CharField(
        "lock",
        max_length=10,
        choices=LockState,
        default=LockState.UNKNOWN,
        db_default=LockState.UNKNOWN,
        editable=False,
        help_text="As last heard of.",
    )
    lock_device_id = models.CharField(
        "lock's id", max_length=100, blank=True, help_text="By which its gateway knows the lock; empty for the number."
    )

    class Meta:
        ordering: ClassVar = ["code"]
        constraints = [
            models.CheckConstraint(
                name="asset_lies_on_earth",
                condition=Q(**LATITUDE_ON_EARTH, **LONGITUDE_ON_EARTH),
                violation_error_message=NOT_ON_EARTH,
            ),
            models.CheckConstraint(
                name="asset_charge_is_a_percentage",
                condition=Q(state_of_charge=None) | Q(state_of_charge__lte=100),
                violation_error_message="The state of charge is a percentage, from 0 to 100.",
            ),
            models.CheckConstraint(
                name="asset_mileage_is_a_distance",  # in PostgreSQL NaN is the largest number
                condition=Q(mileage=None) | Q(mileage__gte=0, mileage__lte=MOST_KILOMETERS),
                violation_error_message="The mileage is a number of kilometres, from 0 to 10,000,000.",
            ),
            models.CheckConstraint(name="asset_state_is_known", condition=Q(state__in=AssetState.values)),
            models.CheckConstraint(name="asset_lock_state_is_known", condition=Q(lock_state__in=LockState.values)),
        ]
        indexes = [
            models.Index(
                fields=["latitude", "longitude"],
                name="asset_on_the_map",
                condition=Q(state__in=["AVAILABLE", "RESERVED"]),
            ),
            models.Index(fields=["state"], name="asset_by_state"),
            models.Index(fields=["code"], name="asset_with_a_jammed_lock", condition=Q(lock_state="JAMMED")),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def history_id(self) -> str:
        return str(self.pk)

    @property
    def history_booking_id(self) -> None:
        return None

    # STATES, "Asset", row by row.

    @transition(state, AssetState.AVAILABLE, AssetState.RESERVED)
    def reserve(self) -> None:
        """Promised to a booking that begins now."""

    @transition(state, AssetState.RESERVED, AssetState.AVAILABLE)
    def free(self) -> None:
        """The promise ended without a ride."""

    @transition(state, [AssetState.AVAILABLE, AssetState.RESERVED], AssetState.IN_USE)
    def take(self) -> None:
        """A leg is set in use."""

    @transition(state, AssetState.IN_USE, AssetState.AVAILABLE)
    def give_back(self) -> None:
        """The leg that used it ended."""

    @transition(state, [AssetState.AVAILABLE, *OUT_OF_SERVICE], AssetState.MAINTENANCE)
    def start_maintenance(self) -> None:
        """Taken into the workshop."""

    @transition(state, [AssetState.AVAILABLE, *OUT_OF_SERVICE], AssetState.CHARGING)
    def start_charging(self) -> None:
        """Taken away to charge."""

    @transition(state, [AssetState.AVAILABLE, *OUT_OF_SERVICE], AssetState.RELOCATING)
    def start_relocation(self) -> None:
        """On its way to another place."""

    @transition(state, [AssetState.AVAILABLE, *OUT_OF_SERVICE], AssetState.MISSING)
    def report_missing(self) -> None:
        """Nobody can find it."""

    @transition(state, OUT_OF_SERVICE, AssetState.AVAILABLE)
    def return_to_service(self) -> None:
        """Ready to be hired again."""

    @transition(state, [AssetState.AVAILABLE, *OUT_OF_SERVICE], AssetState.RETIRED)
    def retire(self) -> None:
        """Never to be hired again."""


class IdentifierKind(models.TextChoices):
    """What can be scanned or read on an asset. Source: seed process-identifiers, planning."""

    BLUETOOTH = "BLUETOOTH", "Bluetooth or beacon id"
    QR = "QR", "QR code"
    NFC = "NFC", "NFC tag"
    BARCODE = "BARCODE", "barcode"
    PRINTED_CODE = "PRINTED_CODE", "printed code"
    LICENCE_PLATE = "LICENCE_PLATE", "licence plate"
    OTHER = "OTHER", "other, agreed with an MP"


class AssetIdentifier(models.Model):
    """Something on the asset by which a traveller can point at it."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=15, choices=IdentifierKind)
    value = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "value"], name="asset_identifier_names_one_asset"),
            models.CheckConstraint(name="asset_identifier_is_not_empty", condition=~Q(value="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"


class Reservation(models.Model):
    """An asset, or a place in a pool of one asset type, promised for a period: to a leg, or to a maintenance job.

    It is live until released; a hold (`expires_at` set) ends by itself at that instant, whether or not
    anybody has written that down. Two live reservations of one asset never overlap: the database refuses.
    """

    asset_type = models.ForeignKey(AssetType, on_delete=models.PROTECT, related_name="reservations")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, null=True, blank=True, related_name="reservations")
    station = models.ForeignKey(Station, on_delete=models.PROTECT, null=True, blank=True, related_name="reservations")
    period = DateTimeRangeField(help_text="Without an agreed arrival time the end is open.")
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Set while it is only a hold.")
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="reservation_asset_never_overlaps",
                index_type="GIST",
                expressions=[
                    (
                        Func(F("asset"), F("asset"), models.Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (F("period"), RangeOperators.OVERLAPS),
                ],
                condition=Q(released_at__isnull=True, asset__isnull=False),
            ),
            models.CheckConstraint(name="reservation_period_is_not_empty", condition=Q(period__isempty=False)),
        ]
        indexes = [
            models.Index(fields=["asset"], name="reservation_live_of_asset", condition=Q(released_at=None)),
            models.Index(
                fields=["station", "asset_type"],
                name="reservation_live_place",
                condition=Q(released_at=None, asset=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asset or self.asset_type} {self.period}"


class Ticket(models.Model):
    """An access code made elsewhere, in stock until it is given out: to one leg, once, for good.

    The leg is known by its reservation. Should that be deleted one day, the ticket stays given out: the database
    refuses to change or delete one that has been. Source: seed process-identifiers, ACCESS_TICKETSTOCK.
    """

    asset_type = models.ForeignKey(AssetType, on_delete=models.PROTECT, related_name="tickets")
    code = models.CharField(
        max_length=80, help_text="What the reader reads: printable ASCII, as much as fits into a barcode."
    )
    loaded_at = models.DateTimeField(default=timezone.now, editable=False)
    given_at = models.DateTimeField(null=True, editable=False)
    reservation = models.OneToOneField(
        Reservation, on_delete=models.SET_NULL, null=True, editable=False, related_name="ticket"
    )

    class Meta:
        ordering: ClassVar = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["asset_type", "code"], name="ticket_is_in_stock_once"),
            models.CheckConstraint(name="ticket_code_is_printable", condition=Q(code__regex=r"^[ -~]+$")),
            models.CheckConstraint(
                name="ticket_of_a_leg_is_given_out", condition=Q(reservation=None) | Q(given_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["asset_type", "id"], name="ticket_in_stock", condition=Q(given_at=None))]

    def __str__(self) -> str:
        return self.code


class Ancillary(models.Model):
    """What can be taken along with an asset, such as a helmet, by category and number of the travellers' dictionary."""

    category = models.CharField(max_length=10, validators=[RegexValidator(r"^[A-Z]+$")])
    number = models.CharField(max_length=2, validators=[RegexValidator(r"^[0-9A-Z]{2}$")])
    name = I18nCharField(max_length=200)
    price = models.DecimalField(
        max_digits=12,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="Per ride, VAT included, in the currency and under the VAT of the ride's own price list.",
    )

    class Meta:
        ordering: ClassVar = ["category", "number"]
        verbose_name_plural = "ancillaries"
        constraints = [
            models.UniqueConstraint(fields=["category", "number"], name="ancillary_has_its_own_number"),
            models.CheckConstraint(
                name="ancillary_number_has_two_characters", condition=Q(number__regex=r"^[0-9A-Z]{2}$")
            ),
            models.CheckConstraint(name="ancillary_price_is_not_negative", condition=Q(price=None) | Q(price__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.category}{self.number} {self.name}"


class AncillaryStock(models.Model):
    """How many there are: so many at a station, or so many that come with each asset of a type."""

    ancillary = models.ForeignKey(Ancillary, on_delete=models.PROTECT, related_name="stocks")
    station = models.ForeignKey(Station, on_delete=models.CASCADE, null=True, blank=True, related_name="ancillaries")
    asset_type = models.ForeignKey(
        AssetType, on_delete=models.CASCADE, null=True, blank=True, related_name="ancillaries"
    )
    count = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="ancillary_stock_is_at_a_station_or_on_a_type",
                condition=Q(station=None, asset_type__isnull=False) | Q(station__isnull=False, asset_type=None),
            ),
            models.UniqueConstraint(fields=["ancillary", "station"], name="ancillary_stock_of_a_station_is_one"),
            models.UniqueConstraint(fields=["ancillary", "asset_type"], name="ancillary_stock_of_a_type_is_one"),
        ]

    def __str__(self) -> str:
        return f"{self.count} × {self.ancillary}"


class AncillaryReservation(models.Model):
    """An ancillary promised to a leg, known by its reservation and for the same period.

    `item` says which of those at the station; those that come with an asset are promised with it. Two live
    reservations of one item never overlap: the database refuses.
    """

    reservation = models.ForeignKey(Reservation, on_delete=models.CASCADE, related_name="ancillaries")
    stock = models.ForeignKey(AncillaryStock, on_delete=models.PROTECT, related_name="reservations")
    ancillary = models.ForeignKey(Ancillary, on_delete=models.PROTECT, related_name="reservations")
    item = models.PositiveSmallIntegerField(null=True)
    period = DateTimeRangeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="ancillary_is_never_given_twice",
                index_type="GIST",
                expressions=[
                    (Func(F("stock"), F("stock"), models.Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    (Func(F("item"), F("item"), models.Value("[]"), function="int4range"), RangeOperators.OVERLAPS),
                    (F("period"), RangeOperators.OVERLAPS),
                ],
                condition=Q(released_at__isnull=True, item__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["reservation", "ancillary"],
                condition=Q(released_at=None),
                name="ancillary_is_taken_once_per_leg",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ancillary} {self.period}"
