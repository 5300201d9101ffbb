"""`manage.py profile`: an MP's process profile as a JSON file, out and in."""

import sys
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.assets.selectors import fleet
from apps.processes.checks import errors_in
from apps.processes.diff import differences
from apps.processes.document import arranged
from apps.processes.problems import ProfileRefused
from apps.processes.selectors import version_in_force
from apps.processes.services import findings, publish
from apps.providers.models import Provider

STANDARD = "-"
REFUSED, UNUSABLE = 1, 2


class Command(BaseCommand):
    help = (
        "Export the process profile published for an MP, check a profile in a file, or apply it: publish it "
        "if it holds together. Ends with 1 where the profile is refused, with 2 where the MP or file is unusable."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["export", "check", "apply"])
        parser.add_argument("--provider", required=True, metavar="ID", help="the MP's maas-id")
        parser.add_argument("file", metavar="FILE", help="a JSON file; - is standard input or output")

    def handle(self, *args: Any, action: str, provider: str, file: str, **options: Any) -> None:
        """Apply refuses as a whole, listing every problem, and changes nothing then."""
        owner = Provider.objects.filter(maas_id=provider).first()
        if owner is None:
            raise CommandError(f"There is no MP with the maas-id {provider}.", returncode=UNUSABLE)
        match action:
            case "export":
                self._export(owner, file)
            case "check":
                self._check(file)
            case "apply":
                self._apply(owner, file)

    def _export(self, owner: Provider, file: str) -> None:
        version = version_in_force(owner)
        if version is None:
            raise CommandError(f"No process has been published for {owner.maas_id} yet.", returncode=UNUSABLE)
        text = orjson.dumps(arranged(version.document), option=orjson.OPT_INDENT_2).decode()
        if file == STANDARD:
            self.stdout.write(text)
            return
        try:
            Path(file).write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.", returncode=UNUSABLE) from error

    def _check(self, file: str) -> None:
        problems = findings(_read(file), fleet=fleet())
        errors = errors_in(problems)
        for problem in problems:
            self.stdout.write(str(problem))
        if errors:
            raise CommandError(f"The profile does not hold together: {_count(errors)}.", returncode=REFUSED)
        self.stdout.write("The profile holds together.")

    def _apply(self, owner: Provider, file: str) -> None:
        before = version_in_force(owner)
        document = _read(file)
        try:
            version = publish(
                provider=owner,
                fleet=fleet(),
                document=document,
                comment=f"Applied from {Path(file).name}" if file != STANDARD else "Applied from standard input",
            )
        except ProfileRefused as refusal:
            for problem in refusal.problems:
                self.stderr.write(str(problem))
            errors = _count(errors_in(refusal.problems))
            raise CommandError(f"Nothing was published: {errors}.", returncode=REFUSED) from refusal
        for sentence in differences(before.document if before else {}, version.document):
            self.stdout.write(sentence)
        self.stdout.write(f"Published version {version.number} for {owner.maas_id}.")


def _count(errors: list[Any]) -> str:
    return "1 error" if len(errors) == 1 else f"{len(errors)} errors"


def _read(file: str) -> Any:
    """The JSON of a file or of standard input."""
    try:
        content = sys.stdin.buffer.read() if file == STANDARD else Path(file).read_bytes()
        return orjson.loads(content)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.", returncode=UNUSABLE) from error
    except orjson.JSONDecodeError as error:
        raise CommandError(f"{file} is no JSON: {error}.", returncode=UNUSABLE) from error
