"""What stands on a receipt."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from stadtkern.kernel import registry
from stadtkern.kernel.payments import words
from stadtkern.kernel.payments.models import Charge, Item


@dataclass(frozen=True, kw_only=True, slots=True)
class Tax:
    """What of the sum is taxed at one rate, in per mille, and the tax that is in it, in cents."""

    rate: int
    gross: int
    cents: int

    @property
    def percent(self) -> float:
        """The rate as people say it."""
        return self.rate / 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """A paid charge; amounts in cents."""

    reference: str
    city: str
    contact: str
    description: str
    items: Sequence[Item]
    cents: int
    taxes: Sequence[Tax]
    paid: datetime
    method: str
    refunded: int
    invented: bool


def receipt_of(charge: Charge) -> Receipt | None:
    """None where it is not paid."""
    payment = charge.transactions.filter(state="booked", surplus=False).first()
    if payment is None or charge.paid is None:
        return None
    items = list(charge.items.order_by("number"))
    city = registry.city()
    return Receipt(
        reference=charge.reference, city=city.city.name, contact=city.city.contact,
        description=charge.description, items=items, cents=charge.cents,
        taxes=_taxes(items), paid=charge.paid, method=str(words.method(payment.method)),
        refunded=charge.refunded_cents, invented=charge.invented,
    )  # fmt: skip


def _taxes(items: Iterable[Item]) -> list[Tax]:
    rates: dict[int, tuple[int, int]] = {}
    for item in items:
        gross, tax = rates.get(item.tax_rate, (0, 0))
        rates[item.tax_rate] = (gross + item.cents, tax + item.tax_cents)
    return [Tax(rate=r, gross=g, cents=t) for r, (g, t) in sorted(rates.items()) if r]
