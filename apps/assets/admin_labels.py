"""The label of one asset, from its page."""

from typing import Any

from django import forms
from django.db.models import Model
from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldBooleanWidget

from apps.assets.identifying import give_qr_code
from apps.assets.label_layouts import Layout
from apps.assets.labels import labels_of, pdf, without_qr_code
from apps.assets.models import Asset, AssetState
from apps.backoffice.buttons import Button, Press, SubjectForm
from apps.backoffice.model_words import choices_in_words


class LabelForm(SubjectForm):
    """What it is printed on; and, where the asset has no QR code, that one is made."""

    layout = forms.ChoiceField(
        label=_("Print on"),
        choices=choices_in_words(Layout),
        initial=Layout.SINGLE,
        widget=UnfoldAdminRadioSelectWidget,
    )
    make_code = forms.BooleanField(
        label=_("Make a QR code for it"),
        help_text=_("It is added to the identifiers of the asset, and stays."),
        widget=UnfoldBooleanWidget,
        error_messages={"required": _("Without a QR code there is no label.")},
    )

    def __init__(self, *args: Any, subject: Model, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, **kwargs)
        if not _has_none(subject):
            del self.fields["make_code"]


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """A PDF that the browser shows, and saves as `name`."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def _has_none(asset: Model) -> bool:
    return without_qr_code(Asset.objects.filter(pk=asset.pk)).exists()


def _fits(asset: Asset) -> bool:
    return asset.state != AssetState.RETIRED


def _consequence(asset: Asset) -> str:
    if _has_none(asset):
        return gettext("The asset has no QR code yet. One is made first, and then its label is shown, to be printed.")
    return gettext("The label with the asset's QR code is shown, to be printed. Nothing changes.")


def _print(press: Press) -> HttpResponse:
    if press.answers.get("make_code"):
        give_qr_code(asset_id=press.subject.pk)
    content = pdf(labels_of([press.subject.pk]), Layout(press.answers["layout"]))
    return pdf_response(content, f"label-{press.subject.pk}")


LABEL_BUTTON = Button(
    name="label",
    label=_("Print label"),
    icon="qr_code_2",
    fits=_fits,
    consequence=_consequence,
    run=_print,
    done="",
    form=LabelForm,
    repeatable=True,
)
