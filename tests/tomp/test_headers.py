"""The headers TOMP demands, per path, and the version and language they ask for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.tomp.headers import negotiate_language
from tests import factories
from tests.tomp_client import TompClient

# One endpoint of every module, with the digit its error codes begin with.
ENDPOINTS = [
    ("GET", "/operator/information", 1),
    ("GET", "/operator/regions", 1),
    ("GET", "/operator/stations", 1),
    ("GET", "/operator/available-assets", 1),
    ("POST", "/planning/inquiries", 2),
    ("POST", "/planning/offers", 2),
    ("POST", "/plannings", 2),
    ("POST", "/bookings", 3),
    ("GET", "/bookings/1", 3),
    ("POST", "/bookings/1/events", 3),
    ("GET", "/legs/1", 4),
    ("POST", "/legs/1/events", 4),
    ("GET", "/legs/1/progress", 4),
]


@pytest.mark.parametrize(("method", "path", "module"), ENDPOINTS)
@pytest.mark.parametrize("name", ["Accept-Language", "Api", "Api-Version", "maas-id"])
@pytest.mark.parametrize("value", [None, " "])
def test_a_missing_header_is_named(
    mp: TompClient, method: str, path: str, module: int, name: str, value: str | None
) -> None:
    answer = mp.call(method, path, headers={name: value})
    assert (answer.status, answer.body["errorcode"]) == (400, module * 1000 + 1)
    assert name in answer.body["detail"]


def test_meta_wants_two_headers(mp: TompClient) -> None:
    assert mp.get("/operator/meta", headers={"Api": None, "Api-Version": None}).status == 200
    for name in ("Accept-Language", "maas-id"):
        answer = mp.get("/operator/meta", headers={name: None})
        assert (answer.status, answer.body["errorcode"]) == (400, 1001)


@pytest.mark.parametrize("version", ["1", "1.0", "1.4.2", "1.6.1", "1.99", " 1.6.1 "])
def test_every_version_of_major_1_is_served(mp: TompClient, version: str) -> None:
    assert mp.get("/operator/regions", headers={"Api-Version": version}).status == 200


@pytest.mark.parametrize("version", ["2", "2.0.0", "0.9", "10.1", "latest", "v1.6.1", "-1", "1" * 500])
def test_another_version_is_not(mp: TompClient, version: str) -> None:
    answer = mp.get("/operator/regions", headers={"Api-Version": version})
    assert (answer.status, answer.body["errorcode"]) == (400, 1008)
    assert len(answer.body["detail"]) < 100


@pytest.mark.parametrize(
    ("wanted", "given_in"),
    [
        ("nl", "nl"),
        ("nl-BE", "nl"),
        ("fr, nl;q=0.4, en;q=0.3", "nl"),
        ("de", "en"),
        ("*", "en"),
        ("nl;q=0, en;q=0.1", "en"),
        ("NL-nl", "nl"),
        ("x" * 5000, "en"),
        (";;;,,,=", "en"),
        ("nl;q=abc", "en"),
        ("nl, *;q=0.5", "nl"),
        ("en;q=0, *", "nl"),
        ("en;q=0.5, *", "nl"),
        ("*;q=0.5, en;q=0.4", "nl"),
        ("en-GB;q=0, en;q=0.2", "en"),
    ],
)
def test_texts_and_content_language_follow_accept_language(mp: TompClient, wanted: str, given_in: str) -> None:
    factories.RegionFactory(name={"en": "Centre", "nl": "Centrum"})
    answer = mp.get("/operator/regions", headers={"Accept-Language": wanted})
    assert answer.headers["Content-Language"] == given_in
    assert answer.body[0]["name"] == {"en": "Centre", "nl": "Centrum"}[given_in]


@given(st.text(max_size=60), st.lists(st.sampled_from(["en", "nl", "de-AT", "fr"]), min_size=1, unique=True))
def test_whatever_is_wanted_one_of_our_languages_is_given(wanted: str, languages: list[str]) -> None:
    assert negotiate_language(wanted, languages) in languages
