"""Talking with locks. No database transaction is open while a lock is talked with.

1. A command is written and leased: who holds the lease talks with the lock (`claim`, `lease`).
2. The lock is told. Where no answer comes it is asked how it is, and told once more where it answers that it has not
   obeyed (`carry_out`). What it did is never guessed.
3. What is found is written (`_write`, `_stay_open`). An obeyed command stays open until its event has taken effect; an
   unanswered one until the lock has been asked with success.

What is left open, because nobody answered or a process died, the next try or the sweep settles (`settle_due`).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction
from django.utils import timezone

from apps.assets.locks.lock import OBEYED_STATE, Lock, LockReport, NoAnswer, Refused
from apps.assets.locks.models import LockGateway, LockOrder, LockState
from apps.assets.locks.selectors import lock_of
from apps.assets.models import Asset
from apps.legs.lock_demands import wanted_order
from apps.legs.models import CommandState, LockCommand
from apps.tomp.errors import ServiceUnavailable, TompError

# Told twice and asked three times at most, each within the gateway's time; and some seconds for ourselves.
EXCHANGES = 5
MARGIN_SECONDS = 5
# An MP has this long to try again before the sweep asks; it then asks ever more seldom, and at last no more.
FIRST_LOOK = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=10)
GIVEN_UP_AFTER = timedelta(days=1)
# What we advise to wait, in seconds.
WHILE_WORKED, WHEN_UNSETTLED, WHEN_JAMMED = 2, 5, 30

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Conversation:
    """A leased command and the lock it is for; `is_new` where the lock has heard nothing of it yet."""

    command: LockCommand
    lock: Lock
    is_new: bool = False


def latest_of(asset_id: int) -> LockCommand | None:
    """The last command of an asset: only it can be open."""
    return LockCommand.objects.filter(asset=asset_id).order_by("-id").first()


def claim(
    *, asset_id: int, leg_id: UUID | None, order: str, event: str, seen: LockCommand | None
) -> Conversation | None:
    """Write a command, or take over the open one, whatever it is; None where things are no longer as `seen`.

    `seen` is the asset's latest command when the need was found. Raises `ServiceUnavailable` while somebody else
    talks with the lock.
    """
    with transaction.atomic(durable=True):
        asset = _locked(asset_id)
        lock, latest = lock_of(asset), latest_of(asset_id)
        if lock is None or _key(latest) != _key(seen):
            return None
        if latest is not None and latest.settled_at is None:
            return _taken_over(latest, asset, lock)
        command = _written(asset, leg_id=leg_id, order=order, event=event)
        return Conversation(command, lock, is_new=True)


def _locked(asset_id: int) -> Asset:
    locked = Asset.objects.select_related("asset_type__lock_gateway").select_for_update(of=("self",))
    return locked.get(pk=asset_id)


def _key(command: LockCommand | None) -> tuple[int, bool] | None:
    return None if command is None else (command.pk, command.settled_at is None)


def _lease(gateway: LockGateway | None, now: datetime) -> datetime:
    seconds = gateway.timeout_seconds if gateway is not None else 0
    return now + timedelta(seconds=EXCHANGES * seconds + MARGIN_SECONDS)


def _taken_over(command: LockCommand, asset: Asset, lock: Lock) -> Conversation:
    now = timezone.now()
    if command.leased_until is not None and command.leased_until > now:
        raise ServiceUnavailable("The lock is being worked; try again.", retry_after=WHILE_WORKED)
    command.leased_until = _lease(asset.asset_type.lock_gateway, now)
    command.save(update_fields=["leased_until"])
    return Conversation(command, lock)


def _written(asset: Asset, *, leg_id: UUID | None, order: str, event: str) -> LockCommand:
    now = timezone.now()
    until = _lease(asset.asset_type.lock_gateway, now)
    return LockCommand.objects.create(
        asset=asset,
        leg_id=leg_id,
        order=order,
        event=event,
        asked_at=now,
        leased_until=until,
        look_at=until + FIRST_LOOK,
    )


def carry_out(conversation: Conversation) -> None:
    """Have the lock do what the command says, or raise `ServiceUnavailable`.

    One that the lock may have heard of already is not sent again before the lock has been asked.
    """
    command = conversation.command
    if command.state == CommandState.OBEYED:
        _release(command)
        return
    report = _told(conversation) if conversation.is_new else _asked(conversation)
    if not report.has_obeyed(command.order, command.key) and report.state != LockState.JAMMED:
        report = _told(conversation)
    _write(command, _outcome(command, report), lock_state=report.state)
    if command.state != CommandState.OBEYED:
        _settle(command)
    if command.state == CommandState.JAMMED:
        raise ServiceUnavailable("The asset's lock is jammed.", retry_after=WHEN_JAMMED)
    if command.state == CommandState.NOT_OBEYED:
        raise ServiceUnavailable("The asset's lock does not obey.", retry_after=WHEN_UNSETTLED)


def ask(conversation: Conversation) -> None:
    """Find out what became of a command that nobody needs any more, and settle it; `ServiceUnavailable` in silence."""
    report = _asked(conversation)
    _write(conversation.command, _outcome(conversation.command, report), lock_state=report.state)
    _settle(conversation.command)


def _told(conversation: Conversation) -> LockReport:
    """Tell the lock; without an answer, ask it."""
    command = conversation.command
    try:
        return conversation.lock.obey(command.order, command.key)
    except Refused as refusal:
        _write(command, CommandState.NOT_OBEYED, error=str(refusal))
        _settle(command)
        raise ServiceUnavailable("The asset's lock cannot be reached.", retry_after=WHEN_UNSETTLED) from refusal
    except NoAnswer as silence:
        log.warning("a lock did not answer", asset=command.asset_id, order=command.order, error=str(silence))
    return _asked(conversation)


def _asked(conversation: Conversation) -> LockReport:
    try:
        return conversation.lock.report()
    except (NoAnswer, Refused) as silence:
        _stay_open(conversation.command, str(silence))
        raise ServiceUnavailable("The asset's lock does not answer.", retry_after=WHEN_UNSETTLED) from silence


def _outcome(command: LockCommand, report: LockReport) -> CommandState:
    if report.has_obeyed(command.order, command.key):
        return CommandState.OBEYED
    return CommandState.JAMMED if report.state == LockState.JAMMED else CommandState.NOT_OBEYED


def _write(command: LockCommand, state: CommandState, *, lock_state: str = "", error: str = "") -> None:
    """The outcome, and what is now known of the asset's lock; the lease ends. The command stays open."""
    command.state, command.answered_at, command.error, command.leased_until = state, timezone.now(), error[:200], None
    with transaction.atomic():
        if lock_state:
            Asset.objects.filter(pk=command.asset_id).update(lock_state=lock_state)
        command.save(update_fields=["state", "answered_at", "error", "leased_until"])
    log.info("lock command", asset=command.asset_id, order=command.order, state=state, error=command.error)


