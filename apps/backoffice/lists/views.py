"""The pages of saved filters: keeping one, opening one, and those that are kept."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from apps.backoffice.lists import saved_filters
from apps.backoffice.lists.changelist import ListShown
from apps.backoffice.lists.saved_filters import NoLongerFits
from apps.backoffice.models import SavedFilter
from apps.tomp.errors import Invalid


class SavedFilterForm(forms.ModelForm):
    """The name, and for who may share, with which role."""

    class Meta:
        model = SavedFilter
        fields = ("name", "shared_with")
        labels = {"name": _("Name"), "shared_with": _("Shared with")}
        help_texts = {"shared_with": _("Everybody of this role sees it over the list.")}
        widgets = {"name": UnfoldAdminTextInputWidget, "shared_with": UnfoldAdminSelectWidget}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not user.has_perm(saved_filters.SHARE):
            del self.fields["shared_with"]

    @property
    def role(self) -> Group | None:
        """Whom it is shared with; what it was, where that is not asked."""
        chosen: Group | None = self.cleaned_data.get("shared_with", self.instance.shared_with)
        return chosen


class SavedFilterViews(ModelAdmin):
    """The addresses of a list's saved filters. Who may see the list may keep its filters."""

    search_finds_people = False  # what is searched for here may be a traveller's name, and is not kept

    def get_urls(self) -> list[URLPattern]:
        """Those of the saved filters before the pages of the objects."""
        pages = (
            ("filters/", "filters", self.filters_view),
            ("filters/save/", "save_filter", self.save_filter_view),
            ("filters/<int:key>/", "open_filter", self.open_filter_view),
            ("filters/<int:key>/change/", "change_filter", self.change_filter_view),
            ("filters/<int:key>/delete/", "delete_filter", self.delete_filter_view),
        )
        own = [
            path(route, self.admin_site.admin_view(view), name=f"{self._list_name}_{name}")
            for route, name, view in pages
        ]
        return [*own, *super().get_urls()]

    @property
    def _list_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def _list_page(self, action: str = "changelist") -> str:
        return reverse(f"admin:{self._list_name}_{action}")

    def save_filter_view(self, request: HttpRequest) -> HttpResponseBase:
        """Ask for a name (GET), then keep the list as the address says it is narrowed (POST)."""
        user = self._reader(request)
        try:
            listed: ListShown = self.get_changelist_instance(request)
        except (IncorrectLookupParameters, SuspiciousOperation):
            messages.error(request, gettext("These filters do not fit the list. Nothing was saved."))
            return HttpResponseRedirect(self._list_page())
        back = listed.address("changelist") + str(listed.get_query_string())
        form = SavedFilterForm(request.POST or None, user=user)
        if request.method == "POST" and form.is_valid():
            name = form.cleaned_data["name"]
            try:
                saved_filters.save(owner=user, listed=listed, name=name, shared_with=form.role)
            except Invalid as error:
                form.add_error("name", error.detail)
            else:
                messages.success(request, gettext("The filter “%(name)s” is saved.") % {"name": name})
                return HttpResponseRedirect(back)
        left_out = bool(listed.query) and self.search_finds_people
        return self._page(request, "save_filter", gettext("Save filter"), form=form, back=back, left_out=left_out)

    def open_filter_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """The list as it was kept; where that is not possible any more, the saved filters, and why."""
        saved = get_object_or_404(saved_filters.seen_by(self._reader(request), self._list_name), pk=key)
        try:
            query = saved_filters.query_of(saved, self, request)
        except NoLongerFits as error:
            said = gettext("“%(name)s” cannot be shown: %(reason)s") % {"name": saved.name, "reason": error}
            messages.error(request, said)
            return HttpResponseRedirect(self._list_page("filters"))
        return HttpResponseRedirect(f"{self._list_page()}?{query}")

    def filters_view(self, request: HttpRequest) -> HttpResponse:
        """Those of this list that the reader has, and those that are shared with them."""
        seen = list(saved_filters.seen_by(self._reader(request), self._list_name))
        return self._page(request, "saved_filters", gettext("Saved filters"), seen=seen, back=self._list_page())

    def change_filter_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Another name, or another role to share it with. Its owner's alone."""
        user, saved = self._owned(request, key)
        form = SavedFilterForm(request.POST or None, instance=saved, user=user)
        if request.method == "POST" and form.is_valid():
            try:
                saved_filters.change(saved=saved, name=form.cleaned_data["name"], shared_with=form.role)
            except Invalid as error:
                form.add_error("name", error.detail)
            else:
                return HttpResponseRedirect(self._list_page("filters"))
        return self._page(request, "save_filter", gettext("Change filter"), form=form, back=self._list_page("filters"))

    def delete_filter_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Take it away (POST). Its owner's alone."""
        _, saved = self._owned(request, key)
        if request.method == "POST":
            saved.delete()
            messages.success(request, gettext("The filter “%(name)s” is deleted.") % {"name": saved.name})
        return HttpResponseRedirect(self._list_page("filters"))

    def _reader(self, request: HttpRequest) -> User:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return cast("User", request.user)

    def _owned(self, request: HttpRequest, key: int) -> tuple[User, SavedFilter]:
        user = self._reader(request)
        return user, get_object_or_404(SavedFilter, pk=key, owner=user, list_name=self._list_name)

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        known = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "list_name": self._list_name,
        }
        return TemplateResponse(request, f"admin/backoffice/lists/{template}.html", {**known, **context})
