"""The GET endpoints under requests made up from the official document: whatever is asked, never a 5xx.

Skipped where the official document's mended copy is absent.
"""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from tests import factories
from tests.tomp_client import CONFORMANCE, Answer, TompClient

DOCUMENT = CONFORMANCE / "patched.json"
if not DOCUMENT.exists():
    pytest.skip("the mended official document is not here", allow_module_level=True)

# The GET endpoints with parameters; the others leave nothing to make up.
PATHS = (
    "/operator/regions",
    "/operator/stations",
    "/operator/available-assets",
    "/bookings/{id}",
    "/legs/{id}",
    "/legs/{id}/progress",
)
document = schemathesis.openapi.from_dict(json.loads(DOCUMENT.read_text()))


@pytest.fixture
def fleet(mp: TompClient) -> TompClient:
    """An MP whose operator has something to answer with."""
    station = factories.StationFactory(region=factories.RegionFactory())
    factories.AssetFactory(station=station)
    factories.AssetFactory()
    return mp


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("path", PATHS)
def test_nothing_that_is_asked_breaks_it(fleet: TompClient, path: str, mode: GenerationMode) -> None:
    """The four headers stay as they should be; the rest is made up, well or badly as `mode` says."""
    asked = []

    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(document[path]["GET"].as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        request = case.as_transport_kwargs(base_url="http://testserver/tomp")
        query = request["params"] or {}
        address = f"{request['url']}?{query if isinstance(query, str) else urlencode(query, doseq=True)}"
        answer = Answer(fleet.client.generic("GET", address, headers=fleet.headers))
        asked.append(answer.status)
        assert answer.status < 500, address
        if answer.status != 405:  # an id with a slash in it is another address
            assert not fleet.violations("GET", path, answer), (address, answer)

    ask()
    assert len(asked) >= 10
