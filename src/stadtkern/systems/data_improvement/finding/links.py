"""Tables that share a key: nearly all values of a column occur in a column of another dataset."""

from collections.abc import Iterator
from typing import Final

from stadtkern.systems.data_improvement.finding.frame import Found, Other, Table, World, text_of
from stadtkern.systems.data_improvement.finding.meaning import meaning_of

LEAST: Final = 5
CONTAINED: Final = 0.85
MOST: Final = 8


def find(table: Table, world: World) -> Iterator[Found]:
    """The best column for each other dataset, the strongest few."""
    best: dict[str, tuple[float, int, Found]] = {}
    for one in table.of_kind("text", "integer"):
        mine = {key_of(value) for value in table.values(one.slug) if value is not None} - {""}
        if len(mine) < LEAST:
            continue
        for other in world.others:
            share, common = shared(mine, other)
            if share < CONTAINED or not telling(one.slug, other, mine):
                continue
            found = _found(one.slug, other, share, common)
            before = best.get(other.dataset)
            if before is None or (share, common) > before[:2]:
                best[other.dataset] = (share, common, found)
    ranked = sorted(best.values(), key=lambda one: (-one[0], -one[1]))
    yield from (found for _, _, found in ranked[:MOST])


def key_of(value: object) -> str:
    """A value as it is compared: of `44807 Bochum` the postcode."""
    text = text_of(value)
    return text[:5] if text[:5].isdigit() and text[5:6] == " " else text


def shared(mine: set[str], other: Other) -> tuple[float, int]:
    """Which share of the smaller set of values occurs in the larger, and how many that are."""
    theirs = {key_of(value) for value in other.values} - {""}
    common = len(mine & theirs)
    return (common / min(len(mine), len(theirs)), common) if common >= LEAST else (0.0, common)


def telling(slug: str, other: Other, mine: set[str]) -> bool:
    """Whether these values mean something: keys, postcodes, names; counts from 1 to 20 do not."""
    if all(one.lstrip("-").isdigit() and len(one) < 5 for one in mine):
        return False
    named = meaning_of(slug, sorted(mine)), meaning_of(other.column, other.values)
    if named[0] or named[1]:
        return named[0] == named[1]
    return sum(map(len, mine)) / len(mine) >= 5


def _found(slug: str, other: Other, share: float, common: int) -> Found:
    return Found(
        kind="link", method="values", action="describe", strength=share,
        to={"link": {"column": slug, "dataset": other.dataset, "other": other.column}},
        reason="link.values", parameters={"share": round(share, 3)},
        said={"column": slug, "dataset": other.dataset_title, "other": other.column_title,
              "count": common},
    )  # fmt: skip
