"""A clerk at a counter: sign in, pause, leave, call for help; and each deed of it done once.

Who sat where and whom they served is deliberately not recorded: no figure is about one clerk.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.bell import ring
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.models import Unit
from stadtkern.kernel.people.models import Account
from stadtkern.systems.appointments.logic import queue_calls
from stadtkern.systems.appointments.logic.queue_entry import topic
from stadtkern.systems.appointments.logic.queue_refused import (
    NobodyWaits,
    NotSignedIn,
    Occupied,
    StillOpen,
)
from stadtkern.systems.appointments.models import Call, Deed, Desk, Presence, Queue


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What the desk's page asks for: a verb, its own key, and the call that it shows."""

    verb: str
    key: str
    call: int = 0
    entry: int = 0
    queue: Queue | None = None
    target: Unit | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """`problem` is a sentence where it could not be done; `repeated` where it had been before."""

    problem: str = ""
    repeated: bool = False


Verb = Callable[[Unit, Asked], object]
VERBS: Mapping[str, Verb] = {
    "next": lambda counter, said: queue_calls.call_next(counter),
    "this": lambda counter, said: queue_calls.call_this(counter, said.entry),
    "again": lambda counter, said: queue_calls.again(counter, said.call),
    "serve": lambda counter, said: queue_calls.serve(counter, said.call),
    "finish": lambda counter, said: queue_calls.finish(counter, said.call),
    "finish_next": lambda counter, said: _finish_next(counter, said),
    "miss": lambda counter, said: queue_calls.miss(counter, said.call),
    "skip": lambda counter, said: queue_calls.skip(counter, said.call),
    "park": lambda counter, said: queue_calls.park(counter, said.call),
    "forward": lambda counter, said: queue_calls.forward(
        counter, said.call, queue=said.queue, target=said.target
    ),
    "pause": lambda counter, said: pause(counter),
    "resume": lambda counter, said: resume(counter),
    "alarm": lambda counter, said: alarm(counter),
    "calm": lambda counter, said: calm(counter),
}


def do(counter: Unit, asked: Asked) -> Answer:
    """Do it, once per key: a browser that was cut off sends it again and gets the same answer."""
    known = Deed.objects.filter(key=asked.key).first()
    if known:
        return Answer(problem=known.problem, repeated=True)
    try:
        with transaction.atomic():
            deed = Deed.objects.create(
                key=asked.key, counter=counter, verb=asked.verb, at=clock.now()
            )
            try:
                with transaction.atomic():
                    VERBS[asked.verb](counter, asked)
            except Refused as refused:
                deed.problem = str(refused)[:300]
                deed.save(update_fields=["problem"])
            return Answer(problem=deed.problem)
    except IntegrityError:
        # The same was sent twice at once: the other one has done it.
        first = Deed.objects.filter(key=asked.key).first()
        if first is None:
            raise
        return Answer(problem=first.problem, repeated=True)


def _finish_next(counter: Unit, asked: Asked) -> None:
    queue_calls.finish(counter, asked.call)
    with suppress(NobodyWaits):
        queue_calls.call_next(counter)


def sign_in(account: Account, counter: Unit) -> Desk:
    """Sit down at a counter; who sat at another one has left that. Raises Occupied."""
    with transaction.atomic():
        leave(account, but=counter)
        desk, _new = Desk.objects.select_for_update().get_or_create(counter=counter)
        if desk.account_id not in (None, account.pk):
            raise Occupied
        if desk.account_id is None:
            desk.account, desk.paused, desk.since = account, False, clock.now()
            desk.save(update_fields=["account", "paused", "since"])
            _open(counter)
        return desk


def leave(account: Account, but: Unit | None = None) -> None:
    """Stand up. Raises StillOpen: somebody is at the counter."""
    with transaction.atomic():
        rows = Desk.objects.select_for_update().filter(account=account)
        for desk in rows.exclude(counter=but) if but else rows:
            if Call.objects.filter(counter=desk.counter_id, ended=None).exists():
                raise StillOpen
            desk.account, desk.paused, desk.alarm = None, False, None
            desk.save(update_fields=["account", "paused", "alarm"])
            _close(desk.counter_id)
            _ring(desk.counter)


def pause(counter: Unit) -> None:
    """Nobody is called here until it goes on. Raises NotSignedIn, StillOpen."""
    desk = _desk(counter)
    if Call.objects.filter(counter=counter, ended=None).exists():
        raise StillOpen
    _set(desk, paused=True)
    _close(counter.pk)


def resume(counter: Unit) -> None:
    """The counter works again. Raises NotSignedIn."""
    _set(_desk(counter), paused=False)
    _open(counter)


def alarm(counter: Unit) -> None:
    """All other counters of the hall are told that help is needed here. Raises NotSignedIn."""
    desk = _desk(counter)
    if desk.alarm is None:
        desk.alarm = clock.now()
        desk.save(update_fields=["alarm"])
        record(f"counter:{counter.pk}", "appointments.desk.alarm", str(counter.pk))
        _ring(counter)


def calm(counter: Unit) -> None:
    """The alarm of a counter is over."""
    Desk.objects.filter(counter=counter).update(alarm=None)
    record(f"counter:{counter.pk}", "appointments.desk.calm", str(counter.pk))
    _ring(counter)


def alarms(counter: Unit) -> list[Desk]:
    """Counters that need help in the halls of this one."""
    halls = Queue.objects.filter(office__resource=counter.resource_id).values("hall")
    near = Queue.objects.filter(hall__in=halls).values("office__resource")
    rows = Desk.objects.filter(alarm__isnull=False, counter__resource__in=near)
    return list(rows.select_related("counter").order_by("alarm"))


def _desk(counter: Unit) -> Desk:
    desk = Desk.objects.select_for_update().filter(counter=counter).first()
    if desk is None or desk.account_id is None:
        raise NotSignedIn
    return desk


def _set(desk: Desk, *, paused: bool) -> None:
    desk.paused, desk.since = paused, clock.now()
    desk.save(update_fields=["paused", "since"])
    _ring(desk.counter)


def _open(counter: Unit) -> None:
    if not Presence.objects.filter(counter=counter, ended=None).exists():
        Presence.objects.create(counter=counter, began=clock.now())
        _ring(counter)


def _close(counter: int) -> None:
    Presence.objects.filter(counter=counter, ended=None).update(ended=clock.now())


def _ring(counter: Unit) -> None:
    halls = Queue.objects.filter(office__resource=counter.resource_id).values_list("hall")
    for hall in sorted({one for (one,) in halls}):
        ring(topic(hall))
