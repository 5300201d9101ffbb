"""Forgetting what support requests tell of a traveller; that there was one, and what became of it, stays."""

from django.db import transaction
from django.db.models import QuerySet

from apps.assets.damages.models import Damage
from apps.support.models import SupportRequest, SupportStatus

FORGOTTEN = "Reported by a traveller."


@transaction.atomic
def forget_requests(requests: QuerySet[SupportRequest]) -> None:
    """Empty what is personal in these requests, in what was said and in the damages reported. Three statements."""
    SupportStatus.objects.filter(request__in=requests.values("pk")).exclude(comment="").update(comment="")
    reported = Damage.objects.filter(pk__in=requests.exclude(damage=None).values("damage"))
    reported.update(description=FORGOTTEN, component_name="", pictures=[])
    requests.update(contact="", location=None, asset_named="", urls=[])
