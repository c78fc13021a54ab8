"""The next day of a car park, drawn by the server: the line that is foreseen, and its band."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.utils import formats, timezone

from stadtkern.kernel.ui.numbers import figure
from stadtkern.kernel.ui.shapes import Scale, hours, nice
from stadtkern.systems.parking.logic.forecast import read
from stadtkern.systems.parking.logic.forecast.read import Ahead
from stadtkern.systems.parking.models.forecast import WAYS

register = template.Library()
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 480, 210, 40, 8, 10, 182


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Where a mark of an axis stands, and what it says."""

    at: str
    text: str


@register.inclusion_tag("parking/forecast_part.html")
def forecast_band(site_pk: int) -> dict[str, Any]:
    """The forecast of the car park with this `models.Site`; nothing where there is none."""
    outlook = read.outlooks([site_pk]).get(site_pk)
    steps = list(outlook.day()) if outlook else []
    if outlook is None or len(steps) < 2:
        return {"steps": ()}
    return {
        "steps": steps, "made": outlook.row.made, "known": outlook.row.known,
        "way": WAYS[steps[0].method], "width": WIDTH, "height": HEIGHT, "left": LEFT,
        **_drawing(steps, outlook.row.capacity),
    }  # fmt: skip


def _drawing(steps: Sequence[Ahead], capacity: int) -> dict[str, Any]:
    first, last = steps[0].at, steps[-1].at
    x = Scale(low=first.timestamp(), high=last.timestamp(), start=LEFT, end=WIDTH - RIGHT)
    levels = nice(0, max(capacity, 1))
    y = Scale(low=levels[0], high=levels[-1], start=BOTTOM, end=TOP)
    return {
        "band": "".join(_band(run, x, y) for run in _runs(steps)),
        "mid": "".join(_line([(s.at, s.free) for s in run], x, y) for run in _runs(steps)),
        "up": [Mark(at=f"{y.at(level):.1f}", text=figure(level)) for level in levels],
        "across": [
            Mark(at=f"{x.at(at.timestamp()):.1f}",
                 text=formats.date_format(timezone.localtime(at), "H:i"))
            for at in hours(first, last)
        ],
        "base": BOTTOM,
    }  # fmt: skip


def _runs(steps: Sequence[Ahead]) -> list[list[Ahead]]:
    """Steps that follow one another: while it is closed there is a gap."""
    runs: list[list[Ahead]] = [[]]
    for one in steps:
        if runs[-1] and one.at - runs[-1][-1].at > read.QUARTER:
            runs.append([])
        runs[-1].append(one)
    return runs


def _band(run: Sequence[Ahead], x: Scale, y: Scale) -> str:
    top = [(one.at, one.high) for one in run]
    low = [(one.at, one.low) for one in reversed(run)]
    return _line([*top, *low], x, y) + "Z"


def _line(points: Sequence[tuple[datetime, int]], x: Scale, y: Scale) -> str:
    spots = (f"{x.at(at.timestamp()):.1f} {y.at(value):.1f}" for at, value in points)
    return "M" + "L".join(spots)
