"""The transition log replays to the current state of bookings, legs and assets, by steps that their models allow."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model

from apps.assets.models import Asset
from apps.bookings.models import Booking
from apps.legs.models import Leg

WITH_A_STATE: tuple[type[Model], ...] = (Booking, Leg, Asset)

LOG_BROKEN = """
WITH step AS (
    SELECT id, subject_kind, subject_id, from_state,
        lag(to_state, 1, CASE subject_kind WHEN 'booking' THEN 'NEW' WHEN 'leg' THEN 'NOT_STARTED' ELSE 'AVAILABLE' END)
            OVER (PARTITION BY subject_kind, subject_id ORDER BY id) AS led_to
    FROM history_transition
    WHERE subject_kind IN ('booking', 'leg', 'asset')
)
SELECT subject_kind || ' ' || subject_id, 'step ' || id || ' begins at ' || from_state || ', but it was ' || led_to
FROM step
WHERE from_state <> led_to
"""

LOG_FALSE = """
WITH subject AS (
    SELECT 'booking' AS kind, id::text, state, 'NEW' AS first FROM bookings_booking
    UNION ALL SELECT 'leg', id::text, state, 'NOT_STARTED' FROM legs_leg
    UNION ALL SELECT 'asset', id::text, state, 'AVAILABLE' FROM assets_asset
)
SELECT kind || ' ' || subject.id, 'is ' || state || ', but its log ends in ' || COALESCE(to_state, first)
FROM subject
LEFT JOIN LATERAL (
    SELECT to_state FROM history_transition WHERE subject_kind = kind AND subject_id = subject.id
    ORDER BY id DESC LIMIT 1
) last ON true
WHERE state <> COALESCE(to_state, first)
"""

# An event that is no transition, such as EXTEND_EXPIRY_TIME, leaves the state as it was.
LOG_ILLEGAL = """
WITH legal AS (
    SELECT split_part(step, ' ', 1) AS kind, split_part(step, ' ', 2) AS event,
        split_part(step, ' ', 3) AS before, split_part(step, ' ', 4) AS after
    FROM unnest(%(legal_steps)s::text[]) step
)
SELECT min(subject_kind || ' ' || subject_id), min(event || ' led from ' || from_state || ' to ' || to_state)
FROM history_transition
WHERE subject_kind IN ('booking', 'leg', 'asset')
GROUP BY subject_kind, event, from_state, to_state
HAVING NOT EXISTS (
    SELECT FROM legal
    WHERE kind = subject_kind AND legal.event = history_transition.event AND before = from_state AND after = to_state
) AND NOT (
    from_state = to_state
    AND NOT EXISTS (SELECT FROM legal WHERE kind = subject_kind AND legal.event = history_transition.event)
)
"""


def final_states(model: type[Model]) -> list[str]:
    """The states that no transition leads out of."""
    left = {before for _, before, _ in _steps(model)}
    return [state for state in _states(model) if state not in left]


def legal_steps() -> list[str]:
    """What may be logged, as "kind EVENT FROM TO"."""
    return [
        f"{model.history_kind} {event} {before} {after}"  # type: ignore[attr-defined]
        for model in WITH_A_STATE
        for event, before, after in _steps(model)
    ]


def _steps(model: type[Model]) -> Iterator[tuple[str, str, str]]:
    """Each transition of the model's state: event, from, to."""
    field: Any = model._meta.get_field("state")
    for transition in field.get_all_transitions(model):
        for target in getattr(transition.target, "allowed_states", [transition.target]):
            yield transition.name.upper(), str(transition.source), str(target)


def _states(model: type[Model]) -> list[str]:
    field: Any = model._meta.get_field("state")
    return [str(state) for state, _ in field.choices]
