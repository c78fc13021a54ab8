"""Placebos: the same calculation where, or when, nothing was done. It must find nothing there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stadtkern.kernel.effects.methods.combined import estimate
from stadtkern.kernel.effects.methods.frame import Frame, as_target, at_date

YEAR, APART = 52, 4


@dataclass(frozen=True, kw_only=True, slots=True)
class AtDate:
    """A placebo in time: the week it begins with, and what was found."""

    week: int
    effect: float


def in_space(frame: Frame) -> list[float]:
    """What is found at each control as if it were the target; NaN where it is not measured."""
    if len(frame.controls) < 2:
        return []
    return [estimate(as_target(frame, i)).effect for i in range(len(frame.controls))]


def in_time(frame: Frame, length: int) -> list[AtDate]:
    """What is found at earlier dates, with at least a year before each."""
    last = int(np.flatnonzero(frame.before)[-1]) + 1 if frame.before.any() else 0
    weeks = range(last - length, YEAR - 1, -APART)
    found = [AtDate(week=w, effect=estimate(at_date(frame, w, length)).effect) for w in weeks]
    return [one for one in reversed(found) if not np.isnan(one.effect)]


def p_value(effect: float, placebos: Sequence[float]) -> float:
    """How often a placebo is at least as large, the effect itself counted: 1/(n + 1) at best."""
    known = [one for one in placebos if not np.isnan(one)]
    larger = sum(abs(one) >= abs(effect) for one in known)
    return (1 + larger) / (1 + len(known))
