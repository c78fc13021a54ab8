"""The table twin of a view, and the file with exactly what is on the screen."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import public
from stadtkern.site.dashboard import readings, sampled
from stadtkern.site.dashboard.explore.picker import place_of
from stadtkern.site.dashboard.explore.view import View, read
from stadtkern.site.dashboard.sampled import Sampled
from stadtkern.site.dashboard.series_api import QUALITY, sample_name

POINTS = 2000
PER_PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One series at one step."""

    value: float | None
    low: float | None
    high: float | None
    decimals: int


@dataclass(frozen=True, kw_only=True)
class Row:
    """One step of time."""

    at: datetime
    cells: list[Cell]


def context(request: HttpRequest, view: View) -> dict[str, Any]:
    """A page of the table, the newest first; steps without any value are left out."""
    wanted = view.wanted(POINTS)
    found = sampled.sample(view.streams, wanted)
    rows = [row for i in reversed(range(len(found.found.times))) if (row := _row(found, i))]
    streams = list(view.streams)
    return {
        "table": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "heads": [(sample_name(one, streams, wanted),
                   "" if wanted.show == "count" else readings.unit(one.stream), bool(one.low))
                  for one in found.samples],
        "step": found.found.step,
    }  # fmt: skip


def _row(found: Sampled, i: int) -> Row | None:
    cells = [
        Cell(
            value=one.values[i], low=one.low[i] if one.low else None,
            high=one.high[i] if one.high else None,
            decimals=0 if found.show == "count" else one.stream.decimals,
        )
        for one in found.samples
    ]  # fmt: skip
    known = any(cell.value is not None for cell in cells)
    return Row(at=found.found.times[i], cells=cells) if known else None


@public
@require_safe
def file(request: HttpRequest) -> HttpResponse:
    """The view as CSV: one row for each step and series, with source and licence."""
    view = read(request.GET)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="view.csv"'
    writer = csv.writer(response, lineterminator="\r\n")
    writer.writerow(["time", "datastream", "place", "property", "earlier", "figure", "value",
                     "lowest", "highest", "values", "quality", "unit", "source",
                     "licence"])  # fmt: skip
    if view.streams:
        writer.writerows(_lines(view))
    return response


def _lines(view: View) -> Iterator[list[Any]]:
    found = sampled.sample(view.streams, view.wanted(POINTS))
    shows = "observation" if found.raw else view.show
    for one in found.samples:
        stream = one.stream
        counted = view.show == "count"
        for i, at in enumerate(found.found.times):
            quality = one.line.quality
            yield [
                at.astimezone(UTC).isoformat().replace("+00:00", "Z"), stream.pk, place_of(stream),
                stream.observed_property.slug or stream.observed_property.name,
                str(one.earlier).lower(), shows, _plain(one.values[i]),
                _plain(one.low[i]) if one.low else "", _plain(one.high[i]) if one.high else "",
                one.line.n[i], QUALITY[quality[i]] if quality and one.line.n[i] else "",
                "1" if counted else stream.unit_symbol or "", stream.source, stream.licence,
            ]  # fmt: skip


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.9g}"
