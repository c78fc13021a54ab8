"""`$resultFormat=GeoJSON`: a feature for each entity, its properties flattened (RFC 7946)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
from psycopg.pq.abc import PGresult

from stadtkern.kernel.sensorthings.entities import ENTITIES, Entity
from stadtkern.kernel.sensorthings.formats.form import About, next_page, texts

_decode: Callable[[bytes], Any] = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode
_GEOMETRIES = (
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
)


class Features:
    """A FeatureCollection; count and next page stand beside the features."""

    kind = "application/geo+json; charset=utf-8"
    ending = "geojson"

    def __init__(self, entity: Entity) -> None:
        self._entity = entity
        self._comma = b""

    def head(self, about: About) -> bytes:
        """The collection up to its first feature."""
        return b'{"type":"FeatureCollection",' + about.members + b'"features":['

    def rows(self, found: PGresult, first: int, last: int) -> bytes:
        """A feature for each of these rows."""
        text, self._comma = self._comma, b","
        return text + b",".join(
            _encode(_feature(_decode(one), self._entity)) for one in texts(found, first, last)
        )

    def tail(self, link: str | None) -> bytes:
        """The end of the collection."""
        return b"]" + next_page(link) + b"}"


@dataclass(kw_only=True, slots=True)
class _Flat:
    """What was found in an entity: values by their way, and geometries in their order."""

    properties: dict[str, Any] = field(default_factory=dict)
    geometries: list[dict[str, Any]] = field(default_factory=list)


def _feature(document: dict[str, Any], entity: Entity) -> dict[str, Any]:
    """The geometry is the first one of the entity or of what is expanded in it."""
    found = _Flat()
    _flatten(document, entity, "", found)
    return {
        "type": "Feature",
        "properties": found.properties,
        "geometry": found.geometries[0] if found.geometries else None,
    }


def _flatten(document: dict[str, Any], entity: Entity, prefix: str, found: _Flat) -> None:
    for name, value in document.items():
        link = entity.links.get(name)
        own = entity.properties.get("id" if name == "@iot.id" else name)
        if own is not None and own.kind == "geometry" and (shape := _geometry(value)):
            found.geometries.append(shape)
        elif own is not None:
            found.properties.update(_leaves(prefix + own.name, value))
        elif link is not None:
            far = value if isinstance(value, list) else [value] if value else []
            for number, one in enumerate(far):
                deeper = f"{prefix}{name}/{number}/" if link.many else f"{prefix}{name}/"
                _flatten(one, ENTITIES[link.target], deeper, found)


def _geometry(value: Any) -> dict[str, Any] | None:
    """The geometry of a location, which may also be a whole feature."""
    if isinstance(value, dict) and value.get("type") == "Feature":
        value = value.get("geometry")
    known = isinstance(value, dict) and value.get("type") in _GEOMETRIES
    return value if known else None


def _leaves(way: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Values without parts, each with the way to it."""
    parts: Any = ()
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)
    if not parts:
        yield way, value
    for name, one in parts:
        yield from _leaves(f"{way}/{name}", one)
