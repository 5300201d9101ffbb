"""Access data: each format as an MP that accepts nothing else gets it, for the leg's time only."""

import base64
import io
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pypdf
import pyrxing
import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from apps.legs.models import Leg
from apps.processes.access_formats import ACCESS_FORMATS
from tests import factories
from tests.profiles import client as mp_with
from tests.rides import HERE, at, confirmed, event, offer, operate
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db

PREPARE = "ACCESS_CODE_IN_PREPARE_EVENT"


def bike(*methods: str, **fields: Any) -> Any:
    """A bike that is opened by these methods."""
    return factories.AssetFactory(asset_type=factories.AssetTypeFactory(access_methods=list(methods)), **fields)


def accepting(*identifiers: str) -> TompClient:
    """An MP that takes these formats only, with PREPARE and whenever it asks for the leg."""
    return mp_with(booking=["NORMAL", PREPARE, "ACCESS_CODE_IN_GET_LEG", *identifiers])


def prepared(identifier: str, asset: Any = None, **plan: Any) -> tuple[TompClient, str, dict[str, Any]]:
    """A leg whose PREPARE answered access data: the MP, the leg's id and the token."""
    mp = accepting(identifier)
    leg = confirmed(mp, asset or bike(ACCESS_FORMATS[identifier]), **plan)
    return mp, leg, event(mp, leg, "PREPARE").body["assetAccessData"]


def decoded(image: str) -> tuple[str, str]:
    """What an image in base64 says, and the kind of code it is: read by another library than wrote it."""
    (found,) = pyrxing.read_barcodes(Image.open(io.BytesIO(base64.b64decode(image))).convert("L"))
    return found.text, str(found.format)


def check(code: str) -> tuple[int, dict[str, Any]]:
    """What a gate is told of a code."""
    answer = Client().get(f"/access/check/{code}")
    assert answer["Cache-Control"] == "no-store"
    return answer.status_code, answer.json()


def path_of(token: dict[str, Any]) -> str:
    """The address of the page or document, as a path."""
    assert token["tokenData"]["url"].startswith(f"{settings.PUBLIC_URL}/access/")
    return str(token["tokenData"]["url"]).removeprefix(settings.PUBLIC_URL)


def pass_in(link: str) -> str:
    """The pass that a link into the app carries."""
    return parse_qs(urlsplit(link).query)["pass"][0]


# --- the formats ---------------------------------------------------------------------------------------------


def test_a_deep_link(operator):
    _, leg, token = prepared("ACCESS_CODE_DEEPLINK")
    assert token["tokenType"] == token["tokenData"]["tokenType"] == "tokenDeeplink"
    link = token["tokenData"]["url"]
    assert link.startswith(f"{settings.APP_DEEP_LINK}?leg={leg}&pass=")
    assert check(pass_in(link))[1]["assetId"] == Leg.objects.get(pk=leg).asset_public_id


def test_a_token_that_a_gate_verifies(operator):
    _, leg, token = prepared("ACCESS_CODE_TOKEN")
    assert token["tokenType"] == "tokenDefault"
    assert token["tokenData"].keys() == {"tokenType", "accessMethod", "token"}
    status, said = check(token["tokenData"]["token"])
    assert (status, said["opens"], said["assetId"]) == (200, True, Leg.objects.get(pk=leg).asset_public_id)


def test_a_qr_code(operator):
    _, leg, token = prepared("ACCESS_CODE_QR")
    assert token["tokenType"] == "tokenQR"
    text, kind = decoded(token["tokenData"]["base64"])
    assert (kind, text.startswith(f"{settings.APP_DEEP_LINK}?leg={leg}")) == ("QRCode", True)
    assert check(pass_in(text))[0] == 200


def test_an_aztec_code(operator):
    _, leg, token = prepared("ACCESS_CODE_AZTEC")
    content = token["tokenData"]
    assert (token["tokenType"], content["accessMethod"], content["contentType"]) == (
        "tokenDefault",
        "AZTEC",
        "image/png",
    )
    text, kind = decoded(content["base64"])
    assert (kind, text.startswith(f"{settings.APP_DEEP_LINK}?leg={leg}")) == ("Aztec", True)
    assert check(pass_in(text))[0] == 200


def test_a_barcode_is_short_and_verifiable_too(operator):
    _, leg, token = prepared("ACCESS_CODE_BARCODE")
    assert token["tokenData"]["accessMethod"] == "BARCODE"
    text, kind = decoded(token["tokenData"]["base64"])
    assert (kind, len(text), text.isdigit()) == ("Code128", 24, True)
    assert check(text)[1]["assetId"] == Leg.objects.get(pk=leg).asset_public_id
    assert check(text[:-1] + str((int(text[-1]) + 1) % 10))[0] == 404


