"""Damages: on the page of their asset, and as a list of what is to be repaired."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.db.models import Prefetch, QuerySet
from django.forms.widgets import Media, Script
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.assets.admin_maintenance import PLAN_REPAIR_BUTTON, RUN_JOBS, when_and_by_whom
from apps.assets.damages.models import Damage, Severity
from apps.assets.damages.services import mark_repaired
from apps.assets.maintenance.models import MaintenanceJob
from apps.assets.maintenance.selectors import open_jobs
from apps.backoffice.admin_base import BackofficeAdmin, InlineMixin
from apps.backoffice.badges import badge, state_in_words
from apps.backoffice.buttons import Button, ButtonsMixin, Press, SubjectForm
from apps.backoffice.words import NOTHING, link, pictures
from apps.history.models import ActorKind
from apps.history.services import Actor

COLOURS = {Severity.COSMETIC: "grey", Severity.MINOR: "orange", Severity.UNUSABLE: "red"}


class DamageForm(forms.ModelForm):
    """Pictures are addresses, typed as a list."""

    pictures = SimpleArrayField(
        forms.URLField(max_length=2000, assume_scheme="https"),
        widget=UnfoldAdminTextInputWidget,
        required=False,
        help_text=Damage._meta.get_field("pictures").help_text,
    )


class DamageInline(InlineMixin, StackedInline):
    """What is to be repaired on an asset; one that staff add is theirs."""

    when_empty = _("Nothing is damaged. Add what you find broken.")
    model = Damage
    form = DamageForm
    extra = 0
    show_change_link = True
    verbose_name_plural = _("open damages")
    fields = (("component", "component_name", "severity"), "description", "pictures", "pictures_shown")
    readonly_fields = ("pictures_shown", "repair")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whoever may plan a repair sees which have one, and where to plan the others'."""
        shown = super().get_fields(request, obj)
        return (*shown, "repair") if request.user.has_perm(RUN_JOBS) else shown

    def get_queryset(self, request: HttpRequest) -> QuerySet[Damage]:
        """Those that are not repaired, with the jobs that are to repair them."""
        return _with_jobs(super().get_queryset(request).filter(repaired_at=None))

    @admin.display(description=_("look at them"))
    def pictures_shown(self, damage: Damage) -> SafeString | str:
        """Links to them, and in place where somebody asks for that."""
        return pictures(damage.pictures)

    @admin.display(description=_("repair"))
    def repair(self, damage: Damage) -> SafeString | str:
        """The job that is to repair it, or where one is planned."""
        return NOTHING if damage.pk is None else _repair_of(damage)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A damage is repaired instead."""
        return False


def _with_jobs(damages: QuerySet[Damage]) -> QuerySet[Damage]:
    jobs = Prefetch("maintenance_jobs", open_jobs(MaintenanceJob.objects.all()), to_attr="jobs_ahead")
    return damages.select_related("asset").prefetch_related(jobs)


def _repair_of(damage: Damage) -> SafeString | str:
    jobs: list[MaintenanceJob] = getattr(damage, "jobs_ahead", [])
    if jobs:
        return link(jobs[0], state_in_words("maintenance job", jobs[0].state))
    if not PLAN_REPAIR_BUTTON.fits(damage):
        return NOTHING
    address = reverse("admin:assets_damage_do", args=[damage.pk, PLAN_REPAIR_BUTTON.name])
    return format_html('<a class="backoffice-link" href="{}">{}</a>', address, PLAN_REPAIR_BUTTON.label)


def reported_by_staff(request: HttpRequest, damage: Damage) -> None:
    """A damage that is about to be written for the first time is reported by who writes it."""
    if damage.pk is None:
        damage.reported_by = str(Actor(ActorKind.TO, request.user.get_username()))


class RepairedFilter(admin.SimpleListFilter):
    """Open, or repaired."""

    title = _("repair")
    parameter_name = "repair"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Both."""
        return [("open", _("to be repaired")), ("repaired", _("repaired"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Damage]) -> QuerySet[Damage]:
        """Those of the one chosen."""
        if self.value() == "open":
            return queryset.filter(repaired_at=None)
        return queryset.filter(repaired_at__isnull=False) if self.value() == "repaired" else queryset


def _is_open(damage: Damage) -> bool:
    return damage.repaired_at is None


def _what_repairing_does(damage: Damage) -> str:
    said = gettext("The damage is no longer shown, and no longer keeps asset %(asset)s from being hired.")
    return said % {"asset": damage.asset}


def _repair(press: Press) -> None:
    mark_repaired(damage_id=press.subject.pk, actor=press.actor)


@admin.register(Damage)
class DamageAdmin(ButtonsMixin, BackofficeAdmin):
    """What is to be repaired, and what has been."""

    when_empty = _("Nothing was reported broken. What travellers report comes here by itself; add what staff find.")
    form = DamageForm
    list_display = ("asset", "component", "component_name", "severity_shown", "reported_at", "repaired_at")
    list_filter = (RepairedFilter, "severity", "component", "asset__asset_type", "reported_at")
    list_select_related = ("asset",)
    search_fields = ("asset__code__startswith",)
    search_help_text = _("How the asset's number begins")
    ordering = ("-id",)
    actions = None
    autocomplete_fields = ("asset",)
    readonly_fields = ("asset_shown", "reported", "repaired", "pictures_shown")
    buttons = (
        Button(
            name="repaired",
            label=_("Mark as repaired"),
            icon="build_circle",
            fits=_is_open,
            consequence=_what_repairing_does,
            run=_repair,
            done=_("The damage is repaired."),
            form=SubjectForm,
            variant=ActionVariant.SUCCESS,
        ),
        PLAN_REPAIR_BUTTON,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Damage]:
        """With the jobs that are to repair them."""
        return _with_jobs(super().get_queryset(request))

    def get_list_display(self, request: HttpRequest) -> Any:
        """Whoever may plan a repair sees which have one, and where to plan the others'."""
        shown = super().get_list_display(request)
        return (*shown, "repair") if request.user.has_perm(RUN_JOBS) else shown

    def get_fieldsets(self, request: HttpRequest, obj: Damage | None = None) -> Any:
        """What became of it once it is there."""
        what: Any = (("component", "component_name", "severity"), "description", "pictures")
        if obj is None:
            return ((_("Damage"), {"fields": ("asset", *what)}),)
        told: Any = {"fields": (("reported", "repaired"), "pictures_shown")}
        return ((_("Damage"), {"fields": ("asset_shown", *what)}), (_("Reported and repaired"), told))

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """With who reported it."""
        reported_by_staff(request, obj)
        super().save_model(request, obj, form, change)

    @property
    def media(self) -> Media:
        """With what shows pictures in place."""
        return super().media + Media(js=[Script("backoffice/pictures.js", type="module")])  # type: ignore[list-item]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A damage is repaired instead."""
        return False

    @admin.display(description=_("severity"), ordering="severity")
    def severity_shown(self, damage: Damage) -> SafeString:
        """In a colour."""
        return badge(damage.get_severity_display(), COLOURS[Severity(damage.severity)])

    @admin.display(description=_("asset"))
    def asset_shown(self, damage: Damage) -> SafeString:
        """Its page."""
        return link(damage.asset)

    @admin.display(description=_("reported"))
    def reported(self, damage: Damage) -> str:
        """When, and by whom."""
        return when_and_by_whom(damage.reported_at, damage.reported_by)

    @admin.display(description=_("repaired"))
    def repaired(self, damage: Damage) -> str:
        """When, and by whom."""
        return when_and_by_whom(damage.repaired_at, damage.repaired_by)

    @admin.display(description=_("repair"))
    def repair(self, damage: Damage) -> SafeString | str:
        """The job that is to repair it, or where one is planned."""
        return _repair_of(damage)

    @admin.display(description=_("pictures"))
    def pictures_shown(self, damage: Damage) -> SafeString | str:
        """Links to them, opened without telling where from; in place where somebody asks for that."""
        return pictures(damage.pictures)
