"""Tables for the benchmark of data improvement: real open data, and faults planted in them."""

import csv
import gzip
import os
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.systems.data_improvement.finding.frame import Table, World
from stadtkern.systems.data_improvement.finding.streets import parsed

DATA = Path("tests/data_improvement/data")
SHIPPED = Path("src/stadtkern/systems/data_improvement/demo_data")
PORTAL = Path("src/stadtkern/systems/open_data/demo_data")
BOCHUM = (7.1, 51.41, 7.35, 51.54)
WORLD = World(bounds=BOCHUM)
Place = tuple[int, str]


@dataclass(kw_only=True)
class Planted:
    """A table with faults; `truth` has what stood in each spoiled cell, or the row left to drop."""

    table: Table
    truth: dict[Place, Any] = field(default_factory=dict)


@lru_cache(maxsize=16)
def table_of(path: Path) -> Table:
    """A file as an upload reads it; no database is asked."""
    _settle()
    import msgspec

    from stadtkern.kernel.catalogue.files import opened, typed, understand
    from stadtkern.kernel.catalogue.files.notices import Notices

    (part,) = opened.parts_of(path.name, path.read_bytes(), {})
    sheet = understand.understood(part)
    columns = tuple(sheet.fields())
    rows = [
        msgspec.to_builtins([row.get(one.slug) for one in columns])
        for row in typed.rows(part, sheet, Notices())
    ]
    return Table(columns=columns, rows=rows)


def _settle() -> None:
    """Uploads ask the city where it lies."""
    import django

    os.environ.setdefault("STADTKERN_SECRET", "benchmark")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stadtkern.site.settings")
    django.setup()


def copied(table: Table) -> Table:
    """To be spoiled."""
    return Table(columns=table.columns, rows=[list(row) for row in table.rows])


def _chosen(
    table: Table, random_: random.Random, count: int, fits: Callable[[int], bool]
) -> list[int]:
    rows = [index for index in range(len(table.rows)) if fits(index)]
    return random_.sample(rows, min(count, len(rows)))


def typo(word: str, random_: random.Random) -> str:
    """One letter left out, doubled, changed or swapped with the next; never the first."""
    place = random_.randrange(1, len(word) - 1)
    how = random_.randrange(4)
    if how == 0:
        return word[:place] + word[place + 1 :]
    if how == 1:
        return word[:place] + word[place] + word[place:]
    if how == 2:
        other = random_.choice([one for one in "aeinrst" if one != word[place]])
        return word[:place] + other + word[place + 1 :]
    swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return swapped if swapped != word else word[:place] + word[place + 1 :]


def streets(table: Table, slug: str, seed: int, count: int = 15) -> Planted:
    """Slips in the names of streets; half of these occur in other rows too, as it happens."""
    random_, planted = random.Random(seed), Planted(table=copied(table))
    place = table.place(slug)
    for index in _chosen(
        table, random_, count, lambda n: len(parsed(str(table.rows[n][place] or "")).street) > 7
    ):
        old = table.rows[index][place]
        address = parsed(old)
        planted.table.rows[index][place] = (
            f"{typo(address.street, random_)} {address.number}".strip()
        )
        planted.truth[index + 1, slug] = old
    return planted


def in_full(table: Table, slug: str) -> Table:
    """With all streets written out."""
    whole, place = copied(table), table.place(slug)
    for row in whole.rows:
        if row[place]:
            row[place] = re.sub(
                r"(?<=[a-zäöüß])str\.", "straße", re.sub(r"\bStr\.", "Straße", row[place])
            )
    return whole


def _respelled(
    table: Table, slug: str, seed: int, spell: Callable[[str, random.Random], str]
) -> Planted:
    random_, planted = random.Random(seed), Planted(table=copied(table))
    place = table.place(slug)
    for index in _chosen(table, random_, 15, lambda n: "traße" in str(table.rows[n][place])):
        old = table.rows[index][place]
        planted.table.rows[index][place] = spell(old, random_)
        planted.truth[index + 1, slug] = old
    return planted


def shortened(table: Table, slug: str, seed: int) -> Planted:
    """`Str.`, `Str`, `Strasse` in place of `Straße`."""
    return _respelled(
        table, slug, seed, lambda old, r: old.replace("traße", r.choice(("tr.", "tr", "trasse")))
    )


def damaged(table: Table, slug: str, seed: int) -> Planted:
    """The ß lost as in the register of trees: another letter, a question mark, or the end cut."""
    return _respelled(
        table,
        slug,
        seed,
        lambda old, r: old.replace("ße", r.choice(("?e", "me", "ee", "le", "ge"))),
    )


