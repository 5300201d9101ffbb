"""Forgetting who travelled: an MP deletes its customer's account."""

from django.db import transaction
from django.utils import timezone

from apps.bookings.models import FINAL, Booking
from apps.customers.selectors import account_of
from apps.customers.services import erase
from apps.history.services import Actor
from apps.providers.models import Provider
from apps.tomp.errors import IllegalState


@transaction.atomic
def forget_customer(*, provider: Provider, account_id: str, actor: Actor) -> None:
    """Erase an account, and what its bookings tell of the traveller but the id.

    Raises `NotFound`, and `IllegalState` while the traveller has a booking that is not over.
    """
    account = account_of(provider, account_id, lock=True)
    now = timezone.now()
    mine = Booking.objects.filter(customer_account=account)
    under_way = [booking for booking in mine.exclude(state__in=FINAL) if booking.state_at(now) not in FINAL]
    if under_way:
        raise IllegalState(f"This customer has a booking that is {under_way[0].state}; delete the account after it.")
    mine.exclude(customer=None).update(customer={"id": account.account_id})
    erase(account, actor=actor)