def test_an_html_page(operator):
    asset = bike("HTML")
    factories.AssetIdentifierFactory(asset=asset, kind="PRINTED_CODE", value="B-0042")
    _, _, token = prepared("ACCESS_CODE_HTML", asset)
    assert (token["tokenType"], token["tokenData"]["accessMethod"]) == ("tokenDefault", "HTML")
    answer = Client().get(path_of(token), headers={"Accept-Language": "nl"})
    assert (answer.status_code, answer["Content-Language"]) == (200, "nl")
    page = answer.text
    assert all(text in page for text in ("Stadsfiets", "Testfietsen", "B-0042", "Geldig tot", "mlat=52.0907"))
    text, kind = decoded(page.split("data:image/png;base64,")[1].split('"')[0])
    assert kind == "QRCode"
    assert check(pass_in(text))[0] == 200


def test_a_pdf(operator):
    place = factories.StationFactory(name={"en": "Łódź Fabryczna", "nl": "Łódź"}, latitude=52.0907, longitude=5.1214)
    asset = bike("PDF", "BARCODE", station=place)
    _, leg, token = prepared("ACCESS_CODE_PDF", asset)
    assert token["tokenData"]["accessMethod"] == "PDF"
    answer = Client().get(path_of(token), headers={"Accept-Language": "en"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    document = pypdf.PdfReader(io.BytesIO(answer.content))
    (sheet,) = document.pages
    text = sheet.extract_text()
    assert all(words in text for words in ("Test bikes", "City bike", "Łódź Fabryczna", "Valid from", "Valid until"))
    (image,) = sheet.images
    (found,) = pyrxing.read_barcodes(Image.open(io.BytesIO(image.data)).convert("L"))
    assert str(found.format) == "Code128", "readers of this type read barcodes"
    assert check(found.text)[1]["assetId"] == Leg.objects.get(pk=leg).asset_public_id


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (("asset", "station", "type"), "At the asset"),
        (("station", "type"), "At the station"),
        (("type",), "At the type"),
    ],
)
def test_where_the_physical_key_is(operator, said, expected):
    def text(of: str) -> dict[str, str]:
        return {"en": f"At the {of}", "nl": f"Bij de {of}"} if of in said else {}

    station = factories.StationFactory(key_place=text("station"), latitude=52.0907, longitude=5.1214)
    kind = factories.AssetTypeFactory(access_methods=["PHYSICAL-KEY"], key_place=text("type"))
    asset = factories.AssetFactory(asset_type=kind, station=station, key_place=text("asset"))
    mp, leg, token = prepared("ACCESS_CODE_PHYSICAL_KEY", asset)
    assert (token["tokenType"], token["tokenData"]["text"]) == ("tokenDefault", expected)
    dutch = mp.get(f"/legs/{leg}", headers={"Accept-Language": "nl"}).body["assetAccessData"]
    assert dutch["tokenData"]["text"] == expected.replace("At the", "Bij de")


def test_a_key_of_which_nobody_said_where_it_is_is_not_told(operator):
    mp = accepting("ACCESS_CODE_PHYSICAL_KEY")
    leg = confirmed(mp, bike("PHYSICAL-KEY", "DEEPLINK"))
    assert "assetAccessData" not in event(mp, leg, "PREPARE").body, "nor is a link that the MP does not accept"


# --- which format --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "offered", "given"),
    [
        (["QR", "PDF"], ["PDF", "QR", "AZTEC"], "tokenQR"),
        (["BARCODE", "AZTEC"], ["BARCODE", "AZTEC"], "AZTEC"),
        (["PDF", "HTML"], ["PDF", "HTML"], "HTML"),
        (["QR", "PHYSICAL_KEY"], ["PHYSICAL-KEY", "QR"], "tokenQR"),
        ([], ["PDF"], "PDF"),
        ([], [], "tokenDeeplink"),
    ],
)
def test_of_several_in_common_the_first_of_the_order_is_given(operator, accepted, offered, given):
    mp = accepting(*(f"ACCESS_CODE_{name}" for name in accepted))
    content = event(mp, confirmed(mp, bike(*offered)), "PREPARE").body["assetAccessData"]["tokenData"]
    assert given in {content["tokenType"], content.get("accessMethod")}


@pytest.mark.parametrize("method", ["NONE", "EMV", "OVC"])
def test_what_is_opened_without_a_code_of_ours_has_none(operator, method):
    mp = accepting()
    assert "assetAccessData" not in event(mp, confirmed(mp, bike(method)), "PREPARE").body


