"""What the lines of the log leave out."""

import re

from structlog.typing import EventDict, WrappedLogger

# A link of a traveller, a pass or a code, to the end of its line; but no line of a traceback in `apps/legs/access`.
OPENS_AN_ASSET = re.compile(r"((?:/|%2F)access/(?:check/)?)(?!\w+\.py\b).+", re.IGNORECASE)
# Whom or what staff look for in the admin.
SEARCHED_FOR = re.compile(r"(/admin/[^\s?\"']*\?)[^\s\"']+", re.IGNORECASE)
# The row that a constraint of the database refused, which PostgreSQL quotes; up to what follows in a traceback.
REFUSED_ROW = re.compile(
    r"(DETAIL: ).*?(?=\n(?:HINT|QUERY|CONTEXT|Traceback)|\n\n(?:The above|During handling)|\Z)", re.DOTALL
)


def without_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: cuts addresses that open an asset, what staff search for, and rows of the database.

    It sees every line, Django's own too, as addresses are in several: as asked for, as not found, as failed. With a
    traceback each line of it is looked at.
    """
    return {key: _cut(value) if isinstance(value, str) else value for key, value in event.items()}


def _cut(text: str) -> str:
    for secret in (OPENS_AN_ASSET, SEARCHED_FOR, REFUSED_ROW):
        text = secret.sub(r"\1...", text)
    return text
