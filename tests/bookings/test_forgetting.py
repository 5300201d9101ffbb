"""DELETE /customers/{id}: nothing that is personal is left, in whatever table. Source: `apps.bookings.forgetting`."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg.sql import SQL, Identifier

from apps.bookings.conversation import tell_end_user
from apps.bookings.invariants import breaches
from apps.bookings.models import Booking
from apps.calls.models import Call
from apps.customers.models import CustomerAccount
from apps.history.models import Transition
from apps.legs.correcting import Truth, correct
from apps.legs.models import Leg
from apps.legs.moment import Happening
from apps.legs.progress import tell_progress
from apps.legs.services import apply_event
from apps.parking.models import ParkedCar
from apps.payments.models import JournalEntry
from apps.support.models import SupportRequest
from apps.support.services import answer as answer_support
from apps.telemetry.models import TrailPoint
from apps.telemetry.services import take
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.profiles import client
from tests.rides import HERE, STAFF, event, everything, leg_that_is, operate
from tests.telemetry.sending import reading
from tests.tomp_client import Answer, TompClient

pytestmark = pytest.mark.django_db

ADDRESS = {"streetAddress": "Geheimgracht 77", "areaReference": "Utrecht", "country": "NL"}
JO = {
    "externalId": "quintessa-z",
    "firstName": "Quintessa",
    "lastName": "Zwartendijk",
    "email": "quintessa@mp.example",
    "phones": [{"number": "+31687654321"}],
    "address": ADDRESS,
    "extraInfo": {"needs": "a wheelchair"},
}
HOME = {"coordinates": {"lat": 52.07713, "lng": 5.09713}, "name": "Casa Zwartendijk", "physicalAddress": ADDRESS}
# All that was ever said of the traveller, in any words, by anybody.
PERSONAL = [
    "quintessa",
    "zwartendijk",
    "31687654321",
    "geheimgracht",
    "wheelchair",
    "52.07713",
    "under the mat",
    "ring twice",
    "52.09991",  # where the traveller was
    "52.09551",  # where the asset was on the ride
    "52.09661",
    "KX12PZ",  # the plate of the traveller's car
    "TRAVELLER-9",
]
PROCESS: dict[str, Any] = {
    "tripExecution": [
        "LEG_EVENT_LOCATION_REQUIRED_PAUSE",
        "LEG_EVENT_LOCATION_IS_USER_LOCATION",
        "GENERAL_NOTIFICATION",
        "PROGRESS_NOTIFICATION",
        "USE_PREPARE_TO_INDICATE_START",
    ]
}


class Keyed(TompClient):
    """An MP that gives each of its POSTs a key to be repeated by."""

    def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        """POST with a key of its own."""
        self.posts = getattr(self, "posts", 0) + 1
        return super().post(path, body, headers={"Idempotency-Key": f"post-{self.posts}"}, **options)


def holding(texts: list[str]) -> set[str]:
    """The tables of which any row holds any of these, in a column of whatever type, also as bytes of a text."""
    patterns = [f"%{text}%" for text in texts]
    patterns += [f"%{way.encode().hex()}%" for text in texts for way in (text, text.capitalize(), text.title())]
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            statement = SQL("SELECT EXISTS (SELECT FROM {} AS line WHERE line::text ILIKE ANY(%s))")
            cursor.execute(statement.format(Identifier(table)), [patterns])
            if cursor.fetchone()[0]:
                found.add(table)
    return found


@pytest.fixture
def mp(operator: Any) -> TompClient:
    """An MP that uses all that can tell something of a traveller."""
    return Keyed(client(**PROCESS).provider)


def registered(mp: TompClient) -> str:
    """The id of a fresh account."""
    answer = mp.post("/customers", JO)
    assert answer.status == 200, answer
    account: str = answer.body["id"]
    return account


def travelled(mp: TompClient, asset: Any, account: str) -> str:
    """A ride from beginning to end, with everything said of the traveller that can be; the booking's id."""
    asset.refresh_from_db()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        plan = {"from": HERE, "to": HOME, "useAssets": [asset.public_id], "nrOfTravelers": 1}
        plan["travelers"] = [{"referenceNumber": "TRAVELLER-9"}]
        offered = mp.post("/planning/offers", plan).body["options"][0]["id"]
        begin = {**HERE, "physicalAddress": ADDRESS, "extraInfo": {"bell": "ring twice"}}
        asked = {"id": offered, "customer": {"id": account, **JO}, "from": begin, "extraInfo": {"note": "ring twice"}}
        booking: str = mp.post("/bookings", asked).body["id"]
        assert operate(mp, booking, "COMMIT").status == 200
        told = {"type": "MESSAGE_TO_DRIVER", "comment": "the key is under the mat", "asset": {"id": "Zwartendijk"}}
        assert mp.post(f"/bookings/{booking}/notifications", told).status == 204
        told = {
            "vehicleComponent": "TIRE",
            "description": "Zwartendijk fell",
            "pictures": ["https://quintessa.example"],
        }
        place = {**HERE, "name": "Geheimgracht", "physicalAddress": ADDRESS}
        asked = {"id": booking, "location": place, "contactInformationEndUser": "+31687654321", "damage": told}
        asked |= {"comment": "I am Quintessa", "urls": ["https://mp.example/quintessa.jpg"], "assetId": "TRAVELLER-9"}
        assert mp.post("/support/", asked).status == 200
        request = SupportRequest.objects.get(booking=booking)
        answer_support(request_id=request.pk, actor=STAFF, message="Dear Quintessa, ring twice!")
        leg = Leg.objects.get(booking=booking)
        tell_end_user(booking_id=leg.booking_id, leg_id=leg.pk, message="Dear Quintessa, ring twice!", actor=STAFF)
        apply_event(leg_id=leg.pk, happening=Happening("PREPARE", timezone.now(), "in a minute"), actor=STAFF)
        for name, lat in (("SET_IN_USE", 52.09551), ("PAUSE", 52.09661), ("FINISH", 0)):
            clock.shift(60)
            place = {"overriddenProperties": {"location": {"coordinates": {"lat": 52.09991, "lng": 5.12}}}}
            more = {"asset": place} if name == "PAUSE" else {}
            url = ["https://mp.example/evidence/quintessa.jpg"]
            answer = event(mp, booking, name, comment="under the mat again", url=url, **more)
            assert answer.status == 200, answer
            if lat:
                clock.shift(30)
                assert take([reading(asset, lat=lat, lng=5.12)], now=timezone.now()) == []
                tell_progress()
        assert Booking.objects.get(pk=booking).state == "FINISHED"
        credit = {"category": "CREDIT", "amount": -0.1, "description": "Quintessa Zwartendijk fell"}
        account_number = {"account": {"name": "Q. Zwartendijk"}, "meta": {"needs": "a wheelchair"}}
        assert mp.post(f"/payment/{booking}/claim-extra-costs", {**credit, **account_number}).status == 200
        clock.shift(60)
        take([reading(asset, lat=52.0907, lng=5.1214)], now=timezone.now())  # the next ride is not theirs
    return booking


