"""The rows of parking's open data: car parks with what is free, and their bays."""

from collections.abc import Iterator
from typing import Any

from stadtkern.kernel.places.models import Place, point
from stadtkern.systems.parking import layers, logic
from stadtkern.systems.parking.bays import BAY, SITE, bays
from stadtkern.systems.parking.logic import Site

Row = dict[str, Any]


def site_rows() -> Iterator[Row]:
    """Car parks with the last count."""
    return (_site(one) for one in logic.sites())


def _site(one: Site) -> Row:
    place = one.place
    known = not one.stale
    return {
        "id": str(place.public_id),
        "name": place.name,
        "capacity": one.count.capacity,
        "free": one.free,
        "occupied": one.count.taken if known else None,
        "unknown": one.count.unknown,
        "state": layers.word_of(one.state),
        "counted_at": one.at,
        "source": "; ".join(dict.fromkeys(s for s in (place.source, one.source_now) if s)),
        "invented": place.invented,
        "geometry": place.geometry,
    }


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
            "changed_at": one.at,
            "source": source,
            "invented": invented,
            "geometry": None if one.lon is None or one.lat is None else point(one.lon, one.lat),
        }
