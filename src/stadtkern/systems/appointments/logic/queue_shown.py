"""What a hall's display shows: numbers and counters, how long the wait is, and nothing else."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from stadtkern.kernel import clock
from stadtkern.systems.appointments.logic import waiting_now
from stadtkern.systems.appointments.logic.queue_entry import today
from stadtkern.systems.appointments.models import Call, Hall, Office, QueueEntry
from stadtkern.systems.appointments.models.queue import IN_LINE

ROWS = 6
# So long a call stays in the list after it was made.
LISTED = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A call on the display. `mark` changes when they are called once more."""

    number: str
    counter: str
    mark: str
    at: datetime
    waited_for: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """How long a newcomer without an appointment waits at an office, in minutes; None: unknown."""

    office: Office
    waiting: int
    low: int | None
    high: int | None
    middle: int | None


def shown(hall: Hall) -> list[Shown]:
    """The last calls of a hall, the newest first: one row per number."""
    rows = Call.objects.filter(entry__hall=hall, entry__day=today(), last__gt=clock.now() - LISTED)
    found: dict[int, Shown] = {}
    for one in rows.select_related("entry", "counter")[: ROWS * 3]:
        if one.entry_id not in found:
            found[one.entry_id] = Shown(
                number=one.entry.shown,
                counter=str(one.counter),
                mark=f"{one.pk}.{one.count}",
                at=one.last,
                waited_for=one.ended is None and one.served is None,
            )
    return list(found.values())[:ROWS]


def waits(hall: Hall) -> list[Wait]:
    """Each office's wait, foreseen for whoever is last in its line now."""
    queues = list(hall.queues.select_related("office__resource"))
    rows = QueueEntry.objects.filter(queue__in=queues, state__in=IN_LINE, day=today())
    counts: dict[int, int] = {}
    for queue in rows.values_list("queue", flat=True):
        counts[queue] = counts.get(queue, 0) + 1
    return [_wait(queue.office, counts.get(queue.pk, 0)) for queue in queues]


def _wait(office: Office, count: int) -> Wait:
    now = waiting_now.told(office)
    if not now.counters:
        return Wait(office=office, waiting=count, low=None, high=None, middle=None)
    last = max(now.spans.values(), key=lambda one: one.middle, default=None)
    if last is None:
        return Wait(office=office, waiting=count, low=0, high=5, middle=0)
    return Wait(office=office, waiting=count, low=round(last.low50), high=round(last.high50),
                middle=round(last.middle))  # fmt: skip
