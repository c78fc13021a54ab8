"""Every door of a resource: what a record lists as distributions and a page as buttons."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.catalogue.models import Resource

NAMESPACE = "open_data-doors"


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """A form that rows are given in: its ending, its name and its media type (IANA)."""

    ending: str
    name: str
    media_type: str
    title: str | Promise
    spatial: bool = False


FORMATS: tuple[Format, ...] = (
    Format(ending="csv", name="CSV", media_type="text/csv", title=_("Table as CSV")),
    Format(
        ending="xlsx", name="XLSX", title=_("Table for Excel"),
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    Format(ending="json", name="JSON", media_type="application/json", title=_("Rows as JSON")),
    Format(
        ending="ndjson", name="NDJSON", media_type="application/x-ndjson",
        title=_("Rows as JSON, one a line"),
    ),
    Format(
        ending="parquet", name="PARQUET", media_type="application/vnd.apache.parquet",
        title=_("Table as Parquet"),
    ),
    Format(
        ending="geojson", name="GEOJSON", media_type="application/geo+json",
        title=_("Places as GeoJSON"), spatial=True,
    ),
    Format(
        ending="gpkg", name="GPKG", media_type="application/geopackage+sqlite3",
        title=_("Places as GeoPackage"), spatial=True,
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """One door: `url` begins with a slash unless it leads elsewhere, `format` as in EU file types.

    `is_api` tells an address that takes questions from a file that is there to be taken. `size` is
    in bytes, where it is known.
    """

    title: str | Promise
    url: str
    media_type: str
    format: str
    is_api: bool = False
    size: int | None = None


def distributions(resource: Resource) -> list[Link]:
    """All doors of this resource, files first. Its dataset must be loaded; nothing is asked.

    A table without a current version has nothing behind them: who lists them looks first.
    """
    if resource.kind == Resource.LINK:
        return [_elsewhere(resource)]
    if resource.kind == Resource.FILE:
        return [_original(resource, resource.media_type)]
    return [*_files(resource), *_interfaces(resource)]


def collection_id(resource: Resource) -> str:
    """Its name among the collections of OGC API Features and among the tiles."""
    return f"{resource.dataset.slug}-{resource.slug}"


def forms(resource: Resource) -> list[Format]:
    """The forms its rows are given in."""
    return [one for one in FORMATS if resource.spatial or not one.spatial]


def _elsewhere(resource: Resource) -> Link:
    return Link(
        title=resource.name, url=resource.url, media_type=resource.media_type,
        format=resource.format,
    )  # fmt: skip


def _original(resource: Resource, media_type: str) -> Link:
    url = reverse(f"{NAMESPACE}:original", args=[resource.dataset.slug, resource.slug])
    name = resource.format or media_type.rpartition("/")[2].upper()
    return Link(title=_("The file as it came"), url=url, media_type=media_type, format=name)


def _files(resource: Resource) -> Iterator[Link]:
    names = resource.dataset.slug, resource.slug
    for one in forms(resource):
        url = reverse(f"{NAMESPACE}:file", args=[*names, one.ending])
        yield Link(title=one.title, url=url, media_type=one.media_type, format=one.name)
    if resource.original:
        yield _original(resource, resource.original)


def _interfaces(resource: Resource) -> Iterator[Link]:
    table = reverse(f"{NAMESPACE}:table", args=[resource.dataset.slug, resource.slug])
    yield Link(
        title=_("Interface for rows: filter, sort, add up"), url=table,
        media_type="application/json", format="JSON", is_api=True,
    )  # fmt: skip
    if not resource.spatial:
        return
    name = collection_id(resource)
    yield Link(
        title=_("Interface for maps: OGC API Features"), format="GEOJSON", is_api=True,
        url=reverse(f"{NAMESPACE}:collection", args=[name]), media_type="application/geo+json",
    )  # fmt: skip
    yield Link(
        title=_("Vector tiles for maps (TileJSON)"), format="MVT", is_api=True,
        url=reverse(f"{NAMESPACE}:tileset", args=[name]), media_type="application/json",
    )  # fmt: skip
