"""A leg as the journal sees it."""

from apps.legs.models import Leg
from apps.payments.charging import Charged
from apps.processes.selectors import published_profile


def charged(leg: Leg) -> Charged:
    """What is charged for a locked leg, under the process its booking was made under."""
    return Charged(
        booking=leg.booking,
        leg_id=leg.pk,
        fare=leg.fare,
        conditions=leg.conditions,
        profile=published_profile(leg.booking.profile_version_id),
    )
