"""Locks that are simulated, for the demo and for trying things out: no network, only a row."""

from dataclasses import dataclass
from uuid import UUID

from apps.assets.locks.lock import OBEYED_STATE, LockReport, NoAnswer
from apps.assets.locks.models import Behaviour, LockOrder, LockState, SimulatedLock


@dataclass(frozen=True)
class PretendedLock:
    """The simulated lock of an asset; it behaves as its row says."""

    asset_id: int

    def obey(self, order: str, key: UUID) -> LockReport:
        """Do it, unless the row says otherwise."""
        row = self._row()
        if row.behaviour == Behaviour.IS_SILENT:
            raise NoAnswer("The simulated lock is silent.")
        if row.behaviour == Behaviour.JAMS:
            return LockReport(LockState.JAMMED, row.last_command)
        row.state, row.last_command = OBEYED_STATE.get(LockOrder(order), LockState(row.state)), str(key)
        row.save(update_fields=["state", "last_command"])
        if row.behaviour == Behaviour.LOSES_ANSWERS:
            raise NoAnswer("The simulated lock's answer got lost.")
        return _report(row)

    def report(self) -> LockReport:
        """How it is."""
        row = self._row()
        if row.behaviour == Behaviour.IS_SILENT:
            raise NoAnswer("The simulated lock is silent.")
        return _report(row)

    def _row(self) -> SimulatedLock:
        row, _ = SimulatedLock.objects.get_or_create(asset_id=self.asset_id)
        return row


def _report(row: SimulatedLock) -> LockReport:
    state = LockState.JAMMED if row.behaviour == Behaviour.JAMS else LockState(row.state)
    return LockReport(state, row.last_command)
