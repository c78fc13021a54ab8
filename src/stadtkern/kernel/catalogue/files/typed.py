"""The rows of a table as its sheet says: values of their column's kind, positions in WGS 84."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import shapely
from shapely.geometry import mapping

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue.files import coordinates
from stadtkern.kernel.catalogue.files.notices import Notices
from stadtkern.kernel.catalogue.files.sheet import Column, Part, Sheet
from stadtkern.kernel.catalogue.files.values import (
    ERRORS,
    MISSING,
    OF,
    QUOTED,
    Unfit,
    exists,
    moment_of,
    number_of,
    text_of,
)

CHUNK: Final = 5000
# Degrees; a centimetre.
GRID: Final = 1e-7
Row = dict[str, Any]


def rows(part: Part, sheet: Sheet, notices: Notices) -> Iterator[Row]:
    """Rows for `tables.write`; what does not fit becomes None and is told."""
    reader = _Reader(part, sheet, notices)
    chunk: list[tuple[int, Row, Any]] = []
    for line, cells in part.lines():
        if not part.shapes and not any(text_of(c) and str(c).strip() for c in cells):
            continue
        chunk.append((line, reader.row(line, cells), reader.raw_position(line, cells)))
        if len(chunk) == CHUNK:
            yield from reader.placed(chunk)
            chunk = []
    yield from reader.placed(chunk)


class _Reader:
    """One reading of a table."""

    def __init__(self, part: Part, sheet: Sheet, notices: Notices) -> None:
        self.part, self.sheet, self.notices = part, sheet, notices
        self.city = registry.city().city
        self.zone = ZoneInfo(self.city.time_zone)
        self.columns = sheet.kept
        self.width = len(part.heads)
        self.shape = sheet.shape_slug
        self.by_slug = {one.slug: one for one in sheet.columns}

    def row(self, line: int, cells: list[Any]) -> Row:
        """The values of the published columns."""
        if not self.part.shapes:
            self._count(line, cells)
        got = len(cells)
        return {
            one.slug: self._value(one, line, cells[one.place] if one.place < got else None)
            for one in self.columns
        }

    def _count(self, line: int, cells: Sequence[Any]) -> None:
        if any(text_of(cell) for cell in cells[self.width :]):
            said = " | ".join(text_of(cell) or "" for cell in cells[self.width :])
            self.notices.add("extra", row=line, value=said)
        elif len(cells) > self.width:
            self.notices.add("extra_empty", row=line)
        elif len(cells) < self.width and self.part.header:
            self.notices.add("short", row=line, value=" | ".join(text_of(c) or "" for c in cells))

    def _value(self, column: Column, line: int, cell: Any) -> Any:
        if isinstance(cell, str):
            cell = _bare(cell)
        text = text_of(cell)
        if text is None:
            return None
        if text in ERRORS:
            self.notices.add("formula_error", column.title, line, text)
            return None
        if column.kind == "text":
            return text
        if isinstance(cell, str) and text.lower() in MISSING:
            self.notices.add("missing", column.title, line, text)
            return None
        try:
            return self._converted(column, line, cell)
        except (Unfit, ValueError, OverflowError):
            self.notices.add("unfit", column.title, line, text)
            return None

    def _converted(self, column: Column, line: int, cell: Any) -> Any:
        if column.kind in ("date", "datetime") and isinstance(cell, str):
            self._tell_year(column, line, cell)
        if column.kind == "datetime":
            return self._moment(column, line, cell)
        return OF[column.kind](cell, column.decimal)

    def _tell_year(self, column: Column, line: int, cell: str) -> None:
        day = cell.split(" ")[0].split(".")
        if len(day) == 3 and len(day[2]) == 2:
            self.notices.add("century", column.title, line, cell)

    def _moment(self, column: Column, line: int, cell: Any) -> datetime:
        moment = moment_of(cell, self.zone)
        if moment.tzinfo is self.zone:
            self.notices.add("local_time", column.title, line, cell)
            if not exists(moment):
                self.notices.add("no_such_time", column.title, line, cell)
        if isinstance(cell, str) and "24:00" in cell:
            self.notices.add("midnight", column.title, line, cell)
        return moment

    def raw_position(self, line: int, cells: Sequence[Any]) -> Any:
        """The shape, or the pair of numbers, before it is moved to WGS 84."""
        position = self.sheet.position
        if position.of == "shapes":
            return cells[-1]
        if position.of != "pair":
            return None
        x, y = self._number(position.x, cells), self._number(position.y, cells)
        # Programs write 0, 0 where they know nothing.
        return (x, y) if x and y else None

    def _number(self, slug: str, cells: Sequence[Any]) -> float | None:
        column = self.by_slug.get(slug)
        if column is None or column.place >= len(cells):
            return None
        cell = cells[column.place]
        try:
            return number_of(_bare(cell) if isinstance(cell, str) else cell, column.decimal)
        except (Unfit, ValueError, TypeError):
            return None

    def placed(self, chunk: Sequence[tuple[int, Row, Any]]) -> Iterator[Row]:
        """The rows with their geometry; a chunk is moved at once."""
        if not self.sheet.position.of or not chunk:
            yield from (row for _line, row, _raw in chunk)
            return
        moved = self._moved([raw for _line, _row, raw in chunk])
        for (line, row, raw), shape in zip(chunk, moved, strict=True):
            if raw is None:
                self.notices.add("no_position", row=line)
            yield {**row, self.shape: self._checked(line, raw, shape)}

    def _moved(self, raw: Sequence[Any]) -> list[Any]:
        from stadtkern.kernel.catalogue.files import projection  # noqa: PLC0415  brings PROJ

        crs, known = self.sheet.position.crs, [one for one in raw if one is not None]
        if not known:
            return [None] * len(raw)
        if self.sheet.position.of == "pair":
            made = iter(projection.points(known, crs))
        else:
            made = iter(projection.shapes(known, crs))
        return [None if one is None else next(made) for one in raw]

    def _checked(self, line: int, raw: Any, shape: Any) -> Mapping[str, Any] | None:
        """GeoJSON, once it is known to lie on earth; what is far from the city is told."""
        if shape is None:
            return None
        if isinstance(shape, tuple):
            lon, lat = shape
        else:
            if not shape.is_valid:
                self.notices.add("invalid_shape", row=line)
            west, south, east, north = shape.bounds
            lon, lat = (west + east) / 2, (south + north) / 2
        where = coordinates.place_of(lon, lat, self.city.bounds)
        told = {"nowhere": "not_on_earth", "far": "far", "outside": "outside"}
        if where in told:
            x, y = raw if isinstance(raw, tuple) else (round(lon, 5), round(lat, 5))
            said = f"{text_of(x)}, {text_of(y)}"
            self.notices.add(told[where], row=line, value=said)
        if where == "nowhere":
            return None
        if isinstance(shape, tuple):
            return {"type": "Point", "coordinates": [lon, lat]}
        rounded = shapely.set_precision(shape, GRID, mode="pointwise")
        found: Mapping[str, Any] = mapping(rounded)
        return found


def _bare(cell: str) -> str:
    bare = cell.strip()
    quoted = QUOTED.fullmatch(bare)
    return quoted[1].strip() if quoted else bare
