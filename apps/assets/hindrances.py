"""What keeps one asset from being hired: which parts of the rule in `bookable`, and of where it stands, do not hold.

The rule is asked, not told again: an asset has no hindrance exactly where it would be offered by name.
"""

from datetime import datetime

from django.db.models import BooleanField, ExpressionWrapper

from apps.assets.bookable import bookability
from apps.assets.models import Asset
from apps.assets.unpromised import Hindrance
from apps.stations.rules import Rules


def hindrances(asset: Asset, *, start: datetime, end: datetime | None, now: datetime, rules: Rules) -> set[Hindrance]:
    """What keeps the asset from being hired between `start` and `end` (open without one); nothing, if it is offered.

    `rules` are those in force at `start` (`rules_of_hire`). Two statements.
    """
    conditions = bookability(start=start, end=end, now=now)
    wrapped = {f"holds_{name}": ExpressionWrapper(rule, BooleanField()) for name, rule in conditions.items()}
    asked = Asset.objects.filter(pk=asset.pk)
    held = asked.annotate(**wrapped).values(*wrapped).get()
    found = {name for name in conditions if not held[f"holds_{name}"]}
    return found if rules.served_assets(asked).exists() else found | {Hindrance.AREA}
