"""How long visits take, from the figures of past weeks: by service and hour where there are enough.

Few cases of a service are filled up with all of the office, none with what is planned.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from stadtkern.systems.appointments.models import Figures

DAYS = 56
ENOUGH = 40
# Multiples of what is planned: how visits spread before anything was measured.
SPREAD = (0.4, 0.55, 0.65, 0.75, 0.85, 0.9, 1.0, 1.1, 1.2, 1.4, 1.7, 2.2)
# Of a hundred appointments nobody comes to so many, before anything was measured.
NO_SHOWS = 0.1
MOST = 400

Tally = Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Durations:
    """What an office's visits took, in minutes, and how many with an appointment come."""

    by_hour: Mapping[tuple[int, int], Sequence[float]]
    by_service: Mapping[int, Sequence[float]]
    all: Sequence[float]
    chance: float

    def of(self, service: int | None, hour: int, planned: int) -> Sequence[float]:
        """Minutes of such visits, at least a dozen."""
        key = service or 0
        found = self.by_hour.get((key, hour)) or self.by_service.get(key)
        if found:
            return found
        if service is None and self.all:
            return self.all
        return [planned * factor for factor in SPREAD]


def durations(office: int, day: date) -> Durations:
    """Of the weeks before a day; kept in the process until the next day."""
    return _durations(office, day)


@lru_cache(maxsize=64)
def _durations(office: int, day: date) -> Durations:
    rows = Figures.objects.filter(office=office, day__lt=day, day__gte=day - timedelta(days=DAYS))
    hours: dict[tuple[int, int], list[float]] = defaultdict(list)
    services: dict[int, list[float]] = defaultdict(list)
    everything: list[float] = []
    booked = no_shows = 0
    told = ("service", "hour", "handling", "booked", "no_shows")
    for service, hour, tally, made, lost in rows.values_list(*told):
        times = spread(tally)
        hours[service or 0, hour] += times
        services[service or 0] += times
        everything += times
        booked, no_shows = booked + made, no_shows + lost
    return Durations(
        by_hour={key: thin(one) for key, one in hours.items() if len(one) >= ENOUGH},
        by_service={key: thin(one) for key, one in services.items() if len(one) >= ENOUGH},
        all=thin(everything) if len(everything) >= ENOUGH else (),
        chance=1 - (no_shows / booked if booked >= ENOUGH else NO_SHOWS),
    )


def spread(tally: Tally) -> list[float]:
    """`{"4": 2}` as two visits of four minutes."""
    return [max(0.5, float(minutes)) for minutes, count in tally.items() for _one in range(count)]


def thin(values: Sequence[float]) -> Sequence[float]:
    """Evenly fewer of very many, in order: their distribution stays."""
    ordered = sorted(values)
    if len(ordered) <= MOST:
        return ordered
    return [ordered[round(i * (len(ordered) - 1) / (MOST - 1))] for i in range(MOST)]
