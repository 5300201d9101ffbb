"""Putting a finished ride right, in the admin: what really was, the new fare beside the old, then done."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.template.defaultfilters import floatformat
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from apps.assets.models import Asset
from apps.backoffice.buttons import Button, Press, ReasonForm
from apps.backoffice.fields import MomentField
from apps.backoffice.words import amount_in_words, moment, place_in_words
from apps.legs.correcting import Truth, correct, corrected
from apps.legs.models import Leg, LegState
from apps.payments.selectors import refund_limit
from apps.stations.models import Station

MOST_KM = 10_000


class CorrectionForm(ReasonForm):
    """What really was; what is left as it stands here stays so."""

    departure = MomentField(label=_("Began"), seconds=True)
    arrival = MomentField(label=_("Ended"), seconds=True)
    kilometers = forms.DecimalField(
        label=_("Distance"), min_value=0, max_value=MOST_KM, decimal_places=3, widget=UnfoldAdminDecimalFieldWidget,
        help_text=_("In km."),
    )  # fmt: skip
    station = forms.ModelChoiceField(
        Station.objects.all(),
        label=_("Left at"),
        required=False,
        empty_label=_("As it was"),
        widget=UnfoldAdminSelectWidget,
        help_text=_("The asset itself is not moved."),
    )
    asset = forms.CharField(
        label=_("Asset"),
        widget=UnfoldAdminTextInputWidget,
        help_text=_("The code of the asset that was ridden. The agreed price list stays."),
    )
    field_order = ("departure", "arrival", "kilometers", "station", "asset", "reason")

    def __init__(self, *args: Any, subject: Leg, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        self.fields["departure"].initial = subject.actual_departure_time
        self.fields["arrival"].initial = subject.actual_arrival_time
        self.fields["kilometers"].initial = Decimal(subject.distance_meters or 0) / 1000
        self.fields["asset"].initial = subject.asset.code if subject.asset is not None else ""

    def clean_asset(self) -> Asset:
        """The asset with that code."""
        asset = Asset.objects.filter(code=self.cleaned_data["asset"].strip()).first()
        if asset is None:
            raise forms.ValidationError(gettext("There is no asset with this code."))
        return asset


def _truth(press: Press) -> Truth:
    """What was answered, without what the page had filled in."""
    leg, answers = cast("Leg", press.subject), press.answers
    meters = round(answers["kilometers"] * 1000)
    return Truth(
        departure=answers["departure"] if answers["departure"] != leg.actual_departure_time else None,
        arrival=answers["arrival"] if answers["arrival"] != leg.actual_arrival_time else None,
        meters=meters if meters != (leg.distance_meters or 0) else None,
        station_id=answers["station"].pk if answers["station"] is not None else None,
        asset_id=answers["asset"].pk if answers["asset"].pk != leg.asset_id else None,
    )


def _preview(press: Press) -> list[tuple[str, str, str]]:
    leg, truth = cast("Leg", press.subject), _truth(press)
    found = corrected(leg, truth, now=timezone.now())
    currency, before = found.settlement.currency, place_in_words(leg.to_place)
    return [
        (gettext("Began"), moment(leg.actual_departure_time), moment(truth.departure or leg.actual_departure_time)),
        (gettext("Ended"), moment(leg.actual_arrival_time), moment(truth.arrival or leg.actual_arrival_time)),
        (gettext("Distance"), _km(leg.distance_meters or 0), _km(found.usage.distance_meters)),
        (gettext("Left at"), before, str(press.answers["station"] or before)),
        (gettext("Asset"), str(leg.asset), str(press.answers["asset"])),
        (
            gettext("Fare"),
            amount_in_words(found.cost, currency),
            amount_in_words(found.settlement.amount, currency),
        ),
        (gettext("Journal"), "", _difference_in_words(found.difference, currency)),
        (str(leg.booking.provider), "", gettext("is sent the leg as it then is")),
    ]


def _difference_in_words(difference: Decimal, currency: str) -> str:
    told = {"amount": amount_in_words(abs(difference), currency)}
    if difference > 0:
        return gettext("%(amount)s is charged and claimed") % told
    if difference < 0:
        return gettext("%(amount)s is given back and claimed as a credit") % told
    return gettext("no entry: the fare is the same")


def _km(meters: int) -> str:
    return f"{floatformat(Decimal(meters) / 1000, 3)} km"


def _run(press: Press) -> None:
    leg = cast("Leg", press.subject)
    limit = refund_limit(press.user, leg.fare["parts"][0]["currencyCode"])
    correct(leg_id=leg.pk, truth=_truth(press), actor=press.actor, reason=press.reason, alone_up_to=limit)


CORRECT = Button(
    name="correct",
    label=_("Correct the ride"),
    icon="edit_note",
    fits=lambda leg: leg.state == LegState.FINISHED and leg.asset_id is not None,
    consequence=lambda leg: (
        gettext(
            "What really was counts instead of what was measured. The new fare is shown before anything is done; the "
            "difference becomes an entry of the journal, and %(provider)s is told."
        )
        % {"provider": leg.booking.provider}
    ),
    preview=_preview,
    run=_run,
    done=_("The ride is corrected."),
    form=CorrectionForm,
)
