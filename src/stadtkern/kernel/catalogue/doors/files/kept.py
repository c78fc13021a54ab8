"""Files that take long to write are written once for each version, and kept while there is room."""

import fcntl
import os
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import IO, Final

from django.conf import settings
from django.db import connection

from stadtkern.kernel.catalogue.doors.answers import Refused
from stadtkern.kernel.catalogue.models import Version

Write = Callable[[Version, Path], None]
# Loaded when one is wanted: they bring Arrow, GDAL and openpyxl along.
WRITERS: Final = {"parquet": "parquet", "gpkg": "geopackage", "xlsx": "excel"}
ROOM: Final = 2 * 1024**3
# Seconds to wait for a file that somebody else is having written.
PATIENCE: Final = 60


def file(version: Version, ending: str) -> IO[bytes]:
    """The file, open for reading; deleting it meanwhile does no harm."""
    folder = Path(settings.DATA) / "open-data-files"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_name(version)}.{ending}"
    if not path.exists():
        with (folder / "lock").open("w") as lock:
            _wait_for(lock)
            if not path.exists():
                _write(version, ending, path)
                _make_room(folder, path)
    os.utime(path)
    return path.open("rb")


def size(version: Version, ending: str) -> int | None:
    """The bytes of a file that has been written already; None where nobody asked for it yet."""
    path = Path(settings.DATA) / "open-data-files" / f"{_name(version)}.{ending}"
    return path.stat().st_size if path.is_file() else None


def _wait_for(lock: IO[str]) -> None:
    """One at a time: a workbook takes a core, and two askers of the same one wait for it.

    Who waits holds no connection: the others need it.
    """
    if not connection.in_atomic_block:
        connection.close()
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise Refused("file", "it is being written; ask again in a minute", 503) from None
            time.sleep(0.2)


def _name(version: Version) -> str:
    """Changes with the rows and with the record, which workbooks carry."""
    return (
        f"{version.digest[:16]}-{version.pk}-{int(version.resource.dataset.modified.timestamp())}"
    )


def _write(version: Version, ending: str, path: Path) -> None:
    module = import_module(f"{__package__}.{WRITERS[ending]}")
    write: Write = module.write
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        half = Path(folder) / f"rows.{ending}"
        write(version, half)
        half.replace(path)


def _make_room(folder: Path, newest: Path) -> None:
    """The files that nobody has asked for longest go first."""
    kept = sorted(
        ((one.stat().st_mtime, one.stat().st_size, one) for one in folder.glob("*.*")),
        reverse=True,
    )
    used = 0
    for _, size, path in kept:
        used += size
        if used > ROOM and path != newest:
            path.unlink(missing_ok=True)
