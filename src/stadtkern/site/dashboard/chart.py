"""A place's history: the drawn twin, the table, and the addresses that the chart loads from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from stadtkern.kernel.things import series
from stadtkern.kernel.things.models import Datastream
from stadtkern.kernel.things.series import Series
from stadtkern.kernel.ui.shapes import Line
from stadtkern.site.dashboard import history, readings
from stadtkern.site.dashboard.history import Period
from stadtkern.site.dashboard.readings import Value

DRAWN = 400
TABLED = 2000
PER_PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One series in one row of the table; decimals belong to the series."""

    mean: float | None
    low: float | None
    high: float | None
    decimals: int


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """One step of time in the table."""

    at: datetime
    cells: list[Cell]


def context(request: HttpRequest, shown: Sequence[Value]) -> dict[str, Any]:
    """All that the history of a place needs; empty where nothing at it can be drawn."""
    numeric = {value.stream.pk: value for value in shown if value.numeric}
    if not numeric:
        return {"chosen": None}
    ids = list(numeric)
    chosen = numeric[history.choose(request.GET, "series", ids) or ids[0]]
    groups = history.comparable(chosen.stream)
    other = history.choose(request.GET, "with", [one.id for one in history.labels(groups)])
    streams = [chosen.stream, *_other(other)]
    period = history.period(request.GET, chosen.at)
    return {
        "chosen": chosen,
        "numeric": list(numeric.values()),
        "groups": groups,
        "other": other,
        "period": period,
        "ranges": [(slug, title) for slug, (title, _length) in history.RANGES.items()],
        **_addresses(request, streams, period),
        **_content(request, streams, period),
    }


def _other(number: int | None) -> list[Datastream]:
    return list(Datastream.objects.public().to_show().filter(pk=number)) if number else []


def _addresses(request: HttpRequest, streams: list[Datastream], period: Period) -> dict[str, str]:
    ids = ",".join(str(stream.pk) for stream in streams)
    when = {"from": period.start.isoformat(), "to": period.end.isoformat()}
    table = {
        "series": streams[0].pk,
        **({"with": streams[1].pk} if len(streams) > 1 else {}),
        **when,
        "view": "table",
    }
    return {
        "chart_url": data_url(ids),
        "csv_url": f"{reverse('series-csv')}?{urlencode({'datastreams': ids, **when})}",
        "table_url": f"{request.path}?{urlencode(table)}#history",
    }


def data_url(ids: str) -> str:
    """Where a chart loads these datastreams from, with names in the reader's language."""
    language = {"lang": "en"} if get_language() == "en" else {}
    return f"{reverse('series')}?{urlencode({'datastreams': ids, **language}, safe=',')}"


def _content(request: HttpRequest, streams: list[Datastream], period: Period) -> dict[str, Any]:
    ids = [stream.pk for stream in streams]
    tabled = request.GET.get("view") == "table"
    found = series.series(ids, period.start, period.end, TABLED if tabled else DRAWN)
    if tabled:
        return {"view": "table", "table": _table(request, streams, found), "step": found.step,
                "names": [name(stream, streams) for stream in streams]}  # fmt: skip
    return {"view": "chart", "lines": lines(streams, found), "step": found.step}


def lines(streams: Sequence[Datastream], found: Series) -> list[Line]:
    """The series as the server draws them."""
    return [
        Line(
            name=name(stream, streams), unit=readings.unit(stream), decimals=stream.decimals,
            points=list(zip(found.times, line.mean, strict=True)),
        )
        for stream, line in zip(streams, found.lines, strict=True)
    ]  # fmt: skip


def name(stream: Datastream, beside: Sequence[Datastream]) -> str:
    """The property; where several places are compared, with the place."""
    title, place = readings.title(stream), stream.thing.place
    places = {one.thing.place_id for one in beside}
    return f"{title}, {place.title}" if place and len(places) > 1 else title


def _table(request: HttpRequest, streams: Sequence[Datastream], found: Series) -> "Page[TableRow]":
    """Newest first; steps without any value are left out."""
    rows = []
    for i in reversed(range(len(found.times))):
        cells = [
            Cell(mean=line.mean[i], low=line.low[i], high=line.high[i], decimals=stream.decimals)
            for stream, line in zip(streams, found.lines, strict=True)
        ]
        if any(cell.mean is not None for cell in cells):
            rows.append(TableRow(at=found.times[i], cells=cells))
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
