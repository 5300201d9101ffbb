"""`manage.py check_journal`: does the journal of every booking come to what the booking owes?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.bookings.journal_check import MORE, broken_too_often, check_journal


class Command(BaseCommand):
    help = (
        "Check that the journal of every booking comes to what the booking owes, as is done every night: what is amiss "
        "is listed in the admin and mailed to finance. Exit code 1 where anything is."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """What is amiss, a line each."""
        findings = check_journal(now=timezone.now())
        for finding in findings:
            self.stdout.write(f"since {finding.found_at:%Y-%m-%d %H:%M}  {finding}")
        if broken_too_often(findings):
            self.stdout.write(MORE)
        if findings:
            raise CommandError(f"{len(findings)} findings: the journal does not add up.")
        self.stdout.write(self.style.SUCCESS("The journal adds up."))
