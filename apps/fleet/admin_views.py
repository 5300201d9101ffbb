"""The pages of a bulk change beside its own: what it would come to, before it begins; and the labels it printed."""

from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextareaWidget

from apps.assets.admin_labels import pdf_response
from apps.assets.label_layouts import Layout
from apps.backoffice.model_words import in_words
from apps.fleet.consequences import Consequences, consequences_of, first_of
from apps.fleet.models import BulkAction, BulkChange, BulkState, LabelSheets
from apps.fleet.services import begin, note_shown
from apps.tomp.errors import IllegalState, TompError

BOOKINGS_SHOWN = 10
PERMISSION = "assets.change_asset"


class BeginForm(forms.Form):
    """Why; what becomes of promised assets and their bookings; on what labels are printed.

    `shown` brings back which bookings were shown (`BulkChange.shown`), so that no other is cancelled.
    """

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("Kept in the log of each asset, and told to the providers of bookings that are cancelled."),
    )
    bookings = forms.ChoiceField(
        label=_("What becomes of assets that are promised?"),
        choices=[
            ("keep", _("Leave them as they are")),
            ("cancel", _("Cancel these bookings, and tell the providers the reason")),
        ],
        initial="keep",
        widget=UnfoldAdminRadioSelectWidget,
    )
    shown = forms.IntegerField(widget=forms.HiddenInput, required=False)
    layout = forms.ChoiceField(
        label=_("Print on"), choices=Layout.choices, initial=Layout.SHEETS, widget=UnfoldAdminRadioSelectWidget
    )
    codes = forms.ChoiceField(
        label=_("What becomes of assets without a QR code?"),
        choices=[("none", _("Leave them out")), ("make", _("Make one for each; it is added to their identifiers"))],
        initial="none",
        widget=UnfoldAdminRadioSelectWidget,
    )

    def __init__(self, *args: Any, change: BulkChange, consequences: Consequences, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = {"layout"} if change.action == BulkAction.LABELS else {"reason"}
        if consequences.without_code:
            wanted |= {"codes"}
        self.change = change
        if consequences.bookings or (self.is_bound and change.seen):  # or were, when the page was shown
            wanted |= {"bookings", "shown"}
        for name in set(self.fields) - wanted:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Ask again where other bookings were shown meanwhile."""
        cleaned = super().clean() or self.cleaned_data
        if "shown" in self.fields and cleaned.get("shown") != self.change.shown:
            raise forms.ValidationError(gettext("Meanwhile other bookings were shown: look again before going on."))
        return cleaned

    def show(self, shown: int) -> None:
        """Have the page bring back this number, also where it was sent with another."""
        self.initial["shown"] = shown
        if self.is_bound:
            again = cast("QueryDict", self.data).copy()
            again["shown"] = str(shown)
            self.data = again


def begin_page(request: HttpRequest, change_id: int, model_admin: ModelAdmin) -> HttpResponse:
    """Show what a draft would come to (GET), and begin it (POST); for who chose its assets, as long as they may."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    change = BulkChange.objects.filter(pk=change_id, asked_by=request.user.get_username()).first()
    if change is None:
        raise Http404
    if change.state != BulkState.DRAFT:
        return _page_of(change)
    consequences = consequences_of(change, now=timezone.now())
    form = BeginForm(request.POST or None, change=change, consequences=consequences)
    if request.method == "POST" and form.is_valid():
        try:
            _begin(change, form.cleaned_data)
        except TompError as error:
            messages.error(request, error.detail)
        return _page_of(change)
    try:
        form.show(note_shown(change_id=change.pk, bookings=consequences.bookings).shown)
    except IllegalState:  # begun meanwhile, in another window
        return _page_of(change)
    action = in_words(BulkAction(change.action))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": action,
        "opts": model_admin.opts,
        "change": change,
        "consequences": consequences,
        "groups": [
            (in_words(left_out.why), left_out.count, left_out.states and _rows_address(change, left_out.states))
            for left_out in consequences.left_out
        ],
        "all_rows": _rows_address(change, []),
        "with_code": consequences.fitting - consequences.without_code,
        "is_labels": change.action == BulkAction.LABELS,
        "bookings": first_of(consequences.bookings, limit=BOOKINGS_SHOWN),
        "more_bookings": max(0, len(consequences.bookings) - BOOKINGS_SHOWN),
        "danger": change.action == BulkAction.RETIREMENT,
        "form": form,
        "back": reverse("admin:assets_asset_changelist"),
    }
    return TemplateResponse(request, "admin/fleet/begin.html", context)


def _begin(change: BulkChange, answers: dict[str, Any]) -> None:
    begin(
        change_id=change.pk,
        asked_by=change.asked_by,
        reason=answers.get("reason", ""),
        cancelling=answers.get("bookings") == "cancel",
        shown=answers.get("shown") or 0,
        layout=Layout(answers["layout"]) if "layout" in answers else None,
        make_codes=answers.get("codes") == "make",
    )


def _page_of(change: BulkChange) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:fleet_bulkchange_change", args=[change.pk]))


def _rows_address(change: BulkChange, states: list[str]) -> str:
    """The list of a change's assets, of those that are in one of `states`, where any is named."""
    asked: dict[str, Any] = {"change__id__exact": change.pk}
    if states:
        asked["asset__state__in"] = ",".join(states)
    return f"{reverse('admin:fleet_bulkchangeasset_changelist')}?{urlencode(asked)}"


def labels_page(request: HttpRequest, change_id: int, model_admin: ModelAdmin) -> HttpResponse:
    """The labels that a bulk change printed."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    sheets = LabelSheets.objects.filter(change=change_id).first()
    if sheets is None:
        raise Http404
    return pdf_response(bytes(sheets.content), f"labels-{change_id}")
