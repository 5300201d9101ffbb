"""Maintenance jobs: planned from the page of their asset or of a damage, run from their own, listed by what is due."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from apps.assets.admin_buttons import WithdrawalForm
from apps.assets.damages.models import Damage
from apps.assets.maintenance import services
from apps.assets.maintenance.models import OPEN, JobState, MaintenanceJob
from apps.assets.maintenance.selectors import due_today, overdue
from apps.assets.maintenance.services import Plan
from apps.assets.models import Asset, AssetState
from apps.backoffice.admin_base import ReadOnlyAdmin
from apps.backoffice.badges import state_badge
from apps.backoffice.buttons import Button, Press, SubjectForm
from apps.backoffice.fields import MomentField
from apps.backoffice.words import NOTHING, actor_in_words, link, moment, table
from apps.fleet.withdrawing import start_job
from apps.history.models import ActorKind, Transition
from apps.history.services import Actor

RUN_JOBS = "assets.change_maintenancejob"


class PlanForm(SubjectForm):
    """What is to be done, and when; about an asset, one of its damages, or a job that is planned otherwise."""

    what = forms.CharField(label=_("What is to be done"), max_length=500, widget=UnfoldAdminTextInputWidget)
    damage = forms.ModelChoiceField(
        Damage.objects.none(),
        label=_("Repairs"),
        required=False,
        empty_label=_("No damage"),
        widget=UnfoldAdminSelectWidget,
        help_text=_("Marked as repaired when the job is done."),
    )
    start = MomentField(label=_("From"))
    end = MomentField(label=_("Until"), required=False, help_text=_("Empty: until it is done."))
    blocks_hire = forms.BooleanField(
        label=_("Blocks hire"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_(
            "Nobody is promised the asset in that time. Who hires without an agreed end is not offered it from now on, "
            "since such a ride could last until then. Without this the job is only written down until it starts."
        ),
    )
    notes = forms.CharField(
        label=_("Notes"), max_length=2000, required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, subject: Model, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        asset = subject if isinstance(subject, Asset) else cast("Damage | MaintenanceJob", subject).asset
        damages = cast("forms.ModelChoiceField[Damage]", self.fields["damage"])
        damages.queryset = Damage.objects.filter(asset=asset, repaired_at=None).select_related("asset")
        job = subject if isinstance(subject, MaintenanceJob) else None
        self.fields["start"].initial = timezone.now() if job is None else job.planned_from
        self.fields["end"].initial = None if job is None else job.planned_until
        self.initial = _as_it_is(subject)

    def clean(self) -> dict[str, Any]:
        """An end comes after its beginning, and neither is further ahead than jobs are planned."""
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("start"), cleaned.get("end")
        if start is not None and end is not None and end <= start:
            self.add_error("end", gettext("The job has to end after it begins."))
        elif end is not None and end <= timezone.now():
            self.add_error("end", gettext("The job has to end after it begins, and not in the past."))
        for name, moment_asked in (("start", start), ("end", end)):
            if moment_asked is not None and moment_asked > timezone.now() + services.LONGEST_AHEAD:
                self.add_error(name, gettext(services.TOO_FAR_AHEAD))
        return cleaned


def _as_it_is(subject: Model) -> dict[str, Any]:
    if isinstance(subject, Damage):
        part = subject.component_name or subject.get_component_display()
        return {"damage": subject.pk, "what": gettext("Repair: %(part)s") % {"part": part}}
    if isinstance(subject, MaintenanceJob):
        same = ("what", "blocks_hire", "notes")
        return {**{name: getattr(subject, name) for name in same}, "damage": subject.damage_id}
    return {}


def _plan(answers: dict[str, Any]) -> Plan:
    damage: Damage | None = answers["damage"]
    named = {name: answers[name] for name in ("what", "start", "end", "blocks_hire", "notes")}
    return Plan(**named, damage_id=damage.pk if damage is not None else None)


def _plan_for(press: Press, asset_id: int) -> HttpResponse:
    """Plan it, and show the job."""
    job = services.plan(asset_id=asset_id, wanted=_plan(press.answers), actor=press.actor)
    messages.success(press.request, gettext("The job is planned."))
    return HttpResponseRedirect(reverse("admin:assets_maintenancejob_change", args=[job.pk]))


def _may_be_planned(asset: Asset) -> bool:
    return asset.state != AssetState.RETIRED


def _plan_in_words(subject: Asset | Damage) -> str:
    return gettext("What is to be done is written down, and starts when somebody says that it does.")


PLAN_BUTTON = Button(
    name="plan-maintenance",
    label=_("Plan maintenance"),
    icon="event_upcoming",
    fits=_may_be_planned,
    consequence=_plan_in_words,
    run=lambda press: _plan_for(press, press.subject.pk),
    done=_("The job is planned."),
    form=PlanForm,
    permission=RUN_JOBS,
)
PLAN_REPAIR_BUTTON = Button(
    name="plan-repair",
    label=_("Plan its repair"),
    icon="event_upcoming",
    fits=lambda damage: damage.repaired_at is None and _may_be_planned(damage.asset),
    consequence=_plan_in_words,
    run=lambda press: _plan_for(press, press.subject.asset_id),
    done=_("The job is planned."),
    form=PlanForm,
    permission=RUN_JOBS,
)


class StartForm(WithdrawalForm):
    """Why; and what becomes of the bookings that hold the job's asset."""

    def asset_of(self, subject: Any) -> int:
        """The job's asset."""
        return cast("MaintenanceJob", subject).asset_id


