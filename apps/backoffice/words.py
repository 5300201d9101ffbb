"""TOMP objects in words: places, customers, fares. Unknown fields are left out; nothing raises."""

import json
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from apps.backoffice.model_words import in_words
from apps.history.services import Actor
from apps.pricing.models import UnitType

NOTHING = "–"


def link(target: Model, text: str = "") -> SafeString:
    """A link to the admin page of `target`."""
    return format_html('<a class="backoffice-link" href="{}">{}</a>', link_to(target), text or str(target))


def link_to(target: Model) -> str:
    """The address of the admin page of `target`."""
    meta = target._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[target.pk])


def links(addresses: list[str]) -> SafeString | str:
    """Links to pictures that others have, opened without telling where from."""
    shown = format_html_join(
        " ",
        '<a class="backoffice-link" rel="noreferrer noopener" target="_blank" href="{}">{} {}</a>',
        ((address, gettext("picture"), number) for number, address in enumerate(addresses, 1)),
    )
    return shown or NOTHING


def pictures(addresses: list[str]) -> SafeString | str:
    """Links to pictures that others have; `backoffice/pictures.js` shows them in place where somebody asks for that."""
    if not addresses:
        return NOTHING
    shown = gettext("Show them here")
    return format_html('<span class="backoffice-pictures" data-show="{}">{}</span>', shown, links(addresses))


def moment(value: datetime | None) -> str:
    """A moment in the operator's time zone, to the second."""
    return formats.date_format(timezone.localtime(value), "DATETIME_FORMAT") if value else NOTHING


def actor_in_words(actor: Actor) -> str:
    """Who did something. `str(actor)` says so in English, as it is kept."""
    return f"{in_words(actor.kind)} {actor.name}".strip()


def near_moment(value: datetime) -> str:
    """A moment of these days in the operator's time zone, with its weekday, and its year where it is another."""
    local = timezone.localtime(value)
    this_year = local.year == timezone.localtime().year
    return formats.date_format(local, "D j M H:i" if this_year else "D j M Y H:i")


def lines(texts: list[str]) -> SafeString | str:
    """Texts one below the other."""
    return format_html_join("", "<div>{}</div>", ((text,) for text in texts)) if texts else NOTHING


def place_in_words(place: dict[str, Any] | None) -> str:
    """A TOMP `place`: its name, address, station and coordinates (latitude, longitude), as far as known."""
    if not place:
        return NOTHING
    address = place.get("physicalAddress") or {}
    coordinates = place.get("coordinates") or {}
    parts = [
        place.get("name"),
        " ".join(str(address[key]) for key in ("street", "houseNumber") if address.get(key))
        or address.get("streetAddress"),
        address.get("city") or address.get("areaReference"),
        gettext("station %(station)s") % {"station": place["stationId"]} if place.get("stationId") else None,
        _coordinates_in_words(coordinates),
    ]
    return ", ".join(str(part) for part in parts if part) or NOTHING


def _coordinates_in_words(coordinates: dict[str, Any]) -> str:
    latitude, longitude = coordinates.get("lat"), coordinates.get("lng")
    if not isinstance(latitude, (int, float)) or not isinstance(longitude, (int, float)):
        return ""
    return f"{latitude:.5f}, {longitude:.5f}"


def customer_name(customer: dict[str, Any] | None) -> str:
    """How a traveller is called, or the id where the MP gives no name."""
    if not customer:
        return NOTHING
    names = [customer.get(key) for key in ("prefix", "firstName", "middleName", "lastName")]
    return " ".join(str(name) for name in names if name) or str(customer.get("id") or NOTHING)


def customer_in_words(customer: dict[str, Any] | None) -> SafeString | str:
    """A TOMP `customer`: who it is and how to reach them. Cards and licences are not shown."""
    if not customer:
        return NOTHING
    phones = [
        f"{phone.get('countryCode', '')} {phone.get('number', '')}".strip()
        for phone in customer.get("phones") or []
        if isinstance(phone, dict)
    ]
    name = customer_name(customer)
    identity = [f"id {customer['id']}"] if customer.get("id") and str(customer["id"]) != name else []
    found = [name, *identity, customer.get("email"), *phones, customer.get("phone")]
    return lines([str(text) for text in found if text])


