"""Time series as JSON for charts, and as CSV with every observation."""

import csv
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any, get_args

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
from stadtkern.kernel.things.series import Row
from stadtkern.site.dashboard import chart, history, readings, sampled
from stadtkern.site.dashboard.sampled import STEPS, Sample, Sampled, Show, Wanted

MOST = 10
POINTS, FEWEST = 2000, 100
QUALITY = {
    store.GOOD: "good", store.ESTIMATED: "estimated", store.SUSPECT: "suspect",
    store.INVALID: "invalid",
}  # fmt: skip


@public
@require_safe
@cache_control(no_cache=True)
def data(request: HttpRequest) -> JsonResponse:
    """`?datastreams=1,2&from=..&to=..` on one axis, thinned to at most about 2,000 steps.

    Without a period the last day. `points` asks for fewer steps, `step` for hours, days, weeks or
    months, `show` for another figure than the mean, `back` (7d, 12m) for an earlier period beside
    this one. 400 with a sentence where the request makes no sense.
    """
    language = "en" if request.GET.get("lang") == "en" else "de"
    with override(language):
        try:
            streams = _streams(request)
            wanted = _wanted(request)
            found = sampled.sample(streams, wanted)
        except history.Unclear as problem:
            return JsonResponse({"error": str(problem)}, status=400)
        return JsonResponse(_chunk(streams, found, wanted))


def _wanted(request: HttpRequest) -> Wanted:
    start, end = _period(request)
    step, show = request.GET.get("step", ""), request.GET.get("show", "mean")
    points = request.GET.get("points", "")
    if step and step not in STEPS:
        raise history.Unclear(f"A step is one of {', '.join(STEPS)}.")
    if show not in get_args(Show):
        raise history.Unclear(f"What to show is one of {', '.join(get_args(Show))}.")
    asked = int(points) if points.isascii() and points.isdecimal() and len(points) < 7 else POINTS
    return Wanted(
        start=start, end=end, points=min(max(asked, FEWEST), POINTS), step=STEPS.get(step),
        show=show,  # type: ignore[arg-type]
        back=sampled.parse_back(request.GET.get("back", "")),
    )  # fmt: skip


def _chunk(streams: list[Datastream], found: Sampled, wanted: Wanted) -> dict[str, Any]:
    step = found.found.step
    return {
        "from": _iso(wanted.start),
        "to": _iso(wanted.end),
        "bucket": "raw" if found.raw else f"{step.count} {step.unit}",
        "t": [_seconds(at) for at in found.found.times],
        "series": [_line(one, streams, wanted, raw=found.raw) for one in found.samples],
    }


def _line(one: Sample, streams: list[Datastream], wanted: Wanted, *, raw: bool) -> dict[str, Any]:
    counted = wanted.show == "count"
    line = {
        "datastream": one.stream.pk,
        "name": sample_name(one, streams, wanted),
        "unit": "" if counted else readings.unit(one.stream),
        "decimals": 0 if counted else one.stream.decimals,
        "value": _short(one.values),
        "min": _short(one.low) if one.low else None,
        "max": _short(one.high) if one.high else None,
    }
    if one.earlier:
        line["earlier"] = True
    if raw and any(one.line.quality):
        line["quality"] = one.line.quality
    return line


def sample_name(one: Sample, streams: list[Datastream], wanted: Wanted) -> str:
    """The property, its place where there are several, what is shown, and how long ago."""
    name = chart.name(one.stream, streams)
    said = name if wanted.show == "mean" else f"{name}, {sampled.SHOWN[wanted.show]}"
    if one.earlier and wanted.back:
        return f"{said}, {sampled.back_words(wanted.back)}"
    return said


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
