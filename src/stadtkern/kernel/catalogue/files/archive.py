"""Archives and workbooks are looked at before anything in them is unpacked."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from stadtkern.kernel.catalogue.files import limits

MARKUP = (".xml", ".rels", ".vml")
# A cell of SpreadsheetML (ECMA-376, 18.3.1.4) with a formula and without a value.
UNSOLVED = re.compile(rb"<c\b[^>]*><f\b(?:[^>]*/>|[^>]*>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>")
SEARCHED = 50 * limits.MB


def opened(content: bytes) -> zipfile.ZipFile:
    """The archive, once it is known that it does no harm when it is unpacked.

    Python unpacks no more of a member than its head says, so the heads can be believed.
    """
    try:
        found = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise limits.FileProblem(_("The archive is damaged. Please make it anew.")) from error
    members = found.infolist()
    size = sum(one.file_size for one in members)
    packed = max(1, sum(one.compress_size for one in members))
    bomb = size > limits.HARMLESS and size / packed > limits.MOST_RATIO
    if bomb or size > limits.MOST_UNPACKED or len(members) > limits.MOST_MEMBERS:
        said = _("The archive unpacks to %(size)s MB in %(count)s files, which is too much.")
        told = said % {"size": round(size / limits.MB), "count": len(members)}
        raise limits.FileProblem(told)
    if any(one.flag_bits & 1 for one in members):
        raise limits.FileProblem(_("The archive has a password. Please upload one without."))
    return found


def check_markup(archive: zipfile.ZipFile) -> None:
    """Refuse a workbook whose XML declares a document type: entities can unfold without end."""
    for one in archive.infolist():
        if one.filename.lower().endswith(MARKUP):
            with archive.open(one) as member:
                head = member.read(4096)
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                said = _("The workbook declares XML entities and is refused. Save it again.")
                raise limits.FileProblem(said)


def formulas_without_result(archive: zipfile.ZipFile) -> int:
    """How many cells hold a formula whose result no program has stored: they read as empty."""
    sheets = [one for one in archive.infolist() if one.filename.startswith("xl/worksheets/")]
    return sum(
        len(UNSOLVED.findall(archive.read(one)))
        for one in sheets
        if one.file_size <= SEARCHED and one.filename.endswith(".xml")
    )


def members(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name in the archive and plain name of each file that a person put there."""
    for one in archive.infolist():
        path = PurePosixPath(one.filename)
        hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
        if not one.is_dir() and not hidden:
            yield one.filename, path.name
