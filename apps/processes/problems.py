"""What is wrong with a profile's document: findings, each about a place in it."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext


class Severity(StrEnum):
    """An error keeps a document from being published; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """`where` is a path such as `steps.offboarding[2].text`, empty for the document as a whole."""

    where: str
    severity: Severity
    sentence: str

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{self.severity_shown}: {place}{self.sentence}"

    @property
    def severity_shown(self) -> str:
        """How grave it is, in the reader's language."""
        return gettext("error") if self.severity == Severity.ERROR else gettext("warning")


@dataclass(frozen=True)
class Fleet:
    """What a document may name: asset types by their id, each with its TOMP access methods, and ids of stations.

    `without_tickets`: the asset types with none in stock. `has_lock_gateway`: can any of them be unlocked from afar?
    """

    asset_types: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
    stations: AbstractSet[str] = frozenset()
    without_tickets: AbstractSet[str] = frozenset()
    has_lock_gateway: bool = False


@dataclass(frozen=True)
class Surroundings:
    """What a document is held against: the operator's languages, the default first, and the fleet."""

    languages: tuple[str, ...]
    fleet: Fleet


class ProfileRefused(Exception):
    """A document cannot be kept or published. `problems` are all findings about it, warnings too."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = list(problems)


class DraftChanged(Exception):
    """Somebody else has saved the draft since it was read; nothing was changed."""


def error(where: str, sentence: str) -> Problem:
    """A finding that keeps the document from being published."""
    return Problem(where, Severity.ERROR, sentence)


def warning(where: str, sentence: str) -> Problem:
    """A finding that does not."""
    return Problem(where, Severity.WARNING, sentence)


def quoted(value: Any) -> str:
    """What came, as part of a sentence: short, and printable whatever it is."""
    text = value if isinstance(value, str) else type(value).__name__
    printable = "".join(letter if letter.isprintable() else "?" for letter in text[:60])
    return (
        f"“{printable}”"
        if isinstance(value, str)
        else gettext("a JSON %(kind)s") % {"kind": JSON_NAMES.get(text, text)}
    )


JSON_NAMES = {
    "NoneType": "null",
    "bool": "boolean",
    "int": "number",
    "float": "number",
    "list": "array",
    "dict": "object",
}


def key_in(where: str, key: Any) -> str:
    """The path of an object's member."""
    name = quoted(str(key)).strip("“”")
    return f"{where}.{name}" if where else name


def unknown_keys(value: Mapping[Any, Any], where: str, known: Iterable[str]) -> Iterable[Problem]:
    """An error for each member that has no business there."""
    allowed = tuple(known)
    for key in value:
        if key not in allowed:
            yield error(
                key_in(where, key),
                gettext("This is not known here; known are %(allowed)s.") % {"allowed": ", ".join(allowed)},
            )
