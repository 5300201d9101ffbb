"""Bookings as the support desk sees them."""

from dataclasses import asdict
from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.assets.admin_map import tiles
from apps.backoffice.admin_base import ReadOnlyAdmin
from apps.backoffice.badges import state_badge
from apps.backoffice.buttons import ButtonsMixin
from apps.backoffice.looks import SEE_USER_LOCATION, may_see, note_look, without
from apps.backoffice.model_words import in_words
from apps.backoffice.ride_map import RideMap, map_of
from apps.backoffice.searching import ids_beginning_with
from apps.backoffice.timeline import timeline_of
from apps.backoffice.words import (
    NOTHING,
    customer_in_words,
    link,
    moment,
    object_in_words,
    place_in_words,
    table,
)
from apps.bookings.admin_buttons import ANSWER_BUTTONS, CONVERSATION_BUTTONS
from apps.bookings.models import Booking, BookingState
from apps.bookings.selectors import LEGS, calls_due, in_state
from apps.customers.found_by import FoundBy, with_key
from apps.legs.models import Leg
from apps.payments.admin_buttons import MONEY_BUTTONS
from apps.tomp.identifiers import as_uuid


class StateFilter(admin.SimpleListFilter):
    """By the state every reader sees: a waiting booking past its expiry is among the expired."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The states in words."""
        return [(str(one.value), in_words(one)) for one in BookingState]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Booking]) -> QuerySet[Booking]:
        """Bookings in the chosen state at this moment."""
        state = self.value()
        return queryset if state is None else in_state(queryset, state, timezone.now())


