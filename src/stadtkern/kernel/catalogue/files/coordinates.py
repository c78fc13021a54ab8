"""Which columns are coordinates, and in which reference system: by their names and their values."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Box = tuple[float, float, float, float]
Pair = tuple[float, float]

X: Final = re.compile(
    r"(.*_)?(lon|lng|long|longitude|laenge|laengengrad|geo_?laenge|rechtswert|rechts|rechts_utm|"
    r"ostwert|ost|east|easting|e_?utm|utm_?(e|x|ost|rechts)|x|x_?wert|x_?koord\w*|xcoord|xcenter\w*|"
    r"x_?(epsg)?_?\d{4,5}|pt_lon|stop_lon|point_x|koord_x)(_d|_dd|_wgs_?84|_utm\w*|_epsg_?\d+|_dg)?"
)
Y: Final = re.compile(
    r"(.*_)?(lat|latitude|breite|breitengrad|geo_?breite|hochwert|hoch|hoch_utm|nordwert|nord|north|"
    r"northing|n_?utm|utm_?(n|y|nord|hoch)|y|y_?wert|y_?koord\w*|ycoord|ycenter\w*|"
    r"y_?(epsg)?_?\d{4,5}|pt_lat|stop_lat|point_y|koord_y)(_d|_dd|_wgs_?84|_utm\w*|_epsg_?\d+|_dg)?"
)
# EPSG numbers that German municipal data come in, in the order in which they are tried.
SYSTEMS: Final = {
    4326: "WGS 84 (EPSG:4326)",
    25832: "ETRS89 / UTM 32N (EPSG:25832)",
    25833: "ETRS89 / UTM 33N (EPSG:25833)",
    4647: "ETRS89 / UTM 32N, zE-N (EPSG:4647)",
    31466: "Gauß-Krüger 2 (EPSG:31466)",
    31467: "Gauß-Krüger 3 (EPSG:31467)",
    31468: "Gauß-Krüger 4 (EPSG:31468)",
    3857: "Web Mercator (EPSG:3857)",
}
# Rough ranges of x and y of each in Germany: west, south, east, north.
RANGES: Final[dict[int, Box]] = {
    4326: (5, 47, 16, 56),
    25832: (150_000, 5_200_000, 950_000, 6_200_000),
    25833: (150_000, 5_200_000, 950_000, 6_200_000),
    4647: (32_150_000, 5_200_000, 32_950_000, 6_200_000),
    31466: (2_450_000, 5_200_000, 2_750_000, 6_200_000),
    31467: (3_250_000, 5_200_000, 3_850_000, 6_200_000),
    31468: (4_250_000, 5_200_000, 4_750_000, 6_200_000),
    3857: (550_000, 5_900_000, 1_750_000, 7_600_000),
}
NEAR: Final = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A pair of columns (by slug) and its system; `swapped`: x lies in the column named y."""

    x: str
    y: str
    crs: int
    swapped: bool = False


def candidates(slugs: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of columns whose names sound like coordinates: each x with the nearest y."""
    ups = [slug for slug in slugs if Y.fullmatch(slug)]
    pairs = []
    for slug in slugs:
        if X.fullmatch(slug) and ups:
            here = slugs.index(slug)
            pairs.append((slug, min(ups, key=lambda up: abs(slugs.index(up) - here))))
    return pairs


def found_in(x: str, y: str, points: Sequence[Pair], city: Box) -> Found | None:
    """The system in which most of these points lie in Germany, near the city if in doubt."""
    fitting = [
        (share, -rank, crs, swapped)
        for rank, crs in enumerate(_ordered(points, city))
        for swapped in (False, True)
        if (share := _share(points, RANGES[crs], swapped=swapped)) > 0.5
    ]
    if fitting:
        _best, _rank, crs, swapped = max(fitting)
        one, other = (y, x) if swapped else (x, y)
        return Found(x=one, y=other, crs=crs, swapped=swapped)
    degrees = _share(points, (-180, -90, 180, 90), swapped=False)
    named = bool(re.search("lon|lng|laenge", x) and re.search("lat|breite", y))
    return Found(x=x, y=y, crs=4326) if degrees > 0.9 and named else None


def _ordered(points: Sequence[Pair], city: Box) -> list[int]:
    """UTM 32 before 33, unless the points of 33 fall where the city lies."""
    order = list(SYSTEMS)
    if points and not 3 < (city[0] + city[2]) / 2 < 12:
        order[1:3] = [25833, 25832]
    return order


def _share(points: Sequence[Pair], box: Box, *, swapped: bool) -> float:
    west, south, east, north = box
    turned = ((y, x) if swapped else (x, y) for x, y in points)
    inside = sum(west <= x <= east and south <= y <= north for x, y in turned)
    return inside / len(points) if points else 0.0


def of_shapes(points: Sequence[Pair], city: Box) -> int:
    """The system of shapes whose file names none; 0 where none fits."""
    found = found_in("x", "y", points, city)
    return found.crs if found and not found.swapped else 0


def place_of(lon: float, lat: float, city: Box) -> str:
    """`inside`, `outside`, `far` from the city, or `nowhere` on earth."""
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return "nowhere"
    west, south, east, north = city
    if west <= lon <= east and south <= lat <= north:
        return "inside"
    near = west - NEAR <= lon <= east + NEAR and south - NEAR <= lat <= north + NEAR
    return "outside" if near else "far"
