"""Coordinate systems: CRS84 inside, EPSG:4326, 25832 and 3857 at the edges. Brings PROJ along."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

import numpy as np
import shapely
from pyproj import Transformer  # noqa: TID253  this module is loaded when asked for

from stadtkern.kernel.catalogue.doors.answers import Refused

CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG: Final = "http://www.opengis.net/def/crs/EPSG/0"
LATITUDE_FIRST: Final = f"{EPSG}/4326"
METRES: Final = {f"{EPSG}/25832": "EPSG:25832", f"{EPSG}/3857": "EPSG:3857"}
OFFERED: Final = (CRS84, LATITUDE_FIRST, *METRES)
# A side of a box is a curve elsewhere.
STEPS: Final = 16
Move = Callable[[Any], Any]


def known(text: str, parameter: str) -> str:
    """The URI of a system that is offered; also in brackets, as a CURIE or as a code."""
    plain = text.strip("[]<>")
    for one in OFFERED:
        authority, _, code = one.rpartition("/")
        short = "OGC:CRS84" if one == CRS84 else f"EPSG:{code}"
        if plain in (one, one.replace("http:", "https:"), short, f"{authority}/{code}"):
            return one
    raise Refused(parameter, f"choose one of {', '.join(OFFERED)}")


@cache
def _transformer(crs: str, inward: bool) -> Transformer:
    ends = (METRES[crs], "OGC:CRS84") if inward else ("OGC:CRS84", METRES[crs])
    return Transformer.from_crs(*ends, always_xy=True)


def outward(crs: str) -> Move:
    """From CRS84 into this system."""
    return _moved(crs, inward=False)


def inward(crs: str) -> Move:
    """From this system into CRS84."""
    return _moved(crs, inward=True)


def _moved(crs: str, *, inward: bool) -> Move:
    if crs == CRS84:
        return lambda shape: shape
    if crs == LATITUDE_FIRST:
        return lambda shape: shapely.transform(shape, lambda points: points[:, ::-1])
    change = _transformer(crs, inward)

    def points(given: Any) -> Any:
        xs, ys = change.transform(given[:, 0], given[:, 1])
        return np.round(np.column_stack((xs, ys)), 9 if inward else 3)

    return lambda shape: shapely.transform(shape, points)


def text(crs: str, wind: Callable[[str], str]) -> Callable[[str], str]:
    """A GeoJSON text in this system; nothing is read where nothing changes."""
    if crs == CRS84:
        return wind
    move = outward(crs)

    def moved(given: str) -> str:
        return str(shapely.to_geojson(move(shapely.from_geojson(wind(given)))))

    return moved


def area(numbers: tuple[float, float, float, float], crs: str) -> Any:
    """A box of this system as an area of CRS84, its sides cut into steps."""
    box = shapely.box(*numbers)
    side = max(numbers[2] - numbers[0], numbers[3] - numbers[1]) / STEPS
    found = inward(crs)(shapely.segmentize(box, side) if side > 0 else box)
    if not np.isfinite(found.bounds).all():
        raise Refused("bbox", "this lies outside of the coordinate system")
    return found


def is_degrees(crs: str) -> bool:
    """Whether a box of this system is a box of ours."""
    return crs not in METRES
