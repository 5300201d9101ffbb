"""What staff may tell about a booking, where its MP takes it: when the asset comes, and a message to the traveller."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from apps.backoffice.buttons import Button, Press, SubjectForm
from apps.bookings.conversation import ETA, OPEN, tell_end_user, tell_eta
from apps.bookings.models import Booking
from apps.bookings.notifications import GENERAL
from apps.legs.models import BEFORE_THE_RIDE, Leg
from apps.webhooks.services import is_wanted

# Nobody is told earlier that the asset comes.
MOST_MINUTES = 24 * 60


class LegForm(SubjectForm):
    """Which leg it is about; asked where the booking has more than one that can be meant."""

    leg = forms.ModelChoiceField(Leg.objects.none(), empty_label=None, widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        legs = self.legs()
        choice: Any = self.fields["leg"]
        choice.queryset = legs
        choice.label_from_instance = lambda leg: f"Leg {leg.sequence}"
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
        min_value=0,
        max_value=MOST_MINUTES,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"autofocus": True}),
        help_text="Until the asset is at the pick-up point; 0 says that it has arrived.",
    )
    comment = forms.CharField(
        max_length=500,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text="Told to the MP as well.",
    )

    def legs(self) -> Any:
        """Those whose ride has not begun."""
        return super().legs().filter(state__in=BEFORE_THE_RIDE)


class MessageForm(LegForm):
    """What the traveller is to read."""

    message = forms.CharField(
        max_length=1000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "autofocus": True}),
        help_text="In the operator's first language. Kept in the timeline.",
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


CONVERSATION_BUTTONS = (
    Button(
        name="eta",
        label="Tell time of arrival",
        icon="schedule",
        fits=_wanted(ETA, before_the_ride=True),
        consequence=lambda booking: f"{booking.provider} is told when the asset is at the pick-up point.",
        run=_tell_eta,
        done="The time of arrival is told.",
        form=EtaForm,
    ),
    Button(
        name="message",
        label="Message to traveller",
        icon="chat",
        fits=_wanted(GENERAL),
        consequence=lambda booking: f"{booking.provider} is sent the message, and shows it to the traveller.",
        run=_tell_end_user,
        done="The message is sent.",
        form=MessageForm,
    ),
)
