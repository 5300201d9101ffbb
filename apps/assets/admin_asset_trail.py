"""Where an asset was, on its page: the last points of its trail, and the line of its latest ride."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.assets.admin_map import tiles
from apps.assets.models import Asset
from apps.backoffice.looks import may_see, note_look
from apps.backoffice.words import link_to, near_moment
from apps.legs.models import Leg
from apps.legs.trails import RIDING, line_of

MOST_POINTS = 200


def trail_of(request: HttpRequest, asset: Asset) -> dict[str, Any]:
    """What the page and its map show. At most four statements, and `MOST_POINTS` of the trail.

    The latest ride is for who may see personal data alone, and that they looked is written down; from the others the
    points of a ride under way are kept too.
    """
    trail, ride = asset.trail.exclude(latitude=None), None
    if may_see(request):
        rides = Leg.objects.filter(asset=asset, actual_departure_time__isnull=False).select_related("asset")
        ride = rides.order_by("-departure_time").first()
        note_look(request, ride)
    else:
        under_way = Leg.objects.filter(asset=asset, state__in=RIDING, actual_departure_time__lte=OuterRef("at"))
        trail = trail.filter(~Exists(under_way))
    points = list(trail.order_by("-at")[:MOST_POINTS])[::-1]
    shown = [{"at": [point.latitude, point.longitude], "time": near_moment(point.at)} for point in points]
    told = _("%(asset)s, there since %(moment)s") % {"asset": asset.code, "moment": near_moment(asset.position_at)}
    return {
        "trail": {
            "count": len(points),
            "first": near_moment(points[0].at) if points else "",
            "last": near_moment(points[-1].at) if points else "",
            "ride_address": link_to(ride) if ride is not None else "",
            "ride_began": near_moment(ride.actual_departure_time) if ride is not None else "",
        },
        "trail_on_map": {
            "tiles": tiles(),
            "here": {"at": [asset.latitude, asset.longitude], "time": told},
            "trail": shown,
            "ride": line_of(ride, now=timezone.now()) if ride is not None else None,
        },
    }