class DoneForm(SubjectForm):
    """What was done."""

    notes = forms.CharField(
        label=_("Notes"),
        max_length=2000,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "autofocus": True}),
        help_text=_("What was done. Left empty, the notes stay as they are."),
    )


def _is_planned(job: MaintenanceJob) -> bool:
    return job.state == JobState.PLANNED


def _may_start(job: MaintenanceJob) -> bool:
    return _is_planned(job) and job.asset.state != AssetState.IN_USE


def _is_running(job: MaintenanceJob) -> bool:
    return job.state == JobState.RUNNING


def _what_starting_does(job: MaintenanceJob) -> str:
    told = gettext("Asset %(asset)s goes to the workshop. It is offered to nobody until the job is done.")
    return told % {"asset": job.asset}


def _what_finishing_does(job: MaintenanceJob) -> str:
    told = gettext("Asset %(asset)s returns to service at the place shown on its page.") % {"asset": job.asset}
    if job.damage_id is not None:
        told += " " + gettext("The damage counts as repaired.")
    return told


def _start(press: Press) -> None:
    start_job(job_id=press.subject.pk, cancelling=press.answers["cancelling"], actor=press.actor, reason=press.reason)


def _finish(press: Press) -> None:
    services.finish(job_id=press.subject.pk, actor=press.actor, notes=press.answers["notes"])


def _change_plan(press: Press) -> None:
    services.change_plan(job_id=press.subject.pk, wanted=_plan(press.answers), actor=press.actor)


def _cancel(press: Press) -> None:
    services.cancel(job_id=press.subject.pk, actor=press.actor, reason=press.reason)


