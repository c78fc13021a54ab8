"""What every method works on: weekly values of the target, its controls and the weather."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """Weekly values on the scale that is worked on (logarithms, or as they are), NaN for gaps.

    `target` has one value a week, `controls` and `covariates` one row each. `before` and `after`
    say which weeks are compared; weeks in neither are left out, such as that of the beginning.
    """

    target: Array
    controls: Array
    covariates: Array
    before: Mask
    after: Mask

    @property
    def weeks(self) -> int:
        """How many weeks there are."""
        return len(self.target)

    @property
    def used(self) -> Mask:
        """The weeks that are compared."""
        return self.before | self.after


def frame_of(given: Mapping[str, Any]) -> Frame:
    """The frame that an input of the child process describes."""
    scale = given["scale"]
    weeks = len(given["weeks"])
    before, after = np.zeros(weeks, bool), np.zeros(weeks, bool)
    before[: given["before"]] = True
    after[weeks - given["after"] :] = given["after"] > 0
    return Frame(
        target=_scaled(given["target"], scale),
        controls=_rows([_scaled(one["values"], scale) for one in given["controls"]], weeks),
        covariates=_rows([_plain(one["values"]) for one in given["covariates"]], weeks),
        before=before,
        after=after,
    )


def _plain(values: Sequence[float | None]) -> Array:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _scaled(values: Sequence[float | None], scale: str) -> Array:
    plain = _plain(values)
    return np.log(plain) if scale == "log" else plain


def _rows(rows: Sequence[Array], weeks: int) -> Array:
    return np.vstack(rows) if rows else np.empty((0, weeks))


def centred(rows: Array, over: Mask) -> Array:
    """Each row less its mean over these weeks; a row without values there stays empty."""
    known = ~np.isnan(rows) & over
    counts = known.sum(axis=1, keepdims=True)
    sums = np.where(known, rows, 0.0).sum(axis=1, keepdims=True)
    means = np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)
    return np.asarray(rows - means)


def mean_of(rows: Array) -> Array:
    """The mean of the rows that have a value, by week; NaN where none has one."""
    known = ~np.isnan(rows)
    counts = known.sum(axis=0)
    sums = np.where(known, rows, 0.0).sum(axis=0)
    found = np.divide(sums, counts, out=np.full(rows.shape[1], np.nan), where=counts > 0)
    return np.asarray(found)


def mean(values: Array, where: Mask) -> float:
    """The mean of these weeks; NaN where there is none."""
    known = values[where & ~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def as_target(frame: Frame, control: int) -> Frame:
    """The same weeks with a control in the target's place: a placebo in space.

    The true target is left out, so that its effect, if it has one, spoils no comparison.
    """
    others = [i for i in range(len(frame.controls)) if i != control]
    return Frame(
        target=frame.controls[control], controls=frame.controls[others],
        covariates=frame.covariates, before=frame.before, after=frame.after,
    )  # fmt: skip


def at_date(frame: Frame, week: int, length: int) -> Frame:
    """Only the weeks before the measure, as if it had begun in this one: a placebo in time."""
    number = np.arange(frame.weeks)
    early = frame.before & (number < week)
    late = frame.before & (number >= week) & (number < week + length)
    return Frame(
        target=frame.target, controls=frame.controls, covariates=frame.covariates,
        before=early, after=late,
    )  # fmt: skip
