"""The pages staff live in, in a database and in one a hundred times as large: statements and time of each."""

import random
import time
import uuid
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from apps.assets.models import Asset
from apps.backoffice.benchmark.calls import UNCOUNTED, CallFailed, Cost, Figures, Mp, counted
from apps.backoffice.benchmark.comparison import APART, NOTICEABLE, Size, Tell
from apps.backoffice.benchmark.contents import create_assets, create_operator, tidy
from apps.backoffice.benchmark.copies import assets_from, copy_booking
from apps.backoffice.benchmark.scratch import Scratch
from apps.backoffice.benchmark.surroundings import surround
from apps.bookings.models import Booking
from apps.history.models import Transition
from apps.legs.models import LegEvent

ROUNDS = 5
RATIO = 2.0
# A page takes no more than so many statements, whatever it shows.
MOST_STATEMENTS = 30
# The number of pages of a list that is too long to be counted is estimated by one more.
ESTIMATED = 1
STAFF = "benchmark"
# Lists, and what may be chosen in them that nearly all rows have, or few.
LISTS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("bookings", "bookings_booking", {}),
    ("bookings: finished", "bookings_booking", {"state": "FINISHED"}),
    ("bookings: started", "bookings_booking", {"state": "STARTED"}),
    ("legs", "legs_leg", {}),
    ("legs: finished", "legs_leg", {"state__exact": "FINISHED"}),
    ("legs: over time", "legs_leg", {"overtime": "over"}),
    ("assets", "assets_asset", {}),
    ("assets: available", "assets_asset", {"state__exact": "AVAILABLE"}),
    ("assets: jammed", "assets_asset", {"lock": "jammed"}),
    ("stations: nothing to hire", "stations_station", {"hire": "nothing"}),
    ("journal", "payments_journalentry", {}),
    ("journal: to invoice", "payments_journalentry", {"state__exact": "TO_INVOICE"}),
    ("messages", "webhooks_outboxmessage", {}),
    ("messages: delivered", "webhooks_outboxmessage", {"state__exact": "DELIVERED"}),
    ("messages: failed", "webhooks_outboxmessage", {"state__exact": "FAILED"}),
    ("transitions", "history_transition", {}),
    ("transitions: of legs", "history_transition", {"subject_kind": "leg"}),
    ("support", "support_supportrequest", {}),
    ("support: owed", "support_supportrequest", {"answer": "owed"}),
)


def fill(scratch: Scratch, sizes: list[Size], *, tell: Tell) -> dict[Size, str]:
    """A database of each size, smallest first, each but the first begun as a copy of the one before."""
    scratch.use(name := scratch.create())
    call_command("migrate", verbosity=0)
    get_user_model().objects.create_superuser(STAFF)
    provider, key = create_operator()
    create_assets(sizes[0].assets)
    mp = Mp(maas_id=provider.maas_id, key=key)
    ridden = mp.book(Asset.objects.order_by("pk")[0])
    mp.ride(ridden)
    names: dict[Size, str] = {}
    there = 1
    for size in sizes:
        if names:
            scratch.use(name := scratch.create(template=name))
            create_assets(size.assets)
        copy_booking(
            Booking.objects.get(pk=ridden),
            numbers=range(there, size.bookings),
            assets=assets_from(0, size.assets),
            apart=APART,
            tell=lambda line: tell(f"past bookings: {line}"),
        )
        there = size.bookings
        surround()
        tidy()
        tell(f"{size}, {Transition.objects.count() + LegEvent.objects.count():,} rows of their timelines")
        names[size] = name
    return names


def compare(scratch: Scratch, names: dict[Size, str], *, times: int, tell: Tell) -> dict[Size, dict[str, Cost]]:
    """What each page costs in each database. They take turns, so that a busy machine is busy for both."""
    costs: dict[Size, dict[str, Cost]] = {}
    for number in range(ROUNDS):
        tell(f"round {number + 1} of {ROUNDS}")
        for size, name in names.items():
            scratch.use(name)
            found = one_round(times=times)
            before = costs.get(size, found)
            costs[size] = {page: cost.with_round(before[page]) for page, cost in found.items()}
    return costs


def one_round(*, times: int) -> dict[str, Cost]:
    """Open every page so many times; what each costs."""
    client = Client(raise_request_exception=True, SERVER_NAME="localhost")
    client.force_login(get_user_model().objects.get_by_natural_key(STAFF))
    return {name: _cost(client, address, times=times) for name, address in _pages()}


def stays(costs: list[Cost]) -> bool:
    """Does a page take as many statements where there is more, and no more than twice the time?"""
    first = costs[0]
    return all(
        cost.statements <= min(first.statements + ESTIMATED, MOST_STATEMENTS)
        and (cost.milliseconds - first.milliseconds < NOTICEABLE or cost.milliseconds <= first.milliseconds * RATIO)
        for cost in costs[1:]
    )


def _pages() -> Iterator[tuple[str, Callable[[], str]]]:
    """Each page by its name, and what says its address: another one each time where it is of one booking."""
    yield "dashboard", lambda: reverse("admin:index")
    for part in ("now", "today"):
        yield f"dashboard: {part}", lambda part=part: reverse("dashboard-part", args=[part])  # type: ignore[misc]
    for name, model, query in LISTS:
        address = f"{reverse(f'admin:{model}_changelist')}?{urlencode(query)}"
        yield name, lambda address=address: address  # type: ignore[misc]
    bookings = reverse("admin:bookings_booking_changelist")
    yield "search: a booking's id", lambda: f"{bookings}?q={_any_booking().pk}"
    yield "search: how an id begins", lambda: f"{bookings}?q={str(_any_booking().pk)[:8]}"
    yield "search: an asset's number", lambda: f"{bookings}?q=B{_any_number()}"
    yield "search: a traveller's name", lambda: f"{bookings}?{urlencode({'q': _any_traveller()['lastName']})}"
    yield "search: a phone number", lambda: f"{bookings}?q={_any_phone()}"
    yield "the box: a booking's id", lambda: f"{reverse('find')}?q={_any_booking().pk}"
    yield "the box: a phone number", lambda: f"{reverse('find')}?q={_any_phone()}"
    yield "an asset", lambda: reverse("admin:assets_asset_change", args=[_any_asset().pk])
    yield "a booking", lambda: reverse("admin:bookings_booking_change", args=[_any_booking().pk])


def _any_booking() -> Booking:
    """One of the copies, which have a traveller."""
    rows = Booking.objects.filter(pk__gte=uuid.UUID(int=random.getrandbits(124))).exclude(customer=None)
    return rows.order_by("pk")[0]


def _any_traveller() -> dict[str, Any]:
    """The `customer` of a booking."""
    return dict(_any_booking().customer or {})


def _any_phone() -> str:
    return str(_any_traveller()["phones"][0]["number"])


def _any_asset() -> Asset:
    return Asset.objects.get(code=f"B{_any_number()}")


def _any_number() -> int:
    return random.randrange(Asset.objects.count())  # noqa: S311 - no secret


def _cost(client: Client, address: Callable[[], str], *, times: int) -> Cost:
    figures = Figures()
    for number in range(UNCOUNTED + times):
        page = address()
        with counted() as statements:
            start = time.perf_counter()
            answer = client.get(page)
            milliseconds = (time.perf_counter() - start) * 1000
        if answer.status_code not in {200, 302}:
            raise CallFailed(f"{page}: {answer.status_code}")
        if number >= UNCOUNTED:
            figures.statements.append(statements())
            figures.milliseconds.append(milliseconds)
    return Cost(max(figures.statements), median(figures.milliseconds))
