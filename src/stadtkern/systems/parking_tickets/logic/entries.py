"""Every change of a price is an entry in the city's books, whoever took the money."""

from stadtkern.kernel.payments.ledger import Post, write
from stadtkern.systems.parking_tickets.logic import refunds
from stadtkern.systems.parking_tickets.models import Change, Operator, Session, Settlement, Zone


def revenue(zone: Zone, source: str) -> str:
    """The part of the city's income that a right belongs to, as budgets and lists name it."""
    return f"parking:{zone.number}:{source}"


def owed_by(operator: Operator) -> str:
    """The part of what is owed to the city that an operator will settle."""
    return f"parking:{operator.slug}"


def coins_in(number: str) -> str:
    """The part of what is held for the city that lies in a machine."""
    return f"coins:{number}"


def book(row: Session, change: Change) -> None:
    """The difference that a change makes. What is paid here is booked by the payment kernel."""
    if change.delta_cents == 0:
        return
    if row.source == "web":
        if change.delta_cents < 0:
            refunds.give_back(row, -change.delta_cents, f"parking:{change.pk}")
        return
    tax = tax_part(row.zone, change.cents) - tax_part(row.zone, change.cents - change.delta_cents)
    write(
        f"parking:{change.pk}", f"{row.zone.number} {row.public_id}: {change.kind}",
        [_debit(row, change.delta_cents),
         Post(account="revenue", detail=revenue(row.zone, row.source),
              cents=tax - change.delta_cents),
         Post(account="tax", detail=str(row.zone.tax_rate), cents=-tax)],
    )  # fmt: skip


def _debit(row: Session, cents: int) -> Post:
    if row.source == "machine":
        return Post(account="provider", detail=coins_in(row.coin_ticket.machine.number),
                    cents=cents)  # fmt: skip
    assert row.operator is not None
    return Post(account="receivable", detail=owed_by(row.operator), cents=cents)


def tax_part(zone: Zone, cents: int) -> int:
    """The tax inside of a gross amount, rounded half up."""
    whole = 1000 + zone.tax_rate
    return (2 * cents * zone.tax_rate + whole) // (2 * whole)


def settled(row: Settlement, cents: int) -> None:
    """An operator's money for a month came to the bank (or went back, where it is negative)."""
    write(
        f"parking-settlement:{row.pk}", f"{row.number}: {row.operator.name}",
        [Post(account="bank", cents=cents),
         Post(account="receivable", detail=owed_by(row.operator), cents=-cents)],
    )  # fmt: skip
