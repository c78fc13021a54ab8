"""Synthetic control: the mixture of controls that followed the target best before the measure."""

import numpy as np

from stadtkern.kernel.effects.methods.frame import Array, Frame, centred, mean

# Pulls the weights' sum to one (a mixture, not an enlargement), and towards each other.
SUM, EQUAL = 1e3, 0.1


def weights(frame: Frame) -> Array:
    """One weight for each control, none negative, together one; demeaned (Doudchenko, Imbens)."""
    from scipy.optimize import nnls

    rows, target = _before(frame)
    count, scale = len(rows), float(np.std(target)) or 1.0
    pull = EQUAL * scale * np.sqrt(len(target) / count)
    design = np.vstack([rows.T, pull * np.eye(count), SUM * scale * np.ones((1, count))])
    aim = np.concatenate([target, np.full(count, pull / count), [SUM * scale]])
    found, _ = nnls(design, aim)
    return np.asarray(found / found.sum())


def _before(frame: Frame) -> tuple[Array, Array]:
    """Weeks before the measure in which everything was measured, around their means."""
    rows = centred(frame.controls, frame.before)
    target = centred(frame.target[None, :], frame.before)[0]
    whole = frame.before & ~np.isnan(target) & ~np.isnan(rows).any(axis=0)
    if whole.sum() < 2 * len(rows):
        whole, rows = frame.before & ~np.isnan(target), np.nan_to_num(rows, nan=0.0)
    return rows[:, whole], target[whole]


def synthetic(frame: Frame) -> float:
    """After less the mixture, beyond their distance before."""
    if not len(frame.controls):
        return float("nan")
    rows = centred(frame.controls, frame.before)
    share = weights(frame)[:, None] * ~np.isnan(rows)
    total = share.sum(axis=0)
    mixture = np.divide(
        (share * np.nan_to_num(rows)).sum(axis=0), total,
        out=np.full(frame.weeks, np.nan), where=total > 0,
    )  # fmt: skip
    apart = frame.target - mixture
    return mean(apart, frame.after) - mean(apart, frame.before)
