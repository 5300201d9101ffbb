"""The names of the roles that are there from the beginning, in the language of who reads them.

They are rows, written in English by migrations; a role that staff add is called as they call it.
"""

from django.contrib.auth.models import Group
from django.utils.translation import gettext, gettext_noop

ROLE_NAMES = (
    gettext_noop("Administrator"),
    gettext_noop("Auditor"),
    gettext_noop("Finance"),
    gettext_noop("Fleet manager"),
    gettext_noop("Integration manager"),
    gettext_noop("Support desk"),
)


def role_in_words(role: Group) -> str:
    """What the reader calls the role."""
    return gettext(role.name) if role.name in ROLE_NAMES else role.name


def give_role_words() -> None:
    """Have roles called so wherever one is shown. To be called once."""
    Group.__str__ = role_in_words  # type: ignore[method-assign,assignment]
