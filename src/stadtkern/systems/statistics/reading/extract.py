"""From a file and its reading to long format: each number's items, each problem's place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.text import slugify
from django.utils.translation import gettext as _

from stadtkern.systems.statistics.reading import guess, numbers, words
from stadtkern.systems.statistics.reading.grid import Grid
from stadtkern.systems.statistics.reading.model import Dim, Reading
from stadtkern.systems.statistics.reading.words import Label

TIME = Dim(slug="zeit", title="Zeit", kind="time")
AREA = Dim(slug="gebiet", title="Gebiet", kind="area")
MOST_PROBLEMS = 500
Codes = tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What is wrong and where; rows count from 1, columns are letters. `grave` stops the import."""

    text: str
    row: int = 0
    column: str = ""
    grave: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A number of the file."""

    value: Decimal | None
    sign: str
    note: str
    row: int
    column: int


@dataclass(kw_only=True, slots=True)
class Extract:
    """What a file holds: dimensions with their items in the file's order, and the numbers."""

    dims: list[Dim]
    labels: list[dict[str, Label]]
    cells: dict[Codes, Found] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def say(self, problem: Problem) -> None:
        """Note a problem; a file that is wrong everywhere is not told so everywhere."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)

    @property
    def grave(self) -> bool:
        """Whether it cannot be imported like this."""
        return any(one.grave for one in self.problems)


def letter(column: int) -> str:
    """`A` for 0, `AA` for 26, as spreadsheets count."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def extract(grid: Grid, reading: Reading) -> Extract:
    """All numbers of the file as this reading understands them."""
    dims = _dims(reading)
    out = Extract(dims=dims, labels=[{} for _one in dims], notes=guess.footer(grid, reading))
    if problem := _unusable(grid, reading, dims):
        out.say(Problem(text=problem))
        return out
    heads = _heads(grid, reading, out)
    keys = _Keys(grid, reading, out)
    last = min(reading.last, len(grid.rows))
    for row in range(reading.first - 1, last):
        if codes := keys.of(row):
            for column, above in heads:
                _cell(grid, reading, out, row, column, {**codes, **above})
    if not out.cells and not out.grave:
        out.say(Problem(text=_("No number was found. Check which rows and columns hold numbers.")))
    return out


def _dims(reading: Reading) -> list[Dim]:
    used = {one.dimension for one in reading.columns if one.role in ("key", "code")}
    used |= set(reading.levels)
    dims = [one for one in reading.dims if one.slug in used]
    if reading.when and not any(one.kind == "time" for one in dims):
        dims.append(TIME)
    if reading.where and not any(one.kind == "area" for one in dims):
        dims.insert(0, AREA)
    return dims


def _unusable(grid: Grid, reading: Reading, dims: Sequence[Dim]) -> str:
    if not reading.of("value"):
        return _("No column holds numbers. Say of at least one that it does.")
    if reading.first > len(grid.rows) or reading.first > reading.last:
        return _("The first row of numbers stands below the last one. Correct the rows.")
    if reading.head_first and not reading.head_first <= reading.head_last < reading.first:
        return _("The headings must stand above the numbers. Correct the rows.")
    if reading.when and not words.instant(reading.when):
        return _("The date of the numbers is not understood. Write 2014 or 31.12.2014.")
    if not any(one.kind == "time" for one in dims):
        return _("Nothing says when the numbers were true. Enter their year or date.")
    return ""


def _heads(grid: Grid, reading: Reading, out: Extract) -> list[tuple[int, dict[str, str]]]:
    """The value columns, and the items that stand above each."""
    rows = {slug: level for level, slug in enumerate(reading.levels) if slug}
    texts = {slug: guess.level_texts(grid, reading, level) for slug, level in rows.items()}
    found, seen = [], set[Codes]()
    for column in reading.of("value"):
        above = {}
        for slug, level in texts.items():
            said, note = numbers.label(level[column])
            if not said:
                out.say(Problem(
                    text=_("This column has no heading in one of the heading rows."),
                    row=reading.head_first + rows[slug], column=letter(column),
                ))  # fmt: skip
            above[slug] = _item(out, slug, said, note=note)
        if (key := tuple(above.values())) in seen:
            above = _twice(out, above, column)
        seen.add(key)
        found.append((column, above))
    return found