class CallsFilter(admin.SimpleListFilter):
    """The dispatcher's list: travellers to be called before they arrive."""

    title = _("calls to travellers")
    parameter_name = "calls"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """There is one list."""
        return [("due", gettext("due now"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Booking]) -> QuerySet[Booking]:
        """Bookings whose call is due."""
        return calls_due(queryset, timezone.now()) if self.value() == "due" else queryset


# What the page of a booking tells of its traveller.
PERSONAL = {"traveller_shown", "from_shown", "to_shown", "extra"}


def tells_of_traveller(booking: Booking) -> bool:
    """Is there anything to see that is personal? The customer's id alone is not."""
    named = set(booking.customer or {}) - {"id"}
    return bool(named or booking.extra_info or booking.notifications.exclude(comment="").exists())


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin):
    """Find a booking, read its story, answer it, cancel it."""

    when_empty = _(
        "Bookings are made by MPs. As soon as one has a published process and a key, what it books comes here."
    )
    search_finds_people = True
    list_display = (
        "reference",
        "state_shown",
        "provider",
        "traveller",
        "assets",
        "departure_time",
        "created_at",
    )
    list_filter = (StateFilter, CallsFilter, "provider", "created_at", "departure_time")
    list_select_related = ("provider",)
    search_fields = ("id",)
    search_help_text = _(
        "A booking's id or how it begins, or an asset's number; for those who may see personal data, also a "
        "traveller's id, last or whole name, e-mail or phone, and what the provider says of it in extraInfo"
    )
    ordering = ("-created_at",)
    fieldsets = (
        (_("Booking"), {"fields": (("state_shown", "provider_shown"), ("made", "waits_until"), "traveller_shown")}),
        (
            _("Journey"),
            {"fields": (("from_shown", "to_shown"), ("departure_shown", "arrival_shown"), "legs_shown")},
        ),
        (_("Agreement"), {"fields": ("process", "callback", "extra"), "classes": ["collapse"]}),
    )
    readonly_fields = (
        "state_shown",
        "provider_shown",
        "made",
        "waits_until",
        "traveller_shown",
        "from_shown",
        "to_shown",
        "departure_shown",
        "arrival_shown",
        "legs_shown",
        "process",
        "callback",
        "extra",
    )
    change_form_outer_after_template = "admin/bookings/story.html"
    buttons = (*ANSWER_BUTTONS, *CONVERSATION_BUTTONS, *MONEY_BUTTONS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Booking]:
        """With legs, assets and asset types, in a fixed number of statements."""
        return super().get_queryset(request).select_related("provider", "profile_version").prefetch_related(LEGS)

    def get_fieldsets(self, request: HttpRequest, obj: Booking | None = None) -> Any:
        """Who travels, and where to, only for those who may see personal data."""
        shown = super().get_fieldsets(request, obj)
        return shown if may_see(request) else without(shown, PERSONAL)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Booking], search_term: str
    ) -> tuple[QuerySet[Booking], bool]:
        """Only what an index can find: ids, asset numbers and, for those who may see it, who travels and `extraInfo`.

        Whoever could look for a name would learn from what is found who travels.
        """
        term = search_term.strip()
        if not term:
            return queryset, False
        found = Booking.objects.filter(legs__asset__code__in={term, term.upper()}).values("pk")
        if may_see(request):
            found = found.union(with_key(Booking.objects.all(), FoundBy("customer", "extra_info"), term).values("pk"))
        between = ids_beginning_with(term)
        if between is not None:
            found = found.union(Booking.objects.filter(pk__range=between).values("pk"))
        return queryset.filter(pk__in=found), False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page with its timeline; that somebody saw who travels is written down."""
        booking_id = as_uuid(object_id)
        booking = Booking.objects.filter(pk=booking_id).first() if booking_id else None
        ride_map = _map_of(request, booking)
        if booking is not None and tells_of_traveller(booking):
            note_look(request, booking)
        elif ride_map is not None and ride_map.shows_travellers:
            note_look(request, booking, SEE_USER_LOCATION)
        story = timeline_of(booking_id, with_words=may_see(request)) if booking_id else []
        context = {**(extra_context or {}), "timeline": story, "subtitle": None}
        if ride_map is not None:
            drawn = {"lines": ride_map.lines, "spots": [asdict(spot) for spot in ride_map.spots]}
            context |= {"ride_map": ride_map, "map_settings": {"tiles": tiles(), **drawn}}
        return super().change_view(request, object_id, form_url, context)

    @admin.display(description=_("booking"), ordering="id")
    def reference(self, booking: Booking) -> str:
        """The first part of the id, which is enough to find it by."""
        return str(booking.pk)[:8]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """With what may be done to each leg beside it: from there staff come back here."""
        legs, of_legs = list(obj.legs.all()), cast("ButtonsMixin", self.admin_site.get_model_admin(Leg))
        prefetch_related_objects(legs, "replacements")
        for leg in legs:
            leg.offers = of_legs.links_to(request, leg, offered_on="booking")
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, booking: Booking) -> SafeString:
        """As every reader sees it now."""
        return state_badge("booking", booking.state_at(timezone.now()))

    @admin.display(description=_("traveller"))
    def traveller(self, booking: Booking) -> str:
        """By the id that the MP knows the traveller by; who it is, is on the page."""
        return str((booking.customer or {}).get("id") or NOTHING)

    @admin.display(description=_("asset"))
    def assets(self, booking: Booking) -> str:
        """The numbers of the assets of its legs."""
        return ", ".join(leg.asset.code for leg in booking.legs.all() if leg.asset) or NOTHING

    @admin.display(description=_("provider"))
    def provider_shown(self, booking: Booking) -> SafeString:
        """Through whom it was made."""
        return link(booking.provider)

    @admin.display(description=_("traveller"))
    def traveller_shown(self, booking: Booking) -> SafeString | str:
        """The customer as far as the MP told us."""
        return customer_in_words(booking.customer)

    @admin.display(description=_("made"))
    def made(self, booking: Booking) -> str:
        """When it was made."""
        return moment(booking.created_at)

    @admin.display(description=_("waits until"))
    def waits_until(self, booking: Booking) -> str:
        """When a waiting booking expires."""
        return moment(booking.expires_at)

    @admin.display(description=_("from"))
    def from_shown(self, booking: Booking) -> str:
        """Where it begins."""
        return place_in_words(booking.from_place)

    @admin.display(description=_("to"))
    def to_shown(self, booking: Booking) -> str:
        """Where it ends, if that was said."""
        return place_in_words(booking.to_place)

    @admin.display(description=_("departure"))
    def departure_shown(self, booking: Booking) -> str:
        """As agreed, and as it came."""
        return _agreed_and_actual(booking.departure_time, booking.actual_departure_time)

    @admin.display(description=_("arrival"))
    def arrival_shown(self, booking: Booking) -> str:
        """As agreed, and as it came."""
        return _agreed_and_actual(booking.arrival_time, booking.actual_arrival_time)

    @admin.display(description=_("legs"))
    def legs_shown(self, booking: Any) -> SafeString | str:
        """Each leg with its asset, why it has the price it has, and what may be done to it."""
        return table(
            [
                gettext("Leg"),
                gettext("State"),
                gettext("Asset"),
                gettext("Type"),
                gettext("Departure"),
                gettext("Arrival"),
                gettext("Price"),
                gettext("What may be done"),
            ],
            [
                [
                    link(leg, gettext("Leg %(number)s") % {"number": leg.sequence}),
                    state_badge("leg", leg.state),
                    link(leg.asset) if leg.asset else NOTHING,
                    leg.asset_type,
                    moment(leg.actual_departure_time or leg.departure_time),
                    moment(leg.actual_arrival_time or leg.arrival_time),
                    leg.fare.get("explanation", NOTHING),
                    leg.offers,
                ]
                for leg in booking.legs.all()
            ],
        )

    @admin.display(description=_("process"))
    def process(self, booking: Booking) -> str:
        """The version of the MP's process it was made under."""
        return gettext("version %(number)s") % {"number": booking.profile_version.number}

    @admin.display(description=_("messages go to"))
    def callback(self, booking: Booking) -> str:
        """The booking's own callback address."""
        return booking.callback_url or gettext("the provider's own address")

    @admin.display(description=_("extra information"))
    def extra(self, booking: Booking) -> SafeString | str:
        """`extraInfo` as the MP sent it."""
        return object_in_words(booking.extra_info)


def _map_of(request: HttpRequest, booking: Booking | None) -> RideMap | None:
    """The map for those who may see where a traveller went; where somebody was, only for who may see that."""
    if booking is None or not may_see(request):
        return None
    return map_of(booking, with_travellers=may_see(request, SEE_USER_LOCATION), now=timezone.now())


def _agreed_and_actual(agreed: Any, actual: Any) -> str:
    if actual is None:
        return moment(agreed)
    return gettext("%(actual)s (agreed: %(agreed)s)") % {"actual": moment(actual), "agreed": moment(agreed)}
