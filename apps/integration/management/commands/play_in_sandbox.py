"""`manage.py play_in_sandbox`: what a go-live check has done in a database of its own (`apps.integration.sandbox`)."""

import json
import sys
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test.utils import override_settings

from apps.integration.playing import play


class Command(BaseCommand):
    help = "Play an MP in an empty database; the task is read from stdin, what happens is told on stdout, line by line."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuses a database that has tables: it is nobody's sandbox."""
        if connection.introspection.table_names():
            raise CommandError("This database is not empty. Go-live checks are run from the page of an MP's health.")
        task = json.load(sys.stdin)
        self._tell({"stage": "Making the sandbox"})
        call_command("migrate", verbosity=0, interactive=False)
        with override_settings(ALLOWED_HOSTS=["localhost"], SECURE_SSL_REDIRECT=False):
            for told in play(task):
                self._tell(told)

    def _tell(self, told: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(told))
        self.stdout.flush()
