"""The ids in paths and bodies."""

from uuid import UUID

from apps.tomp.errors import NotFound


def read_id(text: str, kind: str) -> UUID:
    """The id of an offer, booking or leg; what cannot be one of ours is `NotFound`, naming the `kind`."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(f"There is no such {kind}.") from error
