"""Rows written line by line: CSV, JSON, GeoJSON, one JSON object a line."""

import csv as writer
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from io import StringIO
from typing import Any, Final

import msgspec
import shapely

from stadtkern.kernel.catalogue.columns import Field, geometry_of
from stadtkern.kernel.catalogue.doors import shapes
from stadtkern.kernel.catalogue.doors.door import patience
from stadtkern.kernel.catalogue.doors.values import plain
from stadtkern.kernel.catalogue.models import Version
from stadtkern.kernel.catalogue.tables.read import Query, stream

CSV: Final = "text/csv; charset=utf-8"
# Seconds for each page of a stream.
PATIENCE: Final = 60
Row = tuple[Any, ...]
Pages = Iterable[list[Row]]


def pages(
    version: Version, query: Query | None = None, *, numbered: bool = False
) -> Iterator[list[Row]]:
    """All rows that fit, geometries as GeoJSON text; a page that takes too long ends it."""
    found = stream(version, query=query, raw=True, numbered=numbered)
    while True:
        with patience(PATIENCE):
            page = next(found, None)
        if page is None:
            return
        yield page


def csv(version: Version, columns: Sequence[str], rows: Pages) -> Iterator[bytes]:
    """RFC 4180, UTF-8; geometries as WKT, and of points `lon` and `lat` besides."""
    shape = geometry_of(version.columns)
    if shape is None or shape.slug not in columns:
        return csv_of(columns, rows)
    points = shapes.are_points(version) and not {"lon", "lat"} & {
        one.slug for one in version.columns
    }
    heads = [*columns, "lon", "lat"] if points else columns
    place = list(columns).index(shape.slug)
    return csv_of(heads, (list(_placed(page, place, points)) for page in rows))


def _placed(page: list[Row], place: int, points: bool) -> Iterator[Row]:
    found = shapes.parsed([row[place] for row in page])
    texts = shapely.to_wkt(found, rounding_precision=7, trim=True)
    lons, lats = shapely.get_x(found), shapely.get_y(found)
    for row, text, lon, lat in zip(page, texts, lons, lats, strict=True):
        ends = (_coordinate(lon), _coordinate(lat)) if points else ()
        yield (*row[:place], text, *row[place + 1 :], *ends)


def _coordinate(number: float) -> float | None:
    return None if math.isnan(number) else round(float(number), 7)


def csv_of(heads: Sequence[str], rows: Pages) -> Iterator[bytes]:
    """A head and all rows; empty cells are empty, instants in UTC."""
    yield _csv([heads])
    for page in rows:
        yield _csv([_cell(value) for value in row] for row in page)


def _csv(lines: Iterable[Sequence[Any]]) -> bytes:
    text = StringIO()
    writer.writer(text, lineterminator="\r\n").writerows(lines)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain(value) if isinstance(value, datetime) else value


def json(version: Version) -> Iterator[bytes]:
    """An array of objects."""
    return _wrapped(b"[", _objects(version), b"]")


def ndjson(version: Version) -> Iterator[bytes]:
    """One object a line."""
    for page in _objects(version):
        yield b"".join(one + b"\n" for one in page)


def geojson(version: Version) -> Iterator[bytes]:
    """A FeatureCollection (RFC 7946); a feature's id is the number of its row."""
    head = b'{"type":"FeatureCollection","features":['
    return _wrapped(head, _features(version), b"]}")


def _wrapped(head: bytes, found: Iterator[list[bytes]], end: bytes) -> Iterator[bytes]:
    before = head
    for page in found:
        if page:
            yield before + b",\n".join(page)
            before = b",\n"
    yield (before if before == head else b"") + end


def _objects(version: Version) -> Iterator[list[bytes]]:
    fields = version.columns
    place = _place(fields)
    for page in pages(version):
        yield [encoded(dict(_pairs(fields, row, place))) for row in page]


def _pairs(fields: Sequence[Field], row: Row, place: int | None) -> Iterator[tuple[str, Any]]:
    for i, (one, value) in enumerate(zip(fields, row, strict=True)):
        if i == place:
            yield one.slug, msgspec.Raw(value.encode()) if value else None
        else:
            yield one.slug, plain(value)


def _place(fields: Sequence[Field]) -> int | None:
    return next((i for i, one in enumerate(fields) if one.kind == "geometry"), None)


def _features(version: Version) -> Iterator[list[bytes]]:
    fields = version.columns
    place = _place(fields)
    wind = shapes.winding(version)
    for page in pages(version, numbered=True):
        yield [encoded(feature(fields, row, place, wind)) for row in page]


def feature(
    fields: Sequence[Field],
    row: Row,
    place: int | None,
    wind: Callable[[str], str],
) -> dict[str, Any]:
    """A row with its number in front, as a GeoJSON feature."""
    number, *values = row
    text = values[place] if place is not None else None
    return {
        "type": "Feature",
        "id": number,
        "geometry": msgspec.Raw(wind(text).encode()) if text else None,
        "properties": {
            one.slug: plain(value)
            for i, (one, value) in enumerate(zip(fields, values, strict=True)) if i != place
        },
    }  # fmt: skip


encoded = msgspec.json.encode
