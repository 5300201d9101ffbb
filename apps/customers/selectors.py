"""Reading customer accounts."""

from apps.customers.models import CustomerAccount
from apps.providers.models import Provider
from apps.tomp.errors import NotFound


def account_of(provider: Provider, account_id: str, *, lock: bool = False) -> CustomerAccount:
    """An account of this MP; `NotFound` for any other, and for one that was erased."""
    accounts = CustomerAccount.objects.filter(provider=provider, account_id=account_id, erased_at=None)
    account = (accounts.select_for_update(of=("self",)) if lock else accounts).first()
    if account is None:
        raise NotFound("There is no such customer.")
    return account
