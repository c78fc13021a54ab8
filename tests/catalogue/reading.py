"""Reads a file as an upload does, without a database."""

from pathlib import Path
from typing import Any

from stadtkern.kernel.catalogue.files import opened, typed, understand
from stadtkern.kernel.catalogue.files.notices import Notice, Notices
from stadtkern.kernel.catalogue.files.sheet import Part, Sheet

DATA = Path(__file__).parent / "data"


class Read:
    """One table: what was understood, its rows, and what was told."""

    def __init__(self, part: Part) -> None:
        self.sheet: Sheet = understand.understood(part)
        notices = Notices()
        self.rows: list[dict[str, Any]] = list(typed.rows(part, self.sheet, notices))
        self.notices: list[Notice] = [*self.sheet.notices, *notices.listed()]

    @property
    def kinds(self) -> dict[str, str]:
        """Kinds by the slug of the column."""
        return {one.slug: one.kind for one in self.sheet.columns}

    def told(self, code: str, column: str = "") -> list[tuple[int, str]]:
        """Rows and values of one kind of oddity."""
        return [
            where for one in self.notices if one.code == code and column in ("", one.column)
            for where in one.at
        ]  # fmt: skip


def read_all(name: str, content: bytes | str) -> list[Read]:
    """All tables of a file."""
    raw = content.encode() if isinstance(content, str) else content
    return [Read(part) for part in opened.parts_of(name, raw)]


def read(name: str, content: bytes | str) -> Read:
    """The one table of a file."""
    (found,) = read_all(name, content)
    return found


def stored(name: str) -> Read:
    """A file of the corpus."""
    return read(name, (DATA / name).read_bytes())
