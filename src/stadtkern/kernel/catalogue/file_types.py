"""Formats of distributions: their EU file type, media type, and whether a program can read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MEDIA_TYPES: Final = "https://www.iana.org/assignments/media-types/"


@dataclass(frozen=True, kw_only=True, slots=True)
class FileType:
    """One format. `eu` is its code in the EU authority table file-type; empty where it has none.

    `open` and `machine` are what the European quality score calls non-proprietary and
    machine-readable.
    """

    key: str
    media: str
    eu: str = ""
    open: bool = True
    machine: bool = True


_TYPES = (
    FileType(key="CSV", media="text/csv", eu="CSV"),
    FileType(key="TSV", media="text/tab-separated-values", eu="TSV"),
    FileType(key="JSON", media="application/json", eu="JSON"),
    FileType(key="JSONL", media="application/x-ndjson", eu="JSON"),
    FileType(key="GEOJSON", media="application/geo+json", eu="GEOJSON"),
    FileType(key="GPKG", media="application/geopackage+sqlite3", eu="GPKG"),
    FileType(key="PARQUET", media="application/vnd.apache.parquet", eu="PARQUET"),
    FileType(
        key="XLSX",
        media="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        eu="XLSX",
    ),
    FileType(key="XLS", media="application/vnd.ms-excel", eu="XLS", open=False),
    FileType(key="ODS", media="application/vnd.oasis.opendocument.spreadsheet", eu="ODS"),
    FileType(key="XML", media="application/xml", eu="XML"),
    FileType(key="GML", media="application/gml+xml", eu="GML"),
    FileType(key="KML", media="application/vnd.google-earth.kml+xml", eu="KML"),
    FileType(key="SHP", media="application/vnd.shp", eu="SHP", open=False),
    FileType(key="ZIP", media="application/zip", eu="ZIP", machine=False),
    FileType(key="GTFS", media="application/zip", eu="ZIP"),
    FileType(key="MVT", media="application/vnd.mapbox-vector-tile"),
    FileType(key="WMS", media="application/xml", eu="WMS_SRVC"),
    FileType(key="WFS", media="application/xml", eu="WFS_SRVC"),
    FileType(key="REST", media="application/json", eu="REST"),
    FileType(key="RDF", media="application/rdf+xml", eu="RDF_XML"),
    FileType(key="TTL", media="text/turtle", eu="RDF_TURTLE"),
    FileType(key="JSONLD", media="application/ld+json", eu="JSON_LD"),
    FileType(key="PDF", media="application/pdf", eu="PDF", machine=False),
    FileType(key="HTML", media="text/html", eu="HTML", machine=False),
    FileType(key="TXT", media="text/plain", eu="TXT", machine=False),
    FileType(key="PNG", media="image/png", eu="PNG", machine=False),
    FileType(key="JPEG", media="image/jpeg", eu="JPEG", machine=False),
    FileType(key="TIFF", media="image/tiff", eu="TIFF"),
    FileType(key="ICS", media="text/calendar", eu="ICS"),
    FileType(key="DOCX", eu="DOCX", machine=False,
             media="application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
)  # fmt: skip
FILE_TYPES: Final[Mapping[str, FileType]] = {one.key: one for one in _TYPES}
_BY_EU: Final = {one.eu: one for one in reversed(_TYPES) if one.eu}
_BY_MEDIA: Final = {one.media: one for one in reversed(_TYPES)}
_OTHER_NAMES: Final = {
    "EXCEL": "XLSX", "GEOPACKAGE": "GPKG", "SHAPEFILE": "SHP", "SHAPE": "SHP", "JPG": "JPEG",
    "JSON-LD": "JSONLD", "JSON_LD": "JSONLD", "API": "REST", "OGC API": "REST",
    "TURTLE": "TTL", "RDF/XML": "RDF", "TIF": "TIFF", "GEOTIFF": "TIFF", "NDJSON": "JSONL",
    "HTM": "HTML", "SENSORTHINGS": "REST", "OGC:WMS": "WMS", "OGC:WFS": "WFS",
}  # fmt: skip


def file_type(format_: str, media_type: str = "") -> FileType | None:
    """The format that these words mean: a key, an EU code, a usual name, or else a media type."""
    word = format_.strip().removeprefix(".").upper()
    word = _OTHER_NAMES.get(word, word)
    return (
        FILE_TYPES.get(word)
        or _BY_EU.get(word)
        or _BY_MEDIA.get(media_type.partition(";")[0].strip().lower())
    )
