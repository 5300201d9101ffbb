"""Template tags of the admin's own pages."""

from django import template
from django.db.models import Model
from django.utils.safestring import SafeString

from apps.backoffice import badges, words

register = template.Library()


@register.simple_tag
def state_badge(kind: str, state: str) -> SafeString:
    """The badge of a state."""
    return badges.state_badge(kind, state)


@register.filter
def colours(name: str) -> str:
    """The classes of one of the badges' colours."""
    return badges.COLOURS[name]


@register.simple_tag
def page_link(target: Model, text: str) -> SafeString:
    """A link to the admin page of an object."""
    return words.link(target, text)


@register.simple_tag
def http_status(status: int) -> SafeString:
    """The badge of an HTTP status."""
    return badges.status_badge(status)
