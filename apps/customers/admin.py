"""Customers: who they are, for those who may know; block and unblock."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from apps.backoffice.admin_base import ReadOnlyAdmin
from apps.backoffice.badges import state_badge
from apps.backoffice.buttons import Button, Press
from apps.backoffice.looks import may_see, note_look
from apps.backoffice.words import NOTHING, customer_in_words, link, moment, object_in_words
from apps.customers.found_by import FoundBy, with_key
from apps.customers.models import CustomerAccount, CustomerState
from apps.customers.services import block, customer_of, unblock


def _block(press: Press) -> None:
    block(account=press.subject, actor=press.actor, reason=press.reason)


def _unblock(press: Press) -> None:
    unblock(account=press.subject, actor=press.actor, reason=press.reason)


@admin.register(CustomerAccount)
class CustomerAccountAdmin(ReadOnlyAdmin):
    """Travellers that MPs have registered. Who opens one and sees whom it is, is written down."""

    when_empty = _(
        "Travellers come here when an MP registers them. Those who book without being registered are found by "
        "their booking."
    )
    search_finds_people = True
    list_display = ("account_id", "state_shown", "provider", "created_at", "modified_at")
    list_filter = ("state", "provider", "created_at")
    list_select_related = ("provider",)
    search_fields = ("account_id",)
    search_help_text = _(
        "A customer's id or the MP's own id, as a whole; for those who may see personal data, also a last name, an "
        "e-mail address or a phone number"
    )
    ordering = ("-created_at",)
    fieldsets = (
        (_("Account"), {"fields": (("account_id", "state_shown"), "provider_shown", ("created", "modified"))}),
        (_("Who it is"), {"fields": ("person", "more")}),
    )
    readonly_fields = ("account_id", "state_shown", "provider_shown", "created", "modified", "person", "more")
    buttons = (
        Button(
            name="block",
            label=_("Block customer"),
            icon="block",
            fits=lambda account: account.state != CustomerState.BLOCKED and account.erased_at is None,
            consequence=lambda account: gettext("New bookings are refused, and those not yet committed are rejected."),
            run=_block,
            done=_("The customer is blocked."),
            variant=ActionVariant.DANGER,
        ),
        Button(
            name="unblock",
            label=_("Unblock customer"),
            icon="check_circle",
            fits=lambda account: account.state == CustomerState.BLOCKED and account.erased_at is None,
            consequence=lambda account: gettext("The customer can book again."),
            run=_unblock,
            done=_("The customer can book again."),
            variant=ActionVariant.SUCCESS,
        ),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[CustomerAccount], search_term: str
    ) -> tuple[QuerySet[CustomerAccount], bool]:
        """By a whole id; for those who may see who it is, by a name, address or number as people type them too."""
        term = search_term.strip()
        if not term:
            return queryset, False
        accounts = CustomerAccount.objects.all()
        found = accounts.filter(account_id=term).values("pk").union(accounts.filter(external_id=term).values("pk"))
        if may_see(request):
            found = found.union(with_key(accounts, FoundBy("details"), term).values("pk"))
        return queryset.filter(pk__in=found), False

    def get_fieldsets(self, request: HttpRequest, obj: CustomerAccount | None = None) -> Any:
        """Who it is, only for those who may see personal data."""
        shown = super().get_fieldsets(request, obj)
        return shown if may_see(request) else shown[:1]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page; that somebody looked is written down."""
        account = self.get_object(request, object_id)
        note_look(request, account if account is not None and account.details else None)
        return super().change_view(request, object_id, form_url, extra_context)

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, account: CustomerAccount) -> SafeString | str:
        """In words."""
        return gettext("erased") if account.erased_at else state_badge("customer", account.state)

    @admin.display(description=_("provider"))
    def provider_shown(self, account: CustomerAccount) -> SafeString:
        """Through whom."""
        return link(account.provider)

    @admin.display(description=_("registered"))
    def created(self, account: CustomerAccount) -> str:
        """When the MP registered it."""
        return moment(account.created_at)

    @admin.display(description=_("changed"))
    def modified(self, account: CustomerAccount) -> str:
        """When the MP changed it last."""
        return moment(account.modified_at)

    @admin.display(description=_("traveller"))
    def person(self, account: CustomerAccount) -> SafeString | str:
        """Name and addresses."""
        return customer_in_words(customer_of(account)) if account.details else NOTHING

    @admin.display(description=_("all that is registered"))
    def more(self, account: CustomerAccount) -> SafeString | str:
        """The customer as the MP sent it."""
        return object_in_words(customer_of(account)) if account.details else NOTHING
