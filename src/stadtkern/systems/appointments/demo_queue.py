"""The demo city's waiting areas: a queue that is alive, and past figures, all of it invented."""

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Unit
from stadtkern.kernel.people.models import Account
from stadtkern.systems.appointments.logic import waiting_now
from stadtkern.systems.appointments.logic.figures_write import told, zone
from stadtkern.systems.appointments.logic.queue_entry import today
from stadtkern.systems.appointments.models import (
    Call,
    Desk,
    Figures,
    Hall,
    Numbers,
    Office,
    OpenHours,
    Presence,
    Queue,
    QueueEntry,
    Service,
)

HALLS = (("Wartebereich Rathaus Herne", "Waiting area, Herne town hall"),
         ("Wartebereich Wanne", "Waiting area, Wanne"))  # fmt: skip
DAYS = 92
OPEN = range(8, 16)
# How much of the counters' time an office's visitors take, by ISO weekday.
BUSY = {1: 0.9, 2: 0.8, 3: 0.66, 4: 0.84, 5: 0.6}
AT_WORK = 3
BY_HOUR = {8: 1.5, 9: 1.4, 10: 1.2, 11: 1.0, 12: 0.6, 13: 0.7, 14: 0.9, 15: 0.7}
WAITING = 9
MOST_SERVICES = 4


def fill(rng: random.Random) -> None:
    """What is missing; a second run changes nothing."""
    if Hall.objects.exists():
        return
    offices = list(Office.objects.select_related("resource").order_by("weight", "slug")[:4])
    with transaction.atomic():
        queues = _halls(offices)
        for office in offices:
            _past(office, rng)
        for queue in queues:
            _alive(queue, rng)


def _halls(offices: Sequence[Office]) -> list[Queue]:
    """The first offices share a hall, the others another one; letters differ in a hall."""
    made = []
    half = (len(offices) + 1) // 2
    for (name, english), group in zip(HALLS, (offices[:half], offices[half:]), strict=True):
        if not group:
            continue
        hall = Hall.objects.create(name=name, name_en=english, invented=True)
        for office in group:
            free = (c for c in f"{office.resource.name.upper()}ABCDFHKLMNPRTW" if "A" <= c <= "Z")
            letter = next(c for c in free if not hall.queues.filter(letter=c).exists())
            made.append(Queue.objects.create(hall=hall, office=office, letter=letter))
    return made


def _services(office: Office) -> list[Service]:
    rows = Service.objects.filter(offers__office=office).order_by("weight", "name")
    return list(rows[:MOST_SERVICES])


def _counters(office: Office) -> list[Unit]:
    return list(office.resource.units.filter(active=True).order_by("number"))


# The past: days are played with invented visitors and counted.


def _past(office: Office, rng: random.Random) -> None:
    counters, services = _counters(office), _services(office)
    if not counters or not services:
        return
    rows: list[Figures] = []
    open_rows: list[OpenHours] = []
    working = counters[: max(1, min(AT_WORK, len(counters)))]
    usual = sum(one.minutes for one in services) / len(services)
    minutes = 60 * len(OPEN) * len(working)
    for back in range(1, DAYS + 1):
        day = today() - timedelta(days=back)
        if busy := BUSY.get(day.isoweekday()):
            visits = _visitors(busy * minutes / usual, services, rng)
            _count(rows, open_rows, office, day, _played(visits, working), rng)
    Figures.objects.bulk_create(rows, batch_size=2000)
    OpenHours.objects.bulk_create(open_rows, batch_size=2000)


Visit = tuple[float, Service, str, float]


def _visitors(mean: float, services: Sequence[Service], rng: random.Random) -> list[Visit]:
    """Minute of the day, service, source and minutes at the counter of each."""
    hours, weights = zip(*BY_HOUR.items(), strict=True)
    found = []
    for _n in range(max(4, round(rng.gauss(mean, mean * 0.12)))):
        hour = rng.choices(hours, weights)[0]
        service = rng.choices(services, [1 / (n + 1) for n in range(len(services))])[0]
        source = "appointment" if rng.random() < 0.6 else "walk_in"
        took = service.minutes * rng.lognormvariate(-0.12, 0.45)
        found.append((60 * hour + rng.uniform(0, 60), service, source, max(1.0, took)))
    return sorted(found, key=lambda one: one[0])


Seen = tuple[Visit, float, int]


def _played(visits: Sequence[Visit], counters: Sequence[Unit]) -> list[Seen]:
    """Each with the minutes waited and the counter."""
    free = [(60.0 * OPEN.start, one.pk) for one in counters]
    heapq.heapify(free)
    seen = []
    for visit in visits:
        at, counter = heapq.heappop(free)
        starts = max(at, visit[0])
        heapq.heappush(free, (starts + visit[3], counter))
        seen.append((visit, starts - visit[0], counter))
    return seen


