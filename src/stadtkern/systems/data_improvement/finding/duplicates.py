"""Rows that stand there twice: alike in every cell, or one place under two names."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
from rapidfuzz import fuzz

from stadtkern.kernel.catalogue.columns import Field, geometry_of
from stadtkern.systems.data_improvement.finding.frame import Found, Row, Table, World, text_of
from stadtkern.systems.data_improvement.finding.nearby import around
from stadtkern.systems.data_improvement.finding.streets import folded, looks_like, parsed

METRES: Final = 60.0
ALIKE: Final = 88.0


def find(table: Table, _world: World) -> Iterator[Found]:
    """The later of two rows that are one; keys of a row do not count."""
    keys = {one.slug for one in table.columns if is_row_key(table, one.slug)}
    told: set[int] = set()
    for first, second in exact(table, keys):
        told.add(second)
        yield _found(table, first, second, "exact", 1.0, {})
    for first, second, metres, alike in near(table, keys):
        if first not in told and second not in told:
            told.add(second)
            strength = min(1.0, (alike - ALIKE) / (100 - ALIKE) * 0.6 + (1 - metres / METRES) * 0.4)
            said = {"metres": round(metres), "alike": round(alike)}
            yield _found(table, first, second, "near", strength, said)


def _found(
    table: Table, first: int, second: int, method: str, strength: float, said: dict[str, Any]
) -> Found:
    place = next((n for n, one in enumerate(table.columns) if one.kind == "text"), 0)
    old = table.rows[second][place]
    return Found(
        kind="duplicate", method=method, action="drop", column=table.columns[place].slug,
        cells=[(second + 1, table.columns[place].slug, old, None)], strength=strength,
        reason=f"duplicate.{method}",
        said={"row": first + 1, "name": text_of(table.rows[first][place])[:80], **said},
        parameters={"metres": METRES, "alike": ALIKE} if method == "near" else {},
    )  # fmt: skip


def is_row_key(table: Table, slug: str) -> bool:
    """Whether a column only numbers the rows: numbers or words without blanks, never twice."""
    values = table.values(slug)
    known = [value for value in values if value is not None]
    if len(known) < len(values) or len(set(map(str, known))) < len(known) or len(known) < 5:
        return False
    if table.columns[table.place(slug)].kind == "integer":
        return True
    return all(isinstance(one, str) and " " not in one and len(one) <= 40 for one in known) and any(
        sign.isdigit() for one in known[:5] for sign in str(one)
    )


def exact(table: Table, keys: set[str]) -> Iterator[tuple[int, int]]:
    """Rows (from nought) that say the same in every other column, which must say something."""
    places = [n for n, one in enumerate(table.columns) if one.slug not in keys]
    seen: dict[bytes, int] = {}
    for index, row in enumerate(table.rows):
        said = [row[place] for place in places]
        if sum(one is not None for one in said) < 2:
            continue
        first = seen.setdefault(msgspec.json.encode(said), index)
        if first != index:
            yield first, index


def near(table: Table, keys: set[str]) -> Iterator[tuple[int, int, float, float]]:
    """Points close together with a name alike and no house number that differs."""
    shape = geometry_of(table.columns)
    name = _name(table, keys)
    if shape is None or name is None:
        return
    address = _address(table)
    spots = _spots(table, shape.slug)
    for index, close in around(spots, METRES):
        for metres, other in close:
            if other > index and (alike := _alike(table, name, address, index, other)):
                yield index, other, metres, alike


def _alike(table: Table, name: int, address: int | None, one: int, two: int) -> float:
    """How alike the names of two near rows are, of 100; nought where they are two places."""
    a, b = table.rows[one], table.rows[two]
    if _differs(table, a, b, address) or not _same_digits(a[name], b[name]):
        return 0.0
    alike = fuzz.token_sort_ratio(folded(text_of(a[name])), folded(text_of(b[name])))
    return alike if alike >= ALIKE else 0.0


def _same_digits(one: Any, two: Any) -> bool:
    """`Kita 1` and `Kita 2` are two."""
    return [s for s in text_of(one) if s.isdigit()] == [s for s in text_of(two) if s.isdigit()]


def _differs(table: Table, one: Row, two: Row, address: int | None) -> bool:
    """Another house number, or another category: two places, however near."""
    if address is not None and one[address] and two[address]:
        a, b = parsed(text_of(one[address])), parsed(text_of(two[address]))
        if a.number and b.number and a.number.lower() != b.number.lower():
            return True
    for place, column in enumerate(table.columns):
        if "kateg" in column.slug or column.slug in ("art", "typ", "kind", "type"):
            kinds = folded(text_of(one[place])), folded(text_of(two[place]))
            if all(kinds) and fuzz.ratio(*kinds) < ALIKE:
                return True
    return False


def _spots(table: Table, slug: str) -> dict[int, tuple[float, float]]:
    return {
        index: (value["coordinates"][0], value["coordinates"][1])
        for index, value in enumerate(table.values(slug))
        if isinstance(value, dict) and value.get("type") == "Point"
    }


def _name(table: Table, keys: set[str]) -> int | None:
    """The column that names a row: called so, else the text with the most different values."""
    texts: Sequence[Field] = [one for one in table.of_kind("text") if one.slug not in keys]
    for one in texts:
        if one.slug in ("name", "bezeichnung", "titel", "title", "objekt", "gebaeude"):
            return table.place(one.slug)
    ranked = sorted(
        ((len({text_of(v) for v in table.values(one.slug)}), one.slug) for one in texts),
        reverse=True,
    )
    if ranked and ranked[0][0] > 0.5 * len(table.rows):
        return table.place(ranked[0][1])
    return None


def _address(table: Table) -> int | None:
    for one in table.of_kind("text"):
        known = [text_of(value) for value in table.values(one.slug) if value]
        if known and sum(map(looks_like, known)) > 0.6 * len(known):
            return table.place(one.slug)
    return None
