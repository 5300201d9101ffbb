"""Forgetting who travelled: an MP deletes its customer's account, or it is long ago.

What is personal, table by table, and what becomes of it. Source: DESIGN, "Data that matters" (GDPR).

| table | what goes | what stays |
|---|---|---|
| customer account | all of it | its id |
| booking | customer, `extraInfo`, addresses; `to`, but for a station of ours | the customer's id, times, terms |
| leg | places as of the booking, the line ridden, numbers of travellers | asset, times, fare, distance |
| leg event | comment, pictures, where the traveller and the asset were | that it happened, and when |
| trail of the asset | the part that is these rides | |
| parked car | the licence plate, also with its leg | that it was parked, and its bill |
| support request | contact, place, pictures, the id read on the asset, all that was said | type, states, times |
| damage that it reported | description, pictures | where, how severe |
| notification | comment, asset | that it was sent, and when |
| claim of the MP | its words, the account to pay to, `meta` | amounts, the answer staff gave |
| message to the MP of an operation or of money | nothing | all: states, amounts, the reason staff gave |
| message to the MP of a leg event | where the asset was | the event |
| any other message to the MP | its body, its answer, and that it waits | that it was written, and sent |
| kept answer to a call | the answer; repeated, it is gone (410) | that its key was used |
| offer that was booked | all of it | |
| transition log, journal | nothing: rows are only ever added | ids, states, amounts, the reason staff gave |

Offers that were not booked are of nobody that we know. They go by themselves, in a day or so
(`planning.services.purge_offers`). How long the rest is kept: `apps.retention.kinds`.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Func, JSONField, Q, QuerySet, Value, When
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import JSONObject
from django.utils import timezone

from apps.bookings.models import FINAL, Booking, Notification
from apps.clock.sweeps import in_batches
from apps.customers.selectors import account_of
from apps.customers.services import erase
from apps.history.models import ActorKind
from apps.history.services import Actor
from apps.legs.models import Correction, Leg, LegEvent
from apps.legs.plates import erase_plates
from apps.parking.models import ParkedCar
from apps.payments.models import Claim
from apps.planning.models import Offer
from apps.providers.models import Provider
from apps.support.forgetting import forget_requests
from apps.support.models import SupportRequest
from apps.telemetry.models import TrailPoint
from apps.tomp.answers import forget_answers
from apps.tomp.errors import IllegalState
from apps.webhooks.models import DeliveryState, OutboxMessage

# Messages that tell nothing personal: operations of a booking, with the reason staff gave, and what is to be paid.
IMPERSONAL = Q(path__regex="^/bookings/[^/]+/events$") | Q(path__startswith="/payment/")
LEG_EVENTS = Q(path__regex="^/legs/[^/]+/events$")


@transaction.atomic
def forget_customer(*, provider: Provider, account_id: str, actor: Actor) -> None:
    """Erase an account, and what its bookings tell of the traveller. The same number of statements for any number.

    Raises `NotFound`, and `IllegalState` while the traveller has a booking that is not over.
    """
    account = account_of(provider, account_id, lock=True)
    now = timezone.now()
    mine = Booking.objects.filter(customer_account=account).order_by("pk")
    bookings = list(mine.select_for_update(of=("self",)))
    under_way = [booking for booking in bookings if booking.state_at(now) not in FINAL]
    if under_way:
        raise IllegalState(f"This customer has a booking that is {under_way[0].state}; delete the account after it.")
    ids = [booking.pk for booking in bookings]
    legs = _forget_journeys(ids, now=now)
    forget_requests(SupportRequest.objects.filter(booking__in=ids), now=now)
    forget_answers(provider.pk, naming=[account.account_id, *map(str, {*ids, *legs})])
    erase(account, actor=actor)


def travellers_due(now: datetime) -> QuerySet[Booking]:
    """Bookings that are over, and were to begin longer ago than `TRAVELLER_DAYS`, whose traveller is still known."""
    old = now - timedelta(days=settings.TRAVELLER_DAYS)
    return Booking.objects.filter(forgotten_at=None, state__in=FINAL, departure_time__lt=old).order_by("departure_time")


def forget_travellers(*, now: datetime) -> int:
    """Forget who made journeys of long ago, a batch at a time, as if the MP had asked for it; returns how many."""
    return in_batches("forget travellers", travellers_due(now), lambda batch: _forget_batch(batch, now))


@transaction.atomic
def _forget_batch(bookings: QuerySet[Booking], now: datetime) -> None:
    ids = list(bookings.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    _forget_journeys(ids, now=now)
    forget_requests(SupportRequest.objects.filter(booking__in=ids), now=now)


def messages_due(now: datetime) -> QuerySet[OutboxMessage]:
    """Messages to MPs that wait for nothing and were written longer ago than `MESSAGE_DAYS`, as they were sent."""
    old = now - timedelta(days=settings.MESSAGE_DAYS)
    kept = OutboxMessage.objects.filter(emptied_at=None, created_at__lt=old)
    return kept.exclude(state=DeliveryState.PENDING).order_by("created_at")


def empty_messages(*, now: datetime) -> int:
    """Take what is personal from messages of long ago, a batch at a time; returns how many were looked at."""
    return in_batches("empty messages", messages_due(now), lambda batch: _empty(batch, now))


def _forget_journeys(ids: list[UUID], *, now: datetime) -> list[UUID]:
    """All that these bookings tell of their travellers; returns the ids of their legs."""
    Booking.objects.filter(pk__in=ids).update(
        customer=Case(When(customer__has_key="id", then=JSONObject(id=KeyTransform("id", "customer")))),
        extra_info=None,
        from_place=_place("from_place"),
        to_place=_station(),
        forgotten_at=now,
    )
    Offer.objects.filter(pk__in=ids).delete()
    legs = _forget_rides(ids)
    _forget_what_was_told(ids, now=now)
    return legs


def _forget_rides(ids: list[UUID]) -> list[UUID]:
    """The rides of these bookings; returns the ids of their legs."""
    rides = Leg.objects.filter(booking__in=ids)
    TrailPoint.objects.filter(
        asset__legs__booking__in=ids,
        asset__legs__actual_departure_time__lte=F("at"),
        asset__legs__actual_arrival_time__gte=F("at"),
    ).delete()
    for correction in Correction.objects.filter(leg__booking__in=ids):  # where it was measured before
        was = correction.before
        TrailPoint.objects.filter(asset__code=was["asset"], at__range=(was["departure"], was["arrival"])).delete()
    LegEvent.objects.filter(leg__booking__in=ids).update(
        comment="", urls=[], latitude=None, longitude=None, user_latitude=None, user_longitude=None
    )
    erase_plates(ParkedCar.objects.filter(leg__booking__in=ids))
    rides.update(from_place=_place("from_place"), to_place=_station(), progress_geometry=None, travelers=[])
    return list(rides.values_list("pk", flat=True))


def _forget_what_was_told(ids: list[UUID], *, now: datetime) -> None:
    """What waits to be told of the traveller is told no more; the rest of what waits still arrives."""
    Notification.objects.filter(booking__in=ids).update(comment="", asset=None)
    claims = Claim.objects.filter(booking__in=ids, claimant=ActorKind.MP)
    claims.update(description="", account=None, meta=None)  # sent again, it is still known by the hash of its body
    _empty(OutboxMessage.objects.filter(booking__in=ids), now)


@transaction.atomic(savepoint=False)
def _empty(messages: QuerySet[OutboxMessage], now: datetime) -> None:
    """Take from messages what tells of a traveller. Three statements."""
    without_place = Func(
        F("body"), template="%(expressions)s #- '{asset,overriddenProperties}'", output_field=JSONField()
    )
    messages.filter(IMPERSONAL).update(emptied_at=now)
    messages.filter(LEG_EVENTS).update(body=without_place, emptied_at=now)
    messages.exclude(IMPERSONAL | LEG_EVENTS).update(
        emptied_at=now,
        body={},
        answer="",
        leased_until=None,
        state=Case(
            When(state__in=[DeliveryState.PENDING, DeliveryState.FAILED], then=Value(DeliveryState.DROPPED)),
            default=F("state"),
        ),
    )


def _place(name: str) -> Func:
    """Of the TOMP `place` in a column where it is, and at which station of ours; no address, no words."""
    kept = JSONObject(coordinates=KeyTransform("coordinates", name), stationId=KeyTransform("stationId", name))
    return Func(kept, function="jsonb_strip_nulls", output_field=JSONField())


def _station() -> Case:
    """Where it led to, where that is a station of ours; else it was the traveller's own."""
    return Case(When(to_place__has_key="stationId", then=_place("to_place")))
