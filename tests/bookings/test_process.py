"""How far a booking goes at once, and who answers it: the booking module of PROCESS-IDENTIFIERS."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django.utils.http import parse_http_date

from apps.bookings import services
from apps.bookings.models import Booking
from apps.processes.models import ProfileVersion
from apps.tomp.errors import IllegalState, Missing
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.bookings.test_states import is_free, log_of
from tests.profiles import client, document
from tests.rides import HERE, STAFF, event, everything, offer, operate, pending

pytestmark = pytest.mark.django_db


def book(mp, asset, **fields):
    return mp.post("/bookings", {"id": offer(mp, asset), **fields})


# --- POSTPONED_COMMIT ---------------------------------------------------------------------------------


@pytest.fixture
def postponed(operator):
    """An MP whose bookings wait for the operator's answer."""
    return client(booking=["POSTPONED_COMMIT"], settings={"postponedResponseMinutes": 45})


def test_a_postponed_booking_waits_for_our_answer(postponed, asset):
    answer = book(postponed, asset)
    assert (answer.status, answer.body["state"]) == (201, "CONDITIONAL_CONFIRMED")
    condition = answer.body["legs"][0]["conditions"][0]
    assert condition["conditionType"] == "conditionPostponedCommit"
    booking = Booking.objects.get()
    assert parse_http_date(answer.headers["Expires"]) == int(booking.expires_at.timestamp())
    assert timedelta(minutes=44) < booking.expires_at - timezone.now() <= timedelta(minutes=45)
    assert asset.reservations.get(released_at=None).expires_at == booking.expires_at


def test_it_can_be_postponed_at_the_mps_commit_instead(operator, asset):
    mp = client(booking=["POSTPONED_COMMIT"], settings={"postponedAt": "COMMIT"})
    booking = pending(mp, asset)
    assert operate(mp, booking, "COMMIT").body["state"] == "CONDITIONAL_CONFIRMED"


def test_a_commit_of_the_mp_on_it_is_accepted_and_changes_nothing(postponed, asset):
    booking = book(postponed, asset).body["id"]
    before = everything()
    assert operate(postponed, booking, "COMMIT").body["state"] == "CONDITIONAL_CONFIRMED"
    assert everything() == before


def test_staff_commit_it_and_the_mp_is_told(postponed, asset):
    booking = book(postponed, asset).body["id"]
    services.commit(booking_id=booking, actor=STAFF)
    assert postponed.get(f"/bookings/{booking}").body["state"] == "CONFIRMED"
    assert log_of(booking)[-1] == ("COMMIT", "CONDITIONAL_CONFIRMED", "CONFIRMED", "TO")
    message = OutboxMessage.objects.get()
    assert (message.path, message.body) == (f"/bookings/{booking}/events", {"operation": "COMMIT", "origin": "TO"})
    assert asset.reservations.get(released_at=None).expires_at is None


def test_staff_deny_it_and_the_mp_is_told_why(postponed, asset):
    booking = book(postponed, asset).body["id"]
    services.deny(booking_id=booking, actor=STAFF, reason="no driver")
    assert postponed.get(f"/bookings/{booking}").body["state"] == "REJECTED"
    assert OutboxMessage.objects.get().body == {"operation": "DENY", "origin": "TO", "reason": "no driver"}
    assert is_free(asset)


def test_it_is_not_denied_without_a_reason(postponed, asset):
    booking = book(postponed, asset).body["id"]
    before = everything()
    with pytest.raises(Missing, match="reason"):
        services.deny(booking_id=booking, actor=STAFF, reason="")
    assert everything() == before


@pytest.mark.parametrize("answer", [services.commit, services.deny])
def test_staff_answer_only_what_waits_for_them(mp, asset, answer):
    booking = pending(mp, asset)
    before = everything()
    with pytest.raises(IllegalState, match="PENDING"):
        answer(booking_id=booking, actor=STAFF, reason="because")
    assert everything() == before


def test_no_answer_in_time_and_it_has_expired(postponed, asset):
    booking = book(postponed, asset).body["id"]
    with time_machine.travel(timezone.now() + timedelta(minutes=46)):
        assert postponed.get(f"/bookings/{booking}").body["state"] == "EXPIRED"
        before = everything()
        with pytest.raises(IllegalState, match="EXPIRED"):
            services.commit(booking_id=booking, actor=STAFF)
        assert everything() == before
        assert services.expire_due() == 1
    assert log_of(booking)[-1] == ("EXPIRE", "CONDITIONAL_CONFIRMED", "EXPIRED", "CLOCK")
    assert is_free(asset)


@pytest.mark.parametrize("origin", ["MP", "END_USER"])
def test_the_mp_may_cancel_it(postponed, asset, origin):
    booking = book(postponed, asset).body["id"]
    assert operate(postponed, booking, "CANCEL", origin=origin).body["state"] == "CANCELLED"
    assert is_free(asset)


