"""Bulk changes: who did what to how many assets, how far it is, and what became of each."""

from collections import Counter
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from apps.backoffice.admin_base import LooksAgainMixin, ReadOnlyAdmin
from apps.backoffice.badges import badge, state_badge
from apps.backoffice.buttons import Button, Press, SubjectForm
from apps.backoffice.model_words import in_words
from apps.backoffice.words import NOTHING, link, moment, table
from apps.fleet.admin_views import begin_page, labels_page
from apps.fleet.models import BulkAction, BulkChange, BulkChangeAsset, BulkState, LabelSheets, Outcome, Why
from apps.fleet.services import stop

COLOURS = {
    BulkState.DRAFT: "grey",
    BulkState.RUNNING: "orange",
    BulkState.DONE: "green",
    BulkState.STOPPED: "red",
}
COLOUR_OF_OUTCOME = {Outcome.DONE: "green", Outcome.SKIPPED: "orange", Outcome.FAILED: "red"}


def _what_stopping_does(change: BulkChange) -> str:
    return gettext("Assets whose turn has not come are left as they are. What has been done stays.")


def _is_open(change: BulkChange) -> bool:
    return change.is_open


def _stop(press: Press) -> None:
    stop(change_id=press.subject.pk, actor=press.actor)


@admin.register(BulkChange)
class BulkChangeAdmin(LooksAgainMixin, ReadOnlyAdmin):
    """One bulk change. Its page looks again by itself until it has ended."""

    when_empty = _("Choose assets in their list, and what is to be done with all of them.")
    list_display = ("asked_at", "action_shown", "total", "state_shown", "asked_by", "reason")
    list_filter = ("state", "action", "asked_at")
    search_fields = ("asked_by__startswith",)
    search_help_text = _("How the user name of who asked for it begins")
    fieldsets = (
        (None, {"fields": (("action_shown", "state_shown"), "asked", "reason", "bookings_shown", "progress")}),
        (_("What became of the assets"), {"fields": ("results", "files")}),
    )
    readonly_fields = (
        "action_shown",
        "state_shown",
        "asked",
        "bookings_shown",
        "progress",
        "results",
        "files",
    )
    buttons = (
        Button(
            name="stop",
            label=_("Stop"),
            icon="stop_circle",
            fits=_is_open,
            consequence=_what_stopping_does,
            run=_stop,
            done=_("The bulk change is stopped."),
            form=SubjectForm,
            variant=ActionVariant.DANGER,
            permission="assets.change_asset",
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        """What is shown before it begins, and the labels, before the admin's own pages."""
        views = {"begin": begin_page, "labels": labels_page}
        own = [
            path(
                f"<int:change_id>/{name}/",
                self.admin_site.admin_view(view),
                {"model_admin": self},
                name=f"fleet_bulkchange_{name}",
            )
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[BulkChange]:
        """Those that have begun."""
        return super().get_queryset(request).exclude(state=BulkState.DRAFT).defer("seen")

    @admin.display(description=_("what"), ordering="action")
    def action_shown(self, change: BulkChange) -> str:
        """In words."""
        return in_words(BulkAction(change.action))

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, change: BulkChange) -> SafeString:
        """In words."""
        state = BulkState(change.state)
        return badge(in_words(state), COLOURS[state])

    @admin.display(description=_("asked"))
    def asked(self, change: BulkChange) -> str:
        """When, and by whom."""
        return gettext("%(moment)s by %(name)s") % {"moment": moment(change.asked_at), "name": change.asked_by}

    @admin.display(description=_("promised assets"))
    def bookings_shown(self, change: BulkChange) -> str:
        """What was to become of the bookings."""
        if change.action in (BulkAction.LABELS, BulkAction.SERVICE):
            return NOTHING
        if not change.cancelling:
            return gettext("are left as they are")
        return gettext("%(count)s bookings that were shown may be cancelled") % {"count": len(change.seen)}

    @admin.display(description=_("progress"))
    def progress(self, change: BulkChange) -> SafeString:
        """How many assets are settled, as a bar and in words."""
        waiting = change.assets.filter(outcome=Outcome.WAITING).count()
        settled = change.total - waiting
        said = gettext("%(settled)s of %(total)s") % {"settled": settled, "total": change.total}
        if change.state == BulkState.STOPPED:
            named = {"moment": moment(change.ended_at), "name": change.stopped_by}
            more = gettext("Stopped %(moment)s by %(name)s.") % named
        elif not change.is_open:
            more = gettext("Ended %(moment)s.") % {"moment": moment(change.ended_at)}
        elif waiting == 0 and change.action == BulkAction.LABELS:
            more = gettext("The labels are being drawn.")
        else:
            more = gettext("You may leave this page; the work goes on, and is found again under “Bulk changes”.")
        return format_html(
            '<progress class="backoffice-progress" role="progressbar" aria-label="{}" aria-valuemin="0" '
            'aria-valuemax="{}" aria-valuenow="{}" max="{}" value="{}"></progress>'
            '<div role="status">{}. {}</div>',
            gettext("Assets settled"),
            *(change.total, settled) * 2,
            said,
            more,
        )

    @admin.display(description=_("results"))
    def results(self, change: BulkChange) -> SafeString | str:
        """How many assets for each outcome and reason, with the list of them."""
        counts: Counter[tuple[str, str]] = Counter()
        for outcome, why, count in (
            change.assets.order_by().values_list("outcome", "why").annotate(count=Count("pk")).iterator()
        ):
            counts[outcome, why] = count
        order = Outcome.values
        return table(
            [gettext("Outcome"), gettext("Why"), gettext("Assets")],
            [
                [
                    outcome_badge(outcome),
                    in_words(Why(why)) if why else NOTHING,
                    rows_link(change, count, outcome=outcome, why=why),
                ]
                for (outcome, why), count in sorted(counts.items(), key=lambda one: (order.index(one[0][0]), one[0][1]))
            ],
        )

    @admin.display(description=_("files"))
    def files(self, change: BulkChange) -> SafeString | str:
        """The results as CSV, and the labels."""
        address = reverse("admin:fleet_bulkchangeasset_download")
        results = format_html(
            '<a class="backoffice-link" href="{}?{}">{}</a>',
            address,
            urlencode({"change__id__exact": change.pk}),
            gettext("Results as CSV"),
        )
        if not LabelSheets.objects.filter(change=change).exists():
            return results
        labels = format_html(
            '<a class="backoffice-link" href="{}">{}</a>',
            reverse("admin:fleet_bulkchange_labels", args=[change.pk]),
            gettext("Labels (PDF)"),
        )
        return format_html("<div>{}</div><div>{}</div>", labels, results)


def outcome_badge(outcome: str) -> SafeString:
    """In words, in a colour."""
    return badge(in_words(Outcome(outcome)), COLOUR_OF_OUTCOME.get(Outcome(outcome), "grey"))


def rows_link(change: BulkChange, count: int, **narrowed: str) -> SafeString:
    """A number of a change's assets, as a link to the list of them."""
    asked = {"change__id__exact": change.pk, **{f"{name}__exact": value for name, value in narrowed.items()}}
    address = reverse("admin:fleet_bulkchangeasset_changelist")
    return format_html('<a class="backoffice-link" href="{}?{}">{}</a>', address, urlencode(asked), count)


@admin.register(BulkChangeAsset)
class BulkChangeAssetAdmin(ReadOnlyAdmin):
    """What became of each asset of a bulk change."""

    when_empty = _("Here is listed what became of each asset of a bulk change.")
    list_display = ("asset", "asset_state", "outcome_shown", "why_shown", "detail", "settled_at", "change_shown")
    list_filter = ("outcome", "why", "asset__state")
    list_select_related = ("asset", "change")
    search_fields = ("asset__code__startswith",)
    search_help_text = _("How the asset's number begins")
    ordering = ("-change_id", "-pk")
    fields = ("change_shown", "asset_shown", "asset_state", "outcome_shown", "why_shown", "detail", "settled_at")
    readonly_fields = ("change_shown", "asset_shown", "asset_state", "outcome_shown", "why_shown")

    def get_queryset(self, request: HttpRequest) -> QuerySet[BulkChangeAsset]:
        """Of changes that have begun; of a draft only where it is asked for."""
        rows = super().get_queryset(request).defer("change__seen")
        return rows if "change__id__exact" in request.GET else rows.exclude(change__state=BulkState.DRAFT)

    @admin.display(description=_("bulk change"), ordering="change_id")
    def change_shown(self, row: BulkChangeAsset) -> SafeString | str:
        """Its page."""
        return str(row.change) if row.change.state == BulkState.DRAFT else link(row.change)

    @admin.display(description=_("asset"))
    def asset_shown(self, row: BulkChangeAsset) -> SafeString:
        """Its page."""
        return link(row.asset)

    @admin.display(description=_("state now"), ordering="asset__state")
    def asset_state(self, row: BulkChangeAsset) -> SafeString:
        """Of the asset."""
        return state_badge("asset", row.asset.state)

    @admin.display(description=_("outcome"), ordering="outcome")
    def outcome_shown(self, row: BulkChangeAsset) -> SafeString:
        """In words."""
        return outcome_badge(row.outcome)

    @admin.display(description=_("why"), ordering="why")
    def why_shown(self, row: BulkChangeAsset) -> str:
        """In words."""
        return in_words(Why(row.why)) if row.why else NOTHING
