"""Reporting a damage, and repairing it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from apps.assets.damages.models import Damage, Severity, VehicleComponent
from apps.history.services import Actor
from apps.tomp.errors import IllegalState, NotFound


@dataclass(frozen=True)
class ReportedDamage:
    """TOMP's `damage` as read: where, the part in a word, what, and addresses of pictures."""

    component: VehicleComponent
    description: str
    component_name: str = ""
    pictures: Sequence[str] = ()


def report_damage(*, asset_id: int, reported: ReportedDamage, severity: Severity, actor: Actor) -> Damage:
    """Note a damage of an asset. One that is UNUSABLE is offered to nobody until that is repaired.

    What has been promised of it stays promised: staff decide what becomes of that.
    """
    return Damage.objects.create(
        asset_id=asset_id,
        component=reported.component,
        component_name=reported.component_name,
        description=reported.description,
        pictures=list(reported.pictures),
        severity=severity,
        reported_by=str(actor),
    )


@transaction.atomic
def mark_repaired(*, damage_id: int, actor: Actor) -> Damage:
    """The damage is gone. Raises `NotFound`, and `IllegalState` where it was repaired before."""
    damage = Damage.objects.select_for_update(of=("self",)).filter(pk=damage_id).first()
    if damage is None:
        raise NotFound(gettext("There is no such damage."))
    if damage.repaired_at is not None:
        raise IllegalState(gettext("This damage has been repaired already."))
    damage.repaired_at, damage.repaired_by = timezone.now(), str(actor)
    damage.save(update_fields=["repaired_at", "repaired_by"])
    return damage