def _twice(out: Extract, above: dict[str, str], column: int) -> dict[str, str]:
    """Two columns of one name become two items; whether that is right, people must say."""
    if not above:
        out.say(Problem(
            text=_("Several columns hold numbers, but no heading row tells them apart."),
            column=letter(column),
        ))  # fmt: skip
        return above
    slug = list(above)[-1]
    labels = out.labels[_index(out, slug)]
    first = labels[above[slug]]
    number = 2
    while f"{first.code}-{number}" in labels:
        number += 1
    made = Label(code=f"{first.code}-{number}", title=f"{first.title} ({number})")
    labels[made.code] = made
    out.say(Problem(
        text=_("The heading “%(name)s” stands there twice; this one is called “%(new)s”.")
        % {"name": first.title, "new": made.title}, column=letter(column), grave=False,
    ))  # fmt: skip
    return {**above, slug: made.code}


class _Keys:
    """The items that stand beside each row; an empty key goes on with the one above."""

    def __init__(self, grid: Grid, reading: Reading, out: Extract) -> None:
        self.grid, self.reading, self.out = grid, reading, out
        self.columns = [(i, reading.columns[i].dimension) for i in reading.of("key")]
        self.codes = {reading.columns[i].dimension: i for i in reading.of("code")}
        self.kinds = {one.slug: one.kind for one in out.dims}
        self.short = {i for i in self._area_columns() if self._lost_zeros(i)}
        self.before: dict[str, tuple[str, str]] = {}

    def _area_columns(self) -> Iterator[int]:
        for i, one in enumerate(self.reading.columns):
            if one.role in ("key", "code") and self.kinds.get(one.dimension) == "area":
                yield i

    def _lost_zeros(self, column: int) -> bool:
        rows = range(self.reading.first - 1, min(self.reading.last, len(self.grid.rows)))
        said = [self.grid.text(row, column).removesuffix(".0") for row in rows]
        digits = [text for text in said if text.isdigit()]
        return bool(digits) and not any(text.startswith("0") for text in digits)

    def of(self, row: int) -> dict[str, str] | None:
        """The code of each dimension; None for a row without any number in it."""
        if not any(self.grid.text(row, i) for i in self.reading.of("value")):
            return None
        found = {}
        for column, slug in self.columns:
            text, note = numbers.label(self.grid.text(row, column))
            code = self.codes.get(slug)
            key = self.grid.text(row, code) if code is not None else ""
            if not text and not key:
                text, key = self.before.get(slug, ("", ""))
            if not text and not key:
                self._nameless(row, column)
                return None
            self.before[slug] = (text, key)
            found[slug] = self._code(slug, column if code is None else code, text, key, note)
        if TIME in self.out.dims and TIME.slug not in found:
            found[TIME.slug] = _item(self.out, TIME.slug, self.reading.when)
        if AREA in self.out.dims and AREA.slug not in found:
            key, _space, name = self.reading.where.partition(" ")
            found[AREA.slug] = _item(self.out, AREA.slug, name or key, code=key)
        return found

    def _nameless(self, row: int, column: int) -> None:
        said = _("This row has numbers, but nothing says what they belong to.")
        self.out.say(Problem(text=said, row=row + 1, column=letter(column)))

    def _code(self, slug: str, column: int, text: str, key: str, note: str) -> str:
        if self.kinds[slug] == "area":
            short = column in self.short
            own = words.area_key(key or (text if text.isdigit() else ""), short=short)
            return _item(self.out, slug, text or own, code=own, note=note)
        return _item(self.out, slug, text or key, code=key and slugify(key), note=note)


def _index(out: Extract, slug: str) -> int:
    return next(i for i, one in enumerate(out.dims) if one.slug == slug)


def _item(out: Extract, slug: str, text: str, code: str = "", note: str = "") -> str:
    place = _index(out, slug)
    label = words.label_of(out.dims[place].kind, text, code, note)
    known = out.labels[place].setdefault(label.code, label)
    return known.code


def _cell(
    grid: Grid, reading: Reading, out: Extract, row: int, column: int, codes: dict[str, str]
) -> None:
    where = {"row": row + 1, "column": letter(column)}
    number = numbers.parse(grid.rows[row][column], reading.decimal)
    if number is None:
        said = _("“%(text)s” is neither a number nor a sign of statistical tables.")
        out.say(Problem(text=said % {"text": grid.text(row, column)[:60]}, **where))  # type: ignore[arg-type]
        return
    if grid.rows[row][column] == "":
        out.say(Problem(text=_("An empty cell: taken as “not available”."), grave=False, **where))  # type: ignore[arg-type]
    key = tuple(codes[one.slug] for one in out.dims)
    if (before := out.cells.get(key)) is not None:
        said = _("Row %(row)d, column %(column)s already says this number.")
        place = {"row": before.row + 1, "column": letter(before.column)}
        same = (before.value, before.sign) == (number.value, number.sign)
        out.say(Problem(text=said % place, grave=not same, **where))  # type: ignore[arg-type]
        return
    out.cells[key] = Found(
        value=number.value, sign=number.sign, note=number.note, row=row, column=column
    )
