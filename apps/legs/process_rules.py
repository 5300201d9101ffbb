"""What the MP's process demands of leg events, beyond the state table.

Source: PROCESS-IDENTIFIERS, tripExecution; seed process-steps, On-boarding and Off-boarding.
"""

from django.utils.translation import gettext

from apps.history.models import ActorKind
from apps.history.services import Actor
from apps.legs.models import Leg, LegEventType, LegState
from apps.legs.moment import Moment
from apps.processes.selectors import Profile
from apps.processes.steps import Phase, actions_of, required_evidence
from apps.tomp.errors import IllegalState, Missing

CONTROLLED = {LegEventType.SET_IN_USE, LegEventType.FINISH}


def check_who(profile: Profile, leg: Leg, event: str, actor: Actor) -> None:
    """Raise `IllegalState` where only the operator may send the event; also where it would be a repetition."""
    if profile.has("TO_CONTROLLED") and actor.kind != ActorKind.TO and event in CONTROLLED:
        raise IllegalState(f"{event} comes from the operator: TO_CONTROLLED is on, the leg is {leg.state}.")


def check_process(moment: Moment) -> None:
    """Raise `IllegalState` or `Missing` where the process the booking was made under forbids the event."""
    event, leg, profile = moment.happening.event, moment.leg, moment.profile
    by_operator = moment.actor.kind == ActorKind.TO
    if event == LegEventType.SET_IN_USE and leg.state != LegState.PAUSED:
        steps = actions_of(profile, leg.asset_type.type_id, Phase.ONBOARDING)
        if "SEND_PREPARE" in steps and leg.state == LegState.NOT_STARTED:
            raise IllegalState(
                gettext("SET_IN_USE needs PREPARE first (SEND_PREPARE); the leg is %(state)s.") % {"state": leg.state}
            )
        if "SEND_ASSIGN_ASSET" in steps and leg.asset_id is None:
            raise IllegalState(
                gettext("SET_IN_USE needs ASSIGN_ASSET first (SEND_ASSIGN_ASSET); the leg is %(state)s.")
                % {"state": leg.state}
            )
    if event == LegEventType.FINISH and not by_operator:
        steps = actions_of(profile, leg.asset_type.type_id, Phase.OFFBOARDING)
        if "SEND_START_FINISHING" in steps and leg.state != LegState.FINISHING:
            raise IllegalState(f"FINISH needs START_FINISHING first (SEND_START_FINISHING); the leg is {leg.state}.")
        _check_evidence(moment)


def _check_evidence(moment: Moment) -> None:
    """Each evidence step needs a `url` of FINISH, in the steps' order."""
    required = required_evidence(moment.profile, moment.leg.asset_type.type_id)
    missing = required[len(moment.happening.urls) :]
    if missing:
        raise Missing(f"url is missing for {', '.join(missing)}.")
