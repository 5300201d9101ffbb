"""What is followed or read: the link into the operator's app, the page and the document, where the key is."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from apps.legs.access import passes
from apps.legs.access.opening import Opening


def deep_link(opening: Opening) -> dict[str, Any]:
    """A link that opens the asset in the operator's app."""
    return {"tokenType": "tokenDeeplink", "url": opening.app_link}


def page(opening: Opening) -> dict[str, Any]:
    """The address of a page that shows the code, for this time only."""
    return _at("HTML", "access-page", opening)


def document(opening: Opening) -> dict[str, Any]:
    """The address of a PDF with the same."""
    return _at("PDF", "access-document", opening)


def key_place(opening: Opening) -> dict[str, Any] | None:
    """Where the key of the asset is, in words; None where nobody has said so."""
    text = opening.key_place
    return {"tokenType": "tokenDefault", "accessMethod": "PHYSICAL-KEY", "text": text} if text else None


def _at(method: str, view: str, opening: Opening) -> dict[str, Any]:
    signed = passes.sign_link(opening.leg, opening.valid_until)
    address = f"{settings.PUBLIC_URL}{reverse(view, args=[signed])}"
    return {"tokenType": "tokenDefault", "accessMethod": method, "url": address}
