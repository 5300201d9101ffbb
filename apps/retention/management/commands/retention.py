"""`manage.py retention`: forget what has been kept long enough, or tell what that would be."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from apps.retention.kinds import KINDS
from apps.retention.sweep import due, forget_due


class Command(BaseCommand):
    """Celery's beat does the same every ten minutes."""

    help = "Forget what has been kept long enough (docs/retention.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--dry-run`."""
        parser.add_argument("--dry-run", action="store_true", help="Only tell how much is due; nothing changes.")

    def handle(self, *args: Any, **options: Any) -> None:
        """A line for each kind."""
        now = timezone.now()
        if not options["dry_run"]:
            for name, rows in forget_due(now=now).items():
                self.stdout.write(f"{rows:>9}  {name}")
            return
        for kind in KINDS:
            found = due(kind, now=now)
            oldest = f", the oldest of {found.oldest:%Y-%m-%d %H:%M}" if found.oldest is not None else ""
            self.stdout.write(f"{found.rows:>9}  {kind.name}{oldest}")
