"""The lists of the admin, with what each of them offers."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.backoffice.lists.changelist import ListShown
from apps.backoffice.lists.download import download
from apps.backoffice.lists.saved_filters import seen_by
from apps.backoffice.lists.views import SavedFilterViews
from apps.backoffice.looks import note_download


class ListMixin(SavedFilterViews):
    """A list that can be taken away as CSV, whose filters can be saved, and that says what to do without rows.

    That is `when_empty`: what the list is for, and how it gets its first row.
    """

    when_empty: str | Promise = _("Nothing is listed here yet.")

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ListShown]:
        """What its page is made from."""
        return ListShown

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with the filters that its reader has saved."""
        saved = seen_by(cast("User", request.user), f"{self.opts.app_label}_{self.opts.model_name}")
        return super().changelist_view(request, {**(extra_context or {}), "saved_filters": saved})

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """Do what was chosen to the ticked rows; nothing where what was sent as ticked cannot be the key of a row."""
        try:
            for key in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.opts.pk.clean(key, None)
        except ValidationError:
            messages.error(request, gettext("What was ticked is not in this list. Nothing was done."))
            return HttpResponseRedirect(request.get_full_path())
        return super().response_action(request, queryset, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        """The download before the pages of the objects."""
        address = path(
            "download/",
            self.admin_site.admin_view(self.download_view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_download",
        )
        return [address, *super().get_urls()]

    def download_view(self, request: HttpRequest) -> HttpResponseBase:
        """What is listed, as CSV; that it was taken is written down. Filters that do not fit lead back to the list."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        try:
            listed: ListShown = self.get_changelist_instance(request)
        except (IncorrectLookupParameters, SuspiciousOperation):
            messages.error(request, gettext("These filters do not fit the list. Nothing was downloaded."))
            return HttpResponseRedirect(reverse(f"admin:{name}_changelist"))
        narrowed_by = [*listed.filters_used, *(["a search"] if listed.query else [])]
        note_download(request, name, narrowed_by=narrowed_by)
        return download(listed)
