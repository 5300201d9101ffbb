"""Fields of the forms that staff fill in."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from unfold.widgets import UnfoldAdminTextInputWidget


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
        if first.astimezone(UTC).astimezone(first.tzinfo) != first:
            raise ValidationError(gettext("There is no such time: the clocks are put forward then."))
        return first
