"""Promising ancillaries to legs. They go with the leg's reservation: moved with it, and free again when it is.

Callers hold a transaction and the lock on the leg; the stock's lock comes after it, the last of all.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext, gettext_noop

from apps.assets.models import Ancillary, AncillaryReservation, AncillaryStock, Reservation
from apps.tomp.errors import AssetTaken, NotFound

TAKEN = gettext_noop("None of these is left for the time of this leg: someone else has been promised the last.")


def ancillary_of(category: str, number: str) -> Ancillary:
    """The ancillary of that category and number; `NotFound` where there is none."""
    ancillary = Ancillary.objects.filter(category=category, number=number).first()
    if ancillary is None:
        raise NotFound(gettext("There is no such ancillary."))
    return ancillary


def take(reservation: Reservation, ancillary: Ancillary, *, now: datetime) -> None:
    """Promise one to a leg: one that comes with its asset, else one of its station's.

    Raises `AssetTaken` where none is left, or none is kept there.
    """
    kept = AncillaryStock.objects.filter(
        Q(asset_type=reservation.asset_type_id) | Q(station=reservation.station_id, station__isnull=False),
        ancillary=ancillary,
        count__gte=1,
    )
    stocks = list(kept.order_by("station", "pk").select_for_update(of=("self",), no_key=True))
    stock = next((one for one in stocks if one.asset_type_id is not None), stocks[0] if stocks else None)
    if stock is None:
        raise AssetTaken(gettext("None of these is kept where this leg begins."))
    item = None if stock.asset_type_id is not None else _free_item(stock, reservation, now)
    try:
        with transaction.atomic():
            AncillaryReservation.objects.create(
                reservation=reservation, stock=stock, ancillary=ancillary, item=item, period=reservation.period
            )
    except IntegrityError as error:
        raise AssetTaken(gettext(TAKEN)) from error


def _free_item(stock: AncillaryStock, reservation: Reservation, now: datetime) -> int:
    """The first item of a locked stock that nobody has been promised then, and that nobody is late to bring back."""
    given = AncillaryReservation.objects.filter(
        Q(period__overlap=reservation.period) | Q(period__endswith__lte=now), stock=stock, released_at=None
    )
    taken = set(given.values_list("item", flat=True))
    free = next((item for item in range(1, stock.count + 1) if item not in taken), None)
    if free is None:
        raise AssetTaken(gettext(TAKEN))
    return free


def give_back(reservation: Reservation, ancillary: Ancillary, *, now: datetime) -> None:
    """Take the promise of one back."""
    _live(reservation).filter(ancillary=ancillary).update(released_at=now)


def release_all(reservation: Reservation, *, now: datetime) -> None:
    """Take the promises of a leg back."""
    _live(reservation).update(released_at=now)


def move_all(reservation: Reservation) -> None:
    """Promise the same for the reservation's new period. Raises `AssetTaken` where that meets another promise."""
    try:
        with transaction.atomic():
            _live(reservation).update(period=reservation.period)
    except IntegrityError as error:
        raise AssetTaken(gettext("An ancillary of this leg has been promised to someone else then.")) from error


def _live(reservation: Reservation) -> QuerySet[AncillaryReservation]:
    return AncillaryReservation.objects.filter(reservation=reservation, released_at=None)
