"""The methods against data whose truth is known, and against arithmetic done another way."""

import json
import subprocess
import sys

import numpy as np
import pytest
from statsmodels.regression.linear_model import OLS

from stadtkern.kernel.effects.methods import placebo, simple
from stadtkern.kernel.effects.methods.combined import estimate
from stadtkern.kernel.effects.methods.compute import analyse
from stadtkern.kernel.effects.methods.frame import Frame, as_target, at_date
from stadtkern.kernel.effects.methods.structural import structural
from stadtkern.kernel.effects.methods.synthetic import synthetic, weights

BEFORE, AFTER = 104, 26
WEEKS = BEFORE + AFTER


def made(effect=0.0, controls=6, seed=1, drift=0.0, covariates=(), noise=0.05):
    """Series that share a season and a common shock; the target has a step at the measure."""
    rng = np.random.default_rng(seed)
    week = np.arange(WEEKS)
    common = 0.4 * np.sin(2 * np.pi * week / 52) + 0.1 * rng.standard_normal(WEEKS)
    rows = 6 + common + noise * rng.standard_normal((controls + 1, WEEKS))
    rows += rng.uniform(-1, 1, (controls + 1, 1))
    before, after = week < BEFORE, week >= BEFORE
    return Frame(
        target=rows[0] + effect * after + drift * week, controls=rows[1:],
        covariates=np.array(covariates).reshape(-1, WEEKS), before=before, after=after,
    )  # fmt: skip


def as_input(frame, **more):
    """The same as the child process reads it."""
    plain = {
        "purpose": "effect", "scale": "log", "weeks": [str(i) for i in range(WEEKS)],
        "before": BEFORE, "after": AFTER, "planned": AFTER, "covariates": [], "changes": [],
        "target": list(np.exp(frame.target)),
        "controls": [
            {"id": i, "values": list(np.exp(row))} for i, row in enumerate(frame.controls)
        ],
    }  # fmt: skip
    return {**plain, **more}


def test_the_difference_is_what_least_squares_gives_for_the_pooled_panel():
    frame = made(effect=0.1)
    controls = frame.controls.mean(axis=0)
    treated = np.r_[np.ones(WEEKS), np.zeros(WEEKS)]
    after = np.r_[frame.after, frame.after].astype(float)
    panel = np.column_stack([np.ones(2 * WEEKS), treated, after, treated * after])
    fit = OLS(np.r_[frame.target, controls], panel).fit()
    assert simple.difference(frame) == pytest.approx(fit.params[3], abs=1e-12)


def test_plain_before_and_after_takes_the_season_for_an_effect_and_the_difference_does_not():
    frame = made()
    assert abs(simple.before_after(frame)) > 0.2
    assert abs(simple.difference(frame)) < 0.03


def test_the_same_season_is_blind_to_the_season():
    assert abs(simple.same_season(made(noise=0.01))) < 0.08


def test_weather_that_hits_only_the_target_is_taken_out():
    rng = np.random.default_rng(3)
    rain = rng.gamma(2, 1, WEEKS) + 3.0 * (np.arange(WEEKS) >= BEFORE)
    dry = made(effect=0.1, covariates=[rain])
    wet = Frame(
        target=dry.target - 0.1 * rain, controls=dry.controls, covariates=dry.covariates,
        before=dry.before, after=dry.after,
    )  # fmt: skip
    blind = Frame(
        target=wet.target, controls=wet.controls, covariates=np.empty((0, WEEKS)),
        before=wet.before, after=wet.after,
    )  # fmt: skip
    assert simple.difference(blind) < 0
    assert simple.difference(wet) == pytest.approx(0.1, abs=0.04)
    assert structural(wet).effect == pytest.approx(0.1, abs=0.06)


def test_the_synthetic_comparison_finds_the_mixture_it_was_made_of():
    frame = made(controls=5, noise=0.2)
    mixed = Frame(
        target=0.7 * frame.controls[1] + 0.3 * frame.controls[3] + 0.2 * frame.after,
        controls=frame.controls, covariates=frame.covariates, before=frame.before,
        after=frame.after,
    )  # fmt: skip
    found = weights(mixed)
    assert found.sum() == pytest.approx(1)
    assert (found >= 0).all()
    assert found[1] == pytest.approx(0.7, abs=0.1)
    assert found[3] == pytest.approx(0.3, abs=0.1)
    assert synthetic(mixed) == pytest.approx(0.2, abs=0.03)


