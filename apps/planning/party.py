"""Who travels together, and how they are divided over assets. Pure.

Source: TOMP 1.6.1 `planningRequest.nrOfTravelers`, `traveler`, `leg.travelerReferenceNumbers`.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Traveler:
    """A TOMP `traveler` as read: `reference` is the number the MP knows them by, `age` in years; both may lack."""

    reference: str = ""
    age: int | None = None


@dataclass(frozen=True)
class Party:
    """So many people, of whom `travelers` are described, in the request's order."""

    number: int = 1
    travelers: tuple[Traveler, ...] = ()

    @property
    def youngest(self) -> int | None:
        """The lowest age told."""
        return min((traveler.age for traveler in self.travelers if traveler.age is not None), default=None)

    def assets_needed(self, persons: int) -> int:
        """How many assets that carry `persons` each it takes to carry everybody."""
        return -(-self.number // persons)

    def divided(self, seats: Sequence[int]) -> list[list[str]]:
        """The reference numbers of who rides which asset; `seats` says how many each carries."""
        waiting = list(self.travelers)
        riders = []
        for number in seats:
            riders.append([traveler.reference for traveler in waiting[:number] if traveler.reference])
            waiting = waiting[number:]
        return riders
