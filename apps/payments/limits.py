"""How much one of staff may give back alone."""

from decimal import Decimal

from apps.tomp.errors import IllegalState


def check_limit(given_back: Decimal, currency: str, *, alone_up_to: Decimal | None) -> None:
    """Raise `IllegalState` for more than `alone_up_to` (None: as much as was charged), VAT included."""
    if alone_up_to is not None and given_back > alone_up_to:
        raise IllegalState(f"This is more than the {alone_up_to.normalize():f} {currency} you may give back.")