def _stay_open(command: LockCommand, error: str) -> None:
    """Nobody answered: the sweep asks later, ever more seldom, and gives up after a day."""
    now = timezone.now()
    age = now - command.asked_at
    if age >= GIVEN_UP_AFTER:
        _write(command, CommandState.UNANSWERED, error=error)
        _settle(command)
        return
    command.state, command.error, command.leased_until = CommandState.SENT, error[:200], None
    command.look_at = now + min(max(age, FIRST_LOOK), LONGEST_WAIT)
    command.save(update_fields=["state", "error", "leased_until", "look_at"])
    log.warning("a lock is silent", asset=command.asset_id, order=command.order, error=command.error)


def _release(command: LockCommand) -> None:
    command.leased_until = None
    command.save(update_fields=["leased_until"])


def _settle(command: LockCommand) -> None:
    command.settled_at = timezone.now()
    command.save(update_fields=["settled_at"])


def bring_back(command_id: int, *, may_open: bool) -> None:
    """Settle an obeyed command whose event did not take effect; the lock gets to be what the asset's ride demands.

    Without `may_open` it is only ever closed: nobody need stand beside it any more.
    """
    command = LockCommand.objects.get(pk=command_id)
    if command.state != CommandState.OBEYED or command.settled_at is not None:
        return
    conversation = _way_back(command, OBEYED_STATE.get(LockOrder(command.order)), may_open=may_open)
    if conversation is not None:
        _carry_out_for_good(conversation)


