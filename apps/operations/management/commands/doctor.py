"""`manage.py doctor`: what is wrong with this installation, and what to do about it."""

import dataclasses
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.operations.doctor import examine


class Command(BaseCommand):
    help = (
        "Check settings, disk, broker, database, clock, migrations, tasks, sweeps, outbox, and what must always hold. "
        "Exit code 1 where something is wrong. It changes nothing."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON list instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        """The findings go to stdout, as they come."""
        findings = []
        for finding in examine():
            findings.append(finding)
            if not options["json"]:
                word = self.style.SUCCESS("ok   ") if finding.is_well else self.style.ERROR("WRONG")
                self.stdout.write(f"{word} {finding.check:<10} {finding.said}")
                if not finding.is_well:
                    self.stdout.write(f"{'':17}→ {finding.remedy}")
        if options["json"]:
            told = [{**dataclasses.asdict(finding), "ok": finding.is_well} for finding in findings]
            self.stdout.write(json.dumps(told, indent=2))
        wrong = sum(not finding.is_well for finding in findings)
        if wrong:
            raise CommandError(f"{wrong} of {len(findings)} findings need somebody.")
