"""Legs: the part of a booking that is ridden with one asset."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_fsm import RETURN_VALUE, ConcurrentTransitionMixin, FSMField, FSMModelMixin, transition

from apps.assets.locks.models import LockOrder
from apps.assets.models import Asset, AssetType, Reservation
from apps.bookings.models import Booking, BookingState
from apps.parking.models import ParkedCar
from apps.payments.models import JournalEntry
from apps.webhooks.models import OutboxMessage


class LegState(models.TextChoices):
    """TOMP `legState`."""

    NOT_STARTED = "NOT_STARTED", "not started"
    PREPARING = "PREPARING", "preparing"
    IN_USE = "IN_USE", "in use"
    PAUSED = "PAUSED", "paused"
    FINISHING = "FINISHING", "finishing"
    FINISHED = "FINISHED", "finished"
    ISSUE_REPORTED = "ISSUE_REPORTED", "issue reported"
    CANCELLED = "CANCELLED", "cancelled"


BEFORE_THE_RIDE = [LegState.NOT_STARTED, LegState.PREPARING]
UNDER_WAY = [LegState.IN_USE, LegState.PAUSED, LegState.FINISHING]
NOT_OVER = [*BEFORE_THE_RIDE, *UNDER_WAY, LegState.ISSUE_REPORTED]
# What an issue writes, and what ends it forgets.
ISSUE_FIELDS = ("state_before_issue", "issue_since")


class DistanceSource(models.TextChoices):
    """From what the distance of a ride is known."""

    MILEAGE = "MILEAGE", "the asset's mileage"
    TRAIL = "TRAIL", "the asset's trail"
    EVENTS = "EVENTS", "the places named by events"
    STAFF = "STAFF", "a correction by staff"


class Leg(ConcurrentTransitionMixin, FSMModelMixin, models.Model):
    """One ride. The leg of a one-leg booking has the booking's id; those of a group are ridden side by side.

    JSON fields hold TOMP objects: `from_place` and `to_place` a `place`, `fare` and `final_fare` a `fare`,
    `conditions` a list, `progress_geometry` a `geojsonLine`. `asset_public_id` is the id this MP knows the asset by,
    kept when it rotates. `last_event_at` and `replacement_asset_id`, the asset held for an open `Replacement`, are
    annotated by `apps.legs.locks`. `assign_at` and `lacks_asset_since` are the business of
    `apps.legs.automatic`, `reminder_at` and `overtime_at` of `apps.legs.times`.
    """

    history_kind = "leg"
    last_event_at: datetime | None
    replacement_asset_id: int | None = None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="legs")
    sequence = models.PositiveSmallIntegerField(default=1)
    state = FSMField(default=LegState.NOT_STARTED, choices=LegState.choices, protected=True)
    asset_type = models.ForeignKey(AssetType, on_delete=models.PROTECT, related_name="legs")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, null=True, related_name="legs")
    asset_public_id = models.CharField(max_length=40, blank=True)
    parked_car = models.OneToOneField(
        ParkedCar, on_delete=models.PROTECT, null=True, related_name="leg", help_text="Whose bill this leg picks up."
    )
    reservation = models.OneToOneField(Reservation, on_delete=models.PROTECT, related_name="leg")
    from_place = models.JSONField()
    to_place = models.JSONField(null=True)
    departure_time = models.DateTimeField()
    arrival_time = models.DateTimeField(null=True)
    actual_departure_time = models.DateTimeField(null=True)
    actual_arrival_time = models.DateTimeField(null=True)
    fare = models.JSONField(help_text="As agreed in the offer.")
    final_fare = models.JSONField(null=True, help_text="As settled at FINISH.")
    conditions = models.JSONField(default=list)
    distance_meters = models.PositiveIntegerField(null=True)
    distance_source = models.CharField(max_length=7, choices=DistanceSource, blank=True, default="", db_default="")
    progress_geometry = models.JSONField(null=True, help_text="The line that was ridden, if it left a trail.")
    progress_told_at = models.DateTimeField(null=True, help_text="The time of the position its MP was told last.")
    ancillaries = models.JSONField(
        default=list, help_text="Those taken: category and number, and the fare part of their price, if any."
    )
    travelers = ArrayField(models.CharField(max_length=200), default=list, help_text="Their reference numbers.")
    reminder_at = models.DateTimeField(null=True, help_text="When its MP is reminded of the agreed arrival.")
    overtime_at = models.DateTimeField(null=True, help_text="When its MP is told that it is over time.")
    assign_at = models.DateTimeField(null=True, help_text="When the clock gives it an asset, or tries again to.")
    state_before_issue = models.CharField(max_length=14, blank=True, choices=LegState.choices)
    issue_since = models.DateTimeField(null=True)
    lacks_asset_since = models.DateTimeField(null=True, help_text="Since when its turn has come and none is left.")

    class Meta:
        ordering: ClassVar = ["booking_id", "sequence", "id"]
        constraints = [
            models.CheckConstraint(name="leg_state_is_known", condition=Q(state__in=LegState.values)),
            models.CheckConstraint(
                name="leg_in_use_has_an_asset_or_a_parked_car_and_a_departure",
                condition=~(
                    Q(state__in=["IN_USE", "PAUSED", "FINISHING", "FINISHED"])
                    | Q(state_before_issue__in=["IN_USE", "PAUSED", "FINISHING"])
                )
                | (Q(asset__isnull=False) | Q(parked_car__isnull=False)) & Q(actual_departure_time__isnull=False),
            ),
            models.CheckConstraint(
                name="leg_with_an_issue_knows_its_former_state",
                condition=Q(
                    state="ISSUE_REPORTED",
                    state_before_issue__in=["NOT_STARTED", "PREPARING", "IN_USE", "PAUSED", "FINISHING"],
                    issue_since__isnull=False,
                )
                | (~Q(state="ISSUE_REPORTED") & Q(state_before_issue="", issue_since__isnull=True)),
            ),
            models.UniqueConstraint(
                fields=["asset"],
                condition=Q(state__in=["IN_USE", "PAUSED", "FINISHING"])
                | Q(state_before_issue__in=["IN_USE", "PAUSED", "FINISHING"]),
                name="leg_asset_is_ridden_once_at_a_time",
            ),
            models.CheckConstraint(
                name="leg_that_lacks_an_asset_has_none",
                condition=Q(lacks_asset_since__isnull=True) | Q(asset__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["state"], name="leg_by_state"),
            models.Index(fields=["-departure_time"], name="leg_latest_first"),
            models.Index(
                fields=["actual_departure_time"],
                name="leg_by_when_it_was_ridden",
                condition=Q(actual_departure_time__isnull=False),
            ),
            models.Index(
                fields=["arrival_time"], name="leg_to_be_back", condition=Q(state__in=["IN_USE", "PAUSED", "FINISHING"])
            ),
            models.Index(
                fields=["reminder_at"],
                name="leg_to_remind_of",
                condition=Q(state__in=["IN_USE", "PAUSED", "FINISHING"]),
            ),
            models.Index(
                fields=["overtime_at"], name="leg_over_time", condition=Q(state__in=["IN_USE", "PAUSED", "FINISHING"])
            ),
            models.Index(
                fields=["assign_at"],
                name="leg_to_be_given_an_asset",
                condition=Q(asset=None, state__in=["NOT_STARTED", "PREPARING"]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ancillary_parts(self) -> list[dict[str, Any]]:
        """The fare parts of the ancillaries it has."""
        return [one["part"] for one in self.ancillaries if one["part"] is not None]

    @property
    def history_id(self) -> str:
        return str(self.pk)

    @property
    def history_booking_id(self) -> uuid.UUID:
        return self.booking_id

    def state_at(self, moment: datetime) -> str:
        """The state every reader sees at `moment`: the leg of a booking that has run out is CANCELLED."""
        if self.state in BEFORE_THE_RIDE and self.booking.state_at(moment) == BookingState.EXPIRED:
            return LegState.CANCELLED
        return self.state

    # In the order of STATES, "Leg".

    @transition(state, LegState.NOT_STARTED, LegState.PREPARING)
    def prepare(self) -> None:
        """PREPARE."""

    @transition(state, [*BEFORE_THE_RIDE, LegState.PAUSED], LegState.IN_USE)
    def set_in_use(self) -> None:
        """SET_IN_USE, to start or to resume."""

    @transition(state, LegState.IN_USE, LegState.PAUSED)
    def pause(self) -> None:
        """PAUSE."""

    @transition(state, [LegState.IN_USE, LegState.PAUSED], LegState.FINISHING)
    def start_finishing(self) -> None:
        """START_FINISHING."""

    @transition(state, [*UNDER_WAY, LegState.ISSUE_REPORTED], LegState.FINISHED)
    def finish(self) -> None:
        """FINISH."""
        self._forget_issue()

    @transition(state, [*BEFORE_THE_RIDE, LegState.ISSUE_REPORTED], LegState.CANCELLED)
    def cancel(self) -> None:
        """The leg or its booking was cancelled before the ride."""
        self._forget_issue()

    @transition(state, [*UNDER_WAY, LegState.ISSUE_REPORTED], LegState.CANCELLED)
    def abort(self) -> None:
        """The support desk cancelled the leg or its booking under way."""
        self._forget_issue()

    @transition(state, [*BEFORE_THE_RIDE, *UNDER_WAY], LegState.ISSUE_REPORTED)
    def report_issue(self) -> None:
        """A support request stops the ride; the state it was in is remembered."""
        self.state_before_issue = self.state

    @transition(state, LegState.ISSUE_REPORTED, RETURN_VALUE(*BEFORE_THE_RIDE, *UNDER_WAY))
    def resolve_issue(self) -> str:
        """Solved: the ride goes on where it was."""
        former = self.state_before_issue
        self._forget_issue()
        return former

    def _forget_issue(self) -> None:
        self.state_before_issue, self.issue_since = "", None


class ReplacementOutcome(models.TextChoices):
    """How the question about a replacement ended."""

    AGREED = "AGREED", "agreed to"
    REFUSED = "REFUSED", "refused"
    EXPIRED = "EXPIRED", "not answered in time"
    WITHDRAWN = "WITHDRAWN", "withdrawn"
    FAILED = "FAILED", "agreed to, but no longer possible"


class Replacement(models.Model):
    """A question to the MP: may this leg have an asset of another type? While it is open, the asset is held for it.

    The MP's answer is kept with `message`. Source: TOMP 1.6.1 /legs/{id}/confirmation, REPLACE_ASSET.
    """

    leg = models.ForeignKey(Leg, on_delete=models.CASCADE, related_name="replacements")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    reservation = models.OneToOneField(Reservation, on_delete=models.PROTECT, related_name="replacement")
    message = models.OneToOneField(OutboxMessage, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.CharField(max_length=150)
    reason = models.TextField()
    outcome = models.CharField(max_length=9, choices=ReplacementOutcome, blank=True)
    ended_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, help_text="Why it ended so.")

    class Meta:
        ordering: ClassVar = ["leg_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["leg"], condition=Q(ended_at=None), name="leg_has_one_replacement_asked_at_a_time"
            ),
            models.CheckConstraint(
                name="replacement_that_ended_has_an_outcome",
                condition=(Q(ended_at__isnull=True) & Q(outcome="")) | (Q(ended_at__isnull=False) & ~Q(outcome="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asset} for leg {self.leg_id}"


class LegEventType(models.TextChoices):
    """TOMP `legEvent.event`."""

    PREPARE = "PREPARE", "prepare"
    ASSIGN_ASSET = "ASSIGN_ASSET", "assign asset"
    SET_IN_USE = "SET_IN_USE", "set in use"
    PAUSE = "PAUSE", "pause"
    OPEN_TRUNK = "OPEN_TRUNK", "open trunk"
    START_FINISHING = "START_FINISHING", "start finishing"
    FINISH = "FINISH", "finish"
    TIME_EXTEND = "TIME_EXTEND", "extend time"
    TIME_POSTPONE = "TIME_POSTPONE", "postpone time"
    CANCEL = "CANCEL", "cancel"


# Events whose `time` is not when they happen but what they ask for.
ASKING_FOR_A_TIME = [LegEventType.TIME_EXTEND, LegEventType.TIME_POSTPONE]


class Correction(models.Model):
    """What staff put right of a ride that was over, and what the fare became. Rows are only ever added.

    `before` and `after` hold `departure` and `arrival` (RFC 3339), `meters`, `station`, the `asset`'s code and the
    `amount` of the fare (VAT included); `entry` is the difference in the journal, where there is one.
    """

    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="corrections")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    reason = models.TextField()
    before = models.JSONField()
    after = models.JSONField()
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="correction")

    class Meta:
        ordering: ClassVar = ["leg_id", "id"]

    def __str__(self) -> str:
        return f"Correction of leg {self.leg_id}"


class LegEvent(models.Model):
    """An accepted leg event: what was sent, and when it took effect. Rows are only ever added."""

    leg = models.ForeignKey(Leg, on_delete=models.CASCADE, related_name="events")
    event = models.CharField(max_length=16, choices=LegEventType)
    time = models.DateTimeField(help_text="When it happened, as the sender says.")
    asked_for = models.DateTimeField(null=True, help_text="The departure or arrival that it asks for.")
    received_at = models.DateTimeField(default=timezone.now)
    comment = models.TextField(blank=True)
    urls = ArrayField(models.URLField(max_length=2000), default=list)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    user_latitude = models.FloatField(null=True, help_text="Where the traveller was: kept for a limited time.")
    user_longitude = models.FloatField(null=True)

    class Meta:
        ordering: ClassVar = ["leg_id", "id"]
        permissions: ClassVar = [("see_user_location", "Can see where a traveller was")]
        indexes = [
            models.Index(
                fields=["received_at"], name="leg_event_user_location", condition=Q(user_latitude__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.time:%Y-%m-%d %H:%M:%S}"


class CommandState(models.TextChoices):
    """What became of a lock command."""

    DUE = "DUE", "to be sent"
    SENT = "SENT", "sent, not answered"
    OBEYED = "OBEYED", "obeyed"
    JAMMED = "JAMMED", "jammed"
    NOT_OBEYED = "NOT_OBEYED", "not obeyed"
    UNANSWERED = "UNANSWERED", "never answered"


class LockCommand(models.Model):
    """Something an asset's lock was told, for a leg's event. An asset has one open command at a time.

    It is open until it is known what the lock did, and that has been made use of: the event took effect, or the lock
    was brought back. `key` identifies it to the lock. The leg is empty while the booking is only about to be made.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="lock_commands")
    leg = models.ForeignKey(Leg, on_delete=models.CASCADE, null=True, related_name="lock_commands")
    order = models.CharField(max_length=10, choices=LockOrder)
    event = models.CharField(max_length=16, help_text="What it was sent for, such as SET_IN_USE.")
    state = models.CharField(max_length=10, choices=CommandState, default=CommandState.SENT)
    error = models.CharField(max_length=200, blank=True, help_text="Why there is no answer, or none that helps.")
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True, help_text="Somebody talks with the lock until then.")
    look_at = models.DateTimeField(help_text="When the sweep asks the lock, while the command is open.")

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["asset"], condition=Q(settled_at=None), name="lock_command_is_open_once_per_asset"
            ),
            models.CheckConstraint(
                name="lock_command_settled_has_an_outcome",
                condition=Q(settled_at=None) | ~Q(state__in=["DUE", "SENT"]),
            ),
        ]
        indexes = [
            models.Index(fields=["look_at"], name="lock_command_to_settle", condition=Q(settled_at=None)),
            models.Index(fields=["asset", "-id"], name="lock_command_latest_of_asset"),
        ]

    def __str__(self) -> str:
        return f"{self.get_order_display()} {self.asset}"
