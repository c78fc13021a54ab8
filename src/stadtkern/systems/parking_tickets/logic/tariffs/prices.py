"""The price of a time: every second at its step, capped, and rounded once at the end."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Final

from stadtkern.systems.parking_tickets.logic.tariffs.rules import Rules, Step, Vehicle
from stadtkern.systems.parking_tickets.logic.tariffs.spans import Calendar, Span, spans, whole

MINUTE: Final = 60
FREE, LEAST, REST = "free", "least", "rest"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """Seconds of one window and step. `milli` is in thousandths of a cent, never rounded up.

    `rule` is the window's name, or `free`, `least` (up to the least price), `rest` (coins).
    """

    begins: datetime
    ends: datetime
    rule: str
    seconds: int
    milli: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Priced:
    """A price in cents with the lines that make it up, and the seconds within charging hours.

    The sum of the lines' milli, rounded half up, is the price: lines are cut off downwards one
    after the other, so that rounding happens only once.
    """

    cents: int
    lines: tuple[Line, ...]
    seconds: int


@dataclass(slots=True)
class _Course:
    """Where the fold stands: seconds counted, what each window and day has cost (milli)."""

    seconds: int
    windows: dict[tuple[int, date], Fraction]
    days: dict[date, Fraction]
    starts: dict[tuple[int, date], int]
    sum: Fraction = Fraction()


def price(
    rules: Rules, begins: datetime, until: datetime, calendar: Calendar, *,
    vehicle: str = "car", before: int = 0,
) -> Priced:  # fmt: skip
    """What the time from `begins` to `until` costs; `before` seconds were used up earlier.

    It is always the price of the whole time. Instants are aware; parts of a second do not count.
    """
    first, last = whole(begins), max(whole(until), whole(begins))
    course = _Course(before, {}, {}, {})
    lines: list[Line] = []
    for span in _billed(rules, first, last, calendar):
        lines += _lines(rules, span, course, vehicle)
    if lines:
        lines += _least(rules, course, lines[-1].ends)
    milli = sum(line.milli for line in lines)
    return Priced(cents=(milli + 500) // 1000, lines=tuple(_joined(lines)),
                  seconds=course.seconds - before)  # fmt: skip


def _billed(rules: Rules, first: datetime, last: datetime, calendar: Calendar) -> Iterator[Span]:
    """Spans that cost, to the end that the tariff's rule for the last minute gives.

    A minute begun counts whole, but never past the end of the window in which it began.
    """
    elapsed = round((last - first).total_seconds())
    over = elapsed % MINUTE
    if rules.minute == "ended":
        last -= timedelta(seconds=over)
    ends = last + timedelta(seconds=MINUTE - over if rules.minute == "begun" and over else 0)
    before: Span | None = None
    for span in spans(rules, first, ends, calendar):
        if span.begins >= last and (before is None or _key(before) != _key(span)):
            return
        if span.ends > last and span.window is None:
            return
        if span.window is not None:
            yield span
        before = span


def _key(span: Span) -> tuple[int | None, date | None]:
    return span.window, span.owner


def _lines(rules: Rules, span: Span, course: _Course, vehicle: str) -> Iterator[Line]:
    """One line for every step that the span touches."""
    at = span.begins
    while at < span.ends:
        rule, rate, room = _rate(rules, span, course, vehicle)
        seconds = round((span.ends - at).total_seconds())
        seconds = seconds if room is None else min(seconds, room)
        ends = at + timedelta(seconds=seconds)
        milli = _added(rules, span, course, rate * seconds)
        course.seconds += seconds
        yield Line(begins=at, ends=ends, rule=rule, seconds=seconds, milli=milli)
        at = ends


def _rate(
    rules: Rules, span: Span, course: _Course, vehicle: str
) -> tuple[str, Fraction, int | None]:
    """Name, milli per second, and for how many seconds that holds (None: no end)."""
    assert span.window is not None
    assert span.owner is not None
    window = rules.windows[span.window]
    start = _start(rules, span, course)
    free = rules.free_minutes * MINUTE - course.seconds
    if free > 0:
        return FREE, Fraction(), free
    step, room = _step(window.steps, course.seconds - start)
    share = _share(rules.vehicles.get(vehicle), span.day)
    return window.name, Fraction(step.cents * share, step.per_minutes * MINUTE), room


def _start(rules: Rules, span: Span, course: _Course) -> int:
    """At which count of seconds the steps began; time used earlier counts in the first window."""
    if rules.follow_through:
        return 0
    assert span.window is not None
    assert span.owner is not None
    first = 0 if not course.starts else course.seconds
    return course.starts.setdefault((span.window, span.owner), first)


def _step(steps: tuple[Step, ...], at: int) -> tuple[Step, int | None]:
    """The step that holds after `at` seconds, and how many of its seconds are left."""
    ends = 0
    for step in steps[:-1]:
        ends += (step.minutes or 0) * MINUTE
        if at < ends:
            return step, ends - at
    return steps[-1], None


def _share(vehicle: Vehicle | None, day: date) -> int:
    if vehicle is None or (vehicle.until is not None and day > vehicle.until):
        return 1000
    return vehicle.per_mille


def _added(rules: Rules, span: Span, course: _Course, milli: Fraction) -> int:
    """Add what still fits below the highest prices; whole milli, cut off as the sum goes on."""
    assert span.window is not None
    assert span.owner is not None
    key = (span.window, span.owner)
    most = rules.windows[span.window].most_cents
    in_window, in_day = course.windows.get(key, Fraction()), course.days.get(span.day, Fraction())
    rooms = [milli]
    if most is not None:
        rooms.append(most * 1000 - in_window)
    if rules.most_day_cents is not None:
        rooms.append(rules.most_day_cents * 1000 - in_day)
    added = max(Fraction(), min(rooms))
    course.windows[key], course.days[span.day] = in_window + added, in_day + added
    was, course.sum = course.sum, course.sum + added
    return int(course.sum) - int(was)


def _least(rules: Rules, course: _Course, at: datetime) -> list[Line]:
    """What lifts a price that is not nothing to the least one."""
    lacking = rules.least_cents * 1000 - int(course.sum)
    if course.sum == 0 or lacking <= 0:
        return []
    return [Line(begins=at, ends=at, rule=LEAST, seconds=0, milli=lacking)]


def _joined(lines: list[Line]) -> list[Line]:
    """Lines that follow on each other at the same rule and rate read better as one."""
    found: list[Line] = []
    for line in lines:
        last = found[-1] if found else None
        if last and last.rule == line.rule and last.ends == line.begins and _even(last, line):
            found[-1] = replace(last, ends=line.ends, seconds=last.seconds + line.seconds,
                                milli=last.milli + line.milli)  # fmt: skip
        else:
            found.append(line)
    return found


def _even(one: Line, other: Line) -> bool:
    """Whether both cost the same per second, as far as cut-off milli tell."""
    if not one.seconds or not other.seconds:
        return False
    return abs(one.milli * other.seconds - other.milli * one.seconds) <= one.seconds + other.seconds
