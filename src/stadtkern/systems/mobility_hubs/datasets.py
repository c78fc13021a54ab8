"""The rows of the mobility stations' open data."""

from collections.abc import Iterator
from typing import Any

from stadtkern.systems.mobility_hubs.logic import now


def hub_rows() -> Iterator[dict[str, Any]]:
    """The stations with what is free now."""
    for one in now.stations():
        place = one.hub.place
        yield {
            "id": str(place.public_id), "name": place.name, "free_parking": one.free("car"),
            "free_bike_boxes": one.free("bike"), "free_charging": one.free("charging"),
            "shared_vehicles": one.free("sharing"),
            "stops": ", ".join(dict.fromkeys(stop.name for stop in one.stops)),
            "wifi": one.hub.wifi, "oldest_at": one.oldest, "source": place.source,
            "invented": place.invented or any(e.invented for e in one.elements),
            "geometry": place.geometry,
        }  # fmt: skip
