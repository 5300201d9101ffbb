"""The same calls in databases of different sizes, and whether any of them costs more in a larger one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.management import call_command

from apps.assets.models import Asset
from apps.backoffice.benchmark.calls import PAGE, UNCOUNTED, Cost, Mp, one_round
from apps.backoffice.benchmark.contents import create_assets, create_operator, tidy
from apps.backoffice.benchmark.copies import assets_from, copy_booking
from apps.backoffice.benchmark.scratch import Scratch
from apps.bookings.models import Booking

ROUNDS = 10
RATIO = 1.3
# Below this difference, in milliseconds, two times are taken for equal.
NOTICEABLE = 1.0
# A past booking every so often.
APART = timedelta(minutes=1)

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """How much a database holds. With no `bookings` it holds a page of them: else its pages were shorter."""

    assets: int
    bookings: int

    def __str__(self) -> str:
        return f"{self.assets:,} assets, {self.bookings:,} bookings"


@dataclass
class Filled:
    """Databases by size, and the MP that all of them know."""

    maas_id: str
    key: str
    names: dict[Size, str] = field(default_factory=dict)


def fill(scratch: Scratch, *, assets: list[int], bookings: list[int], tell: Tell) -> Filled:
    """A database of each combination, smallest first. Each but the first begins as a copy of a smaller one."""
    scratch.use(first := scratch.create())
    call_command("migrate", verbosity=0)
    provider, key = create_operator()
    create_assets(assets[0])
    mp = Mp(maas_id=provider.maas_id, key=key)
    ridden = mp.book(Asset.objects.order_by("pk")[0])
    mp.ride(ridden)
    filled = Filled(provider.maas_id, key)
    name, there = first, 1
    for number in bookings:
        if number != bookings[0]:
            scratch.use(name := scratch.create(template=name))
        wanted = max(number, PAGE + 1)
        copy_booking(
            Booking.objects.get(pk=ridden),
            numbers=range(there, wanted),
            assets=assets_from(0, assets[0]),
            apart=APART,
            tell=lambda line: tell(f"past bookings: {line}"),
        )
        there = wanted
        tidy()
        filled.names[Size(assets[0], number)] = name
    for smaller, template in list(filled.names.items()):
        for more in assets[1:]:
            size = Size(more, smaller.bookings)
            tell(str(size))
            scratch.use(name := scratch.create(template=template))
            create_assets(more)
            tidy()
            filled.names[size] = name
    return filled


def compare(scratch: Scratch, filled: Filled, *, calls: int, tell: Tell) -> dict[Size, dict[str, Cost]]:
    """What each call costs in each database. They take turns, so that a busy machine is busy for all of them."""
    costs: dict[Size, dict[str, Cost]] = {}
    for number in range(ROUNDS):
        tell(f"round {number + 1} of {ROUNDS}")
        for size, name in filled.names.items():
            scratch.use(name)
            found = one_round(
                maas_id=filled.maas_id, key=filled.key, calls=calls, skipping=number * (calls + UNCOUNTED)
            )
            before = costs.get(size, found)
            costs[size] = {call: cost.with_round(before[call]) for call, cost in found.items()}
    return costs


def is_flat(costs: list[Cost]) -> bool:
    """Does a call take as many statements and about as long everywhere? The first is what the others are held to."""
    first = costs[0]
    return all(
        cost.statements == first.statements
        and (cost.milliseconds - first.milliseconds < NOTICEABLE or cost.milliseconds <= first.milliseconds * RATIO)
        for cost in costs[1:]
    )


def table(
    costs: dict[Size, dict[str, Cost]], *, what: str = "call", holds: Callable[[list[Cost]], bool] = is_flat
) -> list[str]:
    """The figures as lines: per call its statements, the time in each database, and the worst against the first."""
    sizes = list(costs)
    lines = [f"{chr(ord('A') + number)}: {size}" for number, size in enumerate(sizes)]
    heads = "".join(f"{chr(ord('A') + number):>9}" for number in range(len(sizes)))
    lines.append(f"{what:26}{'statements':>12}{heads}{'worst':>8}   (A, B …: ms)")
    for call in costs[sizes[0]]:
        each = [costs[size][call] for size in sizes]
        statements = "/".join(str(number) for number in sorted({cost.statements for cost in each}))
        times = "".join(f"{cost.milliseconds:9.2f}" for cost in each)
        worst = max(cost.milliseconds for cost in each) / each[0].milliseconds
        lines.append(f"{call:26}{statements:>12}{times}{worst:>7.2f}×{'' if holds(each) else '   NOT FLAT'}")
    return lines