class WhenFilter(admin.SimpleListFilter):
    """What is to be done now, and what waits."""

    title = _("when")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The two lists a workshop works by."""
        return [("due", _("due today")), ("overdue", _("overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[MaintenanceJob]) -> QuerySet[MaintenanceJob]:
        """Jobs of the chosen kind at this moment."""
        chosen = {"due": due_today, "overdue": overdue}.get(self.value() or "")
        return queryset if chosen is None else chosen(queryset, timezone.now())


@admin.register(MaintenanceJob)
class MaintenanceJobAdmin(ReadOnlyAdmin):
    """What the workshop is to do. Jobs are planned from the page of an asset or a damage."""

    when_empty = _("Work on assets comes here; plan it on the page of an asset, or of a damage.")
    list_display = ("asset", "what", "state_shown", "planned_from", "planned_until", "blocks_hire", "late")
    list_filter = (WhenFilter, "state", "blocks_hire", "asset__asset_type", "planned_from")
    list_select_related = ("asset",)
    search_fields = ("asset__code__startswith",)
    search_help_text = _("How the asset's number begins")
    ordering = ("-planned_from", "-id")
    readonly_fields = ("asset_shown", "state_shown", "damage_shown", "planned", "started", "ended", "late", "log")
    buttons = (
        Button(
            name="start",
            label=_("Start"),
            icon="build",
            fits=_may_start,
            consequence=_what_starting_does,
            run=_start,
            done=_("The job runs: the asset is in maintenance."),
            form=StartForm,
            permission=RUN_JOBS,
        ),
        Button(
            name="done",
            label=_("Done"),
            icon="check_circle",
            fits=_is_running,
            consequence=_what_finishing_does,
            run=_finish,
            done=_("The job is done."),
            form=DoneForm,
            variant=ActionVariant.SUCCESS,
            permission=RUN_JOBS,
        ),
        Button(
            name="change-plan",
            label=_("Change the plan"),
            icon="edit_calendar",
            fits=_is_planned,
            consequence=lambda job: gettext("The job is planned as you write it here."),
            run=_change_plan,
            done=_("The plan is changed."),
            form=PlanForm,
            permission=RUN_JOBS,
        ),
        Button(
            name="cancel",
            label=_("Cancel the job"),
            icon="event_busy",
            fits=lambda job: job.state in OPEN,
            consequence=lambda job: gettext("The job is not done, and no longer keeps the asset from hire."),
            run=_cancel,
            done=_("The job is cancelled."),
            variant=ActionVariant.DANGER,
            permission=RUN_JOBS,
        ),
    )
    fieldsets = (
        (
            _("Maintenance job"),
            {"fields": (("asset_shown", "state_shown"), "what", "damage_shown", ("planned", "blocks_hire"), "notes")},
        ),
        (_("What became of it"), {"fields": (("started", "ended"), "late", "log")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[MaintenanceJob]:
        """With what its page names."""
        return super().get_queryset(request).select_related("asset", "damage__asset")

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, job: MaintenanceJob) -> SafeString:
        """In words."""
        return state_badge("maintenance job", job.state)

    @admin.display(description=_("asset"))
    def asset_shown(self, job: MaintenanceJob) -> SafeString:
        """Its page."""
        return link(job.asset)

    @admin.display(description=_("repairs"))
    def damage_shown(self, job: MaintenanceJob) -> SafeString | str:
        """The damage, if any."""
        return NOTHING if job.damage is None else link(job.damage)

    @admin.display(description=_("planned"))
    def planned(self, job: MaintenanceJob) -> str:
        """For when, and by whom."""
        named = {"start": moment(job.planned_from), "end": moment(job.planned_until), "who": job.planned_by}
        if job.planned_until is None:
            return gettext("from %(start)s until it is done, by %(who)s") % named
        return gettext("%(start)s – %(end)s, by %(who)s") % named

    @admin.display(description=_("started"))
    def started(self, job: MaintenanceJob) -> str:
        """When, and by whom."""
        return when_and_by_whom(job.started_at, job.started_by)

    @admin.display(description=_("done or cancelled"))
    def ended(self, job: MaintenanceJob) -> str:
        """When, and by whom."""
        return when_and_by_whom(job.ended_at, job.ended_by)

    @admin.display(description=_("waits for"))
    def late(self, job: MaintenanceJob) -> str:
        """Why a job is not where its plan says, at this moment."""
        now = timezone.now()
        if job.state == JobState.RUNNING and job.planned_until is not None and job.planned_until <= now:
            return gettext("to be done: its time is over")
        if job.state != JobState.PLANNED or job.planned_from > now:
            return NOTHING
        if job.asset.state == AssetState.IN_USE:
            return gettext("its asset, which is out on a ride")
        if job.planned_until is not None and job.planned_until <= now:
            return gettext("another time: nobody started it, and it keeps its asset from nothing any more")
        return gettext("somebody to start it")

    @admin.display(description=_("history"))
    def log(self, job: MaintenanceJob) -> SafeString | str:
        """Each step: when, by whom, why."""
        rows = Transition.objects.filter(subject_kind="maintenance job", subject_id=job.history_id).order_by("-id")
        return table(
            [gettext("When"), gettext("State"), gettext("By"), gettext("Why")],
            [
                [
                    moment(row.at),
                    state_badge("maintenance job", row.to_state),
                    actor_in_words(Actor(ActorKind(row.actor_kind), row.actor_name)),
                    row.reason,
                ]
                for row in rows[:20]
            ],
        )


def when_and_by_whom(at: datetime | None, who: str) -> str:
    """When something was done and by whom, where it was."""
    return NOTHING if at is None else gettext("%(when)s, by %(who)s") % {"when": moment(at), "who": who}
