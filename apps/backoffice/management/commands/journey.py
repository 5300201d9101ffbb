"""`manage.py journey`: play an MP against a running `up`. Demo, smoke test and example client in one."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.backoffice.journey import Journey, StepFailed
from apps.backoffice.mp_client import Answer, MpClient, Unreachable


class Command(BaseCommand):
    help = "Go through the map-centric journey over HTTP, checking every answer."
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Django's parser, but with `-v` left to us."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("-v", "--bodies", action="store_true", help="also print the JSON bodies")
        parser.add_argument("--provider", type=int, default=1, help="which demo MP to play: 1 (default) or 2")
        parser.add_argument("--base-url", help="of the TOMP-API; else that of the running `up`")
        parser.add_argument("--maas-id", help="else that of the demo MP")
        parser.add_argument("--api-key", help="else that of the demo MP")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 0 when every step is as TOMP says, 1 naming the first that is not."""
        client = self._client(options)
        report = self._print_bodies if options["bodies"] else lambda answer: None
        try:
            for count, step in enumerate(Journey(client, report=report).steps(), start=1):
                answer = step.answer
                self.stdout.write(
                    f"{count:2}  {step.name:16}  {answer.method:4} {answer.path}  →  {answer.status}  {step.summary}"
                    f"  ({answer.milliseconds} ms)"
                )
        except (StepFailed, Unreachable) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self.style.SUCCESS("Every step was as TOMP says."))

    def _client(self, options: dict[str, Any]) -> MpClient:
        access = {
            "base_url": options["base_url"],
            "maas_id": options["maas_id"],
            "api_key": options["api_key"],
        }
        if not all(access.values()):
            known = self._running_site(options["provider"])
            access = {name: value or known[name] for name, value in access.items()}
        return MpClient(**access)

    def _running_site(self, number: int) -> dict[str, str]:
        file = settings.DATA_DIR / "up.json"
        try:
            site = json.loads(file.read_text())
        except FileNotFoundError:
            raise CommandError(f"No `up` is running in {settings.DATA_DIR} ({file.name} is missing).") from None
        if not 1 <= number <= len(site["providers"]):
            raise CommandError(f"There is no demo MP {number}; {len(site['providers'])} are known.")
        provider = site["providers"][number - 1]
        return {"base_url": site["base_url"], "maas_id": provider["maas_id"], "api_key": provider["api_key"]}

    def _print_bodies(self, answer: Answer) -> None:
        for arrow, body in (("→", answer.sent), ("←", answer.body)):
            if body is not None:
                text = json.dumps(body, indent=2, ensure_ascii=False)
                self.stdout.write("\n".join(f"      {arrow} {line}" for line in text.splitlines()))
