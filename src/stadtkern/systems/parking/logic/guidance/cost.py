"""What a stay costs by a car park's price list."""

from collections.abc import Sequence
from functools import lru_cache
from math import ceil, gcd

from stadtkern.kernel.feeds.parking import Price


def of_stay(prices: Sequence[Price], has_fee: bool | None, minutes: int) -> int | None:
    """Cents for so many minutes; None where the price is not known.

    The cheapest way to cover the stay: a line for a whole stay, or lines for a span, each as often
    as needed (a day ticket and two hours).
    """
    if has_fee is False:
        return 0
    whole = [one.cents for one in prices if one.minutes is None]
    spans = tuple(sorted((one.minutes, one.cents) for one in prices if one.minutes))
    found = [*whole, *([_covering(spans, minutes)] if spans else [])]
    return min(found, default=None)


@lru_cache(maxsize=512)
def _covering(spans: tuple[tuple[int, int], ...], minutes: int) -> int:
    """The least that covers so many minutes, reckoned step by step: no way is tried twice."""
    step = gcd(*(length for length, _cents in spans))
    least = [0]
    for reached in range(1, ceil(max(minutes, 0) / step) + 1):
        least.append(min(
            cents + least[max(reached - length // step, 0)] for length, cents in spans
        ))  # fmt: skip
    return least[-1]