def postcodes(table: Table, slug: str, seed: int, count: int = 12) -> Planted:
    """The postcode of another row, or two digits swapped."""
    random_, planted = random.Random(seed), Planted(table=copied(table))
    place = table.place(slug)
    codes = sorted({str(row[place])[:5] for row in table.rows if row[place]})
    for index in _chosen(table, random_, count, lambda n: bool(table.rows[n][place])):
        old = str(table.rows[index][place])
        new = random_.choice([code for code in codes if code != old[:5]])
        planted.table.rows[index][place] = new + old[5:]
        planted.truth[index + 1, slug] = table.rows[index][place]
    return planted


def categories(table: Table, slug: str, seed: int, count: int = 15) -> Planted:
    """Slips, small letters, umlauts written out, blanks in categories that occur often."""
    random_, planted = random.Random(seed), Planted(table=copied(table))
    place = table.place(slug)
    often = {one for one in {row[place] for row in table.rows} if one and
             sum(row[place] == one for row in table.rows) >= 5 and len(one) > 6}  # fmt: skip
    for index in _chosen(table, random_, count, lambda n: table.rows[n][place] in often):
        old = table.rows[index][place]
        new = random_.choice((typo(old, random_), old.lower(), old.replace("ä", "ae"), f"{old} "))
        if new != old:
            planted.table.rows[index][place] = new
            planted.truth[index + 1, slug] = old
    return planted


def positions(table: Table, seed: int, count: int = 15) -> Planted:
    """Swapped, at nought, without a sign, with the point moved, in metres, in another town."""
    import pyproj

    metres = pyproj.Transformer.from_crs(4326, 25832, always_xy=True).transform
    random_, planted = random.Random(seed), Planted(table=copied(table))
    slug = next(one.slug for one in table.columns if one.kind == "geometry")
    place = table.place(slug)
    pair = [n for n, one in enumerate(table.columns) if one.kind in ("integer", "number")
            and ("utm" in one.slug or "center" in one.slug)]  # fmt: skip
    for row in planted.table.rows:
        # The columns in metres would give the answer away; with them gone only the shape is left.
        for one in pair:
            row[one] = None
    for number, index in enumerate(
        _chosen(table, random_, count, lambda n: bool(table.rows[n][place]))
    ):
        lon, lat = table.rows[index][place]["coordinates"]
        spots = (
            (lat, lon),
            (0.0, 0.0),
            (-lon, lat),
            (lon * 10, lat),
            metres(lon, lat),
            (lon, lat - 1.2),
        )
        spot = spots[number % len(spots)]
        planted.table.rows[index][place] = {"type": "Point", "coordinates": list(spot)}
        planted.truth[index + 1, slug] = table.rows[index][place]
    return planted


def doubles(table: Table, name: str, seed: int, count: int = 12) -> Planted:
    """Rows once more, some metres away, with another key and a slip in the name."""
    random_, planted = random.Random(seed), Planted(table=copied(table))
    place = table.place(name)
    shape = next((n for n, one in enumerate(table.columns) if one.kind == "geometry"), None)
    for number, index in enumerate(
        _chosen(table, random_, count, lambda n: len(str(table.rows[n][place] or "")) > 8)
    ):
        row = list(table.rows[index])
        row[0] = 900_000 + number if isinstance(row[0], int) else f"9{number:05}"
        if number % 3:
            row[place] = typo(str(row[place]), random_)
        if number % 3 == 2 and shape is not None and row[shape]:
            lon, lat = row[shape]["coordinates"]
            row[shape] = {"type": "Point", "coordinates": [lon + 0.0002, lat - 0.0001]}
        planted.table.rows.append(row)
        planted.truth[len(planted.table.rows), ""] = index + 1
    return planted


def units(table: Table, slug: str, seed: int, count: int = 8) -> Planted:
    """Watts in a column of kilowatts, and the point moved by one or two places."""
    random_, planted = random.Random(seed), Planted(table=copied(table))
    place = table.place(slug)
    for index in _chosen(table, random_, count, lambda n: bool(table.rows[n][place])):
        old = table.rows[index][place]
        factor = random_.choice((10, 100, 1000))
        new = old * factor if random_.random() < 0.7 else old / factor
        whole = table.columns[place].kind == "integer"
        planted.table.rows[index][place] = max(1, round(new)) if whole else new
        planted.truth[index + 1, slug] = old
    return planted


def gazetteer_without(register: str) -> World:
    """The city as one register finds it: the streets of the two others are known."""
    names = {
        parsed(str(row[table.place("str_hausnr")])).street
        for name, table in places_with_addresses() if name != register
        for row in table.rows if row[table.place("str_hausnr")]
    }  # fmt: skip
    return World(bounds=BOCHUM, streets=sorted(names))


