"""Addresses: written in full, misspelled streets, postcodes that do not fit the street or place."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rapidfuzz.distance import DamerauLevenshtein

from stadtkern.kernel.catalogue.columns import geometry_of
from stadtkern.systems.data_improvement.finding.frame import Found, Table, World, text_of
from stadtkern.systems.data_improvement.finding.nearby import around
from stadtkern.systems.data_improvement.finding.streets import (
    Address,
    folded,
    in_full,
    looks_like,
    mended,
    parsed,
)

POSTCODE: Final = re.compile(r"^(?P<code>\d{5})(?P<rest>\s.*)?$")
LONG: Final = 8
NEIGHBOURS, AGREE, REACH = 7, 6, 900.0
# Of more places each would have thousands around it.
MOST: Final = 20_000


def find(table: Table, world: World) -> Iterator[Found]:
    """Proposals for the column of streets, and for that of postcodes."""
    streets = column_of_streets(table)
    if streets:
        yield from _streets(table, world, streets)
    if codes := column_of_postcodes(table):
        yield from _postcodes(table, codes, streets)


def column_of_streets(table: Table) -> str:
    """The column of which most cells look like a street; empty where there is none."""
    for one in table.of_kind("text"):
        known = [text_of(value) for value in table.values(one.slug) if value]
        if len(known) >= 5 and sum(map(looks_like, known)) > 0.6 * len(known):
            return one.slug
    return ""


def column_of_postcodes(table: Table) -> str:
    """The column of which most cells begin with five digits and end there, or with a town."""
    for one in table.of_kind("text", "integer"):
        known = [text_of(value) for value in table.values(one.slug) if value is not None]
        fits = [bool((f := POSTCODE.match(v)) and _town(f["rest"])) for v in known]
        named = "plz" in one.slug or "postleit" in one.slug
        if len(known) >= 5 and sum(fits) > 0.8 * len(known):
            codes = {value[:5] for value in known}
            # Numbers of one table each, such as keys, are no postcodes.
            if named or len(codes) <= 0.5 * len(known):
                return one.slug
    return ""


def _town(rest: str | None) -> bool:
    return rest is None or bool(re.fullmatch(r"\s[A-ZÄÖÜ][\w\s./()-]*", rest))


def _streets(table: Table, world: World, slug: str) -> Iterator[Found]:
    values = [text_of(value) for value in table.values(slug)]
    raw = table.values(slug)
    known = _gazetteer(values, world)
    spelled: dict[str, Found] = {}
    for number, text in enumerate(values, start=1):
        found = _one(text, known) if text else None
        if found is None:
            continue
        method, new, strength, said = found
        one = Found(
            kind="address", method=method, action="set", column=slug, strength=strength,
            cells=[(number, slug, raw[number - 1], new)], reason=f"address.{method}",
            said={"old": text, "new": new, **said},
        )  # fmt: skip
        if method == "full":
            before = spelled.get("full")
            spelled["full"] = one if before is None else _joined(before, one)
        else:
            yield one
    yield from spelled.values()


def _joined(one: Found, two: Found) -> Found:
    """A short form is one habit of the whole column, so it is one decision."""
    said = {**one.said, "count": len(one.cells) + 1}
    return Found(
        kind=one.kind, method=one.method, action=one.action, column=one.column,
        cells=[*one.cells, *two.cells], reason=one.reason, strength=1.0, said=said,
    )  # fmt: skip


@dataclass(kw_only=True, slots=True)
class Gazetteer:
    """Folded streets: how often each is known, and how it is written."""

    counts: Counter[str]
    written: dict[str, str]


def _gazetteer(values: Sequence[str], world: World) -> Gazetteer:
    """The table's own streets; those that the city knows count twice."""
    known = Gazetteer(counts=Counter(), written={})
    for text in values:
        street = in_full(parsed(text).street)
        known.counts[folded(street)] += 1
        known.written.setdefault(folded(street), street)
    for street in world.streets:
        known.counts[folded(street)] += 2
        known.written[folded(street)] = in_full(street)
    return known


def _one(text: str, known: Gazetteer) -> tuple[str, str, float, dict[str, Any]] | None:
    """What is to be said of one address: damaged, misspelled, or only short."""
    address = parsed(text)
    whole = mended(address.street)
    if whole != address.street:
        return "damaged", str(Address(street=whole, number=address.number)), 1.0, {}
    form = folded(address.street)
    if known.counts[form] <= 1 and len(form) >= LONG and (near := _nearest(form, known.counts)):
        right, count = near
        street = known.written[right]
        new = str(Address(street=street, number=address.number))
        return "misspelled", new, min(1.0, count / 6), {"count": count}
    if (full := in_full(address.street)) != address.street:
        return "full", str(Address(street=full, number=address.number)), 1.0, {"count": 1}
    return None


