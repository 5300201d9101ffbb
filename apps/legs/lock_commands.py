"""Talking with locks. No database transaction is open while a lock is talked with.

1. A command is written and leased: who holds the lease talks with the lock (`claim`, `lease`).
2. The lock is told. Where no answer comes it is asked how it is, and told once more where it answers that it has not
   obeyed (`carry_out`). What it did is never guessed.
3. What is found is written (`_write`, `_stay_open`). An obeyed command stays open until its event has taken effect; an
   unanswered one until the lock has been asked with success.

What is left open, because nobody answered or a process died, the next try or the sweep settles (`settle_due`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from apps.assets.locks.lock import OBEYED_STATE, Lock, LockReport, NoAnswer, Refused
from apps.assets.locks.models import LockGateway, LockOrder, LockState
from apps.assets.locks.selectors import lock_of
from apps.assets.locks.silence import left_alone_until, note_answer, note_silence
from apps.assets.models import Asset
from apps.clock.sweeps import sweep
from apps.legs.lock_demands import wanted_order
from apps.legs.models import CommandState, LockCommand
from apps.tomp.errors import ServiceUnavailable

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
    gateway: LockGateway
    is_new: bool = False

    def obey(self) -> LockReport:
        """Tell the lock. Raises `NoAnswer` and `Refused`."""
        return self._heard(lambda: self.lock.obey(self.command.order, self.command.key))

    def report(self) -> LockReport:
        """Ask the lock. Raises `NoAnswer` and `Refused`."""
        return self._heard(self.lock.report)

    def _heard(self, say: Callable[[], LockReport]) -> LockReport:
        """What the lock says; whether it says anything is remembered of its gateway."""
        try:
            report = say()
        except NoAnswer:
            note_silence(self.gateway, asset_id=self.command.asset_id, now=timezone.now())
            raise
        except Refused:
            note_answer(self.gateway)
            raise
        note_answer(self.gateway)
        return report


def latest_of(asset_id: int) -> LockCommand | None:
    """The last command of an asset: only it can be open."""
    return LockCommand.objects.filter(asset=asset_id).order_by("-id").first()


def claim(
    *, asset_id: int, leg_id: UUID | None, order: str, event: str, seen: LockCommand | None
) -> Conversation | None:
    """Write a command, or take over the open one, whatever it is; None where things are no longer as `seen`.

    `seen` is the asset's latest command when the need was found. Raises `ServiceUnavailable` while somebody else
    talks with the lock, and while its gateway is left alone.
    """
    with transaction.atomic(durable=True):
        asset = _locked(asset_id)
        lock, gateway, latest = lock_of(asset), asset.asset_type.lock_gateway, latest_of(asset_id)
        if lock is None or gateway is None or _key(latest) != _key(seen):
            return None
        if latest is not None and latest.settled_at is None:
            _take_over(latest, gateway)
            return Conversation(latest, lock, gateway)
        _refuse_while_silent(gateway)
        command = _written(asset, gateway, leg_id=leg_id, order=order, event=event)
        return Conversation(command, lock, gateway, is_new=True)


def _locked(asset_id: int) -> Asset:
    locked = Asset.objects.select_related("asset_type__lock_gateway").select_for_update(of=("self",))
    return locked.get(pk=asset_id)


def _key(command: LockCommand | None) -> tuple[int, bool] | None:
    return None if command is None else (command.pk, command.settled_at is None)


def _lease(gateway: LockGateway, now: datetime) -> datetime:
    """The end of a lease that begins now; it is also the lease's identity."""
    return now + timedelta(seconds=EXCHANGES * gateway.timeout_seconds + MARGIN_SECONDS)


def _is_leased(command: LockCommand, now: datetime) -> bool:
    return command.leased_until is not None and command.leased_until > now


def _take_over(command: LockCommand, gateway: LockGateway) -> None:
    now = timezone.now()
    if _is_leased(command, now):
        raise ServiceUnavailable(gettext("The lock is being worked; try again."), retry_after=WHILE_WORKED)
    if command.state != CommandState.OBEYED:  # else there is nothing to be said any more
        _refuse_while_silent(gateway)
    command.leased_until = _lease(gateway, now)
    command.save(update_fields=["leased_until"])


def _refuse_while_silent(gateway: LockGateway) -> None:
    now = timezone.now()
    until = left_alone_until(gateway, now=now, trying_until=_lease(gateway, now))
    if until is not None:
        wait = ceil((until - now).total_seconds())
        raise ServiceUnavailable(gettext("The gateway of the asset's lock does not answer."), retry_after=wait)


