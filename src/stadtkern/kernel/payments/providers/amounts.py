"""Amounts as providers write them."""

from decimal import Decimal, InvalidOperation


def euros(cents: int) -> str:
    """`1250` as `12.50`."""
    return f"{cents // 100}.{cents % 100:02d}"


def cents(value: object) -> int:
    """`12.5`, `"12.50"` as 1250; 0 where it is no amount, so that it counts as another amount."""
    try:
        amount = Decimal(str(value)) * 100
    except InvalidOperation:
        return 0
    return int(amount) if amount.is_finite() and amount == amount.to_integral_value() else 0
