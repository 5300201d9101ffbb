"""Calls are kept while these tests run; elsewhere they are not (tests/settings.py)."""

from typing import Any

import pytest

from apps.calls.counting import tally
from apps.tomp.call_log import refused


@pytest.fixture(autouse=True)
def kept(settings: Any) -> None:
    """As in an installation, with nothing counted or allowed before."""
    settings.CALL_LOG_DAYS = 14
    tally.forget()
    refused.next_at = float("-inf")
