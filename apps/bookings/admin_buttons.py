"""What staff may do with a booking: answer it, cancel it, and, where its MP takes it, tell when the asset comes, or
something to the traveller.
"""

from collections.abc import Callable, Iterable
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from apps.backoffice.buttons import Button, Press, ReasonForm, SubjectForm
from apps.backoffice.previews import booking_of, rehearsed
from apps.backoffice.words import amount_in_words
from apps.bookings.conversation import ETA, OPEN, tell_end_user, tell_eta
from apps.bookings.models import STANDING, Booking, BookingState
from apps.bookings.notifications import GENERAL
from apps.bookings.services import CANCEL_TRANSITIONS, cancel, commit, deny
from apps.legs.charged import fee_for_cancelling
from apps.legs.models import BEFORE_THE_RIDE, NOT_OVER, Leg
from apps.payments.charging import Fee
from apps.webhooks.services import is_wanted

# Nobody is told earlier that the asset comes.
MOST_MINUTES = 24 * 60
# What staff may choose where a fee is owed for cancelling.
NO_FEE, AS_AGREED = "none", "agreed"


class LegForm(SubjectForm):
    """Which leg it is about; asked where the booking has more than one that can be meant."""

    leg = forms.ModelChoiceField(
        Leg.objects.none(), label=gettext_lazy("Leg"), empty_label=None, widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        legs = self.legs()
        choice: Any = self.fields["leg"]
        choice.queryset = legs
        choice.label_from_instance = lambda leg: _("Leg %(number)s") % {"number": leg.sequence}
        choice.initial = legs.first()
        if legs.count() <= 1:
            choice.widget = forms.HiddenInput()

    def legs(self) -> Any:
        """The legs that can be meant."""
        booking: Any = self.subject
        return booking.legs.all()


class EtaForm(LegForm):
    """In how many minutes the asset comes."""

    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"),
        min_value=0,
        max_value=MOST_MINUTES,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"autofocus": True}),
        help_text=gettext_lazy("Until the asset is at the pick-up point; 0 says that it has arrived."),
    )
    comment = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=500,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=gettext_lazy("Told to the MP as well."),
    )

    def legs(self) -> Any:
        """Those whose ride has not begun."""
        return super().legs().filter(state__in=BEFORE_THE_RIDE)


class MessageForm(LegForm):
    """What the traveller is to read."""

    message = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=1000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "autofocus": True}),
        help_text=gettext_lazy("In the operator's first language. Kept in the timeline."),
    )


def _wanted(identifier: str, *, before_the_ride: bool = False) -> Callable[[Any], bool]:
    def fits(booking: Booking) -> bool:
        waited_for = not before_the_ride or any(leg.state in BEFORE_THE_RIDE for leg in booking.legs.all())
        return booking.state_at(timezone.now()) in OPEN and waited_for and is_wanted(booking, identifier)

    return fits


def _tell_eta(press: Press) -> None:
    tell_eta(
        booking_id=press.subject.pk,
        leg_id=press.answers["leg"].pk,
        minutes=press.answers["minutes"],
        comment=press.answers["comment"],
        actor=press.actor,
    )


def _tell_end_user(press: Press) -> None:
    tell_end_user(
        booking_id=press.subject.pk,
        leg_id=press.answers["leg"].pk,
        message=press.answers["message"],
        actor=press.actor,
    )


