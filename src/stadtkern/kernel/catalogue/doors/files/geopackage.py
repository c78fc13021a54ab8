"""GeoPackage, one layer. Brings GDAL along."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import pyogrio  # noqa: TID253  loaded when a file is wanted
import shapely

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.doors import shapes
from stadtkern.kernel.catalogue.models import Version
from stadtkern.kernel.catalogue.tables.read import stream

ROWS: Final = 20_000


def write(version: Version, path: Path) -> None:
    """All rows, some thousands at a time; an empty table makes an empty layer."""
    waiting: list[tuple[Any, ...]] = []
    for page in stream(version, raw=True):
        waiting.extend(page)
        if len(waiting) >= ROWS:
            _append(version, path, waiting)
            waiting = []
    if waiting or not path.exists():
        _append(version, path, waiting)


def _append(version: Version, path: Path, rows: list[tuple[Any, ...]]) -> None:
    columns = list(zip(*rows, strict=True)) or [()] * len(version.columns)
    given = list(zip(version.columns, columns, strict=True))
    shape = next(values for one, values in given if one.kind == "geometry")
    kept = [(one, values) for one, values in given if one.kind != "geometry"]
    dataset = version.resource.dataset
    pyogrio.raw.write(
        path, shapely.to_wkb(shapes.parsed(shape)),
        [_array(one, values) for one, values in kept],
        [_name(one) for one, _ in kept],
        field_mask=[_empty(values) for _, values in kept],
        layer=version.resource.slug, driver="GPKG", append=path.exists(), crs="EPSG:4326",
        geometry_type=_type(version),
        layer_options={"IDENTIFIER": dataset.title, "DESCRIPTION": _about(version)},
    )  # fmt: skip


def _about(version: Version) -> str:
    dataset = version.resource.dataset
    licence = version.resource.licence or dataset.licence
    return "; ".join(filter(None, (dataset.publisher.name, licence, dataset.credit)))


def _name(one: Field) -> str:
    """GeoPackage keeps `fid` for itself."""
    return "fid_" if one.slug == "fid" else one.slug


def _type(version: Version) -> str:
    known = shapes.kinds(version)
    return known[0] if len(known) == 1 else "Unknown"


def _empty(values: tuple[Any, ...]) -> Any:
    return np.array([value is None for value in values], dtype=bool)


def _array(one: Field, values: tuple[Any, ...]) -> Any:
    """The column for GDAL; what stands in empty cells is masked."""
    if one.kind == "integer":
        return np.array([value or 0 for value in values], dtype="int64")
    if one.kind == "number":
        return np.array([value or 0.0 for value in values], dtype="float64")
    if one.kind == "boolean":
        return np.array([bool(value) for value in values], dtype="bool")
    if one.kind == "date":
        return np.array([value or "NaT" for value in values], dtype="datetime64[D]")
    if one.kind == "datetime":
        return np.array([_instant(value) for value in values], dtype="datetime64[ms]")
    return np.array(values, dtype=object)


def _instant(value: Any) -> Any:
    """UTC; numpy knows no zones."""
    return np.datetime64(int(value.timestamp() * 1000), "ms") if value else np.datetime64("NaT")
