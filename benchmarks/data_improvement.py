"""How many planted faults each detector finds, how often it is right, and how far fillings err.

Real open data of Bochum, Münster and the Federal Environment Agency; every finding that was not
planted counts as wrong, though some are faults of the source. Each detector stands beside the
simple way to do it: `python -m benchmarks data_improvement`.
"""

import gzip
import json
import os
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import data_improvement_baselines as baselines
from benchmarks import data_improvement_tables as tables
from benchmarks.data_improvement_tables import WORLD, Place, Planted
from benchmarks.table import Row, progress
from stadtkern.systems.data_improvement.finding.frame import Found, Table, World

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
SEEDS = range(5)
Finder = Callable[[Table, World], Iterator[Found]]
measured: dict[str, list[tuple[float, bool]]] = defaultdict(list)


@dataclass(kw_only=True)
class Score:
    """Planted, found of these, told in all, and repaired to what stood there."""

    planted: int = 0
    found: int = 0
    told: int = 0
    repaired: int = 0

    @property
    def recall(self) -> float:
        return self.found / max(1, self.planted)

    @property
    def precision(self) -> float:
        return self.found / max(1, self.told)

    @property
    def f1(self) -> float:
        return 2 * self.found / max(1, self.planted + self.told)

    def __str__(self) -> str:
        said = f"recall {self.recall:.2f}, precision {self.precision:.2f}"
        return f"{said}, right {self.repaired / max(1, self.found):.2f}" if self.repaired else said


def measure() -> Iterator[Row]:
    """All detectors, fillings and proposals of metadata."""
    # As the child process reckons; more threads would wait for each other here. Read when the
    # packages are loaded.
    os.environ.update(ONE_THREAD)
    measured.clear()
    progress("Planting faults in open data ...")
    for name, one, simple in _detectors():
        yield from _pair(name, one, simple)
    yield from _series()
    yield from _fillings()
    yield from _records()
    yield from _meanings()
    for name, cases in sorted(measured.items()):
        progress(f'    "{name}": {calibrated(cases)},')


def _pair(name: str, one: Score, simple: tuple[str, Score]) -> Iterator[Row]:
    what, score = simple
    yield Row(what=f"{name}: {what}", figure=str(score))
    yield Row(
        what=f"{name}: ours", figure=str(one), aim=f"F1 over {score.f1:.2f}",
        met=one.f1 > score.f1,
    )  # fmt: skip


