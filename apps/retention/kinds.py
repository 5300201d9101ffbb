"""How long each kind of thing is kept: the one table that the sweep, its dry run and docs/retention.md are made of.

What becomes of a kind is decided in its own room; here is only which kinds there are, and in which order they go.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from apps.bookings import forgetting, purging
from apps.calls.services import call_counts_due, calls_due, purge_call_counts, purge_calls
from apps.clock.sweeps import in_batches
from apps.fleet.services import DRAFTS_KEPT, changes_due, drafts_due, purge_changes, purge_drafts
from apps.history.pressing import KEPT as PRESSES_KEPT
from apps.history.pressing import presses_due, purge_presses
from apps.legs.plates import forget_plates, plates_due
from apps.legs.services import erase_user_locations, user_locations_due
from apps.legs.trails import purge_trails, trails_due
from apps.planning.services import KEPT_AFTER_EXPIRY, offers_due, purge_offers
from apps.providers.services import purge_tokens, tokens_due
from apps.support.forgetting import forget_open_texts, forget_texts, open_texts_due, texts_due
from apps.tomp import idempotency, request_limit
from apps.webhooks.services import latest_due, purge_latest

AT_ONCE = timedelta(0)


@dataclass(frozen=True)
class Kind:
    """A kind of thing that is not kept for ever.

    It is kept for `fixed`, or for so many days as `setting` says, counted from `after`: the moment in `column`. `due`
    finds what is older; `forget` takes it away and tells how many.
    """

    name: str
    after: str
    goes: str
    stays: str
    due: Callable[[datetime], QuerySet[Any]]
    column: str
    forget: Callable[..., int]
    setting: str = ""
    fixed: timedelta = AT_ONCE

    @property
    def period(self) -> timedelta:
        """How long it is kept."""
        return timedelta(days=getattr(settings, self.setting)) if self.setting else self.fixed


@dataclass(frozen=True)
class Kept:
    """A kind of thing that is never deleted by this software; `why` also says how long it has to be kept."""

    name: str
    holds: str
    why: str


def sessions_due(now: datetime) -> QuerySet[Session]:
    """Log-ins of staff that have run out."""
    return Session.objects.filter(expire_date__lt=now)


def purge_sessions(*, now: datetime) -> int:
    """Forget log-ins that have run out, a batch at a time; returns how many."""
    return in_batches("purge sessions", sessions_due(now), QuerySet.delete)


KINDS = (
    Kind(
        name="offers",
        after="they expired",
        goes="the offer, with the places it was for; what was booked stays with the booking",
        stays="nothing",
        due=offers_due,
        column="valid_until",
        forget=purge_offers,
        fixed=KEPT_AFTER_EXPIRY,
    ),
    Kind(
        name="bookings that came to nothing",
        after="they expired",
        goes="the booking with its legs, notifications and messages, what was said in support requests",
        stays="that its id was used, and its history of states",
        due=purging.bookings_due,
        column="expires_at",
        forget=purging.purge_due,
        setting="PURGE_BOOKINGS_DAYS",
    ),
    Kind(
        name="travellers of journeys that are over",
        after="the agreed departure",
        goes="who travelled, addresses, comments and pictures, the line ridden, what was said in support requests",
        stays="the customer's id, stations, times, fare, distance, history of states",
        due=forgetting.travellers_due,
        column="departure_time",
        forget=forgetting.forget_travellers,
        setting="TRAVELLER_DAYS",
    ),
    Kind(
        name="where travellers were when they sent a leg event",
        after="it came",
        goes="the place",
        stays="the event",
        due=user_locations_due,
        column="received_at",
        forget=erase_user_locations,
        setting="USER_LOCATION_DAYS",
    ),
    Kind(
        name="where assets were",
        after="they were there",
        goes="the point of the trail",
        stays="of a ride its simplified line, with the leg",
        due=trails_due,
        column="at",
        forget=purge_trails,
        setting="TELEMETRY_TRAIL_DAYS",
    ),
    Kind(
        name="positions told to MPs",
        after="they were written",
        goes="the message",
        stays="nothing",
        due=latest_due,
        column="created_at",
        forget=purge_latest,
        setting="TELEMETRY_TRAIL_DAYS",
    ),
    Kind(
        name="messages to MPs",
        after="they were written, unless they still wait",
        goes="the bodies of notifications and questions, of leg events where the asset was",
        stays="that it was sent, and when; operations with the reason staff gave, and what is to be paid",
        due=forgetting.messages_due,
        column="created_at",
        forget=forgetting.empty_messages,
        setting="MESSAGE_DAYS",
    ),
    Kind(
        name="support requests that are closed",
        after="they came",
        goes="what was said, contact, place, pictures; the words of damages reported so",
        stays="type, priority, asset, states and times",
        due=texts_due,
        column="received_at",
        forget=forget_texts,
        setting="SUPPORT_DAYS",
    ),
    Kind(
        name="support requests that nobody closed",
        after="anybody spoke in them",
        goes="what was said, contact, place, pictures; the words of damages reported so",
        stays="that they are open, type, priority, asset, states and times",
        due=open_texts_due,
        column="received_at",
        forget=forget_open_texts,
        setting="TRAVELLER_DAYS",
    ),
    Kind(
        name="licence plates of parked cars",
        after="the car left",
        goes="the plate, also with the leg that paid",
        stays="the stay and its bill",
        due=plates_due,
        column="ended_at",
        forget=forget_plates,
        setting="PLATE_DAYS",
    ),
    Kind(
        name="bulk changes that were not begun",
        after="their assets were chosen",
        goes="which assets were chosen",
        stays="nothing",
        due=drafts_due,
        column="asked_at",
        forget=purge_drafts,
        fixed=DRAFTS_KEPT,
    ),
    Kind(
        name="bulk changes",
        after="they ended",
        goes="who asked for what and why, what became of each asset, the labels",
        stays="the history of each asset's states, with the reason",
        due=changes_due,
        column="ended_at",
        forget=purge_changes,
        setting="BULK_CHANGE_DAYS",
    ),
    Kind(
        name="calls of MPs",
        after="they were answered",
        goes="the call with its bodies",
        stays="nothing",
        due=calls_due,
        column="at",
        forget=purge_calls,
        setting="CALL_LOG_DAYS",
    ),
    Kind(
        name="counts of calls",
        after="their hour began",
        goes="the count",
        stays="nothing",
        due=call_counts_due,
        column="hour",
        forget=purge_call_counts,
        setting="CALL_LOG_DAYS",
    ),
    Kind(
        name="answers kept for an `Idempotency-Key`",
        after="they were given",
        goes="the key and the answer",
        stays="what the call did",
        due=idempotency.answers_due,
        column="created_at",
        forget=idempotency.purge_answers,
        fixed=idempotency.KEPT,
    ),
    Kind(
        name="counts of requests",
        after="their minute",
        goes="the count",
        stays="nothing",
        due=request_limit.request_counts_due,
        column="minute",
        forget=request_limit.purge_request_counts,
        fixed=request_limit.KEPT,
    ),
    Kind(
        name="bearer tokens",
        after="they expired",
        goes="the token",
        stays="the client",
        due=tokens_due,
        column="expires",
        forget=purge_tokens,
    ),
    Kind(
        name="log-ins of staff",
        after="they ran out",
        goes="the session",
        stays="the user",
        due=sessions_due,
        column="expire_date",
        forget=purge_sessions,
    ),
    Kind(
        name="forms of buttons that were sent",
        after="they were",
        goes="the form's token",
        stays="what was done",
        due=presses_due,
        column="at",
        forget=purge_presses,
        fixed=PRESSES_KEPT,
    ),
)

KEPT = (
    Kept(
        name="journal, claims and invoices",
        holds="amounts, times, ids; of a claim the MP's words until its traveller is forgotten",
        why="books have to be kept: seven years in the Netherlands, ten in Germany and Belgium",
    ),
    Kept(
        name="history of states, changes by staff",
        holds="states, ids, the reasons staff gave, who of staff looked at whom; nothing that MPs wrote of a traveller",
        why="it proves what was done, and the database lets nobody change it",
    ),
    Kept(
        name="bookings, legs and damages without their travellers",
        holds="assets, times, fares, distances",
        why="the journal points to them, and the fleet is planned by them",
    ),
    Kept(
        name="customer accounts",
        holds="what the MP registered",
        why="until the MP deletes them: then all of it goes at once, but for the id",
    ),
)
