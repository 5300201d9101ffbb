"""`manage.py journey`: play an MP against a running `up`. Demo, smoke test and example client in one."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.backoffice.journeys import SCENARIOS, StepFailed, Walk
from apps.backoffice.mp_client import Answer, MpClient, Unreachable


class Command(BaseCommand):
    help = "Go through a journey over HTTP, checking every answer."
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Django's parser, but with `-v` left to us."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scenario", choices=[*SCENARIOS, "all"], default="map-centric", help="which journey")
        parser.add_argument("--list", action="store_true", help="tell the journeys and end")
        parser.add_argument("-v", "--bodies", action="store_true", help="also print the JSON bodies")
        parser.add_argument("--patience", type=float, default=20, help="seconds to wait for staff's answer (20)")
        parser.add_argument("--provider", type=int, help="which demo MP to play (1 …); else the scenario's own")
        parser.add_argument("--base-url", help="of the TOMP-API; else that of the running `up`")
        parser.add_argument("--maas-id", help="else that of the demo MP")
        parser.add_argument("--api-key", help="else that of the demo MP")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 0 when every step is as TOMP says, 1 naming the first that is not."""
        if options["list"]:
            for scenario in SCENARIOS.values():
                self.stdout.write(f"{scenario.name:18}{scenario.shows} ({scenario.maas_id})")
            return
        for name in SCENARIOS if options["scenario"] == "all" else [options["scenario"]]:
            self._play(name, options)
        self.stdout.write(self.style.SUCCESS("Every step was as TOMP says."))

    def _play(self, name: str, options: dict[str, Any]) -> None:
        scenario = SCENARIOS[name]
        client = self._client(options, scenario.maas_id)
        self.stdout.write(f"{scenario.name}: {scenario.shows}")
        walk = Walk(
            client,
            report=self._print_bodies if options["bodies"] else lambda answer: None,
            waiting=lambda what, booking_id: self.stdout.write(f"    waiting for {what}: booking {booking_id}"),
            patience=options["patience"],
        )
        try:
            for count, step in enumerate(scenario.steps(walk), start=1):
                answer = step.answer
                self.stdout.write(
                    f"{count:2}  {step.name:18}  {answer.method:6} {answer.path}  →  {answer.status}  {step.summary}"
                    f"  ({answer.milliseconds} ms)"
                )
        except (StepFailed, Unreachable) as error:
            raise CommandError(str(error)) from error

    def _client(self, options: dict[str, Any], maas_id: str) -> MpClient:
        access = {
            "base_url": options["base_url"],
            "maas_id": options["maas_id"],
            "api_key": options["api_key"],
        }
        if not all(access.values()):
            known = self._running_site(options["provider"], options["maas_id"] or maas_id)
            access = {name: value or known[name] for name, value in access.items()}
        return MpClient(**access)

    def _running_site(self, number: int | None, maas_id: str) -> dict[str, str]:
        """Where the running `up` is, and the key of its MP `number` or else of `maas_id`."""
        file = settings.DATA_DIR / "up.json"
        try:
            site = json.loads(file.read_text())
        except FileNotFoundError:
            raise CommandError(f"No `up` is running in {settings.DATA_DIR} ({file.name} is missing).") from None
        numbered = enumerate(site["providers"], start=1)
        for count, provider in numbered:
            if count == number or (number is None and provider["maas_id"] == maas_id):
                return {"base_url": site["base_url"], "maas_id": provider["maas_id"], "api_key": provider["api_key"]}
        known = ", ".join(f"{count} {one['maas_id']}" for count, one in enumerate(site["providers"], start=1))
        raise CommandError(f"There is no demo MP {number or maas_id}; known are: {known or 'none'}.")

    def _print_bodies(self, answer: Answer) -> None:
        for arrow, body in (("→", answer.sent), ("←", answer.body)):
            if body is not None:
                text = json.dumps(body, indent=2, ensure_ascii=False)
                self.stdout.write("\n".join(f"      {arrow} {line}" for line in text.splitlines()))
