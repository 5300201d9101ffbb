"""Messages to MPs, what became of them, and sending one again."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from apps.backoffice.admin_base import ReadOnlyAdmin
from apps.backoffice.badges import state_badge
from apps.backoffice.buttons import Button, Press
from apps.backoffice.filters import FewValuesFilter
from apps.backoffice.words import NOTHING, link, moment, object_in_words, table
from apps.bookings.models import Booking
from apps.tomp.identifiers import as_uuid
from apps.webhooks.models import DeliveryState, OutboxMessage
from apps.webhooks.services import resend


def _is_parked(message: OutboxMessage) -> bool:
    return message.state == DeliveryState.FAILED


def _what_resending_does(message: OutboxMessage) -> str:
    return gettext(
        "The message is sent to %(provider)s once more, under the same key, so that they can drop a double."
    ) % {"provider": message.provider}


def _resend(press: Press) -> None:
    resend(message_id=press.subject.pk, actor=press.actor, reason=press.reason)


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    """The outbox."""

    when_empty = _("Nothing was told to MPs yet. An MP with a callback endpoint is told what happens to its bookings.")
    list_display = ("created_at", "subject", "state_shown", "provider", "booking_shown", "attempts", "next_shown")
    list_filter = ("state", "provider", ("subject", FewValuesFilter), "created_at")
    list_select_related = ("provider",)
    search_fields = ("booking_id",)
    search_help_text = _("A booking's id")
    ordering = ("-id",)
    fieldsets = (
        (
            _("Message"),
            {"fields": (("subject", "state_shown"), ("provider_shown", "booking_shown"), ("written", "arrived"))},
        ),
        (_("Delivery"), {"fields": (("attempts", "next_shown"), "address", "attempts_shown")}),
        (_("Content"), {"fields": ("body_shown", "answer_shown", "key")}),
    )
    readonly_fields = (
        "state_shown",
        "provider_shown",
        "booking_shown",
        "written",
        "arrived",
        "next_shown",
        "address",
        "attempts_shown",
        "body_shown",
        "answer_shown",
        "key",
    )
    buttons = (
        Button(
            name="resend",
            label=_("Send again"),
            icon="send",
            fits=_is_parked,
            consequence=_what_resending_does,
            run=_resend,
            done=_("The message is to be delivered again."),
            variant=ActionVariant.PRIMARY,
        ),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[OutboxMessage], search_term: str
    ) -> tuple[QuerySet[OutboxMessage], bool]:
        """By the whole id of a booking."""
        if not search_term.strip():
            return queryset, False
        booking_id = as_uuid(search_term.strip())
        return queryset.filter(booking_id=booking_id) if booking_id else queryset.none(), False

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, message: OutboxMessage) -> SafeString:
        """In words."""
        return state_badge("message", message.state)

    @admin.display(description=_("provider"))
    def provider_shown(self, message: OutboxMessage) -> SafeString:
        """To whom."""
        return link(message.provider)

    @admin.display(description=_("booking"))
    def booking_shown(self, message: OutboxMessage) -> Any:
        """About what."""
        if message.booking_id is None:
            return NOTHING
        return link(Booking(pk=message.booking_id), str(message.booking_id)[:8])

    @admin.display(description=_("written"))
    def written(self, message: OutboxMessage) -> str:
        """When it was written."""
        return moment(message.created_at)

    @admin.display(description=_("delivered"))
    def arrived(self, message: OutboxMessage) -> str:
        """When the MP took it."""
        return moment(message.delivered_at)

    @admin.display(description=_("next attempt"))
    def next_shown(self, message: OutboxMessage) -> str:
        """When it is tried again, as long as it is."""
        return moment(message.next_attempt_at) if message.state == DeliveryState.PENDING else NOTHING

    @admin.display(description=_("sent to"))
    def address(self, message: OutboxMessage) -> str:
        """Method and path, below the booking's own address or the MP's."""
        base = message.base_url or gettext("the provider's address")
        return gettext("%(method)s %(path)s, below %(base)s") % {
            "method": message.method,
            "path": message.path,
            "base": base,
        }

    @admin.display(description=_("attempts made"))
    def attempts_shown(self, message: OutboxMessage) -> SafeString | str:
        """Each with its outcome."""
        return table(
            [gettext("When"), gettext("Answer"), gettext("Error"), gettext("Took")],
            [
                [
                    moment(attempt.at),
                    attempt.status or NOTHING,
                    attempt.error or NOTHING,
                    gettext("%(duration_ms)s ms") % {"duration_ms": attempt.duration_ms},
                ]
                for attempt in message.delivery_attempts.all()
            ],
        )

    @admin.display(description=_("body"))
    def body_shown(self, message: OutboxMessage) -> SafeString | str:
        """The TOMP object as sent."""
        return object_in_words(message.body)

    @admin.display(description=_("answer"))
    def answer_shown(self, message: OutboxMessage) -> str:
        """What the MP answered to a question."""
        return message.answer or NOTHING
