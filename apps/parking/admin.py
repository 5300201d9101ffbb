"""Parked cars: staff note that one has come, and that it has left."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from apps.backoffice.admin_base import BackofficeAdmin
from apps.backoffice.badges import badge
from apps.backoffice.buttons import Button, ButtonsMixin, Press
from apps.backoffice.looks import HIDDEN, may_see, note_look
from apps.backoffice.words import NOTHING, link, moment
from apps.parking.models import ParkedCar
from apps.parking.plates import normal_plate
from apps.parking.services import end_stay


class ParkedCarForm(ModelForm):
    """A car that has come."""

    def clean_plate(self) -> str:
        """As plates are compared; not of a car that is parked already."""
        plate = normal_plate(self.cleaned_data["plate"])
        if not plate:
            raise forms.ValidationError(gettext("A licence plate has letters or digits."))
        if ParkedCar.objects.filter(plate=plate, ended_at=None).exists():
            raise forms.ValidationError(gettext("A car with this licence plate is parked already."))
        return plate

    def clean_since(self) -> Any:
        """Not in the future."""
        if self.cleaned_data["since"] > timezone.now():
            raise forms.ValidationError(gettext("This moment has not come yet."))
        return self.cleaned_data["since"]


def _is_parked(car: ParkedCar) -> bool:
    return car.ended_at is None


def _what_ending_does(car: ParkedCar) -> str:
    return gettext("From now on the car counts as gone; no MP can pick up the bill of this stay any more.")


def _end(press: Press) -> None:
    """Note that it has left; the reason goes to the admin's log, for a parked car has no states of its own."""
    end_stay(car_id=press.subject.pk)
    LogEntry.objects.log_actions(
        press.user.pk, [press.subject], CHANGE, change_message=f"Left: {press.reason}", single_object=True
    )


@admin.register(ParkedCar)
class ParkedCarAdmin(ButtonsMixin, BackofficeAdmin):
    """One stay of a car. Who opens one and sees its plate, is written down."""

    when_empty = _(
        "Cars of others that are parked with us are listed here. Add a car when it comes, so that its stay can be paid."
    )
    form = ParkedCarForm
    search_finds_people = True
    list_display = ("plate_hidden", "asset_type", "station", "since", "state_shown", "bill_shown")
    list_filter = ("asset_type", "station")
    list_select_related = ("asset_type", "station", "leg")
    search_fields = ("plate__startswith",)
    autocomplete_fields = ("station",)
    actions = None
    buttons = (
        Button(
            name="end",
            label=_("Car has left"),
            icon="logout",
            fits=_is_parked,
            consequence=_what_ending_does,
            run=_end,
            done=_("The stay has ended."),
            variant=ActionVariant.DANGER,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ParkedCar]:
        """With who picked up the bill."""
        return super().get_queryset(request).select_related("leg")

    def get_fieldsets(self, request: HttpRequest, obj: ParkedCar | None = None) -> Any:
        """What became of it once it is there."""
        shown = "plate" if obj is None or may_see(request) else "plate_hidden"
        stay: Any = (gettext("Stay"), {"fields": (shown, ("asset_type", "station"), "since")})
        return (
            (stay,) if obj is None else (stay, (gettext("End"), {"fields": (("state_shown", "ended"), "bill_shown")}))
        )

    def get_readonly_fields(self, request: HttpRequest, obj: ParkedCar | None = None) -> Any:
        """A stay is noted once; a mistake is ended, and noted anew."""
        told = ("state_shown", "ended", "bill_shown", "plate_hidden")
        return told if obj is None else (*told, "plate", "asset_type", "station", "since")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody may."""
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page; that somebody looked is written down."""
        car = self.get_object(request, object_id)
        note_look(request, car if car is not None and car.plate else None)
        return super().change_view(request, object_id, form_url, extra_context)

    @admin.display(description=_("licence plate"))
    def plate_hidden(self, car: ParkedCar) -> str:
        """How it begins, as long as it is kept: enough to tell cars apart in a list."""
        return f"{car.plate[:2]}{HIDDEN}" if car.plate else gettext("forgotten")

    @admin.display(description=_("state"))
    def state_shown(self, car: ParkedCar) -> SafeString:
        """Parked, billed, or gone."""
        if car.ended_at is None:
            return badge(gettext("parked"), "green")
        return badge(gettext("billed"), "blue") if hasattr(car, "leg") else badge(gettext("left"))

    @admin.display(description=_("ended"))
    def ended(self, car: ParkedCar) -> str:
        """When the stay ended."""
        return moment(car.ended_at)

    @admin.display(description=_("bill"))
    def bill_shown(self, car: ParkedCar) -> SafeString | str:
        """The leg that paid for it."""
        return link(car.leg) if hasattr(car, "leg") else NOTHING
