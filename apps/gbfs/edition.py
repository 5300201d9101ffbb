"""What every file of the feed is made with: the time, the languages, and texts in all of them.

Source: GBFS 3.0, which knows no other form of language tag than `nl` and `nl-BE`.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
Json = dict[str, Any]


@dataclass(frozen=True)
class Edition:
    """The feed at a moment on the operator's clocks, in the languages it speaks, the default one first."""

    local: datetime
    languages: tuple[str, ...]

    @property
    def tags(self) -> list[str]:
        """Those of the languages that GBFS has a form for."""
        return [tag for tag in self.languages if LANGUAGE.fullmatch(tag)]

    def texts(self, text: Any) -> list[Json] | None:
        """A text in each language; None for an empty one."""
        return [{"text": text.localize(tag), "language": tag} for tag in self.tags] if text else None

    def same_text(self, text: str) -> list[Json] | None:
        """A name that is the same in each language; None for an empty one."""
        return [{"text": text, "language": tag} for tag in self.tags] if text else None
