"""What somebody wants to come with: services and persons, and where all of it is offered."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from stadtkern.systems.appointments.models import Office, OfficeService, Service
from stadtkern.systems.appointments.models.office import minutes_together

MOST_SERVICES = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """An office where a concern is served, in so many minutes."""

    office: Office
    minutes: int


@dataclass(frozen=True)
class Concern:
    """Services for one or more persons; every counter that serves it has all skills."""

    services: tuple[Service, ...]
    persons: int = 1

    @property
    def title(self) -> str:
        """The services' names in the reader's language."""
        return ", ".join(one.title for one in self.services)

    @property
    def skills(self) -> tuple[str, ...]:
        """What a counter must be fit for."""
        return tuple(sorted({skill for one in self.services for skill in one.skills}))

    @property
    def most_persons(self) -> int:
        """How many may come in one appointment."""
        return min((one.most_persons for one in self.services), default=1)

    @property
    def bring(self) -> list[str]:
        """What to bring, each thing once."""
        return list(dict.fromkeys(line for one in self.services for line in one.lines("bring")))

    @property
    def prepaid_cents(self) -> int:
        """What is paid in advance, for all persons."""
        return sum((one.fee_cents or 0) * self.persons for one in self.services if one.prepaid)

    @cached_property
    def _offered(self) -> dict[int, list[OfficeService]]:
        rows = OfficeService.objects.filter(service__in=self.services, service__active=True)
        rows = rows.filter(office__resource__active=True).order_by("office__weight", "office")
        found: dict[int, list[OfficeService]] = defaultdict(list)
        joined = ("service", "office__resource__place", "office__resource__calendar")
        for one in rows.select_related(*joined):
            found[one.office_id].append(one)
        return found

    def offers(self, *, online: bool) -> list[Offer]:
        """The offices that serve all of it; `online`: that people may book by themselves."""
        found = []
        for rows in self._offered.values():
            fit = [one for one in rows if one.online or not online]
            if len(fit) == len(self.services):
                minutes = minutes_together(fit, self.persons)
                found.append(Offer(office=fit[0].office, minutes=minutes))
        return found

    def at(self, office: Office, *, online: bool) -> Offer | None:
        """The offer of one office; None where it does not serve all of it."""
        return next((o for o in self.offers(online=online) if o.office.pk == office.pk), None)

    def told(self) -> dict[str, object]:
        """What a booking keeps of it."""
        return {"services": [one.slug for one in self.services], "persons": self.persons}


def concern_of(slugs: Iterable[str], persons: int = 1) -> Concern | None:
    """The concern of these services; None where one of them is not offered (any more)."""
    wanted = list(dict.fromkeys(slugs))[:MOST_SERVICES]
    known = {one.slug: one for one in Service.objects.filter(slug__in=wanted, active=True)}
    if not wanted or len(known) != len(wanted):
        return None
    services = tuple(known[slug] for slug in wanted)
    most = min(one.most_persons for one in services)
    return Concern(services, min(max(persons, 1), most))


def names_of(slugs: Sequence[str], known: dict[str, Service]) -> str:
    """Services by their names, for rows that were read already."""
    return ", ".join(known[slug].title if slug in known else slug for slug in slugs)
