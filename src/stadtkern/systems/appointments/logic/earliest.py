"""The earliest free time of each concern and office, read in one go."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import slots, ticks
from stadtkern.systems.appointments.logic.times import today
from stadtkern.systems.appointments.models import Office, OfficeService

AHEAD = timedelta(days=60)


@dataclass(frozen=True, kw_only=True, slots=True)
class Earliest:
    """A concern at an office, and when one person could come first; None: not in 60 days."""

    offer: OfficeService
    minutes: int
    begins: datetime | None

    @property
    def days(self) -> int | None:
        """Whole days from today until then."""
        return None if self.begins is None else (self.begins.date() - today()).days


def all_of_them() -> list[Earliest]:
    """For all that can be booked online; the same few queries for any number of them."""
    rows = OfficeService.objects.filter(
        online=True, service__active=True, office__resource__active=True
    ).select_related("service", "office__resource__calendar", "office__resource__place")
    offers = list(rows.order_by("service__weight", "service", "office__weight"))
    return list(_earliest(offers))


def _earliest(offers: list[OfficeService]) -> Iterator[Earliest]:
    resources = {one.office.resource_id: one.office.resource for one in offers}
    longest = max((one.service.lasts(1, one.minutes) for one in offers), default=5)
    seen = slots.board(list(resources.values()), today(), today() + AHEAD, longest)
    known: dict[tuple[object, ...], datetime | None] = {}
    for one in offers:
        minutes = one.service.lasts(1, one.minutes)
        key = (one.office.resource_id, minutes, tuple(sorted(one.service.skills)))
        if key not in known:
            number = one.office.resource_id
            mask = seen.starts(number, minutes, skills=one.service.skills).mask
            first = next(iter(ticks.bits(mask)), None)
            zone = seen.columns[number].zone
            known[key] = None if first is None else ticks.at(seen.base + first).astimezone(zone)
        yield Earliest(offer=one, minutes=minutes, begins=known[key])


def by_office(found: list[Earliest]) -> dict[Office, datetime | None]:
    """The earliest of all concerns of an office."""
    times: dict[Office, list[datetime]] = defaultdict(list)
    for one in found:
        times[one.offer.office] += [one.begins] if one.begins else []
    return {office: min(some, default=None) for office, some in times.items()}


def so_soon(begins: datetime, within: timedelta) -> bool:
    """Whether somebody could come within a span from now."""
    return begins - clock.now() <= within
