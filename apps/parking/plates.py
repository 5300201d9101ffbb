"""Licence plates as people write them, and as they are compared."""

import unicodedata


def normal_plate(written: str) -> str:
    """The letters and digits of a plate, in capitals: `ab-12 cd` is `AB12CD`. Empty where there are none."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", written).upper() if sign.isalnum())
