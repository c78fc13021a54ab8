"""What a counter does with those who wait: call, call again, serve, skip, park, forward, finish."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When

from stadtkern.kernel import clock
from stadtkern.kernel.bell import ring
from stadtkern.kernel.bookings import changes
from stadtkern.kernel.bookings.errors import WrongState
from stadtkern.kernel.bookings.models import Unit
from stadtkern.systems.appointments.logic import queue_entry
from stadtkern.systems.appointments.logic.queue_entry import today, topic
from stadtkern.systems.appointments.logic.queue_refused import (
    NobodyWaits,
    NotSignedIn,
    Overtaken,
    StillOpen,
)
from stadtkern.systems.appointments.models import Call, Desk, EntryQuerySet, Estimate, Queue
from stadtkern.systems.appointments.models import QueueEntry as Entry

# Before its time an appointment is called only when nobody else waits.
DUE_BEFORE = timedelta(minutes=2)
SKIPPED_FOR = timedelta(minutes=5)


def line_of(counter: Unit, now: datetime) -> EntryQuerySet:
    """Who this counter can call, in the order in which it will."""
    own = Q(queue__office__resource=counter.resource_id, target=None)
    rows = Entry.objects.filter(own | Q(target=counter), day=today())
    rows = rows.filter(skills__contained_by=counter.skills)
    early = Case(
        When(due__gt=now + DUE_BEFORE, then=Value(1)),
        default=Value(0),
        output_field=models.IntegerField(),
    )
    return rows.in_line().order_by(early, "priority", "due", "arrived", "number", "id")


def call_next(counter: Unit) -> Call:
    """The next one who waits for this counter. Raises NotSignedIn, StillOpen, NobodyWaits."""
    now = clock.now()
    with transaction.atomic():
        _ready(counter)
        rows = line_of(counter, now).exclude(not_before__gt=now)
        entry = rows.select_for_update(of=("self",), skip_locked=True).first()
        if entry is None:
            raise NobodyWaits
        return _call(entry, counter, now)


def call_this(counter: Unit, number: int) -> Call:
    """A certain one of those who wait or are parked.

    Raises NotSignedIn, StillOpen, Overtaken: another counter was faster.
    """
    with transaction.atomic():
        _ready(counter)
        rows = Entry.objects.filter(
            Q(queue__office__resource=counter.resource_id) | Q(target=counter),
            pk=number, state__in=("waiting", "forwarded", "parked"),
        )  # fmt: skip
        entry = rows.select_for_update(of=("self",), skip_locked=True).first()
        if entry is None:
            raise Overtaken
        return _call(entry, counter, clock.now())


def _ready(counter: Unit) -> None:
    """The desk's row is locked, so that a double click calls one person."""
    desk = Desk.objects.select_for_update().filter(counter=counter).first()
    if desk is None or desk.account_id is None:
        raise NotSignedIn
    if Call.objects.filter(counter=counter, ended=None).exists():
        raise StillOpen


def _call(entry: Entry, counter: Unit, now: datetime) -> Call:
    first = entry.called is None
    entry.state, entry.called = "called", entry.called or now
    entry.calls += 1
    entry.parked = entry.not_before = None
    entry.save(update_fields=["state", "called", "calls", "parked", "not_before"])
    if first:
        waited = (now - entry.arrived).total_seconds() / 60
        Estimate.objects.filter(entry=entry).update(truth=waited)
    made = Call.objects.create(entry=entry, counter=counter, at=now, last=now, count=entry.calls)
    ring(topic(entry.hall_id))
    return made


def opened(counter: Unit) -> Call | None:
    """Whom this counter has called, with all that the desk shows of them."""
    rows = Call.objects.filter(counter=counter, ended=None)
    return rows.select_related("entry__service", "entry__booking", "entry__queue__office").first()


def again(counter: Unit, call: int) -> bool:
    """Call them once more; after the hall's most calls they are missed, and False is answered.

    Raises Overtaken.
    """
    now = clock.now()
    with transaction.atomic():
        one = _mine(counter, call)
        entry = one.entry
        if entry.calls >= entry.hall.most_calls:
            _ended(one, "missed", "missed", now)
            return False
        one.count = entry.calls = entry.calls + 1
        one.last = now
        one.save(update_fields=["count", "last"])
        entry.save(update_fields=["calls"])
        ring(topic(entry.hall_id))
        return True