def _way_back(command: LockCommand, found: LockState | None, *, may_open: bool) -> Conversation | None:
    """Settle the command; where the lock, `found` so, is not as it should be, lease one that makes it so."""
    with transaction.atomic(durable=True):
        asset = _locked(command.asset_id)
        now_open = LockCommand.objects.filter(pk=command.pk, settled_at=None)
        if not now_open.update(settled_at=timezone.now(), leased_until=None):
            return None
        lock, wanted = lock_of(asset), wanted_order(asset.pk)
        if lock is None or wanted is None or found in {None, OBEYED_STATE[wanted]}:
            return None
        if wanted == LockOrder.UNLOCK and not may_open:
            return None
        back = _written(asset, leg_id=command.leg_id, order=wanted, event=command.event)
        return Conversation(back, lock, is_new=True)


def _carry_out_for_good(conversation: Conversation) -> None:
    """Nobody waits for this one: what cannot be done now stays with the sweep, or with staff."""
    try:
        carry_out(conversation)
    except ServiceUnavailable as error:
        log.warning("a lock was not brought back", asset=conversation.command.asset_id, error=error.detail)
    else:
        _settle(conversation.command)


def settle_due(*, limit: int = 50, seconds: float = 20) -> int:
    """Settle open commands that nobody came back for; returns how many were looked at.

    The lock is asked; one that stands open though no ride wants it so is locked. Begins none after `seconds`.
    """
    started, looked = timezone.now(), 0
    due = LockCommand.objects.filter(settled_at=None, look_at__lte=started).order_by("look_at")
    for command_id in list(due.values_list("pk", flat=True)[:limit]):
        if timezone.now() - started > timedelta(seconds=seconds):
            break
        try:
            conversation = _due(command_id)
            if conversation is not None:
                looked += 1
                _settle_unneeded(conversation)
        except (TompError, DatabaseError):
            log.exception("lock command not swept", command=command_id)
    return looked


def _settle_unneeded(conversation: Conversation) -> None:
    command = conversation.command
    if command.state == CommandState.OBEYED:
        bring_back(command.pk, may_open=False)
        return
    if command.state == CommandState.DUE:
        _carry_out_for_good(replace(conversation, is_new=True))
        return
    try:
        report = conversation.lock.report()
    except (NoAnswer, Refused) as silence:
        _stay_open(command, str(silence))
        return
    _write(command, _outcome(command, report), lock_state=report.state)
    back = _way_back(command, report.state, may_open=False)
    if back is not None:
        _carry_out_for_good(back)


def _due(command_id: int) -> Conversation | None:
    """Lease a command for the sweep; None where somebody was faster, or the asset has no lock any more."""
    with transaction.atomic(durable=True):
        asset_id = LockCommand.objects.values_list("asset", flat=True).get(pk=command_id)
        asset, now = _locked(asset_id), timezone.now()
        command = LockCommand.objects.get(pk=command_id)
        is_leased = command.leased_until is not None and command.leased_until > now
        if command.settled_at is not None or command.look_at > now or is_leased:
            return None
        lock = lock_of(asset)
        if lock is None:
            _write(command, CommandState.UNANSWERED, error="The asset's type has no lock gateway any more.")
            _settle(command)
            return None
        command.leased_until = _lease(asset.asset_type.lock_gateway, now)
        command.look_at = command.leased_until + FIRST_LOOK
        command.save(update_fields=["leased_until", "look_at"])
        return Conversation(command, lock)