def hours(path: Path, names: tuple[str, ...], stamp: str) -> Table:
    """A table of hourly values, the instants in UTC."""
    rows: list[list[Any]] = []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file)):
            at = datetime.fromisoformat(f"{row[stamp][:4]}-01-01T00:00:00+00:00") + timedelta(
                hours=number
            )
            values = [float(row[one]) if row[one] else None for one in names]
            rows.append([at.isoformat().replace("+00:00", "Z"), *values])
    columns = (
        Field(slug="at", kind="datetime"),
        *(Field(slug=f"c{one}", kind="number") for one in names),
    )
    return Table(columns=columns, rows=rows)


def bikes() -> Table:
    """Seven counters of Münster in 2019."""
    names = (
        "100031297",
        "100034978",
        "100034980",
        "100034981",
        "100034982",
        "100034983",
        "100035541",
    )
    return hours(DATA / "bike_counts_muenster_2019.csv.gz", names, "hour_local")


def air() -> Table:
    """Nitrogen dioxide, fine dust and ozone at two stations in 2021."""
    names = ("no2_1140", "no2_1303", "pm10_1140", "pm10_1303", "o3_1140")
    return hours(DATA / "uba_muenster_2021.csv.gz", names, "hour")


def faults(
    table: Table, series: int, seed: int, each: int = 10
) -> tuple[Planted, list[tuple[str, int, int]]]:
    """Jumps, standstills of a day, noughts of half a day; and their kind, first step, and end."""
    random_, planted = random.Random(seed), Planted(table=copied(table))
    values = [row[series] for row in table.rows]
    known = sorted(value for value in values if value is not None)
    high = known[int(0.99 * len(known))]
    placed: list[tuple[str, int, int]] = []
    for kind, length in (("jump", 1), ("still", 24), ("nought", 12)):
        while sum(one[0] == kind for one in placed) < each:
            start = random_.randrange(200, len(values) - 300)
            span = range(start, start + length)
            if any(abs(start - one[1]) < 72 for one in placed) or None in [values[n] for n in span]:
                continue
            if kind == "nought" and sum(values[n] for n in span) < 50:
                continue
            _spoil(planted, series, kind, span, high * random_.uniform(2.0, 4.0))
            placed.append((kind, start, start + length))
    for _kind, start, end in placed:
        for index in range(start, end):
            planted.truth[index + 1, table.columns[series].slug] = values[index]
    return planted, placed


def _spoil(planted: Planted, series: int, kind: str, span: range, high: float) -> None:
    for index in span:
        first = planted.table.rows[span[0]][series]
        planted.table.rows[index][series] = {
            "jump": round(high, 1),
            "still": first or 1.0,
            "nought": 0.0,
        }[kind]


def gaps(table: Table, series: int, length: int, seed: int, count: int = 0) -> Planted:
    """Stretches without values in one series; the others stay."""
    random_, planted = random.Random(seed), Planted(table=copied(table))
    taken: set[int] = set()
    count = count or {3: 60, 24: 30}.get(length, 10)
    while len(taken) < count * length:
        start = random_.randrange(24, len(table.rows) - length - 24)
        span = range(start, start + length)
        around = range(start - 2, start + length + 2)
        # Stations calibrate each day, so long stretches have small gaps of their own.
        missing = sum(table.rows[n][series] is None for n in around)
        if taken.isdisjoint(around) and missing <= 0.1 * length:
            taken.update(span)
    for index in taken:
        if table.rows[index][series] is not None:
            planted.truth[index + 1, table.columns[series].slug] = table.rows[index][series]
        planted.table.rows[index][series] = None
    return planted


def as_text(table: Table, slug: str, seed: int) -> Table:
    """A column of numbers as people type it: German decimals, some with a unit, some missing."""
    random_ = random.Random(seed)
    place = table.place(slug)
    fields = tuple(
        Field(slug=f.slug, kind="text" if f.slug == slug else f.kind) for f in table.columns
    )
    spoiled = Table(columns=fields, rows=[list(row) for row in table.rows])
    for row in spoiled.rows:
        if row[place] is None:
            row[place] = random_.choice(("-", "k.A.", None))
            continue
        said = f"{float(row[place]):.1f}".replace(".", ",")
        row[place] = f"{said} kW" if random_.random() < 0.2 else said
    return spoiled


def places_with_addresses() -> Iterator[tuple[str, Table]]:
    """Three registers of Bochum."""
    yield "schools", table_of(SHIPPED / "schulen_bochum.csv")
    yield "playgrounds", table_of(DATA / "playgrounds.csv")
    yield "day care", table_of(DATA / "daycare_centers.csv")
