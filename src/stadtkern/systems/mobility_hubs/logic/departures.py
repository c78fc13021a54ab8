"""What leaves next at some stops, by the timetable and by what is said of delays."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from stadtkern.kernel import clock
from stadtkern.systems.mobility_hubs import logic
from stadtkern.systems.mobility_hubs.logic import timing
from stadtkern.systems.mobility_hubs.models import Call, Change, ServiceDay, Source, Stop

AHEAD: Final = timedelta(hours=2)
# How late something may be and still be shown although its time has passed.
LATE: Final = timedelta(hours=1)
MOST: Final = 400
# Kinds of `route_type`, also the extended ones by their hundreds.
WORDS: Final = {0: "tram", 1: "subway", 2: "rail", 3: "bus", 4: "ferry"}
HUNDREDS: Final = {1: "rail", 2: "bus", 4: "subway", 7: "bus", 9: "tram", 10: "ferry"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Departure:
    """One departure. `expected` is None where nobody says how it runs today."""

    line: str
    kind: str
    towards: str
    stop: str
    platform: str
    planned: datetime
    expected: datetime | None
    cancelled: bool
    wheelchair: int
    invented: bool

    @property
    def leaves(self) -> datetime:
        """When it is thought to leave."""
        return self.expected or self.planned

    @property
    def late(self) -> int:
        """Whole minutes of delay; 0 where it is not known."""
        return int(((self.expected or self.planned) - self.planned).total_seconds() // 60)


def kind_of(number: int) -> str:
    """`bus`, `tram`, `rail`, `subway` or `ferry`; a bus where the number is not known."""
    return WORDS.get(number) or HUNDREDS.get(number // 100, "bus")


def at(stops: Sequence[Stop], *, most: int | None = None) -> list[Departure]:
    """The next departures of these stops, earliest first; four queries for each timetable."""
    now, found = clock.now(), []
    by_source: dict[int, list[Stop]] = {}
    for stop in stops:
        by_source.setdefault(stop.source_id, []).append(stop)
    for source in Source.objects.filter(pk__in=by_source, format="gtfs"):
        found += _of(source, by_source[source.pk], now)
    found.sort(key=lambda one: (one.leaves, one.line))
    return found[: most or logic.settings().departures]


def _of(source: Source, stops: Sequence[Stop], now: datetime) -> list[Departure]:
    today = now.astimezone(timing.zone_of(source)).date()
    days = [today - timedelta(days=1), today, today + timedelta(days=1)]
    running: dict[date, set[str]] = {}
    for service, day in ServiceDay.objects.filter(source=source, day__in=days).values_list(
        "service", "day"
    ):
        running.setdefault(day, set()).add(service)
    rows = [(day, call) for day in sorted(running)
            for call in _calls(source, stops, day, running[day], now)]  # fmt: skip
    changes = _changes(source, [call.run_id for _day, call in rows], days)
    known = ((day, call, changes.get((call.run_id, day), ())) for day, call in rows)
    made = (_departure(source, *one) for one in known)
    return [one for one in made if one.leaves >= now - timedelta(seconds=30)]


def _calls(
    source: Source, stops: Sequence[Stop], day: date, services: Iterable[str], now: datetime
) -> list[Call]:
    begins = timing.beginning(source, day)
    first = int((now - LATE - begins).total_seconds())
    last = int((now + AHEAD - begins).total_seconds())
    if last < 0:
        return []
    rows = Call.objects.filter(
        stop__in=stops, departs__gte=max(first, 0), departs__lte=last, run__service__in=services
    )
    return list(rows.select_related("run__line", "stop").order_by("departs")[:MOST])


def _changes(
    source: Source, runs: Sequence[int], days: Sequence[date]
) -> Mapping[tuple[int, date], Sequence[Change]]:
    """By trip and day, in the order of stops; what was told too long ago is not believed."""
    rows = Change.objects.filter(
        source__base=source, run__in=set(runs), day__in=days,
        at__gte=clock.now() - logic.stale_after(),
    )  # fmt: skip
    found: dict[tuple[int, date], list[Change]] = {}
    for one in rows.order_by("sequence"):
        found.setdefault((one.run_id, one.day), []).append(one)
    return found


def _departure(source: Source, day: date, call: Call, changes: Sequence[Change]) -> Departure:
    planned = timing.instant(source, day, call.departs)
    gone = any(one.cancelled or (one.skipped and one.sequence == call.sequence) for one in changes)
    delay = _delay(call.sequence, changes)
    line = call.run.line
    return Departure(
        line=line.short or line.long, kind=kind_of(line.kind), towards=call.run.headsign,
        stop=call.stop.name, platform=call.stop.platform, planned=planned,
        expected=None if delay is None or gone else planned + timedelta(seconds=delay),
        cancelled=gone, wheelchair=call.stop.wheelchair, invented=source.invented,
    )  # fmt: skip


def _delay(sequence: int, changes: Sequence[Change]) -> int | None:
    """That of the last stop before or at this one: it holds until the next is told (TripUpdate)."""
    known = [one.delay for one in changes if one.sequence <= sequence and one.delay is not None]
    return known[-1] if known else None
