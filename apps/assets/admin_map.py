"""The fleet map: its page, and what the page asks the server for. Open to whoever may see assets."""

from dataclasses import asdict
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext

from apps.assets.fleet_map import MOST_ASSETS, SHOWN_AT_FIRST, extent, regions, view_of
from apps.assets.models import Asset, AssetState, AssetType
from apps.backoffice.badges import state_in_words
from apps.backoffice.buttons import ButtonsMixin
from apps.backoffice.model_words import choices_in_words, in_words
from apps.stations.geo import read_box
from apps.stations.models import RegionType
from apps.tomp.errors import Invalid


def tiles() -> dict[str, str]:
    """Where maps get their tiles, for the page."""
    return {"url": settings.MAP_TILE_URL, "attribution": settings.MAP_TILE_ATTRIBUTION}


def _json(content: Any) -> HttpResponse:
    return HttpResponse(orjson.dumps(content), content_type="application/json")


class MapViews(ButtonsMixin):
    """The addresses of the map, below those of assets."""

    def get_urls(self) -> list[URLPattern]:
        """Before the admin's own, which take any word for an asset's key."""
        views = {
            "map/": ("map", self.map_view),
            "map/view/": ("map_view", self.part_view),
            "map/regions/": ("map_regions", self.regions_view),
            "map/find/": ("map_find", self.find_view),
            "map/asset/<int:asset_id>/": ("map_card", self.card_view),
        }
        own = [
            path(address, self.admin_site.admin_view(view), name=f"assets_asset_{name}")
            for address, (name, view) in views.items()
        ]
        return [*own, *super().get_urls()]

    def _check(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def map_view(self, request: HttpRequest) -> HttpResponse:
        """The page; what is on it, it asks for itself."""
        self._check(request)
        around = extent()
        asset_types = list(AssetType.objects.order_by("type_id"))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Fleet map"),
            "states": [(state.value, in_words(state), state in SHOWN_AT_FIRST) for state in AssetState],
            "asset_types": asset_types,
            "region_types": choices_in_words(RegionType),
            "may_draw": request.user.has_perm("stations.add_region"),
            "map": {
                "tiles": tiles(),
                "extent": None if around is None else asdict(around),
                "states": {state.value: in_words(state) for state in AssetState},
                "assetTypes": {kind.pk: str(kind) for kind in asset_types},
                "most": MOST_ASSETS,
                "view": reverse("admin:assets_asset_map_view"),
                "regions": reverse("admin:assets_asset_map_regions"),
                "find": reverse("admin:assets_asset_map_find"),
                "card": reverse("admin:assets_asset_map_card", args=[0]),
                "region": reverse("admin:stations_region_change", args=[0]),
                "station": reverse("admin:stations_station_change", args=[0]),
                "newRegion": reverse("admin:stations_region_add"),
            },
        }
        return TemplateResponse(request, "admin/assets/map.html", context)

    def part_view(self, request: HttpRequest) -> HttpResponse:
        """What lies in `boundingbox` (south, north, west, east), of the `state`s and the `type` asked for."""
        self._check(request)
        states, kind = request.GET.getlist("state"), request.GET.get("type", "")
        try:
            box = read_box(request.GET)
            if box is None or not set(states) <= set(AssetState.values) or not (kind == "" or kind.isdecimal()):
                raise Invalid("boundingbox, state or type is missing or unknown.")
        except Invalid as error:
            return HttpResponseBadRequest(error.detail, content_type="text/plain")
        return _json(asdict(view_of(box, states=states, asset_type_id=int(kind) if kind else None)))

    def regions_view(self, request: HttpRequest) -> HttpResponse:
        """All areas, for as long as the page is open."""
        self._check(request)
        return _json(regions())

    def find_view(self, request: HttpRequest) -> HttpResponse:
        """The first asset that `q` finds in the list of assets, and where it is; null where none is found."""
        self._check(request)
        found, _ = self.get_search_results(request, Asset.objects.order_by("code"), request.GET.get("q", ""))
        asset = found.values("id", "code", "latitude", "longitude").first() if request.GET.get("q") else None
        return JsonResponse({"asset": asset})

    def card_view(self, request: HttpRequest, asset_id: int) -> HttpResponse:
        """An asset's card: what is known of it, and its buttons, as a piece of HTML."""
        self._check(request)
        asset = get_object_or_404(Asset.objects.select_related("asset_type", "station"), pk=asset_id)
        context = {
            "asset": asset,
            "state": state_in_words("asset", asset.state),
            "buttons": self.fitting_buttons(request, asset),
        }
        return TemplateResponse(request, "admin/assets/card.html", context)
