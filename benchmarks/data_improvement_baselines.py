"""The simple way to find each kind of fault: what a detector has to beat to be worth its code."""

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from benchmarks.data_improvement_tables import Planted
from stadtkern.systems.data_improvement.finding.frame import Found, Table, World

GERMANY = (5.5, 47.0, 15.5, 55.2)


def _found(row: int, column: str, new: Any = None, action: str = "set") -> Found:
    return Found(kind="baseline", method="simple", action=action, reason="", column=column,
                 cells=[(row, column, None, new)])  # fmt: skip


def _closest(table: Table, slug: str, cutoff: float) -> Iterator[Found]:
    """A text that occurs once, and one that occurs more often and is much like it."""
    place = table.place(slug)
    counted = Counter(str(row[place]) for row in table.rows if row[place])
    often = [text for text, count in counted.items() if count > 1]
    for number, row in enumerate(table.rows, start=1):
        text = str(row[place] or "")
        if counted[text] == 1 and (near := difflib.get_close_matches(text, often, 1, cutoff)):
            yield _found(number, slug, near[0])


def closest_category(table: Table, _world: World) -> Iterator[Found]:
    """The standard library's closest match."""
    return _closest(table, "kategorie", 0.85)


def closest_street(table: Table, world: World) -> Iterator[Found]:
    """The same for streets without their numbers, with the same list of streets."""
    from stadtkern.systems.data_improvement.finding.streets import parsed

    place = table.place("str_hausnr")
    streets = [parsed(str(row[place] or "")).street for row in table.rows]
    counted = Counter(streets)
    often = sorted(
        {text for text, count in counted.items() if count > 1 and text} | {*world.streets}
    )
    for number, text in enumerate(streets, start=1):
        if (
            text
            and counted[text] == 1
            and (near := difflib.get_close_matches(text, often, 1, 0.85))
        ):
            yield _found(number, "str_hausnr", near[0])


def replaced(table: Table, _world: World) -> Iterator[Found]:
    """`Str.` replaced by `Straße`."""
    place = table.place("str_hausnr")
    for number, row in enumerate(table.rows, start=1):
        if row[place] and (new := row[place].replace("Str.", "Straße")) != row[place]:
            yield _found(number, "str_hausnr", new)


def street_majority(table: Table, _world: World) -> Iterator[Found]:
    """Whatever most rows of the same street say."""
    from stadtkern.systems.data_improvement.finding.streets import folded, parsed

    street, code = table.place("str_hausnr"), table.place("plz_ort")
    rows: dict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(table.rows):
        if row[street] and row[code]:
            rows[folded(parsed(row[street]).street)].append(index)
    for same in rows.values():
        counted = Counter(table.rows[index][code] for index in same)
        usual, count = counted.most_common(1)[0]
        for index in same:
            if count > 1 and table.rows[index][code] != usual:
                yield _found(index + 1, "plz_ort", usual)


def outside_germany(table: Table, _world: World) -> Iterator[Found]:
    """Positions outside the country's box."""
    slug = next(one.slug for one in table.columns if one.kind == "geometry")
    for number, value in enumerate(table.values(slug), start=1):
        if value:
            lon, lat = value["coordinates"]
            if not (GERMANY[0] <= lon <= GERMANY[2] and GERMANY[1] <= lat <= GERMANY[3]):
                yield _found(number, slug)


def same_name(table: Table, _world: World) -> Iterator[Found]:
    """A name that was there before."""
    seen: set[str] = set()
    for number, value in enumerate(table.values("name"), start=1):
        if value and value in seen:
            yield _found(number, "name", action="drop")
        seen.add(value)


def three_sigma(table: Table, _world: World) -> Iterator[Found]:
    """More than three standard deviations from the mean."""
    for one in table.of_kind("integer", "number"):
        values = np.array([np.nan if v is None else float(v) for v in table.values(one.slug)])
        if np.isfinite(values).any():
            away = np.abs(values - np.nanmean(values)) / max(1e-12, float(np.nanstd(values)))
            for index in np.flatnonzero(away > 3):
                yield _found(int(index) + 1, one.slug)


def plain_numbers(table: Table) -> Iterator[str]:
    """Columns of text that Python reads as numbers."""
    for one in table.of_kind("text"):
        values = [value for value in table.values(one.slug) if value]
        try:
            [float(value) for value in values]
        except ValueError:
            continue
        if values:
            yield one.slug


def steps(
    what: str, planted: Planted, column: int, placed: Sequence[tuple[str, int, int]], score: Any
) -> None:
    """A forest that is told how many faults there are, or three standard deviations; by stretch."""
    values = np.array(
        [np.nan if row[column] is None else row[column] for row in planted.table.rows]
    )
    share = sum(end - start for _, start, end in placed) / len(values)
    if what == "isolation forest":
        from sklearn.ensemble import IsolationForest

        known = np.nan_to_num(values, nan=float(np.nanmedian(values)))
        hour = np.arange(len(values)) % 24
        features = np.column_stack(
            [known, np.gradient(known), np.sin(hour / 24 * 6.283), np.cos(hour / 24 * 6.283)]
        )
        forest = IsolationForest(contamination=share, random_state=1, n_estimators=100)
        told = np.flatnonzero(forest.fit_predict(features) == -1)
    else:
        told = np.flatnonzero(np.abs(values - np.nanmean(values)) > 3 * np.nanstd(values))
    # Steps next to each other are one finding, as ours are.
    starts = [n for k, n in enumerate(told) if k == 0 or n - told[k - 1] > 1]
    spans, k = [], 0
    for start in starts:
        end = start
        while k < len(told) and told[k] <= end:
            end, k = told[k] + 1, k + 1
        spans.append((start, end))
    score.planted += len(placed)
    score.found += sum(any(a < end and start < b for a, b in spans) for _, start, end in placed)
    right = sum(any(a < end and start < b for _, start, end in placed) for a, b in spans)
    # Precision is right of told: what touches is right, whatever else of the stretch is told too.
    score.told += (
        len(spans)
        - right
        + sum(any(a < end and start < b for a, b in spans) for _, start, end in placed)
    )


def mean_error(said: Any, planted: Planted, slug: str) -> float:
    """Mean absolute error on the hidden cells; rows are steps, for there is a row for each."""
    cells = [(row - 1, old) for (row, column), old in planted.truth.items() if column == slug]
    return float(np.mean([abs(said[step] - old) for step, old in cells]))


def by_heading(slug: str) -> str:
    """What a list of exact headings says."""
    known = {"plz": "postcode", "postleitzahl": "postcode", "ags": "ags", "adresse": "address",
             "strasse": "address", "lon": "lon", "lat": "lat", "laengengrad": "lon",
             "breitengrad": "lat", "rechtswert": "utm_east", "hochwert": "utm_north",
             "email": "email", "url": "url", "link": "url", "website": "url"}  # fmt: skip
    return known.get(slug, "")
