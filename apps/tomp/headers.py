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
    expect, a tag that begins it (`nl-BE` gets `nl`); `*` those that no other range matches. With quality 0 a range
    excludes. Of several as good the one named first. Where nothing matches: the default language.
    """
    ranges = parse_accept_lang_header(accept_language[:500])
    return max(languages, key=lambda tag: _quality(tag.lower(), ranges))


def _quality(tag: str, ranges: Sequence[tuple[str, float]]) -> tuple[float, int]:
    """How well a tag suits: the quality of the range that says most of it, and how far in front that range stands."""
    says = []
    for position, (wanted, quality) in enumerate(ranges):
        if wanted == tag or tag.startswith(f"{wanted}-"):
            says.append((len(wanted), quality, -position))
        elif wanted.startswith(f"{tag}-") and quality > 0:
            says.append((0, quality, -position))
        elif wanted == "*":
            says.append((-1, quality, -position))
    _, quality, in_front = max(says, default=(0, 0.0, 0))
    return quality, in_front if quality > 0 else 0
