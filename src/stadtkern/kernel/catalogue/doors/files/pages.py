"""Files of published tables: written when they are asked for, and those that were uploaded."""

from collections.abc import Iterator
from typing import Final

from django.db import connection
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.text import slugify

from stadtkern.kernel.catalogue.doors import found, links
from stadtkern.kernel.catalogue.doors.answers import Refused, marked, streamed, unchanged
from stadtkern.kernel.catalogue.doors.files import kept, lines
from stadtkern.kernel.catalogue.models import Resource, StoredFile, Version

LINES: Final = {
    "json": lines.json, "ndjson": lines.ndjson, "geojson": lines.geojson,
}  # fmt: skip
PIECE: Final = 1024 * 1024


def file(request: HttpRequest, dataset: str, resource: str, ending: str) -> HttpResponseBase:
    """`/data/files/<dataset>/<resource>.csv`; `?version=n` gives an older state."""
    version = found.version(dataset, resource, request.GET.get("version", ""))
    if version.resource.kind == Resource.FILE and version.file:
        return _given(request, version, version.file)
    version = found.table(dataset, resource, request.GET.get("version", ""))
    form = next((one for one in links.forms(version.resource) if one.ending == ending), None)
    if form is None:
        known = ", ".join(one.ending for one in links.forms(version.resource))
        raise Refused("format", f"there is {known}", status=404)
    return unchanged(request, version) or marked(request, _written(version, form), version)


def _written(version: Version, form: links.Format) -> HttpResponseBase:
    name = f"{version.resource.dataset.slug}-{version.resource.slug}.{form.ending}"
    if form.ending == "csv":
        columns = [one.slug for one in version.columns]
        return streamed(lines.csv(version, columns, lines.pages(version)), lines.CSV, name)
    if write := LINES.get(form.ending):
        return streamed(write(version), form.media_type, name)
    return FileResponse(
        kept.file(version, form.ending), as_attachment=True, filename=name,
        content_type=form.media_type,
    )  # fmt: skip


def original(
    request: HttpRequest, dataset: str, resource: str, number: int | None = None
) -> HttpResponseBase:
    """The file as somebody gave it, of the current version or of the one with this number."""
    asked = str(number) if number is not None else request.GET.get("version", "")
    version = found.version(dataset, resource, asked)
    if version.file_id is None or version.file is None:
        raise Http404("this version did not come from a file")
    return _given(request, version, version.file)


def _given(request: HttpRequest, version: Version, file: StoredFile) -> HttpResponseBase:
    if known := unchanged(request, version):
        return known
    stem, _, ending = file.name.rpartition(".")
    name = f"{slugify(stem or ending) or 'file'}.{slugify(ending) or 'bin'}"
    response = streamed(_pieces(file.pk, file.size), file.media_type, name)
    response["Content-Length"] = str(file.size)
    return marked(request, response, version)


def _pieces(number: int, size: int) -> Iterator[bytes]:
    """A part after the other: a large file never lies in memory as a whole."""
    for start in range(0, size, PIECE):
        with connection.cursor() as cursor:
            cursor.execute(
                "select substring(content from %s for %s) from catalogue_storedfile where id = %s",
                [start + 1, PIECE, number],
            )
            yield bytes(cursor.fetchone()[0])
