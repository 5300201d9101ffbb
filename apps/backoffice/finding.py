"""One box that finds everything: what a traveller on the phone can name leads to its page in one step.

Each kind of thing is looked for as its own list looks for it (`get_search_results`), by indexes only, and only by those
who may see that list. The one thing that is found is opened; of several, a page with the first of each kind.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext

from apps.assets.models import Asset
from apps.backoffice.badges import state_badge
from apps.backoffice.words import moment
from apps.bookings.models import Booking
from apps.customers.models import CustomerAccount
from apps.legs.models import Leg
from apps.parking.models import ParkedCar
from apps.providers.models import Provider
from apps.stations.models import Station
from apps.support.models import SupportRequest
from apps.tomp.identifiers import as_uuid

# So many of a kind are shown; the rest is in its list.
MOST = 6
LONGEST_TERM = 200

Described = tuple[SafeString | str, list[str]]


@dataclass(frozen=True)
class Found:
    """One thing that was found: its page, its name, its state as a badge, and a few words about it."""

    address: str
    name: str
    state: SafeString | str
    words: list[str]


@dataclass(frozen=True)
class Group:
    """What was found of one kind. `more` is the address of the list that has the rest, if there is a rest."""

    title: str
    found: list[Found]
    more: str


@dataclass(frozen=True)
class Finding:
    """All that a term found."""

    term: str
    groups: list[Group]


def _of_booking(booking: Any) -> Described:
    assets = ", ".join(leg.asset.code for leg in booking.legs.all() if leg.asset)
    words = [str(booking.provider), assets, moment(booking.departure_time)]
    return state_badge("booking", booking.state_at(timezone.now())), words


def _of_leg(leg: Any) -> Described:
    words = [str(leg.asset or leg.asset_type), str(leg.booking.provider), moment(leg.departure_time)]
    return state_badge("leg", leg.state_at(timezone.now())), words


def _of_asset(asset: Any) -> Described:
    return state_badge("asset", asset.state), [str(asset.asset_type), str(asset.station or "")]


def _of_request(request: Any) -> Described:
    return state_badge("support request", request.state), [request.get_type_display(), str(request.provider)]


# What is looked for, in the order in which it is shown.
KINDS: dict[type[Model], Callable[[Any], Described]] = {
    Booking: _of_booking,
    Asset: _of_asset,
    Leg: _of_leg,
    SupportRequest: _of_request,
    CustomerAccount: lambda account: (state_badge("customer", account.state), [str(account.provider)]),
    ParkedCar: lambda car: ("", [str(car.station), moment(car.since)]),
    Station: lambda station: ("", [station.station_id]),
    Provider: lambda provider: ("", [provider.maas_id]),
}


def find(request: HttpRequest) -> HttpResponse:
    """The page of the one thing that was found, or what was found by kind."""
    term = request.GET.get("q", "").strip()[:LONGEST_TERM]
    groups = list(_groups(request, term)) if term else []
    found = [one for group in groups for one in group.found]
    if len(found) == 1:
        return HttpResponseRedirect(found[0].address)
    context = {**admin.site.each_context(request), "title": gettext("Find"), "found": Finding(term, groups)}
    return TemplateResponse(request, "admin/backoffice/find.html", context)


def _groups(request: HttpRequest, term: str) -> Iterator[Group]:
    """What each kind has. The only leg of a booking has the booking's id, and is not found beside it."""
    seen: set[str] = set()
    for model, describe in KINDS.items():
        model_admin = admin.site.get_model_admin(model)
        if not model_admin.has_view_permission(request):
            continue
        queryset = model_admin.get_queryset(request).order_by(*model_admin.get_ordering(request))
        results, _ = model_admin.get_search_results(request, queryset, term)
        rows = [row for row in results[: MOST + 1] if str(row.pk) not in seen or as_uuid(str(row.pk)) is None]
        seen |= {str(row.pk) for row in rows}
        if rows:
            yield Group(
                title=capfirst(str(model._meta.verbose_name_plural)),
                found=[_found(row, describe) for row in rows[:MOST]],
                more=f"{_address(model, 'changelist')}?{urlencode({'q': term})}" if len(rows) > MOST else "",
            )


def _found(row: Model, describe: Callable[[Any], Described]) -> Found:
    state, words = describe(row)
    return Found(_address(type(row), "change", row.pk), str(row), state, [word for word in words if word])


def _address(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)
