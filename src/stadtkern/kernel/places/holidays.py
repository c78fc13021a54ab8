"""Public holidays of the German states by rule: what is closed then, and what they move."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

# Days after Easter Sunday, and fixed days, that are holidays everywhere in Germany.
EASTER_DAYS = (-2, 1, 39, 50)
FIXED = ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26))
# What single states add, by their ISO 3166-2 letters; since when, where that is recent.
STATE_EASTER = {60: ("BW", "BY", "HE", "NW", "RP", "SL")}
STATE_FIXED: dict[tuple[int, int], tuple[str, ...]] = {
    (1, 6): ("BW", "BY", "ST"),
    (8, 15): ("SL",),
    (10, 31): ("BB", "HB", "HH", "MV", "NI", "SN", "SH", "ST", "TH"),
    (11, 1): ("BW", "BY", "NW", "RP", "SL"),
}
STATES = (
    "BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH",
)  # fmt: skip


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm of Meeus, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(year: int, state: str) -> frozenset[date]:
    """The public holidays of a year; without a state those of the whole country."""
    sunday = easter(year)
    found = {sunday + timedelta(days=n) for n in EASTER_DAYS}
    found |= {date(year, *one) for one in FIXED}
    found |= {sunday + timedelta(days=n) for n, states in STATE_EASTER.items() if state in states}
    found |= {date(year, *one) for one, states in STATE_FIXED.items() if state in states}
    return frozenset(found | set(_of_one_state(year, state)))


def _of_one_state(year: int, state: str) -> Iterator[date]:
    """Days that only one state keeps: Repentance Day, Women's Day, Children's Day."""
    if state == "SN":
        before = date(year, 11, 22)
        yield before - timedelta(days=(before.weekday() - 2) % 7)
    if (state == "BE" and year >= 2019) or (state == "MV" and year >= 2023):
        yield date(year, 3, 8)
    if state == "TH" and year >= 2019:
        yield date(year, 9, 20)