# --- the leg's time ------------------------------------------------------------------------------------------


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_booking_days_ahead_is_opened_from_shortly_before_its_departure_until_its_arrival(operator):
    start = timezone.now() + timedelta(days=3)
    plan = {"departureTime": at(start), "arrivalTime": at(start + timedelta(hours=2)), "to": HERE}
    mp, leg, token = prepared("ACCESS_CODE_TOKEN", **plan)
    assert moment(token["validFrom"]) - (start - timedelta(minutes=15)) < timedelta(seconds=1)
    assert abs(moment(token["validUntil"]) - (start + timedelta(hours=2))) < timedelta(seconds=1)
    code = token["tokenData"]["token"]
    assert check(code)[0] == 403, "not yet"
    with time_machine.travel(start - timedelta(minutes=14)):
        assert check(code)[0] == 200
    with time_machine.travel(start + timedelta(hours=2, minutes=1)):
        assert check(code)[0] == 410
        assert "assetAccessData" not in mp.get(f"/legs/{leg}").body


def test_a_booking_for_now_is_opened_from_now_for_a_day(operator):
    before = timezone.now()
    _, _, token = prepared("ACCESS_CODE_TOKEN")
    assert before - timedelta(seconds=1) < moment(token["validFrom"]) <= timezone.now()
    assert timedelta(hours=23) < moment(token["validUntil"]) - timezone.now() <= timedelta(hours=24)


def test_under_way_it_lasts_as_long_as_it_takes_to_close(operator):
    mp, leg, _ = prepared("ACCESS_CODE_TOKEN", arrivalTime=at(timezone.now() + timedelta(minutes=30)), to=HERE)
    event(mp, leg, "SET_IN_USE")
    late = timezone.now() + timedelta(hours=1)
    with time_machine.travel(late, tick=False):
        token = mp.get(f"/legs/{leg}").body["assetAccessData"]
        assert moment(token["validUntil"]) == late + timedelta(minutes=30)
        assert check(token["tokenData"]["token"])[0] == 200


@pytest.mark.parametrize("end", ["FINISH", "CANCEL"])
def test_when_the_leg_is_over_so_is_all_that_opened_it(operator, end):
    for identifier in ("ACCESS_CODE_TOKEN", "ACCESS_CODE_HTML", "ACCESS_CODE_PDF"):
        mp, leg, token = prepared(identifier)
        if end == "FINISH":
            event(mp, leg, "SET_IN_USE")
            assert event(mp, leg, "FINISH").status == 200
        else:
            assert operate(mp, leg, "CANCEL").status == 200
        if identifier == "ACCESS_CODE_TOKEN":
            assert check(token["tokenData"]["token"])[0] == 410
        else:
            assert Client().get(path_of(token)).status_code == 410
        assert "assetAccessData" not in mp.get(f"/legs/{leg}").body


def test_a_pass_is_for_the_asset_that_the_leg_has(operator):
    asset = bike("TOMP-API")
    mp, leg, token = prepared("ACCESS_CODE_TOKEN", asset)
    other = factories.AssetFactory(asset_type=asset.asset_type)
    event(mp, leg, "ASSIGN_ASSET", asset={"id": other.public_id})
    assert check(token["tokenData"]["token"])[0] == 410
    again = mp.get(f"/legs/{leg}").body["assetAccessData"]["tokenData"]["token"]
    assert check(again) == (200, {**check(again)[1], "assetId": other.public_id})


def test_a_pending_booking_may_have_its_code_but_it_opens_nothing_yet(operator):
    mp = mp_with(booking=["ACCESS_CODE_TOKEN", "ACCESS_CODE_IN_BOOKING"])
    booked = mp.post("/bookings", {"id": offer(mp, bike("TOMP-API"))}).body
    code = booked["legs"][0]["assetAccessData"]["tokenData"]["token"]
    assert check(code)[0] == 403
    operate(mp, booked["id"], "COMMIT")
    assert check(code)[0] == 200


def test_a_pending_booking_is_not_told_where_the_key_is(operator):
    mp = mp_with(booking=["NORMAL", "ACCESS_CODE_IN_BOOKING", "ACCESS_CODE_IN_COMMIT_EVENT"])
    id_ = offer(mp, bike("PHYSICAL-KEY", key_place={"en": "Safe 4, code 1234"}))
    booked = mp.post("/bookings", {"id": id_}).body
    assert (booked["state"], "1234" in str(booked)) == ("PENDING", False)
    (leg,) = operate(mp, id_, "COMMIT").body["legs"]
    assert leg["assetAccessData"]["tokenData"]["text"] == "Safe 4, code 1234"