def test_a_leg_of_it_does_not_begin(postponed, asset):
    booking = book(postponed, asset).body["id"]
    before = everything()
    answer = event(postponed, booking, "SET_IN_USE")
    assert (answer.status, answer.body["errorcode"]) == (403, 4004)
    assert everything() == before


# --- AUTO_COMMIT and the atomic ones --------------------------------------------------------------------


def test_auto_commit_confirms_at_once(operator, asset):
    answer = book(client(booking=["AUTO_COMMIT"]), asset)
    assert (answer.status, answer.body["state"]) == (201, "CONFIRMED")
    assert log_of(answer.body["id"]) == [("HOLD", "NEW", "PENDING", "MP"), ("COMMIT", "PENDING", "CONFIRMED", "MP")]


def test_auto_commit_together_with_postponed_commit_confirms_on_condition(operator, asset):
    mp = client(booking=["AUTO_COMMIT", "POSTPONED_COMMIT"], settings={"postponedAt": "COMMIT"})
    assert book(mp, asset).body["state"] == "CONDITIONAL_CONFIRMED"


@pytest.mark.parametrize("identifier", ["ATOMIC_BOOKING_SET_IN_USE", "ATOMIC_BOOKING_UNLOCKING"])
def test_an_atomic_booking_is_under_way_when_it_is_answered(operator, asset, identifier):
    mp = client(booking=[identifier])
    answer = book(mp, asset)
    assert (answer.body["state"], answer.body["legs"][0]["state"]) == ("STARTED", "IN_USE")
    asset.refresh_from_db()
    assert asset.state == "IN_USE"
    assert mp.post("/bookings", {"id": answer.body["id"]}).body["state"] == "STARTED"
    assert event(mp, answer.body["id"], "FINISH").body["state"] == "FINISHED"


def test_an_atomic_booking_that_cannot_begin_did_not_happen(operator, asset):
    """One transaction: where SET_IN_USE is refused there is no booking either."""
    mp = client(booking=["ATOMIC_BOOKING_SET_IN_USE"], tripExecution=["TO_CONTROLLED"])
    id_ = offer(mp, asset)
    before = everything()
    answer = mp.post("/bookings", {"id": id_})
    assert (answer.status, answer.body["errorcode"]) == (403, 3004)
    assert everything() == before


# --- ALLOW_EXTEND_BOOKING_EXPIRY_TIME --------------------------------------------------------------------


def test_more_time_is_granted_as_often_and_as_long_as_the_profile_says(operator, asset):
    mp = client(
        booking=["ALLOW_EXTEND_BOOKING_EXPIRY_TIME"],
        settings={"holdMinutes": 10, "extendMaxTimes": 5, "extendMaxMinutes": 15},
    )
    booking = pending(mp, asset)
    first = Booking.objects.get().expires_at
    answer = operate(mp, booking, "EXTEND_EXPIRY_TIME", extendReason="PAYMENT_PENDING")
    assert (answer.status, answer.body["state"]) == (200, "PENDING")
    assert parse_http_date(answer.headers["Expires"]) == int((first + timedelta(minutes=10)).timestamp())
    operate(mp, booking, "EXTEND_EXPIRY_TIME", extendReason="OTHER")
    assert Booking.objects.get().expires_at == first + timedelta(minutes=15)
    assert asset.reservations.get(released_at=None).expires_at == first + timedelta(minutes=15)
    before = everything()
    refused = operate(mp, booking, "EXTEND_EXPIRY_TIME", extendReason="OTHER")
    assert (refused.status, refused.body["errorcode"]) == (410, 3202)
    assert everything() == before


def test_more_time_is_not_granted_without_the_identifier(mp, asset):
    booking = pending(mp, asset)
    before = everything()
    answer = operate(mp, booking, "EXTEND_EXPIRY_TIME", extendReason="OTHER")
    assert (answer.status, answer.body["errorcode"]) == (410, 3202)
    assert everything() == before


def test_more_time_is_asked_for_with_a_reason(operator, asset):
    mp = client(booking=["ALLOW_EXTEND_BOOKING_EXPIRY_TIME"])
    booking = pending(mp, asset)
    before = everything()
    answer = operate(mp, booking, "EXTEND_EXPIRY_TIME")
    assert (answer.status, answer.body["errorcode"]) == (400, 3001)
    assert "extendReason" in answer.body["detail"]
    assert everything() == before


# --- conditionRequireBookingData -------------------------------------------------------------------------

