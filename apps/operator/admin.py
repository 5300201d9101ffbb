"""The operator: one page, for there is one; when it is open, and what is out of the ordinary."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.db.models import Exists, OuterRef, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from apps.backoffice.admin_base import BackofficeAdmin, InlineMixin
from apps.backoffice.badges import badge
from apps.backoffice.buttons import Button, ButtonsMixin, Press, SubjectForm
from apps.backoffice.model_words import choices_in_words
from apps.gbfs.feed import address
from apps.gbfs.keys import make_key
from apps.operator.alerts import current_alerts
from apps.operator.models import Alert, AlertPeriod, Day, FeedAccess, Operator, SystemCalendar, SystemHours


class OperatorForm(forms.ModelForm):
    """Languages are typed as a list."""

    languages = SimpleArrayField(
        forms.CharField(max_length=10),
        widget=UnfoldAdminTextInputWidget,
        help_text=Operator._meta.get_field("languages").help_text,
    )


def _what_a_new_feed_key_does(operator: Operator) -> str:
    return gettext("The key is shown once, on the next page. The one before is refused from now on.")


def _show_new_feed_key(press: Press) -> HttpResponse:
    """Make a key and show it in this one answer; it is written down nowhere."""
    context = {
        **admin.site.each_context(press.request),
        "title": gettext("New key of the GBFS feed"),
        "opts": Operator._meta,
        "key": make_key(),
        "feed": address("gbfs"),
    }
    return TemplateResponse(press.request, "admin/operator/new_feed_key.html", context)


@admin.register(Operator)
class OperatorAdmin(ButtonsMixin, BackofficeAdmin):
    """What /operator/information tells of us, and the time zone of this admin."""

    when_empty = _("Say who we are before anything else.")
    buttons = (
        Button(
            name="new-feed-key",
            label=_("New feed key"),
            icon="key",
            fits=lambda operator: operator.gbfs_access == FeedAccess.KEY,
            consequence=_what_a_new_feed_key_does,
            run=_show_new_feed_key,
            done="",
            form=SubjectForm,
        ),
    )
    form = OperatorForm
    fieldsets = (
        (_("Name"), {"fields": ("system_id", "name", "short_name", "legal_name")}),
        (_("Service"), {"fields": (("type_of_system", "product_type"), ("time_zone", "languages"), "start_date")}),
        (
            _("Contact"),
            {"fields": (("email", "phone_number"), ("url", "purchase_url"), "feed_contact_email")},
        ),
        (
            _("Our app"),
            {
                "fields": (
                    ("store_uri_android", "discovery_uri_android"),
                    ("store_uri_ios", "discovery_uri_ios"),
                )
            },
        ),
        (_("Invoices"), {"fields": ("postal_address", ("vat_number", "finance_email"))}),
        (
            _("Legal"),
            {"fields": ("conditions", "license_url", ("chamber_of_commerce_number", "chamber_of_commerce_place"))},
        ),
        (
            _("GBFS"),
            {
                "fields": ("gbfs_access",),
                "description": _("Stations, free vehicles and prices for maps and planners, at /gbfs/3.0/gbfs.json."),
            },
        ),
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """No list of one: straight to the page."""
        if Operator.objects.exists():
            return HttpResponseRedirect(reverse("admin:operator_operator_change", args=[1]))
        return HttpResponseRedirect(reverse("admin:operator_operator_add"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only the first."""
        return super().has_add_permission(request) and not Operator.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Without an operator there is nothing."""
        return False


class AlertPeriodInline(InlineMixin, TabularInline):
    """When it is in effect."""

    when_empty = _("Without times it is in effect from now on, until it is deleted.")
    model = AlertPeriod
    extra = 0


@admin.register(Alert)
class AlertAdmin(BackofficeAdmin):
    """What is out of the ordinary; an alert that is over is told to nobody, without anybody taking it away."""

    when_empty = _(
        "Alerts tell MPs what is out of the ordinary, such as a station that is closed. Add one when there is "
        "something to tell."
    )
    list_display = ("alert_id", "summary", "alert_type", "told_shown", "last_updated")
    list_filter = ("alert_type",)
    search_fields = ("alert_id__startswith", "summary")
    autocomplete_fields = ("regions", "stations")
    inlines = (AlertPeriodInline,)
    fieldsets = (
        (_("Alert"), {"fields": (("alert_id", "alert_type"), "summary", "description", "url")}),
        (_("Where"), {"fields": ("regions", "stations")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alert]:
        """Each with whether it is told now."""
        told = Exists(current_alerts(now=timezone.now()).filter(pk=OuterRef("pk")))
        return super().get_queryset(request).annotate(is_told=told)

    def changed_fields(self, obj: Any, form: ModelForm) -> list[str]:
        """Also that it was updated, where only its times or places were."""
        return [*super().changed_fields(obj, form), "last_updated"]

    @admin.display(description=_("told"), boolean=True)
    def told_shown(self, alert: Any) -> bool:
        """Do MPs hear of it now?"""
        return bool(alert.is_told)


class SystemHoursForm(forms.ModelForm):
    """Days are ticked."""

    days = forms.MultipleChoiceField(
        label=_("Days"), choices=choices_in_words(Day), widget=UnfoldAdminCheckboxSelectMultipleWidget
    )


class OfAPlaceAdmin(BackofficeAdmin):
    """A rule of the whole system, a region or a station."""

    autocomplete_fields: ClassVar[tuple[str, ...]] = ("region", "station")
    list_select_related: ClassVar[tuple[str, ...]] = ("region", "station")
    list_filter: ClassVar[tuple[str, ...]] = ("region",)
    whose: ClassVar = (
        _("Where"),
        {
            "fields": (("region", "station"),),
            "description": _(
                "Of one of the two, or of the whole system. A station follows its own, else its region's."
            ),
        },
    )

    @admin.display(description=_("where"))
    def place_shown(self, rule: SystemHours | SystemCalendar) -> str:
        """Whose rule it is."""
        return rule.place


@admin.register(SystemHours)
class SystemHoursAdmin(OfAPlaceAdmin):
    """Hours of the week: outside them nothing is offered, and a closed station takes nothing back."""

    when_empty = _("Without hours we are open day and night. Add the hours of the week in which assets are offered.")
    form = SystemHoursForm
    list_display = ("__str__", "place_shown", "user_type")
    fieldsets = (
        (_("Hours"), {"fields": ("days", ("start_time", "end_time"), "user_type")}),
        OfAPlaceAdmin.whose,
    )


@admin.register(SystemCalendar)
class SystemCalendarAdmin(OfAPlaceAdmin):
    """Days of the year: seasons, and days on which we are closed."""

    when_empty = _("Without a calendar we are open all year. Add seasons, and days on which we are closed.")
    list_display = ("__str__", "place_shown", "kind_shown")
    fieldsets = (
        (
            _("Days"),
            {
                "fields": (
                    "is_closed",
                    ("start_day", "start_month", "start_year"),
                    ("end_day", "end_month", "end_year"),
                ),
                "description": _("Without years: of every year."),
            },
        ),
        OfAPlaceAdmin.whose,
    )

    @admin.display(description=_("open"), ordering="is_closed")
    def kind_shown(self, entry: SystemCalendar) -> SafeString:
        """Open or closed."""
        return badge(gettext("closed"), "orange") if entry.is_closed else badge(gettext("open"), "green")
