"""A leg event on its way: what was sent, and the locked leg it is about."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from apps.assets.services import Whereabouts
from apps.history.models import ActorKind
from apps.history.services import Actor
from apps.legs.locks import Ride
from apps.legs.models import ASKING_FOR_A_TIME, Leg, LegEvent
from apps.processes.selectors import Profile


@dataclass(frozen=True)
class Happening:
    """A `legEvent` as read. `location` is the asset's (latitude, longitude), `user_location` the traveller's.

    `without_lock`: staff let it take effect though the lock does not obey. `with_fee`: what staff cancel is charged
    for as agreed, or not; None where nobody was asked.
    """

    event: str
    time: datetime
    comment: str = ""
    urls: list[str] = field(default_factory=list)
    asset_id: str = ""
    location: tuple[float, float] | None = None
    station_id: str = ""
    user_location: tuple[float, float] | None = None
    without_lock: bool = False
    with_fee: bool | None = None

    def under(self, profile: Profile) -> "Happening":
        """The same as the process reads it: the location may be said to be the traveller's, not the asset's."""
        if not profile.has("LEG_EVENT_LOCATION_IS_USER_LOCATION") or self.location is None:
            return self
        return replace(self, user_location=self.location, location=None, station_id="")


@dataclass(frozen=True)
class Moment:
    """A happening on its locked leg: who, when it counts, where, and the process the booking was made under."""

    ride: Ride
    leg: Leg
    happening: Happening
    actor: Actor
    at: datetime
    now: datetime
    profile: Profile
    place: Whereabouts | None = None

    @property
    def reason(self) -> str:
        """What staff or the clock say of it, for the log and for the MP.

        An MP's words may tell of its traveller. They stay with the event, where they can be forgotten; a row of the log
        cannot.
        """
        return self.happening.comment if self.actor.kind in {ActorKind.TO, ActorKind.CLOCK} else ""


def log(moment: Moment) -> LegEvent:
    """Keep the event as accepted, with where the asset and the traveller were."""
    place, user_location = moment.place, moment.happening.user_location
    return LegEvent.objects.create(
        leg=moment.leg,
        event=moment.happening.event,
        time=moment.at,
        asked_for=moment.happening.time if moment.happening.event in ASKING_FOR_A_TIME else None,
        received_at=moment.now,
        comment=moment.happening.comment,
        urls=moment.happening.urls,
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        user_latitude=user_location[0] if user_location else None,
        user_longitude=user_location[1] if user_location else None,
    )
