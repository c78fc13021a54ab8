"""Writes bookings and what they occupy, for those who have the turn (`turns.taken_in`)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from psycopg.types.range import Range

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.errors import Taken
from stadtkern.kernel.bookings.events import BookingChanged
from stadtkern.kernel.bookings.models import LIVE, Booking, Occupancy, Unit
from stadtkern.kernel.bookings.wanted import Person, Wanted
from stadtkern.kernel.events import publish

# Exclusion constraint: two live occupancies of one unit overlap.
OVERLAP = "23P01"


@dataclass(frozen=True, kw_only=True, slots=True)
class Details:
    """What a new booking says of itself beside what it occupies."""

    kind: str
    state: str
    hold_until: datetime | None = None
    person: Person | None = None
    source: str = "web"
    key: str = ""
    subject: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)


def place(wanted: Wanted, units: Sequence[Unit], details: Details) -> Booking:
    """A new booking of these units. Raises Taken: the database knows better."""
    now = clock.now()
    booking = Booking(
        kind=details.kind, resource=wanted.resource, state=details.state,
        begins=wanted.begins, ends=wanted.ends, quantity=len(units),
        skills=list(wanted.skills), hold_until=details.hold_until, audience=wanted.audience,
        source=details.source,
        key=details.key, subject=details.subject, properties=dict(details.properties),
        created=now, changed=now, confirmed=now if details.state == "booked" else None,
    )  # fmt: skip
    sign(booking, details.person)
    with _overlaps_are_taken(wanted):
        booking.save(force_insert=True)
        _take(booking, units)
    tell(booking, "", booking.state)
    return booking


def sign(booking: Booking, person: Person | None) -> None:
    """Write down who it is; what is empty stays as it was."""
    if person is None:
        return
    booking.name = person.name or booking.name
    booking.email = person.email or booking.email
    booking.phone = person.phone or booking.phone
    booking.language = person.language
    booking.account = person.account or booking.account


def occupy(booking: Booking, units: Sequence[Unit]) -> None:
    """The booking has these units for its whole span, and no others."""
    Occupancy.objects.filter(booking=booking).delete()
    _take(booking, units)


def _take(booking: Booking, units: Sequence[Unit]) -> None:
    during = Range(booking.begins, booking.ends)
    Occupancy.objects.bulk_create(
        [Occupancy(booking=booking, unit=unit, during=during) for unit in units]
    )


def put(booking: Booking, wanted: Wanted, units: Sequence[Unit], what: str) -> None:
    """The same booking somewhere else or for another span."""
    booking.resource, booking.audience = wanted.resource, wanted.audience
    booking.skills = list(wanted.skills)
    booking.begins, booking.ends, booking.quantity = wanted.begins, wanted.ends, len(units)
    booking.reminded = None
    with _overlaps_are_taken(wanted):
        write(booking)
        occupy(booking, units)
    tell(booking, booking.state, what)


def stretch(booking: Booking, ends: datetime) -> None:
    """The same units until another end. Raises Taken."""
    wanted = Wanted(resource=booking.resource, begins=booking.begins, ends=ends)
    booking.ends, booking.reminded = ends, None
    with _overlaps_are_taken(wanted):
        write(booking)
        Occupancy.objects.filter(booking=booking).update(during=Range(booking.begins, ends))
    tell(booking, booking.state, "prolonged")


def turn(booking: Booking, state: str, now: datetime) -> None:
    """Another state; what it occupies follows in the database."""
    before, booking.state = booking.state, state
    if state != "held":
        booking.hold_until = None
    if state not in LIVE:
        booking.ended = now
    with _overlaps_are_taken(None):
        write(booking)
    tell(booking, before, state)


def write(booking: Booking) -> None:
    """Save a change; its number tells calendars which version is newer."""
    booking.changed = clock.now()
    booking.revision += 1
    booking.save()


def tell(booking: Booking, before: str, after: str) -> None:
    """Publish what happened, in the transaction in which it does."""
    publish(BookingChanged(booking=booking.pk, kind=booking.kind, before=before, after=after))


@contextmanager
def _overlaps_are_taken(wanted: Wanted | None) -> Iterator[None]:
    """Turns the database's refusal of an overlap into Taken."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if is_overlap(error):
            raise Taken(wanted=wanted) from error
        raise


def is_overlap(error: IntegrityError) -> bool:
    """Whether two bookings would have one unit at one instant."""
    return getattr(error.__cause__, "sqlstate", "") == OVERLAP
