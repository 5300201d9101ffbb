"""Kombu's broker of files, for a machine without a server for messages.

A worker may find a nudge that is still being written, or that a process which was killed left half done. It is
dropped: what is due is in the database. Kombu's own channel ends the worker there.
"""

from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem


class Channel(filesystem.Channel):
    """Kombu's, that drops what is no message."""

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """The next message; raises `Empty` where there is none that can be read."""
        try:
            return super()._get(queue)
        except ValueError as error:
            raise Empty from error


class Transport(filesystem.Transport):
    """Kombu's, with that channel."""

    Channel = Channel


def use() -> None:
    """Let addresses that begin with `filesystem://` mean this transport."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