def test_the_model_knows_the_step_and_how_unsure_it_is():
    inside = [(s := structural(made(effect=0.15, seed=i))).low < 0.15 < s.high for i in range(12)]
    assert sum(inside) >= 10
    assert structural(made(noise=0.02)).error < structural(made(noise=0.2)).error


def test_placebos_leave_the_true_target_out():
    frame = made(effect=5.0)
    assert max(abs(one) for one in placebo.in_space(frame)) < 0.2
    assert len(as_target(frame, 2).controls) == 5


def test_placebos_in_time_see_nothing_of_the_time_since():
    frame = made(effect=5.0)
    found = placebo.in_time(frame, AFTER)
    assert [one.week for one in found] == sorted(one.week for one in found)
    assert found[0].week >= placebo.YEAR
    assert found[-1].week == BEFORE - AFTER
    assert max(abs(one.effect) for one in found) < 0.2
    assert not at_date(frame, 60, 26).used[BEFORE:].any()


def test_with_six_comparisons_no_p_value_lies_below_one_in_seven():
    assert placebo.p_value(9.0, [0.1] * 6) == pytest.approx(1 / 7)
    assert placebo.p_value(0.0, [0.1] * 6) == 1


def test_gaps_are_gaps_and_no_noughts():
    frame = made(effect=0.1)
    holes = frame.controls.copy()
    holes[0, ::9] = np.nan
    target = frame.target.copy()
    target[5::11] = np.nan
    patchy = Frame(
        target=target, controls=holes, covariates=frame.covariates, before=frame.before,
        after=frame.after,
    )  # fmt: skip
    assert estimate(patchy).effect == pytest.approx(0.1, abs=0.04)


def test_an_effect_is_told_with_its_range():
    found = analyse(as_input(made(effect=0.2)))
    assert found["verdict"] == "effect"
    assert found["low"] < 0.2 < found["high"]
    assert found["low"] > 0


def test_no_effect_is_told_where_there_is_none():
    found = analyse(as_input(made()))
    assert found["verdict"] == "none"
    assert found["low"] < 0 < found["high"]


def test_values_below_nought_are_compared_by_their_difference():
    frame = made(effect=1.5)
    plain = as_input(frame, scale="add")
    plain["target"] = [value - 7 for value in frame.target]
    plain["controls"] = [
        {"id": i, "values": [value - 7 for value in row]} for i, row in enumerate(frame.controls)
    ]
    found = analyse(plain)
    assert min(plain["target"]) < 0
    assert found["effect"] == pytest.approx(1.5, abs=0.1)


def gate(slug, **more):
    frame = more.pop("frame", made())
    found = analyse(as_input(frame, **more))
    return found["verdict"], next(one for one in found["gates"] if one["slug"] == slug)


def holed(share):
    target = [None if i % 100 < 100 * share else 300.0 + i for i in range(WEEKS)]
    return {"target": target}


@pytest.mark.parametrize(
    ("slug", "more"),
    [
        ("before", {"before": 40, "weeks": ["w"] * WEEKS}),
        ("after", {"after": 5, "weeks": ["w"] * WEEKS}),
        ("gaps", holed(0.3)),
        ("controls", {"controls": as_input(made(controls=2))["controls"]}),
        ("changes", {"changes": [{"what": "moved", "datastream": 1, "day": "2024-01-01"}]}),
        ("fit", {"target": list(np.exp(np.random.default_rng(5).normal(5, 0.5, WEEKS)))}),
    ],
)
def test_a_shut_gate_leaves_no_verdict(slug, more):
    verdict, found = gate(slug, **more)
    assert verdict == "unclear"
    assert not found["passed"]


def test_a_place_that_drifts_from_its_comparisons_gets_no_effect():
    found = analyse(as_input(made(drift=0.006)))
    assert found["verdict"] in ("unclear", "none")


def test_a_plan_says_the_smallest_effect_and_a_noisy_place_needs_a_larger_one():
    quiet, loud = (
        analyse(as_input(made(noise=n), purpose="plan", after=0, weeks=["w"] * WEEKS))["smallest"]
        for n in (0.02, 0.2)
    )
    assert 0 < quiet < loud
    assert analyse(as_input(made(), purpose="plan", after=0, weeks=["w"] * WEEKS))["verdict"] == ""


@pytest.mark.slow
def test_the_same_input_gives_the_same_bytes():
    text = json.dumps(as_input(made(effect=0.1)))
    command = [sys.executable, "-m", "stadtkern.kernel.effects.methods.compute"]
    runs = [
        subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
    assert json.loads(runs[0])["verdict"] == "effect"
