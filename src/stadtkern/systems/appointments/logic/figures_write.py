"""Counts a day: from what happened to figures that bear no person, again and again the same."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from stadtkern.kernel import clock, registry
from stadtkern.kernel.bookings.models import Booking
from stadtkern.systems.appointments.models import (
    Call,
    Deed,
    Desk,
    Figures,
    Office,
    OpenHours,
    Presence,
    QueueEntry,
    Service,
)
from stadtkern.systems.appointments.models.queue import OPEN

# Of the first 16 bits of our advisory locks; the rest is the day.
SPACE = 0x4647
LONGEST = 600
CLOSED = {"called": "missed", "serving": "finished"}
CAME_TO = {"finished": "served", "missed": "missed", "left": "left"}

Key = tuple[int, int | None, int, str]


@dataclass
class Sums:
    """The counts of one office, service, hour and source."""

    counts: Counter[str] = field(default_factory=Counter)
    waits: Counter[int] = field(default_factory=Counter)
    handling: Counter[int] = field(default_factory=Counter)
    leads: Counter[int] = field(default_factory=Counter)
    counters: set[int] = field(default_factory=set)
    error: float = 0.0
    invented: bool = False


def nightly() -> str:
    """Close what was left open, count yesterday and the day before."""
    today = clock.now().astimezone(zone()).date()
    closed = close(today)
    for back in (2, 1):
        count(today - timedelta(days=back))
    Deed.objects.filter(at__lt=clock.now() - timedelta(days=2)).delete()
    return f"counted {today - timedelta(days=1)}, closed {closed}"


def erase(older_than: datetime) -> int:
    """Forget who waited before an instant; the figures of those days stay."""
    rows = QueueEntry.objects.filter(arrived__lt=older_than)
    found = rows.count()
    rows.delete()
    return found


def zone() -> ZoneInfo:
    """The city's time zone."""
    return ZoneInfo(registry.city().city.time_zone)


@transaction.atomic
def close(today: date) -> int:
    """Whoever was left in a queue of an earlier day is done, and nobody sits at a counter."""
    now = clock.now()
    rows = QueueEntry.objects.select_for_update().filter(day__lt=today, state__in=OPEN)
    left = list(rows)
    for one in left:
        one.state, one.ended = CLOSED.get(one.state, "left"), now
    QueueEntry.objects.bulk_update(left, ["state", "ended"])
    calls = Call.objects.filter(entry__in=left, ended=None)
    calls.filter(served=None).update(ended=now, outcome="missed")
    calls.update(ended=now, outcome="finished")
    night = datetime.combine(today, time(), zone())
    Presence.objects.filter(ended=None, began__lt=night).update(ended=night)
    Desk.objects.filter(since__lt=night).update(account=None, paused=False, alarm=None)
    return len(left)


def count(day: date) -> int:
    """Write the figures of a day anew; how many rows. Two at once take turns."""
    begins = datetime.combine(day, time(), zone()).astimezone(UTC)
    ends = datetime.combine(day + timedelta(days=1), time(), zone()).astimezone(UTC)
    with transaction.atomic():
        with connection.cursor() as cursor:
            lock = SPACE << 48 | day.toordinal()
            cursor.execute("select pg_advisory_xact_lock(%s)", [lock])
        offices = dict(Office.objects.values_list("resource_id", "pk"))
        found: dict[Key, Sums] = defaultdict(Sums)
        _visits(found, day)
        _bookings(found, begins, ends, offices)
        Figures.objects.filter(day=day).delete()
        Figures.objects.bulk_create(_rows(day, found))
        _open_hours(day, begins, ends, offices)
    return len(found)


def _visits(found: dict[Key, Sums], day: date) -> None:
    calls: dict[int, list[Call]] = defaultdict(list)
    for call in Call.objects.filter(entry__day=day, ended__isnull=False):
        calls[call.entry_id].append(call)
    rows = QueueEntry.objects.filter(day=day).select_related("queue", "estimate")
    for one in rows:
        hour = one.arrived.astimezone(zone()).hour
        sums = found[one.queue.office_id, one.service_id, hour, one.source]
        sums.invented |= one.invented
        sums.counts["came"] += 1
        if one.state in CAME_TO:
            sums.counts[CAME_TO[one.state]] += 1
        if one.called:
            sums.waits[minutes(max(one.arrived, min(one.due, one.called)), one.called)] += 1
        served = [call for call in calls[one.pk] if call.served]
        if served and one.state == "finished":
            sums.handling[sum(minutes(call.at, call.ended) for call in served if call.ended)] += 1
            sums.counters |= {call.counter_id for call in served}
        _estimate(sums, one)


