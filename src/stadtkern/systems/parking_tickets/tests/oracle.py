"""A slow second opinion on prices: it walks through the time tick by tick, from the rules' text."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def minutes(text: str) -> int:
    hours, rest = text.split(":")
    return int(hours) * 60 + int(rest)


def window_of(
    rules: Mapping[str, Any], stamp: int, zone: ZoneInfo, holidays: Collection[date]
) -> tuple[Any, date] | None:
    """The window that costs at this second, with the day on which that window began."""
    wall = datetime.fromtimestamp(stamp, zone)
    for window in rules["windows"]:
        first, last = minutes(window["begins"]), minutes(window["ends"])
        if last <= first:
            last += 24 * 60
        for back in (0, 1):
            day = wall.date() - timedelta(days=back)
            kind = "PH" if day in holidays else NAMES[day.weekday()]
            minute = wall.hour * 60 + wall.minute + back * 24 * 60
            if kind in window["days"] and first <= minute < last:
                return window, day
    return None


def rate_of(steps: Any, seconds: int) -> Fraction:
    """Cents for the next second after so many."""
    for step in steps:
        length = step.get("minutes")
        if length is None or seconds < length * 60:
            return Fraction(step["cents"], step.get("per_minutes", 60) * 60)
        seconds -= length * 60
    raise AssertionError("steps come to an end")


def cost(  # noqa: C901, PLR0915  one walk, to be read from top to bottom
    rules: Mapping[str, Any], begins: datetime, until: datetime, zone: ZoneInfo,
    holidays: Collection[date], *, vehicle: str = "car", before: int = 0, tick: int = 1,
) -> int:  # fmt: skip
    """Cents. With a tick of 60 seconds everything has to lie on whole minutes."""
    first, last = int(begins.timestamp()), int(until.timestamp())
    how = rules.get("minute", "begun")
    if how == "ended":
        last -= (last - first) % 60
    counted, sum_, at = before, Fraction(), first
    windows: dict[Any, Fraction] = {}
    days: dict[date, Fraction] = {}
    started: dict[Any, int] = {}
    previous: Any = None
    while True:
        found = window_of(rules, at, zone, holidays)
        current = None if found is None else (found[0]["name"], found[1])
        if at >= last:
            # Only the minute that has begun goes on, in the window in which it began.
            if how != "begun" or (at - first) % 60 == 0 or current is None:
                break
            if current != previous:
                break
        if found is not None:
            window, owner = found
            key, day = (window["name"], owner), datetime.fromtimestamp(at, zone).date()
            if key not in started:
                started[key] = counted if started else 0
            position = counted if rules.get("follow_through", True) else counted - started[key]
            if counted < rules.get("free_minutes", 0) * 60:
                rate = Fraction()
            else:
                rate = rate_of(window["steps"], position)
            klass = rules.get("vehicles", {}).get(vehicle)
            if klass and (not klass.get("until") or day <= date.fromisoformat(klass["until"])):
                rate *= Fraction(klass["per_mille"], 1000)
            room = [rate * tick]
            if window.get("most_cents") is not None:
                room.append(window["most_cents"] - windows.get(key, Fraction()))
            if rules.get("most_day_cents") is not None:
                room.append(rules["most_day_cents"] - days.get(day, Fraction()))
            added = min(room)
            windows[key] = windows.get(key, Fraction()) + added
            days[day] = days.get(day, Fraction()) + added
            sum_ += added
            counted += tick
        previous = current
        at += tick
    if sum_ > 0:
        sum_ = max(sum_, Fraction(rules.get("least_cents", 0)))
    return int(sum_ + Fraction(1, 2))


def utc(text: str, zone: ZoneInfo, fold: int = 0) -> datetime:
    """A time on the wall as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)
