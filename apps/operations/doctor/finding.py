"""What a check of the doctor found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What one check found: `said`; and where something is wrong, what to do about it (`remedy`)."""

    check: str
    said: str
    remedy: str = ""

    @property
    def is_well(self) -> bool:
        """Is there nothing to do?"""
        return not self.remedy
