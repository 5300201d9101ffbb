"""The stock of tickets: loading it, and giving a ticket to a leg. The only place that writes tickets."""

import re
from collections.abc import Iterable
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from apps.assets.models import AssetType, Reservation, Ticket
from apps.tomp.errors import AssetTaken, Invalid

PRINTABLE = re.compile(r"[ -~]{1,80}")
BATCH = 5_000

log = structlog.get_logger(__name__)


def in_stock() -> QuerySet[Ticket]:
    """The tickets not given out yet."""
    return Ticket.objects.filter(given_at=None)


def has_tickets(number: int) -> Exists:
    """A condition on asset types: as many tickets are in stock."""
    stock = in_stock().filter(asset_type=OuterRef("pk")).order_by("pk")
    return Exists(stock[number - 1 : number])


def empty_stocks(asset_types: QuerySet[AssetType]) -> QuerySet[AssetType]:
    """Those whose tickets have all been given out."""
    return asset_types.filter(Exists(Ticket.objects.filter(asset_type=OuterRef("pk"))), ~has_tickets(1))


@transaction.atomic
def load(*, asset_type: AssetType, codes: Iterable[str]) -> int:
    """Put tickets into the stock of an asset type; returns how many were new.

    Spaces around a code and empty lines do not count; codes that have ever been in its stock are left out. Raises
    `Invalid`, naming the lines, where one is longer than 80 characters or not printable ASCII; then none is loaded.
    """
    cleaned = [code.strip() for code in codes]
    wrong = [str(number) for number, code in enumerate(cleaned, 1) if code and not PRINTABLE.fullmatch(code)]
    if wrong:
        said = gettext("Not printable ASCII of at most 80 characters: line %(lines)s.")
        raise Invalid(said % {"lines": ", ".join(wrong[:10])})
    now = timezone.now()
    tickets = [Ticket(asset_type=asset_type, code=code, loaded_at=now) for code in dict.fromkeys(cleaned) if code]
    Ticket.objects.bulk_create(tickets, batch_size=BATCH, ignore_conflicts=True)
    return Ticket.objects.filter(asset_type=asset_type, loaded_at=now).count()


def draw(reservation: Reservation, *, now: datetime) -> Ticket:
    """The ticket of the leg that has this reservation: the one it was given, or the next in stock.

    Call it in the transaction that confirms the leg. Raises `AssetTaken` where the stock is empty. Whoever finds only
    tickets that others are just taking waits for the first of them, and gets it where they give it up.
    """
    given = Ticket.objects.filter(reservation=reservation).first()
    if given is not None:
        return given
    stock = in_stock().filter(asset_type=reservation.asset_type_id).order_by("pk")
    ticket = (
        stock.select_for_update(skip_locked=True, of=("self",)).first() or stock.select_for_update(of=("self",)).first()
    )
    if ticket is None:
        raise AssetTaken(gettext("The last ticket has been given to someone else."))
    ticket.given_at, ticket.reservation = now, reservation
    ticket.save(update_fields=["given_at", "reservation"])
    transaction.on_commit(lambda: _tell_when_empty(ticket.asset_type_id), robust=True)
    return ticket


def _tell_when_empty(asset_type_id: int) -> None:
    for asset_type in empty_stocks(AssetType.objects.filter(pk=asset_type_id)):
        log.warning("ticket stock empty", asset_type=asset_type.type_id)


def ticket_code(reservation: Reservation) -> str:
    """What the reader of the leg with this reservation reads; empty where it was given no ticket."""
    ticket: Ticket | None = getattr(reservation, "ticket", None)
    return ticket.code if ticket is not None else ""
