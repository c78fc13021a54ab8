"""Invented appointments of the demo: weeks behind us, and ahead, the sooner the fuller."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction
from psycopg.types.range import Range

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import hours
from stadtkern.kernel.bookings.hours import Open
from stadtkern.kernel.bookings.models import Booking, Occupancy, Unit
from stadtkern.systems.appointments.logic.times import today
from stadtkern.systems.appointments.logic.visits import KIND
from stadtkern.systems.appointments.models import Office, OfficeService

BACK, AHEAD = timedelta(days=5), timedelta(days=30)
SOURCE = "demo"
FIRST = ("Ayşe", "Ben", "Clara", "Deniz", "Emil", "Fatma", "Greta", "Hasan", "Ida", "Jan", "Katrin",
         "Leon", "Mila", "Nils", "Olga", "Paul", "Ruth", "Sven", "Tarek", "Ute")  # fmt: skip
LAST = ("Muster", "Beispiel", "Probe", "Demo", "Vorlage", "Testmann")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Free:
    """A counter, and the hours of a day in which it works."""

    unit: Unit
    begins: datetime
    ends: datetime


@transaction.atomic
def fill(office: Office, rng: random.Random) -> None:
    """Bookings of an office, written at once; they tell nobody, and no mail is sent."""
    resource = office.resource
    if resource.calendar_id is None:
        return
    first, last = today() - BACK, today() + AHEAD
    begins, ends = (datetime(d.year, d.month, d.day, tzinfo=UTC) for d in (first, last))
    opening = hours.load([resource.calendar_id], begins, ends)[resource.calendar_id]
    units = list(Unit.objects.filter(resource=resource))
    offers = list(OfficeService.objects.filter(office=office).select_related("service"))
    rows: list[tuple[Booking, Unit]] = []
    for span in opening.spans(first, last):
        day = span.begins.astimezone(opening.zone).date()
        for free in _counters(span, units):
            rows += [(one, free.unit) for one in _visits(free, day, offers, office, rng)]
    bookings = Booking.objects.bulk_create([one for one, _unit in rows], batch_size=2000)
    Occupancy.objects.bulk_create(
        [
            Occupancy(booking=one, unit=unit, during=Range(one.begins, one.ends))
            for one, (_old, unit) in zip(bookings, rows, strict=True)
        ],
        batch_size=2000,
    )


def _counters(span: Open, units: Sequence[Unit]) -> Iterator[_Free]:
    """The counters that the public may have during an opening."""
    most = span.public or len(units)
    for unit in units[:most]:
        yield _Free(unit=unit, begins=span.begins, ends=span.ends)


def _visits(
    free: _Free, day: date, offers: Sequence[OfficeService], office: Office, rng: random.Random
) -> Iterator[Booking]:
    """One after the other, with gaps; the further ahead the more of them."""
    fit = [one for one in offers if set(one.service.skills) <= set(free.unit.skills)]
    step = timedelta(minutes=10)
    at, share = free.begins, _share(day)
    while fit and at < free.ends:
        offer = rng.choice(fit)
        persons = 2 if offer.service.most_persons > 1 and rng.random() < 0.12 else 1
        lasts = timedelta(minutes=offer.service.lasts(persons, offer.minutes))
        if at + lasts <= free.ends and rng.random() < share:
            yield _booking(at, at + lasts, offer, persons, office, rng)
            at += -(-lasts // step) * step
        else:
            at += step


def _share(day: date) -> float:
    """How full a day is: the past nearly, the days ahead less and less."""
    ahead = (day - today()).days
    return 0.8 if ahead < 0 else max(0.06, 0.84 - 0.04 * ahead)


def _booking(
    begins: datetime, ends: datetime, offer: OfficeService, persons: int, office: Office,
    rng: random.Random,
) -> Booking:  # fmt: skip
    now = clock.now()
    state = _state(begins, ends, now, rng)
    number = rng.randrange(10_000)
    created = begins - timedelta(days=rng.randint(1, 21), minutes=rng.randrange(600))
    created = min(created, now - timedelta(minutes=number % 600))
    told: dict[str, Any] = {"services": [offer.service.slug], "persons": persons}
    return Booking(
        kind=KIND, resource=office.resource, state=state, begins=begins, ends=ends,
        audience=rng.choices(("public", "phone", "internal"), (8, 2, 1))[0], source=SOURCE,
        name=f"{rng.choice(FIRST)} {rng.choice(LAST)}", email=f"demo{number}@example.org",
        subject=offer.service.slug, skills=sorted(offer.service.skills),
        properties={**told, "invented": True}, created=created, changed=created,
        confirmed=created, ended=ends if state in ("finished", "missed", "cancelled") else None,
        reminded=created, code=_code(rng),
    )  # fmt: skip


def _code(rng: random.Random) -> str:
    """As the kernel's, but the same in each demo."""
    return "".join(rng.choices("BCDFGHJKLMNPQRSTVWXZ23456789", k=8))


def _state(begins: datetime, ends: datetime, now: datetime, rng: random.Random) -> str:
    if begins > now:
        return "booked"
    if ends > now:
        return "arrived" if rng.random() < 0.7 else "booked"
    return rng.choices(("finished", "missed", "cancelled"), (88, 7, 5))[0]
