"""Access formats: which of an asset type's access methods an MP can be given.

Source: seed process-identifiers, booking (ACCESS_CODE_…); TOMP 1.6.1 `assetAccessMethods`.
"""

from collections.abc import Collection

from apps.processes.selectors import Profile

# The access method each identifier accepts.
ACCESS_FORMATS = {
    "ACCESS_CODE_QR": "QR",
    "ACCESS_CODE_PDF": "PDF",
    "ACCESS_CODE_TOKEN": "TOMP-API",
    "ACCESS_CODE_DEEPLINK": "DEEPLINK",
    "ACCESS_CODE_AZTEC": "AZTEC",
    "ACCESS_CODE_AXA_EKEY_OTP": "AXA-EKEY-OTP",
    "ACCESS_CODE_PHYSICAL_KEY": "PHYSICAL-KEY",
    "ACCESS_CODE_BARCODE": "BARCODE",
    "ACCESS_CODE_HTML": "HTML",
}


def accepted_methods(profile: Profile) -> set[str]:
    """The access methods this MP can be given; empty where its profile names none and any will do."""
    return {method for identifier, method in ACCESS_FORMATS.items() if profile.has(identifier)}


def common_methods(profile: Profile, offered: Collection[str]) -> list[str]:
    """The access methods an asset type offers and the MP accepts. Without any, nothing is offered."""
    accepted = accepted_methods(profile)
    return [method for method in offered if not accepted or method in accepted]
