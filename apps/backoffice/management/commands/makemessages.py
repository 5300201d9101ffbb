"""Bringing the catalogues of the interface's languages into step with the sources, by one command."""

import contextlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError, CommandParser
from django.core.management.commands import makemessages
from django.core.management.utils import popen_wrapper

from apps.backoffice.model_words import Word, words

SOURCES = ("apps", "tomp_backoffice", "templates")
UNWANTED = ["*/migrations/*", "*/management/*", "*/demo/*", "*/benchmark/*", "*/journeys/*"]
# The day would differ with each run, and line numbers with each change of a source.
DATED = re.compile(r'^"POT-Creation-Date: .*\n', re.MULTILINE)


class Command(makemessages.Command):
    """Django's own, with the words of our models, and with the choices made for this project."""

    help = "Brings locale/*/LC_MESSAGES/*.po into step with the sources and the models, and compiles them."
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def add_arguments(self, parser: CommandParser) -> None:
        """None: it is always done for all languages."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the catalogues."""
        chosen = {
            "locale": [tag for tag, _ in settings.LANGUAGES if tag != settings.LANGUAGE_CODE],
            "exclude": [],
            "all": False,
            "symlinks": False,
            "ignore_patterns": [*UNWANTED],
            "use_default_ignore_patterns": True,
            "no_wrap": True,
            "no_location": False,
            "add_location": "file",
            "no_obsolete": True,
            "keep_pot": False,
        }
        with contextlib.chdir(settings.BASE_DIR):
            super().handle(*args, **{**options, **chosen, "domain": "django", "extensions": ["html", "py"]})
            super().handle(*args, **{**options, **chosen, "domain": "djangojs", "extensions": ["js"]})

    def find_files(self, root: str) -> list[Any]:
        """Those that staff may read a text of; neither tests nor a virtual environment. All go into one catalogue."""
        self.locale_paths = [str(settings.LOCALE_PATHS[0])]
        return sorted(file for folder in SOURCES for file in super(Command, self).find_files(f"{root}/{folder}"))

    def process_files(self, file_list: list[Any]) -> None:
        """Django's own, and then the words that are not written as a call of `gettext`."""
        super().process_files(file_list)
        if self.domain != "django":
            return
        template = Path(self.locale_paths[0]) / f"{self.domain}.pot"
        with template.open("a", encoding="utf-8", newline="\n") as file:
            file.write("".join(_entry(text, places) for text, places in _by_text(words()).items()))

    def write_po_file(self, potfile: str, locale: str) -> None:
        """Django's own, without the day; and its compiled form beside it."""
        super().write_po_file(potfile, locale)
        catalogue = Path(potfile).parent / locale / "LC_MESSAGES" / f"{self.domain}.po"
        catalogue.write_text(DATED.sub("", catalogue.read_text(encoding="utf-8")), encoding="utf-8")
        compiled = str(catalogue.with_suffix(".mo"))
        _, errors, status = popen_wrapper(["msgfmt", "--check-format", "-o", compiled, str(catalogue)])
        if status:
            raise CommandError(errors)


def _by_text(found: Iterable[Word]) -> dict[str, list[str]]:
    places: dict[str, list[str]] = {}
    for word in found:
        places.setdefault(word.text, []).append(word.place)
    return places


def _entry(text: str, places: list[str]) -> str:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'\n#: {" ".join(places)}\nmsgid "{quoted}"\nmsgstr ""\n'
