"""A leg event on its way: what was sent, and the locked leg it is about."""

from dataclasses import dataclass, field
from datetime import datetime

from apps.history.services import Actor
from apps.legs.locks import Ride
from apps.legs.models import Leg, LegEvent
from apps.processes.selectors import Profile


@dataclass(frozen=True)
class Happening:
    """A `legEvent` as read. `location` is the asset's (latitude, longitude), `station_id` TOMP's."""

    event: str
    time: datetime
    comment: str = ""
    urls: list[str] = field(default_factory=list)
    asset_id: str = ""
    location: tuple[float, float] | None = None
    station_id: str = ""


@dataclass(frozen=True)
class Moment:
    """A happening on its locked leg: who, when it counts, and the process the booking was made under."""

    ride: Ride
    leg: Leg
    happening: Happening
    actor: Actor
    at: datetime
    now: datetime
    profile: Profile


def log(moment: Moment) -> LegEvent:
    """Keep the event as accepted."""
    location = moment.happening.location
    return LegEvent.objects.create(
        leg=moment.leg,
        event=moment.happening.event,
        time=moment.at,
        received_at=moment.now,
        comment=moment.happening.comment,
        urls=moment.happening.urls,
        latitude=location[0] if location else None,
        longitude=location[1] if location else None,
    )