# --- the addresses outside the API ---------------------------------------------------------------------------

LINKED = ["ACCESS_CODE_HTML", "ACCESS_CODE_PDF"]


@pytest.mark.parametrize("identifier", LINKED)
def test_nothing_keeps_a_page(operator, identifier):
    _, _, token = prepared(identifier)
    for address in (path_of(token), path_of(token).replace("/access/", "/access/x")):
        answer = Client().get(address)
        assert not answer.cookies
        assert answer["Cache-Control"] == "no-store"
        assert "noindex" in answer["X-Robots-Tag"]
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("identifier", LINKED)
def test_a_link_ends_with_its_time(operator, identifier):
    arrival = timezone.now() + timedelta(minutes=40)
    mp, leg, token = prepared(identifier, arrivalTime=at(arrival), to=HERE)
    event(mp, leg, "SET_IN_USE")
    with time_machine.travel(arrival - timedelta(minutes=1)):
        assert Client().get(path_of(token)).status_code == 200
    with time_machine.travel(arrival + timedelta(minutes=1)):
        answer = Client().get(path_of(token), headers={"Accept-Language": "nl"})
        assert (answer.status_code, "Niet meer geldig" in answer.text) == (410, True)
        fresh = mp.get(f"/legs/{leg}").body["assetAccessData"]
        assert Client().get(path_of(fresh)).status_code == 200, "who is late gets a link to close the asset"


@pytest.mark.parametrize("identifier", LINKED)
def test_a_link_that_was_tampered_with_is_none(operator, identifier):
    _, _, token = prepared(identifier)
    address = path_of(token)
    link = address.split("/")[2]
    leg, rest = link.split(".")
    other = f"{int(leg, 16) ^ 1:032x}.{rest}"
    until, signature = rest.split(":")
    longer = f"{leg}.{int(until) + 3600}:{signature}"
    for forged in (other, longer, link[:-1], f"{leg}.{until}", "check", "x" * 5000):
        assert Client().get(address.replace(link, forged)).status_code == 404, forged


@pytest.mark.parametrize("identifier", LINKED)
def test_a_page_is_only_read(operator, identifier):
    _, _, token = prepared(identifier)
    assert Client().head(path_of(token)).status_code == 200
    for method in ("post", "put", "delete"):
        assert getattr(Client(), method)(path_of(token)).status_code == 405


@pytest.mark.parametrize("code", ["1", "0" * 14, "0" * 24, "9" * 40, "٣" * 24, "abc", "a:b:c", "%00"])
def test_a_code_that_is_not_ours_opens_nothing(operator, code):
    assert check(code) == (404, {"opens": False, "reason": "This is no pass of ours."})


def test_another_mp_is_told_nothing(operator, stranger):
    _, leg, _ = prepared("ACCESS_CODE_TOKEN")
    assert stranger.get(f"/legs/{leg}").status == 404
    assert event(stranger, leg, "PREPARE").status == 404


# --- what it costs -------------------------------------------------------------------------------------------


def test_formats_cost_no_statement_but_where_a_text_is_looked_up(operator):
    costs = {}
    for identifier, method in ACCESS_FORMATS.items():
        if method == "AXA-EKEY-OTP":
            continue
        mp = accepting(identifier)
        kind = factories.AssetTypeFactory(access_methods=[method], key_place={"en": "Here"})
        leg = confirmed(mp, factories.AssetFactory(asset_type=kind, station=factories.StationFactory()))
        with CaptureQueriesContext(connection) as queries:
            assert "assetAccessData" in mp.get(f"/legs/{leg}").body
        costs[method] = len(queries)
    assert costs["DEEPLINK"] == 2
    assert {method: cost for method, cost in costs.items() if cost > 2} == {"PHYSICAL-KEY": 3}


def test_lists_open_nothing_and_make_no_images(operator):
    mp = mp_with(booking=["ACCESS_CODE_IN_GET_BOOKING", "ACCESS_CODE_AZTEC"])
    kind = factories.AssetTypeFactory(access_methods=["AZTEC"])
    counts = []
    for _ in range(2):
        confirmed(mp, factories.AssetFactory(asset_type=kind))
        with CaptureQueriesContext(connection) as queries:
            bookings = mp.get("/bookings").body
        counts.append(len(queries))
        assert all("assetAccessData" not in leg for booking in bookings for leg in booking["legs"])
    assert counts[0] == counts[1]
