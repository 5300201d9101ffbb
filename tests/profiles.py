"""Process profiles for tests, and the MPs that run them."""

from typing import Any

from tests import factories
from tests.tomp_client import TompClient

MODULES = ("operatorInformation", "planning", "booking", "tripExecution", "support", "payment", "general")


def document(**parts: Any) -> dict[str, Any]:
    """The map-centric profile with some parts replaced: modules of identifiers, `steps`, `conditions`, `settings`."""
    identifiers = {**factories.MAP_CENTRIC["processIdentifiers"]}
    identifiers |= {name: parts.pop(name) for name in MODULES if name in parts}
    return {**factories.MAP_CENTRIC, "processIdentifiers": identifiers, **parts}


def client(**parts: Any) -> TompClient:
    """A fresh MP that runs `document(**parts)`."""
    return TompClient(factories.ProviderFactory(document=document(**parts)))


def steps(*actions: str) -> list[dict[str, Any]]:
    """Steps that only tell what to do."""
    return [{"type": "PLAIN_TEXT", "goal": "INSTRUCTIONS", "text": "Do it.", "action": action} for action in actions]
