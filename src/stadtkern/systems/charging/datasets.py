"""The rows of charging's open data."""

from collections.abc import Iterator
from typing import Any

from stadtkern.systems.charging.logic import reading
from stadtkern.systems.charging.logic.reading import Point, Station
from stadtkern.systems.charging.words import PLUGS


def point_rows() -> Iterator[dict[str, Any]]:
    """Public charging points with plugs, power and status."""
    for one in reading.stations(reading.public()):
        for point in one.points:
            yield _row(one, point)


def _row(one: Station, point: Point) -> dict[str, Any]:
    place, ours = one.place, one.location
    return {
        "id": point.evse.uid, "evse_id": point.evse.evse_id, "location": ours.uid,
        "name": place.name, "operator": ours.operator, "street": place.street,
        "postcode": place.postcode,
        "plugs": ", ".join(str(PLUGS.get(plug.standard, plug.standard))
                           for plug in point.connectors),
        "power": point.max_watt / 1000 or None, "hours": ours.opening_hours,
        "accessible": ours.accessible, "status": point.status,
        "status_at": point.evse.status_at if point.live else None, "source": place.source,
        "invented": place.invented, "geometry": place.geometry,
    }  # fmt: skip
