"""Staff replace a leg's asset: at once by one of its type, by one of another type where the MP agrees.

End to end, with an MP that answers over HTTP. Source: STATES, "Leg", ASSIGN_ASSET; TOMP 1.6.1 /legs/{id}/confirmation.
"""

import json
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from apps.assets.models import Asset
from apps.assets.services import change_service_state
from apps.bookings.invariants import breaches
from apps.bookings.services import cancel
from apps.history.models import Transition
from apps.history.services import fire
from apps.legs.issues import report_issue
from apps.legs.models import Leg, Replacement
from apps.legs.replacing import ask_no_longer, replace_asset, settle_answered
from apps.tomp.errors import AssetTaken, IllegalState, Missing, NotFound
from apps.webhooks.delivery import deliver_due
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.mp_server import MpServer, Reply
from tests.pressing import press
from tests.profiles import client as mp_with
from tests.rides import STAFF, at, confirmed, event, everything, leg_that_is, offer, operate

pytestmark = pytest.mark.django_db

YES = Reply(body=b"true")


@pytest.fixture
def server(mp):
    """The MP's own endpoint."""
    with MpServer() as listening:
        factories.CallbackEndpointFactory(provider=mp.provider, base_url=listening.base_url)
        yield listening


@pytest.fixture
def cargo(asset):
    """A bike of another type beside the one booked."""
    return factories.AssetFactory(asset_type__type_id="cargo-bike")


def replace(leg: str, asset: Asset, reason: str = "flat tyre") -> Leg:
    return replace_asset(leg_id=UUID(leg), asset_id=asset.pk, actor=STAFF, reason=reason)


def state_of(asset: Asset) -> tuple[str, int]:
    """Its state, and how many live reservations it has."""
    asset.refresh_from_db()
    return asset.state, asset.reservations.filter(released_at=None).count()


def test_one_of_the_type_booked_is_assigned_at_once(mp, asset):
    leg, other = confirmed(mp, asset), factories.AssetFactory(asset_type=asset.asset_type)
    replace(leg, other)
    assert mp.get(f"/legs/{leg}").body["asset"]["id"] == other.public_id
    assert (state_of(asset), state_of(other)) == (("AVAILABLE", 0), ("RESERVED", 1))
    told = OutboxMessage.objects.get()
    assert (told.path, told.body["event"], told.body["comment"]) == (f"/legs/{leg}/events", "ASSIGN_ASSET", "flat tyre")
    assert not Replacement.objects.exists()


