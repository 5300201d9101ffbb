"""A support request comes in: to whom it belongs, what it reports, and whether it stops a ride.

Source: TOMP 1.6.1 POST /support/; STATES, "Leg": a support request that stops the ride; docs/support.md.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Q
from django.utils import timezone

from apps.assets.damages.models import VehicleComponent
from apps.assets.damages.services import ReportedDamage, report_damage
from apps.assets.models import Asset, AssetIdentifier
from apps.assets.reservations import lock_assets
from apps.bookings.models import STANDING, Booking, BookingState
from apps.history.services import Actor, fire
from apps.legs.issues import report_issue
from apps.legs.locks import Ride, lock_ride, ride_transaction
from apps.legs.models import BEFORE_THE_RIDE, UNDER_WAY, Leg
from apps.planning.selectors import SCANNED_KINDS
from apps.processes.selectors import Profile
from apps.providers.models import Provider
from apps.support.models import OPEN, Priority, SupportRequest, SupportStatus, SupportType
from apps.support.rules import TELLS_OF_DAMAGE, response_time, severity_of, stops_the_ride
from apps.support.statuses import lock_requests, write_status
from apps.tomp.errors import Missing, NotFound

# In these the traveller has, or has had, the asset.
RIDDEN_IN = [*STANDING, BookingState.FINISHED]


@dataclass(frozen=True)
class Asked:
    """A `supportRequest` as read. What was not sent is empty or None; `reference` is its `id`."""

    reference: UUID | None = None
    kind: str = ""
    priority: str = ""
    location: dict[str, Any] | None = None
    time: datetime | None = None
    contact: str = ""
    comment: str = ""
    response_minutes: float | None = None
    damage: ReportedDamage | None = None
    urls: tuple[str, ...] = ()
    asset_named: str = ""

    def fields(self) -> dict[str, Any]:
        """Those columns of the request that it says something about."""
        told = {
            "priority": self.priority,
            "location": self.location,
            "happened_at": self.time,
            "contact": self.contact,
            "response_minutes": self.response_minutes,
            "urls": list(self.urls),
            "asset_named": self.asset_named,
        }
        return {name: value for name, value in told.items() if value not in (None, "", [])}


@dataclass(frozen=True)
class Subject:
    """What a request is about, locked: a ride and perhaps one of its legs, an asset, or an earlier request."""

    reference: UUID
    ride: Ride | None = None
    leg: Leg | None = None
    asset: Asset | None = None


@ride_transaction
def receive(*, provider: Provider, profile: Profile, asked: Asked, actor: Actor) -> SupportStatus:
    """Take up what a traveller needs help with; returns the status that the MP is answered.

    While a request of that type is open, the same again is answered its latest status; anything else is more about
    it. Raises `Missing` where neither a booking nor an asset is named, `NotFound` for those that are not there or are
    another MP's.
    """
    subject = _subject(provider, profile, asked)
    kind = asked.kind or SupportType.OTHER
    request = _open_request(provider, subject, kind, asked)
    if request is not None:
        return _add(request, asked, subject=subject, actor=actor)
    priority = asked.priority or Priority.OTHER
    now = timezone.now()
    request = SupportRequest.objects.create(
        reference=subject.reference,
        provider=provider,
        booking=subject.ride.booking if subject.ride is not None else None,
        leg=subject.leg,
        asset=subject.asset,
        type=kind,
        received_at=now,
        respond_by=now + response_time(priority, asked.response_minutes),
        **{**asked.fields(), "priority": priority},
    )
    status = write_status(request, actor=actor, comment=asked.comment)
    _note_damage(request, asked, subject=subject, actor=actor)
    _stop_ride(request, asked, subject=subject, actor=actor)
    return status


def _subject(provider: Provider, profile: Profile, asked: Asked) -> Subject:
    named = _asset_named(profile, asked.asset_named) if asked.asset_named else None
    if asked.reference is None:
        if not asked.asset_named:
            raise Missing("id is missing: name the booking, or the asset with assetId.")
        if named is None:
            raise NotFound("There is no such asset.")
        return Subject(uuid4(), asset=lock_assets([named.pk])[named.pk])
    if Booking.objects.filter(pk=asked.reference, provider=provider).exists():
        ride = lock_ride(asked.reference, provider_id=provider.pk)
        leg = _leg_meant(ride, named, asked.asset_named)
        return Subject(asked.reference, ride, leg, leg.asset if leg is not None else named)
    earlier = [one for one in lock_requests(asked.reference) if one.provider_id == provider.pk]
    if not earlier:
        raise NotFound("There is no such booking.")
    return Subject(asked.reference, asset=earlier[0].asset)


def _asset_named(profile: Profile, name: str) -> Asset | None:
    """The asset that a traveller reads this on, or that its MP knows by it."""
    kinds = [kind for identifier, kind in SCANNED_KINDS.items() if profile.has(identifier)]
    read = AssetIdentifier.objects.filter(kind__in=kinds, value=name).values("asset")
    return Asset.objects.filter(Q(public_id=name) | Q(code__in={name, name.upper()}) | Q(pk__in=read)).first()


def _leg_meant(ride: Ride, named: Asset | None, name: str) -> Leg | None:
    """The leg with the asset named, the only one, or the only one under way."""
    with_it = [leg for leg in ride.legs if name and (leg.asset == named is not None or leg.asset_public_id == name)]
    under_way = [leg for leg in ride.legs if leg.state in UNDER_WAY]
    for legs in (with_it, ride.legs, under_way):
        if len(legs) == 1:
            return legs[0]
    return None


def _open_request(provider: Provider, subject: Subject, kind: str, asked: Asked) -> SupportRequest | None:
    """The open request of that type about the same; without a reference, only where the same is asked again."""
    open_ones = SupportRequest.objects.filter(provider=provider, type=kind, state__in=OPEN).select_related("damage")
    if asked.reference is not None:
        return open_ones.filter(reference=subject.reference).first()
    alike = open_ones.filter(asset=subject.asset, booking=None).order_by("-received_at")
    return next((request for request in alike if not _is_news(request, asked)), None)


def _is_news(request: SupportRequest, asked: Asked) -> bool:
    if any(getattr(request, name) != value for name, value in asked.fields().items()):
        return True
    if asked.damage is not None and request.damage is None:
        return True
    return bool(asked.comment) and not request.statuses.filter(comment=asked.comment).exists()


def _add(request: SupportRequest, asked: Asked, *, subject: Subject, actor: Actor) -> SupportStatus:
    """More about an open request: staff owe an answer again. The same again changes nothing."""
    if not _is_news(request, asked):
        return request.statuses.select_related("request__damage").latest("order")
    for name, value in asked.fields().items():
        setattr(request, name, value)
    promised = timezone.now() + response_time(request.priority, request.response_minutes)
    # Who asks again before there was an answer is not put off by it.
    request.respond_by = promised if request.answered_at is not None else min(promised, request.respond_by)
    request.answered_at = None
    request.forgotten_at = None  # there is something to forget again
    fire(request, "update", actor=actor, save=("answered_at", "respond_by", "forgotten_at", *asked.fields()))
    status = write_status(request, actor=actor, comment=asked.comment)
    _note_damage(request, asked, subject=subject, actor=actor)
    _stop_ride(request, asked, subject=subject, actor=actor)
    return status


def _note_damage(request: SupportRequest, asked: Asked, *, subject: Subject, actor: Actor) -> None:
    """A damage onto the asset, once per request. The traveller's comment is not copied: other travellers read it."""
    told = asked.damage
    if subject.asset is None or request.damage is not None or (told is None and request.type not in TELLS_OF_DAMAGE):
        return
    if told is None:
        told = ReportedDamage(VehicleComponent.OTHER, description=request.get_type_display().capitalize())
    ridden = (
        subject.leg is not None
        and subject.ride is not None
        and subject.ride.booking.state_at(timezone.now()) in RIDDEN_IN
    )
    severity = severity_of(request.type, asked.priority, ridden=ridden)
    request.damage = report_damage(asset_id=subject.asset.pk, reported=told, severity=severity, actor=actor)
    request.save(update_fields=["damage"])


def _stop_ride(request: SupportRequest, asked: Asked, *, subject: Subject, actor: Actor) -> None:
    """ISSUE_REPORTED, where the ride cannot go on and can still be stopped."""
    if subject.leg is None or subject.ride is None or not stops_the_ride(request.type, asked.priority):
        return
    stands = subject.ride.booking.state_at(timezone.now()) in STANDING
    if stands and subject.leg.state in {*BEFORE_THE_RIDE, *UNDER_WAY}:
        reason = f"support request: {request.get_type_display()}"
        report_issue(leg_id=subject.leg.pk, actor=actor, reason=reason, provider_id=request.provider_id)
