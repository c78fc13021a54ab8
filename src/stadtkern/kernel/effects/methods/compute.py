"""One analysis from its input, as plain JSON to plain JSON: the same bytes in, the same out.

`python -m stadtkern.kernel.effects.methods.compute < input.json > result.json` repeats any
analysis that the city publishes.
"""

import json
import math
import platform
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from stadtkern.kernel.effects.methods import gates, placebo, simple
from stadtkern.kernel.effects.methods.combined import Estimate, estimate
from stadtkern.kernel.effects.methods.frame import Frame, at_date, frame_of
from stadtkern.kernel.effects.methods.structural import LIKELY

SCHEMA = "stadtkern-effect/1"
DIGITS = 10
# The quantile of the normal distribution for a power of 80 %.
POWER = 0.8416212335729143


def analyse(given: Mapping[str, Any]) -> dict[str, Any]:
    """The whole result: methods, placebos, gates, verdict, and the series that charts show."""
    frame, dropped = _with_controls_that_count(given)
    checks = list(gates.of_data(frame, given))
    possible = {gate.slug: gate.passed for gate in checks if gate.slug != "changes"}
    body: dict[str, Any] = {}
    if all(possible.values()):
        body = _effect(frame, given) if given["purpose"] == "effect" else _plan(frame, given)
        checks += body.pop("checks", [])
    result = {
        "schema": SCHEMA,
        "purpose": given["purpose"],
        "scale": given["scale"],
        "dropped": dropped,
        "gates": [gate.as_dict() for gate in checks],
        "verdict": verdict(checks, body),
        **body,
        "packages": packages(),
    }
    return tidy(result)  # type: ignore[no-any-return]


def verdict(checks: list[gates.Gate], body: Mapping[str, Any]) -> str:
    """`unclear` where a gate is shut, `effect` where the interval leaves nought out, or `none`.

    Empty for a plan, which has no effect to judge.
    """
    if "low" not in body and body:
        return ""
    if not body or not all(gate.passed for gate in checks):
        return "unclear"
    if not math.isfinite(body["low"]):
        return "unclear"
    if body["low"] <= 0 <= body["high"]:
        return "none"
    return "effect"


def _with_controls_that_count(given: Mapping[str, Any]) -> tuple[Frame, list[int]]:
    """Controls with too many gaps are left out, and named."""
    frame = frame_of(given)
    spans = [one for one in (frame.before, frame.after) if one.any()]
    keep = [all(gates.gaps(row, span) < gates.GAPS for span in spans) for row in frame.controls]
    kept = [one for one, good in zip(given["controls"], keep, strict=True) if good]
    dropped = [one["id"] for one, good in zip(given["controls"], keep, strict=True) if not good]
    return frame_of({**given, "controls": kept}), dropped


def _effect(frame: Frame, given: Mapping[str, Any]) -> dict[str, Any]:
    found = estimate(frame)
    # The benchmark leaves these out: no gate and no verdict rests on them.
    space = placebo.in_space(frame) if given.get("in_space", True) else []
    length = int(frame.after.sum())
    time = placebo.in_time(frame, min(length, int(frame.before.sum()) - placebo.YEAR))
    return {
        "effect": found.effect,
        "low": found.effect - found.half,
        "high": found.effect + found.half,
        "methods": _methods(frame, found),
        "placebos": {
            "space": space,
            "time": [{"week": one.week, "effect": one.effect} for one in time],
            "p": placebo.p_value(found.effect, space),
            "smallest_p": 1 / (1 + len(space)),
        },
        "smallest": _smallest(found.half),
        **_series(frame),
        "checks": [gates.of_fit(frame), gates.of_time(time, found.half), gates.of_methods(found)],
    }


def _methods(frame: Frame, found: Estimate) -> list[dict[str, Any]]:
    """All methods side by side; an interval only where it can be trusted."""
    model = found.model
    return [
        {"slug": "before_after", "effect": simple.before_after(frame)},
        {"slug": "same_season", "effect": simple.same_season(frame)},
        {"slug": "same_season_difference", "effect": simple.same_season(frame, simple.gap(frame))},
        {"slug": "difference", "effect": found.difference},
        {"slug": "synthetic", "effect": found.synthetic},
        {"slug": "structural", "effect": model.effect, "low": model.low, "high": model.high},
        {
            "slug": "combined", "effect": found.effect,
            "low": found.effect - found.half, "high": found.effect + found.half,
        },
    ]  # fmt: skip


def _series(frame: Frame) -> dict[str, Any]:
    """What was to be expected week by week, and how far it was off in 19 of 20 weeks before."""
    _, explained = simple.fitted(frame)
    apart = simple.gap(frame) - explained
    apart = apart - np.nanmean(apart[frame.before])
    usual = np.abs(apart[frame.before & ~np.isnan(apart)])
    return {
        "expected": list(frame.target - apart),
        "gap": list(apart),
        "band": float(np.quantile(usual, 0.95)),
    }


def _plan(frame: Frame, given: Mapping[str, Any]) -> dict[str, Any]:
    """What could be seen, had the measure begun at the last date that leaves its weeks after."""
    length = min(int(given["planned"]), int(frame.before.sum()) - placebo.YEAR)
    start = int(np.flatnonzero(frame.before)[-1]) + 1 - length
    tried = estimate(at_date(frame, start, length))
    return {
        "smallest": _smallest(tried.half),
        "tried": {"week": start, "weeks": length, "effect": tried.effect, "half": tried.half},
        "checks": [gates.of_fit(frame)],
        **_series(frame),
    }


def _smallest(half: float) -> float:
    """The effect that would be told from chance in four of five cases."""
    return half * (1 + POWER / LIKELY)


def packages() -> dict[str, str]:
    """The versions that a repetition needs."""
    import scipy
    import statsmodels

    return {
        "python": platform.python_version(), "numpy": np.__version__,
        "scipy": scipy.__version__, "statsmodels": statsmodels.__version__,
    }  # fmt: skip


def tidy(value: Any) -> Any:
    """Ten significant digits, and null for what is not known: JSON has no NaN."""
    if isinstance(value, dict):
        return {key: tidy(one) for key, one in value.items()}
    if isinstance(value, list):
        return [tidy(one) for one in value]
    if isinstance(value, float):
        # Without a negative nought, which a database does not keep.
        return float(f"{value:.{DIGITS}g}") + 0.0 if math.isfinite(value) else None
    return value


def main() -> None:
    """Input on stdin, result on stdout."""
    given = json.load(sys.stdin)
    json.dump(analyse(given), sys.stdout, ensure_ascii=False, sort_keys=True)


if __name__ == "__main__":
    main()
