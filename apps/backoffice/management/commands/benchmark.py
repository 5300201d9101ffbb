"""`manage.py benchmark`: whether calls and invoices stay flat as fleet and history grow; what a sweep holds up."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.test.utils import override_settings

from apps.assets.models import Asset
from apps.backoffice.benchmark import comparison, journal, pages
from apps.backoffice.benchmark.calls import Mp
from apps.backoffice.benchmark.contents import tidy
from apps.backoffice.benchmark.copies import assets_from, copy_booking
from apps.backoffice.benchmark.scratch import Scratch, scratch_databases
from apps.backoffice.benchmark.sweep import sweep
from apps.bookings.models import Booking

# No transaction of the sweep may last longer than this part of a batch, which has one for each booking.
PART_OF_A_BATCH = 0.1
# Pages are measured against a database so many times smaller.
A_HUNDREDTH = 100
# The due bookings end a day ago, one per millisecond before.
LONG_AGO, DUE_APART = timedelta(days=1), timedelta(milliseconds=1)


class Command(BaseCommand):
    help = (
        "Measure the journey's calls in scratch databases of several sizes, the journal and its invoice, and the sweep "
        "of expired bookings. "
        "Exit code 1 where a call takes more statements in a larger database or 1.3 times as long, the invoice of a "
        "longer journal takes more statements or memory, or the sweep holds a booking for longer than its own turn. "
        "With --pages: measure the pages of the admin, in a database of the larger numbers and in one of a hundredth "
        "of them. Exit code 1 where one takes more than twice as long, or more statements than pages may."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--assets", type=int, nargs=2, default=[1_000, 100_000], help="few and many")
        parser.add_argument("--bookings", type=int, nargs=2, default=[0, 1_000_000], help="past ones, few and many")
        parser.add_argument("--calls", type=int, default=10, help="how often each call is measured in a round (10)")
        parser.add_argument("--pages", action="store_true", help="measure the pages of the admin instead")
        parser.add_argument("--expiring", type=int, default=10_000, help="bookings for the sweep (10,000)")

    def handle(self, *args: Any, **options: Any) -> None:
        """The figures go to stdout as they come."""
        assets, bookings = sorted(options["assets"]), sorted(options["bookings"])
        if options["pages"]:
            self._pages(assets[-1], bookings[-1], options["calls"])
            return
        if options["expiring"] >= assets[-1]:
            raise CommandError("Each expiring booking holds an asset: there must be more --assets than --expiring.")
        with _called_in_process(), scratch_databases() as scratch:
            self.stdout.write("Filling scratch databases:")
            filled = comparison.fill(scratch, assets=assets, bookings=bookings, tell=self._tell)
            self.stdout.write("Calling:")
            costs = comparison.compare(scratch, filled, calls=options["calls"], tell=self._tell)
            for line in comparison.table(costs):
                self._tell(line)
            flat = all(
                comparison.is_flat([each[call] for each in costs.values()]) for call in next(iter(costs.values()))
            )
            invoiced = self._journal(scratch, filled)
            brief = self._sweep(scratch, filled, options["expiring"])
        if not flat:
            raise CommandError("A call costs more where there is more.")
        if not invoiced:
            raise CommandError("A longer journal takes more statements or memory.")
        if not brief:
            raise CommandError("The sweep holds bookings for longer than the turn of each.")
        self.stdout.write(self.style.SUCCESS("Every call costs the same everywhere, and the sweep holds nobody up."))

    def _journal(self, scratch: Scratch, filled: comparison.Filled) -> bool:
        """Read and invoice the journal where history is shortest and where it is longest. Is it flat?"""
        self.stdout.write("Reading and invoicing the journal:")
        found = []
        for size in (
            min(filled.names, key=lambda size: size.bookings),
            max(filled.names, key=lambda size: size.bookings),
        ):
            scratch.use(filled.names[size])
            found.append(journal.measure(maas_id=filled.maas_id, key=filled.key))
        short, long = found
        for line in journal.table(short, long):
            self._tell(line)
        return all(journal.is_flat(one, long[1][name]) for name, one in short[1].items())

    def _pages(self, assets: int, bookings: int, times: int) -> None:
        """Open the admin's pages where there is so much, and where there is a hundredth of it."""
        most = comparison.Size(assets, bookings)
        least = comparison.Size(assets // A_HUNDREDTH, bookings // A_HUNDREDTH)
        with _called_in_process(), scratch_databases() as scratch:
            self.stdout.write("Filling scratch databases:")
            names = pages.fill(scratch, [least, most], tell=self._tell)
            self.stdout.write("Opening:")
            costs = pages.compare(scratch, names, times=times, tell=self._tell)
        for line in comparison.table(costs, what="page", holds=pages.stays):
            self._tell(line)
        if not all(pages.stays([each[page] for each in costs.values()]) for page in next(iter(costs.values()))):
            raise CommandError("A page costs more where there is more.")
        self.stdout.write(self.style.SUCCESS("Every page stays within twice its time, and within its statements."))

    def _sweep(self, scratch: Scratch, filled: comparison.Filled, expiring: int) -> bool:
        """Let `expiring` bookings expire in the largest database. Was each held for about its own turn only?"""
        self.stdout.write(f"Letting {expiring:,} bookings expire:")
        scratch.use(list(filled.names.values())[-1])
        mp = Mp(maas_id=filled.maas_id, key=filled.key)
        waiting = mp.book(Asset.objects.order_by("pk")[0])
        copy_booking(
            Booking.objects.get(pk=waiting),
            numbers=range(1, expiring + 1),
            assets=assets_from(1, expiring),
            apart=DUE_APART,
            before=LONG_AGO,
        )
        tidy()
        figures = sweep()
        seen = figures.seen
        longest, wait = max(seen.ages, default=0.0), max(seen.waits, default=0.0)
        self._tell(f"{figures.bookings:,} bookings in {len(figures.batches)} batches, {figures.mean:.2f} ms each")
        self._tell(f"longest batch {max(figures.batches):.0f} ms")
        self._tell(f"longest transaction {longest:.1f} ms ({len(seen.ages):,} looks at it)")
        self._tell(f"longest wait for a booking's lock {wait:.1f} ms ({len(seen.waits):,} locks)")
        return max(longest, wait) <= PART_OF_A_BATCH * max(figures.batches)

    def _tell(self, line: str) -> None:
        self.stdout.write(f"  {line}")
        self.stdout.flush()


@contextmanager
def _called_in_process() -> Iterator[None]:
    """Let calls come without a web server before us, and keep none of them: counts are written every few seconds."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with override_settings(ALLOWED_HOSTS=["localhost"], SECURE_SSL_REDIRECT=False, CALL_LOG_DAYS=0):
            yield
    finally:
        logging.disable(before)
