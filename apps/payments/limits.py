"""How much one of staff may give back alone."""

from decimal import Decimal

from django.utils.translation import gettext

from apps.tomp.errors import IllegalState


def check_limit(given_back: Decimal, currency: str, *, alone_up_to: Decimal | None) -> None:
    """Raise `IllegalState` for more than `alone_up_to` (None: as much as was charged), VAT included."""
    if alone_up_to is not None and given_back > alone_up_to:
        raise IllegalState(
            gettext("This is more than the %(limit)s %(currency)s you may give back.")
            % {"limit": f"{alone_up_to.normalize():f}", "currency": currency}
        )
