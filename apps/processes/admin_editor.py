"""What the page of a process profile is told: the catalogue in words, the draft, and where to send what."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.assets.models import AssetType
from apps.operator.selectors import operator_basics
from apps.processes.catalogue import BY_MODULE, CATALOGUE, conflicts
from apps.processes.condition_checks import DAYS
from apps.processes.conditions import BOOKING_DATA, CLAIMS
from apps.processes.drafts import well_shaped
from apps.processes.identifiers.base import Identifier
from apps.processes.models import ProcessProfile
from apps.processes.settings_table import SETTINGS
from apps.processes.steps import ACTIONS, GOALS, LINKED_TYPES, OVERRIDING_CONDITIONS, STEP_TYPES, Phase
from apps.stations.models import Station

MODULE_NAMES = {
    "operatorInformation": _("Operator information"),
    "planning": _("Planning"),
    "booking": _("Booking"),
    "tripExecution": _("Trip execution"),
    "support": _("Support"),
    "payment": _("Payment"),
    "general": _("General"),
}
PHASE_NAMES = {
    Phase.PLANNING: (_("Planning"), _("What the app shows with the offers.")),
    Phase.BOOKING: (_("Booking"), _("What the app shows in each state of a booking.")),
    Phase.ONBOARDING: (_("On-boarding"), _("From the booking to the first metre of the ride.")),
    Phase.OFFBOARDING: (_("Off-boarding"), _("From the last metre of the ride to its end.")),
    Phase.PAUSING: (_("Pausing"), _("When the traveller takes a break.")),
    Phase.RESUMING: (_("Resuming"), _("When the ride goes on after a break.")),
}
CALLS = {
    "operator.available-assets": _("available assets"),
    "planning.inquiries": _("inquiries"),
    "planning.offers": _("offers"),
    "planning.plannings": _("plannings"),
    "bookings.create": _("new bookings"),
    "bookings.one-stop": _("bookings in one stop"),
    "bookings.events": _("booking events"),
    "bookings.notifications": _("notifications"),
    "legs.events": _("leg events"),
}
# No more stations than this are suggested while typing an id.
MOST_STATIONS = 500


def effect(identifier: Identifier) -> tuple[str, str]:
    """Whether the API follows an identifier (`full` or `none`), and a sentence about it."""
    calls = ", ".join(str(CALLS.get(operation, operation)) for operation in identifier.served_by)
    if identifier.unsupported:
        return "none", gettext("Cannot be published. %(unsupported)s") % {"unsupported": identifier.unsupported}
    if identifier.enforced:
        return "full", gettext("In effect for %(calls)s.") % {"calls": calls}
    return "none", gettext("Tells the MP only; nothing here depends on it.")


def _deprecation(identifier: Identifier) -> str:
    if not identifier.deprecated:
        return ""
    if not identifier.deprecated_since:
        return gettext("Deprecated: use %(instead)s") % {"instead": identifier.instead}
    return gettext("Deprecated since TOMP %(version)s: use %(instead)s") % {
        "version": identifier.deprecated_since,
        "instead": identifier.instead,
    }


def _identifier(identifier: Identifier) -> dict[str, Any]:
    degree, sentence = effect(identifier)
    return {
        "name": identifier.name,
        "meaning": identifier.meaning,
        "kinds": identifier.kind_labels,
        "effect": degree,
        "effectText": sentence,
        "since": identifier.since,
        "deprecated": _deprecation(identifier),
        "unsupported": bool(identifier.unsupported),
        "definition": identifier.conforms_to,
        "needs": [sorted(group) for group in identifier.needs],
        "excludes": sorted(other.name for other in CATALOGUE.values() if conflicts(identifier, other)),
    }


def _catalogue() -> list[dict[str, Any]]:
    return [
        {
            "module": module,
            "name": MODULE_NAMES[module],
            "identifiers": [_identifier(CATALOGUE[identifier.name]) for identifier in identifiers],
        }
        for module, identifiers in BY_MODULE.items()
    ]


def _phases() -> list[dict[str, Any]]:
    return [
        {
            "phase": phase,
            "name": name,
            "meaning": meaning,
            "actions": ACTIONS[phase],
            "perAssetType": phase in OVERRIDING_CONDITIONS,
        }
        for phase, (name, meaning) in PHASE_NAMES.items()
    ]


def _settings() -> list[dict[str, Any]]:
    return [
        {
            "name": setting.name,
            "default": setting.default,
            "meaning": setting.meaning,
            "minimum": setting.minimum,
            "maximum": setting.maximum,
            "choices": setting.choices,
        }
        for setting in SETTINGS.values()
    ]


def addresses(profile: ProcessProfile) -> dict[str, str]:
    """Where the page sends what."""
    names = ("look", "answer", "save", "publish")
    return {name: reverse(f"admin:processes_processprofile_{name}", args=[profile.pk]) for name in names}


def page_data(profile: ProcessProfile) -> dict[str, Any]:
    """All that the page's scripts work with, as JSON."""
    return {
        "document": well_shaped(profile.draft),
        "seen": profile.changed_at.isoformat(),
        "addresses": addresses(profile),
        "languages": operator_basics().languages,
        "catalogue": _catalogue(),
        "phases": _phases(),
        "stepTypes": STEP_TYPES,
        "linkedTypes": LINKED_TYPES,
        "goals": GOALS,
        "settings": _settings(),
        "bookingData": BOOKING_DATA,
        "claims": CLAIMS,
        "days": DAYS,
        "assetTypes": [
            {"id": type_id, "name": str(name)}
            for type_id, name in AssetType.objects.order_by("type_id").values_list("type_id", "name")
        ],
        "stations": list(Station.objects.order_by("station_id").values_list("station_id", flat=True)[:MOST_STATIONS]),
    }
