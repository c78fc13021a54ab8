"""Lines, bars, stacked bars and small multiples of a chart's series."""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _

from stadtkern.kernel.ui.numbers import figure
from stadtkern.kernel.ui.shapes import Scale, nice, path
from stadtkern.systems.statistics.drawing.marks import Drawing, Key, Path
from stadtkern.systems.statistics.drawing.series import Chart, Series

WIDTH, LEFT, RIGHT = 540.0, 60.0, 12.0
LABEL = 160.0
BAR, GAP = 18.0, 8.0
LONG = 3 * 366  # days


def draw(chart: Chart) -> list[Drawing]:
    """The pictures of a chart: one, or one for each series of small multiples."""
    draws: dict[str, Callable[[Chart], Drawing]] = {
        "line": _lines, "bars": _bars, "stacked": _stacked,
    }  # fmt: skip
    if chart.kind == "multiples":
        return [_small(chart, one) for one in chart.series]
    return [draws[chart.kind](chart)]


def _values(series: Sequence[Series]) -> list[float]:
    return [value for one in series for value in one.values if value is not None]


def _levels(values: Sequence[float]) -> list[float]:
    """Axes of amounts begin at zero."""
    return nice(min(0.0, *values), max(0.0, *values)) if values else [0.0, 1.0]


def _decimals(levels: Sequence[float]) -> int:
    step = levels[1] - levels[0]
    return next((n for n in range(3) if abs(round(step, n) - step) < 1e-9), 3)


def _summary(chart: Chart, series: Sequence[Series]) -> str:
    said = []
    for one in series[:4]:
        known = [(v, chart.points[i]) for i, v in enumerate(one.values) if v is not None]
        if not known:
            continue
        low, high = min(known), max(known)
        words = _("%(name)slowest %(low)s (%(where)s), highest %(high)s (%(there)s).")
        said.append(words % {
            "name": f"{one.name}: " if one.name else "", "low": chart.text(low[0]),
            "where": low[1], "high": chart.text(high[0]), "there": high[1],
        })  # fmt: skip
    return " ".join(said) or _("no number")


def _keys(series: Sequence[Series], kind: str) -> list[Key]:
    named = [one for one in series if one.name]
    return [Key(look=f"{kind} s{i + 1}", text=one.name) for i, one in enumerate(named)]


def _lines(chart: Chart) -> Drawing:
    levels = _levels(_values(chart.series))
    y = Scale(low=levels[0], high=levels[-1], start=266, end=12)
    across = _across(chart, LEFT, WIDTH - RIGHT)
    drawing = Drawing(
        width=WIDTH, height=300, summary=_summary(chart, chart.series),
        keys=_keys(chart.series, "line") if len(chart.series) > 1 else (),
    )  # fmt: skip
    _grid(drawing, levels, y, LEFT, WIDTH - RIGHT)
    for number, one in enumerate(chart.series):
        points = [
            (x, None if v is None else y.at(v)) for x, v in zip(across, one.values, strict=True)
        ]
        drawing.paths.append(_line_path(points, number))
        _dots(drawing, chart, one, points, number)
    _points(drawing, chart, across, 288, _room(chart))
    return drawing


def _line_path(points: Sequence[tuple[float, float | None]], number: int) -> Path:
    return Path(d=path(points), look=f"line s{number + 1}")


def _dots(
    drawing: Drawing, chart: Chart, one: Series,
    points: Sequence[tuple[float, float | None]], number: int,
) -> None:  # fmt: skip
    """Points that can be pointed at, where there are few; a lone point has no line to show it."""
    if len(points) > 40:
        return
    for i, (x, y) in enumerate(points):
        value = one.values[i]
        if y is not None and value is not None:
            said = f"{one.name} {chart.points[i]}: {chart.text(value)}".strip()
            drawing.bar(x - 3, y - 3, 6, 6, f"fill s{number + 1}", said)


def _across(chart: Chart, start: float, end: float) -> list[float]:
    """Where the points stand: by their dates, or evenly."""
    if chart.dates:
        days = [day.toordinal() for day in chart.dates]
        x = Scale(low=min(days), high=max(days), start=start + 8, end=end - 8)
        return [x.at(day) for day in days]
    count = max(1, len(chart.points) - 1)
    return [start + 8 + (end - start - 16) * i / count for i in range(len(chart.points))]


