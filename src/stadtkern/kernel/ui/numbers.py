"""Numbers as people in this language write them."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils import formats

MISSING = "–"
MINUS = "\N{MINUS SIGN}"


def figure(value: object, decimals: int = 0) -> str:
    """`11,4` in German, `11.4` in English; from 10,000 on with separators; a dash where missing."""
    number = _number(value)
    if number is None:
        return MISSING
    rounded = number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = formats.number_format(
        abs(rounded), decimal_pos=decimals, force_grouping=abs(rounded) >= 10_000
    )
    return (MINUS if rounded < 0 else "") + text


def _number(value: object) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
