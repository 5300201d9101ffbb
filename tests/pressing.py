"""Pressing a button of the admin, as staff do: what it comes to is looked at first."""

from typing import Any

from django.test import Client


def press(staff: Client, address: str, answers: dict[str, Any], **options: Any) -> Any:
    """Fill in the button's form and, where a preview is shown, press it again; the last answer."""
    shown = staff.post(address, answers, **options)
    if shown.status_code != 200 or shown.context.get("preview") is None:
        return shown
    return staff.post(address, {**answers, "previewed": shown.context["previewed"]}, **options)
