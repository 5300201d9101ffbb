"""Reading what staff type into a search box, so that an index can answer it."""

import uuid

from apps.tomp.identifiers import as_uuid


def ids_beginning_with(text: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """The lowest and the highest id that begin with `text` (at least four digits), or None where no id does."""
    digits = text.replace("-", "")
    if not 4 <= len(digits) <= 32:
        return None
    lowest, highest = as_uuid(digits.ljust(32, "0")), as_uuid(digits.ljust(32, "f"))
    return (lowest, highest) if lowest and highest else None