@pytest.mark.parametrize("state", ["NOT_STARTED", "PREPARING"])
def test_where_the_mp_agrees_one_of_another_type_takes_its_place(mp, asset, cargo, server, state):
    leg = leg_that_is(mp, asset, state)
    before = mp.get(f"/legs/{leg}").body
    server.script.append(YES)
    assert replace(leg, cargo).asset == asset, "until it has answered"
    assert state_of(cargo) == ("RESERVED", 1)
    assert breaches(now=timezone.now()) == []
    deliver_due()
    assert settle_answered() == 1
    assert settle_answered() == 0
    deliver_due()
    asked, told, changed = server.received
    assert (asked.method, asked.path) == ("POST", f"/tomp/legs/{leg}/confirmation")
    assert json.loads(asked.body) == {"type": "REPLACE_ASSET", "assetTypeId": "cargo-bike"}
    assert (told.path, json.loads(told.body)["event"]) == (f"/tomp/legs/{leg}/events", "ASSIGN_ASSET")
    assert json.loads(told.body)["asset"]["id"] == cargo.public_id
    assert (changed.method, changed.path) == ("PUT", f"/tomp/legs/{leg}")
    assert json.loads(changed.body)["assetType"]["id"] == "cargo-bike"
    after = mp.get(f"/legs/{leg}").body
    assert (after["assetType"]["id"], after["asset"]["id"]) == ("cargo-bike", cargo.public_id)
    assert (after["state"], after["pricing"]) == (state, before["pricing"]), "the price stays as agreed"
    assert (state_of(asset), state_of(cargo)) == (("AVAILABLE", 0), ("RESERVED", 1))
    assert breaches(now=timezone.now()) == []
    assert event(mp, leg, "SET_IN_USE").body["state"] == "IN_USE"
    assert event(mp, leg, "FINISH").body["state"] == "FINISHED"
    assert breaches(now=timezone.now()) == []


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_log_names_the_type_in_the_operators_language(mp, asset, language):
    cargo = factories.AssetFactory(asset_type__name={"en": "Cargo bike", "nl": "Bakfiets"})
    with override(language):
        replace(confirmed(mp, asset), cargo)
    assert Transition.objects.get(event="ASK_REPLACEMENT").reason == f"{cargo.code} (Cargo bike): flat tyre"


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(body=b"false"), "the MP answered false"),
        (Reply(body=b'"true"'), 'the MP answered "true"'),
        (Reply(body=b"True"), "the MP answered True"),
        (Reply(body=b'{"answer": true}'), 'the MP answered {"answer": true}'),
        (Reply(body=b"true" + b" " * 2000 + b"x"), "the MP answered true …"),
        (Reply(body=b"\x00\xff"), "the MP answered \ufffd"),
        (Reply(204, body=b""), "the MP answered nothing"),
        (Reply(404, body=b'{"title": "Unknown leg"}'), "the MP did not take the question: HTTP 404 Unknown leg"),
        (Reply(401, body=b""), "the MP did not take the question: HTTP 401"),
    ],
)
def test_anything_but_true_is_a_no_and_the_leg_is_as_it_was(client, mp, asset, cargo, server, reply, said):
    leg = confirmed(mp, asset)
    server.script.append(reply)
    before = (mp.get(f"/legs/{leg}").body, state_of(asset))
    replace(leg, cargo)
    deliver_due()
    assert settle_answered() == 1
    assert (mp.get(f"/legs/{leg}").body, state_of(asset)) == before
    assert state_of(cargo) == ("AVAILABLE", 0)
    ended = Replacement.objects.get()
    assert (ended.outcome, ended.note) == ("REFUSED", said)
    assert Transition.objects.filter(booking_id=leg, event="REPLACEMENT_REFUSED").get().reason == said
    client.force_login(factories.staff_user())
    assert "the MP " in client.get(reverse("admin:legs_leg_change", args=[leg])).text
    assert client.get(reverse("admin:bookings_booking_change", args=[leg])).status_code == 200
    assert breaches(now=timezone.now()) == []


def test_without_an_answer_in_time_the_asset_is_held_no_longer(mp, stranger, asset, cargo, server):
    leg = confirmed(mp, asset)
    server.always = Reply(503)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        replace(leg, cargo)
        deliver_due()
        clock.shift(timedelta(minutes=9))
        assert settle_answered() == 0
        clock.shift(timedelta(minutes=1))
        taken = confirmed(stranger, cargo)  # before any sweep has come by
        assert settle_answered() == 1
        assert Replacement.objects.get().outcome == "EXPIRED"
        assert OutboxMessage.objects.get().state == "DROPPED"
        assert mp.get(f"/legs/{leg}").body["asset"]["id"] == asset.public_id
        assert stranger.get(f"/legs/{taken}").body["asset"]["id"] == cargo.public_id
        assert state_of(cargo) == ("RESERVED", 1)
        server.always = YES
        clock.shift(timedelta(hours=1))
        assert deliver_due() == 0, "a question that is over is not asked any more"
        assert breaches(now=timezone.now()) == []


def test_an_answer_that_comes_too_late_changes_nothing(mp, asset, cargo, server):
    leg = confirmed(mp, asset)
    server.script.append(YES)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        replace(leg, cargo)
        deliver_due()
        clock.shift(timedelta(minutes=11))
        assert settle_answered() == 1
    assert (Replacement.objects.get().outcome, Leg.objects.get(pk=leg).asset) == ("EXPIRED", asset)


def test_while_it_is_held_nobody_else_gets_it(mp, stranger, asset, cargo):
    offered = offer(stranger, cargo)
    replace(confirmed(mp, asset), cargo)
    before = everything()
    answer = stranger.post("/bookings", {"id": offered})
    assert (answer.status, answer.body["errorcode"]) == (409, 3500)
    with pytest.raises(IllegalState, match="is promised to booking"):
        change_service_state(asset_id=cargo.pk, event="start_maintenance", actor=STAFF, reason="x")
    assert everything() == before


