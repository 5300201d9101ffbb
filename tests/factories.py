"""Objects for tests, each complete enough to be used over the API."""

from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import factory
from django.contrib.auth import get_user_model
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.assets.damages.models import Damage
from apps.assets.models import Ancillary, Asset, AssetIdentifier, AssetType, MaintenanceJob, Ticket
from apps.bookings.models import Booking
from apps.operator.models import Alert, AlertPeriod, Day, Operator, SystemCalendar, SystemHours
from apps.parking.models import ParkedCar
from apps.payments.models import Invoice
from apps.pricing.models import FarePart, PricingPlan, PricingRule
from apps.processes.models import ProfileVersion
from apps.providers.models import CallbackEndpoint, Provider
from apps.stations.models import Region, Station

MAP_CENTRIC = {
    "processIdentifiers": {
        "operatorInformation": [],
        "planning": ["ASSET_BASED", "EXACT_ID"],
        "booking": ["NORMAL"],
        "tripExecution": [],
        "support": [],
        "payment": [],
        "general": [],
    },
    "steps": {},
    "conditions": [],
    "settings": {},
}


class OperatorFactory(DjangoModelFactory):
    class Meta:
        model = Operator
        django_get_or_create = ("id",)

    id = 1
    system_id = "TEST-OPERATOR"
    name = factory.LazyFunction(lambda: {"en": "Test bikes", "nl": "Testfietsen"})
    languages = ["en", "nl"]
    time_zone = "Europe/Amsterdam"
    type_of_system = "FREE_FLOATING"