def _points(drawing: Drawing, chart: Chart, across: Sequence[float], y: float, most: int) -> None:
    last = len(chart.points) - 1
    step = max(1, last if most == 2 else -(-len(chart.points) // most))
    for i in range(last, -1, -step):
        anchor = "end" if i == last and last else "start" if i == 0 and last else "middle"
        drawing.line(across[i], y - 18, across[i], y - 13, "tick")
        drawing.word(across[i], y, _tick(chart, i), anchor)


def _room(chart: Chart) -> int:
    """How many names fit below the axis."""
    longest = max(len(_tick(chart, i)) for i in range(len(chart.points)))
    return max(2, int((WIDTH - LEFT) / (longest * 8 + 12)))


def _tick(chart: Chart, i: int) -> str:
    """A point's name below the axis; over many years the year is enough."""
    if chart.dates and (chart.dates[-1] - chart.dates[0]).days > LONG:
        return str(chart.dates[i].year)
    return chart.points[i][:16]


def _grid(drawing: Drawing, levels: Sequence[float], y: Scale, start: float, end: float) -> None:
    decimals = _decimals(levels)
    for level in levels:
        drawing.line(start, y.at(level), end, y.at(level), "zero" if level == 0 else "grid")
        drawing.word(start - 8, y.at(level) + 5, figure(level, decimals), "end")


def _bars(chart: Chart) -> Drawing:
    """Lying bars: names are long. Several series stand below each other for each name."""
    series = chart.series
    levels = _levels(_values(series))
    thick = BAR if len(series) == 1 else max(7.0, BAR - 3 * len(series))
    block = thick * len(series) + GAP
    height = 24 + block * len(chart.points)
    x = Scale(low=levels[0], high=levels[-1], start=LABEL, end=WIDTH - 60)
    drawing = Drawing(width=WIDTH, height=height, summary=_summary(chart, series),
                      keys=_keys(series, "fill") if len(series) > 1 else ())  # fmt: skip
    _upright(drawing, levels, x, height)
    for i, name in enumerate(chart.points):
        top = 24 + block * i
        drawing.word(LABEL - 10, top + (block - GAP) / 2 + 5, _short(name), "end")
        for number, one in enumerate(series):
            _lying(drawing, chart, x, top + thick * number, thick, one, i, number)
    return drawing


def _lying(
    drawing: Drawing, chart: Chart, x: Scale, top: float, thick: float,
    one: Series, i: int, number: int,
) -> None:  # fmt: skip
    value = one.values[i]
    if value is None:
        drawing.word(x.at(0) + 6, top + thick - 4, "·", "start", "small")
        return
    start, end = sorted((x.at(0), x.at(value)))
    said = f"{chart.points[i]} {one.name}: {chart.text(value)}"
    drawing.bar(start, top, end - start, thick - 1.5, f"fill s{number + 1}", said)
    if len(chart.series) == 1:
        drawing.word(end + 6, top + thick - 4, figure(value, chart.decimals), "start", "small")


def _upright(drawing: Drawing, levels: Sequence[float], x: Scale, height: float) -> None:
    decimals = _decimals(levels)
    for i, level in enumerate(levels):
        drawing.line(x.at(level), 20, x.at(level), height, "zero" if level == 0 else "grid")
        anchor = "start" if i == 0 else "middle"
        drawing.word(x.at(level), 13, figure(level, decimals), anchor, "small")


def _short(name: str, most: int = 23) -> str:
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def _stacked(chart: Chart) -> Drawing:
    """Each name a full bar, divided by the shares of the series."""
    block = BAR + GAP
    height = 24 + block * len(chart.points)
    x = Scale(low=0, high=100, start=LABEL, end=WIDTH - 20)
    drawing = Drawing(width=WIDTH, height=height, summary=_summary(chart, chart.series),
                      keys=_keys(chart.series, "fill"), note=_("Shares in percent."))  # fmt: skip
    _upright(drawing, [0, 25, 50, 75, 100], x, height)
    for i, name in enumerate(chart.points):
        top = 24 + block * i
        drawing.word(LABEL - 10, top + 14, _short(name), "end")
        known = [one.values[i] or 0 for one in chart.series]
        done, whole = 0.0, sum(known)
        for number, value in enumerate(known):
            if whole:
                share = 100 * value / whole
                said = f"{name}, {chart.series[number].name}: {chart.text(value)}"
                said = f"{said} ({figure(share, 1)} %)"
                wide = x.at(done + share) - x.at(done)
                drawing.bar(x.at(done), top, wide - 1, BAR, f"fill s{number + 1}", said)
                done += share
    return drawing


def _small(chart: Chart, one: Series) -> Drawing:
    """One series alone, on the same axis as the others."""
    levels = _levels(_values([one] if chart.lone else chart.series))
    drawing = Drawing(width=330, height=190, title=one.name, summary=_summary(chart, [one]))
    y = Scale(low=levels[0], high=levels[-1], start=156, end=10)
    _grid(drawing, levels[:: max(1, len(levels) // 3)], y, 62, 322)
    across = _across(chart, 62, 322)
    points = [(x, None if v is None else y.at(v)) for x, v in zip(across, one.values, strict=True)]
    drawing.paths.append(_line_path(points, 0))
    _dots(drawing, chart, one, points, 0)
    _points(drawing, chart, across, 178, 2)
    return drawing
