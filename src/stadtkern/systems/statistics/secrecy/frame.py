"""A table as a system of sums: cells by what they count, and which cells add up to which."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

# What a cell counts: (dimension, item) pairs; a dimension that is left out counts as a whole.
Place = frozenset[tuple[str, str]]
TOTAL = "total"


@dataclass(kw_only=True, slots=True)
class Entry:
    """What is known inside the house of one cell. `value` is None where the source told none.

    `hidden` cells are in no publication yet to come; `known` ones were public once.
    """

    value: int | None
    hidden: bool = False
    known: bool = False
    sensitive: bool = False


class Sum(msgspec.Struct, frozen=True):
    """Cells by number: the parts add up to the whole."""

    whole: int
    parts: tuple[int, ...]


class Puzzle(msgspec.Struct, kw_only=True):
    """What goes to the solver: numbers of cells are places in the lists.

    `loose` cells have no number; `low` and `high` is what a reader must not be able to exclude.
    """

    values: list[int]
    sums: list[Sum]
    hidden: list[int]
    known: list[int]
    loose: list[int]
    targets: dict[int, tuple[int, int]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Division:
    """A dimension: the whole of each item that is a part of one."""

    slug: str
    wholes: Mapping[str, str]

    def parts(self) -> dict[str, list[str]]:
        """The parts of each whole."""
        found: dict[str, list[str]] = defaultdict(list)
        for part, whole in self.wholes.items():
            found[whole].append(part)
        return found


@dataclass(kw_only=True, slots=True)
class Frame:
    """All cells of a family of tables, and their sums."""

    entries: dict[Place, Entry] = field(default_factory=dict)
    sums: set[tuple[Place, frozenset[Place]]] = field(default_factory=set)
    tables: set[int] = field(default_factory=set)

    def add_sums(self, divisions: Sequence[Division], keys: Sequence[Sequence[str]]) -> None:
        """The sums of one table whose cells have these keys. A part without a cell counts as 0."""
        there = {tuple(key) for key in keys}
        for number, division in enumerate(divisions):
            parts = division.parts()
            for key in there:
                named = parts.get(key[number], ())
                found = [(*key[:number], part, *key[number + 1 :]) for part in named]
                cells = frozenset(place(divisions, one) for one in found if one in there)
                if cells:
                    self.sums.add((place(divisions, key), cells))

    def drop_broken_sums(self) -> None:
        """Numbers that were revised since need not add up to those of other editions."""
        for one in list(self.sums):
            whole, cells = one
            values = [self.entries[cell].value for cell in (whole, *cells)]
            known = [value for value in values if value is not None]
            if len(known) == len(values) and known[0] != sum(known[1:]):
                self.sums.discard(one)

    def puzzle(self, threshold: int) -> tuple[Puzzle, list[Place]]:
        """For the solver, and the place of each of its cells."""
        places = sorted(self.entries, key=sorted)
        number = {one: i for i, one in enumerate(places)}
        entries = [self.entries[one] for one in places]
        sums = [
            Sum(number[whole], tuple(sorted(number[part] for part in parts)))
            for whole, parts in sorted(self.sums, key=lambda one: sorted(one[0]))
        ]
        made = Puzzle(
            values=[one.value or 0 for one in entries],
            sums=sums,
            hidden=[i for i, one in enumerate(entries) if one.hidden],
            known=[i for i, one in enumerate(entries) if one.known],
            loose=[i for i, one in enumerate(entries) if one.value is None],
            targets=dict(_targets(entries, threshold)),
        )
        return made, places


def place(divisions: Sequence[Division], key: Sequence[str]) -> Place:
    """What a cell counts, whichever table it stands in."""
    return frozenset(
        (one.slug, code) for one, code in zip(divisions, key, strict=True) if code != TOTAL
    )


def _targets(entries: Sequence[Entry], threshold: int) -> Iterator[tuple[int, tuple[int, int]]]:
    """A small count could as well be none, or not small; one that the source hid, as far off."""
    for i, one in enumerate(entries):
        if one.sensitive:
            value = one.value or 0
            yield i, (max(0, value - threshold), max(threshold, value + 1))
