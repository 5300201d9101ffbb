"""Rounding money: half up, to the minor unit of its currency (ISO 4217)."""

from decimal import ROUND_HALF_UP, Decimal

# ISO 4217 currencies whose minor unit is not a hundredth, as the number of decimals.
OTHER_DECIMALS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
}


def decimals_of(currency: str) -> int:
    """How many decimals amounts of a currency have."""
    return OTHER_DECIMALS.get(currency, 2)


def round_amount(amount: Decimal, currency: str) -> Decimal:
    """`amount` to the currency's minor unit, halves away from zero."""
    return amount.quantize(Decimal(1).scaleb(-decimals_of(currency)), rounding=ROUND_HALF_UP)


def without_vat(amount: Decimal, vat_rate: Decimal, currency: str) -> Decimal:
    """The part of an amount including VAT that is not VAT; `vat_rate` in percent."""
    return round_amount(amount * 100 / (100 + vat_rate), currency)
