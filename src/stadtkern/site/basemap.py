"""The ground of every map, drawn from areas and landmarks that came by import."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from stadtkern.kernel.places.models import Area, Landmark, box_of

Feature = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Credit:
    """Whom the map is owed to, and under which terms."""

    source: str
    licence: str


def features() -> dict[str, Any]:
    """GeoJSON with `kind` city, neighbour, stop or station; all stops are one feature."""
    return {"type": "FeatureCollection", "features": [*_areas(), *_landmarks()]}


def credits() -> list[Credit]:
    """The credit lines that stand wherever the map is shown."""
    of_areas = Area.objects.order_by().values_list("source", "licence")
    of_landmarks = Landmark.objects.order_by().values_list("source", "licence")
    rows = of_areas.union(of_landmarks)
    return [
        Credit(source=source, licence=licence) for source, licence in sorted(rows, reverse=True)
    ]


def bounds() -> tuple[float, float, float, float] | None:
    """West, south, east, north of the city's outline; None where none came by import."""
    city = Area.objects.filter(kind="city").exclude(west=None).first()
    box = box_of(city.geometry) if city else (None,) * 4
    west, south, east, north = box
    if west is None or south is None or east is None or north is None:
        return None
    return west, south, east, north


def _areas() -> Iterator[Feature]:
    """Neighbours first, so that the city lies on top of them."""
    for area in Area.objects.order_by("-kind", "name"):
        yield _feature(area.kind, area.name, area.geometry)


def _landmarks() -> Iterator[Feature]:
    quiet: list[list[float]] = []
    for mark in Landmark.objects.order_by("key"):
        at = [round(mark.lon, 5), round(mark.lat, 5)]
        if mark.kind == "station":
            yield _feature("station", mark.name, {"type": "Point", "coordinates": at})
        else:
            quiet.append(at)
    if quiet:
        yield _feature("stop", "", {"type": "MultiPoint", "coordinates": quiet})


def _feature(kind: str, name: str, geometry: Any) -> Feature:
    return {"type": "Feature", "properties": {"kind": kind, "name": name}, "geometry": geometry}
