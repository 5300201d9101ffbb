"""What the demo operator's workshop has to do: a repair today, and an inspection tomorrow."""

from datetime import timedelta

from django.utils import timezone

from apps.assets.damages.models import Severity, VehicleComponent
from apps.assets.damages.services import ReportedDamage, report_damage
from apps.assets.maintenance.models import MaintenanceJob
from apps.assets.maintenance.services import Plan, plan
from apps.assets.models import Asset, AssetState
from apps.history.models import ActorKind
from apps.history.services import Actor

WORKSHOP = Actor(ActorKind.TO, "demo")
REPAIRED, INSPECTED = "CB", "ES"


def create_jobs(assets: list[Asset]) -> list[MaintenanceJob]:
    """A damaged city bike that can still be ridden, and a scooter that is kept for tomorrow's inspection."""
    now = timezone.now()
    bike, scooter = (_last_available(assets, code) for code in (REPAIRED, INSPECTED))
    reported = ReportedDamage(VehicleComponent.REAR, "The rear light does not burn.", "light")
    damage = report_damage(asset_id=bike.pk, reported=reported, severity=Severity.MINOR, actor=WORKSHOP)
    repair = Plan("Replace the rear light", now + timedelta(hours=2), damage_id=damage.pk)
    tomorrow = timezone.localtime(now).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
    inspection = Plan("Yearly inspection", tomorrow, tomorrow + timedelta(hours=3), blocks_hire=True)
    return [
        plan(asset_id=asset.pk, wanted=wanted, actor=WORKSHOP)
        for asset, wanted in ((bike, repair), (scooter, inspection))
    ]


def _last_available(assets: list[Asset], code: str) -> Asset:
    return [one for one in assets if one.code.startswith(code) and one.state == AssetState.AVAILABLE][-1]
