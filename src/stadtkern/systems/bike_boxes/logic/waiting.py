"""The waiting list of a place: a span that somebody wants, offered to one after the other."""

from datetime import date, timedelta

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import waiting
from stadtkern.kernel.bookings.models import Wish
from stadtkern.kernel.bookings.wanted import Person
from stadtkern.systems.bike_boxes.logic import RENTAL, availability, periods
from stadtkern.systems.bike_boxes.logic.renting import frozen
from stadtkern.systems.bike_boxes.models import Facility, Product, Size


def ask(
    facility: Facility, product: Product, person: Person, *, first: date | None = None,
    size: Size | None = None,
) -> Wish:  # fmt: skip
    """Wait for a box from a first day on; without one for the next that is free, from tomorrow."""
    begin = first or periods.day_of(clock.now()) + timedelta(days=1)
    return waiting.wish(
        kind=RENTAL, resources=availability.resources(facility, size), person=person,
        earliest=periods.midnight(begin), latest=periods.end_of(product.kind, begin),
        skills=availability.fits(product.kind),
        properties={**frozen(product), "facility": facility.slug, "first": begin.isoformat(),
                    "rolls": first is None},
    )  # fmt: skip


def roll() -> int:
    """Who waits for the next free box goes on waiting from tomorrow; returns how many."""
    now = clock.now()
    day = periods.day_of(now) + timedelta(days=1)
    done = 0
    late = Wish.objects.filter(kind=RENTAL, state="waiting", properties__rolls=True,
                               earliest__lte=now)  # fmt: skip
    for wish in late:
        with transaction.atomic():
            told = {**wish.properties, "first": day.isoformat()}
            rows = Wish.objects.filter(pk=wish.pk, state="waiting", earliest=wish.earliest)
            done += rows.update(earliest=periods.midnight(day), properties=told,
                                latest=periods.end_of(str(told["kind"]), day))  # fmt: skip
    return done


def waiting_at(facility: Facility) -> int:
    """How many wait here."""
    rows = Wish.objects.filter(kind=RENTAL, state__in=["waiting", "offered"])
    return rows.filter(properties__facility=facility.slug).count()
