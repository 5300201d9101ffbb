"""Telling the MP what we did to a leg: by an event where its process asks for one, else by the leg as it then is.

What the MP did itself it knows. Source: TOMP 1.6.1 POST /legs/{id}/events and PUT /legs/{id}; PROCESS-IDENTIFIERS,
tripExecution.
"""

from datetime import datetime
from typing import Any

from apps.history.models import ActorKind
from apps.legs.models import Leg, LegEventType
from apps.legs.moment import Moment
from apps.legs.wire import leg_asset, leg_object
from apps.operator.selectors import operator_basics
from apps.webhooks.services import enqueue, is_wanted

# Which of the operator's own events the MP is told of, and the process identifier that asks for it.
TOLD: dict[str, str | None] = {
    LegEventType.ASSIGN_ASSET: None,  # always: seed micromobility-operator, upfront-booking
    LegEventType.CANCEL: None,
    LegEventType.PREPARE: "USE_PREPARE_TO_INDICATE_START",
    LegEventType.SET_IN_USE: "TO_CONTROLLED",
    LegEventType.FINISH: "TO_CONTROLLED",
}
OURS = {ActorKind.TO, ActorKind.CLOCK}


def tell_event(moment: Moment, event: str) -> None:
    """Tell the MP of an event of ours, by staff or by the clock."""
    if moment.actor.kind not in OURS:
        return
    identifier = TOLD.get(event, "")
    if identifier is None or (identifier and is_wanted(moment.ride.booking, identifier)):
        _send_event(moment, event)
    else:
        tell_leg(moment.leg, now=moment.now)


def tell_leg(leg: Leg, *, now: datetime) -> None:
    """Send the MP a locked leg as it now is, in the operator's first language and without access data."""
    body = leg_object(leg, now=now, language=operator_basics().languages[0])
    enqueue(booking=leg.booking, subject="LEG", path=f"/legs/{leg.pk}", body=body, method="PUT")


def _send_event(moment: Moment, event: str) -> None:
    body: dict[str, Any] = {"time": moment.at.isoformat(), "event": event}
    if moment.happening.comment:
        body["comment"] = moment.happening.comment
    asset = leg_asset(moment.leg, moment.now)
    if asset is not None:
        body["asset"] = asset
    enqueue(booking=moment.ride.booking, subject=event, path=f"/legs/{moment.leg.pk}/events", body=body)
