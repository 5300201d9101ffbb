"""Do the conditions that an offer will come with agree with each other, with the identifiers and the settings?

Held together is what offers will carry (`agreed_conditions`): an asset type's own conditions replace the profile's
of the same type, and some identifiers bring theirs.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext

from apps.processes.conditions import POSTPONED, agreed_conditions
from apps.processes.drafts import as_profile
from apps.processes.identifiers.booking import ATOMIC_BOOKING
from apps.processes.problems import Problem, Surroundings, error, key_in, warning
from apps.processes.selectors import Profile
from apps.processes.settings_table import SETTINGS

UPFRONT, WHEN_FINISHED, DEPOSIT = "conditionUpfrontPayment", "conditionPayWhenFinished", "conditionDeposit"
# By asset type, None for the profile itself: the conditions by their kind.
Agreed = dict[str | None, dict[str, dict[str, Any]]]


def agreement_problems(document: Any, on: dict[str, str], around: Surroundings) -> Iterator[Problem]:
    """Findings about the profile as a whole; `on` tells where each identifier stands."""
    profile = as_profile(document)
    agreed = {type_id: _by_kind(profile, type_id) for type_id in (None, *profile.document.get("assetTypes", {}))}
    yield from _payment(agreed)
    if "DEPOSIT" in on:
        yield from _deposit(profile, on["DEPOSIT"], around)
    if "POSTPONED_COMMIT" in on:
        yield from _time_to_answer(profile, agreed)
    else:
        yield from _postponed_in_vain(profile, agreed)
    yield from _starts_at_once(on)


def _by_kind(profile: Profile, type_id: str | None) -> dict[str, dict[str, Any]]:
    """The agreed conditions, of each kind the first."""
    return {one["conditionType"]: one for one in reversed(agreed_conditions(profile, type_id))}


def _place(type_id: str | None) -> str:
    return "conditions" if type_id is None else f"{key_in('assetTypes', type_id)}.conditions"


def _payment(agreed: Agreed) -> Iterator[Problem]:
    for type_id, kinds in agreed.items():
        if UPFRONT in kinds and WHEN_FINISHED in kinds:
            yield error(_place(type_id), gettext("A fare is paid up front or when finished, not both."))


def _deposit(profile: Profile, where: str, around: Surroundings) -> Iterator[Problem]:
    """Every offer needs the amount: from the profile, or from each asset type of the fleet."""
    if DEPOSIT in _by_kind(profile, None):
        return
    without = [type_id for type_id in around.fleet.asset_types if DEPOSIT not in _by_kind(profile, type_id)]
    if without or not around.fleet.asset_types:
        lacking = f"; {', '.join(without)} would have none" if len(without) < len(around.fleet.asset_types) else ""
        yield error(
            where, gettext("DEPOSIT needs a conditionDeposit that says how much%(lacking)s.") % {"lacking": lacking}
        )


def _time_to_answer(profile: Profile, agreed: Agreed) -> Iterator[Problem]:
    """The time to answer runs from the offer on: it must outlast what the MP may take until it is our turn."""
    names = ("offerMinutes", "holdMinutes", "extendMaxMinutes", "postponedResponseMinutes", "postponedAt")
    if any(SETTINGS[name].problem(profile.setting(name)) for name in names):
        return
    taken, parts = profile.offer_minutes, "offerMinutes"
    if profile.setting("postponedAt") == "COMMIT" and not profile.has("AUTO_COMMIT"):
        taken, parts = taken + profile.setting("holdMinutes"), f"{parts} and holdMinutes"
        if profile.has("ALLOW_EXTEND_BOOKING_EXPIRY_TIME"):
            taken, parts = taken + profile.setting("extendMaxMinutes"), f"{parts} and extendMaxMinutes"
    told: set[tuple[str, int]] = set()
    for type_id, kinds in agreed.items():
        condition = kinds.get(POSTPONED, {})
        minutes = condition.get("responseMinutes", profile.setting("postponedResponseMinutes"))
        set_by_condition = "responseMinutes" in condition
        if type(minutes) is not int or minutes > taken:
            continue
        where = _where_postponed(profile, type_id) if set_by_condition else "settings.postponedResponseMinutes"
        if (where, minutes) not in told:
            told.add((where, minutes))
            yield error(
                where,
                gettext("%(minutes)s minutes to answer are over when the MP has taken its %(taken)s (%(parts)s).")
                % {"minutes": minutes, "taken": taken, "parts": parts},
            )


def _where_postponed(profile: Profile, type_id: str | None) -> str:
    """The list that the condition stands in: the asset type's own, or the profile's."""
    own = profile.document.get("assetTypes", {}).get(type_id, {}).get("conditions", [])
    return _place(type_id if any(one["conditionType"] == POSTPONED for one in own) else None)


def _postponed_in_vain(profile: Profile, agreed: Agreed) -> Iterator[Problem]:
    for type_id, kinds in agreed.items():
        if POSTPONED in kinds and _where_postponed(profile, type_id) == _place(type_id):
            sentence = gettext("%(POSTPONED)s stands without POSTPONED_COMMIT: bookings do not wait for an answer.") % {
                "POSTPONED": POSTPONED
            }
            yield warning(_place(type_id), sentence)


def _starts_at_once(on: dict[str, str]) -> Iterator[Problem]:
    for name in ATOMIC_BOOKING:
        if name in on and "PLANNING_BASED" in on:
            yield warning(
                on[name],
                gettext("With %(name)s a place booked for later starts at once; PLANNING_BASED is on.")
                % {"name": name},
            )
