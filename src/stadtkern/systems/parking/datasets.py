"""The rows of parking's open data: car parks with what is free, and their bays."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import series
from stadtkern.kernel.things.buckets import Step
from stadtkern.systems.parking import layers, logic
from stadtkern.systems.parking.bays import AUDIENCES, BAY, SITE, bays
from stadtkern.systems.parking.logic import Site

Row = dict[str, Any]
HISTORY = timedelta(days=31)


def site_rows() -> Iterator[Row]:
    """Car parks with the last count."""
    return (_site(one) for one in logic.sites())


def _site(one: Site) -> Row:
    place, facts = one.place, one.facts
    known = not one.stale and not one.closed
    return {
        "id": str(place.public_id),
        "name": place.name,
        "capacity": one.capacity,
        "free": one.free,
        "occupied": one.count.taken if known else None,
        "unknown": one.unknown,
        "state": layers.word(one),
        "counted_at": one.at,
        "out_of_service": one.count.blocked,
        "kind": facts.kind,
        "open": one.open,
        "opening_hours": facts.opening_hours,
        "closed_until": facts.closed_until if one.closed_by_staff else None,
        **dict(_kept(one)),
        "trend": one.trend,
        "confidence": one.confidence,
        "max_height_cm": facts.max_height_cm,
        "max_stay_minutes": facts.max_stay_minutes,
        "has_fee": facts.has_fee,
        "source": "; ".join(dict.fromkeys(s for s in (place.source, one.source_now) if s)),
        "invented": place.invented,
        "geometry": place.geometry,
    }


def _kept(one: Site) -> Iterator[tuple[str, int | None]]:
    """Bays kept for somebody, and those of them that are free."""
    for audience in (key for key in AUDIENCES if key):
        count = one.by_audience.get(audience)
        yield audience, count.capacity if count else 0
        yield f"{audience}_free", one.free_of(audience) if count and count.capacity else None


def history_rows() -> Iterator[Row]:
    """Hourly counts of the last 31 days, of all car parks in one query."""
    by_stream = {one.datastream: one for one in logic.sites() if one.datastream}
    now = clock.now()
    found = series.in_steps(list(by_stream), now - HISTORY, now, Step(unit="hour"))
    for line in found.lines:
        one = by_stream[line.datastream]
        for at, mean, low, high, n in zip(
            found.times, line.mean, line.low, line.high, line.n, strict=True
        ):
            if mean is not None and low is not None and high is not None:
                yield {
                    "id": str(one.place.public_id), "name": one.place.name, "hour": at,
                    "free": round(mean, 1), "lowest": round(low), "highest": round(high),
                    "counts": n, "source": one.source, "invented": one.place.invented,
                }  # fmt: skip


def bay_rows() -> Iterator[Row]:
    """Single bays with what their sensors last said."""
    names = {place.pk: place.name for place in Place.objects.of_kind(SITE)}
    facts = {
        key: (source, invented)
        for key, source, invented in Place.objects.of_kind(BAY).values_list(
            "pk", "source", "invented"
        )
    }
    for one in bays():
        source, invented = facts.get(one.place, ("", False))
        yield {
            "id": str(one.public_id),
            "site": names.get(one.site, ""),
            "row": one.row,
            "number": one.number,
            "kept_for": one.kept,
            "state": one.word,
            "changed_at": one.told_at,
            "source": source,
            "invented": invented,
            "geometry": None if one.lon is None or one.lat is None else point(one.lon, one.lat),
        }
