"""Process identifiers of the module payment."""

from django.utils.translation import gettext_lazy as _

from apps.processes.identifiers.base import Identifier
from apps.processes.identifiers.booking import EVENTS
from apps.processes.identifiers.planning import PLANNING_CALLS

PAYMENT = (
    Identifier(
        "CORRECTION_BY_EXTRA_COSTS",
        "N",
        _("The estimate is due at commit; what the ride costs more or less is claimed afterwards."),
        served_by=(EVENTS, "legs.events"),
    ),
    Identifier(
        "DEPOSIT",
        "FD",
        _("A deposit is due before the ride and returned after it; its amount is a condition of the offer."),
        since="2.0",
        served_by=(*PLANNING_CALLS, EVENTS, "legs.events"),
    ),
    Identifier(
        "PAY_WHEN_FINISHED",
        "FD",
        _("The fare is to be paid as soon as the ride is over."),
        since="2.0",
        excludes=frozenset({"UPFRONT_PAYMENT"}),
        served_by=(*PLANNING_CALLS, "legs.events"),
    ),
    Identifier(
        "UPFRONT_PAYMENT",
        "FD",
        _("The fare is to be paid before the ride begins."),
        since="2.0",
        served_by=(*PLANNING_CALLS, EVENTS, "legs.events"),
    ),
)
