"""The fleet: asset types, and assets with what may become of them."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.db.models import Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from apps.assets.admin_ancillaries import AncillaryAdmin as AncillaryAdmin
from apps.assets.admin_asset_page import AssetPage
from apps.assets.admin_bulk import BULK_ACTIONS
from apps.assets.admin_buttons import SERVICE_BUTTONS
from apps.assets.admin_damages import DamageAdmin as DamageAdmin
from apps.assets.admin_damages import DamageInline, reported_by_staff
from apps.assets.admin_labels import LABEL_BUTTON
from apps.assets.admin_locks import SimulatedLockInline
from apps.assets.admin_maintenance import PLAN_BUTTON
from apps.assets.admin_maintenance import MaintenanceJobAdmin as MaintenanceJobAdmin
from apps.assets.admin_map import MapViews
from apps.assets.admin_spreadsheets import AssetIdentifierTable, AssetTable
from apps.assets.admin_tickets import TicketAdmin as TicketAdmin
from apps.assets.damages.models import Damage
from apps.assets.locks.models import GatewayKind
from apps.assets.models import CODE, AccessMethod, Asset, AssetIdentifier, AssetType, IdentifierKind
from apps.assets.selectors import with_a_jammed_lock
from apps.assets.tickets import empty_stocks
from apps.backoffice.admin_base import BackofficeAdmin, InlineMixin, once_a_page
from apps.backoffice.badges import state_badge
from apps.backoffice.import_export import SpreadsheetsMixin
from apps.backoffice.model_words import choices_in_words
from apps.backoffice.words import NOTHING, actor_in_words, link, moment, table
from apps.fleet.withdrawing import bookings_promised
from apps.history.models import ActorKind, Transition
from apps.history.services import Actor
from apps.legs.models import Leg, LockCommand
from apps.stations.geo import meters_between

SHOWN = 10


class AssetTypeForm(forms.ModelForm):
    """Access methods are ticked, what it is fit for is typed as a list."""

    access_methods = forms.MultipleChoiceField(
        choices=choices_in_words(AccessMethod), widget=UnfoldAdminCheckboxSelectMultipleWidget, required=False
    )
    serves = SimpleArrayField(
        forms.CharField(max_length=12, validators=[CODE]),
        widget=UnfoldAdminTextInputWidget,
        required=False,
        help_text=AssetType._meta.get_field("serves").help_text,
    )


class TicketsFilter(admin.SimpleListFilter):
    """Types whose travellers cannot be given tickets any more."""

    title = _("tickets")
    parameter_name = "tickets"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """There is one list."""
        return [("none", _("all given out"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AssetType]) -> QuerySet[AssetType]:
        """Types whose stock has run out."""
        return empty_stocks(queryset) if self.value() == "none" else queryset


@admin.register(AssetType)
class AssetTypeAdmin(BackofficeAdmin):
    """What assets have in common."""

    when_empty = _(
        "Asset types say what assets have in common: what they are, how they are locked, what they cost. Add one "
        "before the first asset."
    )
    form = AssetTypeForm
    list_display = ("type_id", "name", "asset_class", "propulsion", "pricing_plan", "default_reserve_time")
    list_filter = ("asset_class", "propulsion", "pricing_plan", TicketsFilter)
    list_select_related = ("pricing_plan",)
    search_fields = ("type_id__startswith", "name")
    fieldsets = (
        (_("Asset type"), {"fields": ("type_id", "name", ("asset_class", "asset_sub_class"), "pricing_plan")}),
        (_("Model"), {"fields": (("brand", "model"), ("propulsion", "gears"), ("wheel_count", "max_speed"), "image")}),
        (_("Access"), {"fields": ("access_methods", "key_place", "lock_gateway")}),
        (
            _("Hire"),
            {"fields": (("default_reserve_time", "minimum_age"), ("helmet_required", "license_class"), "serves")},
        ),
        (_("Use"), {"fields": (("persons", "cargo_load"), ("full_range_meters", "co2_per_km"))}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Its id is what MPs and process profiles know it by: it stays."""
        return () if obj is None else ("type_id",)


class AssetIdentifierInline(InlineMixin, TabularInline):
    """What can be scanned or read on it."""

    when_empty = _(
        "Add what can be scanned or read on the asset, such as its QR code, so that it can be found by that."
    )
    model = AssetIdentifier
    extra = 0


