"""Many bookings from one: copies, with all their rows, of a booking that was made over the API.

What was really ridden is coherent, and stays so when a table gets another column. A copy has an id and an asset of its
own and lies further back in time, and twenty in a row have a traveller of their own; nothing else differs.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import DateTimeField, Model

from apps.assets.models import Asset, Reservation
from apps.bookings.models import Booking
from apps.history.models import Transition
from apps.legs.models import Leg, LegEvent
from apps.payments.models import JournalEntry

BATCH = 50_000
COPY_ID = "md5(%(booking)s::text || n)::uuid"
SHIFT = "(%(before)s + n * %(apart)s)"
ASSET_ID = "(%(first_asset)s + n %% %(assets)s)"
PUBLIC_ID = "md5('asset of ' || n)::uuid::text"
TRAVELLER = """jsonb_build_object(
    'lastName', 'Traveller ' || n / 20,
    'phones', jsonb_build_array(jsonb_build_object('number', '06' || lpad((n / 20)::text, 8, '0')))
)"""

# Per table: which rows are copied, and the columns that differ. Moments are moved by `SHIFT` without being named.
TABLES: list[tuple[type[Model], str, dict[str, str]]] = [
    (Booking, "id = %(booking)s", {"id": COPY_ID, "customer": TRAVELLER}),
    (
        Reservation,
        "id = %(reservation)s",
        {
            "id": "%(first_reservation)s + n",
            "asset_id": ASSET_ID,
            "period": f"tstzrange(lower(period) - {SHIFT}, upper(period) - {SHIFT})",
        },
    ),
    (
        Leg,
        "id = %(booking)s",
        {
            "id": COPY_ID,
            "booking_id": COPY_ID,
            "reservation_id": "%(first_reservation)s + n",
            "asset_id": ASSET_ID,
            "asset_public_id": PUBLIC_ID,
        },
    ),
    (LegEvent, "leg_id = %(booking)s", {"leg_id": COPY_ID}),
    (Transition, "booking_id = %(booking)s", {"booking_id": COPY_ID, "subject_id": f"({COPY_ID})::text"}),
    (JournalEntry, "booking_id = %(booking)s", {"booking_id": COPY_ID, "journal_id": COPY_ID}),
]
# Reservations are copied with their keys, which their sequence has to learn of.
TAKE_KEYS = "SELECT setval(pg_get_serial_sequence('assets_reservation', 'id'), max(id)) FROM assets_reservation"
RESERVED = """
UPDATE assets_asset SET state = 'RESERVED' WHERE id BETWEEN %(first_asset)s AND %(first_asset)s + %(assets)s - 1
"""
RESERVED_LOG = "subject_kind = 'asset' AND subject_id = %(asset)s::text AND event = 'RESERVE'"


def copy_booking(
    booking: Booking,
    *,
    numbers: range,
    assets: range,
    apart: timedelta,
    before: timedelta = timedelta(0),
    tell: Callable[[str], None] = lambda line: None,
) -> None:
    """Copy a booking of one leg once for each of `numbers`, copy n lying n times `apart` earlier than `before` it.

    Copy n has the asset n modulo the number of `assets`, keys without a gap. What holds its asset needs assets of its
    own, as many as copies; those are then RESERVED as the booking's own is.
    """
    leg = booking.legs.select_related("asset", "reservation").get()
    parameters: dict[str, Any] = {
        "booking": booking.pk,
        "reservation": leg.reservation_id,
        "asset": leg.asset_id,
        "apart": apart,
        "before": before,
        "first_asset": assets.start,
        "assets": len(assets),
    }
    tables = TABLES
    if leg.reservation.released_at is None:
        # The asset's log goes with its state; of a ride that is over it is left out, for it came to nothing.
        tables = [*TABLES, (Transition, RESERVED_LOG, {"subject_id": f"{ASSET_ID}::text"})]
    first_reservation = _last_reservation() + 1 - numbers.start
    for start in range(numbers.start, numbers.stop, BATCH):
        batch = range(start, min(start + BATCH, numbers.stop))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
            for model, which, differing in tables:
                cursor.execute(
                    _copying(model, which, differing),
                    {**parameters, "first_reservation": first_reservation, "from": batch.start, "to": batch.stop - 1},
                )
            if tables is not TABLES:
                cursor.execute(RESERVED, parameters)
            cursor.execute(TAKE_KEYS)
        tell(f"{batch.stop - numbers.start} of {len(numbers)}")


def assets_from(position: int, number: int) -> range:
    """The keys of `number` assets from the one at `position` on (the first is 0)."""
    first = Asset.objects.order_by("pk").values_list("pk", flat=True)[position]
    return range(first, first + number)


def _last_reservation() -> int:
    return Reservation.objects.order_by("-pk").values_list("pk", flat=True)[0]


def _copying(model: type[Model], which: str, differing: dict[str, str]) -> str:
    """The statement that copies the rows `which` once for each number, latest copy last."""
    columns, values = [], []
    for field in model._meta.concrete_fields:
        column = str(field.column)
        if field.primary_key and column not in differing:
            continue  # the next number of its sequence
        columns.append(column)
        moved = f"{column} - {SHIFT}" if isinstance(field, DateTimeField) else column
        values.append(differing.get(column, moved))
    table = model._meta.db_table
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} "  # noqa: S608 - names of our own
        f"FROM {table}, generate_series(%(from)s::int, %(to)s) n WHERE {which} ORDER BY n, {table}.id"
    )
