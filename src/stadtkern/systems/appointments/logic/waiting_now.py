"""The spans of those who wait at this moment, and what was told of them, kept beside the truth."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from stadtkern.kernel import clock, registry
from stadtkern.kernel.bookings.models import Booking, Unit
from stadtkern.systems.appointments.logic.waiting import Counter, Span, Visitor, spans
from stadtkern.systems.appointments.logic.waiting_durations import Durations, durations
from stadtkern.systems.appointments.models import Call, Desk, Estimate, Office, QueueEntry
from stadtkern.systems.appointments.models.queue import IN_LINE

AHEAD = timedelta(hours=3)
LATE = timedelta(minutes=15)
# People come some minutes before their appointment.
BEFORE = 6.0
# So long the same answer serves all phones of a hall, if nothing was called meanwhile.
KEPT = timedelta(seconds=20)
SPAN = ("middle", "low50", "high50", "low90", "high90")


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """The spans of an office by entry, and how many counters work."""

    spans: dict[int, Span]
    counters: int
    at: datetime
    stamp: tuple[int, ...]


_kept: dict[int, Told] = {}
_one_at_a_time = threading.Lock()


def told(office: Office, *, fresh: bool = False) -> Told:
    """Where everybody who waits for an office stands; computed once for all who ask at a time."""
    rows = QueueEntry.objects.filter(queue__office=office, state__in=IN_LINE, day=_local().date())
    waiting = list(rows.in_order())
    desks = list(
        Desk.objects.filter(counter__resource=office.resource_id, account__isnull=False,
                            paused=False).select_related("counter")
    )  # fmt: skip
    opened = Call.objects.filter(counter__in=[one.counter_id for one in desks], ended=None)
    calls = {one.counter_id: one for one in opened.select_related("entry")}
    stamp = (*(one.pk for one in waiting), 0, *sorted(one.counter_id for one in desks),
             *sorted(one.pk for one in calls.values()))  # fmt: skip
    now = clock.now()
    with _one_at_a_time:
        known = _kept.get(office.pk)
        if known and known.stamp == stamp and abs(now - known.at) < KEPT and not fresh:
            return known
        found = _computed(office, waiting, [one.counter for one in desks], calls, now)
        _kept[office.pk] = Told(spans=found, counters=len(desks), at=now, stamp=stamp)
        return _kept[office.pk]


def _computed(
    office: Office, waiting: list[QueueEntry], units: list[Unit], calls: dict[int, Call],
    now: datetime,
) -> dict[int, Span]:  # fmt: skip
    past = durations(office.pk, _local().date())
    counters = [_counter(unit, calls.get(unit.pk), past, now) for unit in units]
    visitors = [_visitor(one, past, now) for one in waiting]
    visitors += _expected(office, past, now)
    return spans(counters, visitors, seed=int(now.timestamp()) // 60)


def _counter(unit: Unit, call: Call | None, past: Durations, now: datetime) -> Counter:
    if call is None:
        return Counter(can=frozenset(unit.skills))
    entry = call.entry
    return Counter(
        can=frozenset(unit.skills),
        busy=(now - call.at).total_seconds() / 60,
        took=past.of(entry.service_id, _local().hour, entry.minutes),
    )


def _visitor(one: QueueEntry, past: Durations, now: datetime) -> Visitor:
    waits = (one.not_before - now).total_seconds() / 60 if one.not_before else 0.0
    return Visitor(
        took=past.of(one.service_id, _local().hour, one.minutes),
        priority=one.priority,
        due=(one.due - now).total_seconds() / 60,
        arrived=(one.arrived - now).total_seconds() / 60,
        number=one.number,
        comes=max(0.0, waits),
        needs=frozenset(one.skills),
        key=one.pk,
    )


def _expected(office: Office, past: Durations, now: datetime) -> list[Visitor]:
    """Appointments of the next hours whose people are not here yet."""
    rows = Booking.objects.filter(
        resource=office.resource_id, state="booked", begins__gt=now - LATE, begins__lt=now + AHEAD
    )
    found = []
    for begins, ends in rows.values_list("begins", "ends"):
        due = (begins - now).total_seconds() / 60
        planned = round((ends - begins).total_seconds() / 60)
        # Whoever is late already comes less often.
        chance = past.chance if due > 0 else past.chance / 3
        found.append(Visitor(took=past.of(None, _local().hour, planned), priority=2, due=due,
                             comes=max(0.5, due - BEFORE), chance=chance))  # fmt: skip
    return found


def span_of(entry: QueueEntry) -> Span | None:
    """How long somebody will wait from now on; None where no counter is open."""
    return told(entry.queue.office).spans.get(entry.pk)


def note(entry: QueueEntry) -> Estimate | None:
    """Keep what is foreseen for somebody who just came, to be compared with the truth."""
    now = told(entry.queue.office)
    span = now.spans.get(entry.pk)
    if span is None:
        return None
    values = {name: getattr(span, name) for name in SPAN}
    ahead = sum(1 for one in now.spans.values() if one.middle < span.middle)
    made, _new = Estimate.objects.get_or_create(
        entry=entry, defaults={**values, "counters": now.counters, "ahead": ahead, "at": now.at}
    )
    return made


def _local() -> datetime:
    return clock.now().astimezone(ZoneInfo(registry.city().city.time_zone))
