"""What somebody else changed while a form was open is not undone by who saves the form later.

The page says of each column of a row, and of the rows below it, what it showed, a hash each. What was changed in the
database since, and not in the form, stays; what was changed in both is asked once more.
"""

import copy
import hashlib
import json
from datetime import UTC, datetime
from typing import Any, TypeAlias

from django.db.models import Field, Model
from django.forms import ModelForm
from django.forms.models import construct_instance
from django.utils.functional import cached_property
from django.utils.translation import gettext
from i18nfield.strings import LazyI18nString

from apps.backoffice.fields import SecretField
from apps.backoffice.model_words import in_words
from apps.backoffice.words import NOTHING, moment

AnyField: TypeAlias = "Field[Any, Any]"
HASH_LENGTH = 16


def _hash(field: AnyField, row: Model) -> str:
    value = json.dumps(field.value_from_object(row), default=_plain, sort_keys=True)
    return hashlib.sha256(value.encode()).hexdigest()[:HASH_LENGTH]


def _plain(value: Any) -> Any:
    """A text in all its languages, a moment as precisely as forms have it, or anything else as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if not isinstance(value, LazyI18nString):
        return str(value)
    texts = value.data
    return {language: text for language, text in texts.items() if text} if isinstance(texts, dict) else texts


class KeepsOthersChanges(ModelForm):
    """The form of a row that others may change while it is open; `shown` is sent with it, as `shown_as`.

    Without it, the row is taken to be as it was shown.
    """

    @property
    def shown_as(self) -> str:
        """The name under which it is sent."""
        return self.add_prefix("shown")

    @property
    def shown(self) -> str:
        """What the page shows of the row, or, sent back, showed when it was opened."""
        if self.instance.pk is None:
            return ""
        return json.dumps(self._shown or {name: _hash(field, self.instance) for name, field in self._columns.items()})

    @cached_property
    def _shown(self) -> dict[str, str]:
        try:
            shown = json.loads(self.data.get(self.shown_as, ""))
        except (ValueError, RecursionError):
            return {}
        return shown if isinstance(shown, dict) else {}

    @cached_property
    def _columns(self) -> dict[str, AnyField]:
        """Those that the form shows; a secret is not shown, and written only where it was typed."""
        shown = {name for name, field in self.fields.items() if not isinstance(field, SecretField)}
        return {field.name: field for field in self.instance._meta.concrete_fields if field.name in shown}

    def clean(self) -> dict[str, Any]:
        """Leave out what others changed and this form did not; refuse, once, what both changed."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk is None:
            return cleaned
        for name, field in self._columns.items():
            shown, is_now = self._shown.get(name), _hash(field, self.instance)
            if name not in cleaned or shown in (None, is_now):
                continue
            answered = _hash(field, construct_instance(self, copy.copy(self.instance), [name]))
            if answered == shown:
                del cleaned[name]
                self.changed_data[:] = [one for one in self.changed_data if one != name]
            elif answered != is_now:
                told = gettext("Somebody else has changed this meanwhile, to “%(value)s”. Save again to have yours.")
                self.add_error(name, told % {"value": _value_in_words(field, self.instance)})
                self._shown[name] = is_now
        return cleaned


def keeping_others_changes(form: type[ModelForm]) -> type[ModelForm]:
    """The form, which keeps what others changed."""
    return type(form.__name__, (KeepsOthersChanges, form), {})


def _value_in_words(field: AnyField, row: Model) -> str:
    value = getattr(row, field.name)
    if field.choices:
        return in_words(getattr(row, f"get_{field.name}_display")())
    if isinstance(value, datetime):
        return moment(value)
    return NOTHING if value in (None, "") else str(value)
