"""Forgetting what calls were answered, for the sake of somebody it tells of."""

from collections.abc import Sequence

from django.db import connection

from apps.tomp.models import IdempotentAnswer

GONE = 410
FORGET = """
UPDATE tomp_idempotentanswer SET status = %s, headers = '{}', body = ''
WHERE provider_id = %s
    AND EXISTS (SELECT FROM unnest(%s::text[]) AS named(id) WHERE position(convert_to(named.id, 'UTF8') IN body) > 0)
"""


def forget_answers(provider_id: int, *, naming: Sequence[str]) -> None:
    """Empty the answers kept for an MP's calls that hold any of these ids. Their keys stay used."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [GONE, provider_id, list(naming)])


def is_forgotten(kept: IdempotentAnswer) -> bool:
    """Has this answer been emptied? Every other one of that status is an error, which has a body."""
    return kept.status == GONE and not kept.body
