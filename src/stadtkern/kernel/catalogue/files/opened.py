"""Opens a file that somebody uploaded: which format it is, and the tables in it."""

import gzip
import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

from django.utils.translation import gettext as _

from stadtkern.kernel.catalogue.files import archive, delimited, excel, geojson, limits, transit
from stadtkern.kernel.catalogue.files.sheet import Part

TYPES: Final[Mapping[str, str]] = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".geojson": "application/geo+json",
    ".json": "application/geo+json",
    ".gpkg": "application/geopackage+sqlite3",
    ".zip": "application/zip",
    ".gz": "application/gzip",
}
SHAPEFILE: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
INSTEAD: Final = {
    ".xls": ".xlsx", ".xlsm": ".xlsx", ".ods": ".xlsx", ".pdf": ".csv", ".docx": ".csv",
    ".kml": ".geojson", ".gml": ".gpkg", ".xml": ".csv", ".shp": ".zip",
}  # fmt: skip


def ending_of(name: str) -> str:
    """`.csv` of `Bäume.CSV`."""
    return PurePosixPath(name).suffix.lower()


def media_type_of(name: str) -> str:
    """The media type by the file's ending; never what a browser says."""
    return TYPES.get(ending_of(name), "application/octet-stream")


def parts_of(name: str, content: bytes, headers: Mapping[str, int] | None = None) -> list[Part]:
    """The tables of a file, nothing read twice; FileProblem where there is none.

    `headers` names by table the line with the headings, where a person said it.
    """
    limits.check_size(len(content))
    found = _parts(name, content, headers or {})
    if not found:
        raise limits.FileProblem(_("No table was found in the file."))
    return found


def _parts(name: str, content: bytes, headers: Mapping[str, int]) -> list[Part]:
    ending = ending_of(name)
    if content.startswith(b"\x1f\x8b"):
        return _parts(name.removesuffix(".gz"), _unpacked(content), headers)
    if content.startswith(b"PK\x03\x04"):
        return _of_archive(name, content, headers)
    if content.startswith(b"SQLite format 3\0"):
        from stadtkern.kernel.catalogue.files import layers  # noqa: PLC0415  brings GDAL

        return layers.parts_of_geopackage(content)
    if ending in (".geojson", ".json") or content.lstrip()[:1] == b"{":
        return geojson.parts(name, content)
    if ending not in (".csv", ".tsv", ".txt", ""):
        raise limits.FileProblem(_refusal(ending))
    return delimited.parts(name, content, headers.get(name))


def _refusal(ending: str) -> str:
    if instead := INSTEAD.get(ending):
        said = _("Files of the kind %(ending)s cannot be read. Please save it as %(instead)s.")
        return said % {"ending": ending, "instead": instead}
    said = _(
        "Files of the kind %(ending)s cannot be read. CSV, Excel (.xlsx), GeoJSON, GeoPackage, "
        "Shapefile and GTFS (both as .zip) can."
    )
    return said % {"ending": ending}


def _unpacked(content: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            found = file.read(limits.MOST_UNPACKED + 1)
    except (OSError, EOFError, ValueError) as error:
        raise limits.FileProblem(_("The archive is damaged. Please make it anew.")) from error
    harmful = len(found) > limits.HARMLESS and len(found) > limits.MOST_RATIO * len(content)
    if harmful or len(found) > limits.MOST_UNPACKED:
        raise limits.FileProblem(_("The archive unpacks to too much. Please divide it."))
    return found


def _of_archive(name: str, content: bytes, headers: Mapping[str, int]) -> list[Part]:
    packed = archive.opened(content)
    inside = dict(archive.members(packed))
    if "[Content_Types].xml" in packed.namelist():
        archive.check_markup(packed)
        return excel.parts(content, dict(headers), archive.formulas_without_result(packed))
    if transit.is_feed(set(inside.values())):
        feed = [(full, one) for full, one in inside.items() if one.endswith(".txt")]
        found = [part for full, one in feed for part in _of_feed(packed, full, one)]
        return sorted(found, key=lambda part: part.name != "stops")
    shapes = [full for full in inside if full.lower().endswith(".shp")]
    if shapes:
        return [part for full in shapes for part in _of_shapefile(packed, full)]
    known = [full for full, one in inside.items() if ending_of(one) in TYPES]
    if not known:
        raise limits.FileProblem(_("The archive holds no file that can be read."))
    if len(known) > limits.MOST_SHEETS or any(ending_of(one) in (".zip", ".gz") for one in known):
        raise limits.FileProblem(_("Please unpack the archive and upload its files one by one."))
    return [part for one in known for part in _parts(inside[one], _read(packed, one), headers)]


def _of_feed(packed: zipfile.ZipFile, full: str, name: str) -> list[Part]:
    content = _read(packed, full)
    return transit.parts(name, content) if content.strip() else []


def _of_shapefile(packed: zipfile.ZipFile, full: str) -> list[Part]:
    from stadtkern.kernel.catalogue.files import layers  # noqa: PLC0415  brings GDAL

    stem = full[:-4]
    files = {
        f"layer{one[len(stem) :].lower()}": _read(packed, one)
        for one in packed.namelist()
        if one.startswith(stem) and one[len(stem) :].lower() in SHAPEFILE
    }
    if not {"layer.shx", "layer.dbf"} <= files.keys():
        raise limits.FileProblem(_("A Shapefile needs its .shp, .shx and .dbf in the archive."))
    named = PurePosixPath(stem).name
    found = layers.parts_of_shapefile(files, "layer.shp")
    return [replace(part, name=named) for part in found]


def _read(packed: zipfile.ZipFile, full: str) -> bytes:
    try:
        return packed.read(full)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise limits.FileProblem(_("The archive is damaged. Please make it anew.")) from error
