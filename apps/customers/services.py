"""What happens to a customer account. Source: TOMP 1.6.1 /customers."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from apps.customers.models import CustomerAccount, CustomerState
from apps.customers.selectors import account_of
from apps.history.services import Actor, fire, record
from apps.providers.models import Provider
from apps.tomp.errors import CustomerBlocked, DuplicateCustomer, IllegalState, Invalid, Missing, ReadOnlyField

# A TOMP `customer`, as the API reads it.
Customer = dict[str, Any]
# What the MP cannot set: the names in `customerAccount`, and how each reads at present.
READ_ONLY: dict[str, Callable[[CustomerAccount], Any]] = {
    "id": lambda account: account.account_id,
    "status": lambda account: account.state,
    "creationDate": lambda account: account.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    "modificationDate": lambda account: account.modified_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
}
# The fields that follow from a `customer`.
WRITTEN = ("external_id", "email", "details", "modified_at")


@transaction.atomic
def register(*, provider: Provider, customer: Customer, actor: Actor) -> CustomerAccount:
    """A new account, ready to book with. An `id` in `customer` is not looked at: ours is answered.

    Raises `Missing` where nothing is told of the traveller, and `DuplicateCustomer` where the MP has registered
    somebody with this externalId or e-mail address.
    """
    account = CustomerAccount(provider=provider)
    _write(account, _told(customer))
    fire(account, "activate", actor=actor)
    return account


@transaction.atomic
def amend(
    *, provider: Provider, account_id: str, patch: Any, read: Callable[[Any], Customer], actor: Actor
) -> CustomerAccount:
    """Merge `patch` into the account as RFC 7396 says; `read` reads the merged customer, or raises.

    Raises `NotFound`, `DuplicateCustomer`, `Missing` where nothing would be left that tells of the traveller, and
    `ReadOnlyField` for a field that only we set.
    """
    account = account_of(provider, account_id, lock=True)
    for name, present in READ_ONLY.items():
        if name in patch and patch[name] != present(account):
            raise ReadOnlyField(f"{name} is set by the operator.")
    changes = {name: value for name, value in patch.items() if name not in READ_ONLY}
    _write(account, _told(read(merged(customer_of(account), changes))))
    record(account, "amend", actor=actor)
    return account


def _told(customer: Customer) -> Customer:
    """The same, which tells something of the traveller."""
    if not customer.keys() - {"id"}:
        raise Missing(gettext("externalId is missing: an account needs something to know the traveller by."))
    return customer


def lock_account_named(provider_id: int, customer: Customer | None) -> CustomerAccount | None:
    """Lock the account that a booking's `customer` names by its id or its externalId; None where it names none.

    Whoever books for it, erases it or blocks it comes after the other. An MP that registers nobody may send ids of
    its own. Whether the account may travel, `check_may_travel` says.
    """
    if not customer:
        return None
    accounts = CustomerAccount.objects.filter(provider=provider_id).select_for_update(of=("self",), no_key=True)
    account = None
    if customer.get("id"):
        account = accounts.filter(account_id=customer["id"]).first()
    if account is None and customer.get("externalId"):
        account = accounts.filter(external_id=customer["externalId"], erased_at=None).first()
    return account


def check_may_travel(account: CustomerAccount | None) -> None:
    """Raise `Invalid` for an account that has been erased, `CustomerBlocked` for one that is blocked."""
    if account is not None and account.erased_at is not None:
        raise Invalid(gettext("customer.id: this customer has been erased."))
    if account is not None and account.state == CustomerState.BLOCKED:
        raise CustomerBlocked(gettext("This customer is blocked."))


def customer_of(account: CustomerAccount) -> Customer:
    """The account as TOMP's `customer`, without its id."""
    return {**account.details, **({"externalId": account.external_id} if account.external_id else {})}


def merged(target: Any, patch: Any) -> Any:
    """`target` changed by a JSON merge patch: null takes away, an object goes into depth, all else replaces.

    Source: RFC 7396, 2.
    """
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def _write(account: CustomerAccount, customer: Customer) -> None:
    details = {name: value for name, value in customer.items() if name not in ("id", "externalId")}
    account.external_id = customer.get("externalId", "")
    account.email = details.get("email", "").lower()
    account.details = details
    account.modified_at = timezone.now()
    try:
        with transaction.atomic():
            account.save(update_fields=None if account.pk is None else WRITTEN)
    except IntegrityError as error:
        raise DuplicateCustomer(
            gettext("A customer with this externalId or e-mail address is registered already.")
        ) from error


@transaction.atomic
def block(*, account: CustomerAccount, actor: Actor, reason: str) -> None:
    """Staff no longer let this traveller book; `IllegalState` where that is so already."""
    fire(_locked(account), "block", actor=actor, reason=reason)


@transaction.atomic
def unblock(*, account: CustomerAccount, actor: Actor, reason: str) -> None:
    """Staff let this traveller book again."""
    fire(_locked(account), "unblock", actor=actor, reason=reason)


def _locked(account: CustomerAccount) -> CustomerAccount:
    locked = CustomerAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if locked.erased_at is not None:
        raise IllegalState(gettext("This customer has been erased."))
    return locked


def erase(account: CustomerAccount, *, actor: Actor) -> None:
    """Forget all that is personal of a locked account; its id stays, for the bookings it made."""
    account.external_id, account.email, account.details = "", "", {}
    account.erased_at = timezone.now()
    account.save(update_fields=["external_id", "email", "details", "erased_at"])
    record(account, "erase", actor=actor)