def forget(mp: TompClient, account: str) -> Answer:
    return mp.delete(f"/customers/{account}")


def test_nothing_of_the_traveller_is_left_in_any_table(mp: TompClient, asset: Any, settings: Any) -> None:
    settings.CALL_LOG_DAYS = 14
    account = registered(mp)
    booking = travelled(mp, asset, account)
    entries = list(JournalEntry.objects.values_list())
    assert holding(PERSONAL) == {
        "assets_damage",
        "bookings_booking",
        "bookings_notification",
        "customers_customeraccount",
        "legs_leg",
        "legs_legevent",
        "payments_claim",
        "planning_offer",
        "planning_offerleg",
        "support_supportrequest",
        "support_supportstatus",
        "telemetry_trailpoint",
        "tomp_idempotentanswer",
        "webhooks_outboxmessage",
    }
    assert Call.objects.filter(endpoint="legs/{id}/events").count() == 3
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        assert forget(mp, account).status == 200
        assert holding(PERSONAL) == set()
        assert breaches(now=timezone.now()) == []
    assert list(JournalEntry.objects.values_list()) == entries
    assert TrailPoint.objects.count() == 1
    shown = mp.get(f"/bookings/{booking}").body
    assert (shown["customer"], shown["state"]) == ({"id": account}, "FINISHED")
    assert shown["from"] == {"coordinates": HERE["coordinates"]}
    assert "to" not in shown
    assert mp.get(f"/legs/{booking}/progress").status == 200


def test_what_staff_said_and_what_did_not_tell_of_the_traveller_stays(mp: TompClient, asset: Any) -> None:
    account = registered(mp)
    booking = travelled(mp, asset, account)
    forget(mp, account)
    assert Transition.objects.get(booking_id=booking, event="PREPARE").reason == "in a minute"
    prepare = OutboxMessage.objects.get(subject="PREPARE")
    assert (prepare.state, prepare.body["comment"]) == ("PENDING", "in a minute")
    assert "overriddenProperties" not in prepare.body["asset"]
    dropped = OutboxMessage.objects.exclude(subject="PREPARE").values_list("subject", "state", "body")
    assert set(map(str, dropped)) == {
        str(("PROGRESS", "DROPPED", {})),
        str(("MESSAGE_TO_END_USER", "DROPPED", {})),
    }