def calibrated(cases: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """The share that was right of the weak and of the strong findings."""
    from stadtkern.systems.data_improvement.finding.certainty import smoothed

    weak = [right for strength, right in cases if strength < 0.5]
    strong = [right for strength, right in cases if strength >= 0.5]
    whole = smoothed([right for _, right in cases])
    return (smoothed(weak) if len(weak) >= 10 else min(whole, 0.5 if not weak else whole),
            smoothed(strong) if len(strong) >= 10 else whole)  # fmt: skip


def detected(
    planted: Planted, finder: Finder, score: Score, kinds: Sequence[str], world: World = WORLD
) -> None:
    """Run a finder and count; a row that is to be dropped counts by its number."""
    hit: set[Place] = set()
    for found in finder(planted.table, world):
        if found.kind not in kinds or found.method == "full":
            continue
        keys = {
            (row, "" if found.action == "drop" else column) for row, column, _, _ in found.cells
        }
        # One decision is one finding, however many cells it has.
        right = any(key in planted.truth for key in keys)
        measured[f"{found.kind}.{found.method}"].append((found.strength, right))
        score.told += len(keys) if found.kind not in ("position",) else 1
        new_hits = {key for key in keys if key in planted.truth}
        hit |= new_hits
        score.repaired += sum(
            (row, column) in new_hits and _alike(planted.truth[row, column], new)
            for row, column, _, new in found.cells
        )
    score.planted += len(planted.truth)
    score.found += len(hit)


def _alike(old: Any, new: Any) -> bool:
    """`Bergstr. 3` and `Bergstraße 3` are one address."""
    from stadtkern.systems.data_improvement.finding.streets import folded

    return old == new or (isinstance(new, str) and folded(str(old)) == folded(new))


def _detectors() -> Iterator[tuple[str, Score, tuple[str, Score]]]:
    from stadtkern.systems.data_improvement.finding import (
        addresses,
        coordinates,
        duplicates,
        numbers,
        spellings,
    )

    registers = list(tables.places_with_addresses())
    plans: list[tuple[str, Callable[[Table, int], Planted], Finder, Sequence[str], str, Finder]] = [
        ("streets", lambda t, s: tables.streets(t, "str_hausnr", s), addresses.find, ("address",),
         "closest text", baselines.closest_street),
        ("postcodes", lambda t, s: tables.postcodes(t, "plz_ort", s), addresses.find,
         ("postcode",), "another row of the street", baselines.street_majority),
        ("categories", lambda t, s: tables.categories(t, "kategorie", s), spellings.find,
         ("spelling",), "closest text", baselines.closest_category),
        ("positions", tables.positions, coordinates.find, ("position",), "outside Germany",
         baselines.outside_germany),
        ("duplicates", lambda t, s: tables.doubles(t, "name", s), duplicates.find, ("duplicate",),
         "same name", baselines.same_name),
    ]  # fmt: skip
    for name, plant, finder, kinds, what, simple in plans:
        ours, theirs = Score(), Score()
        for _register, table in registers:
            world = WORLD if name != "streets" else tables.gazetteer_without(_register)
            for seed in SEEDS:
                planted = plant(table, seed)
                detected(planted, finder, ours, kinds, world)
                _counted(planted, simple, theirs, world)
        yield name, ours, (what, theirs)
    yield _written(registers, "short forms", tables.shortened, "full", baselines.replaced)
    yield _written(
        registers, "damaged letters", tables.damaged, "damaged", baselines.closest_street
    )
    yield _units(numbers.find)
    yield _types()


def _counted(planted: Planted, simple: Finder, score: Score, world: World = WORLD) -> None:
    """A baseline does not train the confidence."""
    before = {name: list(cases) for name, cases in measured.items()}
    detected(planted, simple, score, ("baseline",), world)
    measured.clear()
    measured.update(before)


def _written(
    registers: Sequence[tuple[str, Table]], name: str, plant: Callable[[Table, str, int], Planted],
    method: str, simple: Finder,
) -> tuple[str, Score, tuple[str, Score]]:  # fmt: skip
    """Here only the exact text is right: how a street is written is the matter."""
    from stadtkern.systems.data_improvement.finding import addresses

    ours, theirs = Score(), Score()
    for _register, table in registers:
        # All streets in full first, so that only what was planted is short.
        whole = tables.in_full(table, "str_hausnr")
        for seed in SEEDS:
            planted = plant(whole, "str_hausnr", seed)
            own = [one for one in addresses.find(planted.table, WORLD) if one.method == method]
            said = list(simple(planted.table, WORLD))
            for score, found in ((ours, own), (theirs, said)):
                for row, column, _old, new in (cell for one in found for cell in one.cells):
                    right = planted.truth.get((row, column)) == new
                    score.found += right
                    score.told += 1
                    if found is own:
                        measured[f"address.{method}"].append((1.0, right))
                score.planted += len(planted.truth)
    what = "replacing text" if method == "full" else "closest text"
    return name, ours, (what, theirs)


def _units(finder: Finder) -> tuple[str, Score, tuple[str, Score]]:
    ours, theirs = Score(), Score()
    charging = tables.table_of(tables.PORTAL / "ladesaeulen_2019-07.csv")
    votes = tables.table_of(tables.PORTAL / "bundestagswahl_2017_stimmbezirke.csv")
    chosen = [(charging, slug) for slug in ("anschlussleistung", "p1")]
    chosen += [(votes, slug) for slug in numeric(votes)[3:9]]
    for table, slug in chosen:
        for seed in SEEDS:
            planted = tables.units(table, slug, seed)
            # Only this column: the others of the table were not looked at by anybody.
            own = _of_column(finder, slug)
            detected(planted, own, ours, ("unit",))
            _counted(planted, _of_column(baselines.three_sigma, slug), theirs)
    return "units", ours, ("three standard deviations", theirs)


def numeric(table: Table) -> list[str]:
    """Its columns of numbers."""
    return [one.slug for one in table.of_kind("integer", "number")]


def _of_column(finder: Finder, slug: str) -> Finder:
    def narrowed(table: Table, world: World) -> Iterator[Found]:
        yield from (one for one in finder(table, world) if one.column == slug)

    return narrowed


def _types() -> tuple[str, Score, tuple[str, Score]]:
    from stadtkern.systems.data_improvement.finding import kinds

    ours, theirs = Score(), Score()
    charging = tables.table_of(tables.PORTAL / "ladesaeulen_2019-07.csv")
    for slug in ("anschlussleistung", "p1", "anzahl_ladepunkte"):
        for seed in SEEDS:
            spoiled = tables.as_text(charging, slug, seed)
            for score, found in ((ours, {one.column for one in kinds.find(spoiled, WORLD)}),
                                 (theirs, set(baselines.plain_numbers(spoiled)))):  # fmt: skip
                score.planted += 1
                score.found += slug in found
                score.told += len(found)
            measured["type.reading"] += [
                (one.strength, one.column == slug) for one in kinds.find(spoiled, WORLD)
            ]
    return "numbers as text", ours, ("Python's float", theirs)


def _series() -> Iterator[Row]:
    from stadtkern.systems.data_improvement.finding import series

    for name, table, columns in (
        ("bicycles", tables.bikes(), (1, 3, 5)),
        ("air", tables.air(), (1, 2, 5)),
    ):
        ours: Mapping[str, Score] = defaultdict(Score)
        simple: dict[str, Score] = {
            "isolation forest": Score(),
            "three standard deviations": Score(),
        }
        for column in columns:
            for seed in range(2):
                planted, placed = tables.faults(table, column, seed)
                slug = table.columns[column].slug
                told = [one for one in series.find(planted.table, WORLD) if one.column == slug]
                _spans(ours, told, placed)
                for what, score in simple.items():
                    baselines.steps(what, planted, column, placed, score)
        whole = Score()
        for score in ours.values():
            whole.planted, whole.found = whole.planted + score.planted, whole.found + score.found
            whole.told += score.told
        best = max(simple.values(), key=lambda one: one.f1)
        for what, score in simple.items():
            yield Row(what=f"faults, {name}: {what}", figure=str(score))
        for kind in ("jump", "still", "nought"):
            yield Row(what=f"faults, {name}: ours, {kind}", figure=str(ours[kind]))
        yield Row(what=f"faults, {name}: ours", figure=str(whole), aim=f"F1 over {best.f1:.2f}",
                  met=whole.f1 > best.f1)  # fmt: skip


def _spans(
    scores: Mapping[str, Score], told: Sequence[Found], placed: Sequence[tuple[str, int, int]]
) -> None:
    """A finding is right where it touches what was planted."""
    for kind, start, end in placed:
        scores[kind].planted += 1
        touched = any(start < row <= end for one in told for row, _, _, _ in one.cells)
        scores[kind].found += touched
    for one in told:
        rows = {row - 1 for row, _, _, _ in one.cells}
        right = any(start <= row < end for _, start, end in placed for row in rows)
        scores[one.method].told += 1
        measured[f"fault.{one.method}"].append((one.strength, right))


def _fillings() -> Iterator[Row]:
    from stadtkern.systems.data_improvement.finding import filling, gaps
    from stadtkern.systems.data_improvement.finding.panel import panel_of

    for name, table, column in (("bicycles", tables.bikes(), 2), ("NO2", tables.air(), 1),
                                ("PM10", tables.air(), 3)):  # fmt: skip
        for length in (3, 24, 168):
            planted = tables.gaps(table, column, length, seed=length)
            panel = panel_of(planted.table, WORLD.local())
            assert panel is not None
            slug = table.columns[column].slug
            series = [one.slug for one in panel.columns].index(slug)
            errors = {}
            for method, fill in {
                "typical": filling.typical,
                **filling.SIMPLE,
                **filling.MODELS,
            }.items():
                errors[method] = baselines.mean_error(fill(panel, series), planted, slug)
            trial = gaps.tried(panel, series, panel.steps(length), seed=7)
            said = ", ".join(f"{one} {error:.1f}" for one, error in errors.items())
            yield Row(what=f"gaps of {length} h, {name}: mean error", figure=said)
            own = errors.get(trial.best or "typical", errors["typical"])
            bar = min(errors["line"], errors["profile"])
            yield Row(
                what=f"gaps of {length} h, {name}: chosen beforehand: {trial.best or 'none'}",
                figure=f"{own:.1f}", aim=f"at most {1.05 * bar:.1f}", met=own <= 1.05 * bar,
            )  # fmt: skip


def records() -> list[dict[str, Any]]:
    """Records of three catalogues."""
    with gzip.open(tables.DATA / "records.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _records() -> Iterator[Row]:
    """Five parts, each foretold from the other four; right if it is one of the record's themes."""
    from stadtkern.systems.data_improvement.finding import themes

    found = records()
    random.Random(1).shuffle(found)
    texts = [
        themes.text_of_record(one["title"], one["about"], one["keywords"], None) for one in found
    ]
    right: dict[str, list[bool]] = defaultdict(list)
    for part in range(5):
        taught = [n for n in range(len(found)) if n % 5 != part]
        asked = [n for n in range(len(found)) if n % 5 == part]
        labelled = [(texts[n], found[n]["themes"][0]) for n in taught]
        usual = max({t for _, t in labelled}, key=[t for _, t in labelled].count)
        said = themes.predicted([texts[n] for n in asked], labelled)
        for n, (theme, sure) in zip(asked, said, strict=True):
            fits = found[n]["themes"]
            right["most frequent"].append(usual in fits)
            right["model"].append(theme in fits)
            words, share = themes.by_words(texts[n])
            right["words"].append(words in fits)
            if sure >= themes.SURE:
                right["model, where sure"].append(theme in fits)
                measured["record.model"].append((sure, theme in fits))
            if share >= themes.SURE:
                right["words, where sure"].append(words in fits)
                measured["record.words"].append((share, words in fits))
    base = sum(right["most frequent"]) / len(found)
    for what, cases in right.items():
        share = sum(cases) / len(cases)
        aim = {"aim": f"over {base:.2f}", "met": share > base} if what.endswith("sure") else {}
        yield Row(
            what=f"theme of a record: {what}", figure=f"right {share:.2f} of {len(cases)}", **aim
        )  # type: ignore[arg-type]


POI = {"str_hausnr": "address", "plz_ort": "postcode", "rechts_utm": "utm_east",
       "hoch_utm": "utm_north", "link": "url"}  # fmt: skip
# What a person says that these columns are; all others are nothing that we name.
MEANT = {
    "schulen_bochum.csv": POI, "playgrounds.csv": POI, "daycare_centers.csv": POI,
    "defibrillators.csv": {"adresse": "address", "xcenter_epsg25832": "utm_east",
                           "ycenter_epsg25832": "utm_north"},
    "ladesaeulen_2019-07.csv": {"adresse": "address", "postleitzahl_ort": "postcode",
                                "laengengrad": "lon", "breitengrad": "lat"},
    "bundestagswahl_2017_stimmbezirke.csv": {},
}  # fmt: skip


def _meanings() -> Iterator[Row]:
    from stadtkern.systems.data_improvement.finding import meaning

    ours, theirs = Score(), Score()
    for folder in (tables.SHIPPED, tables.DATA, tables.PORTAL):
        for path in sorted(folder.glob("*.csv")):
            if path.name not in MEANT:
                continue
            table, meant = tables.table_of(path), MEANT[path.name]
            known = {one.column: one.to.get("meaning") for one in meaning.find(table, WORLD)
                     if "meaning" in one.to}  # fmt: skip
            named = {one.slug: baselines.by_heading(one.slug) for one in table.columns}
            for score, said in ((ours, known), (theirs, {k: v for k, v in named.items() if v})):
                score.planted += len(meant)
                score.told += len(said)
                score.found += sum(said.get(slug) == what for slug, what in meant.items())
            measured["meaning.values"] += [
                (0.9, meant.get(slug) == what) for slug, what in known.items()
            ]
    yield from _pair("meaning of columns", ours, ("exact heading", theirs))
