"""Who travels together, and how they are divided over assets. Pure.

Source: TOMP 1.6.1 `planningRequest.nrOfTravelers`, `traveler`, `leg.travelerReferenceNumbers`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Traveler:
    """A TOMP `traveler` as read: `reference` is the number the MP knows them by, `age` in years; both may lack.

    `licenses` are the asset classes they may drive, `needs` what an asset must be fit for, by category and number.
    """

    reference: str = ""
    age: int | None = None
    licenses: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Party:
    """So many people, of whom `travelers` are described, in the request's order."""

    number: int = 1
    travelers: tuple[Traveler, ...] = ()

    @property
    def youngest(self) -> int | None:
        """The lowest age told."""
        return min((traveler.age for traveler in self.travelers if traveler.age is not None), default=None)

    @property
    def needs(self) -> list[str]:
        """What any of them needs of an asset."""
        return sorted({need for traveler in self.travelers for need in traveler.needs})

    @property
    def drivers(self) -> dict[str, int]:
        """How many may drive, per class of licence."""
        return Counter(license_class for traveler in self.travelers for license_class in traveler.licenses)

    def assets_needed(self, persons: int) -> int:
        """How many assets that carry `persons` each it takes to carry everybody."""
        return -(-self.number // persons)

    def divided(self, seats: Sequence[tuple[int, str]]) -> list[list[str]]:
        """The reference numbers of who rides which asset: how many each carries, and the licence it needs, if any.

        Each gets somebody who may drive it first; then they are seated in the request's order.
        """
        waiting = list(self.travelers)
        riders: list[list[Traveler]] = [[] for _ in seats]
        for (_, license_class), aboard in zip(seats, riders, strict=True):
            driver = next((one for one in waiting if license_class and license_class in one.licenses), None)
            if driver is not None:
                waiting.remove(driver)
                aboard.append(driver)
        for (number, _), aboard in zip(seats, riders, strict=True):
            free = number - len(aboard)
            aboard += waiting[:free]
            waiting = waiting[free:]
        return [[one.reference for one in aboard if one.reference] for aboard in riders]
