"""Form widgets in the look of the admin."""

from typing import Any

from django.conf import settings
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.forms.utils import flatatt
from django.forms.widgets import Media, Script
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from i18nfield.forms import I18nTextarea, I18nTextInput
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget


class _NamesItsLanguages:
    """Puts the language's name above the text in it."""

    enabled_locales: list[str]

    def format_output(self, rendered_widgets: list[SafeString], id_: str | None) -> SafeString:
        """One labelled widget per language, below each other."""
        names = dict(settings.LANGUAGES)
        labelled = (
            (names.get(locale, locale), widget)
            for locale, widget in zip(self.enabled_locales, rendered_widgets, strict=True)
        )
        rows = format_html_join("", '<label class="backoffice-language"><span>{}</span>{}</label>', labelled)
        return format_html('<div class="flex flex-col gap-2 grow"{}>{}</div>', flatatt({"id": id_}), rows)


class TextInLanguages(_NamesItsLanguages, I18nTextInput):
    """One line of text in each of the site's languages."""

    widget = UnfoldAdminTextInputWidget


class ParagraphsInLanguages(_NamesItsLanguages, I18nTextarea):
    """Longer text in each of the site's languages."""

    widget = UnfoldAdminTextareaWidget


class _OnlyKeys:
    """Shows again those of the answers that can be keys: Django fails to look up any others."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """The chosen ones; the others are found by typing."""
        keys = [one for one in value if not one or str(one).isdecimal()]
        return super().optgroups(name, keys, attr)  # type: ignore[misc]


class SearchedKey(_OnlyKeys, AutocompleteSelect):
    """The key of another row, searched by what is typed."""


class SearchedKeys(_OnlyKeys, AutocompleteSelectMultiple):
    """Keys of other rows, searched by what is typed."""


class AreaOnMap(UnfoldAdminTextareaWidget):
    """A GeoJSON polygon: drawn and moved on a map, with its text below, which is what is sent."""

    @property
    def media(self) -> Media:
        """Leaflet with its pens, the words, and our map."""
        return Media(
            css={"all": ["leaflet/leaflet.css", "leaflet/draw/leaflet.draw.css", "backoffice/map.css"]},
            js=[
                "leaflet/leaflet.js",
                "leaflet/draw/leaflet.draw.js",
                reverse("admin-words"),
                Script("backoffice/area.js", type="module"),  # type: ignore[list-item]
            ],
        )

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The map, which the script fills, above the text."""
        tiles = {"tiles": settings.MAP_TILE_URL, "attribution": settings.MAP_TILE_ATTRIBUTION}
        text = super().render(name, value, attrs, renderer)
        return format_html(
            '<div class="area-on-map grow" data-tiles="{tiles}" data-attribution="{attribution}">'
            '<div class="map" role="region" aria-label="{label}"></div>{text}</div>',
            text=text,
            label=gettext("The area on a map. Its text is below."),
            **tiles,
        )
