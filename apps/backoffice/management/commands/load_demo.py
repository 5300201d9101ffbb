"""`manage.py load_demo`: a demo operator for an empty database, and logins to try it with."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.backoffice import demo, local_access


class Command(BaseCommand):
    help = "Load the demo operator into an empty database, and make logins for this data folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--admin-only", action="store_true", help="load nothing, make only the logins")

    def handle(self, *args: Any, **options: Any) -> None:
        """Loading where there is an operator already changes nothing, and says so."""
        if options["admin_only"]:
            pass
        elif demo.is_loaded():
            self.stdout.write("This database has an operator already; no demo is loaded.")
        else:
            made = demo.load()
            self.stdout.write("Loaded " + ", ".join(f"{count} {what}" for what, count in made.items()) + ".")
        local_access.ensure()
        self.stdout.write(f"The logins are in {local_access.file()}.")
