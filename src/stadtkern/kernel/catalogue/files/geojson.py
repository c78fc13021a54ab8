"""GeoJSON (RFC 7946, and the older kind with a `crs` member): features become rows."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import shapely
from django.utils.translation import gettext as _
from shapely.errors import GEOSException
from shapely.geometry import shape

from stadtkern.kernel.catalogue.files import limits
from stadtkern.kernel.catalogue.files.notices import Notices
from stadtkern.kernel.catalogue.files.sheet import GEOMETRY, Line, Part
from stadtkern.kernel.catalogue.files.text import decoded
from stadtkern.kernel.catalogue.files.values import text_of

CRS_NAME = re.compile(r"EPSG:+(\d+)$")


def parts(name: str, content: bytes) -> list[Part]:
    """The one table of a file: properties and the shape of each feature."""
    notices = Notices()
    features, crs = _features(decoded(content, notices))
    limits.check_rows(len(features))
    heads = list(dict.fromkeys(key for one in features for key in _properties(one)))
    limits.check_columns(len(heads))
    nested = {head for head in heads if any(_is_nested(_properties(f).get(head)) for f in features)}
    for head in sorted(nested):
        notices.add("nested", head)
    geometries = [_geometry(one, number, notices) for number, one in enumerate(features, start=1)]

    def lines() -> Iterator[Line]:
        for number, (one, geometry) in enumerate(zip(features, geometries, strict=True), start=1):
            properties = _properties(one)
            cells = [_cell(properties.get(head)) for head in heads]
            yield number, [*cells, geometry]

    return [
        Part(
            name=name, heads=[*heads, GEOMETRY], lines=lines, notices=notices, header=0,
            shapes=True, crs=crs,
        )
    ]  # fmt: skip


def _features(text: str) -> tuple[list[dict[str, Any]], int]:
    try:
        found: Any = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        said = _("The file is no valid JSON: %(error)s.") % {"error": error}
        raise limits.FileProblem(said) from error
    if isinstance(found, dict) and found.get("type") == "Feature":
        found = {"features": [found]}
    features = found.get("features") if isinstance(found, dict) else None
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        said = _("The file holds no GeoJSON features. Please export it as a FeatureCollection.")
        raise limits.FileProblem(said)
    return features, _crs(found.get("crs"))


def _crs(member: Any) -> int:
    """The EPSG number of the member `crs`; without one WGS 84 is meant, if the values agree."""
    if not isinstance(member, dict) or not isinstance(member.get("properties"), dict):
        return 0
    name = str(member["properties"].get("name") or "")
    if name.endswith(("CRS84", "CRS:84")):
        return 4326
    found = CRS_NAME.search(name)
    return int(found[1]) if found else 0


def _properties(feature: dict[str, Any]) -> dict[str, Any]:
    found = feature.get("properties")
    own = found if isinstance(found, dict) else {}
    known = feature.get("id")
    return own if known is None or "id" in own else {"id": known, **own}


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict | list)


def _cell(value: Any) -> Any:
    return text_of(value) if isinstance(value, dict | list) else value


def _geometry(feature: dict[str, Any], number: int, notices: Notices) -> Any:
    found = feature.get("geometry")
    if not found:
        return None
    try:
        made = shape(found)
    except (AttributeError, KeyError, TypeError, ValueError, IndexError, GEOSException):
        notices.add("no_shape", row=number, value=str(found))
        return None
    return None if made.is_empty or not shapely.is_geometry(made) else made