COMPLETE = {
    "customer": {
        "firstName": "Test",
        "middleName": "van",
        "lastName": "Person",
        "prefix": "dr",
        "postfix": "jr",
        "birthDate": "2000-01-31",
        "age": 26,
        "email": "test@example.org",
        "phones": [{"number": "+31 20 1234"}],
        "address": {"streetAddress": "Street 1", "areaReference": "Town"},
        "knownIdentifier": "k",
        "knownIdentifierProvider": "p",
        "licenses": [{"assetClass": "CAR"}],
        "cards": [{"type": kind, "cardNumber": "1"} for kind in ("BANK", "DISCOUNT", "TRAVEL", "ID", "CREDIT")],
        "extraInfo": {"claims": ["over18"]},
    },
    "from": {"physicalAddress": {"streetAddress": "Street 1", "areaReference": "Town"}},
    "to": {"physicalAddress": {"streetAddress": "Street 2", "areaReference": "Town"}},
}
FIELDS = {
    "FROM_ADDRESS": "from.physicalAddress",
    "TO_ADDRESS": "to.physicalAddress",
    "BIRTHDATE": "customer.birthDate",
    "EMAIL": "customer.email",
    "FIRST_NAME": "customer.firstName",
    "LAST_NAME": "customer.lastName",
    "MIDDLE_NAME": "customer.middleName",
    "PREFIX": "customer.prefix",
    "POSTFIX": "customer.postfix",
    "AGE": "customer.age",
    "PERSONAL_ADDRESS": "customer.address",
    "PHONE_NUMBERS": "customer.phones",
    "KNOWN_IDENTIFIER": "customer.knownIdentifier",
    "KNOWN_IDENTIFIER_PROVIDER": "customer.knownIdentifierProvider",
    "LICENSES": "customer.licenses",
    "BANK_CARDS": "customer.cards",
    "DISCOUNT_CARDS": "customer.cards",
    "TRAVEL_CARDS": "customer.cards",
    "ID_CARDS": "customer.cards",
    "CREDIT_CARDS": "customer.cards",
    "BLOCKCHAIN_CLAIMS": "customer.extraInfo",
    "NAME": "customer.lastName",
}


def without(path: str) -> dict:
    outer, name = path.split(".")
    if outer in {"from", "to"}:
        return {**COMPLETE, outer: HERE}
    return {**COMPLETE, outer: {key: value for key, value in COMPLETE[outer].items() if key != name}}


def requiring(*fields: str):
    condition = {"conditionType": "conditionRequireBookingData", "requiredFields": list(fields)}
    return client(conditions=[condition])


@pytest.mark.parametrize("field", FIELDS)
def test_required_booking_data_is_named_where_it_is_missing(operator, asset, field):
    mp = requiring(field)
    id_ = offer(mp, asset)
    before = everything()
    answer = mp.post("/bookings", {"id": id_, **without(FIELDS[field])})
    assert (answer.status, answer.body["errorcode"]) == (400, 3001)
    assert FIELDS[field].removesuffix(".extraInfo") in answer.body["detail"]
    assert everything() == before
    assert mp.post("/bookings", {"id": id_, **COMPLETE}).status == 201


def test_all_that_is_missing_is_named_at_once(operator, asset):
    answer = book(requiring("EMAIL", "PHONE_NUMBERS"), asset)
    assert "customer.email" in answer.body["detail"]
    assert "customer.phones" in answer.body["detail"]


# --- the version an offer was made under -------------------------------------------------------------------


def publish(mp, **parts):
    number = mp.provider.profile_versions.count() + 1
    ProfileVersion.objects.create(provider=mp.provider, number=number, document=document(**parts))


def test_a_booking_is_held_to_the_version_its_offer_was_made_under(mp, asset):
    id_ = offer(mp, asset)
    publish(mp, tripExecution=["SUPPLIES_CALL_SERVICE"])
    assert mp.post("/bookings", {"id": id_}).status == 201
    assert mp.post("/bookings", {"id": id_}).status == 201, "a repetition answers the booking"
    demanding = offer(mp, factories.AssetFactory())
    publish(mp)
    before = everything()
    answer = mp.post("/bookings", {"id": demanding})
    assert (answer.status, answer.body["errorcode"]) == (400, 3001)
    assert everything() == before


def test_a_booking_that_comes_too_late_to_be_answered_is_gone(operator, asset):
    mp = client(booking=["POSTPONED_COMMIT"], settings={"offerMinutes": 60, "postponedResponseMinutes": 10})
    id_ = offer(mp, asset)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        before = everything()
        answer = mp.post("/bookings", {"id": id_})
    assert (answer.status, answer.body["errorcode"]) == (410, 3202)
    assert everything() == before


def test_the_claims_that_are_named_are_required(operator, asset):
    condition = {
        "conditionType": "conditionRequireBookingData",
        "requiredFields": ["BLOCKCHAIN_CLAIMS"],
        "claims": ["over18"],
    }
    mp = client(conditions=[condition])
    id_ = offer(mp, asset)
    refused = mp.post("/bookings", {"id": id_, "customer": {"extraInfo": {"claims": ["likes cats"]}}})
    assert refused.body["errorcode"] == 3001
    assert "over18" in refused.body["detail"]
    assert mp.post("/bookings", {"id": id_, "customer": {"extraInfo": {"claims": ["over18"]}}}).status == 201
