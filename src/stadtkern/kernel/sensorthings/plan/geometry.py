"""Decides spatial relations exactly, many geometries against one at a time; knows no SQL.

Degrees of WGS 84 are taken as plane coordinates, as the functions of 18-088 (9.3.3.5.3) do that say
nothing of the Earth's shape.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from stadtkern.kernel.sensorthings.parse.tokens import Spot

Geometries = np.ndarray[Any, np.dtype[np.object_]]
# The number, west and south of a row's geometry, and its GeoJSON unless it is a point.
Row = tuple[int, float | None, float | None, str | None]
_SRID = re.compile(r"\s*SRID\s*=\s*(\d+)\s*;", re.IGNORECASE)
_WGS_84 = "4326"
_PATTERN = re.compile(r"[TF*012]{9}", re.IGNORECASE)
_LINES = (1, 2, 5)

Decide = Callable[[Geometries], Any]
_RELATIONS: dict[str, Callable[[BaseGeometry, Geometries], Any]] = {
    "equals": shapely.equals,
    "disjoint": shapely.disjoint,
    "touches": shapely.touches,
    "overlaps": shapely.overlaps,
    "crosses": shapely.crosses,
    "intersects": shapely.intersects,
    "contains": shapely.contains,
    "within": shapely.within,
}
_TURNED = {"contains": "within", "within": "contains"}


def shape(text: str, spot: Spot) -> BaseGeometry:
    """The geometry that well-known text describes.

    Raises Problem (400): it describes none, an invalid or empty one, or one not in WGS 84.
    """
    match = _SRID.match(text)
    if match and match[1] != _WGS_84:
        raise spot.problem(f"only SRID {_WGS_84} is known, found {match[1]}")
    try:
        # A coordinate that is too large becomes infinite, which is looked for here.
        with np.errstate(over="ignore"):
            found = shapely.from_wkt(text[match.end() :] if match else text)
        finite = bool(np.isfinite(shapely.get_coordinates(found)).all())
        wrong = "" if found.is_valid else shapely.is_valid_reason(found)
        shapely.prepare(found)
    except (shapely.GEOSException, NotImplementedError, ValueError):
        raise spot.problem(
            f"'{text[:40]}' is no well-known text of a geometry of points and straight lines"
        ) from None
    if found.is_empty or not finite:
        raise spot.problem(f"'{text[:40]}' has no finite coordinates")
    if wrong:
        raise spot.problem(f"this geometry is not valid: {wrong}")
    return found


def pattern(text: str, spot: Spot) -> str:
    """A DE-9IM pattern.

    Raises Problem (400): it is none.
    """
    if not _PATTERN.fullmatch(text):
        raise spot.problem(f"'{text[:40]}' is no pattern of nine of T, F, *, 0, 1, 2")
    return text.upper()


def turned(text: str) -> str:
    """The pattern for the same two geometries the other way round."""
    return "".join(text[i] for i in (0, 3, 6, 1, 4, 7, 2, 5, 8))


def touching(text: str) -> bool:
    """Whether the pattern fits only geometries that have a point in common."""
    return any(text[i] in "T012" for i in (0, 1, 3, 4))


def array(one: BaseGeometry) -> Geometries:
    """One geometry as an array of one."""
    found = np.empty(1, dtype=object)
    found[0] = one
    return found


def related(name: str, one: BaseGeometry, others: Geometries, *, first: bool) -> Any:
    """For each of these whether the relation holds; `first`: from the one to the others."""
    return _RELATIONS[name if first else _TURNED.get(name, name)](one, others)


def matching(one: BaseGeometry, others: Geometries, text: str) -> Any:
    """For each of these whether the one relates to it by this pattern."""
    return shapely.relate_pattern(one, others, text)


def lengths(others: Geometries) -> Any:
    """The lengths of lines, 0 of all else: an area has a border, not a length."""
    parts, owners = shapely.get_parts(others, return_index=True)
    # A collection's parts may be collections again.
    while (shapely.get_type_id(parts) == 7).any():
        parts, deeper = shapely.get_parts(parts, return_index=True)
        owners = owners[deeper]
    lines = np.isin(shapely.get_type_id(parts), _LINES)
    found = np.zeros(len(others))
    np.add.at(found, owners[lines], shapely.length(parts[lines]))
    return found


def distances(one: BaseGeometry, others: Geometries) -> Any:
    """The shortest distance to each of these, in degrees."""
    with np.errstate(over="ignore"):
        return shapely.distance(one, others)


def numbers(rows: Sequence[Row], decide: Decide) -> list[int]:
    """The numbers of the rows for which this is true."""
    known, others = _geometries(rows)
    return [int(number) for number in known[np.asarray(decide(others), dtype=bool)]]


def figures(rows: Sequence[Row], measure: Decide) -> dict[str, float]:
    """What is measured of each row, by its number."""
    known, others = _geometries(rows)
    found = zip(known.tolist(), np.asarray(measure(others)).tolist(), strict=True)
    return {str(number): figure for number, figure in found if np.isfinite(figure)}


def _geometries(rows: Sequence[Row]) -> tuple[Any, Geometries]:
    """The numbers of the rows that have a geometry which can be read, and these, made valid."""
    found = np.empty(len(rows), dtype=object)
    points = np.array([text is None for *_, text in rows], dtype=bool)
    corners = [(x, y) for _, x, y, text in rows if text is None]
    texts = np.array([text for *_, text in rows if text is not None], dtype=object)
    found[points] = shapely.points(np.array(corners, dtype=float).reshape(-1, 2))
    found[~points] = shapely.from_geojson(texts, on_invalid="ignore")
    there = ~shapely.is_missing(found)
    broken = there & ~shapely.is_valid(found)
    found[broken] = shapely.make_valid(found[broken])
    return np.array([number for number, *_ in rows], dtype=np.int64)[there], found[there]
