"""The buttons of an asset's page: out of service, back again, retired."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.db.models import Model
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminRadioSelectWidget

from apps.assets.locks.models import LockState
from apps.assets.models import OUT_OF_SERVICE, Asset, AssetState
from apps.assets.services import change_service_state, jobs_in_the_way, note_lock_works
from apps.backoffice.buttons import Button, Press, ReasonForm
from apps.backoffice.words import moment
from apps.bookings.models import Booking
from apps.fleet.withdrawing import bookings_promised, fitting_states, why_kept, withdraw


class WithdrawalForm(ReasonForm):
    """Why; and, where the asset is promised, what becomes of the bookings that hold it.

    `seen` brings back which bookings staff were asked about, so that no other is cancelled. While one of them is under
    way nothing is offered, and the form says why.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    bookings = forms.ChoiceField(
        label=_("What becomes of what it is promised to?"),
        choices=[("cancel", _("Cancel, and tell the provider the reason"))],
        widget=UnfoldAdminRadioSelectWidget,
        error_messages={"required": _("Say what becomes of it, or go back.")},
    )

    def __init__(self, *args: Any, subject: Model, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        self.promised = bookings_promised(self.asset_of(subject))
        if not self.promised:
            del self.fields["bookings"], self.fields["seen"]
            return
        self.kept = [told for booking in self.promised if (told := why_kept(booking))]
        if self.kept:
            del self.fields["bookings"]
            self.fields["reason"].help_text = format_html_join("", "<p>{}</p>", ((told,) for told in self.kept))
            return
        named = "; ".join(_booking_in_words(booking) for booking in self.promised)
        self.fields["bookings"].help_text = gettext("Promised to booking %(named)s") % {"named": named}
        self.fields["seen"].initial = self._keys()

    def asset_of(self, subject: Model) -> int:
        """The key of the asset that is taken out of service."""
        return int(subject.pk)

    def _keys(self) -> str:
        return " ".join(str(booking.pk) for booking in self.promised)

    def clean(self) -> dict[str, Any]:
        """Ask again where the bookings are no longer those that were shown."""
        cleaned = super().clean() or self.cleaned_data
        if self.promised and self.kept:
            raise forms.ValidationError(self.kept)
        if self.promised and cleaned.get("seen") != self._keys():
            again = cast("QueryDict", self.data).copy()
            again["seen"] = self._keys()
            self.data = again
            raise forms.ValidationError(
                gettext("Meanwhile the asset is promised otherwise: look again before going on.")
            )
        cleaned["cancelling"] = [booking.pk for booking in self.promised]
        return cleaned


def _booking_in_words(booking: Booking) -> str:
    return f"{str(booking.pk)[:8]} ({booking.provider}, {moment(booking.departure_time)})"


def _always(*sentences: Promise | str) -> Callable[[Any], str]:
    return lambda subject: " ".join(str(sentence) for sentence in sentences)


def _withdrawal(
    event: str, label: Promise, icon: str, state: AssetState, consequence: Callable[[Any], str], done: Promise
) -> Button:
    """A button that takes an asset out of service, into `state`."""

    def run(press: Press) -> None:
        withdraw(
            asset_id=press.subject.pk,
            event=event,
            cancelling=press.answers["cancelling"],
            actor=press.actor,
            reason=press.reason,
        )

    def fits(asset: Asset) -> bool:
        return asset.state in fitting_states(event) and not jobs_in_the_way(event).filter(asset=asset).exists()

    return Button(
        name=event.replace("_", "-"),
        label=label,
        icon=icon,
        fits=fits,
        consequence=consequence,
        run=run,
        done=done,
        form=WithdrawalForm,
        variant=ActionVariant.DANGER if state == AssetState.RETIRED else ActionVariant.DEFAULT,
        group=_("Take out of service"),
    )


def _may_return(asset: Asset) -> bool:
    return asset.state in OUT_OF_SERVICE and not jobs_in_the_way("return_to_service").filter(asset=asset).exists()


def _return_to_service(press: Press) -> None:
    change_service_state(asset_id=press.subject.pk, event="return_to_service", actor=press.actor, reason=press.reason)


def _lock_is_jammed(asset: Asset) -> bool:
    return asset.lock_state == LockState.JAMMED


def _note_lock_works(press: Press) -> None:
    note_lock_works(asset_id=press.subject.pk, actor=press.actor, reason=press.reason)


NOT_OFFERED = _("It is no longer offered to travellers until it is returned to service.")
SERVICE_BUTTONS = (
    Button(
        name="return-to-service",
        label=_("Return to service"),
        icon="check_circle",
        fits=_may_return,
        consequence=_always(_("The asset is offered to travellers again, at the place shown on its page.")),
        run=_return_to_service,
        done=_("The asset is in service again."),
        variant=ActionVariant.SUCCESS,
    ),
    Button(
        name="lock-works",
        label=_("Lock works again"),
        icon="lock_reset",
        fits=_lock_is_jammed,
        consequence=_always(_("The lock no longer counts as jammed, and no longer keeps the asset from being hired.")),
        run=_note_lock_works,
        done=_("The lock counts as working."),
        variant=ActionVariant.SUCCESS,
    ),
    _withdrawal(
        "start_maintenance",
        _("Into maintenance"),
        "build",
        AssetState.MAINTENANCE,
        _always(_("The asset goes to the workshop."), NOT_OFFERED),
        _("The asset is in maintenance."),
    ),
    _withdrawal(
        "start_charging",
        _("Charge"),
        "ev_station",
        AssetState.CHARGING,
        _always(_("The asset is taken away to be charged."), NOT_OFFERED),
        _("The asset is being charged."),
    ),
    _withdrawal(
        "start_relocation",
        _("Relocate"),
        "local_shipping",
        AssetState.RELOCATING,
        _always(_("The asset is brought to another place."), NOT_OFFERED),
        _("The asset is being relocated."),
    ),
    _withdrawal(
        "report_missing",
        _("Report missing"),
        "search_off",
        AssetState.MISSING,
        _always(_("Nobody can find the asset."), NOT_OFFERED),
        _("The asset is reported missing."),
    ),
    _withdrawal(
        "retire",
        _("Retire"),
        "delete_forever",
        AssetState.RETIRED,
        _always(_("The asset is never hired again. This cannot be undone.")),
        _("The asset is retired."),
    ),
)
