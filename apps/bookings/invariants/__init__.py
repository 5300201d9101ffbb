"""What holds of bookings, legs, assets, messages and the journal at any moment; and which rows break it.

Each invariant is one SQL statement that selects the offending rows, so it sees one moment of the database and can be
asked of a running system of any size. They are stated from what must be true (STATES; DESIGN, "Data that matters"),
never from the code that sees to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from apps.bookings.invariants.accounts import CLAIMED_AMISS, JOURNALED_AMISS, JOURNALED_FOR_NOTHING, MESSAGES_AMISS
from apps.bookings.invariants.log import LOG_BROKEN, LOG_FALSE, LOG_ILLEGAL, final_states, legal_steps
from apps.bookings.invariants.promises import (
    ASSETS_ASTRAY,
    HELD_AMISS,
    HELD_FOR_NOTHING,
    JOBS_ASTRAY,
    LEGS_ASTRAY,
    OVERSOLD,
    PROMISED_TWICE,
)
from apps.bookings.models import WAITING, Booking
from apps.legs.models import UNDER_WAY, Leg

# What must hold, and the statement that selects what breaks it: of what ("booking 0b1…"), and how.
MONEY = {
    "The journal of a leg comes to what the leg owes.": JOURNALED_AMISS,
    "Claims are in the journal as they were accepted, and no booking is owed money.": CLAIMED_AMISS,
    "Every entry of the journal is for a leg or a claim.": JOURNALED_FOR_NOTHING,
}
INVARIANTS = {
    "No two live reservations of an asset overlap.": PROMISED_TWICE,
    "For every promised place there are enough free assets.": OVERSOLD,
    "A leg still to be ridden holds what its booking promises.": HELD_AMISS,
    "Nothing is held for what is over.": HELD_FOR_NOTHING,
    "A maintenance job has its asset when it is to have it.": JOBS_ASTRAY,
    "A booking is where its legs are.": LEGS_ASTRAY,
    "An asset's state follows its rides and reservations.": ASSETS_ASTRAY,
    "In the transition log each step begins where the one before ended.": LOG_BROKEN,
    "The transition log ends in the current state.": LOG_FALSE,
    "Each step of the transition log is one of the state table's.": LOG_ILLEGAL,
    "Each message owed to an MP is in the outbox exactly once.": MESSAGES_AMISS,
    **MONEY,
}
# How far the states of assets may lag behind the clock: the sweep that lets them follow comes every few seconds.
LAG = timedelta(minutes=1)


@dataclass(frozen=True)
class Breach:
    """Something that breaks an invariant: which one, of what (`booking 0b1…`), and how."""

    invariant: str
    subject: str
    problem: str


def breaches(
    *,
    now: datetime,
    followed_at: datetime | None = None,
    limit: int = 100,
    of: Mapping[str, str] = INVARIANTS,
) -> list[Breach]:
    """What breaks the invariants at `now`, at most `limit` of each; `of` are those that are asked.

    `followed_at` is when `assets.services.follow_reservations` last let the states of assets follow the clock;
    unknown, it is taken to be `LAG` ago.
    """
    parameters: dict[str, Any] = {
        "now": now,
        "followed_at": followed_at if followed_at is not None else now - LAG,
        "waiting": list(WAITING),
        "over": final_states(Booking),
        "leg_over": final_states(Leg),
        "under_way": list(UNDER_WAY),
        "legal_steps": legal_steps(),
        "limit": limit,
    }
    found = []
    with connection.cursor() as cursor:
        for invariant, offending in of.items():
            cursor.execute(f"{offending} ORDER BY 1, 2 LIMIT %(limit)s", parameters)
            found += [Breach(invariant, subject, problem) for subject, problem in cursor.fetchall()]
    return found
