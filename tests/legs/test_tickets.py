"""ACCESS_TICKETSTOCK: each ticket is given out once, to one leg."""

import base64
import io
from datetime import timedelta
from typing import Any

import pyrxing
import pytest
import structlog
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from apps.assets.models import AssetType, Ticket
from apps.assets.selectors import fleet
from apps.assets.tickets import draw, load
from apps.bookings import services
from apps.legs.access import passes
from apps.legs.models import Leg
from apps.processes.services import findings
from apps.tomp.errors import Invalid
from tests import factories
from tests.legs.test_access import decoded, path_of
from tests.profiles import client as mp_with
from tests.profiles import document
from tests.rides import HERE, STAFF, at, confirmed, event, everything, offer, operate, pending
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db


def stocked(number: int, *methods: str) -> AssetType:
    """An asset type with so many tickets."""
    kind = factories.AssetTypeFactory(access_methods=list(methods or ["QR"]))
    load(asset_type=kind, codes=[f"T-{n:03}" for n in range(number)])
    return kind


def by_ticket(*booking: str, **parts: Any) -> TompClient:
    """An MP whose travellers get in by tickets."""
    return mp_with(booking=["ACCESS_TICKETSTOCK", *booking], **parts)


def options(mp: TompClient, *assets: Any) -> list[Any]:
    body = {"from": HERE, "useAssets": [asset.public_id for asset in assets]}
    return mp.post("/planning/offers", body).body["options"]


@pytest.mark.parametrize(
    ("identifier", "method"), [("QR", "QR"), ("AZTEC", "AZTEC"), ("BARCODE", "BARCODE"), ("TOKEN", "TOMP-API")]
)
def test_a_code_is_the_ticket_of_the_leg(operator, identifier, method):
    mp = by_ticket(f"ACCESS_CODE_{identifier}")
    kind = stocked(3, method)
    codes = []
    for _ in range(2):
        leg = confirmed(mp, factories.AssetFactory(asset_type=kind))
        content = event(mp, leg, "PREPARE").body["assetAccessData"]["tokenData"]
        codes.append(content["token"] if identifier == "TOKEN" else decoded(content["base64"])[0])
        assert Ticket.objects.get(code=codes[-1]).reservation.leg == Leg.objects.get(pk=leg)
    assert codes == ["T-000", "T-001"]


def test_a_link_a_page_and_a_document_carry_it(operator):
    kind = stocked(3, "DEEPLINK", "HTML", "PDF")
    tokens = {}
    for name in ("DEEPLINK", "HTML", "PDF"):
        mp = by_ticket(f"ACCESS_CODE_{name}")
        tokens[name] = event(mp, confirmed(mp, factories.AssetFactory(asset_type=kind)), "PREPARE").body[
            "assetAccessData"
        ]
    assert tokens["DEEPLINK"]["tokenData"]["url"].endswith("&ticket=T-000")
    page = Client().get(path_of(tokens["HTML"])).text
    assert "<strong>T-001</strong>" in page
    assert decoded(page.split("data:image/png;base64,")[1].split('"')[0])[0] == "T-001"
    (sheet,) = PdfReader(io.BytesIO(Client().get(path_of(tokens["PDF"])).content)).pages
    assert "Ticket: T-002" in sheet.extract_text()
    (found,) = pyrxing.read_barcodes(Image.open(io.BytesIO(sheet.images[0].data)).convert("L"))
    assert found.text == "T-002"


def test_a_leg_keeps_its_ticket(operator):
    mp = by_ticket("ACCESS_CODE_TOKEN", "ACCESS_CODE_IN_GET_LEG", "ACCESS_CODE_IN_PREPARE_EVENT")
    kind = stocked(5, "TOMP-API")
    leg = confirmed(mp, factories.AssetFactory(asset_type=kind))
    other = factories.AssetFactory(asset_type=kind)
    answers = [event(mp, leg, "PREPARE"), mp.get(f"/legs/{leg}"), event(mp, leg, "PREPARE")]
    event(mp, leg, "ASSIGN_ASSET", asset={"id": other.public_id})
    answers.append(mp.get(f"/legs/{leg}"))
    assert {answer.body["assetAccessData"]["tokenData"]["token"] for answer in answers} == {"T-000"}
    assert Ticket.objects.filter(given_at__isnull=False).count() == 1


