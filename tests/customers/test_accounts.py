"""Customer accounts over the API, and what they mean for bookings."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.bookings.models import Booking
from apps.bookings.services import commit
from apps.customers.models import CustomerAccount
from apps.customers.services import READ_ONLY, block, merged, unblock
from apps.history.models import Transition
from apps.tomp.errors import IllegalState
from tests.profiles import client, document
from tests.rides import STAFF, confirmed, event, everything, offer, operate
from tests.tomp_client import Answer, TompClient

pytestmark = pytest.mark.django_db
JO = {"externalId": "jo-1", "firstName": "Jo", "lastName": "Doe", "email": "Jo@mp.example", "birthDate": "1990-04-01"}


def register(mp: TompClient, **fields: Any) -> str:
    """The id of a fresh account."""
    answer = mp.post("/customers", {**JO, **fields})
    assert answer.status == 200, answer
    return answer.body["id"]


def patch(mp: TompClient, account: str, changes: Any) -> Answer:
    return mp.call("PATCH", f"/customers/{account}", changes, content_type="application/merge-patch+json")


def refused(answer: Answer) -> tuple[int, int]:
    """HTTP status and TOMP code of an error in a list of one."""
    (error,) = answer.body["errors"]
    assert error["errorcode"] == error["errorCode"]
    assert error["status"] == answer.status
    return answer.status, error["errorcode"]


def accounts() -> list[Any]:
    return list(CustomerAccount.objects.order_by("pk").values_list())


def blocked(account: str) -> CustomerAccount:
    row = CustomerAccount.objects.get(account_id=account)
    block(account=row, actor=STAFF, reason="unpaid rides")
    return row


def test_a_traveller_is_registered_and_read_back(mp: TompClient) -> None:
    answer = mp.post("/customers", JO, headers={"Api": None, "Api-Version": None, "maas-id": None})
    assert answer.status == 200
    assert {**JO, "status": "ACTIVE"}.items() <= answer.body.items()
    assert mp.get(f"/customers/{answer.body['id']}").body == answer.body


def test_an_id_the_mp_sends_is_not_ours(mp: TompClient) -> None:
    assert register(mp, id="mine") != "mine"


@pytest.mark.parametrize("double", [{"email": "other@mp.example"}, {"externalId": "jo-2", "email": "JO@MP.EXAMPLE"}])
def test_the_same_traveller_twice_is_a_double(mp: TompClient, double: dict[str, Any]) -> None:
    register(mp)
    before = accounts()
    assert refused(mp.post("/customers", {**JO, **double})) == (409, 8210)
    assert accounts() == before


def test_another_mp_may_know_the_same_traveller(mp: TompClient, stranger: TompClient) -> None:
    mine, theirs = register(mp), register(stranger)
    for method in ("GET", "DELETE"):
        assert refused(stranger.call(method, f"/customers/{mine}")) == (404, 8204)
    assert refused(patch(stranger, mine, {"lastName": "Roe"})) == (404, 8204)
    assert mine != theirs


@pytest.mark.parametrize(
    ("customer", "code"),
    [({"email": "no address"}, 8002), ({"birthDate": "yesterday"}, 8002), ({"phones": [{}]}, 8001)],
)
def test_what_no_customer_can_be_is_refused(mp: TompClient, customer: dict[str, Any], code: int) -> None:
    assert refused(mp.post("/customers", customer)) == (400, code)
    assert accounts() == []


def test_errors_of_credentials_and_headers_come_in_a_list_too(mp: TompClient) -> None:
    assert refused(mp.post("/customers", JO, headers={"X-API-Key": "nonsense"})) == (401, 8006)
    assert refused(mp.post("/customers", JO, headers={"Accept-Language": None})) == (400, 8001)


def test_a_patch_changes_takes_away_and_leaves_alone(mp: TompClient) -> None:
    account = register(mp, phones=[{"number": "+31 20 1234567"}], extraInfo={"tier": "gold", "since": 2020})
    changes = {"lastName": "Roe", "birthDate": None, "extraInfo": {"since": None, "club": "cyclists"}}
    changed = patch(mp, account, changes)
    assert changed.status == 200
    assert "birthDate" not in changed.body
    assert changed.body["lastName"] == "Roe"
    assert changed.body["extraInfo"] == {"tier": "gold", "club": "cyclists"}
    assert changed.body["phones"] == [{"number": "+31 20 1234567"}]
    assert mp.get(f"/customers/{account}").body == changed.body


@pytest.mark.parametrize(
    ("target", "change", "result"),
    [  # RFC 7396, appendix A
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merging_is_as_the_rfc_says(target: Any, change: Any, result: Any) -> None:
    assert merged(target, change) == result


@pytest.mark.parametrize("name", ["id", "status", "creationDate", "modificationDate"])
def test_what_only_we_set_is_refused(mp: TompClient, name: str) -> None:
    account = register(mp)
    before = accounts()
    assert refused(patch(mp, account, {"lastName": "Roe", name: "x"})) == (400, 8211)
    assert accounts() == before


def test_what_only_we_set_may_be_sent_back_as_it_is(mp: TompClient) -> None:
    account = register(mp)
    assert patch(mp, account, {**mp.get(f"/customers/{account}").body, "lastName": "Roe"}).status == 200


def test_a_patch_that_leads_to_no_customer_changes_nothing(mp: TompClient) -> None:
    account, other = register(mp), register(mp, externalId="jo-2", email="jo2@mp.example")
    before = accounts()
    assert refused(patch(mp, account, {"email": "no address"})) == (400, 8002)
    assert refused(patch(mp, account, {"email": "jo2@mp.example"})) == (409, 8210)
    assert accounts() == before
    assert patch(mp, other, {"email": None}).status == 200


def test_a_patch_that_leaves_nothing_of_the_traveller_changes_nothing(mp: TompClient) -> None:
    account = register(mp)
    shown = mp.get(f"/customers/{account}").body
    before = accounts()
    nothing = {name: None for name in shown if name not in READ_ONLY}
    assert refused(patch(mp, account, nothing)) == refused(mp.post("/customers", {}))
    assert accounts() == before
    assert patch(mp, account, {**nothing, "lastName": "Roe"}).status == 200


def test_a_deleted_traveller_is_forgotten_in_its_bookings_too(mp: TompClient, asset: Any) -> None:
    account = register(mp)
    customer = {"id": account, "lastName": "Doe", "email": "jo@mp.example"}
    booking = mp.post("/bookings", {"id": offer(mp, asset), "customer": customer}).body["id"]
    before = everything(), accounts()
    assert refused(mp.call("DELETE", f"/customers/{account}")) == (403, 8004)
    assert (everything(), accounts()) == before
    operate(mp, booking, "CANCEL")
    assert mp.call("DELETE", f"/customers/{account}").status == 200
    assert mp.get(f"/bookings/{booking}").body["customer"] == {"id": account}
    assert refused(mp.get(f"/customers/{account}")) == (404, 8204)
    row = CustomerAccount.objects.get()
    assert (row.details, row.email, row.external_id) == ({}, "", "")
    register(mp)  # nothing of the erased account is in the way


def test_an_erased_account_cannot_keep_anything_personal(mp: TompClient) -> None:
    register(mp)
    with pytest.raises(IntegrityError, match="customer_that_is_erased"), transaction.atomic():
        CustomerAccount.objects.update(erased_at="2026-01-01T00:00:00Z")


@pytest.mark.parametrize("named", ["id", "externalId"])
def test_a_blocked_customer_books_nothing(mp: TompClient, asset: Any, named: str) -> None:
    account = register(mp)
    customer = {named: account if named == "id" else JO["externalId"]}
    wanted = offer(mp, asset)
    blocked(account)
    before = everything()
    answer = mp.post("/bookings", {"id": wanted, "customer": customer})
    assert (answer.status, answer.body["errorcode"]) == (428, 3209)
    assert everything() == before


def test_a_customer_blocked_before_the_commit_is_rejected(mp: TompClient, asset: Any) -> None:
    account = register(mp)
    booking = mp.post("/bookings", {"id": offer(mp, asset), "customer": {"id": account}}).body["id"]
    row = blocked(account)
    answer = operate(mp, booking, "COMMIT")
    assert (answer.status, answer.body["state"]) == (200, "REJECTED")
    assert Booking.objects.get().legs.get().reservation.released_at is not None
    unblock(account=row, actor=STAFF, reason="paid")
    assert operate(mp, booking, "COMMIT").status == 403
    assert confirmed(mp, asset)


def test_staff_do_not_commit_for_a_blocked_customer(operator: Any, asset: Any) -> None:
    mp = client(booking=["POSTPONED_COMMIT"])
    account = register(mp)
    booking = mp.post("/bookings", {"id": offer(mp, asset), "customer": {"id": account}}).body["id"]
    blocked(account)
    before = everything()
    with pytest.raises(IllegalState, match="blocked"):
        commit(booking_id=Booking.objects.get(pk=booking).pk, actor=STAFF)
    assert everything() == before


def test_another_mps_customer_is_nobody(mp: TompClient, stranger: TompClient, asset: Any) -> None:
    account = register(stranger)
    blocked(account)
    booking = mp.post("/bookings", {"id": offer(mp, asset), "customer": {"id": account}})
    assert booking.status == 201
    assert Booking.objects.get().customer_account is None


def test_what_is_registered_need_not_be_told_again(operator: Any, asset: Any) -> None:
    wanted = {"conditionType": "conditionRequireBookingData", "requiredFields": ["EMAIL", "BIRTHDATE"]}
    mp = client(**document(conditions=[wanted]))
    account = register(mp)
    refusal = mp.post("/bookings", {"id": offer(mp, asset), "customer": {"id": "somebody"}})
    assert (refusal.status, refusal.body["errorcode"]) == (400, 3001)
    assert mp.post("/bookings", {"id": offer(mp, asset), "customer": {"id": account}}).status == 201


def test_a_ride_keeps_its_customer(mp: TompClient, asset: Any) -> None:
    account = register(mp)
    booking = mp.post("/bookings", {"id": offer(mp, asset), "customer": {"id": account}}).body["id"]
    operate(mp, booking, "COMMIT")
    blocked(account)
    assert event(mp, booking, "SET_IN_USE").status == 200
    assert event(mp, booking, "FINISH").status == 200


def test_the_story_of_an_account_is_logged(mp: TompClient) -> None:
    account = register(mp)
    patch(mp, account, {"lastName": "Roe"})
    unblock(account=blocked(account), actor=STAFF, reason="paid")
    mp.call("DELETE", f"/customers/{account}")
    told = Transition.objects.filter(subject_kind="customer", subject_id=account).order_by("id")
    assert list(told.values_list("event", "to_state")) == [
        ("ACTIVATE", "ACTIVE"),
        ("AMEND", "ACTIVE"),
        ("BLOCK", "BLOCKED"),
        ("UNBLOCK", "ACTIVE"),
        ("ERASE", "ACTIVE"),
    ]


def test_an_account_of_nobody_is_refused(mp: TompClient) -> None:
    assert refused(mp.post("/customers", {"id": "mine"})) == (400, 8001)
    assert accounts() == []


def test_a_nul_in_an_address_leads_nowhere(mp: TompClient) -> None:
    assert refused(mp.get("/customers/%00")) == (404, 8204)