def _written(asset: Asset, gateway: LockGateway, *, leg_id: UUID | None, order: str, event: str) -> LockCommand:
    now = timezone.now()
    until = _lease(gateway, now)
    return LockCommand.objects.create(
        asset=asset,
        leg_id=leg_id,
        order=order,
        event=event,
        asked_at=now,
        leased_until=until,
        look_at=until + FIRST_LOOK,
    )


def carry_out(conversation: Conversation, *, for_good: bool = False) -> None:
    """Have the lock do what the command says, or raise `ServiceUnavailable`.

    One that the lock may have heard of already is not sent again before the lock has been asked. `for_good`, the
    command is then settled: no event waits for it.
    """
    command = conversation.command
    if command.state == CommandState.OBEYED:
        _ours(command).update(leased_until=None)  # or its event has just taken effect in another call
        return
    report = _told(conversation) if conversation.is_new else _asked(conversation)
    if not report.has_obeyed(command.order, command.key) and report.state != LockState.JAMMED:
        report = _told(conversation)
    outcome = _outcome(command, report)
    _write(command, outcome, lock_state=report.state, settle=for_good or outcome != CommandState.OBEYED)
    if command.state == CommandState.JAMMED:
        raise ServiceUnavailable(gettext("The asset's lock is jammed."), retry_after=WHEN_JAMMED)
    if command.state == CommandState.NOT_OBEYED:
        raise ServiceUnavailable(gettext("The asset's lock does not obey."), retry_after=WHEN_UNSETTLED)


def ask(conversation: Conversation) -> None:
    """Find out what became of a command that nobody needs any more, and settle it; `ServiceUnavailable` in silence."""
    report = _asked(conversation)
    _write(conversation.command, _outcome(conversation.command, report), lock_state=report.state, settle=True)


def _told(conversation: Conversation) -> LockReport:
    """Tell the lock; without an answer, ask it."""
    command = conversation.command
    try:
        return conversation.obey()
    except Refused as refusal:
        _write(command, CommandState.NOT_OBEYED, error=str(refusal), settle=True)
        raise ServiceUnavailable(
            gettext("The asset's lock cannot be reached."), retry_after=WHEN_UNSETTLED
        ) from refusal
    except NoAnswer as silence:
        log.warning("a lock did not answer", asset=command.asset_id, order=command.order, error=str(silence))
    return _asked(conversation)


def _asked(conversation: Conversation) -> LockReport:
    try:
        return conversation.report()
    except (NoAnswer, Refused) as silence:
        _stay_open(conversation.command, str(silence))
        raise ServiceUnavailable(gettext("The asset's lock does not answer."), retry_after=WHEN_UNSETTLED) from silence


def _outcome(command: LockCommand, report: LockReport) -> CommandState:
    if report.has_obeyed(command.order, command.key):
        return CommandState.OBEYED
    return CommandState.JAMMED if report.state == LockState.JAMMED else CommandState.NOT_OBEYED


def _ours(command: LockCommand) -> QuerySet[LockCommand]:
    """The command's row, as long as the lease that we know is the one in it."""
    return LockCommand.objects.filter(pk=command.pk, settled_at=None, leased_until=command.leased_until)


def _update(command: LockCommand, **changes: Any) -> None:
    """Write what is known of the command, or raise `ServiceUnavailable` where somebody has taken it over meanwhile."""
    if not _ours(command).update(**changes):
        log.warning("a lock command was taken over", asset=command.asset_id, order=command.order)
        raise ServiceUnavailable(gettext("The lock is being worked; try again."), retry_after=WHILE_WORKED)
    for name, value in changes.items():
        setattr(command, name, value)


def _write(
    command: LockCommand, state: CommandState, *, lock_state: str = "", error: str = "", settle: bool = False
) -> None:
    """The outcome, and what is now known of the asset's lock; the lease ends. Unless settled, it stays open."""
    now = timezone.now()
    settled_at = now if settle else None
    with transaction.atomic():
        if lock_state:
            Asset.objects.filter(pk=command.asset_id).update(lock_state=lock_state)
        _update(command, state=state, answered_at=now, error=error[:200], leased_until=None, settled_at=settled_at)
    log.info("lock command", asset=command.asset_id, order=command.order, state=state, error=command.error)


def _stay_open(command: LockCommand, error: str) -> None:
    """Nobody answered: the sweep asks later, ever more seldom, and gives up after a day."""
    now = timezone.now()
    age = now - command.asked_at
    if age >= GIVEN_UP_AFTER:
        _write(command, CommandState.UNANSWERED, error=error, settle=True)
        return
    look_at = now + min(max(age, FIRST_LOOK), LONGEST_WAIT)
    _update(command, state=CommandState.SENT, error=error[:200], leased_until=None, look_at=look_at)
    log.warning("a lock is silent", asset=command.asset_id, order=command.order, error=command.error)