def _nearest(form: str, known: Counter[str]) -> tuple[str, int] | None:
    """The known street one slip away; None where there is none, or more than one."""
    found = [
        (other, count) for other, count in known.items()
        if count >= 2 and other != form and abs(len(other) - len(form)) <= 1 and
        DamerauLevenshtein.distance(form, other, score_cutoff=1) <= 1 and not _other(form, other)
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None


def _other(one: str, two: str) -> bool:
    """Whether the difference makes another name: the first letter, or a digit."""
    return one[0] != two[0] or [s for s in one if s.isdigit()] != [s for s in two if s.isdigit()]


def _postcodes(table: Table, slug: str, streets: str) -> Iterator[Found]:
    cells = [text_of(value) for value in table.values(slug)]
    codes = [code_of(text) for text in cells]
    raw = table.values(slug)
    by_street = _votes_of_streets(table, codes, streets) if streets else {}
    by_place = _votes_of_places(table, codes)
    common = Counter(code for code in codes if code)
    for index, text in enumerate(cells):
        if not text:
            continue
        found = _right(codes[index], by_street.get(index), by_place.get(index), common)
        if found is None:
            continue
        right, method, strength = found
        new: Any = right + (text[5:] if codes[index] else text[len(text.split()[0]) :])
        if isinstance(raw[index], int):
            new = int(right)
        yield Found(
            kind="postcode", method=method, action="set", column=slug, strength=strength,
            cells=[(index + 1, slug, raw[index], new)], reason=f"postcode.{method}",
            said={"old": codes[index] or text, "new": right},
            parameters={"neighbours": NEIGHBOURS, "agree": AGREE, "metres": REACH},
        )  # fmt: skip


def code_of(text: str) -> str:
    """The five digits that a cell begins with; empty where it does not."""
    found = POSTCODE.match(text)
    return found["code"] if found else ""


def _right(
    code: str, street: tuple[str, int] | None, place: tuple[str, int] | None, common: Counter[str]
) -> tuple[str, str, float] | None:
    """The postcode that street and surroundings ask for; None where they agree with the cell.

    A border runs through streets and between neighbours, so one witness must be unanimous, and
    a code that many rows have needs both.
    """
    ways = [one for one in (street, place) if one and one[0] != code]
    if not ways or len({one[0] for one in ways}) > 1:
        return None
    if len(ways) == 2:
        return ways[0][0], "both", 1.0
    if (street and street[0] == code) or (place and place[0] == code):
        return None
    strength = 0.9 if common[code] <= 1 else 0.4
    if strength < 0.5 and not place:
        return None
    return ways[0][0], "place" if ways[0] is place else "street", strength


def _votes_of_streets(table: Table, codes: Sequence[str], slug: str) -> dict[int, tuple[str, int]]:
    """What all other rows of the same street say, where at least two do and agree."""
    rows: dict[str, list[int]] = defaultdict(list)
    for index, value in enumerate(table.values(slug)):
        if value and codes[index]:
            rows[folded(parsed(text_of(value)).street)].append(index)
    votes = {}
    for same in rows.values():
        for index in same:
            others = Counter(codes[other] for other in same if other != index)
            code, count = others.most_common(1)[0] if others else ("", 0)
            if count >= 2 and count == others.total():
                votes[index] = (code, count)
    return votes


def _votes_of_places(table: Table, codes: Sequence[str]) -> dict[int, tuple[str, int]]:
    """What the nearest rows say, where nearly all of them agree."""
    shape = geometry_of(table.columns)
    if shape is None:
        return {}
    spots = {
        index: (value["coordinates"][0], value["coordinates"][1])
        for index, value in enumerate(table.values(shape.slug))
        if isinstance(value, dict) and value.get("type") == "Point" and codes[index]
    }
    if len(spots) > MOST:
        return {}
    votes = {}
    for index, near in around(spots, REACH):
        said = Counter(codes[other] for _, other in sorted(near)[:NEIGHBOURS])
        code, count = said.most_common(1)[0] if said else ("", 0)
        if count >= AGREE:
            votes[index] = (code, count)
    return votes
