"""How much of a file we take, and what we say when it is too much."""

from typing import Final

from django.utils.translation import gettext as _

MB: Final = 1024 * 1024
MOST_BYTES: Final = 64 * MB
# What an archive or workbook may unpack to, all members together.
MOST_UNPACKED: Final = 512 * MB
MOST_MEMBERS: Final = 1000
# Text packs to a tenth; what packs to a hundredth and is large was made to harm.
MOST_RATIO: Final = 100
HARMLESS: Final = 20 * MB
MOST_ROWS: Final = 2_000_000
MOST_COLUMNS: Final = 200
MOST_SHEETS: Final = 30
LONGEST_CELL: Final = 1_000_000
# Larger files are read by the worker, while the page shows how far it is.
AT_ONCE: Final = 2 * MB


class FileProblem(Exception):
    """A file cannot be read; the message tells a person why, and what to do next."""


def check_size(size: int) -> None:
    """Refuse an empty or too large file."""
    if size == 0:
        raise FileProblem(_("The file is empty. Please choose another one."))
    if size > MOST_BYTES:
        said = _("The file has %(size)s MB, at most %(most)s MB can be read. Please divide it.")
        raise FileProblem(said % {"size": round(size / MB), "most": MOST_BYTES // MB})


def check_columns(count: int) -> None:
    """Refuse a table that is too wide."""
    if count > MOST_COLUMNS:
        said = _("The table has %(count)s columns, at most %(most)s can be read.")
        raise FileProblem(said % {"count": count, "most": MOST_COLUMNS})


def check_rows(count: int) -> None:
    """Refuse a table that is too long, as soon as it is."""
    if count > MOST_ROWS:
        said = _("The table has more than %(most)s rows. Please divide the file.")
        raise FileProblem(said % {"most": MOST_ROWS})
