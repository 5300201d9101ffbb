"""A customer account as TOMP's `customerAccount`."""

from typing import Any

from apps.customers.models import CustomerAccount
from apps.customers.services import READ_ONLY, customer_of


def account_object(account: CustomerAccount) -> dict[str, Any]:
    """The account as its MP sees it; times in whole seconds of UTC, as the document demands."""
    return {**customer_of(account), **{name: present(account) for name, present in READ_ONLY.items()}}
