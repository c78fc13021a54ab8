"""GeoPackage and Shapefile, read with GDAL. Loaded by what needs it, not before."""
# ruff: noqa: TID253  only what needs it loads this module

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy
import pyogrio
import shapely
from django.utils.translation import gettext as _
from pyogrio.errors import DataLayerError, DataSourceError
from pyogrio.raw import read

from stadtkern.kernel.catalogue.files import limits
from stadtkern.kernel.catalogue.files.notices import Notices
from stadtkern.kernel.catalogue.files.projection import epsg_of
from stadtkern.kernel.catalogue.files.sheet import GEOMETRY, Line, Part


def parts_of_geopackage(content: bytes) -> list[Part]:
    """One part a layer."""
    return _parts({"file.gpkg": content}, "file.gpkg")


def parts_of_shapefile(members: dict[str, bytes], name: str) -> list[Part]:
    """The one layer of a Shapefile; `members` are its files by name, `name` is the .shp."""
    return _parts(members, name)


def _parts(files: dict[str, bytes], name: str) -> list[Part]:
    with TemporaryDirectory(prefix="stadtkern-") as folder:
        for one, content in files.items():
            (Path(folder) / Path(one).name).write_bytes(content)
        path = str(Path(folder) / Path(name).name)
        try:
            layers = [str(layer) for layer, _kind in pyogrio.list_layers(path)]
            if len(layers) > limits.MOST_SHEETS:
                raise limits.FileProblem(_("The file has more than 30 layers. Please divide it."))
            return [_part(path, layer) for layer in layers]
        except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
            said = _("The file is damaged or not complete. Please export it once more.")
            raise limits.FileProblem(said) from error


def _part(path: str, layer: str) -> Part:
    info = pyogrio.read_info(path, layer=layer)
    limits.check_rows(int(info["features"]))
    limits.check_columns(len(info["fields"]))
    meta, _fids, geometry, columns = read(path, layer=layer, datetime_as_string=True)
    heads = [str(one) for one in meta["fields"]]
    notices = Notices()
    shapes = _shapes(geometry, notices) if geometry is not None else None
    cells = [_plain(one) for one in columns]

    def lines() -> Iterator[Line]:
        for number in range(len(shapes if shapes is not None else cells[0] if cells else [])):
            row = [column[number] for column in cells]
            yield number + 1, row if shapes is None else [*row, shapes[number]]

    return Part(
        name=layer, heads=heads if shapes is None else [*heads, GEOMETRY], lines=lines,
        notices=notices, header=0, shapes=shapes is not None, crs=epsg_of(meta.get("crs")),
    )  # fmt: skip


def _shapes(found: Sequence[Any], notices: Notices) -> list[Any]:
    made = shapely.from_wkb(found, on_invalid="ignore")
    for number, (raw, one) in enumerate(zip(found, made, strict=True), start=1):
        if raw is not None and one is None:
            notices.add("no_shape", row=number)
    return [None if one is None or one.is_empty else one for one in made]


def _plain(column: Any) -> list[Any]:
    """Python's own values; time stamps come as text, missing ones as None."""
    if numpy.issubdtype(column.dtype, numpy.datetime64):
        return [None if one == "NaT" else one for one in column.astype("datetime64[s]").astype(str)]
    values: list[Any] = column.tolist()
    return values
