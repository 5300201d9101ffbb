"""What staff do with a support request. Each answer is a status that the MP reads.

Where the MP takes messages to its travellers (GENERAL_NOTIFICATION, or a subscription), what staff write is sent as
one too. Source: TOMP 1.6.1 `supportStatus`.
"""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext

from apps.bookings.models import NotificationType
from apps.bookings.notifications import GENERAL, notify
from apps.history.services import Actor, fire, record
from apps.legs.issues import resolve_issue
from apps.legs.locks import lock_ride, ride_transaction
from apps.support.models import OPEN, SupportRequest
from apps.support.statuses import lock_requests, write_status
from apps.tomp.errors import IllegalState, Missing, NotFound
from apps.webhooks.services import is_wanted


@ride_transaction
def take_up(*, request_id: UUID, actor: Actor, minutes: int, message: str = "") -> SupportRequest:
    """Somebody of staff is at it, and expects it to be resolved in so many minutes.

    Raises `NotFound`, and `IllegalState` for a request that is closed, as all of these do.
    """
    request = _locked(request_id)
    fire(request, "take_up", actor=actor)
    return _reply(request, actor=actor, message=message, minutes=minutes)


@ride_transaction
def answer(*, request_id: UUID, actor: Actor, message: str) -> SupportRequest:
    """Tell the traveller something; the request stays in its state. Raises `Missing` without a message."""
    request = _locked(request_id)
    if request.state not in OPEN:
        raise IllegalState(
            gettext("An answer does not fit a support request that is %(state)s.") % {"state": request.state}
        )
    record(request, "answer", actor=actor)
    return _reply(request, actor=actor, message=_said(message))


@ride_transaction
def ask(*, request_id: UUID, actor: Actor, message: str) -> SupportRequest:
    """Ask the traveller something; the MP is to send the request again, with more. Raises `Missing` without words."""
    request = _locked(request_id)
    fire(request, "ask", actor=actor)
    return _reply(request, actor=actor, message=_said(message))


@ride_transaction
def resolve(*, request_id: UUID, actor: Actor, message: str = "", ride_goes_on: bool = False) -> SupportRequest:
    """It is solved. With `ride_goes_on` the issue that stopped its leg is resolved too; what that raises, this does."""
    request = _locked(request_id)
    fire(request, "resolve", actor=actor)
    if ride_goes_on and request.leg_id is not None:
        resolve_issue(leg_id=request.leg_id, actor=actor, reason="the support request is resolved")
    return _reply(request, actor=actor, message=message)


@ride_transaction
def close(*, request_id: UUID, actor: Actor, message: str) -> SupportRequest:
    """Nothing can or need be done; the message says why. Raises `Missing` without one."""
    request = _locked(request_id)
    fire(request, "close", actor=actor)
    return _reply(request, actor=actor, message=_said(message))


def _locked(request_id: UUID) -> SupportRequest:
    """Lock a request, and before it the ride it is about: its numbers are given under that lock."""
    known = SupportRequest.objects.filter(pk=request_id).values_list("booking", "reference").first()
    if known is None:
        raise NotFound(gettext("There is no such support request."))
    booking, reference = known
    if booking is not None:
        lock_ride(booking)
    return next(one for one in lock_requests(reference) if one.pk == request_id)


def _said(message: str) -> str:
    if not message.strip():
        raise Missing(gettext("message is missing: the traveller is told nothing."))
    return message


def _reply(request: SupportRequest, *, actor: Actor, message: str, minutes: int | None = None) -> SupportRequest:
    """Write the status, keep who answered when, and send the message to the traveller where it can be."""
    write_status(request, actor=actor, comment=message, minutes_to_resolution=minutes)
    request.answered_at = request.answered_at or timezone.now()
    request.handled_by = actor.name
    request.forgotten_at = None  # there is something to forget again
    request.save(update_fields=["answered_at", "handled_by", "forgotten_at"])
    booking = request.booking
    if message and booking is not None and is_wanted(booking, GENERAL):
        notify(booking, NotificationType.MESSAGE_TO_END_USER, actor=actor, leg_id=request.leg_id, comment=message)
    return request