class LockFilter(admin.SimpleListFilter):
    """Assets that nobody can hire until somebody has seen to their lock."""

    title = _("lock needs")
    parameter_name = "lock"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """There is one list."""
        return [("jammed", _("freeing: it is jammed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Asset]) -> QuerySet[Asset]:
        """Assets with a jammed lock."""
        return with_a_jammed_lock(queryset) if self.value() == "jammed" else queryset


@admin.register(Asset)
class AssetAdmin(AssetPage, SpreadsheetsMixin, MapViews, BackofficeAdmin):
    """One bike, scooter or car: where it is, what it is promised to, and taking it out of service."""

    when_empty = _(
        "Assets are the bikes, scooters and cars that are hired out. Add them one by one, or import them from a "
        "spreadsheet."
    )
    list_display = ("code", "asset_type", "state_shown", "station", "charge", "position_at")
    list_filter = ("state", "lock_state", LockFilter, "asset_type", "station__region", "home_station__region")
    list_select_related = ("asset_type", "station")
    search_fields = ("code",)
    search_help_text = _("How the asset's number begins, its public id, or what is read on it")
    ordering = ("code",)
    actions = BULK_ACTIONS
    autocomplete_fields = ("station", "home_station")
    readonly_fields = (
        "state_shown",
        "public_id",
        "lock_state",
        "position_shown",
        "seen",
        "trail",
        "promised",
        "rides",
        "locks",
        "history",
    )
    buttons = (*SERVICE_BUTTONS, LABEL_BUTTON, PLAN_BUTTON)
    tables = (AssetTable, AssetIdentifierTable)
    about: ClassVar = (
        _("Asset"),
        {"fields": (("code", "asset_type"), ("state_shown", "public_id"), ("lock_state", "lock_device_id"))},
    )
    reports: ClassVar = (_("Telemetry"), {"fields": ("device_id", ("seen", "position_shown"), "trail")})
    place: ClassVar = (
        _("Where it is"),
        {
            "fields": (
                ("latitude", "longitude"),
                ("station", "home_station"),
                ("state_of_charge", "mileage"),
                "key_place",
            )
        },
    )

    def get_fieldsets(self, request: HttpRequest, obj: Asset | None = None) -> Any:
        """A new asset has no story yet."""
        if obj is None:
            return ((_("Asset"), {"fields": (("code", "asset_type"), "device_id")}), self.place)
        story = (_("Bookings and history"), {"fields": ("promised", "rides", "locks", "history")})
        return (self.about, self.place, self.reports, story)

    def get_inlines(self, request: HttpRequest, obj: Asset | None = None) -> Any:
        """A simulated lock only where locks are simulated; damages once it is there."""
        if obj is None:
            return (AssetIdentifierInline,)
        gateway = obj.asset_type.lock_gateway
        simulated = gateway is not None and gateway.kind == GatewayKind.SIMULATED
        return (AssetIdentifierInline, DamageInline, *([SimulatedLockInline] if simulated else []))

    def get_readonly_fields(self, request: HttpRequest, obj: Asset | None = None) -> Any:
        """Bookings name the type, so an asset keeps it."""
        return self.readonly_fields if obj is None else ("asset_type", *self.readonly_fields)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Assets are retired, so that their history stays."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Asset]:
        """Edits read the asset under its lock, so that they never meet a ride that changes it."""
        page = request.resolver_match.url_name if request.resolver_match else ""
        assets = super().get_queryset(request)
        if request.method == "POST" and page == "assets_asset_change":
            return assets.select_for_update(of=("self",))
        return assets

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """A place that staff enter is where the asset is now."""
        if {"latitude", "longitude", "station"} & set(form.changed_data):
            obj.position_at = timezone.now()
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Damages with who reported them."""
        for one in formset.forms:
            if isinstance(one.instance, Damage):
                reported_by_staff(request, one.instance)
        super().save_formset(request, form, formset, change)

    def changed_fields(self, obj: Any, form: ModelForm) -> list[str]:
        """With the moment of the position, which is no field of the form."""
        changed = super().changed_fields(obj, form)
        return [*changed, "position_at"] if {"latitude", "longitude", "station"} & set(changed) else changed

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Asset], search_term: str
    ) -> tuple[QuerySet[Asset], bool]:
        """Only what an index can find: how the number begins, and whole ids."""
        term = search_term.strip()
        if not term:
            return queryset, False
        read = AssetIdentifier.objects.filter(kind__in=IdentifierKind.values, value=term)
        found = (
            Asset.objects.filter(Q(code__startswith=term) | Q(code__startswith=term.upper()))
            .values("pk")
            .union(Asset.objects.filter(public_id=term).values("pk"), read.values("asset_id"))
        )
        return queryset.filter(pk__in=found), False

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, asset: Asset) -> SafeString:
        """In words."""
        return state_badge("asset", asset.state)

    @admin.display(description=_("charge"), ordering="state_of_charge")
    def charge(self, asset: Asset) -> str:
        """Of the battery."""
        return NOTHING if asset.state_of_charge is None else f"{asset.state_of_charge} %"

    @admin.display(description=_("position known at"))
    def position_shown(self, asset: Asset) -> str:
        """When it was there."""
        return moment(asset.position_at)

    @admin.display(description=_("last reported"))
    def seen(self, asset: Asset) -> str:
        """When its on-board unit last said anything."""
        return moment(asset.seen_at)

    @admin.display(description=_("trail"))
    @once_a_page
    def trail(self, asset: Asset) -> str:
        """How much is kept of where it was, and how far from its place it was seen last."""
        last = asset.trail.exclude(latitude=None).last()
        if last is None or last.latitude is None or last.longitude is None:
            return NOTHING
        away = meters_between((asset.latitude, asset.longitude), (last.latitude, last.longitude))
        count = asset.trail.count()
        said = ngettext(
            "%(count)s point, of %(moment)s, %(away)s m from its place",
            "%(count)s points; the last one, of %(moment)s, is %(away)s m from its place",
            count,
        )
        return said % {"count": count, "moment": moment(last.at), "away": round(away)}

    @admin.display(description=_("promised to"))
    @once_a_page
    def promised(self, asset: Asset) -> SafeString | str:
        """Bookings that hold it, now or later."""
        return table(
            [gettext("Booking"), gettext("State"), gettext("Provider"), gettext("Departure")],
            [
                [
                    link(booking, str(booking.pk)[:8]),
                    state_badge("booking", booking.state),
                    booking.provider,
                    moment(booking.departure_time),
                ]
                for booking in bookings_promised(asset.pk)
            ],
        )

    @admin.display(description=_("latest rides"))
    @once_a_page
    def rides(self, asset: Asset) -> SafeString | str:
        """The last few legs."""
        legs = Leg.objects.filter(asset=asset).select_related("booking__provider").order_by("-departure_time")
        return table(
            [gettext("Leg"), gettext("State"), gettext("Booking"), gettext("Provider"), gettext("Departure")],
            [
                [
                    link(leg, str(leg.pk)[:8]),
                    state_badge("leg", leg.state),
                    link(leg.booking, str(leg.booking_id)[:8]),
                    leg.booking.provider,
                    moment(leg.actual_departure_time or leg.departure_time),
                ]
                for leg in legs[:SHOWN]
            ],
        )

    @admin.display(description=_("latest lock commands"))
    @once_a_page
    def locks(self, asset: Asset) -> SafeString | str:
        """The last few things its lock was told, and what became of them."""
        commands = LockCommand.objects.filter(asset=asset).order_by("-id")
        return table(
            [
                gettext("When"),
                gettext("Told to"),
                gettext("For"),
                gettext("State"),
                gettext("Settled"),
                gettext("Why"),
            ],
            [
                [
                    link(command, moment(command.asked_at)),
                    command.get_order_display(),
                    command.event,
                    state_badge("lock command", command.state),
                    moment(command.settled_at),
                    command.error,
                ]
                for command in commands[:SHOWN]
            ],
        )

    @admin.display(description=_("latest changes"))
    @once_a_page
    def history(self, asset: Asset) -> SafeString | str:
        """The last few transitions: when, by whom, why."""
        rows = Transition.objects.filter(subject_kind="asset", subject_id=asset.history_id).order_by("-id")
        return table(
            [gettext("When"), gettext("State"), gettext("By"), gettext("Why")],
            [
                [
                    moment(row.at),
                    state_badge("asset", row.to_state),
                    actor_in_words(Actor(ActorKind(row.actor_kind), row.actor_name)),
                    row.reason,
                ]
                for row in rows[:SHOWN]
            ],
        )