class CancelForm(ReasonForm):
    """Why, and, where a fee is owed for it, whether that is charged."""

    fee = forms.ChoiceField(label=gettext_lazy("Fee"), widget=UnfoldAdminSelectWidget, initial=NO_FEE)
    field_order = ("fee", "reason")

    def __init__(self, *args: Any, subject: Booking | Leg, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        owed = fees_for_cancelling(subject)
        if not owed:
            del self.fields["fee"]
            return
        total = amount_in_words(sum(fee.amount for fee in owed), owed[0].estimate.currency)
        cast("forms.ChoiceField", self.fields["fee"]).choices = [
            (NO_FEE, _("None")),
            (AS_AGREED, _("As agreed: %(fee)s") % {"fee": total}),
        ]


def fees_for_cancelling(subject: Booking | Leg) -> list[Fee]:
    """What whoever cancels a booking, or a leg, now owes by its terms."""
    booking, now = booking_of(subject), timezone.now()
    legs: Iterable[Leg] = [subject] if isinstance(subject, Leg) else booking.legs.all()
    if booking.state not in STANDING:
        return []
    found = [fee_for_cancelling(leg, now=now) for leg in legs if leg.state in NOT_OVER]
    return [fee for fee in found if fee is not None]


def _can_be_cancelled(booking: Booking) -> bool:
    return booking.state_at(timezone.now()) in CANCEL_TRANSITIONS


def _what_cancelling_does(booking: Booking) -> str:
    told = {"provider": booking.provider}
    if booking.state == BookingState.PENDING:
        return _("The booking is released, what it holds is free again, and %(provider)s is told so.") % told
    if booking.state == BookingState.STARTED:
        return (
            _(
                "The ride under way is cancelled: its legs end now, without a fare, the asset is free again, and "
                "%(provider)s is told the reason."
            )
            % told
        )
    return _("The booking is cancelled, its asset is free again, and %(provider)s is told the reason.") % told


def _waits_for_us(booking: Booking) -> bool:
    return booking.state_at(timezone.now()) == BookingState.CONDITIONAL_CONFIRMED


def _what_committing_does(booking: Booking) -> str:
    told = _("The booking is confirmed: its place or asset is reserved for good, and %(provider)s is told so.")
    return told % {"provider": booking.provider}


def _what_denying_does(booking: Booking) -> str:
    told = _("The booking is rejected, what it holds is free again, and %(provider)s is told the reason.")
    return told % {"provider": booking.provider}


def _commit(press: Press) -> None:
    commit(booking_id=press.subject.pk, actor=press.actor, reason=press.reason)


def _deny(press: Press) -> None:
    deny(booking_id=press.subject.pk, actor=press.actor, reason=press.reason)


def _cancel(press: Press) -> None:
    with_fee = press.answers["fee"] == AS_AGREED if "fee" in press.answers else None
    cancel(booking_id=press.subject.pk, actor=press.actor, reason=press.reason, with_fee=with_fee)


ANSWER_BUTTONS = (
    Button(
        name="commit",
        label=gettext_lazy("Commit booking"),
        icon="check_circle",
        fits=_waits_for_us,
        consequence=_what_committing_does,
        preview=rehearsed(_commit),
        run=_commit,
        done=gettext_lazy("The booking is confirmed."),
        variant=ActionVariant.SUCCESS,
    ),
    Button(
        name="deny",
        label=gettext_lazy("Deny booking"),
        icon="block",
        fits=_waits_for_us,
        consequence=_what_denying_does,
        preview=rehearsed(_deny),
        run=_deny,
        done=gettext_lazy("The booking is rejected."),
        variant=ActionVariant.DANGER,
    ),
    Button(
        name="cancel",
        label=gettext_lazy("Cancel booking"),
        icon="cancel",
        fits=_can_be_cancelled,
        consequence=_what_cancelling_does,
        preview=rehearsed(_cancel),
        run=_cancel,
        done=gettext_lazy("The booking is cancelled."),
        form=CancelForm,
        variant=ActionVariant.DANGER,
    ),
)
CONVERSATION_BUTTONS = (
    Button(
        name="eta",
        label=gettext_lazy("Tell time of arrival"),
        icon="schedule",
        fits=_wanted(ETA, before_the_ride=True),
        consequence=lambda booking: (
            _("%(provider)s is told when the asset is at the pick-up point.") % {"provider": booking.provider}
        ),
        run=_tell_eta,
        done=gettext_lazy("The time of arrival is told."),
        form=EtaForm,
    ),
    Button(
        name="message",
        label=gettext_lazy("Message to traveller"),
        icon="chat",
        fits=_wanted(GENERAL),
        consequence=lambda booking: (
            _("%(provider)s is sent the message, and shows it to the traveller.") % {"provider": booking.provider}
        ),
        run=_tell_end_user,
        done=gettext_lazy("The message is sent."),
        form=MessageForm,
    ),
)
