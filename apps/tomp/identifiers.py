"""The ids in paths and bodies."""

from uuid import UUID

from apps.tomp.errors import NotFound


def as_uuid(text: str) -> UUID | None:
    """The id that `text` is, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


def read_id(text: str, kind: str) -> UUID:
    """The id of an offer, booking or leg; what cannot be one of ours is `NotFound`, naming the `kind`."""
    found = as_uuid(text)
    if found is None:
        raise NotFound(f"There is no such {kind}.")
    return found
