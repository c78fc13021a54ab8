"""Numbers that do not fit the rest: off by a factor of ten, a hundred or a thousand.

A number is compared with what another column or a category lets expect; of these the one that
explains most is taken. Medians and median deviations, so that faults do not hide themselves.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from stadtkern.systems.data_improvement.finding.frame import NUMERIC, Found, Table, World, text_of
from stadtkern.systems.data_improvement.finding.kinds import KEYS
from stadtkern.systems.data_improvement.finding.panel import panel_of

Numbers = NDArray[np.float64]
LEAST: Final = 20
GROUP: Final = 8
# In robust standard deviations of the logarithm.
UNIT: Final = 6.0
FLOOR: Final = 0.02
SKIPPED: Final = re.compile(r"(^|_)(lon|lat|laenge|breite|rechts\w*|hoch\w*|x|y|jahr|year)(_|$)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What a column is compared with: its name, each row's distance, and the usual distance."""

    name: str
    by: str
    apart: Numbers
    usual: float


def find(table: Table, _world: World) -> Iterator[Found]:
    """Proposals for each column of positive numbers that is no key, year or position."""
    if panel_of(table, _world.local()) is not None:
        return
    for one in table.of_kind(*NUMERIC):
        if KEYS.search(one.slug) or SKIPPED.search(one.slug):
            continue
        values = as_floats(table.values(one.slug))
        if np.isfinite(values).sum() < LEAST or not np.nanmax(values) > 0:
            continue
        context = best_context(table, one.slug, values)
        if context.usual < 0.5:
            yield from _found(table, one.slug, values, context)


def as_floats(values: Sequence[Any]) -> Numbers:
    """Numbers, and NaN where there is none."""
    return np.array([np.nan if one is None else float(one) for one in values], dtype=np.float64)


def spread(apart: Numbers) -> float:
    """The robust standard deviation, with a floor for columns that hardly differ."""
    known = apart[np.isfinite(apart)]
    if known.size == 0:
        return np.inf
    return float(max(FLOOR, 1.4826 * np.median(np.abs(known - np.median(known)))))


def best_context(table: Table, slug: str, values: Numbers) -> Context:
    """The comparison that leaves the least unexplained."""
    logs = np.log10(np.where(values > 0, values, np.nan))
    found = [Context(name="all", by="", apart=logs - np.nanmedian(logs), usual=spread(logs))]
    for other in table.of_kind(*NUMERIC):
        if other.slug == slug or KEYS.search(other.slug) or SKIPPED.search(other.slug):
            continue
        beside = as_floats(table.values(other.slug))
        ratio = logs - np.log10(np.where(beside > 0, beside, np.nan))
        if np.isfinite(ratio).sum() >= 0.8 * np.isfinite(logs).sum():
            apart = ratio - np.nanmedian(ratio)
            found.append(Context(name="ratio", by=other.slug, apart=apart, usual=spread(apart)))
    for text in table.of_kind("text"):
        if (grouped := _grouped(table.values(text.slug), logs)) is not None:
            found.append(Context(name="group", by=text.slug, apart=grouped, usual=spread(grouped)))
    # A comparison must be clearly better than none to be worth its longer explanation.
    return min(found, key=lambda one: one.usual * (1.0 if one.name == "all" else 1.15))


def _grouped(values: Sequence[Any], logs: Numbers) -> Numbers | None:
    groups: dict[str, list[int]] = defaultdict(list)
    for index, value in enumerate(values):
        groups[text_of(value)].append(index)
    large = [rows for rows in groups.values() if len(rows) >= GROUP]
    if len(large) < 2 or sum(map(len, large)) < 0.8 * len(values):
        return None
    apart = np.full(len(values), np.nan)
    for rows in large:
        known = logs[rows]
        if np.isfinite(known).sum() >= GROUP // 2:
            apart[rows] = known - np.nanmedian(known)
    return apart


def _found(table: Table, slug: str, values: Numbers, context: Context) -> Iterator[Found]:
    centre = np.nanmedian(context.apart)
    away = (context.apart - centre) / context.usual
    whole = table.columns[table.place(slug)].kind == "integer"
    culprits = _culprits(table, slug, context)
    for index in np.flatnonzero(np.abs(away) > UNIT):
        if index in culprits:
            continue
        step = context.apart[index] - centre
        power, old = round(step), table.rows[index][table.place(slug)]
        left = abs(step - power) / context.usual
        if not power or left >= 3 or not _usual(step, context):
            continue
        new: Any = values[index] / 10.0**power
        new = int(new) if whole and float(new).is_integer() else float(f"{new:.10g}")
        yield Found(
            kind="unit", method="factor", action="set", column=slug,
            cells=[(int(index) + 1, slug, old, new)], reason=f"unit.{context.name}",
            said={"by": context.by, "times": round(float(10 ** abs(step)), 1),
                  "factor": 10 ** abs(power)},
            strength=float(min(1.0, (abs(away[index]) - UNIT) / 20 + (3 - left) / 6)),
            parameters={"context": context.name, "by": context.by,
                        "spread": round(context.usual, 4)},
        )  # fmt: skip


def _usual(step: float, context: Context) -> bool:
    """Whether so large a step leaves room: tens are no fault in a column that spans tens."""
    return abs(step) > 6 * context.usual


def _culprits(table: Table, slug: str, context: Context) -> set[int]:
    """Rows where the other column of the ratio is the one that is off."""
    if context.name != "ratio":
        return set()
    other = as_floats(table.values(context.by))
    mine = as_floats(table.values(slug))
    off: set[int] = set()
    logs = [np.log10(np.where(one > 0, one, np.nan)) for one in (mine, other)]
    away = [np.abs(one - np.nanmedian(one)) / spread(one) for one in logs]
    for index in range(len(mine)):
        if away[1][index] > away[0][index]:
            off.add(index)
    return off