def _estimate(sums: Sums, one: QueueEntry) -> None:
    told = getattr(one, "estimate", None)
    if told is None or told.truth is None:
        return
    sums.counts["estimates"] += 1
    sums.counts["within50"] += told.low50 <= told.truth <= told.high50
    sums.counts["within90"] += told.low90 <= told.truth <= told.high90
    sums.error += abs(told.middle - told.truth)


def minutes(begins: datetime, ends: datetime) -> int:
    """Whole minutes between two instants, never negative."""
    return min(LONGEST, max(0, round((ends - begins).total_seconds() / 60)))


def _bookings(
    found: dict[Key, Sums], begins: datetime, ends: datetime, offices: dict[int, int]
) -> None:
    services = dict(Service.objects.values_list("slug", "pk"))
    rows = Booking.objects.filter(begins__gte=begins, begins__lt=ends, resource__in=offices)
    rows = rows.exclude(state__in=("held", "expired")).select_related("resource")
    for one in rows.only("resource", "state", "begins", "created", "properties"):
        told = one.properties.get("services") or [""]
        local = one.begins.astimezone(zone())
        key = (offices[one.resource_id], services.get(told[0]), local.hour, "appointment")
        sums = found[key]
        sums.invented |= one.resource.invented
        sums.counts["booked"] += 1
        sums.counts["cancelled"] += one.state == "cancelled"
        sums.counts["no_shows"] += one.state == "missed"
        sums.leads[max(0, (local.date() - one.created.astimezone(zone()).date()).days)] += 1


def _rows(day: date, found: dict[Key, Sums]) -> Iterator[Figures]:
    for (office, service, hour, source), sums in found.items():
        yield Figures(
            day=day, office_id=office, service_id=service, hour=hour, source=source,
            waits=told(sums.waits), handling=told(sums.handling), leads=told(sums.leads),
            counters=sorted(sums.counters), error=round(sums.error, 2), invented=sums.invented,
            **{name: int(value) for name, value in sums.counts.items()},
        )  # fmt: skip


def told(tally: Counter[int]) -> dict[str, int]:
    """A tally as JSON keeps it, in order."""
    return {str(value): count for value, count in sorted(tally.items())}


def _open_hours(day: date, begins: datetime, ends: datetime, offices: dict[int, int]) -> None:
    rows: dict[tuple[int, int], OpenHours] = {}

    def row(resource: int, hour: int) -> OpenHours:
        key = offices[resource], hour
        return rows.setdefault(key, OpenHours(day=day, office_id=key[0], hour=hour))

    now = clock.now()
    present = Presence.objects.filter(began__lt=ends, counter__resource__in=offices)
    for one in present.exclude(ended__lte=begins).select_related("counter"):
        for hour, part in hours(max(one.began, begins), min(one.ended or now, ends)):
            its = row(one.counter.resource_id, hour)
            its.open_minutes += part
            its.counters = sorted({*its.counters, one.counter_id})
            its.invented |= one.invented
    calls = Call.objects.filter(at__gte=begins, at__lt=ends, counter__resource__in=offices)
    for call in calls.exclude(ended=None).select_related("counter"):
        for hour, part in hours(call.at, min(call.ended or now, ends)):
            row(call.counter.resource_id, hour).busy_minutes += part
    OpenHours.objects.filter(day=day).delete()
    OpenHours.objects.bulk_create(rows.values())


def hours(begins: datetime, ends: datetime) -> Iterable[tuple[int, float]]:
    """The local hours that a span touches, with its minutes in each."""
    # In UTC: a span of local times would leave out the hour that is there twice.
    at, ends = begins.astimezone(UTC), ends.astimezone(UTC)
    while at < ends:
        local = at.astimezone(zone())
        rest = timedelta(minutes=60 - local.minute, seconds=-local.second,
                         microseconds=-local.microsecond)  # fmt: skip
        step = min(at + rest, ends)
        yield local.hour, (step - at).total_seconds() / 60
        at = step
