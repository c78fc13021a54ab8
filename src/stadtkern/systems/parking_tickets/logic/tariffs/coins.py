"""How long coins last: the other way round, from an amount to an end."""

from datetime import datetime, timedelta

from stadtkern.systems.parking_tickets.logic.tariffs.limits import latest
from stadtkern.systems.parking_tickets.logic.tariffs.prices import price
from stadtkern.systems.parking_tickets.logic.tariffs.rules import Rules
from stadtkern.systems.parking_tickets.logic.tariffs.spans import Calendar, whole


def until_for(
    rules: Rules, begins: datetime, cents: int, calendar: Calendar, *,
    vehicle: str = "car", before: int = 0,
) -> datetime:  # fmt: skip
    """The latest end, in whole minutes from `begins`, that costs at most `cents`.

    A price never falls when time is added, so halving finds it. It is `begins` itself where the
    coins do not pay for a minute, and never later than the tariff allows.
    """
    first = whole(begins)
    last = latest(rules, first, calendar, before=before)
    low, high = 0, int((last - first).total_seconds()) // 60
    while low < high:
        middle = (low + high + 1) // 2
        told = price(rules, first, first + timedelta(minutes=middle), calendar,
                     vehicle=vehicle, before=before)  # fmt: skip
        low, high = (middle, high) if told.cents <= cents else (low, middle - 1)
    return first + timedelta(minutes=low)
