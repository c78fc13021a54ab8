"""Drawings of an analysis, made by the server: they need no script, and they print."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from stadtkern.kernel.effects import wording
from stadtkern.kernel.ui.linechart import Tick
from stadtkern.kernel.ui.numbers import figure
from stadtkern.kernel.ui.shapes import Scale, nice, path

WIDTH, LEFT, RIGHT, TOP = 720, 58, 12, 24
TALL, LOW = 300, 220
ROW, MOST_TICKS, SMOOTH = 46, 7, 4
Values = Sequence[float | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """Weeks across, values up: a band, lines with their class, and where the measure began."""

    summary: str
    height: int
    bottom: float
    band: str
    lines: list[tuple[str, str]]
    across: list[Tick]
    up: list[Tick]
    begun: float
    begins: str
    zero: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line of placebos: what it shows, its dots, and a bar where there is an interval."""

    title: str
    y: float
    dots: list[float]
    bar: tuple[float, float] | None = None
    own: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Placebos:
    """What the same calculation finds where, and when, nothing was done."""

    summary: str
    height: float
    bottom: float
    rows: list[Row]
    across: list[Tick]
    zero: float


def natural(values: Values, given: Mapping[str, Any]) -> list[float | None]:
    """From the scale that was reckoned on to the unit of the values."""
    if given["scale"] != "log":
        return list(values)
    return [None if value is None else exp(value) for value in values]


def shown_effect(given: Mapping[str, Any]) -> Callable[[float], float]:
    """From the scale that was reckoned on to percent, or to the unit."""
    return wording.percent if given["scale"] == "log" else float


def observed(given: Mapping[str, Any], result: Mapping[str, Any]) -> Chart:
    """What was measured, what was to be expected, and how far that is usually off."""
    band, expected = result["band"], result["expected"]
    low = natural([_moved(value, -band) for value in expected], given)
    high = natural([_moved(value, band) for value in expected], given)
    middle = natural(expected, given)
    levels = _levels([*given["target"], *low, *high])
    across, up = _scales(given, levels, TALL)
    unit = given["targets"][0]["unit"]
    return _chart(
        given, TALL, levels, across, up,
        summary=_summary(given, middle, unit),
        band=_band(across, up, low, high),
        lines=[
            ("expected", _line(across, up, middle)),
            ("observed", _line(across, up, given["target"])),
        ],
    )  # fmt: skip


def over_time(given: Mapping[str, Any], result: Mapping[str, Any]) -> Chart:
    """The distance from what was to be expected, week by week, and smoothed over four weeks."""
    to_show, band = shown_effect(given), result["band"]
    weekly = [None if value is None else to_show(value) for value in result["gap"]]
    smooth = [None if value is None else to_show(value) for value in _smoothed(result["gap"])]
    low, high = [to_show(-band)] * len(weekly), [to_show(band)] * len(weekly)
    levels = _levels([*smooth, *low, *high])
    across, up = _scales(given, levels, LOW)
    clipped = [None if v is None else min(max(v, levels[0]), levels[-1]) for v in weekly]
    return _chart(
        given, LOW, levels, across, up,
        summary=_("Distance from what was to be expected, by week."),
        band=_band(across, up, low, high),
        lines=[
            ("weekly", _line(across, up, clipped)),
            ("observed", _line(across, up, smooth)),
        ],
        zero=up.at(0),
    )  # fmt: skip


def placebos(given: Mapping[str, Any], result: Mapping[str, Any]) -> Placebos:
    """The measure's own effect above what is found at other places and other times."""
    to_show = shown_effect(given)
    space = [to_show(one) for one in result["placebos"]["space"] if one is not None]
    time = [to_show(one["effect"]) for one in result["placebos"]["time"]]
    ends = (to_show(result["low"]), to_show(result["high"]))
    own = to_show(result["effect"])
    levels = nice(min([*space, *time, *ends, 0.0]), max([*space, *time, *ends, 0.0]))
    x = Scale(low=levels[0], high=levels[-1], start=LEFT, end=WIDTH - RIGHT - 20)
    parts = [
        (_("The measure"), [own], ends, True),
        (_("Other places, where nothing was done"), space, None, False),
        (_("Earlier dates, when nothing was done"), time, None, False),
    ]
    rows = [
        Row(
            title=title, y=TOP + 24 + ROW * i, dots=[x.at(one) for one in dots], own=is_own,
            bar=(x.at(bar[0]), x.at(bar[1])) if bar else None,
        )
        for i, (title, dots, bar, is_own) in enumerate(parts)
    ]  # fmt: skip
    bottom = TOP + ROW * len(rows) + 4.0
    unit = "%" if given["scale"] == "log" else given["targets"][0]["unit"]
    return Placebos(
        summary=_("The measure beside what is found where nothing was done."),
        height=bottom + 30, bottom=bottom, rows=rows, zero=x.at(0),
        across=[Tick(at=x.at(v), text=f"{_number(v, levels)} {unit}".strip()) for v in levels],
    )  # fmt: skip


