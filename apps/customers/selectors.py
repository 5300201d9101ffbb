"""Reading customer accounts."""

from typing import Any

from apps.customers.models import CustomerAccount, CustomerState
from apps.providers.models import Provider
from apps.tomp.errors import CustomerBlocked, NotFound


def account_of(provider: Provider, account_id: str, *, lock: bool = False) -> CustomerAccount:
    """An account of this MP; `NotFound` for any other, and for one that was erased."""
    accounts = CustomerAccount.objects.filter(provider=provider, account_id=account_id, erased_at=None)
    account = (accounts.select_for_update(of=("self",)) if lock else accounts).first()
    if account is None:
        raise NotFound("There is no such customer.")
    return account


def account_named(provider: Provider, customer: dict[str, Any] | None) -> CustomerAccount | None:
    """The account that a booking's `customer` names by its id or its externalId; None where it names none.

    An MP that registers nobody may send ids of its own. Raises `CustomerBlocked`.
    """
    if not customer:
        return None
    accounts = CustomerAccount.objects.filter(provider=provider, erased_at=None)
    account = None
    if customer.get("id"):
        account = accounts.filter(account_id=customer["id"]).first()
    if account is None and customer.get("externalId"):
        account = accounts.filter(external_id=customer["externalId"]).first()
    if account is not None and account.state == CustomerState.BLOCKED:
        raise CustomerBlocked("This customer is blocked.")
    return account
