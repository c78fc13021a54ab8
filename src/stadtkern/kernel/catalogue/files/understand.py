"""A first look at a table: the kind of each column, where the positions are, what is odd."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue.files import coordinates, naming
from stadtkern.kernel.catalogue.files.guess import DIGITS, Guess, is_key, kind_of
from stadtkern.kernel.catalogue.files.notices import Notices
from stadtkern.kernel.catalogue.files.sheet import Column, Part, Position, Sheet
from stadtkern.kernel.catalogue.files.values import (
    QUOTED,
    Unfit,
    look,
    look_of,
    number_of,
    text_of,
)

EXAMPLES: Final = 3
SAMPLED: Final = 2000
EVERY: Final = 20_000
# Question marks and replacement signs amid letters, and UTF-8 that was read as Latin-1.
DAMAGED: Final = re.compile(r"[a-zäöüA-ZÄÖÜ][?\ufffd][a-zäöüß]|\ufffd|Ã[¤¶¼„–œŸ]|â‚¬")
Progress = Callable[[int], None]


def quietly(rows: int) -> None:
    """Progress that nobody wants to know."""


def understood(part: Part, progress: Progress = quietly) -> Sheet:
    """Read all rows once; the sheet says what they are, and `typed.rows` reads them so."""
    notices = part.notices
    names = naming.named(part.heads[: -1 if part.shapes else None], notices)
    views = [_View(place, *name, part.heads[place]) for place, name in enumerate(names)]
    shapes: list[Any] = []
    count = 0
    for line, row in part.lines():
        if count % EVERY == 0:
            progress(count)
        if not part.shapes and not any(_filled(cell) for cell in row):
            notices.add("empty_row", row=line)
            continue
        count += 1
        if part.shapes and len(shapes) < SAMPLED and row[-1] is not None:
            shapes.append(row[-1])
        for view, cell in zip(views, row, strict=False):
            view.see(line, cell, notices)
    sheet = _sheet(part, views, count, notices)
    sheet.position = _position(part, sheet, views, shapes, notices)
    for head in part.heads:
        if DAMAGED.search(head):
            notices.add("damaged", head, part.header, head)
    sheet.notices = notices.listed()
    return sheet


def _filled(cell: Any) -> bool:
    return cell is not None and cell != "" and not (isinstance(cell, str) and not cell.strip())


class _View:
    """What is seen of one column."""

    def __init__(self, place: int, slug: str, title: str, raw: str) -> None:
        self.place, self.slug, self.title, self.raw = place, slug, title, raw
        self.looks: Counter[str] = Counter()
        self.examples: list[str] = []
        self.sample: list[Any] = []
        self.digits: Counter[int] = Counter()

    def see(self, line: int, cell: Any, notices: Notices) -> None:
        """One more cell."""
        if isinstance(cell, str):
            cell = self._plain(line, cell, notices)
            kind = look(cell)
            if kind == "text" and DAMAGED.search(cell):
                notices.add("damaged", self.title, line, cell)
        else:
            kind = look_of(cell)
        self.looks[kind] += 1
        if kind in ("integer", "zero", "compact"):
            self.digits[len(str(cell))] += 1
        if kind != "empty" and len(self.sample) < SAMPLED:
            self.sample.append(cell)
            if len(self.examples) < EXAMPLES and (text := text_of(cell)):
                self.examples += [text[:60]] if text[:60] not in self.examples else []

    def _plain(self, line: int, cell: str, notices: Notices) -> str:
        bare = cell.strip()
        if bare and bare != cell:
            notices.add("blanks", self.title, line, cell)
        if quoted := QUOTED.fullmatch(bare):
            notices.add("quotes", self.title, line, bare)
            return quoted[1].strip()
        return bare

    def numbers(self, decimal: str) -> list[float | None]:
        """The sampled cells as numbers."""
        return [_number(cell, decimal) for cell in self.sample]


def _number(cell: Any, decimal: str) -> float | None:
    try:
        return number_of(cell, decimal)
    except (Unfit, ValueError):
        return None


def _sheet(part: Part, views: Sequence[_View], rows: int, notices: Notices) -> Sheet:
    german = part.comma and not any(view.looks["point"] for view in views)
    columns = []
    for view in views:
        filled = view.looks.total() - view.looks["empty"]
        if not view.raw and not filled:
            notices.add("empty_column", view.title)
            continue
        key = is_key(view.slug, part.keys)
        guess = kind_of(view.looks, view.slug, german=german, key=key)
        _tell(view, guess, key, notices)
        columns.append(_column(view, guess, filled))
    if not any(part.heads):
        notices.add("no_headings")
    return Sheet(
        name=part.name, title=naming.title_of(part.name), slug=naming.resource_slug(
            naming.title_of(part.name)), columns=columns, header=part.header, rows=rows,
        notes=part.notes,
    )  # fmt: skip


def _column(view: _View, guess: Guess, filled: int) -> Column:
    return Column(
        raw=view.raw, slug=view.slug, title=view.title, place=view.place, kind=guess.kind,
        guessed=guess.kind, unit=naming.unit_of(view.raw)[1] if guess.kind != "text" else "",
        decimal=guess.decimal, filled=filled, examples=view.examples,
    )  # fmt: skip


def _tell(view: _View, guess: Guess, key: bool, notices: Notices) -> None:
    if guess.ambiguous:
        notices.add("ambiguous", view.title, value=", ".join(view.examples))
    wanted = DIGITS.get(view.slug, 0)
    if key and wanted and view.digits and set(view.digits) == {wanted - 1}:
        notices.add("lost_zero", view.title, value=view.examples[0])


def _position(
    part: Part, sheet: Sheet, views: Sequence[_View], shapes: Sequence[Any], notices: Notices
) -> Position:
    city = registry.city().city.bounds
    if part.shapes:
        return _of_shapes(part.crs, shapes, city, notices)
    kinds = {one.slug: one for one in sheet.columns if one.kind in ("integer", "number")}
    seen: Mapping[str, _View] = {view.slug: view for view in views}
    for x, y in coordinates.candidates(list(kinds)):
        xs = seen[x].numbers(kinds[x].decimal)
        ys = seen[y].numbers(kinds[y].decimal)
        pairs = [(a, b) for a, b in zip(xs, ys, strict=False) if a and b]
        found = coordinates.found_in(x, y, pairs, city)
        if found is None:
            continue
        if found.swapped:
            notices.add("swapped", value=f"{x}, {y}")
        if found.crs != 4326 and str(found.crs) not in f"{seen[x].raw} {seen[y].raw}":
            notices.add("guessed_crs", value=coordinates.SYSTEMS[found.crs])
        return Position(of="pair", x=found.x, y=found.y, crs=found.crs)
    return Position()


def _of_shapes(
    crs: int, shapes: Sequence[Any], city: coordinates.Box, notices: Notices
) -> Position:
    if crs or not shapes:
        return Position(of="shapes", crs=crs or 4326)
    corners = [(one.bounds[0], one.bounds[1]) for one in shapes]
    guessed = coordinates.of_shapes(corners, city)
    if not guessed:
        notices.add("no_crs")
    elif guessed != 4326:
        notices.add("guessed_crs", value=coordinates.SYSTEMS[guessed])
    return Position(of="shapes", crs=guessed or 4326)
