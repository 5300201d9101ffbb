"""Access data: what opens the asset of a leg, for the leg's time only."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core import signing

from apps.legs.models import Leg

SALT = "leg access"
WITHOUT_ARRIVAL = timedelta(hours=24)


def deep_link(leg: Leg, *, now: datetime) -> dict[str, Any]:
    """A TOMP `token` with a deep link into the operator's app, signed for this leg and its asset.

    Valid from now until the agreed arrival, or for 24 hours where none was agreed.
    """
    until = max(leg.arrival_time or leg.departure_time + WITHOUT_ARRIVAL, now)
    pass_ = signing.dumps(
        {"leg": str(leg.pk), "asset": leg.asset_public_id, "until": until.timestamp()},
        salt=SALT,
        compress=True,
    )
    return {
        "validFrom": now,
        "validUntil": until,
        "tokenType": "tokenDeeplink",
        "tokenData": {
            "tokenType": "tokenDeeplink",
            "url": f"{settings.APP_DEEP_LINK}?leg={leg.pk}&pass={quote(pass_)}",
        },
    }
