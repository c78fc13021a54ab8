"""What an option costs over some years: from low to high, discounted where that is wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

PARTS: Final = ("one_off", "yearly", "per_case")
Pair = tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Total:
    """The sum of all years in cents, and what of it is not known.

    `one_off` and `running` are its parts; `unknown` names the missing ones, so that a sum that
    looks small because nobody has asked is seen as such.
    """

    low: int
    high: int
    one_off: Pair
    running: Pair
    unknown: tuple[str, ...]


def total(
    cost: Mapping[str, Any], cases: Pair | None, years: int, discount: Decimal = Decimal(0)
) -> Total:
    """`cost` as `Decision.costs` keeps an option, `cases` a year, `discount` in per cent a year.

    What is paid once is paid at the beginning; what runs is paid at the end of each year.
    """
    once, yearly, per_case = (_pair(cost.get(name)) for name in PARTS)
    unknown = [name for name, pair in zip(PARTS, (once, yearly, per_case), strict=True)
               if pair is None]  # fmt: skip
    if per_case is not None and any(per_case) and cases is None:
        unknown.append("cases")
    factor = worth(years, discount)
    a_year = [
        (yearly or (0, 0))[at] + (per_case or (0, 0))[at] * (cases or (0, 0))[at] for at in (0, 1)
    ]
    running = (_round(a_year[0] * factor), _round(a_year[1] * factor))
    first = once or (0, 0)
    return Total(low=first[0] + running[0], high=first[1] + running[1], one_off=first,
                 running=running, unknown=tuple(unknown))  # fmt: skip


def worth(years: int, discount: Decimal) -> Decimal:
    """What one cent at the end of each year is worth today, all years together."""
    rate = 1 + discount / 100
    return sum((1 / rate**year for year in range(1, years + 1)), Decimal(0))


def _pair(value: object) -> Pair | None:
    if isinstance(value, Sequence) and len(value) == 2:
        return int(value[0]), int(value[1])
    return None


def _round(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def cheapest(totals: Mapping[str, Total]) -> str:
    """The option that is surely cheapest: dearer than no other even at its dearest; else empty.

    Only options whose costs are all known are compared.
    """
    known = {name: one for name, one in totals.items() if not one.unknown}
    for name, one in known.items():
        others = [other for key, other in known.items() if key != name]
        if others and all(one.high < other.low for other in others):
            return name
    return ""
