"""A gateway that is silent is left alone for a while, so that nobody waits for it. Its row tells all processes.

It counts as silent once several of its locks in a row have not answered: a single lock that never does may have an
empty battery. After the while one caller tries again; an answer of any lock of the gateway ends it.
"""

from datetime import datetime, timedelta

from django.db import transaction

from apps.assets.locks.models import LockGateway

SILENT_LOCKS = 3
LEFT_ALONE = timedelta(seconds=30)


def left_alone_until(gateway: LockGateway, *, now: datetime, trying_until: datetime) -> datetime | None:
    """Until when the locks of this gateway are not talked with; None where the caller may.

    Who finds the while over, and nobody trying, is the one that tries, until `trying_until` at the latest.
    """
    if gateway.silent_until is None:
        return None
    if gateway.silent_until > now:
        return gateway.silent_until
    is_ours = LockGateway.objects.filter(pk=gateway.pk, silent_until=gateway.silent_until).update(
        silent_until=trying_until
    )
    return None if is_ours else trying_until


@transaction.atomic
def note_silence(gateway: LockGateway, *, asset_id: int, now: datetime) -> None:
    """The lock of this asset has not answered."""
    row = LockGateway.objects.select_for_update(of=("self",)).get(pk=gateway.pk)
    if asset_id not in row.silent_locks:
        row.silent_locks = [*row.silent_locks, asset_id][-SILENT_LOCKS:]
    if len(row.silent_locks) == SILENT_LOCKS:
        row.silent_until = now + LEFT_ALONE
    row.save(update_fields=["silent_locks", "silent_until"])
    gateway.silent_locks, gateway.silent_until = row.silent_locks, row.silent_until


def note_answer(gateway: LockGateway) -> None:
    """One of its locks, or the gateway itself, has answered. Costs nothing where none was silent when it was read."""
    if gateway.silent_locks:
        gateway.silent_locks, gateway.silent_until = [], None
        gateway.save(update_fields=["silent_locks", "silent_until"])
