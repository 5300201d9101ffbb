"""What `/operator/meta` says of endpoints is what the URL map does."""

import re
from pathlib import Path

import pytest
import yaml
from django.urls import resolve

from apps.bookings.api import OPERATIONS
from apps.legs.models import LegEventType
from apps.legs.services import ACCEPTED_IN
from apps.processes.endpoints import ENDPOINTS, Endpoint

DOCUMENT = Path(__file__).resolve().parents[3] / "shared" / "spec" / "tomp-api-1.6.1.yaml"
METHODS = {"get", "post", "put", "patch", "delete"}
BY_NAME = {f"{endpoint.method} {endpoint.path}": endpoint for endpoint in ENDPOINTS}


@pytest.mark.skipif(not DOCUMENT.exists(), reason="the official document is not beside the project")
def test_every_endpoint_of_the_document_is_listed_once_in_its_order() -> None:
    paths = yaml.safe_load(DOCUMENT.read_text())["paths"]
    listed = [f"{method.upper()} {path}" for path, methods in paths.items() for method in methods if method in METHODS]
    assert [f"{endpoint.method} {endpoint.path}" for endpoint in ENDPOINTS] == listed


@pytest.mark.skipif(not DOCUMENT.exists(), reason="the official document is not beside the project")
def test_event_types_are_the_documents() -> None:
    schemas = yaml.safe_load(DOCUMENT.read_text())["components"]["schemas"]
    known = set(schemas["endpoint"]["properties"]["eventType"]["enum"])
    listed = {event for endpoint in ENDPOINTS for event, _ in endpoint.events}
    assert listed == known


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=BY_NAME)
def test_the_table_and_the_url_map_agree(endpoint: Endpoint) -> None:
    path = re.sub(r"\{\w+\}", "x", endpoint.path).rstrip("/")
    view = resolve(f"/tomp{path}").func.view_class
    assert hasattr(view, endpoint.method.lower()) == endpoint.served


def test_event_types_of_legs_are_those_the_service_takes() -> None:
    events = dict(BY_NAME["POST /legs/{id}/events"].events)
    assert {event for event, served in events.items() if served} == set(ACCEPTED_IN) & set(events)
    assert set(ACCEPTED_IN) <= set(LegEventType.values)


def test_event_types_of_bookings_are_those_an_mp_can_send() -> None:
    events = dict(BY_NAME["POST /bookings/{id}/events"].events)
    assert {event for event, served in events.items() if served} == set(OPERATIONS) & set(events)
