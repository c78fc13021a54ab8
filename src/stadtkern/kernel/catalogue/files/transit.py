"""GTFS (Schedule Reference of gtfs.org): each file a table; stops are points, shapes lines."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import shapely

from stadtkern.kernel.catalogue.files import delimited
from stadtkern.kernel.catalogue.files.notices import Notices
from stadtkern.kernel.catalogue.files.sheet import GEOMETRY, Line, Part

FEED = frozenset(("stops.txt", "routes.txt", "trips.txt", "stop_times.txt", "agency.txt"))
# Keys that do not end in _id; all that end so are keys.
KEYS = frozenset(("stop_code", "route_short_name", "trip_short_name", "route_color",
                  "route_text_color", "platform_code"))  # fmt: skip


def is_feed(names: set[str]) -> bool:
    """Whether an archive with these files is a GTFS feed."""
    return len(FEED & names) >= 3


def parts(name: str, content: bytes) -> list[Part]:
    """The table of one file of a feed."""
    (found,) = delimited.parts(name.removesuffix(".txt"), content, header=1)
    keys = KEYS | {head for head in found.heads if head.endswith("_id")}
    found = replace(found, keys=frozenset(keys))
    return [_lines(found) if name == "shapes.txt" else found]


def _lines(part: Part) -> Part:
    """One row for each shape of a feed: its points in their order, as a line."""
    notices = Notices()
    drawn: dict[str, list[tuple[int, float, float]]] = defaultdict(list)
    wanted = ("shape_id", "shape_pt_sequence", "shape_pt_lon", "shape_pt_lat")
    at = [part.heads.index(head) for head in wanted if head in part.heads]
    if len(at) < len(wanted):
        return part
    for line, row in part.lines():
        try:
            key, order, lon, lat = (row[place] for place in at)
            drawn[key].append((int(order), float(lon), float(lat)))
        except (IndexError, ValueError):
            notices.add("no_shape", row=line, value=",".join(map(str, row)))

    def lines() -> Iterator[Line]:
        for number, (key, points) in enumerate(drawn.items(), start=1):
            track = [(lon, lat) for _order, lon, lat in sorted(points)]
            yield number, [key, len(track), _line(track)]

    return Part(
        name=part.name, heads=["shape_id", "points", GEOMETRY], lines=lines, notices=notices,
        header=0, shapes=True, crs=4326, keys=frozenset(("shape_id",)),
    )  # fmt: skip


def _line(track: list[tuple[float, float]]) -> Any:
    return shapely.LineString(track) if len(track) > 1 else None
