"""When a concern can be served: the free slots of all offices that offer it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import slots
from stadtkern.kernel.bookings.slots import Slot
from stadtkern.kernel.bookings.wanted import Wanted
from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.appointments.logic.concern import Concern, Offer
from stadtkern.systems.appointments.models import Office

AHEAD = 90
# Staff look at a week at a time.
DAYS_SHOWN = timedelta(days=7)
# Of these so many with free times, so that the form below is near.
DAYS_LISTED = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Time:
    """A free slot at an office. `value` is what a form sends back."""

    office: Office
    slot: Slot

    @property
    def begins(self) -> datetime:
        """By the wall clock of the office."""
        return self.slot.begins

    @property
    def day(self) -> date:
        """The day there."""
        return self.slot.begins.date()

    @property
    def value(self) -> str:
        """Office and beginning: how long it takes is never the client's to say."""
        return f"{self.office.slug}@{self.slot.begins.isoformat(timespec='minutes')}"


def today() -> date:
    """The day in the city."""
    return clock.now().astimezone(city_zone()).date()


def ahead(offers: Sequence[Offer]) -> date:
    """The last day that the public can book somewhere."""
    calendars = [one.office.resource.calendar for one in offers]
    days = max((c.ahead_days for c in calendars if c), default=AHEAD)
    return today() + timedelta(days=days)


def free(
    concern: Concern, offers: Sequence[Offer], first: date, last: date, *, audience: str = "public"
) -> list[Time]:
    """Slots from a day until another, by time and office; one search per length of stay."""
    by_minutes: dict[int, list[Offer]] = defaultdict(list)
    for one in offers:
        by_minutes[one.minutes].append(one)
    found = []
    for minutes, some in by_minutes.items():
        offices = {one.office.resource_id: one.office for one in some}
        resources = [one.office.resource for one in some]
        for slot in slots.search(resources, first, last, minutes, skills=concern.skills,
                                 audience=audience):  # fmt: skip
            found.append(Time(office=offices[slot.resource], slot=slot))
    found.sort(key=lambda one: (one.begins.timestamp(), one.office.weight, one.office.pk))
    return found


def wanted(offer: Offer, concern: Concern, begins: datetime, audience: str = "public") -> Wanted:
    """What is asked of the kernel: our minutes, our skills."""
    return Wanted(
        resource=offer.office.resource, begins=begins,
        ends=begins + timedelta(minutes=offer.minutes), skills=concern.skills, audience=audience,
    )  # fmt: skip


def read_value(value: str) -> tuple[str, datetime] | None:
    """Office and beginning that a form sent; None where it is neither."""
    slug, at, begins = value.partition("@")
    try:
        when = datetime.fromisoformat(begins)
    except ValueError:
        return None
    return (slug, when) if at and when.tzinfo is not None else None


def by_day(found: Sequence[Time]) -> list[tuple[date, list[Time]]]:
    """The free times of each day that has some."""
    return [(day, list(some)) for day, some in groupby(found, lambda one: one.day)]
