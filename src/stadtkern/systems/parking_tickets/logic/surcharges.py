"""What apps ask of drivers on top of the city's fee: shown beside it, never the city's money."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stadtkern.systems.parking_tickets.models import Operator


@dataclass(frozen=True, kw_only=True, slots=True)
class Bill:
    """What a driver pays with one seller, in cents; `monthly` comes once a month besides."""

    name: str
    fee: int
    surcharge: int
    monthly: int
    invented: bool

    @property
    def sum(self) -> int:
        """Fee and surcharge."""
        return self.fee + self.surcharge


def surcharge(asked: Mapping[str, Any], fee: int) -> int:
    """Cents on top of a fee: a flat part, and a share of the fee with a least amount."""
    share = (2 * fee * int(asked.get("per_mille", 0)) + 1000) // 2000
    if share or asked.get("per_mille"):
        share = max(share, int(asked.get("least_cents", 0)))
    return share + int(asked.get("flat_cents", 0))


def bills(fee: int) -> list[Bill]:
    """The same fee with every active app, the cheapest first."""
    found = [
        Bill(name=one.name, fee=fee, surcharge=surcharge(one.surcharge, fee),
             monthly=int(one.surcharge.get("monthly_cents", 0)), invented=one.invented)
        for one in Operator.objects.filter(active=True)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.sum, one.monthly, one.name))
