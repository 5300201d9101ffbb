"""Locking all of a ride: its assets, the booking, the legs. The whole order of locks is in docs/architecture.md.

Everything that changes a booking or a leg begins here, so that two of them never wait for each other in a
circle, and each reads what the one before it wrote.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.db import OperationalError, transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext
from psycopg.errors import DeadlockDetected

from apps.assets.models import Asset
from apps.bookings.absence import absent
from apps.bookings.models import Booking
from apps.legs.models import ASKING_FOR_A_TIME, Leg, LegEvent, Replacement
from apps.tomp.errors import NotFound, ServiceUnavailable

P = ParamSpec("P")
R = TypeVar("R")
ATTEMPTS = 10


class AssetSwapped(Exception):
    """What we locked is no longer what we need, as when a leg was given another asset: begin again."""


def ride_transaction(service: Callable[P, R]) -> Callable[P, R]:
    """Run a service that calls `lock_ride` in a transaction, anew where an asset was swapped meanwhile.

    Taking the new asset's lock after the booking's would be out of order, and could wait in a circle. Should two
    transactions wait in a circle all the same, the one that PostgreSQL ends begins again too. Raises
    `ServiceUnavailable` where that goes on and on.
    """

    @wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(ATTEMPTS):
            try:
                with transaction.atomic():
                    return service(*args, **kwargs)
            except AssetSwapped:
                continue
            except OperationalError as error:
                if not isinstance(error.__cause__, DeadlockDetected):
                    raise
        raise ServiceUnavailable(gettext("The booking is being changed; try again."), retry_after=1)

    return run


@dataclass(frozen=True)
class Ride:
    """A booking with its legs and their assets, all locked until the transaction ends.

    Each leg has its `asset`, `asset_type` and `reservation` loaded, and `last_event_at`, the time of its last
    event that was no mere asking for another time.
    """

    booking: Booking
    legs: list[Leg]
    assets: dict[int, Asset]

    def leg(self, leg_id: UUID) -> Leg:
        """One of its legs."""
        return next(leg for leg in self.legs if leg.pk == leg_id)

    def asset_of(self, leg: Leg) -> Asset | None:
        """The locked asset a leg has, if any."""
        return self.assets[leg.asset_id] if leg.asset_id is not None else None


def lock_leg(leg_id: UUID, *, provider_id: int | None = None, more_assets: tuple[int, ...] = ()) -> tuple[Ride, Leg]:
    """Lock the whole ride that a leg is part of, as `lock_ride` does."""
    booking_id = Leg.objects.filter(pk=leg_id).values_list("booking_id", flat=True).first()
    if booking_id is None:
        raise NotFound(gettext("There is no such leg."))
    ride = lock_ride(booking_id, provider_id=provider_id, more_assets=more_assets)
    return ride, ride.leg(leg_id)


def lock_ride(booking_id: UUID, *, provider_id: int | None = None, more_assets: tuple[int, ...] = ()) -> Ride:
    """Lock a booking with all that hangs on it, and `more_assets` that it may come to use.

    With `provider_id`, another MP's booking is `NotFound`, as an unknown one is. Call it inside a
    `ride_transaction`.
    """
    mine = Asset.objects.filter(legs__booking_id=booking_id).values("pk")
    replacing = Replacement.objects.filter(leg__booking_id=booking_id, ended_at=None).values("asset")
    wanted = [mine, replacing, *([Asset.objects.filter(pk__in=more_assets).values("pk")] if more_assets else [])]
    locked = Asset.objects.filter(pk__in=wanted[0].union(*wanted[1:]))
    assets = {asset.pk: asset for asset in locked.order_by("pk").select_for_update(of=("self",))}
    owner = {} if provider_id is None else {"provider_id": provider_id}
    booking = Booking.objects.filter(pk=booking_id, **owner).select_for_update(of=("self",)).first()
    if booking is None:
        raise absent(booking_id, provider_id)
    asked = Replacement.objects.filter(leg=OuterRef("pk"), ended_at=None)
    # Asking for another time is no part of the ride: one that was extended may have ended before that.
    ridden = LegEvent.objects.filter(leg=OuterRef("pk")).exclude(event__in=ASKING_FOR_A_TIME).order_by("-id")
    legs = list(
        Leg.objects.filter(booking_id=booking_id)
        .annotate(
            last_event_at=Subquery(ridden.values("time")[:1]),
            replacement_asset_id=Subquery(asked.values("asset")[:1]),
        )
        .select_related("reservation", "asset_type")
        .order_by("sequence", "pk")
        .select_for_update(of=("self",))
    )
    for leg in legs:
        leg.booking = booking
        if not {leg.asset_id, leg.replacement_asset_id} - {None} <= assets.keys():
            raise AssetSwapped
        leg.asset = assets[leg.asset_id] if leg.asset_id is not None else None
    return Ride(booking, legs, assets)
