"""A row in every list of the admin."""

from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from apps.assets.label_layouts import Layout
from apps.assets.locks.models import LockGateway
from apps.bookings.models import Booking
from apps.bookings.services import cancel
from apps.calls.models import Call
from apps.fleet.models import BulkAction
from apps.fleet.services import begin, draft
from apps.history.auditing import staff_named
from apps.integration.services import ask
from apps.legs.models import LockCommand
from apps.operations.models import TaskRun
from apps.payments.invoicing import close_invoices
from apps.payments.models import Claim, JournalFinding, RefundLimit
from apps.processes.models import ProcessProfile
from apps.processes.services import save_draft
from apps.providers.services import create_oauth_client
from apps.telemetry.keys import create_key
from tests import factories, rides
from tests.tomp_client import TompClient


def one_of_everything(mp: TompClient, asset: Any) -> str:
    """A booking whose ride is over, one cancelled by staff, and one of everything around them; the first one's id."""
    factories.CallbackEndpointFactory(provider=mp.provider)
    factories.ParkedCarFactory()
    create_oauth_client(provider=mp.provider, name="production")
    factories.StationFactory(region=factories.RegionFactory())
    factories.AssetIdentifierFactory(asset=asset)
    factories.TicketFactory()
    factories.MaintenanceJobFactory(asset=asset, damage=factories.DamageFactory(asset=asset))
    factories.AncillaryFactory()
    factories.AlertFactory(stations=[factories.StationFactory()])
    factories.SystemHoursFactory()
    factories.PricingRuleFactory()
    factories.SystemCalendarFactory()
    LockGateway.objects.create(name="Simulated locks", kind="SIMULATED")
    now = timezone.now()
    LockCommand.objects.create(asset=asset, order="LOCK", event="PAUSE", state="JAMMED", settled_at=now, look_at=now)
    ProcessProfile.objects.create(provider=mp.provider)
    save_draft(provider=mp.provider, document=factories.MAP_CENTRIC)
    mp.post("/customers", {"lastName": "Doe"})
    create_key(label="scooters")
    ask(provider=mp.provider, asked_by="hanna")
    bulk_change = draft(action=BulkAction.LABELS, asset_ids=[asset.pk], asked_by="hanna")
    begin(change_id=bulk_change.pk, asked_by="hanna", layout=Layout.SHEETS)
    Call.objects.create(provider=mp.provider, method="GET", path="legs", status=200, duration_ms=3)
    TaskRun.objects.create(task="apps.planning.tasks.purge_offers", ended_at=now, worker="one")
    finished = rides.leg_that_is(mp, asset, "FINISHED")
    mp.post("/support/", {"id": finished, "comment": "Where is my glove?"})
    cancel(booking_id=rides.confirmed(mp, asset), actor=rides.STAFF, reason="broken")
    close_invoices(provider=mp.provider, until=timezone.now())
    booking = Booking.objects.get(pk=finished)
    JournalFinding.objects.create(booking=booking, rule="every ride is paid for", subject="leg", problem="is not")
    RefundLimit.objects.create(role=Group.objects.create(name="Desk"), currency="EUR", amount=10)
    money = {"amount": 1, "amount_ex_vat": 1, "currency": "EUR", "vat_rate": 0, "vat_country": "NL"}
    told = {"journal_id": finished, "claimant": "MP", "category": "FINE", "description": "A fine", **money}
    Claim.objects.create(booking=booking, **told)
    with staff_named("hanna"):
        LockGateway.objects.update(name="Other locks")
    return finished
