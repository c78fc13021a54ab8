"""Draws a chart of a table as lines and ticks for the template; no markup."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from stadtkern.kernel.ui.numbers import figure
from stadtkern.kernel.ui.shapes import Scale, hours, nice, path
from stadtkern.systems.open_data import cells
from stadtkern.systems.open_data.charts import Drawn, Line

WIDTH: Final = 720
HEIGHT: Final = 260
LEFT: Final = 64
RIGHT: Final = 12
TOP: Final = 14
BOTTOM: Final = 226
LABELS: Final = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A line chart: its paths by name, its axes, and what it says in words."""

    paths: list[tuple[str, str]]
    across: list[Tick]
    up: list[Tick]
    summary: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One bar with its share of the longest (0 to 1)."""

    name: str
    value: str
    share: float


def line(drawn: Drawn) -> Picture | None:
    """Of lines of instants and values; None where nothing is known."""
    known = [value for one in drawn.lines for _at, value in one.pairs if value is not None]
    if len(known) < 2:
        return None
    levels = nice(min(known), max(known))
    first, last = span(drawn)
    x = Scale(low=first.timestamp(), high=last.timestamp(), start=LEFT, end=WIDTH - RIGHT)
    y = Scale(low=levels[0], high=levels[-1], start=BOTTOM, end=TOP)
    return Picture(
        paths=[(one.name, _path(one, x, y)) for one in drawn.lines],
        across=[
            Tick(at=x.at(at.timestamp()), text=when(at, drawn)) for at in _marks(first, last, drawn)
        ],
        up=[Tick(at=y.at(level), text=cells.number(level)) for level in levels],
        summary=" ".join(_said(one) for one in drawn.lines),
    )


def _path(one: Line, x: Scale, y: Scale) -> str:
    return path((x.at(t.timestamp()), None if v is None else y.at(v)) for t, v in one.pairs)


def _said(one: Line) -> str:
    known = [value for _at, value in one.pairs if value is not None]
    if not known:
        return ""
    said = _("Lowest %(low)s, highest %(high)s, last %(last)s.") % {
        "low": cells.number(min(known)), "high": cells.number(max(known)),
        "last": cells.number(known[-1])}  # fmt: skip
    return f"{one.name}: {said}" if one.name else said


def span(drawn: Drawn) -> tuple[datetime, datetime]:
    """The first and the last instant of all lines."""
    times = [at for one in drawn.lines for at, _value in one.pairs]
    return min(times), max(times)


def rows(drawn: Drawn) -> list[tuple[str, list[float | None]]]:
    """The lines as a table: each instant with the value of every line."""
    found: dict[datetime, list[float | None]] = {}
    for i, one in enumerate(drawn.lines):
        for at, value in one.pairs:
            found.setdefault(at, [None] * len(drawn.lines))[i] = value
    return [(when(at, drawn), found[at]) for at in sorted(found)]


def bars(drawn: Drawn) -> list[Bar]:
    """Bars from the longest down."""
    longest = max((abs(value) for _name, value in drawn.pairs if value is not None), default=0)
    return [
        Bar(name=str(name), value=figure(None) if value is None else cells.number(round(value, 2)),
            share=abs(value or 0) / longest if longest else 0)
        for name, value in drawn.pairs
    ]  # fmt: skip


def when(at: datetime, drawn: Drawn) -> str:
    """An instant as the axis and the table say it."""
    if drawn.step == "year":
        return str(at.year)
    there = timezone.localtime(at)
    first, last = span(drawn)
    if last - first > timedelta(days=800):
        return formats.date_format(there, "n/Y")
    if last - first > timedelta(days=2):
        return cells.day(there.date())
    return formats.time_format(there, "H:i")


def _marks(first: datetime, last: datetime, drawn: Drawn) -> list[datetime]:
    if drawn.step == "year":
        years = sorted({at for one in drawn.lines for at, _value in one.pairs})
        return years[:: max(1, -(-len(years) // LABELS))]
    found = hours(first, last)
    return found[:: max(1, -(-len(found) // LABELS))]