def test_it_is_drawn_when_the_booking_is_confirmed_and_not_before(operator):
    mp = by_ticket("ACCESS_CODE_QR")
    id_ = offer(mp, factories.AssetFactory(asset_type=stocked(1)))
    mp.post("/bookings", {"id": id_})
    assert not Ticket.objects.filter(given_at__isnull=False).exists()
    operate(mp, id_, "COMMIT")
    assert Ticket.objects.get().reservation == Leg.objects.get(pk=id_).reservation


@pytest.mark.parametrize("method", ["TOKEN", "QR", "HTML", "DEEPLINK"])
def test_a_pending_booking_has_none_as_nobody_could_take_it_back(operator, method):
    mp = by_ticket(f"ACCESS_CODE_{method}", "ACCESS_CODE_IN_BOOKING", "ACCESS_CODE_IN_COMMIT_EVENT")
    kind = stocked(1, "TOMP-API", "QR", "HTML", "DEEPLINK")
    for _ in range(3):
        id_ = offer(mp, factories.AssetFactory(asset_type=kind))
        booked = mp.post("/bookings", {"id": id_}).body
        assert "assetAccessData" not in booked["legs"][0]
    assert not Ticket.objects.filter(given_at__isnull=False).exists(), "a hold that comes to nothing costs no ticket"
    assert "assetAccessData" in operate(mp, id_, "COMMIT").body["legs"][0]
    assert Ticket.objects.get().reservation == Leg.objects.get(pk=id_).reservation


def test_a_booking_that_is_agreed_at_once_has_it_in_its_first_answer(operator):
    mp = by_ticket("ACCESS_CODE_TOKEN", "ACCESS_CODE_IN_BOOKING", "AUTO_COMMIT")
    booked = {"id": offer(mp, factories.AssetFactory(asset_type=stocked(1, "TOMP-API")))}
    for _ in range(2):
        (leg,) = mp.post("/bookings", booked).body["legs"]
        assert leg["assetAccessData"]["tokenData"]["token"] == "T-000"


@pytest.mark.parametrize("document", ["access-page", "access-document"])
def test_a_page_never_shows_what_could_not_be_taken_back_from_a_pending_booking(operator, document):
    """Also of a leg that has its ticket already: what decides is the booking's state as the page is opened."""
    mp = by_ticket()
    kind = stocked(1)
    kind.key_place = {"en": "Safe 4, code 1234"}
    kind.save()
    id_ = pending(mp, factories.AssetFactory(asset_type=kind))
    leg = Leg.objects.select_related("reservation").get(pk=id_)
    draw(leg.reservation, now=timezone.now())
    address = reverse(document, args=[passes.sign_link(leg, timezone.now() + timedelta(hours=1))])
    assert not {"T-000", "1234"} & said_at(address)
    operate(mp, id_, "COMMIT")
    assert {"T-000", "1234"} <= said_at(address)


def said_at(address: str) -> set[str]:
    """Of a ticket and a place of a key, what a page or a document says, its code included."""
    answer = Client().get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    if answer["Content-Type"] == "application/pdf":
        (sheet,) = PdfReader(io.BytesIO(answer.content)).pages
        text, image = sheet.extract_text(), sheet.images[0].data
    else:
        text = answer.text
        image = base64.b64decode(text.split("data:image/png;base64,")[1].split('"')[0])
    (code,) = pyrxing.read_barcodes(Image.open(io.BytesIO(image)).convert("L"))
    return {secret for secret in ("T-000", "1234") if secret in f"{text} {code.text}"}


def test_a_ticket_does_not_come_back(operator):
    mp = by_ticket("ACCESS_CODE_QR")
    asset = factories.AssetFactory(asset_type=stocked(1))
    operate(mp, confirmed(mp, asset), "CANCEL")
    assert Ticket.objects.get().given_at is not None
    assert options(mp, asset) == []


def test_an_empty_stock_is_no_offer_for_mps_that_go_by_tickets(operator):
    mp, other = by_ticket(), mp_with()
    empty = factories.AssetFactory(asset_type=factories.AssetTypeFactory())
    full = factories.AssetFactory(asset_type=stocked(1))
    assert [option["legs"][0]["asset"]["id"] for option in options(mp, empty, full)] == [full.public_id]
    assert len(options(other, empty, full)) == 2