def _moved(value: float | None, by: float) -> float | None:
    return None if value is None else value + by


def _smoothed(values: Values) -> list[float | None]:
    """The mean of four weeks that end with each; None where fewer than three are known."""
    found: list[float | None] = []
    for i in range(len(values)):
        known = [one for one in values[max(0, i - SMOOTH + 1) : i + 1] if one is not None]
        found.append(sum(known) / len(known) if len(known) >= SMOOTH - 1 else None)
    return found


def _levels(values: Values) -> list[float]:
    known = [value for value in values if value is not None]
    return nice(min(known), max(known))


def _scales(given: Mapping[str, Any], levels: list[float], height: int) -> tuple[Scale, Scale]:
    last = len(given["weeks"]) - 1
    across = Scale(low=0, high=last, start=LEFT, end=WIDTH - RIGHT)
    return across, Scale(low=levels[0], high=levels[-1], start=height - 34, end=TOP)


def _line(across: Scale, up: Scale, values: Values) -> str:
    return path((across.at(i), None if v is None else up.at(v)) for i, v in enumerate(values))


def _band(across: Scale, up: Scale, low: Values, high: Values) -> str:
    """One closed shape over the weeks in which the band is known."""
    known = [
        (across.at(i), up.at(a), up.at(b))
        for i, (a, b) in enumerate(zip(low, high, strict=True))
        if a is not None and b is not None
    ]
    there = "L".join(f"{x:.1f} {top:.1f}" for x, _bottom, top in known)
    back = "L".join(f"{x:.1f} {bottom:.1f}" for x, bottom, _top in reversed(known))
    return f"M{there}L{back}Z" if known else ""


def _chart(
    given: Mapping[str, Any], height: int, levels: list[float], across: Scale, up: Scale,
    **said: Any,
) -> Chart:  # fmt: skip
    begins = date.fromisoformat(given["begins"])
    return Chart(
        height=height,
        bottom=height - 34,
        across=list(_months(given["weeks"], across)),
        up=[Tick(at=up.at(v), text=_number(v, levels)) for v in levels],
        begun=across.at(_weeks_since(given, begins)),
        begins=date_format(begins, "SHORT_DATE_FORMAT"),
        **said,
    )


def _weeks_since(given: Mapping[str, Any], day: date) -> float:
    return (day - date.fromisoformat(given["weeks"][0])).days / 7


def _months(weeks: Sequence[str], across: Scale) -> Iterator[Tick]:
    """The first week of months, so many that they can be read."""
    first, last = date.fromisoformat(weeks[0]), date.fromisoformat(weeks[-1])
    months = (last.year - first.year) * 12 + last.month - first.month
    step = next(n for n in (1, 2, 3, 6, 12, 24, 48) if months / n < MOST_TICKS)
    for n in range(-(-(first.month) // step) * step, first.month + months + 1, step):
        day = date(first.year + n // 12, n % 12 + 1, 1)
        if first <= day <= last:
            at = across.at((day - first).days / 7)
            yield Tick(at=at, text=date_format(day, "m/Y"))


def _number(value: float, levels: Sequence[float]) -> str:
    step = levels[1] - levels[0]
    return figure(value, next((n for n in range(4) if abs(round(step, n) - step) < 1e-9), 4))


def _summary(given: Mapping[str, Any], expected: Values, unit: str) -> str:
    size, decimals = given["after"], given["targets"][0]["decimals"]
    seen = [value for value in given["target"][-size:] if value is not None]
    due = [value for value in expected[-size:] if value is not None]
    if not seen or not due:
        return _("What was measured and what was to be expected, by week.")
    text = _("Since the measure %(seen)s %(unit)s a week on average, %(due)s were to be expected.")
    return text % {
        "seen": figure(sum(seen) / len(seen), decimals),
        "due": figure(sum(due) / len(due), decimals),
        "unit": "" if unit == "1" else unit,
    }
