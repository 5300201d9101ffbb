"""What the admin pages of all apps share."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlencode

from django.contrib.admin.utils import unquote
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from i18nfield.fields import I18nCharField, I18nTextField
from unfold.admin import ModelAdmin

from apps.backoffice.buttons import ButtonsMixin
from apps.backoffice.lists.admin import ListMixin
from apps.backoffice.meanwhile import keeping_others_changes
from apps.backoffice.pagination import EstimatingPaginator
from apps.backoffice.widgets import ParagraphsInLanguages, SearchedKey, SearchedKeys, TextInLanguages

Shown = TypeVar("Shown")
SECONDS_BETWEEN_LOOKS = 2


def once_a_page(show: Callable[[Any, Any], Shown]) -> Callable[[Any, Any], Shown]:
    """A read-only field that is read once for an object, however often the templates of its page ask for it."""

    @wraps(show)
    def shown(self: Any, obj: Any) -> Shown:
        kept: dict[str, Shown] = obj.__dict__.setdefault("_shown_once", {})
        if show.__name__ not in kept:
            kept[show.__name__] = show(self, obj)
        return kept[show.__name__]

    return shown


class SearchedKeysMixin:
    """Keys of other rows are searched by what is typed; what can be none is refused like any wrong choice."""

    def formfield_for_foreignkey(self: Any, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """With our search where the key is searched."""
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = SearchedKey(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self: Any, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The same of several."""
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = SearchedKeys(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]


class InlineMixin(SearchedKeysMixin):
    """Rows that staff edit below another row, on its page."""

    def get_formset(self: Any, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """The forms, which leave alone what others changed while they were open."""
        form = kwargs.pop("form", self.form)
        return super().get_formset(request, obj, form=keeping_others_changes(form), **kwargs)  # type: ignore[misc]


class BackofficeAdmin(SearchedKeysMixin, ListMixin, ModelAdmin):
    """A model that staff edit. Only the fields changed in the form are written."""

    formfield_overrides: ClassVar = {
        I18nCharField: {"widget": TextInLanguages},
        I18nTextField: {"widget": ParagraphsInLanguages},
    }
    paginator = EstimatingPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 200
    list_filter_submit = True
    warn_unsaved_form = True
    compressed_fields = True

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, which leaves alone what others changed while it was open."""
        form = kwargs.pop("form", self.form)
        return super().get_form(request, obj, change, form=keeping_others_changes(form), **kwargs)

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        """Write a new row whole, an old one only where it was changed, so that nothing else is overwritten."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        changed = self.changed_fields(obj, form)
        if changed:
            obj.save(update_fields=changed)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What staff changed in this row, as the database noted it."""
        subject = urlencode({"subject_table": self.opts.db_table, "subject_id": unquote(object_id)})
        return HttpResponseRedirect(f"{reverse('admin:history_change_changelist')}?{subject}")

    def changed_fields(self, obj: Model, form: ModelForm) -> list[str]:
        """The model's fields that the form changed."""
        own = {field.name for field in obj._meta.concrete_fields}
        return [name for name in form.changed_data if name in own]


class ReadOnlyAdmin(ButtonsMixin, BackofficeAdmin):
    """A model that staff only look at; what may be done to it, its buttons do."""

    actions = None

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Nobody may."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody may."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody may."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may view such objects, or press their buttons."""
        label, name = self.opts.app_label, self.opts.model_name
        return request.user.has_perm(f"{label}.view_{name}") or request.user.has_perm(f"{label}.change_{name}")

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """The page without the admin's own log of edits: there are none."""
        context["show_history"] = False
        return super().render_change_form(request, context, add, change, form_url, obj)


class LooksAgainMixin(ModelAdmin):
    """A page that the browser asks for again by itself, as long as what it shows `is_open`."""

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """The page; while what it shows is open, the browser asks for it again."""
        response = super().render_change_form(request, context, add, change, form_url, obj)
        if obj is not None and obj.is_open:
            response["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
        return response
