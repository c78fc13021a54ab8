"""Slots over many counters, days and services, and a crowd after the same few of them."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

from benchmarks.table import Row, percentile, progress, times

DAYS, OFFICES, COUNTERS, SERVICES = 60, 8, 5, 150
CROWD, SLOTS = 500, 20
MOST_SEARCH, MOST_WAIT = 0.100, 2.0
TAKEN = 0.7


def measure() -> Iterator[Row]:
    """In the process of a city whose database is empty."""
    chance = random.Random(1)
    from stadtkern.kernel import clock

    first = clock.now().date() + timedelta(days=1)
    offices = _offices(chance, first)
    services = [(chance.choice([5, 10, 15, 20, 30, 45, 60]), chance.choice(SKILLS))
                for _n in range(SERVICES)]  # fmt: skip
    progress(f"{_fill(chance, offices, first):,} bookings of {DAYS} days.")
    yield from _searches(offices, services, first)
    yield from _crowds()


SKILLS = ((), ("a",), ("b",), ("a", "c"), ("d",))


def _offices(chance: random.Random, first: date) -> list:
    from stadtkern.kernel.bookings import calendars
    from stadtkern.kernel.bookings.models import Calendar, Resource, Unit

    found = []
    for number in range(OFFICES):
        calendar = Calendar.objects.create(name=f"Office {number}", ahead_days=90, step_minutes=5)
        calendars.weekly(calendar, "mo-fr", "08:00", "12:00", since=first, capacity=5, public=4)
        calendars.weekly(calendar, "mo,th", "13:00", "18:00", since=first, capacity=5, public=3)
        calendars.weekly(calendar, "sa", "09:00", "13:00", since=first, units=(1, 2))
        office = Resource.objects.create(kind="bench.office", name=calendar.name, calendar=calendar)
        Unit.objects.bulk_create(
            Unit(resource=office, number=n,
                 skills=sorted(chance.sample(["a", "b", "c", "d"], chance.randint(1, 4))))
            for n in range(1, COUNTERS + 1)
        )  # fmt: skip
        found.append(office)
    return found


def _fill(chance: random.Random, offices: Sequence, first: date) -> int:
    """As full as a good office: seven of ten quarter hours are taken."""
    from django.db import transaction
    from psycopg.types.range import Range

    from stadtkern.kernel.bookings import slots
    from stadtkern.kernel.bookings.models import Booking, Occupancy

    bookings, taken = [], []
    for office in offices:
        board = slots.board([office], first, first + timedelta(days=DAYS - 1), 20, audience="phone")
        found = slots.slots_of(board, 20)
        for unit in office.units.all():
            last = datetime(2000, 1, 1, tzinfo=UTC)
            for slot in found:
                if slot.begins < last or slot.free <= COUNTERS * (1 - TAKEN) * chance.random():
                    continue
                last = slot.ends + timedelta(minutes=chance.choice([0, 5, 5, 15]))
                bookings.append(
                    Booking(
                        kind="bench.visit", resource=office, state="booked", begins=slot.begins,
                        ends=slot.ends, audience=chance.choice(["public", "phone"]),
                    )
                )  # fmt: skip
                taken.append((unit, Range(slot.begins, slot.ends)))
    with transaction.atomic():
        made = Booking.objects.bulk_create(bookings, batch_size=2000)
        Occupancy.objects.bulk_create(
            (Occupancy(booking=one, unit=unit, during=during)
             for one, (unit, during) in zip(made, taken, strict=True)), batch_size=2000,
        )  # fmt: skip
    return len(made)


def _searches(offices: Sequence, services: Sequence, first: date) -> Iterator[Row]:
    from stadtkern.kernel.bookings import slots

    last = first + timedelta(days=DAYS - 1)
    what = f"bookings: {DAYS} days x {OFFICES * COUNTERS} counters"

    def days() -> Iterator[float]:
        for minutes, skills in services:
            began = time.perf_counter()
            slots.days(offices, first, last, minutes, skills=skills)
            yield time.perf_counter() - began

    def search() -> Iterator[float]:
        for minutes, skills in services:
            began = time.perf_counter()
            slots.search(offices, first, last, minutes, skills=skills)
            yield time.perf_counter() - began

    def every() -> Iterator[float]:
        for _again in range(20):
            began = time.perf_counter()
            board = slots.board(offices, first, last, 60)
            for minutes, skills in services:
                slots.days_of(board, minutes, skills=skills)
            yield time.perf_counter() - began

    for name, run, aim in (
        ("free times of each day, one of 150 services", days, MOST_SEARCH),
        ("every free slot, one of 150 services", search, MOST_SEARCH),
        ("free times of each day, all 150 services", every, None),
    ):
        found = list(run())
        yield Row(
            what=f"{what}: {name}", figure=times(found),
            aim=f"p95 < {aim * 1000:.0f} ms" if aim else "",
            met=percentile(found, 0.95) < aim if aim else None,
        )  # fmt: skip


def _crowds() -> Iterator[Row]:
    """One wants the very same slot as all; then each wants any of twenty, in an order of theirs."""
    for name, deed in (("the same slot of 20", _same), ("20 slots in another order", _any)):
        won, waits = deed()
        yield Row(
            what=f"bookings: {CROWD} clients after {name}",
            figure=f"{won} win, {len(waits)} answers, longest {max(waits):.2f} s",
            aim=f"{SLOTS} win, < {MOST_WAIT:.0f} s",
            met=won == SLOTS and len(waits) == CROWD and max(waits) < MOST_WAIT,
        )


def _same() -> tuple[int, list[float]]:
    from stadtkern.kernel.bookings import changes
    from stadtkern.kernel.bookings.wanted import Wanted

    office, begins = _open_office(SLOTS)
    wanted = Wanted(resource=office, begins=begins, ends=begins + timedelta(minutes=20))
    return _race(lambda _n: [lambda: changes.hold(wanted, kind="bench.visit")])


def _any() -> tuple[int, list[float]]:
    """Until one gets something or everything is taken."""
    from stadtkern.kernel.bookings import changes
    from stadtkern.kernel.bookings.wanted import Wanted

    office, begins = _open_office(1)
    spans = [begins + n * timedelta(minutes=10) for n in range(SLOTS)]

    def deeds(number: int) -> list:
        order = random.Random(number).sample(spans, SLOTS)
        return [
            lambda at=at: changes.hold(
                Wanted(resource=office, begins=at, ends=at + timedelta(minutes=10)),
                kind="bench.visit")
            for at in order
        ]  # fmt: skip

    return _race(deeds)


def _open_office(counters: int) -> tuple:
    from stadtkern.kernel import clock
    from stadtkern.kernel.bookings import calendars
    from stadtkern.kernel.bookings.models import Calendar, Resource, Unit

    calendar = Calendar.objects.create(name="Crowded", on_holidays=True, zone="UTC")
    calendars.weekly(calendar, "mo-su", "08:00", "18:00", since=date(2020, 1, 1))
    office = Resource.objects.create(kind="bench.office", name="Crowded", calendar=calendar)
    Unit.objects.bulk_create(Unit(resource=office, number=n + 1) for n in range(counters))
    day = clock.now().replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=7)
    return office, day


def _race(deeds_of: Callable[[int], Sequence[Callable[[], object]]]) -> tuple[int, list[float]]:
    """How many won, and for how long each client waited for the slowest of its answers."""
    from django.db import connection

    from stadtkern.kernel.bookings.errors import Refused

    gate = Barrier(CROWD)

    def client(number: int) -> tuple[bool, float]:
        deeds, slowest = deeds_of(number), 0.0
        gate.wait()
        try:
            for deed in deeds:
                began = time.perf_counter()
                try:
                    deed()
                except Refused:
                    continue
                finally:
                    # A server's thread gives its connection back between two requests.
                    connection.close()
                    slowest = max(slowest, time.perf_counter() - began)
                return True, slowest
            return False, slowest
        finally:
            connection.close()

    with ThreadPoolExecutor(CROWD) as pool:
        answers = list(pool.map(client, range(CROWD)))
    return sum(won for won, _wait in answers), [wait for _won, wait in answers]
