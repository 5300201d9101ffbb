"""What the lines of the log leave out."""

import re

from structlog.typing import EventDict, WrappedLogger

# A link of a traveller, a pass or a code, to the end of its line; but no line of a traceback in `apps/legs/access`.
OPENS_AN_ASSET = re.compile(r"((?:/|%2F)access/(?:check/)?)(?!\w+\.py\b).+", re.IGNORECASE)


def without_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: addresses that open an asset for whoever has them are cut after `/access/`.

    It sees every line, Django's own too, as addresses are in several: as asked for, as not found, as failed.
    """
    return {
        key: OPENS_AN_ASSET.sub(r"\1...", value) if isinstance(value, str) else value for key, value in event.items()
    }
