"""Time series as JSON for charts, and as CSV with every observation."""

import csv
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.people.access import public
from stadtkern.kernel.things import series, store
from stadtkern.kernel.things.models import Datastream
from stadtkern.kernel.things.series import Line, Row, Series
from stadtkern.site.dashboard import chart, history, readings

MOST = 10
POINTS = 2000
QUALITY = {
    store.GOOD: "good", store.ESTIMATED: "estimated", store.SUSPECT: "suspect",
    store.INVALID: "invalid",
}  # fmt: skip


@public
@require_safe
@cache_control(no_cache=True)
def data(request: HttpRequest) -> JsonResponse:
    """`?datastreams=1,2&from=..&to=..` on one axis, thinned to at most about 2,000 steps.

    Without a period the last day. 400 with a sentence where the request makes no sense.
    """
    language = "en" if request.GET.get("lang") == "en" else "de"
    with override(language):
        try:
            streams = _streams(request)
            start, end = _period(request)
        except history.Unclear as problem:
            return JsonResponse({"error": str(problem)}, status=400)
        found = series.series([stream.pk for stream in streams], start, end, POINTS)
        return JsonResponse(_chunk(streams, found, start, end))


def _chunk(
    streams: list[Datastream], found: Series, start: datetime, end: datetime
) -> dict[str, Any]:
    raw = found.step.unit == "raw"
    return {
        "from": _iso(start),
        "to": _iso(end),
        "bucket": "raw" if raw else f"{found.step.count} {found.step.unit}",
        "t": [_seconds(at) for at in found.times],
        "series": [
            _line(stream, chart.name(stream, streams), line, raw=raw)
            for stream, line in zip(streams, found.lines, strict=True)
        ],
    }


def _line(stream: Datastream, name: str, line: Line, *, raw: bool) -> dict[str, Any]:
    return {
        "datastream": stream.pk,
        "name": name,
        "unit": readings.unit(stream),
        "decimals": stream.decimals,
        "value": _short(line.mean),
        "min": None if raw else _short(line.low),
        "max": None if raw else _short(line.high),
    }


def _short(values: Iterable[float | None]) -> list[float | None]:
    """Nine significant digits: more than a chart can show."""
    return [None if value is None else float(f"{value:.9g}") for value in values]


def _seconds(at: datetime) -> float:
    stamp = at.timestamp()
    return int(stamp) if stamp == int(stamp) else round(stamp, 3)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _streams(request: HttpRequest) -> list[Datastream]:
    """The datastreams in the order of the request."""
    parts = [part for part in request.GET.get("datastreams", "").split(",") if part]
    if not 1 <= len(parts) <= MOST:
        raise history.Unclear(f"Name one to {MOST} datastreams: ?datastreams=1,2.")
    if not all(part.isascii() and part.isdecimal() and len(part) <= 18 for part in parts):
        raise history.Unclear("Datastreams are whole numbers separated by commas.")
    ids = list(dict.fromkeys(int(part) for part in parts))
    found = Datastream.objects.public().to_show().in_bulk(ids)
    if missing := [str(number) for number in ids if number not in found]:
        raise history.Unclear(f"There is no datastream {', '.join(missing)}.")
    return [found[number] for number in ids]


def _period(request: HttpRequest) -> tuple[datetime, datetime]:
    first, last = request.GET.get("from", ""), request.GET.get("to", "")
    if first or last:
        return history.span(first, last)
    now = clock.now()
    return now - timedelta(days=1), now


@public
@require_safe
def rows(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Every observation of the period as it is stored, page by page, so of any size."""
    try:
        streams = _streams(request)
        start, end = _period(request)
    except history.Unclear as problem:
        return HttpResponse(f"{problem}\n", status=400, content_type="text/plain; charset=utf-8")
    response = StreamingHttpResponse(
        _lines(streams, start, end), content_type="text/csv; charset=utf-8"
    )
    name = f"series-{'-'.join(str(stream.pk) for stream in streams)}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


async def _lines(streams: list[Datastream], start: datetime, end: datetime) -> AsyncIterator[bytes]:
    """Between pages the connection goes back to the pool: a slow reader holds none."""
    by_id = {stream.pk: stream for stream in streams}
    pages = series.rows(list(by_id), start, end)
    yield _csv([["time", "datastream", "place", "property", "value", "unit", "quality", "source",
                 "licence"]])  # fmt: skip
    while (page := await sync_to_async(_next)(pages)) is not None:
        yield _csv(_row(by_id[row.datastream], row) for row in page)


def _next(pages: Any) -> list[Row] | None:
    try:
        return next(pages, None)
    finally:
        close_old_connections()


def _row(stream: Datastream, row: Row) -> list[Any]:
    value = row.value if row.value is not None else row.other
    place = stream.thing.place
    return [
        _iso(row.at), stream.pk, place.name if place else stream.thing.name,
        stream.observed_property.slug or stream.observed_property.name, value,
        stream.unit_symbol or "", QUALITY[row.quality], stream.source, stream.licence,
    ]  # fmt: skip


def _csv(lines: Iterable[list[Any]]) -> bytes:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    return text.getvalue().encode()
