"""A day of the map to play: what each pin said and which state it had, quarter by quarter."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock, registry
from stadtkern.kernel.contract import Past, Pin
from stadtkern.kernel.people.access import public
from stadtkern.kernel.sharing import one_page
from stadtkern.kernel.things import series
from stadtkern.kernel.things.buckets import Step
from stadtkern.kernel.things.models import Datastream
from stadtkern.kernel.things.series import city_zone
from stadtkern.kernel.ui.numbers import MISSING, figure
from stadtkern.site.dashboard import readings, themes
from stadtkern.site.dashboard.pins import pins
from stadtkern.site.dashboard.themes import Layer

QUARTER, HOUR = Step(unit="minute", count=15), Step(unit="hour")
# From so many datastreams on, hours are enough: they are counted already.
MANY = 300
DAY, BEFORE = timedelta(days=1), timedelta(days=1)
SILENCE = timedelta(hours=2)
ENOUGH = 0.75
FIRST = date(1990, 1, 1)

Frame = list[Any]


@dataclass(frozen=True, kw_only=True)
class Track:
    """One datastream over the day and the one before: its means, held while they are fresh."""

    stream: Datastream
    held: tuple[float | None, ...]
    seen: tuple[float | None, ...]


@public
@require_safe
@cache_control(private=True, max_age=60)
@one_page()
def day(request: HttpRequest) -> JsonResponse:
    """`?day=2026-11-22`: for each place its frames, each given once and only where it changed."""
    try:
        wanted = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return _unclear()
    today = clock.now().astimezone(city_zone()).date()
    if not FIRST <= wanted <= today:
        return _unclear()
    named = [key for key in request.GET.get("layers", "").split(",") if key]
    layers = [one for one in themes.layers() if not named or one.key in named]
    shown = [(one, [pin for pin in pins(one) if not pin.small]) for one in layers]
    step, times, tracks = _read(wanted, [pin for _one, of in shown for pin in of])
    first = next((i for i, at in enumerate(times) if at >= _midnight(wanted)), len(times))
    pasts = list(_pasts(tracks, times, first, step))
    return JsonResponse({
        "day": wanted.isoformat(),
        "step": int(step.size.total_seconds()),
        "t": [int(at.timestamp()) for at in times[first:]],
        "layers": {one.key: _layer(one, of, pasts, tracks) for one, of in shown},
    })  # fmt: skip


def _unclear() -> JsonResponse:
    text = _("Please give a day up to today, such as 2026-01-31.")
    return JsonResponse({"error": text}, status=400)


def _midnight(of: date) -> datetime:
    return datetime.combine(of, time(), city_zone()).astimezone(UTC)


def _read(wanted: date, shown: Sequence[Pin]) -> tuple[Step, list[datetime], dict[int, Track]]:
    """Means of the day and the day before it, up to now."""
    ids = sorted({number for pin in shown for number in pin.datastreams})
    streams = Datastream.objects.public().to_show().in_bulk(ids)
    step = QUARTER if len(streams) <= MANY else HOUR
    start = _midnight(wanted) - BEFORE
    end = min(_midnight(wanted + DAY), clock.now())
    if not streams:
        return step, [], {}
    found = series.in_steps(list(streams), start, end, step)
    tracks = {
        line.datastream: Track(
            stream=streams[line.datastream], seen=line.mean,
            held=_held(line.mean, step, streams[line.datastream].stale_after or SILENCE),
        )
        for line in found.lines
    }  # fmt: skip
    return step, list(found.times), tracks


def _held(
    values: Sequence[float | None], step: Step, patience: timedelta
) -> tuple[float | None, ...]:
    """A value stays until it is stale: what reports changes is not silent between them."""
    held: list[float | None] = []
    last, age = None, timedelta()
    for value in values:
        last, age = (last, age + step.size) if value is None else (value, timedelta())
        held.append(last if age <= patience else None)
    return tuple(held)


def _pasts(
    tracks: Mapping[int, Track], times: Sequence[datetime], first: int, step: Step
) -> Iterator[Past]:
    """One for each frame of the day; sums that move along keep this cheap."""
    an_hour, a_day = max(int(HOUR.size / step.size), 1), int(DAY / step.size)
    hours = {n: _moving(one.seen, an_hour, 1) for n, one in tracks.items()}
    days = {n: _moving(one.seen, a_day, int(a_day * ENOUGH)) for n, one in tracks.items()}
    for i in range(first, len(times)):
        yield Past(
            at=times[i],
            now={n: v for n, one in tracks.items() if (v := one.held[i]) is not None},
            hour={n: v for n, all_hours in hours.items() if (v := all_hours[i]) is not None},
            day={n: v for n, all_days in days.items() if (v := all_days[i]) is not None},
        )


def _moving(values: Sequence[float | None], size: int, least: int) -> list[float | None]:
    """Means of the last `size` steps up to each one, where at least `least` of them are known."""
    found: list[float | None] = []
    total, known = 0.0, 0
    for i, value in enumerate(values):
        gone = values[i - size] if i >= size else None
        total += (value or 0.0) - (gone or 0.0)
        known += (value is not None) - (gone is not None)
        found.append(total / known if known >= max(least, 1) else None)
    return found


def _layer(
    layer: Layer, shown: Sequence[Pin], pasts: Sequence[Past], tracks: Mapping[int, Track]
) -> dict[str, list[Frame]]:
    then = registry.resolve(layer.layer.replay) if layer.layer.replay else _plainly(tracks)
    return {str(pin.place): _frames(pin, pasts, then) for pin in shown if pin.datastreams}


def _frames(pin: Pin, pasts: Sequence[Past], then: Callable[[Pin, Past], Pin]) -> list[Frame]:
    """`[frame, state, label, text, share]` wherever one of them changes."""
    frames: list[Frame] = []
    for i, past in enumerate(pasts):
        now = then(pin, past)
        share = None if now.share is None else round(now.share, 3)
        said = [now.state, now.label, now.text, share]
        if not frames or frames[-1][1:] != said:
            frames.append([i, *said])
    return frames


def _plainly(tracks: Mapping[int, Track]) -> Callable[[Pin, Past], Pin]:
    """The value of the first datastream that has one; nothing is said about its state."""

    def then(pin: Pin, past: Past) -> Pin:
        number = next((n for n in pin.datastreams if n in past.now), None)
        if number is None:
            return replace(pin, state="none", label=MISSING, text=_("no data then"), share=None)
        stream = tracks[number].stream
        label = f"{figure(past.now[number], stream.decimals)} {readings.unit(stream)}".strip()
        text = f"{readings.title(stream)} {label}"
        return replace(pin, state="info", label=label, text=text, share=None)

    return then