def _count(
    rows: list[Figures], open_rows: list[OpenHours], office: Office, day: date,
    seen: Sequence[Seen], rng: random.Random,
) -> None:  # fmt: skip
    groups: dict[tuple[int, int, str], list[Seen]] = defaultdict(list)
    for one in seen:
        (minute, service, source, _took), _wait, _counter = one
        groups[int(minute // 60), service.pk, source].append(one)
    for (hour, service_id, source), group in groups.items():
        rows.append(_figures(office, day, hour, service_id, source, group, rng))
    used = sorted({counter for _visit, _wait, counter in seen})
    busy = Counter[int]()
    for (minute, _service, _source, took), _wait, _counter in seen:
        busy[int(minute // 60)] += round(took)
    for hour in OPEN:
        open_rows.append(
            OpenHours(day=day, office=office, hour=hour, counters=used, invented=True,
                      open_minutes=60.0 * len(used), busy_minutes=float(busy[hour]))
        )  # fmt: skip


def _figures(
    office: Office, day: date, hour: int, service_id: int, source: str, group: Sequence[Seen],
    rng: random.Random,
) -> Figures:  # fmt: skip
    waits = Counter(round(wait) for _visit, wait, _counter in group)
    handling = Counter(round(visit[3]) for visit, _wait, _counter in group)
    booked = source == "appointment"
    lost = sum(rng.random() < 0.08 for _one in group) if booked else 0
    cancelled = sum(rng.random() < 0.12 for _one in group) if booked else 0
    errors = [abs(rng.gauss(0, 2 + 0.25 * wait)) for _visit, wait, _counter in group]
    return Figures(
        day=day, office=office, hour=hour, service_id=service_id, source=source,
        came=len(group), served=len(group), waits=told(waits), handling=told(handling),
        counters=sorted({counter for _visit, _wait, counter in group}),
        booked=len(group) + lost + cancelled if booked else 0, no_shows=lost,
        cancelled=cancelled, invented=True, error=round(sum(errors), 1),
        leads=told(Counter(rng.randint(0, 24) for _one in group)) if booked else {},
        estimates=len(group), within90=sum(rng.random() < 0.9 for _one in group),
        within50=sum(rng.random() < 0.5 for _one in group),
    )  # fmt: skip


# The present: counters that are open, people at them, people who wait.


def _alive(queue: Queue, rng: random.Random) -> None:
    counters, services = _counters(queue.office), _services(queue.office)
    if len(counters) < 2 or not services:
        return
    now = clock.now()
    # The first counter stays free for whoever tries the desk.
    open_ones = counters[1:4]
    people = _people(queue, services, len(open_ones) + WAITING + 3, now, rng)
    QueueEntry.objects.bulk_create(people)
    Numbers.objects.create(queue=queue, day=today(), last=len(people), walk_ins=len(people) // 2,
                           walk_in_limit=queue.daily_limit)  # fmt: skip
    done, at_counter = people[:3], people[3 : 3 + len(open_ones)]
    for place, counter in enumerate(open_ones):
        _open(counter, now)
        _call(at_counter[place], counter, now - timedelta(minutes=3 + 2 * place), None)
    for place, entry in enumerate(done):
        counter = open_ones[place % len(open_ones)]
        _call(entry, counter, now - timedelta(minutes=14 + 2 * place), now)
    for entry in people[3 + len(open_ones) :]:
        waiting_now.note(entry)


def _people(
    queue: Queue, services: Sequence[Service], count: int, now: datetime, rng: random.Random
) -> list[QueueEntry]:
    """In the order of coming; every other one has an appointment."""
    begun = datetime.combine(today(), time(), zone())
    people = []
    for number in range(1, count + 1):
        service = rng.choice(services)
        arrived = max(begun, now - timedelta(minutes=3.5 * (count - number) + rng.uniform(0, 3)))
        booked = number % 2 == 0
        people.append(
            QueueEntry(
                hall_id=queue.hall_id, queue=queue, day=today(), letter=queue.letter,
                number=number, source="appointment" if booked else "walk_in", service=service,
                minutes=service.minutes, skills=service.skills, priority=2 if booked else 3,
                arrived=arrived, due=arrived + timedelta(minutes=5 if booked else 0),
                invented=True,
            )
        )  # fmt: skip
    return people


def _open(counter: Unit, now: datetime) -> None:
    """Somebody who cannot sign in sits there."""
    name = f"demo-counter-{counter.pk}"
    person, _new = Account.objects.get_or_create(username=name, defaults={"is_active": False})
    Desk.objects.create(counter=counter, account=person, since=now)
    Presence.objects.create(counter=counter, began=now - timedelta(hours=1), invented=True)


def _call(entry: QueueEntry, counter: Unit, at: datetime, ended: datetime | None) -> None:
    entry.state = "finished" if ended else "serving"
    entry.called = entry.served = max(at, entry.arrived)
    entry.ended = ended
    entry.calls = 1
    entry.save()
    Call.objects.create(
        entry=entry, counter=counter, at=entry.called, last=entry.called, served=entry.called,
        ended=ended, outcome="finished" if ended else "",
    )  # fmt: skip
