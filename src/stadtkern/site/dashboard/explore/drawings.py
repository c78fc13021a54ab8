"""The explorer's charts as the server draws them: lines by unit, a day with its quartiles."""

from collections.abc import Sequence
from dataclasses import dataclass

from stadtkern.kernel.things.models import Datastream
from stadtkern.kernel.things.profiles import Hour, Profile
from stadtkern.kernel.ui.numbers import figure
from stadtkern.kernel.ui.shapes import Line, Scale, nice, path
from stadtkern.site.dashboard import readings
from stadtkern.site.dashboard.sampled import Sampled, Wanted
from stadtkern.site.dashboard.series_api import sample_name

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 240, 56, 8, 12, 208
SHADES = 7


@dataclass(frozen=True, kw_only=True)
class HeatCell:
    """One hour of the week; `shade` from 0 to 6, nothing where no value is known."""

    text: str
    shade: int | None


@dataclass(frozen=True, kw_only=True)
class DayDrawing:
    """A day's hours: the band between the quartiles, the line of the middle, and both axes."""

    band: str
    line: str
    up: list[tuple[float, str]]
    across: list[tuple[float, str]]


def lines(streams: list[Datastream], found: Sampled, wanted: Wanted) -> list[list[Line]]:
    """One drawing for each unit: two units on one axis would lie."""
    drawn: dict[str, list[Line]] = {}
    for one in found.samples:
        unit = "" if wanted.show == "count" else readings.unit(one.stream)
        drawn.setdefault(unit, []).append(Line(
            name=sample_name(one, streams, wanted), unit=unit, decimals=one.stream.decimals,
            points=list(zip(found.found.times, one.values, strict=True)),
        ))  # fmt: skip
    return list(drawn.values())


def heat(profile: Profile, decimals: int) -> list[list[HeatCell]]:
    """The week as rows of days: darker is more, and the number stands in the cell."""
    known = [hour.mean for day in profile.week for hour in day if hour]
    low, high = min(known, default=0), max(known, default=0)
    return [[_cell(hour, low, high, decimals) for hour in day] for day in profile.week]


def _cell(hour: Hour | None, low: float, high: float, decimals: int) -> HeatCell:
    if hour is None:
        return HeatCell(text="", shade=None)
    share = (hour.mean - low) / (high - low) if high > low else 0
    return HeatCell(text=figure(hour.mean, decimals), shade=min(int(share * SHADES), SHADES - 1))


def day(profile: Profile) -> DayDrawing | None:
    """The usual day; None where nothing is known."""
    known = [hour for hour in profile.day if hour]
    if not known:
        return None
    levels = nice(min(h.lower for h in known), max(h.upper for h in known))
    x = Scale(low=0, high=23, start=LEFT + 8, end=WIDTH - RIGHT - 8)
    y = Scale(low=levels[0], high=levels[-1], start=BOTTOM, end=TOP)
    step = levels[1] - levels[0]
    places = next((n for n in range(4) if abs(round(step, n) - step) < 1e-9), 4)
    return DayDrawing(
        band=_band(profile.day, x, y),
        line=path((x.at(i), y.at(h.middle) if h else None) for i, h in enumerate(profile.day)),
        up=[(y.at(level), figure(level, places)) for level in levels],
        across=[(x.at(hour), str(hour)) for hour in range(0, 24, 3)],
    )


def _band(hours: Sequence[Hour | None], x: Scale, y: Scale) -> str:
    """Pieces of hours that follow one another, each out along the top and back below."""
    pieces: list[list[tuple[int, Hour]]] = [[]]
    for i, hour in enumerate(hours):
        if hour:
            pieces[-1].append((i, hour))
        elif pieces[-1]:
            pieces.append([])
    return "".join(_piece(piece, x, y) for piece in pieces if piece)


def _piece(piece: Sequence[tuple[int, Hour]], x: Scale, y: Scale) -> str:
    top = [(x.at(i), y.at(hour.upper)) for i, hour in piece]
    below = [(x.at(i), y.at(hour.lower)) for i, hour in reversed(piece)]
    return path([*top, *below]) + "Z"