ENDS = {
    "the MP cancels": lambda mp, leg, asset: operate(mp, leg, "CANCEL"),
    "the MP cancels the leg": lambda mp, leg, asset: event(mp, leg, "CANCEL"),
    "staff cancel": lambda mp, leg, asset: cancel(booking_id=UUID(leg), actor=STAFF, reason="storm"),
    "the ride starts": lambda mp, leg, asset: event(mp, leg, "SET_IN_USE"),
    "the traveller takes another": lambda mp, leg, asset: event(
        mp, leg, "ASSIGN_ASSET", asset={"id": factories.AssetFactory(asset_type=asset.asset_type).public_id}
    ),
    "an issue is reported": lambda mp, leg, asset: report_issue(leg_id=UUID(leg), actor=STAFF, reason="theft"),
    "staff ask no longer": lambda mp, leg, asset: ask_no_longer(leg_id=UUID(leg), actor=STAFF, reason="repaired"),
}


@pytest.mark.parametrize("delivered", [True, False])
@pytest.mark.parametrize("what", ENDS)
def test_what_makes_the_question_pointless_ends_it(mp, asset, cargo, server, what, delivered):
    leg = confirmed(mp, asset)
    server.always = YES
    replace(leg, cargo)
    if delivered:
        deliver_due()
    ENDS[what](mp, leg, asset)
    assert Replacement.objects.get().outcome == "WITHDRAWN"
    assert state_of(cargo) == ("AVAILABLE", 0)
    assert OutboxMessage.objects.filter(subject="REPLACE_ASSET").get().state == (
        "DELIVERED" if delivered else "DROPPED"
    )
    before = everything()
    assert settle_answered() == 0
    assert everything() == before
    deliver_due()
    assert len([one for one in server.received if one.path.endswith("/confirmation")]) == delivered
    assert breaches(now=timezone.now()) == []


def test_where_it_is_no_longer_possible_staff_are_told_why(mp, asset, cargo, server):
    leg = confirmed(mp, asset)
    server.script.append(YES)
    replace(leg, cargo)
    deliver_due()
    Asset.objects.filter(pk=cargo.pk).update(latitude=53.0)  # someone has ridden it away, whatever was promised
    assert settle_answered() == 1
    ended = Replacement.objects.get()
    assert (ended.outcome, Leg.objects.get(pk=leg).asset) == ("FAILED", asset)
    assert "near the pick-up point" in ended.note
    assert state_of(cargo) == ("AVAILABLE", 0)


@pytest.mark.parametrize("state", ["IN_USE", "PAUSED", "FINISHING", "FINISHED"])
def test_a_ride_under_way_or_over_keeps_its_asset(mp, asset, cargo, state):
    leg = leg_that_is(mp, asset, state)
    before = everything()
    with pytest.raises(IllegalState, match=state):
        replace(leg, cargo)
    assert everything() == before


def test_it_takes_a_reason_an_asset_that_is_free_and_near_and_one_question_at_a_time(mp, stranger, asset, cargo):
    leg = confirmed(mp, asset)
    far = factories.AssetFactory(latitude=53.0)
    taken = factories.AssetFactory()
    confirmed(stranger, taken)
    before = everything()
    with pytest.raises(Missing, match="reason"):
        replace(leg, cargo, reason="")
    with pytest.raises(NotFound):
        replace_asset(leg_id=UUID(leg), asset_id=0, actor=STAFF, reason="x")
    with pytest.raises(NotFound):
        replace_asset(leg_id=UUID(int=1), asset_id=cargo.pk, actor=STAFF, reason="x")
    with pytest.raises(IllegalState, match="near the pick-up"):
        replace(leg, far)
    with pytest.raises(AssetTaken):
        replace(leg, taken)
    with pytest.raises(IllegalState, match="not being asked"):
        ask_no_longer(leg_id=UUID(leg), actor=STAFF, reason="x")
    assert everything() == before
    replace(leg, cargo)
    before = everything()
    for other in (factories.AssetFactory(), factories.AssetFactory(asset_type=asset.asset_type)):
        with pytest.raises(IllegalState, match="being asked"):
            replace(leg, other)
        other.delete()
    with pytest.raises(Missing, match="reason"):
        ask_no_longer(leg_id=UUID(leg), actor=STAFF, reason="")
    assert everything() == before