def serve(counter: Unit, call: int) -> None:
    """They stand at the counter; may be repeated. Raises Overtaken."""
    now = clock.now()
    with transaction.atomic():
        one = _mine(counter, call)
        if one.served is None:
            one.served = now
            one.entry.state, one.entry.served = "serving", one.entry.served or now
            one.save(update_fields=["served"])
            one.entry.save(update_fields=["state", "served"])
            ring(topic(one.entry.hall_id))


def finish(counter: Unit, call: int) -> None:
    """Done: what is left of the appointment is free again. Raises Overtaken."""
    _over(counter, call, "finished")


def miss(counter: Unit, call: int) -> None:
    """Nobody came to the counter. Raises Overtaken."""
    _over(counter, call, "missed")


def _over(counter: Unit, call: int, state: str) -> None:
    seen = Call.objects.filter(pk=call).select_related("entry__booking").first()
    booking = seen.entry.booking if seen else None
    with transaction.atomic():
        # The booking's turn comes before any row of ours.
        if booking and booking.state == "arrived":
            with suppress(WrongState):
                changes.finish(booking)
        one = _mine(counter, call)
        now = clock.now()
        if state == "finished" and one.entry.served is None:
            one.served = one.entry.served = one.at
        _ended(one, state, state, now)


def skip(counter: Unit, call: int) -> None:
    """Back into the line, not to be called for some minutes. Raises Overtaken."""
    _back(counter, call, "skipped", not_before=clock.now() + SKIPPED_FOR)


def park(counter: Unit, call: int) -> None:
    """They come back later, such as with a photo; a counter takes them up. Raises Overtaken."""
    now = clock.now()
    with transaction.atomic():
        one = _mine(counter, call)
        one.entry.parked = now
        _ended(one, "parked", "parked", None)


def forward(
    counter: Unit, call: int, *, queue: Queue | None = None, target: Unit | None = None
) -> None:
    """On to another counter or queue, with their place by the time they came.

    In another hall they get a number of that hall: theirs may be somebody else's there. Raises
    Overtaken.
    """
    with transaction.atomic():
        one = _mine(counter, call)
        entry, before = one.entry, one.entry.hall_id
        if queue and queue.hall_id != before:
            queue_entry.renumber(entry, queue)
        entry.queue = queue or entry.queue
        entry.target = target
        # Where they are sent somebody knows why: what the first concern needs does not bind.
        entry.skills = []
        entry.due = min(entry.due, clock.now())
        entry.save(update_fields=["queue", "hall", "letter", "number", "target", "skills", "due"])
        _ended(one, "forwarded", "forwarded", None)
        if entry.hall_id != before:
            ring(topic(before))


def _back(counter: Unit, call: int, outcome: str, *, not_before: datetime) -> None:
    with transaction.atomic():
        one = _mine(counter, call)
        one.entry.not_before = not_before
        _ended(one, outcome, "waiting", None)


def _mine(counter: Unit, call: int) -> Call:
    """The call with its person, locked. Raises Overtaken: it is over, or another counter's."""
    rows = Call.objects.select_for_update(of=("self", "entry")).select_related("entry__hall")
    one = rows.filter(pk=call, counter=counter, ended=None).first()
    if one is None:
        raise Overtaken
    return one


def _ended(call: Call, outcome: str, state: str, ended: datetime | None) -> None:
    """The call is over; the person is in this state, at an end only where one is given."""
    call.ended, call.outcome = clock.now(), outcome
    call.save(update_fields=["ended", "outcome", "served"])
    entry = call.entry
    entry.state, entry.ended = state, ended
    entry.save(update_fields=["state", "ended", "served", "parked", "not_before"])
    ring(topic(entry.hall_id))


def parked(counter: Unit) -> EntryQuerySet:
    """Who comes back later, and can be taken up at this counter."""
    rows = Entry.objects.filter(queue__office__resource=counter.resource_id, day=today())
    return rows.filter(state="parked").order_by(F("parked").asc())
