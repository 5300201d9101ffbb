"""Bulk changes: what is shown before, what is done to each asset, and that nothing else is."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.assets.admin_buttons import SERVICE_BUTTONS
from apps.assets.damages.models import Severity
from apps.assets.label_layouts import Layout
from apps.assets.maintenance.services import Plan, cancel, plan, start
from apps.assets.models import Asset, AssetIdentifier, Reservation
from apps.bookings.models import Booking
from apps.fleet import working
from apps.fleet.consequences import LeftOut, consequences_of
from apps.fleet.models import BulkAction, BulkChange, LabelSheets, Why
from apps.fleet.services import MOST_ASSETS, begin, draft, note_shown, purge_changes, purge_drafts, stop
from apps.fleet.withdrawing import bookings_promised, withdraw
from apps.fleet.working import run_due, settle, waiting
from apps.history.models import Change, Transition
from apps.legs.models import Leg
from apps.legs.replacing import replace_asset
from apps.tomp.errors import IllegalState, Invalid, Missing, NotFound
from apps.webhooks.models import OutboxMessage
from tests import factories
from tests.assets.test_labels import codes_on, pages
from tests.rides import STAFF, confirmed, event, everything, leg_that_is
from tests.tomp_client import TompClient

pytestmark = pytest.mark.django_db


def drafted(*assets: Asset, action: BulkAction = BulkAction.MAINTENANCE) -> BulkChange:
    return draft(action=action, asset_ids=[asset.pk for asset in assets], asked_by="hanna")


def begun(*assets: Asset, action: BulkAction = BulkAction.MAINTENANCE, **answers: Any) -> BulkChange:
    """A change under way, asked for by hanna after she saw what it would come to."""
    change = drafted(*assets, action=action)
    seen = answers.pop("seen", None) or consequences_of(change, now=timezone.now()).bookings
    shown = note_shown(change_id=change.pk, bookings=seen).shown
    return begin(change_id=change.pk, asked_by="hanna", reason="spring check", shown=shown, **answers)


def outcomes(change: BulkChange) -> list[tuple[str, str, str]]:
    """Code of the asset, outcome and why, in the order of the codes."""
    return list(change.assets.order_by("asset__code").values_list("asset__code", "outcome", "why"))


def states(*assets: Asset) -> list[str]:
    for asset in assets:
        asset.refresh_from_db()
    return [asset.state for asset in assets]


def in_state(state: str, code: str) -> Asset:
    asset: Asset = factories.AssetFactory(code=code)
    Asset.objects.filter(pk=asset.pk).update(state=state)
    return asset


def test_a_draft_shows_what_it_would_come_to_and_changes_nothing(mp: TompClient, operator: Any) -> None:
    free, there, gone = in_state("AVAILABLE", "A"), in_state("MAINTENANCE", "B"), in_state("RETIRED", "C")
    ridden, promised = factories.AssetFactory(code="D"), factories.AssetFactory(code="E")
    leg_that_is(mp, ridden, "IN_USE")
    booking = confirmed(mp, promised)
    before = everything()
    change = drafted(free, there, gone, ridden, promised)
    found = consequences_of(change, now=timezone.now())
    assert (found.chosen, found.fitting, found.promised, found.unpromised) == (5, 2, 1, 1)
    assert found.bookings == [UUID(booking)]
    assert {(one.why, one.count, *one.states) for one in found.left_out} == {
        (Why.ALREADY, 1, "MAINTENANCE"),
        (Why.RETIRED, 1, "RETIRED"),
        (Why.IN_USE, 1, "IN_USE"),
    }
    run_due()
    assert everything() == before


def test_each_asset_is_changed_by_who_asked_for_the_reason_given(operator: Any) -> None:
    assets = [in_state("AVAILABLE", "A"), in_state("CHARGING", "B"), in_state("MAINTENANCE", "C")]
    change = begun(*assets)
    run_due()
    assert states(*assets) == ["MAINTENANCE"] * 3
    assert outcomes(change) == [("A", "DONE", ""), ("B", "DONE", ""), ("C", "SKIPPED", "ALREADY")]
    change.refresh_from_db()
    assert (change.state, change.ended_at is not None) == ("DONE", True)
    log = Transition.objects.values_list("subject_id", "event", "actor_kind", "actor_name", "reason")
    assert sorted(log) == sorted(
        (str(asset.pk), "START_MAINTENANCE", "TO", "hanna", "spring check") for asset in assets[:2]
    )
    noted = Change.objects.filter(subject_table="assets_asset").values_list("staff", flat=True)
    assert list(noted) == ["hanna", "hanna"]


@pytest.mark.parametrize(
    ("action", "state"),
    [
        (BulkAction.MAINTENANCE, "MAINTENANCE"),
        (BulkAction.CHARGING, "CHARGING"),
        (BulkAction.RELOCATION, "RELOCATING"),
        (BulkAction.MISSING, "MISSING"),
        (BulkAction.RETIREMENT, "RETIRED"),
    ],
)
def test_every_action_leads_to_its_state_and_back(operator: Any, action: BulkAction, state: str) -> None:
    asset = factories.AssetFactory()
    begun(asset, action=action)
    run_due()
    assert states(asset) == [state]
    back = begun(asset, action=BulkAction.SERVICE)
    run_due()
    outcome = (asset.code, "SKIPPED", "RETIRED") if state == "RETIRED" else (asset.code, "DONE", "")
    assert outcomes(back) == [outcome]
    assert outcomes(run(begun(asset, action=BulkAction.SERVICE)))[0][1] == "SKIPPED"


def run(change: BulkChange) -> BulkChange:
    run_due()
    change.refresh_from_db()
    return change


def test_promised_assets_are_left_out_unless_staff_say_otherwise(mp: TompClient, operator: Any) -> None:
    free, promised = factories.AssetFactory(code="A"), factories.AssetFactory(code="B")
    booking = confirmed(mp, promised)
    change = run(begun(free, promised))
    assert outcomes(change) == [("A", "DONE", ""), ("B", "SKIPPED", "PROMISED")]
    assert change.assets.get(asset=promised).detail == booking
    assert Booking.objects.get(pk=booking).state == "CONFIRMED"
    assert not OutboxMessage.objects.filter(booking_id=booking, subject="CANCEL").exists()


def test_bookings_that_were_shown_are_cancelled_and_their_mp_is_told_why(mp: TompClient, operator: Any) -> None:
    promised = factories.AssetFactory(code="B")
    booking = confirmed(mp, promised)
    change = run(begun(promised, cancelling=True))
    assert outcomes(change) == [("B", "DONE", "CANCELLED")]
    assert states(promised) == ["MAINTENANCE"]
    assert Booking.objects.get(pk=booking).state == "CANCELLED"
    told = OutboxMessage.objects.get(booking_id=booking, subject="CANCEL")
    assert "spring check" in str(told.body)


def test_a_booking_made_after_it_was_shown_is_never_cancelled(mp: TompClient, operator: Any) -> None:
    one, other = factories.AssetFactory(code="A"), factories.AssetFactory(code="B")
    shown = confirmed(mp, one)
    change = begun(one, other, cancelling=True)
    later = confirmed(mp, other)
    run(change)
    assert outcomes(change) == [("A", "DONE", "CANCELLED"), ("B", "SKIPPED", "NOT_SHOWN")]
    found = dict(Booking.objects.values_list("pk", "state"))
    assert (found[UUID(shown)], found[UUID(later)]) == ("CANCELLED", "CONFIRMED")


def test_assets_of_a_pool_are_looked_at_together(operator: Any) -> None:
    """Three assets, two places promised: each alone may go, all three may not."""
    station = factories.StationFactory()
    kind = factories.AssetTypeFactory()
    assets = [factories.AssetFactory(asset_type=kind, station=station, code=code) for code in "ABC"]
    bookings = [place_booked(station, kind) for _ in range(2)]
    change = drafted(*assets)
    found = consequences_of(change, now=timezone.now())
    assert (found.fitting, found.promised) == (3, 2)
    assert set(found.bookings) == {booking.pk for booking in bookings}
    kept = run(begun(*assets))
    assert sorted(why for _, _, why in outcomes(kept)) == ["", "PROMISED", "PROMISED"]
    gone = run(begun(*assets, cancelling=True))
    assert sorted(why for _, _, why in outcomes(gone)) == ["ALREADY", "CANCELLED", "CANCELLED"]
    assert {booking.state for booking in Booking.objects.all()} == {"CANCELLED"}


def place_booked(station: Any, kind: Any) -> Booking:
    """A confirmed booking of a place at the station."""
    booking: Booking = factories.BookingFactory(provider=factories.ProviderFactory())
    when = (timezone.now() + timedelta(hours=1), timezone.now() + timedelta(hours=2))
    reservation = Reservation.objects.create(asset_type=kind, station=station, period=when)
    booking.legs.create(
        sequence=1,
        asset_type=kind,
        reservation=reservation,
        from_place=booking.from_place,
        departure_time=when[0],
        arrival_time=when[1],
        fare={"estimated": False, "parts": []},
    )
    return booking


def group_booked(station: Any, kind: Any, *, places: int) -> Booking:
    """A confirmed booking of several places at the station."""
    booking = place_booked(station, kind)
    (leg,) = booking.legs.all()
    for sequence in range(2, places + 1):
        held = Reservation.objects.create(asset_type=kind, station=station, period=leg.reservation.period)
        leg.pk, leg.sequence, leg.reservation = uuid4(), sequence, held
        leg._state.adding = True
        leg.save()
    return booking


def test_a_booking_that_loses_several_places_is_cancelled_once(operator: Any) -> None:
    station, kind = factories.StationFactory(), factories.AssetTypeFactory()
    jammed, gone, _ = (factories.AssetFactory(asset_type=kind, station=station, code=code) for code in "ABC")
    Asset.objects.filter(pk=jammed.pk).update(lock_state="JAMMED")
    booking = group_booked(station, kind, places=3)
    assert bookings_promised(gone.pk) == [booking]
    assert outcomes(run(begun(gone, action=BulkAction.RETIREMENT, cancelling=True))) == [("B", "DONE", "CANCELLED")]
    assert Booking.objects.get().state == "CANCELLED"


def test_an_asset_that_no_place_counts_on_costs_no_booking(operator: Any) -> None:
    """Of three places promised, two cannot be kept anyhow: a jammed and a damaged bike make that no worse."""
    station, kind = factories.StationFactory(), factories.AssetTypeFactory()
    jammed, damaged, _ = (factories.AssetFactory(asset_type=kind, station=station, code=code) for code in "ABC")
    Asset.objects.filter(pk=jammed.pk).update(lock_state="JAMMED")
    factories.DamageFactory(asset=damaged, severity=Severity.UNUSABLE)
    group_booked(station, kind, places=3)
    before = Booking.objects.values().get()
    for asset in (jammed, damaged):
        wanted = Plan("Brakes", timezone.now(), timezone.now() + timedelta(hours=2), blocks_hire=True)
        assert plan(asset_id=asset.pk, wanted=wanted, actor=STAFF).state == "PLANNED"
    found = consequences_of(drafted(jammed, damaged), now=timezone.now())
    assert (found.promised, found.bookings) == (0, [])
    assert outcomes(run(begun(jammed, damaged))) == [("A", "DONE", ""), ("B", "DONE", "")]
    assert Booking.objects.values().get() == before


def started_group(mp: TompClient) -> tuple[Booking, Asset]:
    """A booking whose first leg is ridden, and the asset that its second holds."""
    first, second = factories.AssetFactory(code="A"), factories.AssetFactory(code="B")
    leg = Leg.objects.get(booking_id=confirmed(mp, first))
    ridden = str(leg.pk)
    when = (timezone.now(), timezone.now() + timedelta(hours=1))
    leg.pk, leg.sequence, leg.asset = uuid4(), 2, second
    leg.reservation = Reservation.objects.create(asset_type=second.asset_type, asset=second, period=when)
    leg._state.adding = True
    leg.save()
    assert event(mp, ridden, "SET_IN_USE").status == 200
    return Booking.objects.get(), second


def test_a_booking_under_way_is_never_cancelled(mp: TompClient, operator: Any) -> None:
    booking, second = started_group(mp)
    found = consequences_of(drafted(second), now=timezone.now())
    assert (found.promised, found.bookings, found.under_way) == (1, [], [booking.pk])
    before = everything()
    change = run(begun(second, action=BulkAction.RETIREMENT, cancelling=True, seen=[booking.pk]))
    assert outcomes(change) == [("B", "SKIPPED", "PROMISED")]
    assert change.assets.get().detail == str(booking.pk)
    assert everything() == before


def test_one_asset_is_not_withdrawn_from_a_booking_under_way(mp: TompClient, operator: Any) -> None:
    booking, second = started_group(mp)
    before = everything()
    with pytest.raises(IllegalState, match=f"Booking {booking.pk} is under way"):
        withdraw(asset_id=second.pk, event="retire", cancelling=[booking.pk], actor=STAFF, reason="old")
    assert everything() == before


def test_the_form_of_one_asset_does_not_offer_to_cancel_a_booking_under_way(
    mp: TompClient, operator: Any, admin_client: Client
) -> None:
    booking, second = started_group(mp)
    address = reverse("admin:assets_asset_do", args=[second.pk, "retire"])
    shown = admin_client.get(address)
    told = f"Booking {booking.pk} is under way"
    assert (told in shown.text, "bookings" in shown.context["form"].fields) == (True, False)
    before = everything()
    refused = admin_client.post(address, {"reason": "old", "bookings": "cancel", "seen": str(booking.pk)})
    assert told in " ".join(refused.context["form"].non_field_errors())
    assert everything() == before


def test_who_is_to_get_an_asset_as_a_replacement_is_named(mp: TompClient, operator: Any) -> None:
    booked = Leg.objects.get(booking_id=confirmed(mp, factories.AssetFactory(code="A")))
    other = factories.AssetFactory(code="B")
    replace_asset(leg_id=booked.pk, asset_id=other.pk, actor=STAFF, reason="flat tyre")
    assert bookings_promised(other.pk) == [booked.booking]
    found = consequences_of(drafted(other), now=timezone.now())
    assert (found.promised, found.bookings) == (1, [booked.booking_id])


def test_the_bookings_that_were_shown_are_not_read_with_each_asset(operator: Any, asset: Asset) -> None:
    row = begun(asset).assets.get()
    with CaptureQueriesContext(connection) as queries:
        assert settle(row.pk)
    assert not [query for query in queries if '"seen"' in query["sql"]]


@pytest.mark.parametrize("action", [BulkAction.RETIREMENT, BulkAction.SERVICE])
def test_what_a_maintenance_job_keeps_as_it_is_is_counted_before(
    operator: Any, asset: Asset, action: BulkAction
) -> None:
    wanted = Plan("Brakes", timezone.now(), timezone.now() + timedelta(hours=2), blocks_hire=False)
    job = plan(asset_id=asset.pk, wanted=wanted, actor=STAFF)
    if action == BulkAction.SERVICE:
        start(job_id=job.pk, actor=STAFF, reason="brakes")
    found = consequences_of(drafted(asset, action=action), now=timezone.now())
    assert (found.fitting, found.left_out) == (0, [LeftOut(Why.JOB, 1, [])])
    asset.refresh_from_db()
    button = next(one for one in SERVICE_BUTTONS if one.name == action.value.replace("_", "-"))
    assert not button.fits(asset)
    before = everything()
    change = run(begun(asset, action=action))
    assert outcomes(change) == [(asset.code, "SKIPPED", "JOB")]
    assert everything() == before
    cancel(job_id=job.pk, actor=STAFF, reason="not needed")
    asset.refresh_from_db()
    assert button.fits(asset) == (action == BulkAction.RETIREMENT)


@pytest.mark.parametrize("state", ["AVAILABLE", "RESERVED", "IN_USE"])
def test_what_is_hired_out_is_in_service_already(operator: Any, state: str) -> None:
    change = drafted(in_state(state, "A"), action=BulkAction.SERVICE)
    assert [one.why for one in consequences_of(change, now=timezone.now()).left_out] == [Why.IN_SERVICE]


def test_bookings_are_not_cancelled_by_who_was_shown_others(mp: TompClient, operator: Any, asset: Asset) -> None:
    change, booking = drafted(asset), UUID(confirmed(mp, asset))
    first = note_shown(change_id=change.pk, bookings=[]).shown
    assert note_shown(change_id=change.pk, bookings=[booking]).shown == first + 1
    assert note_shown(change_id=change.pk, bookings=[booking]).shown == first + 1
    before = everything()
    with pytest.raises(IllegalState, match="other bookings were shown"):
        begin(change_id=change.pk, asked_by="hanna", reason="x", cancelling=True, shown=first)
    run_due()
    assert everything() == before
    change.refresh_from_db()
    assert change.state == "DRAFT"


def test_what_is_stopped_leaves_the_rest_as_it_was(operator: Any) -> None:
    assets = [factories.AssetFactory(code=code) for code in "ABC"]
    change = begun(*assets)
    first = change.assets.get(asset=assets[0])
    assert settle(first.pk)
    stop(change_id=change.pk, actor=STAFF)
    before = everything()
    run_due()
    assert not settle(change.assets.get(asset=assets[1]).pk)
    assert everything() == before
    assert [outcome for _, outcome, _ in outcomes(change)] == ["DONE", "STOPPED", "STOPPED"]
    change.refresh_from_db()
    assert (change.state, change.stopped_by) == ("STOPPED", STAFF.name)
    with pytest.raises(IllegalState, match="not under way"):
        stop(change_id=change.pk, actor=STAFF)


def test_two_changes_of_the_same_asset_change_it_once(operator: Any, asset: Asset) -> None:
    one, other = begun(asset), begun(asset)
    run_due()
    whys = sorted([*outcomes(one), *outcomes(other)])
    assert whys == [(asset.code, "DONE", ""), (asset.code, "SKIPPED", "ALREADY")]
    assert Transition.objects.filter(subject_id=str(asset.pk)).count() == 1


def test_what_breaks_for_one_asset_stops_no_other(operator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = factories.AssetFactory(code="A"), factories.AssetFactory(code="B")

    def lock(asset_id: int) -> Asset:
        if asset_id == broken.pk:
            raise ZeroDivisionError
        return whole(asset_id)

    whole = working.lock_where_it_stands
    monkeypatch.setattr(working, "lock_where_it_stands", lock)
    change = run(begun(broken, sound))
    assert outcomes(change) == [("A", "FAILED", "BROKEN"), ("B", "DONE", "")]
    assert change.state == "DONE"


def test_labels_are_printed_for_those_with_a_code(operator: Any) -> None:
    marked, bare, gone = factories.AssetFactory(code="A"), factories.AssetFactory(code="B"), in_state("RETIRED", "C")
    for asset in (marked, gone):
        factories.AssetIdentifierFactory(asset=asset, value=f"qr:{asset.code}")
    change = drafted(marked, bare, gone, action=BulkAction.LABELS)
    found = consequences_of(change, now=timezone.now())
    assert (found.fitting, found.without_code, [one.why for one in found.left_out]) == (2, 1, [Why.RETIRED])
    begin(change_id=change.pk, asked_by="hanna", layout=Layout.SHEETS)
    run(change)
    assert outcomes(change) == [("A", "DONE", ""), ("B", "SKIPPED", "NO_CODE"), ("C", "SKIPPED", "RETIRED")]
    (page,) = pages(bytes(change.label_sheets.content))
    assert codes_on(page) == ["qr:A"]
    assert AssetIdentifier.objects.count() == 2
    assert not Transition.objects.exists()


def test_codes_are_made_where_staff_ask_for_them(operator: Any, asset: Asset) -> None:
    change = drafted(asset, action=BulkAction.LABELS)
    begin(change_id=change.pk, asked_by="hanna", layout=Layout.SINGLE, make_codes=True)
    run(change)
    assert outcomes(change) == [(asset.code, "DONE", "CODE_MADE")]
    (page,) = pages(bytes(change.label_sheets.content))
    assert codes_on(page) == [AssetIdentifier.objects.get().value]
    assert Change.objects.get(subject_table="assets_assetidentifier").staff == "hanna"


def test_labels_of_nothing_end_without_a_file(operator: Any, asset: Asset) -> None:
    change = drafted(asset, action=BulkAction.LABELS)
    begin(change_id=change.pk, asked_by="hanna", layout=Layout.SINGLE)
    assert run(change).state == "DONE"
    assert not LabelSheets.objects.exists()


def test_what_cannot_begin_leaves_the_draft_as_it_was(operator: Any, asset: Asset) -> None:
    change = drafted(asset)
    with pytest.raises(Missing, match="reason"):
        begin(change_id=change.pk, asked_by="hanna")
    with pytest.raises(NotFound):
        begin(change_id=change.pk, asked_by="somebody", reason="x")
    labels = drafted(asset, action=BulkAction.LABELS)
    with pytest.raises(Missing, match="layout"):
        begin(change_id=labels.pk, asked_by="hanna")
    assert set(BulkChange.objects.values_list("state", flat=True)) == {"DRAFT"}
    begin(change_id=change.pk, asked_by="hanna", reason="x")
    with pytest.raises(IllegalState, match="begun already"):
        begin(change_id=change.pk, asked_by="hanna", reason="x")
    for number in (0, MOST_ASSETS + 1):
        with pytest.raises(Invalid, match="10000"):
            draft(action=BulkAction.RETIREMENT, asset_ids=range(number), asked_by="hanna")


def test_changes_under_way_take_turns(operator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "BATCH", 2)
    long = begun(*[factories.AssetFactory() for _ in range(6)])
    short = begun(factories.AssetFactory())
    order: list[int] = []
    monkeypatch.setattr(working, "settle", lambda row: order.append(row) or settle(row))
    run_due()
    assert short.assets.get().pk in order[:2]
    assert not waiting().exists()
    assert run(long).state == "DONE"


def test_they_are_forgotten_in_time(operator: Any, asset: Asset) -> None:
    drafted(asset)
    ended = run(begun(asset))
    under_way = begun(asset)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert (purge_drafts(now=timezone.now()), purge_changes(now=timezone.now())) == (1, 0)
    with time_machine.travel(timezone.now() + timedelta(days=366)):
        assert purge_changes(now=timezone.now()) == 1
    assert set(BulkChange.objects.all()) == {under_way}
    assert ended.reason == "spring check"
    assert Transition.objects.get(subject_id=str(asset.pk)).reason == "spring check"