def test_what_the_mps_app_cannot_open_is_not_asked_for(operator, asset):
    mp = mp_with(booking=["ACCESS_CODE_DEEPLINK"])
    leg, locked = confirmed(mp, asset), factories.AssetFactory(asset_type__access_methods=["QR"])
    before = everything()
    with pytest.raises(IllegalState, match="cannot open"):
        replace(leg, locked)
    assert everything() == before


def test_a_place_whose_type_has_run_out_is_given_one_of_another(operator):
    station = factories.StationFactory(station_id="S1", latitude=52.0907, longitude=5.1214)
    booked, cargo = (factories.AssetFactory(station=station) for _ in range(2))
    mp = mp_with(planning=["PLANNING_BASED"], booking=["AUTO_COMMIT"], settings={"assignMinutes": 30})
    start = timezone.now() + timedelta(minutes=10)
    plan = {"from": {"stationId": "S1"}, "to": {"stationId": "S1"}}
    window = {"departureTime": at(start), "arrivalTime": at(start + timedelta(hours=1))}
    options = mp.post("/planning/offers", {**plan, **window}).body["options"]
    leg = mp.post("/bookings", {"id": options[0]["id"]}).body["id"]
    booked, cargo = sorted((booked, cargo), key=lambda one: one.asset_type != Leg.objects.get(pk=leg).asset_type)
    fire(booked, "start_maintenance", actor=STAFF)
    with MpServer() as server:
        factories.CallbackEndpointFactory(provider=mp.provider, base_url=server.base_url)
        server.script.append(YES)
        replace(leg, cargo)
        deliver_due()
    assert settle_answered() == 1
    assert mp.get(f"/legs/{leg}").body["asset"]["id"] == cargo.public_id
    assert breaches(now=timezone.now()) == []


def test_the_steps_are_those_of_the_new_type(operator, asset, cargo):
    picture = {"type": "PLAIN_TEXT", "goal": "INSTRUCTIONS", "text": "Photo", "action": "SEND_EVIDENCE_HELMET"}
    mp = mp_with(assetTypes={"cargo-bike": {"steps": {"offboarding": [picture]}}})
    leg = confirmed(mp, asset)
    with MpServer() as server:
        factories.CallbackEndpointFactory(provider=mp.provider, base_url=server.base_url)
        server.script.append(YES)
        replace(leg, cargo)
        deliver_due()
    settle_answered()
    (condition,) = mp.get(f"/legs/{leg}").body["conditions"]
    assert condition["steps"][0]["action"] == "SEND_EVIDENCE_HELMET"


def test_staff_choose_among_free_assets_nearby(client, mp, stranger, asset, cargo):
    same = factories.AssetFactory(asset_type=asset.asset_type, state_of_charge=70)
    far, taken = factories.AssetFactory(latitude=53.0), factories.AssetFactory()
    confirmed(stranger, taken)
    leg = confirmed(mp, asset)
    client.force_login(factories.staff_user())
    page = reverse("admin:legs_leg_do", args=[leg, "replace-asset"])
    asked = client.get(page).text
    assert f"{same.code}, City bike, 70 %, 0 m" in asked
    assert f"{cargo.code}, City bike, 0 m – {mp.provider} is asked first" in asked
    assert asked.index(f"{same.code},") < asked.index(f"{cargo.code},")
    assert not any(f"{one.code}," in asked for one in (asset, far, taken))
    press(client, page, {"asset": cargo.pk, "reason": "flat tyre"})
    assert "none yet, held until" in client.get(reverse("admin:legs_leg_change", args=[leg])).text
    press(client, reverse("admin:legs_leg_do", args=[leg, "ask-no-longer"]), {"reason": "repaired"})
    assert Replacement.objects.get().note == "repaired"
    assert client.get(reverse("admin:bookings_booking_change", args=[leg])).status_code == 200
    press(client, page, {"asset": same.pk, "reason": "flat tyre"})
    assert Leg.objects.get(pk=leg).asset == same
    before = everything()
    press(client, page, {"asset": far.pk, "reason": "flat tyre"})
    assert everything() == before


def test_a_sweep_with_nothing_due_is_one_statement(mp, asset, cargo, django_assert_num_queries):
    replace(confirmed(mp, asset), cargo)
    with django_assert_num_queries(1):
        assert settle_answered() == 0
