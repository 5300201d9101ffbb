"""The operator: one page, for there is one."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.backoffice.admin_base import BackofficeAdmin
from apps.operator.models import Operator


class OperatorForm(forms.ModelForm):
    """Languages are typed as a list."""

    languages = SimpleArrayField(
        forms.CharField(max_length=10),
        widget=UnfoldAdminTextInputWidget,
        help_text=Operator._meta.get_field("languages").help_text,
    )


@admin.register(Operator)
class OperatorAdmin(BackofficeAdmin):
    """What /operator/information tells of us, and the time zone of this admin."""

    form = OperatorForm
    fieldsets = (
        ("Name", {"fields": ("system_id", "name", "short_name", "legal_name")}),
        ("Service", {"fields": (("type_of_system", "product_type"), ("time_zone", "languages"), "start_date")}),
        (
            "Contact",
            {"fields": (("email", "phone_number"), ("url", "purchase_url"), "feed_contact_email")},
        ),
        (
            "Legal",
            {"fields": ("conditions", ("chamber_of_commerce_number", "chamber_of_commerce_place"))},
        ),
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """No list of one: straight to the page."""
        if Operator.objects.exists():
            return HttpResponseRedirect(reverse("admin:operator_operator_change", args=[1]))
        return HttpResponseRedirect(reverse("admin:operator_operator_add"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only the first."""
        return super().has_add_permission(request) and not Operator.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Without an operator there is nothing."""
        return False
