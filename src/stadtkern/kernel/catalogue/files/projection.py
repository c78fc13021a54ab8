"""From a reference system to WGS 84, longitude first. Loaded by what needs it, not before."""
# ruff: noqa: TID253  only what needs it loads this module

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import shapely
from django.utils.translation import gettext as _
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from stadtkern.kernel.catalogue.files.limits import FileProblem

# Seven decimals of a degree are a centimetre.
DECIMALS = 7


@lru_cache(maxsize=16)
def _transformer(crs: int) -> Transformer:
    try:
        return Transformer.from_crs(CRS.from_epsg(crs), 4326, always_xy=True)
    except CRSError as error:
        said = _("The reference system EPSG:%(crs)s is not known.") % {"crs": crs}
        raise FileProblem(said) from error


def points(pairs: Sequence[tuple[float, float]], crs: int) -> list[tuple[float, float]]:
    """Longitudes and latitudes; infinite where a pair lies outside of its system."""
    if crs == 4326:
        return list(pairs)
    xs, ys = zip(*pairs, strict=True)
    lons, lats = _transformer(crs).transform(xs, ys)
    return [(round(x, DECIMALS), round(y, DECIMALS)) for x, y in zip(lons, lats, strict=True)]


def shapes(found: Sequence[Any], crs: int) -> list[Any]:
    """Shapely geometries in WGS 84, flat, None where there is none."""
    flat = shapely.force_2d(list(found))
    if crs != 4326:
        turn = _transformer(crs)

        def moved(x: Any, y: Any) -> tuple[Any, Any]:
            return turn.transform(x, y)

        flat = shapely.transform(flat, moved, interleaved=False)  # type: ignore[arg-type]
    return [None if one is None else one for one in flat]


def epsg_of(name: str | None) -> int:
    """The EPSG number of a name or WKT; 0 where there is none."""
    if not name:
        return 0
    try:
        return CRS.from_user_input(name).to_epsg(min_confidence=60) or 0
    except CRSError:
        return 0