class AlertFactory(DjangoModelFactory):
    """An alert of the whole system; `periods=` lists pairs of start and end, `stations=` and `regions=` places."""

    class Meta:
        model = Alert
        skip_postgeneration_save = True

    alert_id = factory.Sequence(lambda n: f"alert-{n}")
    alert_type = "OTHER"
    summary = factory.LazyFunction(lambda: {"en": "It storms", "nl": "Het stormt"})

    @factory.post_generation
    def periods(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        for start, end in extracted or ():
            AlertPeriod.objects.create(alert=self, start_time=start, end_time=end)

    @factory.post_generation
    def stations(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        self.stations.set(extracted or ())

    @factory.post_generation
    def regions(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        self.regions.set(extracted or ())


class SystemHoursFactory(DjangoModelFactory):
    """Open all day, every day."""

    class Meta:
        model = SystemHours

    days = factory.LazyFunction(lambda: list(Day.values))
    start_time = time(0, 0)
    end_time = time(23, 59)


class SystemCalendarFactory(DjangoModelFactory):
    """In operation all year, every year."""

    class Meta:
        model = SystemCalendar

    start_month, start_day, end_month, end_day = 1, 1, 12, 31


class RegionFactory(DjangoModelFactory):
    class Meta:
        model = Region

    region_id = factory.Sequence(lambda n: f"region-{n}")
    name = factory.LazyFunction(lambda: {"en": "Centre", "nl": "Centrum"})
    service_area = {
        "type": "Polygon",
        "coordinates": [[[5.0, 52.0], [5.2, 52.0], [5.2, 52.2], [5.0, 52.2], [5.0, 52.0]]],
    }


class StationFactory(DjangoModelFactory):
    class Meta:
        model = Station

    station_id = factory.Sequence(lambda n: f"station-{n}")
    name = factory.LazyFunction(lambda: {"en": "Station square", "nl": "Stationsplein"})
    latitude = 52.09
    longitude = 5.11
    capacity = 10


class PricingPlanFactory(DjangoModelFactory):
    class Meta:
        model = PricingPlan
        skip_postgeneration_save = True

    plan_id = factory.Sequence(lambda n: f"plan-{n}")
    name = factory.LazyFunction(lambda: {"en": "Pay as you go", "nl": "Betaal per rit"})
    description = factory.LazyFunction(lambda: {"en": "1.00 and 0.25 a minute", "nl": "1,00 en 0,25 per minuut"})
    currency = "EUR"
    vat_rate = Decimal("21.00")
    vat_country = "NL"

    @factory.post_generation
    def parts(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        """A fixed part of 1.00 and a flexible one of 0.25 a minute, unless `parts=` lists others."""
        if extracted is None:
            extracted = [
                {"type": "FIXED", "amount": Decimal("1.00")},
                {"type": "FLEX", "amount": Decimal("0.25"), "units": Decimal(1), "unit_type": "MINUTE"},
            ]
        for position, part in enumerate(extracted):
            FarePart.objects.create(plan=self, position=position, **part)


class PricingRuleFactory(DjangoModelFactory):
    """A plan for everything, everywhere and always."""

    class Meta:
        model = PricingRule

    plan = factory.SubFactory(PricingPlanFactory)


class AssetTypeFactory(DjangoModelFactory):
    class Meta:
        model = AssetType

    type_id = factory.Sequence(lambda n: f"bike-{n}")
    name = factory.LazyFunction(lambda: {"en": "City bike", "nl": "Stadsfiets"})
    asset_class = "BICYCLE"
    pricing_plan = factory.SubFactory(PricingPlanFactory)
    access_methods = ["DEEPLINK"]
    propulsion = "MUSCLE"


class AssetFactory(DjangoModelFactory):
    class Meta:
        model = Asset

    code = factory.Sequence(lambda n: f"B{n:05}")
    asset_type = factory.SubFactory(AssetTypeFactory)
    latitude = 52.0907
    longitude = 5.1214


class AncillaryFactory(DjangoModelFactory):
    """A helmet."""

    class Meta:
        model = Ancillary

    category, number = "HV", "01"
    name = factory.LazyFunction(lambda: {"en": "Helmet", "nl": "Helm"})


class AssetIdentifierFactory(DjangoModelFactory):
    class Meta:
        model = AssetIdentifier

    asset = factory.SubFactory(AssetFactory)
    kind = "QR"
    value = factory.Sequence(lambda n: f"https://qr.example/{n}")


class DamageFactory(DjangoModelFactory):
    """A dent that nobody is kept from riding by."""

    class Meta:
        model = Damage

    asset = factory.SubFactory(AssetFactory)
    component = "FRONT"
    description = "The mudguard is bent."
    reported_by = "staff dispatcher"


class MaintenanceJobFactory(DjangoModelFactory):
    """A job that is planned for now, blocks nothing, and waits to be started."""

    class Meta:
        model = MaintenanceJob

    asset = factory.SubFactory(AssetFactory)
    what = "Pump up the tyres"
    planned_from = factory.LazyFunction(timezone.now)
    planned_by = "staff dispatcher"


class TicketFactory(DjangoModelFactory):
    class Meta:
        model = Ticket

    asset_type = factory.SubFactory(AssetTypeFactory)
    code = factory.Sequence(lambda n: f"TICKET-{n:06}")


class ParkedCarFactory(DjangoModelFactory):
    """A car that has been parked at a station for an hour, at the tariff of `PricingPlanFactory`."""

    class Meta:
        model = ParkedCar

    plate = factory.Sequence(lambda n: f"AB{n:03}C")
    asset_type = factory.SubFactory(AssetTypeFactory, asset_class="PARKING", access_methods=[], propulsion="")
    station = factory.SubFactory(StationFactory)
    since = factory.LazyFunction(lambda: soon(-60))


class ProviderFactory(DjangoModelFactory):
    """An MP with a published map-centric process; `document=` publishes another, `document=None` none."""

    class Meta:
        model = Provider
        skip_postgeneration_save = True

    maas_id = factory.Sequence(lambda n: f"mp-{n}")
    name = factory.Sequence(lambda n: f"MaaS provider {n}")

    @factory.post_generation
    def document(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if extracted is not None or "none" not in kwargs:
            ProfileVersion.objects.create(provider=self, number=1, document=extracted or MAP_CENTRIC)


class CallbackEndpointFactory(DjangoModelFactory):
    class Meta:
        model = CallbackEndpoint

    provider = factory.SubFactory(ProviderFactory)
    base_url = "http://127.0.0.1:1/tomp"


class BookingFactory(DjangoModelFactory):
    """A confirmed booking without legs, made under the provider's published profile; `state=` makes another.

    The state field is protected only once the row exists.
    """

    class Meta:
        model = Booking

    provider = factory.SubFactory(ProviderFactory)
    profile_version = factory.LazyAttribute(lambda booking: booking.provider.profile_versions.first())
    state = "CONFIRMED"
    expires_at = factory.LazyAttribute(
        lambda booking: soon() if booking.state in ("PENDING", "CONDITIONAL_CONFIRMED") else None
    )
    departure_time = factory.LazyFunction(lambda: soon(5))
    from_place = factory.LazyFunction(lambda: {"coordinates": {"lng": 5.1214, "lat": 52.0907}})


class InvoiceFactory(DjangoModelFactory):
    """An invoice of the one journal entry `entry`."""

    class Meta:
        model = Invoice
        exclude = ("entry",)

    number = factory.Sequence(lambda n: f"2026-{n:06}")
    provider = factory.SelfAttribute("entry.provider")
    until = factory.LazyFunction(timezone.now)
    currency = "EUR"
    entries = 1
    amount = factory.SelfAttribute("entry.amount")
    amount_ex_vat = factory.SelfAttribute("entry.amount_ex_vat")


def staff_user(username: str = "staff", **fields: Any) -> Any:
    """A superuser with the password `correct horse battery`."""
    return get_user_model().objects.create_superuser(username, password="correct horse battery", **fields)


def soon(minutes: float = 10) -> Any:
    """A moment `minutes` from now."""
    return timezone.now() + timedelta(minutes=minutes)
