"""What staff do with a support request: take it up, answer, ask, resolve, close."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextareaWidget, UnfoldBooleanSwitchWidget

from apps.backoffice.buttons import Button, Press, SubjectForm
from apps.legs.models import LegState
from apps.support import services
from apps.support.models import OPEN, SupportRequest, SupportState

# Nobody is told a longer time.
MOST_MINUTES = 7 * 24 * 60


class MessageForm(SubjectForm):
    """What the traveller is to read."""

    message = forms.CharField(
        label=_("Message"),
        max_length=1000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "autofocus": True}),
        help_text=_("To the traveller, in the operator's first language."),
    )


class OptionalMessageForm(MessageForm):
    """The same, where there need not be anything to say."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["message"].required = False


class TakeUpForm(OptionalMessageForm):
    """How long it will take."""

    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=0,
        max_value=MOST_MINUTES,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("Minutes until it will be resolved, as far as can be said. Told to the MP."),
    )
    field_order = ("minutes", "message")


class ResolveForm(OptionalMessageForm):
    """Whether a ride that it stopped goes on."""

    ride_goes_on = forms.BooleanField(
        label=_("The ride goes on"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("The issue of its leg is resolved too; otherwise the leg waits until staff end it."),
    )

    def __init__(self, *args: Any, subject: Any, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        if subject.leg is None or subject.leg.state != LegState.ISSUE_REPORTED:
            del self.fields["ride_goes_on"]


def _is_open(request: SupportRequest) -> bool:
    return request.state in OPEN


def _waits_for_us(request: SupportRequest) -> bool:
    return request.state == SupportState.PROCESSING


def _take_up(press: Press) -> None:
    answers = press.answers
    services.take_up(
        request_id=press.subject.pk, actor=press.actor, minutes=answers["minutes"], message=answers["message"]
    )


def _answer(press: Press) -> None:
    services.answer(request_id=press.subject.pk, actor=press.actor, message=press.answers["message"])


def _ask(press: Press) -> None:
    services.ask(request_id=press.subject.pk, actor=press.actor, message=press.answers["message"])


def _resolve(press: Press) -> None:
    answers = press.answers
    services.resolve(
        request_id=press.subject.pk,
        actor=press.actor,
        message=answers["message"],
        ride_goes_on=answers.get("ride_goes_on", False),
    )


def _close(press: Press) -> None:
    services.close(request_id=press.subject.pk, actor=press.actor, message=press.answers["message"])


def _told(what: str | Promise) -> Any:
    return lambda request: (
        gettext("%(what)s %(provider)s reads it in the status of the request.")
        % {"what": what, "provider": request.provider}
    )


SUPPORT_BUTTONS = (
    Button(
        name="take-up",
        label=_("Take up"),
        icon="front_hand",
        fits=_is_open,
        consequence=_told(_("The request is yours.")),
        run=_take_up,
        done=_("You are at it."),
        form=TakeUpForm,
        variant=ActionVariant.PRIMARY,
    ),
    Button(
        name="answer",
        label=_("Answer"),
        icon="chat",
        fits=_is_open,
        consequence=_told(_("The traveller is told your message.")),
        run=_answer,
        done=_("The answer is given."),
        form=MessageForm,
    ),
    Button(
        name="ask",
        label=_("Ask the traveller"),
        icon="contact_support",
        fits=_waits_for_us,
        consequence=_told(_("The request waits until the MP tells more.")),
        run=_ask,
        done=_("The question is asked."),
        form=MessageForm,
    ),
    Button(
        name="resolve",
        label=_("Resolve"),
        icon="task_alt",
        fits=_is_open,
        consequence=_told(_("The request is resolved.")),
        run=_resolve,
        done=_("The request is resolved."),
        form=ResolveForm,
        variant=ActionVariant.SUCCESS,
    ),
    Button(
        name="close",
        label=_("Close"),
        icon="cancel",
        fits=_is_open,
        consequence=_told(_("The request is closed without a solution, and the traveller is told why.")),
        run=_close,
        done=_("The request is closed."),
        form=MessageForm,
        variant=ActionVariant.DANGER,
    ),
)
