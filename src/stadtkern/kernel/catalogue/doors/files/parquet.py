"""Parquet, with GeoParquet 1.1 metadata where rows have places. Brings Arrow along."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa  # noqa: TID253  loaded when a file is wanted
import pyarrow.parquet as pq  # noqa: TID253
import shapely

from stadtkern.kernel.catalogue.columns import Field, geometry_of
from stadtkern.kernel.catalogue.doors import shapes
from stadtkern.kernel.catalogue.models import Version
from stadtkern.kernel.catalogue.tables.read import stream
from stadtkern.kernel.contract import ColumnKind

TYPES: Final[dict[ColumnKind, pa.DataType]] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", tz="UTC"),
    "geometry": pa.binary(),
}
ROW_GROUP: Final = 50_000


def write(version: Version, path: Path) -> None:
    """All rows, group by group."""
    schema = _schema(version)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in batches(version, schema, ROW_GROUP):
            writer.write_batch(batch)


def batches(version: Version, schema: pa.Schema, size: int) -> Iterator[pa.RecordBatch]:
    """All rows as Arrow, geometries as WKB."""
    waiting: list[tuple[Any, ...]] = []
    for page in stream(version, raw=True):
        waiting.extend(page)
        if len(waiting) >= size:
            yield _batch(version.columns, schema, waiting)
            waiting = []
    if waiting:
        yield _batch(version.columns, schema, waiting)


def _batch(
    fields: Sequence[Field], schema: pa.Schema, rows: list[tuple[Any, ...]]
) -> pa.RecordBatch:
    arrays = []
    for one, values in zip(fields, zip(*rows, strict=True), strict=True):
        column = shapely.to_wkb(shapes.parsed(values)) if one.kind == "geometry" else values
        arrays.append(pa.array(list(column), type=TYPES[one.kind]))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _schema(version: Version) -> pa.Schema:
    fields = [pa.field(one.slug, TYPES[one.kind], metadata=_said(one)) for one in version.columns]
    return pa.schema(fields, metadata=_metadata(version))


def _said(one: Field) -> dict[str, str]:
    said = {"title": one.title, "unit": one.unit, "description": one.about}
    return {key: value for key, value in said.items() if value}


def _metadata(version: Version) -> dict[str, str]:
    dataset = version.resource.dataset
    told = {
        "title": dataset.title, "publisher": dataset.publisher.name,
        "licence": version.resource.licence or dataset.licence, "credit": dataset.credit,
        "version": str(version.number),
    }  # fmt: skip
    shape = geometry_of(version.columns)
    if shape:
        told["geo"] = json.dumps(_geo(version, shape))
    return told


def _geo(version: Version, shape: Field) -> dict[str, Any]:
    """GeoParquet 1.1.0; without `crs` it is OGC:CRS84, which ours is."""
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": shapes.kinds(version)}
    if box := version.statistics.get("box"):
        column["bbox"] = box
    return {"version": "1.1.0", "primary_column": shape.slug, "columns": {shape.slug: column}}
