"""What changed at the sensors themselves while an analysis looks: it would pass for an effect."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.effects.weekly import Weeks
from stadtkern.kernel.effects.window import Window
from stadtkern.kernel.things.models import Datastream, HistoricalLocation
from stadtkern.kernel.things.series import city_zone

# Readings a day may vary by this factor; more means that another rhythm was set.
RHYTHM = 1.5


def changes(
    streams: Sequence[Datastream], found: dict[int, Weeks], window: Window
) -> list[dict[str, Any]]:
    """Each as what (`moved`, `replaced`, `rhythm`), the datastream, and the day where known."""
    zone = city_zone()
    start = datetime.combine(window.weeks[0], time(), zone)
    end = datetime.combine(window.weeks[-1] + timedelta(days=7), time(), zone)
    by_thing = {stream.thing_id: stream.pk for stream in streams}
    return [
        *_moved(by_thing, start, end),
        *_replaced(by_thing, start, end),
        *_other_rhythm(found, window),
    ]


def _moved(things: dict[int, int], start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
    """A thing's first place is no move."""
    seen: set[int] = set()
    rows = HistoricalLocation.objects.filter(thing__in=things, time__lt=end)
    for thing, at in rows.order_by("time").values_list("thing_id", "time"):
        if thing in seen and at >= start:
            yield {"what": "moved", "datastream": things[thing], "day": _day(at)}
        seen.add(thing)


def _replaced(things: dict[int, int], start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
    rows = Entry.objects.filter(
        verb="devices.replace", at__gte=start, at__lt=end, details__thing__in=list(things)
    )
    for thing, at in rows.order_by("at").values_list("details__thing", "at"):
        yield {"what": "replaced", "datastream": things[thing], "day": _day(at)}


def _other_rhythm(found: dict[int, Weeks], window: Window) -> Iterator[dict[str, Any]]:
    size = window.before
    for number, weeks in found.items():
        before = [one for one in weeks.readings[:size] if one is not None]
        after = [one for one in weeks.readings[size:] if one is not None]
        if before and after:
            low, high = sorted((median(before), median(after)))
            if high > RHYTHM * low:
                yield {"what": "rhythm", "datastream": number, "day": None}


def _day(at: datetime) -> str:
    day: date = at.astimezone(city_zone()).date()
    return day.isoformat()