def bring_back(command_id: int, *, may_open: bool) -> None:
    """Settle an obeyed command whose event did not take effect; the lock gets to be what the asset's ride demands.

    Without `may_open` it is only ever closed: nobody need stand beside it any more. Where somebody else has taken the
    command over, it is theirs.
    """
    command = LockCommand.objects.get(pk=command_id)
    is_open = command.settled_at is None and not _is_leased(command, timezone.now())
    if command.state == CommandState.OBEYED and is_open:
        _undo(command, may_open=may_open)


def _undo(command: LockCommand, *, may_open: bool) -> None:
    conversation = _way_back(command, OBEYED_STATE.get(LockOrder(command.order)), may_open=may_open)
    if conversation is not None:
        _carry_out_for_good(conversation)


def _way_back(command: LockCommand, found: LockState | None, *, may_open: bool) -> Conversation | None:
    """Settle the command; where the lock, `found` so, is not as it should be, lease one that makes it so."""
    with transaction.atomic(durable=True):
        asset = _locked(command.asset_id)
        if not _ours(command).update(settled_at=timezone.now(), leased_until=None):
            return None
        lock, gateway, wanted = lock_of(asset), asset.asset_type.lock_gateway, wanted_order(asset.pk)
        if lock is None or gateway is None or wanted is None or found in {None, OBEYED_STATE[wanted]}:
            return None
        if wanted == LockOrder.UNLOCK and not may_open:
            return None
        back = _written(asset, gateway, leg_id=command.leg_id, order=wanted, event=command.event)
        return Conversation(back, lock, gateway, is_new=True)


def _carry_out_for_good(conversation: Conversation) -> None:
    """Nobody waits for this one: what cannot be done now stays with the sweep, or with staff."""
    try:
        carry_out(conversation, for_good=True)
    except ServiceUnavailable as error:
        log.warning("a lock was not brought back", asset=conversation.command.asset_id, error=error.detail)


def settle_due(*, limit: int = 50, seconds: float = 20) -> int:
    """Settle open commands that nobody came back for; returns how many were looked at.

    The lock is asked; one that stands open though no ride wants it so is locked. The gateways take turns, so that the
    locks of one that is silent keep no others waiting. Begins none after `seconds`.
    """
    due, turns = to_settle(timezone.now()), "asset__asset_type__lock_gateway"
    return sum(sweep("settle lock commands", due, _look_at, limit=limit, seconds=seconds, in_turn=turns))


def to_settle(now: datetime) -> QuerySet[LockCommand]:
    """Open commands whose locks are to be asked."""
    return LockCommand.objects.filter(settled_at=None, look_at__lte=now)


def _look_at(command_id: int) -> bool:
    conversation = _due(command_id)
    if conversation is None:
        return False
    command = conversation.command
    if command.state == CommandState.OBEYED:
        _undo(command, may_open=False)
    elif command.state == CommandState.DUE:
        _carry_out_for_good(replace(conversation, is_new=True))
    else:
        _settle_unneeded(conversation)
    return True


def _settle_unneeded(conversation: Conversation) -> None:
    command = conversation.command
    try:
        report = conversation.report()
    except (NoAnswer, Refused) as silence:
        _stay_open(command, str(silence))
        return
    _write(command, _outcome(command, report), lock_state=report.state)
    back = _way_back(command, report.state, may_open=False)
    if back is not None:
        _carry_out_for_good(back)


def _due(command_id: int) -> Conversation | None:
    """Lease a command for the sweep; None where somebody was faster, or the asset has no lock any more.

    While its gateway is left alone, the command is looked at later.
    """
    with transaction.atomic(durable=True):
        asset_id = LockCommand.objects.values_list("asset", flat=True).get(pk=command_id)
        asset, now = _locked(asset_id), timezone.now()
        command = LockCommand.objects.get(pk=command_id)
        if command.settled_at is not None or command.look_at > now or _is_leased(command, now):
            return None
        lock, gateway = lock_of(asset), asset.asset_type.lock_gateway
        if lock is None or gateway is None:
            _write(
                command,
                CommandState.UNANSWERED,
                error="The asset's type has no lock gateway any more.",
                settle=True,
            )
            return None
        until = _lease(gateway, now)
        later = left_alone_until(gateway, now=now, trying_until=until)
        if later is not None:
            _update(command, look_at=later)
            return None
        _update(command, leased_until=until, look_at=until + FIRST_LOOK)
        return Conversation(command, lock, gateway)
