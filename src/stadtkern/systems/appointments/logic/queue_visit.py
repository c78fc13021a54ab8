"""What somebody who waits has come for: how long it is planned to take and what it needs."""

from dataclasses import dataclass

from stadtkern.kernel.bookings.models import Booking
from stadtkern.systems.appointments.logic.concern import Concern, concern_of
from stadtkern.systems.appointments.models import Queue, Service

# Planned for somebody who does not say why they come.
MINUTES = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """The first of its services stands for all of them in the figures."""

    service: Service | None
    persons: int = 1
    minutes: int = MINUTES
    skills: tuple[str, ...] = ()
    language: str = "de"


def concern_of_booking(booking: Booking) -> Concern | None:
    """The services that were booked; None where they are not offered any more."""
    told = booking.properties
    slugs, persons = told.get("services", ()), told.get("persons", 1)
    return concern_of([str(one) for one in slugs], int(persons))


def visit_of(booking: Booking) -> Visit:
    """What the appointment was made for; its own span says how long it is planned to take."""
    concern = concern_of_booking(booking)
    minutes = round((booking.ends - booking.begins).total_seconds() / 60)
    return Visit(
        service=concern.services[0] if concern else None,
        persons=concern.persons if concern else 1,
        minutes=minutes,
        skills=concern.skills if concern else (),
        language=booking.language,
    )


def visit_to(queue: Queue, service: Service | None, persons: int, language: str) -> Visit:
    """What a walk-in chose at the kiosk or told a clerk."""
    if service is None:
        return Visit(service=None, persons=persons, language=language)
    concern = Concern((service,), min(max(persons, 1), service.most_persons))
    offer = concern.at(queue.office, online=False)
    return Visit(
        service=service,
        persons=concern.persons,
        minutes=offer.minutes if offer else service.lasts(concern.persons),
        skills=concern.skills,
        language=language,
    )