@pytest.mark.parametrize(("tickets", "offered"), [(2, 0), (3, 1)])
def test_a_group_needs_a_ticket_for_each_asset(operator, tickets, offered):
    kind = stocked(tickets)
    mp = by_ticket(planning=["PLANNING_BASED"])
    station = factories.StationFactory(station_id="S1", latitude=52.0907, longitude=5.1214)
    for _ in range(3):
        factories.AssetFactory(asset_type=kind, station=station)
    start = timezone.now() + timedelta(hours=1)
    plan = {"from": {"stationId": "S1"}, "departureTime": at(start), "nrOfTravelers": 3}
    found = mp.post("/planning/offers", plan).body["options"]
    assert len(found) == offered
    if found:
        mp.post("/bookings", {"id": found[0]["id"]})
        assert operate(mp, found[0]["id"], "COMMIT").status == 200
        assert Ticket.objects.filter(reservation__isnull=False).count() == 3


def test_who_comes_too_late_for_the_last_ticket_is_refused_and_nothing_happens(operator):
    mp = by_ticket("ACCESS_CODE_QR")
    kind = stocked(1)
    late = offer(mp, factories.AssetFactory(asset_type=kind))
    mp.post("/bookings", {"id": late})
    confirmed(mp, factories.AssetFactory(asset_type=kind))
    before = everything()
    answer = operate(mp, late, "COMMIT")
    assert (answer.status, answer.body["errorcode"]) == (409, 3500)
    assert "ticket" in answer.body["detail"]
    assert everything() == before
    load(asset_type=kind, codes=["NEW"])
    assert operate(mp, late, "COMMIT").status == 200


def test_at_once_confirmed_bookings_are_refused_too(operator):
    mp = by_ticket("ACCESS_CODE_QR", "AUTO_COMMIT")
    kind = stocked(1)
    ids = [offer(mp, factories.AssetFactory(asset_type=kind)) for _ in range(2)]
    assert mp.post("/bookings", {"id": ids[0]}).status == 201
    before = everything()
    assert mp.post("/bookings", {"id": ids[1]}).body["errorcode"] == 3500
    assert everything() == before


def test_staff_commit_a_postponed_booking_once_there_are_tickets(operator):
    mp = by_ticket("ACCESS_CODE_QR", "POSTPONED_COMMIT")
    kind = stocked(1)
    booked = mp.post("/bookings", {"id": offer(mp, factories.AssetFactory(asset_type=kind))}).body["id"]
    assert not Ticket.objects.filter(given_at__isnull=False).exists()
    services.commit(booking_id=booked, actor=STAFF)
    assert Ticket.objects.filter(given_at__isnull=False).count() == 1


# --- what the database holds ---------------------------------------------------------------------------------


def refused(change: Any) -> str:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        change()
    return str(error.value)


def test_the_database_keeps_what_was_given(operator):
    mp = by_ticket("ACCESS_CODE_QR")
    kind = stocked(2)
    first, second = (confirmed(mp, factories.AssetFactory(asset_type=kind)) for _ in range(2))
    given = Ticket.objects.get(reservation__leg=first)
    mine = Ticket.objects.filter(pk=given.pk)
    reservation = Leg.objects.get(pk=second).reservation_id
    assert "has been given out" in refused(lambda: mine.update(given_at=None, reservation=None))
    assert "has been given out" in refused(lambda: mine.update(reservation=reservation))
    assert "has been given out" in refused(lambda: mine.update(code="OTHER"))
    assert "has been given out" in refused(mine.delete)
    fresh = factories.TicketFactory(asset_type=kind)
    taken = Ticket.objects.filter(pk=fresh.pk)
    assert "reservation_id" in refused(lambda: taken.update(given_at=timezone.now(), reservation=reservation))
    assert "ticket_of_a_leg_is_given_out" in refused(lambda: taken.update(reservation=given.reservation_id))
    assert "ticket_is_in_stock_once" in refused(lambda: factories.TicketFactory(asset_type=kind, code=given.code))
    assert taken.delete()[0] == 1, "what nobody was given can be withdrawn"


