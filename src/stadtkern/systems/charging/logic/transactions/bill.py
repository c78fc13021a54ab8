"""Freezes what a session costs on its row."""

from stadtkern.systems.charging.logic import price
from stadtkern.systems.charging.models import Transaction


def freeze(found: Transaction) -> None:
    """The bill with this energy and time, on a row that is not saved yet; none without a tariff."""
    made = price.of(found)
    if made is not None:
        found.price = [line.said() for line in made.lines]
        found.net_cents, found.gross_cents = made.net_cents, made.gross_cents
