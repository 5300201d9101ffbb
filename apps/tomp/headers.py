"""The headers TOMP demands, and the language an answer is given in."""

from collections.abc import Sequence

from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework.request import Request

from apps.tomp.errors import Missing, UnsupportedVersion

# Per path as the 1.6.1 document lists them; most take all four.
ALL_HEADERS = ("Accept-Language", "Api", "Api-Version", "maas-id")
META_HEADERS = ("Accept-Language", "maas-id")
PING_HEADERS = ("Accept-Language",)
CUSTOMER_HEADERS = ("Accept-Language",)
SERVED_MAJOR = "1"
SERVED_VERSION = "1.6.1"


def check_headers(request: Request, required: Sequence[str]) -> None:
    """Raise `Missing` for the first absent header, `UnsupportedVersion` for an `Api-Version` that is not 1.x."""
    for name in required:
        if not request.headers.get(name, "").strip():
            raise Missing(f"The header {name} is missing.")
    version = request.headers.get("Api-Version", "").strip()
    if version and version.split(".")[0] != SERVED_MAJOR:
        raise UnsupportedVersion(f"Api-Version {version[:20]} is not served; this is {SERVED_VERSION}.")


def negotiate_language(accept_language: str, languages: Sequence[str]) -> str:
    """The tag of `languages` (default first) that suits an `Accept-Language` best, per RFC 9110 12.5.4.

    A range matches a tag it equals or whose beginning it is (`nl` matches `nl-NL`), and, as travellers
    expect, a tag that begins it (`nl-BE` gets `nl`). Where nothing matches: the default language.
    """
    for wanted, quality in parse_accept_lang_header(accept_language[:500]):
        if quality <= 0:
            continue
        if wanted == "*":
            return languages[0]
        for tag in languages:
            known = tag.lower()
            if known == wanted or known.startswith(f"{wanted}-") or wanted.startswith(f"{known}-"):
                return tag
    return languages[0]
