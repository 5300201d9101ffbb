"""Import and export on a list in the admin: who may, in which formats, and where a file waits to be confirmed."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import uuid4

from django.contrib import messages
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from import_export.admin import ImportExportMixin
from import_export.formats import base_formats
from import_export.tmp_storages import BaseStorage
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from apps.backoffice.spreadsheets import TableResource


class FileGone(Exception):
    """The file that was to be confirmed is not kept any more."""


class WaitingFile(BaseStorage):
    """A file that has been previewed, in the database, where every web process finds it. Kept for an hour."""

    def save(self, data: bytes) -> None:
        """Keep it under a name that nobody guesses."""
        self.name = uuid4().hex
        caches["imports"].set(self.name, data)

    def read(self) -> bytes:
        """Its bytes. Raises `FileGone`."""
        found: bytes | None = caches["imports"].get(self.name)
        if found is None:
            raise FileGone
        return found

    def remove(self) -> None:
        """Forget it."""
        caches["imports"].delete(self.name)


class CSV(base_formats.CSV):
    """As spreadsheets write it: where they write decimals with a comma, they part cells by semicolons."""

    def create_dataset(self, in_stream: str | bytes, **kwargs: Any) -> Any:
        """The rows. Raises `UnicodeDecodeError` for what is no UTF-8, and whatever the library raises."""
        text = in_stream.decode(self.encoding or "utf-8-sig") if isinstance(in_stream, bytes) else in_stream
        names = text.partition("\n")[0]
        return super().create_dataset(text, delimiter=max(",;\t", key=names.count), **kwargs)


class SpreadsheetsMixin(ImportExportMixin):
    """Buttons over a list: export what is listed, import what was changed. `tables` are what can be chosen from."""

    tables: ClassVar[Sequence[type[TableResource]]]
    formats = (CSV, base_formats.XLSX)
    import_form_class = ImportForm
    export_form_class = ExportForm
    tmp_storage_class = WaitingFile
    to_encoding = "utf-8-sig"
    skip_admin_log = True  # the database notes what staff change
    show_change_form_export = False

    def get_import_resource_classes(self, request: HttpRequest) -> list[type[TableResource]]:
        """Those whose rows this member of staff may add and change."""
        return [table for table in self.tables if _may(request, table, *table.needs)]

    def get_export_resource_classes(self, request: HttpRequest) -> list[type[TableResource]]:
        """Those whose rows this member of staff may see."""
        return [table for table in self.tables if _may(request, table, "view")]

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Who may import anything here."""
        return bool(self.get_import_resource_classes(request))

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Who may export anything here."""
        return bool(self.get_export_resource_classes(request))

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """All or nothing: a row that is refused takes the others back."""
        return {**super().get_import_data_kwargs(**kwargs), "rollback_on_validation_errors": True}

    def add_data_read_fail_error_to_form(self, form: ImportForm, error: Exception) -> None:
        """Say what is wrong with a file that cannot be read."""
        if isinstance(error, UnicodeDecodeError):
            form.add_error(
                "import_file", gettext("The text in the file is not UTF-8. Save it as “CSV UTF-8”, or as XLSX.")
            )
        else:
            form.add_error(
                "import_file",
                gettext(
                    "The file cannot be read. Choose the format that it has. No row has more cells than there are "
                    "names in the first, and no cell more than 131,072 characters."
                ),
            )

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Write the file that was confirmed; where it is gone, ask for it again."""
        try:
            answer: HttpResponse = super().process_import(request, **kwargs)
        except FileGone:
            return self._begin_again(
                request, gettext("The file is not kept any more. Choose it again; nothing was changed.")
            )
        return answer

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """Back to the list; to the file, where its rows no longer fit what has changed since they were previewed."""
        if result.has_errors() or result.has_validation_errors():
            return self._begin_again(request, gettext("The file no longer fits. Choose it again; nothing was changed."))
        answer: HttpResponse = super().process_result(result, request)
        return answer

    def _begin_again(self, request: HttpRequest, sentence: str) -> HttpResponse:
        messages.error(request, sentence)
        return HttpResponseRedirect(reverse("admin:{}_{}_import".format(*self.get_model_info())))


def _may(request: HttpRequest, table: type[TableResource], *actions: str) -> bool:
    meta = table._meta.model._meta
    return all(request.user.has_perm(f"{meta.app_label}.{action}_{meta.model_name}") for action in actions)
