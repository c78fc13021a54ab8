"""One examination from plain JSON to plain JSON: the same bytes in, the same bytes out.

`python -m stadtkern.systems.data_improvement.finding.compute < given.json > found.json`
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from typing import Any, Final

import msgspec

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.systems.data_improvement.finding import (
    addresses,
    certainty,
    coordinates,
    duplicates,
    gaps,
    kinds,
    links,
    meaning,
    numbers,
    series,
    spellings,
    themes,
)
from stadtkern.systems.data_improvement.finding.frame import Found, Table, World

Finder = Callable[[Table, World], Iterator[Found]]
FINDERS: Final[Mapping[str, Finder]] = {
    "type": kinds.find, "position": coordinates.find, "address": addresses.find,
    "spelling": spellings.find, "duplicate": duplicates.find, "number": numbers.find,
    "fault": series.find, "gap": gaps.find, "meaning": meaning.find, "record": themes.find,
    "link": links.find,
}  # fmt: skip
PACKAGES: Final = ("numpy", "pandas", "scikit-learn", "rapidfuzz", "pyproj")
MOST: Final = 3000


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What the child process is told."""

    columns: list[Field]
    rows: list[list[Any]]
    world: World


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One finding with its confidence."""

    found: Found
    confidence: float


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What it answers: the findings, how many more there were, and what reckoned them."""

    findings: list[Told]
    left: int
    packages: dict[str, str]


def examine(given: Given) -> Answer:
    """All finders, one after the other; no cell is proposed for twice."""
    table = Table(columns=tuple(given.columns), rows=given.rows)
    taken: set[tuple[int, str]] = set()
    found: list[Told] = []
    for finder in FINDERS.values():
        for one in finder(table, given.world):
            kept = without(one, taken)
            if kept is None:
                continue
            if kept.action != "drop":
                taken |= {(row, column) for row, column, _, _ in kept.cells}
            found.append(Told(found=kept, confidence=certainty.confidence(kept)))
    packages = {name: version(name) for name in PACKAGES}
    return Answer(findings=found[:MOST], left=max(0, len(found) - MOST), packages=packages)


def without(one: Found, taken: set[tuple[int, str]]) -> Found | None:
    """Without the cells for which something else is proposed already; None where none is left."""
    kept = [cell for cell in one.cells if (cell[0], cell[1]) not in taken]
    if len(kept) == len(one.cells) or one.action == "drop":
        return one
    # The parts of a position belong together.
    if not kept or one.kind == "position":
        return None
    return msgspec.structs.replace(one, cells=kept)


def main() -> None:
    """Between standard input and output."""
    given = msgspec.json.decode(sys.stdin.buffer.read(), type=Given)
    sys.stdout.buffer.write(msgspec.json.encode(examine(given), order="deterministic"))


if __name__ == "__main__":
    main()
