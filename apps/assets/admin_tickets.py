"""The stock of tickets: loading them from a file or a paste, and seeing which leg was given which."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from apps.assets.models import AssetType, Ticket
from apps.assets.tickets import empty_stocks, in_stock, load
from apps.backoffice.admin_base import BackofficeAdmin
from apps.backoffice.words import NOTHING, link, moment
from apps.tomp.errors import Invalid

MAX_FILE_BYTES = 5 * 1024 * 1024


class LoadForm(forms.Form):
    """Tickets of one asset type: one code to a line, in a file, pasted, or both."""

    asset_type = forms.ModelChoiceField(AssetType.objects.all(), widget=UnfoldAdminSelectWidget)
    file = forms.FileField(
        required=False,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".txt,.csv,text/plain"}),
        help_text=_("A text file with one code to a line, at most 5 MB."),
    )
    pasted = forms.CharField(
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("Or paste them here, one code to a line. Codes that were loaded before are left out."),
    )

    def clean(self) -> dict[str, Any]:
        """Read the lines of both."""
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        text = cleaned.get("pasted", "")
        if file is not None:
            if file.size > MAX_FILE_BYTES:
                raise forms.ValidationError(gettext("The file is larger than 5 MB."))
            try:
                text = f"{file.read().decode('utf-8-sig')}\n{text}"
            except UnicodeDecodeError as error:
                raise forms.ValidationError(gettext("The file is no text.")) from error
        cleaned["codes"] = text.splitlines()
        if not text.strip():
            raise forms.ValidationError(gettext("There is no ticket in the file, nor was one pasted."))
        return cleaned


class GivenFilter(admin.SimpleListFilter):
    """In stock, or given out."""

    title = _("stock")
    parameter_name = "stock"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Both."""
        return [("in", _("in stock")), ("out", _("given out"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> QuerySet[Ticket]:
        """Those of the one chosen."""
        if self.value() == "in":
            return queryset.filter(given_at=None)
        return queryset.filter(given_at__isnull=False) if self.value() == "out" else queryset


@admin.register(Ticket)
class TicketAdmin(BackofficeAdmin):
    """Tickets are loaded and given out, never edited; those in stock can be withdrawn."""

    when_empty = _(
        "Tickets are given out with rides, such as codes of a locker. Load the codes of an asset type that has a "
        "stock of them."
    )
    list_display = ("code", "asset_type", "given_shown", "leg_shown", "loaded_shown")
    list_filter = (GivenFilter, "asset_type")
    list_select_related = ("asset_type", "reservation__leg")
    search_fields = ("code__startswith",)
    search_help_text = _("How the ticket's code begins")
    ordering = ("id",)
    fields = ("code", "asset_type", "given_shown", "leg_shown", "loaded_shown")
    readonly_fields = fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody may."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only what nobody was given can be withdrawn."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.given_at is None)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With a notice for each stock that has run out."""
        for asset_type in empty_stocks(AssetType.objects.all()):
            said = gettext("The tickets of %(kind)s are all given out: load new ones.")
            messages.warning(request, said % {"kind": asset_type})
        return super().changelist_view(request, extra_context)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Load many at once."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = LoadForm(request.POST or None, request.FILES or None)
        back = reverse("admin:assets_ticket_changelist")
        if request.method == "POST" and form.is_valid():
            asset_type = form.cleaned_data["asset_type"]
            try:
                new = load(asset_type=asset_type, codes=form.cleaned_data["codes"])
            except Invalid as error:
                form.add_error(None, error.detail)
            else:
                stock = in_stock().filter(asset_type=asset_type).count()
                said = ngettext(
                    "%(new)s new ticket; %(kind)s has %(stock)s in stock.",
                    "%(new)s new tickets; %(kind)s has %(stock)s in stock.",
                    new,
                )
                messages.success(request, said % {"new": new, "kind": asset_type, "stock": stock})
                return HttpResponseRedirect(back)
        context = {**self.admin_site.each_context(request), "title": gettext("Load tickets"), "opts": self.opts}
        return TemplateResponse(request, "admin/assets/load_tickets.html", {**context, "form": form, "back": back})

    @admin.display(description=_("given out"), ordering="given_at")
    def given_shown(self, ticket: Ticket) -> str:
        """When."""
        return moment(ticket.given_at)

    @admin.display(description=_("leg"))
    def leg_shown(self, ticket: Ticket) -> SafeString | str:
        """To which."""
        leg = getattr(ticket.reservation, "leg", None)
        return link(leg, str(leg.pk)[:8]) if leg is not None else NOTHING

    @admin.display(description=_("loaded"), ordering="loaded_at")
    def loaded_shown(self, ticket: Ticket) -> str:
        """When."""
        return moment(ticket.loaded_at)
