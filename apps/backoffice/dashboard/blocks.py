"""What may wait for a person: a block of the dashboard for each kind.

A block's rows are those of the list that it leads to, by the same selector as the list's filter.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Model, QuerySet, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.assets.maintenance.selectors import due_today
from apps.assets.models import Asset, AssetType, MaintenanceJob
from apps.assets.selectors import with_a_jammed_lock, with_nothing_to_hire
from apps.assets.tickets import empty_stocks
from apps.bookings.models import Booking, BookingState
from apps.bookings.selectors import in_state
from apps.legs.models import Leg
from apps.legs.selectors import endangered, lacking_an_asset, over_time
from apps.payments.models import Claim, ClaimState, JournalCategory
from apps.stations.models import Station
from apps.support.models import SupportRequest, SupportType
from apps.support.selectors import unanswered
from apps.webhooks.models import DeliveryState, OutboxMessage


class Clock(StrEnum):
    """What the moment of a row says."""

    ENDS = "left"
    DUE = "due"
    SINCE = "since"


@dataclass(frozen=True)
class Block:
    """One kind of what waits.

    `query` makes of the model's list in the admin the one whose rows these are. `moment` is the field by which the
    most urgent come first, and `clock` says what it means; without one, rows come by `label`, the field that names a
    row. A row whose moment comes within `urgent_within` is urgent, as is one whose moment has passed.
    """

    title: str | Promise
    icon: str
    model: type[Model]
    query: str
    rows: Callable[[datetime], QuerySet[Any]]
    label: str
    none: str | Promise
    moment: str = ""
    clock: Clock = Clock.SINCE
    urgent_within: timedelta = timedelta(0)
    words: type[TextChoices] | None = None


BLOCKS = (
    Block(
        title=_("Bookings to answer"),
        icon="pending_actions",
        model=Booking,
        query="state=CONDITIONAL_CONFIRMED",
        rows=lambda now: in_state(Booking.objects.all(), BookingState.CONDITIONAL_CONFIRMED, now),
        label="provider__name",
        moment="expires_at",
        clock=Clock.ENDS,
        urgent_within=timedelta(minutes=15),
        none=_("Bookings that wait for our answer come here; commit or deny each before its time is up."),
    ),
    Block(
        title=_("Answers promised to travellers"),
        icon="support_agent",
        model=SupportRequest,
        query="answer=owed",
        rows=lambda now: unanswered(SupportRequest.objects.all()),
        label="type",
        words=SupportType,
        moment="respond_by",
        clock=Clock.DUE,
        urgent_within=timedelta(minutes=15),
        none=_("Travellers who need help come here; take a request up, and answer by the time promised."),
    ),
    Block(
        title=_("Rides without an asset"),
        icon="no_crash",
        model=Leg,
        query="asset=lacking",
        rows=lambda now: lacking_an_asset(Leg.objects.all()),
        label="asset_type__type_id",
        moment="departure_time",
        clock=Clock.DUE,
        urgent_within=timedelta(hours=1),
        none=_("Rides near their departure for which no asset was left come here; give each another asset."),
    ),
    Block(
        title=_("Rides waiting for a late asset"),
        icon="running_with_errors",
        model=Leg,
        query="overtime=endangered",
        rows=lambda now: endangered(Leg.objects.all(), now),
        label="asset__code",
        moment="departure_time",
        clock=Clock.DUE,
        urgent_within=timedelta(minutes=30),
        none=_("Rides that begin soon with an asset that is not back come here; replace the asset."),
    ),
    Block(
        title=_("Rides over time"),
        icon="timer_off",
        model=Leg,
        query="overtime=over",
        rows=lambda now: over_time(Leg.objects.all(), now),
        label="asset__code",
        moment="arrival_time",
        none=_("Rides past their agreed arrival come here; reach the traveller through the MP, or finish the ride."),
    ),
    Block(
        title=_("Jammed locks"),
        icon="lock_reset",
        model=Asset,
        query="lock=jammed",
        rows=lambda now: with_a_jammed_lock(Asset.objects.all()),
        label="code",
        none=_("Assets whose lock reports a jam come here; nobody can hire one until its lock works."),
    ),
    Block(
        title=_("Maintenance jobs due"),
        icon="build",
        model=MaintenanceJob,
        query="when=due",
        rows=lambda now: due_today(MaintenanceJob.objects.all(), now),
        label="asset__code",
        moment="due_at",
        clock=Clock.DUE,
        none=_(
            "Maintenance that is to be started today or should be done by now comes here; start it, or plan it anew."
        ),
    ),
    Block(
        title=_("Failed messages"),
        icon="unsubscribe",
        model=OutboxMessage,
        query="state__exact=FAILED",
        rows=lambda now: OutboxMessage.objects.filter(state=DeliveryState.FAILED),
        label="provider__name",
        moment="created_at",
        none=_("Messages that an MP did not take come here; send them again once its endpoint works."),
    ),
    Block(
        title=_("Claims to decide"),
        icon="request_quote",
        model=Claim,
        query="state__exact=RECEIVED",
        rows=lambda now: Claim.objects.filter(state=ClaimState.RECEIVED),
        label="category",
        words=JournalCategory,
        moment="made_at",
        none=_("What MPs claim comes here; accept or reject each."),
    ),
    Block(
        title=_("Stations with nothing to hire"),
        icon="wrong_location",
        model=Station,
        query="hire=nothing",
        rows=lambda now: with_nothing_to_hire(Station.objects.all(), now),
        label="station_id",
        none=_("Stations that hire out and have nothing left to hire come here; bring assets there."),
    ),
    Block(
        title=_("Ticket stocks that have run out"),
        icon="confirmation_number",
        model=AssetType,
        query="tickets=none",
        rows=lambda now: empty_stocks(AssetType.objects.all()),
        label="type_id",
        none=_("Asset types whose tickets are all given out come here; load new ones."),
    ),
)
