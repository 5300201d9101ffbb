"""Rows of a spreadsheet as rows of the database, and back: what all tables that staff import and export share.

A file is written all or nothing, each row by the model's own `full_clean`. A column that is missing changes nothing; a
row that says what is there already is skipped. Texts in several languages have a column for each.
"""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

import orjson
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db.models import BooleanField, DateTimeField, Field, JSONField, Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from i18nfield.fields import I18nFieldMixin
from i18nfield.strings import LazyI18nString
from import_export import exceptions, fields, instance_loaders, resources, widgets

from apps.operator.selectors import operator_basics
from apps.tomp import json_format
from apps.tomp.errors import Invalid

# What a spreadsheet would take for a formula, quoted already or not; a number or a telephone number is none.
FORMULA = re.compile(r"'*([=@＝＠]|[+＋－-](?![\d .()/-]*$))")
QUOTE = "'"
NUL = "\x00"  # which no text in PostgreSQL can hold
YES, NO = ("yes", "true", "1"), ("no", "false", "0")


def never_a_formula(text: str) -> str:
    """The text as a spreadsheet will show it: with one more quote before it where it would be taken for a formula."""
    return f"{QUOTE}{text}" if FORMULA.match(text) else text


class Column(widgets.Widget):
    """A cell of a model's field, read as the field itself reads text. Raises `ValueError` for what it is none of.

    Yes and no are words, lists are parted by commas, moments without an offset are on the operator's clocks.
    """

    def __init__(self, field: "Field[Any, Any]") -> None:
        super().__init__()
        self.field = field

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """What is in the cell; of an empty one nothing, or empty text."""
        text = _as_text(value)
        if isinstance(self.field, ArrayField):
            return [part.strip() for part in text.split(",") if part.strip()]
        if not text:
            return "" if self.field.empty_strings_allowed and not self.field.null else None
        if isinstance(self.field, JSONField):
            return _as_json(text)
        if isinstance(self.field, BooleanField):
            text = "True" if text.lower() in YES else "False" if text.lower() in NO else text
        try:
            read = self.field.to_python(text)
        except ValidationError as error:
            raise ValueError(" ".join(error.messages)) from error
        naive = isinstance(self.field, DateTimeField) and timezone.is_naive(read)
        return timezone.make_aware(read) if naive else read

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """The cell; numbers stay numbers where the format knows them."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return YES[0] if value else NO[0]
        if isinstance(self.field, ArrayField):
            return ", ".join(str(one) for one in value)
        if isinstance(self.field, JSONField):
            return widgets.JSONWidget().render(value)
        if isinstance(self.field, DateTimeField):
            return timezone.localtime(value).isoformat(sep=" ")
        return value if kwargs.get("force_native_type") and isinstance(value, int | float) else str(value)


class ByItsId(widgets.ForeignKeyWidget):
    """A cell that names another row by the id that staff know it by. Raises `ValueError` where there is none.

    Each table has cells of its own, which look for a row once.
    """

    def __init__(self, model: type[Model], field: str) -> None:
        super().__init__(model, field)
        self.found: dict[str, Model | None] = {}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Model | None:
        """The row named; None for an empty cell."""
        text = _as_text(value)
        try:
            if text not in self.found:
                self.found[text] = super().clean(text, row, **kwargs)
        except self.model.DoesNotExist as error:
            raise ValueError(
                gettext("There is no %(kind)s %(name)s.") % {"kind": self.model._meta.verbose_name, "name": text}
            ) from error
        return self.found[text]


class TextInLanguage(fields.Field):
    """The column of one language of a text in several."""

    def __init__(self, name: str, language: str) -> None:
        super().__init__(attribute=name, column_name=f"{name}_{language}", widget=widgets.CharWidget())
        self.language = language

    def get_value(self, instance: Model) -> str:
        """The text in that language; empty where there is none."""
        return self._texts(instance).get(self.language, "")

    def save(self, instance: Model, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        """The same text with this language replaced, or without it."""
        texts = {**self._texts(instance), self.language: _as_text(row[self.column_name])}
        written = {name: text for name, text in texts.items() if text}
        setattr(instance, self.attribute, LazyI18nString(written or ""))

    def _texts(self, instance: Model) -> dict[str, str]:
        text = getattr(instance, self.attribute)
        written = text.data if isinstance(text, LazyI18nString) else text
        return dict(written) if isinstance(written, dict) else {self.language: str(written)} if written else {}


def _as_text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else str(value).strip()
    return text[1:] if text[:1] == QUOTE and FORMULA.match(text[1:]) else text


def _as_json(text: str) -> Any:
    try:
        return json_format.clean(orjson.loads(text), keep_nulls=True)
    except orjson.JSONDecodeError as error:
        raise ValueError(gettext("This is no JSON: %(error)s.") % {"error": error}) from error
    except Invalid as error:
        raise ValueError(str(error)) from error


def _has_nul(cell: Any) -> bool:
    return isinstance(cell, str) and NUL in cell


class RowsByOneField(instance_loaders.CachedInstanceLoader):
    """Finds by the one id field all rows that a file names, at once. A row with a NUL is never looked up."""

    def __init__(self, resource: "TableResource", dataset: Any) -> None:
        readable = [row for row in dataset if not any(map(_has_nul, row))]
        super().__init__(resource, type(dataset)(*readable, headers=dataset.headers))


class RowsBySeveralFields(instance_loaders.ModelInstanceLoader):
    """Finds by all id fields together the row that a row of the file names."""

    def get_instance(self, row: Any) -> Model | None:
        """The row, or None. Raises `ValueError` where there are several."""
        model = self.resource._meta.model
        try:
            found: Model | None = super().get_instance(row)
        except model.MultipleObjectsReturned as error:
            names = gettext(" and ").join(self.resource.get_import_id_fields())
            plural = model._meta.verbose_name_plural
            raise ValueError(
                gettext("Several %(things)s have this %(fields)s: tell them apart in the admin.")
                % {"things": plural, "fields": names}
            ) from error
        return found


class TableResource(resources.ModelResource):
    """A table: its columns are `Meta.fields`, in that order; `Meta.name` is what staff call it.

    Where one column tells rows apart, the rows that a file names are locked, in the order of their keys.
    """

    needs: ClassVar[Sequence[str]] = ("add", "change")
    fields: dict[str, fields.Field]

    class Meta:
        use_transactions = True
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = False
        instance_loader_class = RowsByOneField  # of several id fields it takes the first

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        languages = operator_basics().languages
        columns: dict[str, fields.Field] = {}
        for name in self._meta.fields:
            column = self.fields[name]
            if isinstance(getattr(column.widget, "field", None), I18nFieldMixin):
                columns |= {f"{name}_{language}": TextInLanguage(name, language) for language in languages}
            else:
                columns[name] = column
        self.fields = columns

    @classmethod
    def widget_from_django_field(cls, f: "Field[Any, Any]", default: Any = None) -> Any:
        """The cell of any field of the model."""
        return partial(Column, f)

    @classmethod
    def widget_kwargs_for_field(cls, field_name: str, django_field: "Field[Any, Any]") -> dict[str, Any]:
        """Nothing beside the field itself."""
        return {}

    def export_field(self, field: Any, instance: Model, **kwargs: Any) -> Any:
        """The cell; a text that begins like a formula is quoted, and read back without the quote."""
        cell = super().export_field(field, instance, **kwargs)
        return never_a_formula(cell) if isinstance(cell, str) else cell

    def get_queryset(self) -> QuerySet[Any, Any]:
        """The rows, locked."""
        return self._meta.model._default_manager.order_by("pk").select_for_update(of=("self",))

    def get_import_order(self) -> tuple[str, ...]:
        """As the columns are."""
        return tuple(self.fields)

    def get_export_order(self) -> tuple[str, ...]:
        """As the columns are."""
        return tuple(self.fields)

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """Raise `ImportError` without a column that tells rows apart, and for one that is unknown or there twice."""
        named = [name for name in dataset.headers or () if name]
        known = self.column_names()
        telling_apart = {self.fields[name].column_name for name in self.get_import_id_fields()}
        for said, columns in (
            (
                gettext("The file has no column %(columns)s. Its first row holds the names of its columns."),
                telling_apart - set(named),
            ),
            (
                gettext(
                    "Nothing here is called %(columns)s: rename these columns as an export has them, or drop them."
                ),
                {name for name in named if name not in known},
            ),
            (
                gettext("The file has these columns more than once: %(columns)s."),
                {name for name in named if named.count(name) > 1},
            ),
        ):
            if columns:
                raise exceptions.ImportError(said % {"columns": ", ".join(sorted(columns))})

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """Raise `ValidationError` for cells with a NUL character."""
        named = [name for name in self.column_names() if _has_nul(row.get(name))]
        if named:
            raise ValidationError(
                dict.fromkeys(named, gettext("The text holds a NUL character, which cannot be stored."))
            )

    def column_names(self) -> list[str]:
        """What is written over the columns."""
        return [column.column_name for column in self.fields.values()]

    def validate_instance(
        self, instance: Model, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        """Raise `ValidationError` for cells that cannot be read, and for what the row's page would refuse."""
        errors = dict(import_validation_errors or {})
        absent = {field.name for field in instance._meta.concrete_fields} - self.written()
        try:
            instance.full_clean(exclude={*errors, *absent}, validate_unique=validate_unique)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def do_instance_save(self, instance: Model, is_create: bool) -> None:
        """Write a new row whole, of an old one only what the table has."""
        if is_create:
            instance.save(force_insert=True)
        else:
            instance.save(update_fields=self.written())

    def written(self) -> set[str]:
        """The model's fields that the table has."""
        return {column.attribute for column in self.fields.values() if column.attribute and not column.readonly}

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """Nothing: keys are never imported, so their sequences are right."""