def test_where_it_led_stays_where_that_is_a_station_of_ours(mp: TompClient, asset: Any) -> None:
    station = factories.StationFactory()
    account = registered(mp)
    booking = travelled(mp, asset, account)
    named = {"stationId": station.station_id, "coordinates": {"lat": 52.09, "lng": 5.11}}
    Leg.objects.update(to_place={**named, "name": "Zwartendijk"})
    forget(mp, account)
    assert Leg.objects.get(pk=booking).to_place == named


def test_a_call_whose_answer_is_forgotten_is_not_made_again(mp: TompClient, asset: Any) -> None:
    account = registered(mp)
    forget(mp, account)
    again = TompClient.post(mp, "/customers", JO, headers={"Idempotency-Key": "post-1"})
    assert (again.status, again.body["errors"][0]["errorcode"]) == (410, 3202)
    assert CustomerAccount.objects.count() == 1


def test_others_keep_all_that_is_theirs(mp: TompClient, asset: Any) -> None:
    account = registered(mp)
    other = mp.post("/customers", {**JO, "externalId": "other", "email": "other@mp.example"}).body["id"]
    travelled(mp, asset, other)
    before = everything(), holding(PERSONAL)
    assert forget(mp, account).status == 200
    after = everything(), holding(PERSONAL)
    assert after[0][:5] == before[0][:5]
    assert after[1] == before[1]


def test_the_car_whose_bill_was_picked_up_is_forgotten(operator: Any) -> None:
    mp = Keyed(client(planning=[], booking=["ONE_STOP", "PICK_UP_THE_BILL"]).provider)
    car = factories.ParkedCarFactory(plate="KX12PZ")
    account = registered(mp)
    asked = {"from": HERE, "useAssets": ["kx-12-pz"], "customer": {"id": account}}
    booking = mp.post("/bookings/one-stop", asked).body["id"]
    assert holding(["KX12PZ"]) == {"legs_leg", "parking_parkedcar", "tomp_idempotentanswer"}
    assert forget(mp, account).status == 200
    assert holding(["KX12PZ"]) == set()
    assert ParkedCar.objects.get(pk=car.pk).plate == ""
    assert "asset" not in mp.get(f"/bookings/{booking}").body["legs"][0]


def test_it_costs_the_same_however_many_bookings_there_are(mp: TompClient, asset: Any) -> None:
    counts = []
    for rides in (1, 3):
        account = registered(mp)
        for _ in range(rides):
            travelled(mp, asset, account)
        with CaptureQueriesContext(connection) as queries:
            assert forget(mp, account).status == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 30, counts


# Every table that has to do with a booking, and where it is thought of.
THOUGHT_OF = {
    "legs.leg",
    "legs.legevent",
    "bookings.notification",
    "webhooks.outboxmessage",
    "payments.claim",
    "support.supportrequest",
    # nothing personal: what a lock was told, what staff asked about another asset or corrected, what is to be paid
    "legs.lockcommand",
    "legs.replacement",
    "legs.correction",
    "payments.journalentry",
    "payments.journalfinding",
}


def test_every_table_that_hangs_on_a_booking_is_thought_of() -> None:
    hanging = {
        model._meta.label_lower
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model in (Booking, Leg) and model is not Booking
    }
    assert hanging == THOUGHT_OF


def test_an_mps_words_are_kept_with_the_event_and_not_in_the_log(mp: TompClient, asset: Any) -> None:
    leg = leg_that_is(mp, asset, "PREPARING")
    assert event(mp, leg, "SET_IN_USE", comment="ring twice").status == 200
    assert Leg.objects.get(pk=leg).events.filter(comment="ring twice").exists()
    assert not Transition.objects.filter(reason__contains="ring twice").exists()


def test_of_a_ride_that_was_corrected_the_trail_is_forgotten_too(mp: TompClient, asset: Any) -> None:
    """Also where it now counts as a shorter ride with another asset."""
    account = registered(mp)
    booking = travelled(mp, asset, account)
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        leg = Leg.objects.get(booking=booking)
        assert leg.actual_departure_time is not None
        other = factories.AssetFactory(asset_type=asset.asset_type)
        truth = Truth(arrival=leg.actual_departure_time + timedelta(seconds=1), asset_id=other.pk)
        correct(leg_id=leg.pk, truth=truth, actor=STAFF, reason="the other one was ridden")
        assert forget(mp, account).status == 200
    assert TrailPoint.objects.count() == 1, "the next ride is not theirs"
