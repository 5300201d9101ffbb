"""Forms of the admin, as a browser sends them."""

import re
from html import unescape
from typing import Any

from django.forms import PasswordInput
from django.test import Client
from django.urls import reverse
from django.utils import timezone


def opened(client: Client, row: Any) -> tuple[str, dict[str, Any]]:
    """The address of a row's page, and all that its form would send if nothing were typed."""
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    page = client.get(address)
    with timezone.override("Europe/Amsterdam"):  # the operator's
        sent = {"shown": shown_on(page), **answers(page.context["adminform"].form)}
        for inline in page.context["inline_admin_formsets"]:
            sent |= answers(inline.formset.management_form)
            for form in inline.formset.initial_forms:
                sent |= {form.shown_as: form.shown, **answers(form)}
    return address, sent


def answers(form: Any) -> dict[str, Any]:
    """What a browser sends of a form as it is shown."""
    sent: dict[str, Any] = {}
    for field in form:
        value, widget = field.value(), field.field.widget
        if hasattr(widget, "decompress"):
            parts = enumerate(widget.decompress(value))
            sent |= {f"{field.html_name}_{number}": "" if part is None else str(part) for number, part in parts}
        elif value is not None and value is not False:
            sent[field.html_name] = "" if isinstance(widget, PasswordInput) else value
    return sent


def shown_on(page: Any) -> str:
    return unescape(re.search(r'name="shown" value="([^"]*)"', page.text)[1])  # type: ignore[index]
