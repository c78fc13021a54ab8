"""What must hold before anything is said: enough data, a fit before, and nothing else changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from stadtkern.kernel.effects.methods.combined import Estimate
from stadtkern.kernel.effects.methods.frame import Array, Frame, Mask
from stadtkern.kernel.effects.methods.placebo import AtDate
from stadtkern.kernel.effects.methods.simple import control_mean

BEFORE, AFTER, GAPS, CONTROLS, ALIKE = 52, 8, 0.15, 3, 0.6


@dataclass(frozen=True, kw_only=True, slots=True)
class Gate:
    """One condition: what was found, what is asked for, and whether it is met."""

    slug: str
    found: float | None
    limit: float
    passed: bool

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def gaps(values: Array, where: Mask) -> float:
    """The share of these weeks without a value; 1 where there are no weeks."""
    return float(np.isnan(values[where]).mean()) if where.any() else 1.0


def alike(frame: Frame) -> float:
    """Correlation of the target with its controls' mean before the measure; NaN where unknown."""
    if not len(frame.controls):
        return float("nan")
    controls = control_mean(frame)
    known = frame.before & ~np.isnan(frame.target) & ~np.isnan(controls)
    pair = np.vstack([frame.target[known], controls[known]])
    if known.sum() < 3 or (pair.std(axis=1) < 1e-12).any():
        return float("nan")
    return float(np.asarray(np.corrcoef(pair))[0, 1])


def of_data(frame: Frame, given: Mapping[str, Any]) -> Iterator[Gate]:
    """What the data must have before any calculation."""
    before = _measured(frame, frame.before)
    yield Gate(slug="before", found=before, limit=BEFORE, passed=before >= BEFORE * (1 - GAPS))
    if given["purpose"] == "effect":
        after = _measured(frame, frame.after)
        yield Gate(slug="after", found=after, limit=AFTER, passed=after >= AFTER)
    missing = max(gaps(frame.target, one) for one in (frame.before, frame.after) if one.any())
    yield Gate(slug="gaps", found=missing, limit=GAPS, passed=missing < GAPS)
    count = len(frame.controls)
    yield Gate(slug="controls", found=count, limit=CONTROLS, passed=count >= CONTROLS)
    changes = len(given.get("changes", ()))
    yield Gate(slug="changes", found=changes, limit=0, passed=not changes)


def of_fit(frame: Frame) -> Gate:
    """Whether the controls moved as the target did while nothing was done."""
    found = alike(frame)
    return Gate(slug="fit", found=_or_none(found), limit=ALIKE, passed=bool(found >= ALIKE))


def of_time(placebos: Sequence[AtDate], half_width: float) -> Gate:
    """Whether nothing is found at dates at which nothing was done: the middle of what was found."""
    sizes = [abs(one.effect) for one in placebos]
    middle = float(np.median(sizes)) if sizes else float("nan")
    return Gate(
        slug="time", found=_or_none(middle), limit=half_width,
        passed=bool(sizes) and middle <= half_width,
    )  # fmt: skip


def of_methods(found: Estimate) -> Gate:
    """Whether the three methods say much the same: each within the interval around their mean."""
    return Gate(
        slug="agree", found=found.apart, limit=found.half, passed=bool(found.apart <= found.half)
    )


def _measured(frame: Frame, where: Mask) -> int:
    return int((~np.isnan(frame.target[where])).sum())


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value
