"""A first understanding of a file, for people to correct: rows, columns, dimensions."""

import re
from collections.abc import Sequence
from itertools import pairwise

from django.utils.text import slugify

from stadtkern.systems.statistics.reading import numbers, words
from stadtkern.systems.statistics.reading.grid import Grid
from stadtkern.systems.statistics.reading.model import Column, Dim, Reading

MOSTLY = 0.8
SAMPLE = 2000
TITLES = {"area": "Gebiet", "time": "Zeit", "sex": "Geschlecht", "age": "Alter",
          "nationality": "Staatsangehörigkeit", "other": "Merkmal"}  # fmt: skip
DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}\.\d{1,2}\.\d{4}|(?<!\d)(?:19|20)\d\d(?!\d)")


def guess(grid: Grid, sheet: int = 0) -> Reading:
    """What the file seems to say; never fails, since people look at it next."""
    decimal = numbers.decimal_sign(cell for row in grid.rows[:SAMPLE] for cell in row)
    first, last = _block(grid, decimal)
    heads = _heads(grid, first, decimal)
    reading = Reading(
        sheet=sheet, first=first + 1, last=last + 1, decimal=decimal,
        head_first=heads[0] + 1 if heads else 0, head_last=heads[-1] + 1 if heads else 0,
    )  # fmt: skip
    reading.columns = _columns(grid, reading)
    _dimensions(grid, reading)
    reading.when = _when(grid, reading)
    return reading


def recall(before: Reading, found: Reading) -> Reading:
    """Last year's reading of this table on this year's file, where the files look alike."""
    same = [one.heading for one in before.columns if one.role in ("key", "code")] == [
        found.columns[i].heading
        for i, one in enumerate(before.columns)
        if one.role in ("key", "code") and i < len(found.columns)
    ]
    if not same or len(before.levels) != len(found.levels):
        return found
    for i, one in enumerate(before.columns[: len(found.columns)]):
        kept = one.role != "value" or one.heading == found.columns[i].heading
        if kept and one.heading == found.columns[i].heading:
            found.columns[i].role, found.columns[i].dimension = one.role, one.dimension
    found.dims, found.levels = before.dims, before.levels
    found.decimal = before.decimal
    return found


def heading(grid: Grid, reading: Reading, column: int) -> str:
    """The headings above a column, from above, joined."""
    if not reading.head_first:
        return ""
    rows = range(reading.head_first - 1, reading.head_last)
    said = [grid.text(row, column) for row in rows]
    return " ".join(dict.fromkeys(one for one in said if one))


def level_texts(grid: Grid, reading: Reading, level: int) -> list[str]:
    """One heading row over all columns; what a heading leaves open to its right, it fills."""
    row = reading.head_first - 1 + level
    values = reading.of("value")
    if row < 0 or row >= len(grid.rows) or not values:
        return [""] * grid.width
    texts, last = [grid.text(row, c) for c in range(grid.width)], ""
    if row == reading.head_last - 1:
        return texts
    for column in values:
        last = texts[column] or last
        texts[column] = last
    return texts


def _numeric(grid: Grid, row: int, decimal: str) -> int:
    """How many cells of a row hold a number; dates and years of a key do not count alone."""
    return sum(
        cell != "" and (found := numbers.parse(cell, decimal)) is not None
        and found.value is not None
        for cell in grid.rows[row][1:]
    )  # fmt: skip


