"""Legs: each ride, as agreed and as it went."""

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import floatformat
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.assets.models import Asset
from apps.backoffice.admin_base import ReadOnlyAdmin
from apps.backoffice.badges import state_badge, state_in_words
from apps.backoffice.looks import SEE_USER_LOCATION, may_see, note_look, without
from apps.backoffice.searching import ids_beginning_with
from apps.backoffice.words import NOTHING, fare_in_words, link, moment, object_in_words, place_in_words, table
from apps.legs.admin_buttons import LEG_BUTTONS, LOCK_BUTTONS
from apps.legs.admin_correcting import CORRECT
from apps.legs.admin_locks import LockCommandAdmin as LockCommandAdmin
from apps.legs.models import UNDER_WAY, Leg
from apps.legs.selectors import endangered, lacking_an_asset, over_time
from apps.payments.admin_buttons import MONEY_BUTTONS
from apps.tomp.identifiers import as_uuid


class AssetFilter(admin.SimpleListFilter):
    """The dispatcher's list: rides near their departure for which no asset was left."""

    title = _("asset")
    parameter_name = "asset"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """There is one list."""
        return [("lacking", gettext("needs an asset"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Leg]) -> QuerySet[Leg]:
        """Legs that lack an asset."""
        return lacking_an_asset(queryset) if self.value() == "lacking" else queryset


class OvertimeFilter(admin.SimpleListFilter):
    """The dispatcher's list: rides past their agreed arrival, and whoever waits for their assets."""

    title = _("over time")
    parameter_name = "overtime"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Those who are late, and those who wait for them."""
        return [
            ("over", gettext("over time")),
            ("endangered", gettext("begins soon with an asset that is late or broken")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Leg]) -> QuerySet[Leg]:
        """Legs of the chosen kind at this moment."""
        kinds = {"over": over_time, "endangered": endangered}
        chosen = kinds.get(self.value() or "")
        return queryset if chosen is None else chosen(queryset, timezone.now())


@admin.register(Leg)
class LegAdmin(ReadOnlyAdmin):
    """Look a ride up, start it where the operator does, help it out of an issue, end it."""

    when_empty = _("A leg is a ride with one asset. Legs come here with the bookings that MPs make.")
    buttons = (*LEG_BUTTONS, *LOCK_BUTTONS, CORRECT, *MONEY_BUTTONS)
    offered_on: ClassVar = {"booking": lambda leg: leg.booking}

    list_display = (
        "reference",
        "state_shown",
        "asset",
        "asset_type",
        "provider",
        "departure_time",
        "overtime",
        "distance",
    )
    list_filter = ("state", OvertimeFilter, AssetFilter, "asset_type", "booking__provider", "departure_time")
    list_select_related = ("asset", "asset_type", "booking__provider")
    search_fields = ("id",)
    search_help_text = _("A leg's or booking's id, or how an asset's number begins")
    ordering = ("-departure_time",)
    fieldsets = (
        (
            _("Leg"),
            {
                "fields": (
                    ("state_shown", "booking_shown"),
                    "issue_shown",
                    "replacements_shown",
                    ("asset_shown", "asset_type_shown"),
                    "known_as",
                )
            },
        ),
        (
            _("Ride"),
            {
                "fields": (
                    ("from_shown", "to_shown"),
                    ("departure_shown", "arrival_shown"),
                    "distance",
                    "events_shown",
                )
            },
        ),
        (_("Price"), {"fields": (("fare_shown", "final_fare_shown"),)}),
        (_("Conditions"), {"fields": ("conditions_shown",), "classes": ["collapse"]}),
    )
    readonly_fields = (
        "state_shown",
        "issue_shown",
        "replacements_shown",
        "booking_shown",
        "asset_shown",
        "asset_type_shown",
        "known_as",
        "from_shown",
        "to_shown",
        "departure_shown",
        "arrival_shown",
        "distance",
        "events_shown",
        "comments_shown",
        "user_locations_shown",
        "fare_shown",
        "final_fare_shown",
        "conditions_shown",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Leg]:
        """With what its page names."""
        return super().get_queryset(request).select_related("asset", "asset_type", "booking__provider", "reservation")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Leg], search_term: str
    ) -> tuple[QuerySet[Leg], bool]:
        """By the leg's or the booking's id, or how it begins, else by the asset's number."""
        term = search_term.strip()
        if not term:
            return queryset, False
        between = ids_beginning_with(term)
        assets = Asset.objects.filter(Q(code__startswith=term) | Q(code__startswith=term.upper()))
        found = Leg.objects.filter(asset__in=assets).values("pk")
        if between is not None:
            by_id = (Leg.objects.filter(**{name: between}).values("pk") for name in ("pk__range", "booking__pk__range"))
            found = found.union(*by_id)
        return queryset.filter(pk__in=found), False

    @admin.display(description=_("leg"), ordering="id")
    def reference(self, leg: Leg) -> str:
        """The first part of the id."""
        return str(leg.pk)[:8]

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, leg: Leg) -> SafeString:
        """In words."""
        return state_badge("leg", leg.state)

    @admin.display(description=_("issue"))
    def issue_shown(self, leg: Leg) -> str:
        """Since when an issue stops it, and where it was."""
        if leg.issue_since is None:
            return NOTHING
        told = {"moment": moment(leg.issue_since), "state": state_in_words("leg", leg.state_before_issue)}
        return gettext("since %(moment)s, when it was %(state)s") % told

    @admin.display(description=_("replacements asked for"))
    def replacements_shown(self, leg: Leg) -> SafeString | str:
        """Assets of another type that the MP was asked to agree to, and what became of that."""
        return table(
            [gettext("Asset"), gettext("Asked"), gettext("By"), gettext("Why"), gettext("Answer"), gettext("Because")],
            [
                [
                    link(one.asset, f"{one.asset} ({one.asset.asset_type})"),
                    moment(one.asked_at),
                    one.asked_by,
                    one.reason,
                    one.get_outcome_display()
                    or gettext("none yet, held until %(moment)s") % {"moment": moment(one.reservation.expires_at)},
                    one.note or NOTHING,
                ]
                for one in leg.replacements.select_related("asset__asset_type", "reservation")
            ],
        )

    @admin.display(description=_("provider"))
    def provider(self, leg: Leg) -> Any:
        """Through whom it was booked."""
        return leg.booking.provider

    @admin.display(description=_("booking"))
    def booking_shown(self, leg: Leg) -> SafeString:
        """The booking it belongs to."""
        return link(leg.booking)

    @admin.display(description=_("asset"))
    def asset_shown(self, leg: Leg) -> SafeString | str:
        """The asset ridden, or since when one is looked for."""
        if leg.asset is not None:
            return link(leg.asset)
        if leg.lacks_asset_since is None:
            return NOTHING
        return gettext("none left since %(moment)s") % {"moment": moment(leg.lacks_asset_since)}

    @admin.display(description=_("asset type"))
    def asset_type_shown(self, leg: Leg) -> SafeString:
        """The type booked."""
        return link(leg.asset_type)

    @admin.display(description=_("asset's id at the MP"))
    def known_as(self, leg: Leg) -> str:
        """The public id this MP knows the asset by."""
        return leg.asset_public_id or NOTHING

    @admin.display(description=_("from"))
    def from_shown(self, leg: Leg) -> str:
        """Where it begins."""
        return place_in_words(leg.from_place)

    @admin.display(description=_("to"))
    def to_shown(self, leg: Leg) -> str:
        """Where it ends, if that was said."""
        return place_in_words(leg.to_place)

    @admin.display(description=_("departure"))
    def departure_shown(self, leg: Leg) -> str:
        """As it came, or as agreed."""
        return moment(leg.actual_departure_time or leg.departure_time)

    @admin.display(description=_("arrival"))
    def arrival_shown(self, leg: Leg) -> str:
        """As it came, or as agreed."""
        return moment(leg.actual_arrival_time or leg.arrival_time)

    @admin.display(description=_("over time"))
    def overtime(self, leg: Leg) -> str:
        """For how long the ride has gone on after its agreed arrival."""
        if leg.state not in UNDER_WAY or leg.arrival_time is None or leg.arrival_time > timezone.now():
            return NOTHING
        minutes = (timezone.now() - leg.arrival_time) // timedelta(minutes=1)
        return gettext("%(minutes)s min") % {"minutes": minutes}

    @admin.display(description=_("distance"))
    def distance(self, leg: Leg) -> str:
        """In kilometres, once the ride is over, and from what it is known."""
        if leg.distance_meters is None:
            return NOTHING
        kilometers = floatformat(leg.distance_meters / 1000, 2)
        if not leg.distance_source:
            return f"{kilometers} km"
        told = {"kilometers": kilometers, "source": leg.get_distance_source_display()}
        return gettext("%(kilometers)s km, by %(source)s") % told

    @admin.display(description=_("events"))
    def events_shown(self, leg: Leg) -> SafeString | str:
        """What was sent about it, in order."""
        return table(
            [gettext("Event"), gettext("When"), gettext("Asks for"), gettext("Received")],
            [
                [
                    event.get_event_display(),
                    moment(event.time),
                    moment(event.asked_for),
                    moment(event.received_at),
                ]
                for event in leg.events.all()
            ],
        )

    @admin.display(description=_("comments of events"))
    def comments_shown(self, leg: Leg) -> SafeString | str:
        """What was said with them."""
        return table(
            [gettext("Event"), gettext("When"), gettext("Comment")],
            [
                [event.get_event_display(), moment(event.time), event.comment]
                for event in leg.events.all()
                if event.comment
            ],
        )

    @admin.display(description=_("where the traveller was"))
    def user_locations_shown(self, leg: Leg) -> SafeString | str:
        """The places the MP told with the events, as long as they are kept."""
        return table(
            [gettext("Event"), gettext("When"), gettext("Latitude"), gettext("Longitude")],
            [
                [event.get_event_display(), moment(event.time), event.user_latitude, event.user_longitude]
                for event in leg.events.all()
                if event.user_latitude is not None
            ],
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page; that somebody saw what tells of the traveller is written down."""
        leg = Leg.objects.filter(pk=as_uuid(object_id)).prefetch_related("events").first()
        events = leg.events.all() if leg is not None else []
        if may_see(request) and any(event.comment for event in events):
            note_look(request, leg)
        elif any(event.user_latitude is not None for event in events):
            note_look(request, leg, SEE_USER_LOCATION)
        return super().change_view(request, object_id, form_url, extra_context)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Where the traveller went, was, and what was said, only for those whose work needs it."""
        fieldsets = super().get_fieldsets(request, obj)
        told = {"comments_shown": may_see(request), "user_locations_shown": may_see(request, SEE_USER_LOCATION)}
        shown = fieldsets if may_see(request) else without(fieldsets, {"from_shown", "to_shown"})
        if not any(told.values()):
            return shown
        fields = tuple(name for name, allowed in told.items() if allowed)
        return [*shown, (_("Traveller"), {"fields": fields, "classes": ["collapse"]})]

    @admin.display(description=_("price agreed"))
    def fare_shown(self, leg: Leg) -> SafeString | str:
        """The price list as it was when the offer was made."""
        return fare_in_words(leg.fare)

    @admin.display(description=_("price charged"))
    def final_fare_shown(self, leg: Leg) -> SafeString | str:
        """What the ride came to."""
        return fare_in_words(leg.final_fare)

    @admin.display(description=_("conditions"))
    def conditions_shown(self, leg: Leg) -> SafeString | str:
        """TOMP conditions as agreed."""
        return object_in_words(leg.conditions)