# --- staff ---------------------------------------------------------------------------------------------------

ADD, LIST = "admin:assets_ticket_add", "admin:assets_ticket_changelist"


def test_staff_load_tickets_from_a_file_and_a_paste(operator, admin_client):
    kind = factories.AssetTypeFactory()
    file = SimpleUploadedFile("tickets.txt", "\ufeffA-1\r\nA-2\r\n\r\n".encode())
    answer = admin_client.post(
        reverse(ADD), {"asset_type": kind.pk, "file": file, "pasted": " A-3 \nA-2\n"}, follow=True
    )
    assert "3 new tickets" in answer.text
    again = admin_client.post(reverse(ADD), {"asset_type": kind.pk, "pasted": "A-3\nA-4"}, follow=True)
    assert "1 new ticket;" in again.text
    assert list(Ticket.objects.values_list("code", flat=True)) == ["A-1", "A-2", "A-3", "A-4"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"pasted": " \n"}, "no ticket"),
        ({"pasted": "A-1\nKÄRTCHEN"}, "line 2"),
        ({"pasted": "A-1\n" + "x" * 81}, "line 2"),
        ({"file": SimpleUploadedFile("tickets.bin", b"\xff\xfe\x00")}, "no text"),
        ({"file": SimpleUploadedFile("tickets.txt", b"x" * (5 * 1024 * 1024 + 1))}, "larger"),
    ],
)
def test_what_is_no_ticket_is_not_loaded_nor_the_others_with_it(operator, admin_client, sent, said):
    kind = factories.AssetTypeFactory()
    assert said in admin_client.post(reverse(ADD), {"asset_type": kind.pk, **sent}).text
    assert not Ticket.objects.exists()


def test_loading_is_refused_before_anything_is_written(operator):
    with pytest.raises(Invalid):
        load(asset_type=factories.AssetTypeFactory(), codes=["fine", "not\x00fine"])
    assert not Ticket.objects.exists()


def test_staff_hear_of_an_empty_stock(operator, admin_client, django_capture_on_commit_callbacks):
    mp = by_ticket("ACCESS_CODE_QR")
    kind = stocked(2)
    notice = "The tickets of City bike are all given out"
    for left in (1, 0):
        with structlog.testing.capture_logs() as logs, django_capture_on_commit_callbacks(execute=True):
            confirmed(mp, factories.AssetFactory(asset_type=kind))
        warned = [line for line in logs if line["event"] == "ticket stock empty"]
        assert [line["asset_type"] for line in warned] == ([] if left else [kind.type_id])
        assert (notice in admin_client.get(reverse(LIST)).text) is (not left)


def test_publishing_a_process_names_the_asset_types_without_tickets(operator):
    mp = by_ticket("ACCESS_CODE_QR")
    kind, other = stocked(1), factories.AssetTypeFactory(access_methods=["QR"])

    def told() -> list[str]:
        found = findings(document(booking=["ACCESS_TICKETSTOCK"]), fleet=fleet())
        return [problem.sentence.split(", so")[0] for problem in found if "in stock" in problem.sentence]

    assert told() == [f"ACCESS_TICKETSTOCK: no tickets are in stock of {other.type_id}"]
    confirmed(mp, factories.AssetFactory(asset_type=kind))
    assert told() == [
        f"ACCESS_TICKETSTOCK: no tickets are in stock of {', '.join(sorted([kind.type_id, other.type_id]))}"
    ]


def test_staff_see_which_leg_has_which_ticket_and_withdraw_only_the_others(operator, admin_client):
    mp = by_ticket("ACCESS_CODE_QR")
    kind = stocked(2)
    leg = confirmed(mp, factories.AssetFactory(asset_type=kind))
    given, kept = Ticket.objects.order_by("pk")
    assert reverse("admin:legs_leg_change", args=[leg]) in admin_client.get(reverse(LIST), {"stock": "out"}).text
    assert kept.code in admin_client.get(reverse(LIST), {"stock": "in"}).text
    for ticket, status in ((given, 403), (kept, 302)):
        address = reverse("admin:assets_ticket_delete", args=[ticket.pk])
        assert admin_client.post(address, {"post": "yes"}).status_code == status
    assert list(Ticket.objects.all()) == [given]