def amount_in_words(amount: Any, currency: str) -> str:
    """Money as `EUR 1.50`, or `EUR 1,50` in Dutch; trailing zeros below the cent are dropped."""
    try:
        value = Decimal(str(amount))
    except InvalidOperation:
        return f"{currency} {amount}"
    whole_cents = value == value.quantize(Decimal("0.01"))
    shown = formats.number_format(value, decimal_pos=2) if whole_cents else formats.number_format(value.normalize())
    return f"{currency} {shown}"


def fare_in_words(fare: dict[str, Any] | None) -> SafeString | str:
    """A TOMP `fare`: why its plan applies, a line for each part, and the total where every part is a fixed one."""
    parts = [part for part in (fare or {}).get("parts", []) if isinstance(part, dict)]
    if fare is None or not parts:
        return NOTHING
    told = [text for text in [fare.get("explanation"), fare.get("description"), _estimate_in_words(fare)] if text]
    told += [_part_in_words(part) for part in parts]
    if not fare.get("estimated", True):
        total = sum((Decimal(str(part["amount"])) for part in parts), Decimal(0))
        told.append(gettext("Total %(total)s") % {"total": amount_in_words(total, parts[0].get("currencyCode", ""))})
    return lines([str(text) for text in told])


def _estimate_in_words(fare: dict[str, Any]) -> str:
    estimate = fare.get("estimate") if fare.get("estimated", True) else None
    return (
        gettext("About %(amount)s") % {"amount": amount_in_words(estimate["amount"], estimate["currencyCode"])}
        if estimate
        else ""
    )


def _part_in_words(part: dict[str, Any]) -> str:
    currency = part.get("currencyCode", "")
    money = amount_in_words(part.get("amount", 0), currency)
    if part.get("unitType") == UnitType.PERCENTAGE:
        money = f"{part.get('amount', 0)} %"
    elif part.get("type") == "FLEX":
        unit, units = part.get("unitType", ""), str(part.get("units", 1))
        word = in_words(UnitType(unit)) if unit in UnitType.values else unit
        each = word if units == "1" else f"{units} {word}"
        money = gettext("%(money)s per %(unit)s") % {"money": money, "unit": each}
    elif part.get("type") == "MAX":
        by_day = (part.get("meta") or {}).get("per") == "DAY"
        money = (gettext("at most %(money)s a day") if by_day else gettext("at most %(money)s")) % {"money": money}
    if part.get("scaleType"):
        money += gettext(", %(measure)s %(least)s to %(most)s") % {
            "measure": part["scaleType"].lower(),
            "least": part.get("scaleFrom", 0),
            "most": part.get("scaleTo", "…"),
        }
    for bound, word in (
        ("minimumAmount", gettext("at least")),
        ("maximumAmount", gettext("at most")),
    ):
        if part.get(bound) is not None:
            money += f", {word} {amount_in_words(part[bound], currency)}"
    beside = part.get("meta") or {}
    if beside.get("days"):
        money += f", {', '.join(beside['days'])}"
    if beside.get("from"):
        money += gettext(", %(start)s to %(end)s") % {"start": beside["from"], "end": beside.get("until")}
    name = part.get("name")
    paused = gettext(" while paused") if part.get("assetState") == "PAUSED" else ""
    return f"{name}: {money}{paused}" if name else f"{money}{paused}"


def object_in_words(value: Any) -> SafeString | str:
    """Any other JSON, indented."""
    if value in (None, {}, []):
        return NOTHING
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return format_html('<pre class="backoffice-json">{}</pre>', text)


def table(headings: list[str], rows: list[list[Any]]) -> SafeString | str:
    """A small table inside a page."""
    if not rows:
        return NOTHING
    head = format_html_join("", "<th>{}</th>", ((heading,) for heading in headings))
    body = format_html_join(
        "", "<tr>{}</tr>", ((format_html_join("", "<td>{}</td>", ((cell,) for cell in row)),) for row in rows)
    )
    return format_html(
        '<table class="backoffice-table"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>', head, body
    )
