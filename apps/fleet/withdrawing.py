"""Taking an asset out of service together with what had been promised of it."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from apps.assets.maintenance.services import start
from apps.assets.models import OUT_OF_SERVICE, Asset, AssetState, MaintenanceJob, Reservation
from apps.assets.pools import given_up_without
from apps.assets.services import change_service_state
from apps.assets.unpromised import live
from apps.bookings.models import Booking, BookingState
from apps.bookings.services import cancel
from apps.history.services import Actor
from apps.legs.locks import lock_ride, ride_transaction
from apps.legs.models import Leg
from apps.tomp.errors import IllegalState

# Where each event that takes an asset out of service leads.
LEADS_TO = {
    "start_maintenance": AssetState.MAINTENANCE,
    "start_charging": AssetState.CHARGING,
    "start_relocation": AssetState.RELOCATING,
    "report_missing": AssetState.MISSING,
    "retire": AssetState.RETIRED,
}
WITHDRAWABLE = {AssetState.AVAILABLE, AssetState.RESERVED, *OUT_OF_SERVICE}


def fitting_states(event: str) -> set[AssetState]:
    """The states in which staff may ask for an event of an asset's service; for RESERVED its bookings go first."""
    return set(OUT_OF_SERVICE) if event == "return_to_service" else WITHDRAWABLE - {LEADS_TO[event]}


def bookings_promised(asset_id: int) -> list[Booking]:
    """The bookings that cannot be kept without this asset, the earliest departure first.

    Those that hold it, and those whose place at its station only it can be given to. What a maintenance job holds is
    no booking.
    """
    now = timezone.now()
    asset = Asset.objects.get(pk=asset_id)
    promises = [*Reservation.objects.filter(live(now), asset=asset), *given_up_without(asset, now=now)]
    return list(bookings_of(promises).select_related("provider"))


def bookings_of(promises: Iterable[Reservation] | QuerySet[Reservation] | list[int]) -> QuerySet[Booking]:
    """The bookings that reservations were made for, each once, the earliest departure first.

    Also those that hold an asset as a replacement, for as long as their MP is asked.
    """
    legs = Leg.objects.filter(Q(reservation__in=promises) | Q(replacements__reservation__in=promises))
    return Booking.objects.filter(pk__in=legs.values("booking")).order_by("departure_time", "pk")


def why_kept(booking: Booking) -> str:
    """Why a booking is not cancelled for its asset's sake, or nothing where it may be."""
    if booking.state != BookingState.STARTED:
        return ""
    told = gettext("Booking %(booking)s is under way: the support desk cancels it, or replaces the asset, first.")
    return told % {"booking": booking.pk}


def withdraw(*, asset_id: int, event: str, cancelling: list[UUID], actor: Actor, reason: str) -> Asset:
    """Cancel the bookings `cancelling`, with notice to their MPs, and put the asset out of service.

    All of it or nothing. Raises `IllegalState` where one of the bookings is under way (somebody rides, perhaps with
    another asset) or the asset has been promised to yet another booking in the meantime, and what `cancel` raises.
    Source: STATES, "Asset".
    """
    with transaction.atomic():
        _cancel_all(cancelling, actor=actor, reason=reason)
        return change_service_state(asset_id=asset_id, event=event, actor=actor, reason=reason)


def start_job(*, job_id: int, cancelling: list[UUID], actor: Actor, reason: str) -> MaintenanceJob:
    """Cancel the bookings `cancelling`, with notice to their MPs, and start a maintenance job of the asset.

    All of it or nothing. Raises what `withdraw` does, and what `maintenance.services.start` raises.
    """
    with transaction.atomic():
        _cancel_all(cancelling, actor=actor, reason=reason)
        return start(job_id=job_id, actor=actor, reason=reason)


def _cancel_all(bookings: list[UUID], *, actor: Actor, reason: str) -> None:
    for booking_id in bookings:
        _cancel(booking_id, actor=actor, reason=reason)


@ride_transaction
def _cancel(booking_id: UUID, *, actor: Actor, reason: str) -> None:
    if told := why_kept(lock_ride(booking_id).booking):
        raise IllegalState(told)
    cancel(booking_id=booking_id, actor=actor, reason=reason)
