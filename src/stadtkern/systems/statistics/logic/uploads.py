"""A file from its upload to its edition: read, corrected by people, tried out, imported."""

from contextlib import suppress
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import ProtectedError

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.jobs import tasks
from stadtkern.systems.statistics.logic import editions, protect, structure
from stadtkern.systems.statistics.logic.files import stored
from stadtkern.systems.statistics.models import Edition, Table, Upload
from stadtkern.systems.statistics.reading import guess
from stadtkern.systems.statistics.reading.extract import Extract, extract
from stadtkern.systems.statistics.reading.grid import Grid, read
from stadtkern.systems.statistics.reading.model import Reading

PROTECT = "stadtkern.systems.statistics.jobs.protect"


def begin(table: Table, name: str, content: bytes, actor: Any) -> Upload:
    """Keep the file with a first understanding of it. Raises FileProblem."""
    found = guess.guess(read(content))
    if table.reading:
        found = guess.recall(msgspec.convert(table.reading, Reading), found)
    with transaction.atomic():
        upload = Upload.objects.create(
            table=table, file=stored(name, content), created_by=actor,
            reading=msgspec.to_builtins(found),
        )  # fmt: skip
        record(actor, "statistics.upload", table, file=name)
    return upload


def opened(upload: Upload) -> tuple[Grid, Reading]:
    """The file's rows and how they are read at present."""
    reading = msgspec.convert(upload.reading, Reading)
    return read(bytes(upload.file.content), reading.sheet), reading


def tried(upload: Upload) -> Extract:
    """What an import would bring, and all that is wrong with it."""
    grid, reading = opened(upload)
    found = extract(grid, reading)
    for problem in structure.check(upload.table, found):
        found.say(problem)
    return found


def forget(upload: Upload, actor: Any) -> None:
    """Drop the file, and its content too where no edition came of it."""
    file = upload.file
    with transaction.atomic():
        record(actor, "statistics.forget", upload.table, file=file.name)
        upload.delete()
        with suppress(ProtectedError), transaction.atomic():
            file.delete()


def take_in(upload: Upload, actor: Any, note: str = "") -> Edition:
    """Make an edition of it. Where numbers must be protected, that goes on in the background.

    Raises StructureProblem where the file has grave problems.
    """
    found = tried(upload)
    if found.grave:
        raise structure.StructureProblem(next(p.text for p in found.problems if p.grave))
    reading = msgspec.convert(upload.reading, Reading)
    with transaction.atomic():
        edition = editions.make(
            upload.table, found, reading, file=upload.file, by=str(actor), note=note
        )
        record(actor, "statistics.import", upload.table, edition=edition.number,
               file=upload.file.name, cells=len(found.cells))  # fmt: skip
        upload.delete()
        if edition.table.protection == Table.SUPPRESSION:
            tasks.perform.defer(call=PROTECT, number=edition.pk)
        else:
            protect.protect(edition)
    return edition
