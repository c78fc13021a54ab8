"""The rows of the bike boxes' open data."""

from collections.abc import Iterator
from typing import Any

from stadtkern.kernel import clock
from stadtkern.systems.bike_boxes.logic import availability


def facility_rows() -> Iterator[dict[str, Any]]:
    """The places with what is free until tonight."""
    now = clock.now()
    for one in availability.now_free():
        place = one.facility.place
        yield {
            "id": str(place.public_id), "name": place.name, "boxes": one.all, "free": one.free,
            "out_of_service": one.out, "counted_at": now, "source": place.source,
            "invented": place.invented, "geometry": place.geometry,
        }  # fmt: skip
