"""A line chart drawn by the server: the twin of `<city-chart>` for pages without JavaScript."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from stadtkern.kernel.ui.numbers import figure
from stadtkern.kernel.ui.shapes import Line, Scale, hours, nice, path

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 480, 230, 52, 8, 12, 200


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A mark on an axis: where it stands and what it says."""

    at: float
    text: str


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """All that the template needs to draw."""

    summary: str
    paths: list[tuple[str, str]]
    across: list[Tick]
    up: list[Tick]
    unit: str


def draw(series: Sequence[Line]) -> Drawing | None:
    """The drawing of one or more lines with one unit; None where nothing is known."""
    known = [(at, value) for line in series for at, value in line.points if value is not None]
    if not known:
        return None
    times = [at for line in series for at, value in line.points]
    levels = nice(min(v for at, v in known), max(v for at, v in known))
    x = Scale(
        low=min(times).timestamp(), high=max(times).timestamp(), start=LEFT, end=WIDTH - RIGHT
    )
    y = Scale(low=levels[0], high=levels[-1], start=BOTTOM, end=TOP)
    return Drawing(
        summary=" ".join(_summary(line) for line in series),
        paths=[(line.name, _path(line, x, y)) for line in series],
        across=_across(min(times), max(times), x),
        up=[Tick(at=y.at(v), text=figure(v, _decimals(levels))) for v in levels],
        unit=series[0].unit,
    )


def _path(line: Line, x: Scale, y: Scale) -> str:
    points = ((x.at(t.timestamp()), None if v is None else y.at(v)) for t, v in line.points)
    return path(points)


def _across(start: datetime, end: datetime, x: Scale) -> list[Tick]:
    pattern = "H:i" if end - start <= timedelta(hours=36) else _("j M")
    return [
        Tick(at=x.at(t.timestamp()), text=formats.date_format(timezone.localtime(t), pattern))
        for t in hours(start, end)
    ]


def _decimals(levels: Sequence[float]) -> int:
    step = levels[1] - levels[0]
    return next((n for n in range(4) if abs(round(step, n) - step) < 1e-9), 4)


def _summary(line: Line) -> str:
    known = [value for at, value in line.points if value is not None]
    if not known:
        return _("%(name)s: no values.") % {"name": line.name}
    figures = {
        "low": figure(min(known), line.decimals),
        "high": figure(max(known), line.decimals),
        "last": figure(known[-1], line.decimals),
    }
    said = _("%(name)s: lowest %(low)s, highest %(high)s, last %(last)s %(unit)s.")
    return said % {"name": line.name, "unit": line.unit, **figures}
