"""Who of staff looked at what is personal. A page that shows any asks here, and shows it to those who may alone."""

from django.http import HttpRequest

from apps.history.models import ActorKind
from apps.history.services import Actor, HasHistory, record

SEE_PERSONAL_DATA = "customers.see_personal_data"


def note_look(request: HttpRequest, subject: HasHistory | None) -> None:
    """Write down that a page which tells of a traveller was opened by somebody who is shown that."""
    if subject is not None and request.user.has_perm(SEE_PERSONAL_DATA):
        record(subject, "look", actor=Actor(ActorKind.TO, request.user.get_username()))
