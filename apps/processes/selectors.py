"""Reading published profiles. A version never changes, so a process may keep the ones it has read."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import IntegerField, OuterRef, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce

from apps.processes.models import ProfileVersion
from apps.processes.settings_table import SETTINGS
from apps.providers.models import Provider


@dataclass(frozen=True)
class Profile:
    """A published process as the API follows it. `document` is the version's own JSON; do not change it."""

    version_id: int | None
    number: int
    identifiers: frozenset[str]
    document: dict[str, Any] = field(hash=False, compare=False)

    def has(self, identifier: str) -> bool:
        """Is this process identifier switched on?"""
        return identifier in self.identifiers

    def setting(self, name: str) -> Any:
        """A value of the profile's `settings`, or the default of `apps.processes.settings_table`."""
        return self.document.get("settings", {}).get(name, SETTINGS[name].default)

    @property
    def offer_minutes(self) -> int:
        """How long offers live: as set, or the shortest time where planning and booking are to be one."""
        if self.has("ATOMIC_PLANNING_AND_BOOKING"):
            return SETTINGS["offerMinutes"].minimum
        return int(self.setting("offerMinutes"))


def versions_of(provider: Provider | OuterRef) -> QuerySet[ProfileVersion]:
    """An MP's versions, the one in force first; of an `OuterRef`, for use in a subquery."""
    return ProfileVersion.objects.filter(provider=provider).order_by("-number")


def version_in_force(provider: Provider) -> ProfileVersion | None:
    """The version that the MP's calls follow; None where none is published yet."""
    return versions_of(provider).first()


NO_PROFILE = Profile(version_id=None, number=0, identifiers=frozenset(), document={})


@lru_cache(maxsize=500)
def _read(version_id: int) -> Profile:
    version = ProfileVersion.objects.get(pk=version_id)
    identifiers = frozenset(name for names in version.document.get("processIdentifiers", {}).values() for name in names)
    return Profile(version_id=version.pk, number=version.number, identifiers=identifiers, document=version.document)


def published_profile(version_id: int | None) -> Profile:
    """The profile of a version's primary key; `NO_PROFILE` for an MP that has none published yet."""
    return NO_PROFILE if version_id is None else _read(version_id)


def setting_column(name: str, *, version: str) -> Coalesce:
    """`Profile.setting` for a query: a whole number of the profile version that the path `version` leads to."""
    own = KeyTextTransform(name, KeyTransform("settings", f"{version}__document"))
    return Coalesce(Cast(own, IntegerField()), SETTINGS[name].default)