def _block(grid: Grid, decimal: str) -> tuple[int, int]:
    """The first and last row of the data: the longest run of rows with as many filled cells."""
    filled = [sum(cell != "" for cell in row) for row in grid.rows]
    counts = [_numeric(grid, row, decimal) for row in range(len(grid.rows))]
    common = sorted(count for count in counts if count) or [0]
    usual = common[len(common) // 2]
    fits = [count >= max(1, usual / 2) and filled[i] > 1 for i, count in enumerate(counts)]
    if not any(fits):
        return 0, max(0, len(grid.rows) - 1)
    first = fits.index(True)
    while _years_only(grid, first) and first + 1 < len(fits) and any(fits[first + 1 :]):
        first = fits.index(True, first + 1)
    last = len(fits) - 1 - fits[::-1].index(True)
    return first, max(first, _end(grid, filled, first, last))


def _end(grid: Grid, filled: Sequence[int], first: int, last: int) -> int:
    """Rows of signs alone at the end of the block belong to it; footers do not."""
    while last + 1 < len(filled) and filled[last + 1] >= max(2, filled[last] - 1):
        last += 1
    return max(first, last)


def _years_only(grid: Grid, row: int) -> bool:
    """A heading of years looks like a row of numbers."""
    said = [grid.text(row, c) for c in range(1, grid.width) if grid.text(row, c)]
    digits = [text for text in said if text[0].isdigit()]
    return bool(digits) and all(re.fullmatch(r"(19|20)\d\d(\.0)?", text) for text in digits)


def _heads(grid: Grid, first: int, decimal: str) -> list[int]:
    """The rows just above the data that head at least two columns."""
    rows: list[int] = []
    for row in range(first - 1, -1, -1):
        said = {c for c in range(grid.width) if grid.text(row, c)}
        distinct = {grid.text(row, c) for c in said}
        if len(said) < 2 or (len(distinct) < 2 and rows):
            break
        if _numeric(grid, row, decimal) > len(said) / 2 and not _years_only(grid, row):
            break
        rows.insert(0, row)
    return rows


def _columns(grid: Grid, reading: Reading) -> list[Column]:
    found = [_column(grid, reading, column) for column in range(grid.width)]
    if not any(one.role == "value" for one in found):
        for one in reversed(found):
            if one.role == "skip" and one.heading:
                one.role = "value"
                break
    if not any(one.role in ("key", "code") for one in found):
        _first_key(grid, reading, found)
    numeric = [i for i, one in enumerate(found) if one.role == "value"]
    named = [i for i in numeric if words.VALUE.search(found[i].heading.lower())]
    if len(named) == 1:
        for i in numeric:
            found[i].role = "value" if i == named[0] else "skip"
    return found


def _first_key(grid: Grid, reading: Reading, found: list[Column]) -> None:
    """Where nothing else says what a row is about, a first column without repetition does."""
    said = [grid.text(row, 0) for row in range(reading.first - 1, reading.last)]
    others = sum(one.role == "value" for one in found[1:])
    if others and len(said) > 2 and len(set(said)) == len(said):
        found[0].role = "code"


def _column(grid: Grid, reading: Reading, column: int) -> Column:
    head = heading(grid, reading, column)
    said = [grid.text(row, column) for row in range(reading.first - 1, reading.last)]
    said = [text for text in said[:SAMPLE] if text]
    name = head.lower()
    if not said:
        return Column(heading=head)
    parsed = [numbers.parse(text, reading.decimal) for text in said]
    share = sum(one is not None for one in parsed) / len(said)
    if all(words.instant(text) for text in said) and not words.VALUE.search(name):
        return Column(role="key", heading=head)
    if share < MOSTLY:
        constant = len(set(said)) == 1 and len(said) > 2
        skip = words.UNIT.search(name) or (constant and not words.HEADINGS["area"].search(name))
        return Column(role="skip" if skip else "key", heading=head)
    if words.CODE.search(name) or _keys(said):
        return Column(role="code", heading=head)
    if len(set(said)) == 1 and len(said) > 2 and not words.VALUE.search(name):
        return Column(heading=head)
    return Column(role="value", heading=head)


def _keys(said: Sequence[str]) -> bool:
    """Leading zeros never stand before a count."""
    return any(re.fullmatch(r"0\d+", text) for text in said)


def _dimensions(grid: Grid, reading: Reading) -> None:
    """Names a dimension for every key column and every heading row."""
    codes = reading.of("code")
    for column in reading.of("key"):
        said = _said(grid, reading, column)
        kind = words.kind_of(said, reading.columns[column].heading)
        if column - 1 in codes and kind in ("area", "other"):
            kind = _of_code(reading, column, kind)
        dim = _dim(reading, kind, reading.columns[column].heading)
        reading.columns[column].dimension = dim.slug
        if column - 1 in codes:
            reading.columns[column - 1].dimension = dim.slug
    for column in codes:
        one = reading.columns[column]
        if not one.dimension:
            _lone_code(grid, reading, column)
    _levels(grid, reading)


def _of_code(reading: Reading, column: int, kind: str) -> str:
    head = reading.columns[column - 1].heading.lower()
    known = not head or words.HEADINGS["area"].search(head)
    return "area" if known else kind


def _lone_code(grid: Grid, reading: Reading, column: int) -> None:
    """A key without names: its own dimension, unless it says the same in every row."""
    one, said = reading.columns[column], _said(grid, reading, column)
    if len(set(said)) == 1 and len(reading.of("code")) > 1:
        one.role = "skip"
        return
    kind = "area" if words.OFFICIAL.search(one.heading.lower()) else "other"
    one.role, one.dimension = "key", _dim(reading, kind, one.heading).slug


def _levels(grid: Grid, reading: Reading) -> None:
    count = reading.head_last - reading.head_first + 1 if reading.head_first else 0
    values = reading.of("value")
    reading.levels = [""] * count
    for level in range(count):
        texts = level_texts(grid, reading, level)
        said = list(dict.fromkeys(numbers.label(texts[c])[0] for c in values if texts[c]))
        if len(said) < 2 and words.kind_of(said) != "time":
            continue
        reading.levels[level] = _dim(reading, words.kind_of(said), "").slug


def _said(grid: Grid, reading: Reading, column: int) -> list[str]:
    rows = range(reading.first - 1, min(reading.last, reading.first - 1 + SAMPLE))
    return [text for row in rows if (text := grid.text(row, column))]


def _dim(reading: Reading, kind: str, title: str) -> Dim:
    """A new dimension with a slug of its own."""
    shown = title if kind == "other" and title else TITLES[kind]
    slug = slugify(shown)[:36] or kind
    taken = {one.slug for one in reading.dims}
    while slug in taken:
        slug = f"{slug}-2" if not slug[-1].isdigit() else f"{slug[:-1]}{int(slug[-1]) + 1}"
    made = Dim(slug=slug, title=shown[:200], kind=kind)
    reading.dims.append(made)
    return made


def _when(grid: Grid, reading: Reading) -> str:
    """The date in the title, where nothing else says when."""
    if any(one.kind == "time" for one in reading.dims):
        return ""
    top = (reading.head_first or reading.first) - 1
    said = [DATE.findall(grid.text(row, c)) for row in range(top) for c in range(grid.width)]
    dates: list[str] = [one for found in said for one in found]
    full = [one for one in dates if len(one) > 4]
    return (full or dates or [""])[-1]


def titles(grid: Grid, reading: Reading) -> list[str]:
    """The lines above the headings."""
    top = (reading.head_first or reading.first) - 1
    lines = [" ".join(dict.fromkeys(str(c) for c in row if c != "")) for row in grid.rows[:top]]
    return [line for line in lines if line]


def footer(grid: Grid, reading: Reading) -> list[str]:
    """The lines below the data; a line that begins with no marker goes on with the one before."""
    lines = [
        " ".join(dict.fromkeys(str(c) for c in row if c != "")) for row in grid.rows[reading.last :]
    ]
    kept = [line for line in lines if line and set(line) != {"_"}]
    joined = [
        (a, b) for a, b in pairwise(["", *kept]) if b
    ]  # what stands before tells whether a line goes on
    notes: list[str] = []
    for before, line in joined:
        starts = re.match(r"\d{1,2}\)|[*¹²³⁴⁵⁶⁷⁸⁹©]|\(C\)|Quelle|[-–.x/]\s*=", line)
        goes_on = notes and not starts and before and before[-1] not in ".:"
        if goes_on:
            notes[-1] = f"{notes[-1]} {line}"
        else:
            notes.append(line)
    return notes
