"""What a bulk change would come to, before it is begun: how many assets, which are left as they are, which bookings.

Each asset is looked at again when its turn comes; what is said here may have changed by then.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from apps.assets.labels import without_qr_code
from apps.assets.models import Asset, AssetState, Reservation
from apps.assets.pools import short_places
from apps.assets.services import OUT_OF_SERVICE_EVENTS, jobs_in_the_way
from apps.assets.unpromised import fit_for_hire, live
from apps.bookings.models import Booking, BookingState
from apps.fleet.models import BulkAction, BulkChange, Why
from apps.fleet.withdrawing import LEADS_TO, bookings_of, fitting_states


@dataclass(frozen=True)
class LeftOut:
    """So many of the chosen assets are left as they are; all that are in `states`, where it is because of these."""

    why: Why
    count: int
    states: list[str]


@dataclass(frozen=True)
class Consequences:
    """Of `chosen` assets `fitting` are in a state from which they can be changed, and no maintenance job forbids it.

    `promised` of these are needed for `bookings` (their keys, the earliest departure first) and for `under_way`: those
    that have begun, which are not cancelled here. `without_code` is about labels: those that have no QR code.
    """

    chosen: int
    fitting: int
    left_out: list[LeftOut]
    promised: int = 0
    bookings: list[UUID] = field(default_factory=list)
    under_way: list[UUID] = field(default_factory=list)
    without_code: int = 0

    @property
    def unpromised(self) -> int:
        """How many can be changed without a booking being cancelled."""
        return self.fitting - self.promised


def states_for(action: BulkAction) -> set[AssetState]:
    """The states from which the action can be done."""
    if action == BulkAction.LABELS:
        return set(AssetState) - {AssetState.RETIRED}
    return fitting_states(action.value)


def why_not(action: BulkAction, state: AssetState) -> Why:
    """Why an asset in this state, which does not fit, is left as it is."""
    if state == LEADS_TO.get(action.value):
        return Why.ALREADY
    if state == AssetState.RETIRED:
        return Why.RETIRED
    return Why.IN_SERVICE if action == BulkAction.SERVICE else Why.IN_USE


def consequences_of(change: BulkChange, *, now: datetime) -> Consequences:
    """What the change would come to now. A few statements, and one for each station with promised places."""
    action = BulkAction(change.action)
    chosen = Asset.objects.filter(bulk_changes__change=change)
    counts: dict[str, int] = dict(chosen.order_by().values_list("state").annotate(count=Count("pk")))
    in_fit_state = chosen.filter(state__in=states_for(action))
    has_job = Exists(jobs_in_the_way(action.value).filter(asset=OuterRef("pk")))
    with_job, fitting = in_fit_state.filter(has_job).count(), in_fit_state.filter(~has_job)
    promised, bookings = 0, list[tuple[UUID, str]]()
    if action.value in OUT_OF_SERVICE_EVENTS:
        promised, bookings = _promised(fitting, now)
    return Consequences(
        chosen=change.total,
        fitting=sum(counts.get(state, 0) for state in states_for(action)) - with_job,
        left_out=_left_out(action, counts) + ([LeftOut(Why.JOB, with_job, [])] if with_job else []),
        promised=promised,
        bookings=[key for key, state in bookings if state != BookingState.STARTED],
        under_way=[key for key, state in bookings if state == BookingState.STARTED],
        without_code=without_qr_code(fitting).count() if action == BulkAction.LABELS else 0,
    )


def _left_out(action: BulkAction, counts: dict[str, int]) -> list[LeftOut]:
    reasons: dict[Why, list[str]] = {}
    for state in counts:
        if state not in states_for(action):
            reasons.setdefault(why_not(action, AssetState(state)), []).append(state)
    return [LeftOut(why, sum(counts[state] for state in states), sorted(states)) for why, states in reasons.items()]


def _promised(assets: QuerySet[Asset], now: datetime) -> tuple[int, list[tuple[UUID, str]]]:
    """How many of `assets` are needed for promises, and the bookings with their states, the earliest departure first.

    Assets of one pool are looked at together: each alone may be spared where all of them may not.
    """
    for_travellers = Q(leg__isnull=False) | Q(replacement__isnull=False)
    held = assets.filter(Exists(Reservation.objects.filter(for_travellers, live(now), asset=OuterRef("pk"))))
    given_up = _places_given_up(assets, now)
    needed = Reservation.objects.filter(Q(live(now), asset__in=held.values("pk")) | Q(pk__in=given_up))
    bookings = bookings_of(needed).values_list("pk", "state")
    return min(held.count() + len(given_up), assets.count()), list(bookings)


def _places_given_up(assets: QuerySet[Asset], now: datetime) -> list[int]:
    """The keys of the promised places that could not be kept if all of `assets` left their stations."""
    promised = Reservation.objects.filter(live(now), asset=None, station=OuterRef("station"))
    at_stations = assets.filter(fit_for_hire(), Exists(promised.filter(asset_type=OuterRef("asset_type"))))
    pools: dict[tuple[int, int], list[int]] = {}
    for asset_id, station_id, asset_type_id in at_stations.values_list("pk", "station_id", "asset_type_id"):
        pools.setdefault((station_id, asset_type_id), []).append(asset_id)
    given_up: list[int] = []
    for (station_id, asset_type_id), leaving in pools.items():
        period = DateTimeTZRange(now, None, "[)")
        short = short_places(
            station_id=station_id, asset_type_id=asset_type_id, period=period, now=now, without=leaving
        )
        given_up += _given_up(list(short.order_by("-pk")))
    return given_up


def _given_up(short: list[Reservation]) -> list[int]:
    """Of places that cannot all be kept, those, latest made first, without which the others can."""
    wanted = Counter({place.pk: place.wanted for place in short})  # type: ignore[attr-defined]
    given_up: list[int] = []
    for place in short:
        beside = [other for other in short if _overlap(place.period, other.period) and other.pk not in given_up]
        if any(wanted[other.pk] > other.free for other in beside):  # type: ignore[attr-defined]
            given_up.append(place.pk)
            wanted.subtract(other.pk for other in beside)
    return given_up


def _overlap(one: DateTimeTZRange, other: DateTimeTZRange) -> bool:
    return _begins_before_end(one, other) and _begins_before_end(other, one)


def _begins_before_end(one: DateTimeTZRange, other: DateTimeTZRange) -> bool:
    return one.lower is None or other.upper is None or bool(one.lower < other.upper)


def first_of(bookings: Iterable[UUID], *, limit: int) -> list[Booking]:
    """The first few, with their MPs."""
    keys = list(bookings)[:limit]
    return list(Booking.objects.filter(pk__in=keys).select_related("provider").order_by("departure_time", "pk"))
