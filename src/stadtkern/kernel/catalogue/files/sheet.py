"""A table of a file: as it comes (`Part`), and as we understand it (`Sheet`)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.files.notices import Notice, Notices
from stadtkern.kernel.contract import ColumnKind

Line = tuple[int, list[Any]]
GEOMETRY = "geometry"


@dataclass(frozen=True, kw_only=True)
class Part:
    """A table as the file holds it. `lines` starts anew at each call: row of the file, cells.

    A part with shapes has them as its last column: shapely geometries, in `crs` (EPSG number; 0
    where the file names none).
    """

    name: str
    heads: list[str]
    lines: Callable[[], Iterator[Line]]
    notices: Notices
    header: int = 1
    shapes: bool = False
    crs: int = 0
    comma: bool = False
    keys: frozenset[str] = frozenset()
    notes: list[str] = field(default_factory=list)


class Column(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A column with the kind we found or a person chose; `raw` is its heading in the file.

    `decimal` is the sign between units and tenths. `place` is its position in the file, from 0.
    """

    raw: str
    slug: str
    title: str
    place: int
    kind: ColumnKind = "text"
    guessed: ColumnKind = "text"
    unit: str = ""
    title_en: str = ""
    about: str = ""
    decimal: Literal[".", ","] = "."
    filled: int = 0
    examples: list[str] = []
    out: bool = False

    def field(self) -> Field:
        """As a version stores it."""
        return Field(
            slug=self.slug, kind=self.kind, title=self.title, title_en=self.title_en,
            unit=self.unit, about=self.about, raw=self.raw,
        )  # fmt: skip


class Position(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Where the geometry comes from: a pair of columns (by slug), or the file's own shapes."""

    of: Literal["", "pair", "shapes"] = ""
    x: str = ""
    y: str = ""
    crs: int = 4326


class Sheet(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A table as we understand it: stored, corrected by people, and the plan for reading it.

    `header` is the line with the headings (0: there is none). `version` is the staged version of
    `resource`; without one the table is yet to be written.
    """

    name: str
    title: str
    slug: str
    columns: list[Column]
    header: int = 1
    position: Position = msgspec.field(default_factory=Position)
    rows: int = 0
    notices: list[Notice] = []
    notes: list[str] = []
    out: bool = False
    version: int = 0
    resource: int = 0
    # The headings stand elsewhere than we thought: understand it anew.
    anew: bool = False

    @property
    def kept(self) -> list[Column]:
        """The columns that are published."""
        return [one for one in self.columns if not one.out]

    @property
    def shape_slug(self) -> str:
        """What the column with the geometry is called; no other column may be called so."""
        taken = {one.slug for one in self.kept}
        return next(s for s in (GEOMETRY, "position", "shape", "where_it_is") if s not in taken)

    def fields(self) -> list[Field]:
        """The columns of its table, the geometry last."""
        found = [one.field() for one in self.kept]
        if self.position.of:
            shape = Field(
                slug=self.shape_slug, kind="geometry", title="Geometrie", title_en="Geometry"
            )
            found.append(shape)
        return found
