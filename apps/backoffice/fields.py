"""Fields of the forms that staff fill in."""

from datetime import UTC, datetime
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Field
from django.utils import timezone
from django.utils.translation import gettext
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget


class MomentField(forms.DateTimeField):
    """A moment on the operator's clocks, to the minute or, with `seconds`, to the second.

    What is left as it is shown is the field's `initial` moment, whatever of it is not shown. Any other in the hour that
    comes twice, when clocks are put back, is in the first of them.
    """

    def __init__(self, *, seconds: bool = False, **options: Any) -> None:
        self.shown_as = "%Y-%m-%dT%H:%M:%S" if seconds else "%Y-%m-%dT%H:%M"
        asked = {"type": "datetime-local", "step": 1 if seconds else 60}
        super().__init__(widget=UnfoldAdminTextInputWidget(attrs=asked), **options)

    def prepare_value(self, value: Any) -> Any:
        """As the browser wants it."""
        return timezone.localtime(value).strftime(self.shown_as) if isinstance(value, datetime) else value

    def to_python(self, value: Any) -> datetime | None:
        """Raises `ValidationError` for what is no moment, or lies in the hour that clocks leave out."""
        if value and self.initial is not None and value == self.prepare_value(self.initial):
            return self.initial
        try:
            return super().to_python(value)
        except ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
        with timezone.override(UTC):
            written: Any = super().to_python(value)
        first: datetime = written.replace(tzinfo=timezone.get_current_timezone(), fold=0)
        moment = first.astimezone(UTC)  # in its own zone it would equal no moment of another (PEP 495)
        if moment.astimezone(first.tzinfo) != first:
            raise ValidationError(gettext("There is no such time: the clocks are put forward then."))
        return moment


class SecretField(forms.CharField):
    """What is typed in and never shown again; left empty, nothing changes. On a `KeepsSecrets`."""

    def __init__(self, **options: Any) -> None:
        widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"})
        super().__init__(required=False, widget=widget, **options)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Has anything been typed?"""
        return bool(data)


class KeepsSecrets(forms.ModelForm):
    """A form with secrets. Of a row that is there only what was changed is written: a secret is encrypted anew each
    time, which would be noted as a change of it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self._secrets:
            about = cast("Field[Any, Any]", self.instance._meta.get_field(name)).help_text
            kept = gettext("One is kept; leave empty to keep it.") if getattr(self.instance, name) else ""
            self.fields[name].help_text = f"{kept} {about}".strip()

    @property
    def _secrets(self) -> list[str]:
        return [name for name, field in self.fields.items() if isinstance(field, SecretField)]

    def clean(self) -> dict[str, Any]:
        """Without the secrets that stay as they are."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        return {name: value for name, value in cleaned.items() if value or name not in self._secrets}

    def save(self, commit: bool = True) -> Any:
        """As forms do."""
        if commit and self.instance.pk is not None and not self.errors:
            self.instance.save(update_fields=self.changed_data)
            return self.instance
        return super().save(commit)
