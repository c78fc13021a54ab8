"""What stations near by measured in both periods: beside the estimate, never mixed with it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from stadtkern.kernel.things import series
from stadtkern.kernel.things.buckets import Step
from stadtkern.kernel.things.models import Datastream
from stadtkern.systems.parking.logic.guidance.ground import metres

# Slugs of observed properties, whichever system measures them.
MEASURED = ("no2", "pm10")
NEAR_M, MOST = 5000.0, 4
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """From the first day to the last, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """Means of daily means in both periods, with the number of days; None where too few."""

    stream: Datastream
    metres: float
    before: float | None
    after: float | None
    days: tuple[int, int]


def measured(spots: Sequence[tuple[float, float]], before: Span, after: Span) -> list[Measured]:
    """The nearest streams of each property to any of these (longitude, latitude)."""
    chosen = list(_nearest(spots))
    ids = [stream.pk for stream, _far in chosen]
    means = [_means(ids, span) for span in (before, after)] if ids else [{}, {}]
    return [
        Measured(
            stream=stream, metres=far, before=means[0][stream.pk][0], after=means[1][stream.pk][0],
            days=(means[0][stream.pk][1], means[1][stream.pk][1]),
        )
        for stream, far in chosen
    ]  # fmt: skip


def _nearest(spots: Sequence[tuple[float, float]]) -> Iterator[tuple[Datastream, float]]:
    rows = (
        Datastream.objects.public()
        .filter(observed_property__slug__in=MEASURED)
        .exclude(thing__place=None)
        .select_related("thing__place", "observed_property")
    )
    for slug in MEASURED:
        near = sorted(
            ((far, row.pk, row) for row in rows if row.observed_property.slug == slug
             and (far := _far(row, spots)) <= NEAR_M),
        )  # fmt: skip
        yield from ((row, far) for far, _pk, row in near[:MOST])


def _far(stream: Datastream, spots: Iterable[tuple[float, float]]) -> float:
    place = stream.thing.place
    if place is None or place.lon is None or place.lat is None:
        return float("inf")
    return min((metres(place.lon, place.lat, *spot) for spot in spots), default=float("inf"))


def _means(ids: Sequence[int], span: Span) -> dict[int, tuple[float | None, int]]:
    zone = series.city_zone()
    begins = datetime.combine(span.first, time(), zone)
    ends = datetime.combine(span.last + DAY, time(), zone)
    found = series.in_steps(ids, begins, ends, Step(unit="day"))
    return {line.datastream: _mean(line.mean) for line in found.lines}


def _mean(values: Sequence[float | None]) -> tuple[float | None, int]:
    known = [value for value in values if value is not None]
    return (sum(known) / len(known) if known else None), len(known)
