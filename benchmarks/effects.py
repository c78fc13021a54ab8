"""Which effects the analysis finds in real data, and how often it finds one where none is.

Seven bicycle counters of Münster, 2019 to 2026 (dl-de/by-2-0, see SOURCES.md of the demo city). An
effect of known size is planted in one counter from one week on; the others are its comparisons.
The same analysis runs as on the public pages: `python -m benchmarks effects`.
"""

import csv
import gzip
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from math import expm1, log1p, sqrt
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.table import Row, progress
from stadtkern.kernel.effects import calendar

FILE = Path("src/stadtkern/site/demo_city/data/bike_counts_muenster_daily.csv.gz")
COUNTERS = (
    "100031297", "100034978", "100034980", "100034981", "100034982", "100034983", "100035541",
)  # fmt: skip
PLANTED = (0.0, 0.05, 0.10, 0.20, 0.30)
BEFORE, AFTER, EVERY, DAYS = 104, 26, 9, 5
# Weeks in which all comparisons broke at once, each in its own way.
LOCKDOWN = (date(2020, 3, 2), date(2021, 6, 28))
METHODS = (
    "before_after", "same_season", "same_season_difference", "difference", "synthetic",
    "structural", "combined",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One counter, one week, one planted share; `calm` has no lockdown in its window."""

    counter: str
    begins: date
    share: float
    calm: bool
    given: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What was planted and what was found; `result` as the child process answers."""

    share: float
    calm: bool
    result: dict[str, Any]


def weekly() -> tuple[list[date], dict[str, list[float | None]]]:
    """Mondays, and the mean of each counter's days by week; None where fewer than five count."""
    days: dict[tuple[str, date], list[float]] = {}
    with gzip.open(FILE, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["day"])
            week = day - timedelta(days=day.weekday())
            for one in COUNTERS:
                if row[one] and float(row[one]) > 0:
                    days.setdefault((one, week), []).append(float(row[one]))
    weeks = sorted({week for _, week in days})
    return weeks, {one: [_mean(days.get((one, week), ())) for week in weeks] for one in COUNTERS}


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if len(values) >= DAYS else None


def cases(every: int = EVERY, planted: Iterable[float] = PLANTED) -> Iterator[Case]:
    """Each counter at every so many weeks, with each planted share."""
    weeks, values = weekly()
    for counter in COUNTERS:
        for start in range(BEFORE, len(weeks) - AFTER + 1, every):
            for share in planted:
                yield _case(counter, start, share, weeks, values)


def _case(
    counter: str, start: int, share: float, weeks: list[date], values: dict[str, Any]
) -> Case:
    span = slice(start - BEFORE, start + AFTER)
    window, begins = weeks[span], weeks[start]
    raised = [
        None if value is None else value * (1 + share * (week >= begins))
        for week, value in zip(window, values[counter][span], strict=True)
    ]
    calm = not any(LOCKDOWN[0] <= week <= LOCKDOWN[1] for week in window)
    given = {
        "purpose": "effect", "scale": "log", "weeks": [week.isoformat() for week in window],
        "before": BEFORE, "after": AFTER, "planned": AFTER, "target": raised, "changes": [],
        "in_space": False,
        "controls": [
            {"id": int(one), "values": values[one][span]} for one in COUNTERS if one != counter
        ],
        "covariates": [{"slug": "holidays", "values": calendar.by_week(window, "NW")}],
    }  # fmt: skip
    return Case(counter=counter, begins=begins, share=share, calm=calm, given=given)


def outcome(case: Case) -> Outcome:
    """The analysis of one case."""
    from stadtkern.kernel.effects.methods.compute import analyse

    return Outcome(share=case.share, calm=case.calm, result=analyse(case.given))


def outcomes(every: int = EVERY, planted: Iterable[float] = PLANTED) -> list[Outcome]:
    """All of them, in a process for each core."""
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        return list(pool.map(outcome, cases(every, planted), chunksize=8))


def told(found: Sequence[Outcome]) -> list[Outcome]:
    """Those in which the gates let the analysis say something."""
    return [one for one in found if one.result["verdict"] in ("effect", "none")]


def hits(found: Sequence[Outcome]) -> float:
    """The share in which a rise was told; of what was planted, or of nothing at all."""
    risen = [one.result["verdict"] == "effect" and one.result["effect"] > 0 for one in found]
    return sum(risen) / len(risen)


def alarms(found: Sequence[Outcome]) -> float:
    """The share in which an effect was told, up or down."""
    return sum(one.result["verdict"] == "effect" for one in found) / len(found)


def errors(found: Sequence[Outcome], slug: str) -> list[float]:
    """What a method found less what was planted, in log points."""
    rows = [(one, _method(one, slug)) for one in found if "methods" in one.result]
    return [row["effect"] - log1p(one.share) for one, row in rows if row["effect"] is not None]


def rmse(found: Sequence[Outcome], slug: str) -> float:
    """The root mean square of the errors."""
    wrong = errors(found, slug)
    return sqrt(sum(one * one for one in wrong) / len(wrong))


def coverage(found: Sequence[Outcome], slug: str) -> float | None:
    """How often the interval holds what was planted; None for a method without one."""
    rows = [(one, _method(one, slug)) for one in found if "methods" in one.result]
    known = [(one, row) for one, row in rows if row.get("low") is not None]
    if not known:
        return None
    inside = [row["low"] <= log1p(one.share) <= row["high"] for one, row in known]
    return sum(inside) / len(inside)


def _method(one: Outcome, slug: str) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in one.result["methods"] if row["slug"] == slug)
    return found


def measure(every: int = 0) -> Iterator[Row]:
    """All cases; then those without the lockdown."""
    progress("Analysing bicycle counts with planted effects ...")
    found = outcomes(every or EVERY)
    for name, calm in (("all windows", False), ("without lockdown", True)):
        yield from _rows(name, [one for one in found if one.calm or not calm])


def _rows(name: str, found: list[Outcome]) -> Iterator[Row]:
    said = told(found)
    yield Row(what=f"effects, {name}: verdicts told", figure=f"{len(said)} of {len(found)}")
    for share in sorted({one.share for one in found}):
        some = [one for one in said if one.share == share]
        if share == 0:
            rate = alarms(some)
            yield Row(
                what="  none planted: false alarms", figure=f"{rate:.1%} of {len(some)}",
                aim="at most 5 %", met=rate <= 0.05,
            )  # fmt: skip
        else:
            aim = {"aim": "at least 60 %", "met": hits(some) >= 0.6} if share == 0.2 else {}
            figure = f"{hits(some):.0%} of {len(some)}"
            yield Row(what=f"  {share:.0%} planted: found", figure=figure, **aim)  # type: ignore[arg-type]
    for slug in METHODS:
        yield _method_row(slug, said)


def _method_row(slug: str, said: list[Outcome]) -> Row:
    inside = coverage(said, slug)
    held = "" if inside is None else f", 95 % interval holds {inside:.0%}"
    own = slug == "combined"
    return Row(
        what=f"  {slug}: error (RMSE)",
        figure=f"{expm1(rmse(said, slug)):.1%}{held}",
        aim="holds at least 93 %" if own else "",
        met=inside is not None and inside >= 0.93 if own else None,
    )
