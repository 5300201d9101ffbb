"""Our own OpenAPI document: complete, right, and readable without internet."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client

from apps.legs.access import FORMATS
from apps.tomp.urls import urlpatterns
from tests.tomp_client import checker

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The document, which is checked against OpenAPI's own schema while it is made."""
    path: Path = tmp_path_factory.mktemp("openapi") / "schema.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(path))
    return yaml.safe_load(path.read_text())


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def test_it_describes_every_address_of_the_api(document: dict[str, Any]) -> None:
    served = {"/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern)) for pattern in urlpatterns[:-1]}
    assert set(document["paths"]) == served
    assert document["servers"] == [{"url": "/tomp"}]
    assert document["info"]["version"] == "1.6.1"


def test_every_operation_says_what_it_demands_and_how_it_can_fail(document: dict[str, Any]) -> None:
    for (method, path), operation in operations(document).items():
        demanded = {p["name"] for p in operation["parameters"] if p["in"] == "header" and p.get("required")}
        assert demanded == {
            "/operator/ping": {"Accept-Language"},
            "/operator/meta": {"Accept-Language", "maas-id"},
            "/customers": {"Accept-Language"},
            "/customers/{id}": {"Accept-Language"},
        }.get(path, {"Accept-Language", "Api", "Api-Version", "maas-id"}), path
        assert operation["security"] == [{"X-API-Key": []}, {"Basic": []}, {"OAuth2": []}]
        assert operation["description"], path
        assert {"400", "401", "403", "429", "500"} <= operation["responses"].keys()
        assert "Retry-After" in operation["responses"]["429"]["headers"]
        has_body = method in ("POST", "PUT", "PATCH") and "/ancillaries/" not in path
        assert ("requestBody" in operation) == has_body
        error = "Errors" if path.startswith("/customers") else "Error"
        for status, response in operation["responses"].items():
            if status >= "400":
                schema = response["content"]["application/json"]["schema"]
                assert schema == {"$ref": f"#/components/schemas/{error}"}
            if status != "304":
                assert "Content-Language" in response["headers"]


def test_every_post_can_be_repeated(document: dict[str, Any]) -> None:
    for (method, path), operation in operations(document).items():
        headers = {parameter["name"] for parameter in operation["parameters"]}
        assert ("Idempotency-Key" in headers) == (method == "POST"), path
        assert ("422" in operation["responses"]) == (method == "POST"), path
        assert ("409" in operation["responses"]) == (method in ("POST", "PUT", "PATCH")), path
        changes_a_booking = method != "GET" and path.startswith(("/bookings", "/legs"))
        assert ("503" in operation["responses"]) == changes_a_booking, path


def test_access_data_has_every_form_that_is_sent(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    kind = schemas["Token"]["properties"]["tokenType"]
    if "$ref" in kind:
        kind = schemas[kind["$ref"].rsplit("/", 1)[1]]
    assert set(schemas["TokenData"]["discriminator"]["mapping"]) == set(kind["enum"])
    methods = schemas["TokenDefault"]["properties"]["accessMethod"]
    if "$ref" in methods:
        methods = schemas[methods["$ref"].rsplit("/", 1)[1]]
    assert set(methods["enum"]) == set(FORMATS) - {"DEEPLINK", "QR", "AXA-EKEY-OTP"}


def test_every_example_is_what_the_official_document_says(document: dict[str, Any]) -> None:
    official = checker()
    if official is None:
        pytest.skip("the checker of the official document is not here")
    for (method, path), operation in operations(document).items():
        answered = 0
        for status, response in operation["responses"].items():
            for example in response.get("content", {}).get("application/json", {}).get("examples", {}).values():
                answered += 1
                headers = {"Content-Language": "en", "Expires": "Tue, 28 Jul 2026 10:35:00 GMT"}
                assert not official.check(method, path, int(status), example["value"], headers=headers), path
        assert answered == (1 if "204" in operation["responses"] or method == "DELETE" else 2), path
        if "requestBody" in operation:
            (content,) = operation["requestBody"]["content"].values()
            (example,) = content["examples"].values()
            headers = {"Accept-Language": "en", "Api": "TOMP", "Api-Version": "1.6.1", "maas-id": "mp"}
            query = {"booking-intent": "true"} if path == "/plannings" else {}
            assert not official.check_request(method, path, example["value"], headers=headers, query=query)


def test_the_document_is_served(client: Client) -> None:
    response = client.get("/api/schema/")
    assert response.status_code == 200
    assert yaml.safe_load(response.content)["openapi"].startswith("3.")


class Addresses(HTMLParser):
    """Every address a page loads something from."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("src", "href") and value]


def test_the_docs_load_nothing_from_elsewhere(client: Client) -> None:
    response = client.get("/api/docs/")
    assert response.status_code == 200
    page = response.content.decode()
    addresses = Addresses()
    addresses.feed(page)
    assert len(addresses.found) >= 4  # style, two scripts, icon
    for address in addresses.found:
        assert address.startswith("/static/drf_spectacular_sidecar/"), address
        assert finders.find(address.removeprefix("/static/")), address
    assert "://" not in page
