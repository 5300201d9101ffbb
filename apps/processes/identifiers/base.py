"""What is known of a process identifier."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WIKI = "https://github.com/TOMP-WG/TOMP-API/wiki/ProcessIdentifiers"


class Kind(StrEnum):
    """What an identifier does. Source: PROCESS-IDENTIFIERS."""

    REQUEST = "R"
    FLOW = "F"
    DATA = "D"
    MESSAGE = "N"
    INFORMATION = "I"
    WITHDRAWN = "X"

    @property
    def label(self) -> str:
        """The kind as staff read it."""
        return str(LABELS[self])


LABELS = {
    Kind.REQUEST: _("requires something of requests"),
    Kind.FLOW: _("changes what a call does"),
    Kind.DATA: _("changes what an answer carries"),
    Kind.MESSAGE: _("sends messages to the MP"),
    Kind.INFORMATION: _("informs the MP only"),
    Kind.WITHDRAWN: _("deprecated or not supported"),
}


@dataclass(frozen=True)
class Identifier:
    """One process identifier, with what staff need to know before they switch it on.

    `kinds` are letters of `Kind`. `since` and `deprecated_since` are TOMP versions, empty where the source
    names none. A deprecated one says in `instead` what to use; one that we do not support says why in
    `unsupported`. `needs` are groups of which at least one member must be on as well; `excludes` must not be
    on. `served_by` names the operations that follow it; it is empty for what informs only.
    """

    name: str
    kinds: str
    meaning: str | Promise
    module: str = ""
    since: str = ""
    deprecated_since: str = ""
    instead: str | Promise = ""
    unsupported: str | Promise = ""
    needs: tuple[frozenset[str], ...] = ()
    excludes: frozenset[str] = frozenset()
    served_by: tuple[str, ...] = ()

    @property
    def conforms_to(self) -> str:
        """The address of its definition."""
        return f"{WIKI}#{self.name.lower()}"

    @property
    def enforced(self) -> bool:
        """Does the API follow it? What it does not follow informs the MP, or cannot be published."""
        return bool(self.served_by)

    @property
    def deprecated(self) -> bool:
        """Has TOMP replaced it?"""
        return bool(self.instead)

    @property
    def kind_labels(self) -> list[str]:
        """Its kinds as staff read them."""
        return [Kind(letter).label for letter in self.kinds]
