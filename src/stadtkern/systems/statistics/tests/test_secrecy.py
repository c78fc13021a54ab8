"""Hidden counts against a reader who solves for them with all that is published."""

import itertools
import random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from stadtkern.systems.statistics.secrecy import child, rounding, solver
from stadtkern.systems.statistics.secrecy.frame import Division, Entry, Frame, place

TOTAL = "total"
LIMIT = 4


def margins(shape, inner):
    """A full table with all its sums: keys are items by dimension, `total` where summed."""
    axes = [[f"i{n}" for n in range(size)] for size in shape]
    cells = {}
    for key in itertools.product(*([*axis, TOTAL] for axis in axes)):
        inside = itertools.product(
            *(axis if k == TOTAL else [k] for k, axis in zip(key, axes, strict=True))
        )
        cells[key] = sum(inner[one] for one in inside)
    return axes, cells


def hidden_by_us(divisions, cells):
    frame = Frame()
    for key, value in cells.items():
        small = 0 < value < LIMIT
        frame.entries[place(divisions, key)] = Entry(value=value, sensitive=small, hidden=small)
    frame.add_sums(divisions, list(cells))
    puzzle, places = frame.puzzle(LIMIT)
    found = solver.solve(puzzle) if puzzle.targets else None
    assert found is None or not found.unprotected
    taken = {places[i] for i in found.hidden} if found else set()
    return {key for key in cells if place(divisions, key) in taken}


def attacked(published, axes, key):
    """The reader's own linear programme: he knows the table's layout and all that is published.

    Unknowns are the innermost counts alone; every published number is a sum of these. It shares
    nothing with the code under test.
    """
    inner = list(itertools.product(*axes))
    number = {one: i for i, one in enumerate(inner)}

    def row(cell):
        line = np.zeros(len(inner))
        for one in itertools.product(
            *(a if k == TOTAL else [k] for k, a in zip(cell, axes, strict=True))
        ):
            line[number[one]] = 1
        return line

    matrix = np.array([row(cell) for cell in published])
    side = np.array([published[cell] for cell in published])
    goal = row(key)
    low = linprog(goal, A_eq=matrix, b_eq=side, bounds=(0, None))
    high = linprog(-goal, A_eq=matrix, b_eq=side, bounds=(0, None))
    assert low.status == 0
    return round(low.fun, 6), (np.inf if high.status == 3 else round(-high.fun, 6))


def divisions_of(axes):
    return [
        Division(slug=f"d{i}", wholes=dict.fromkeys(axis, TOTAL)) for i, axis in enumerate(axes)
    ]


shapes = st.sampled_from([(2, 2), (3, 3), (4, 2), (5, 3), (2, 2, 2), (3, 2, 2), (4, 3, 2)])


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(shapes, st.data())
def test_no_small_count_can_be_worked_out_of_any_table(shape, data):
    axes = [[f"i{n}" for n in range(size)] for size in shape]
    counts = st.sampled_from([0, 0, 1, 1, 2, 3, 4, 7, 20, 150])
    inner = {key: data.draw(counts) for key in itertools.product(*axes)}
    axes, cells = margins(shape, inner)
    hidden = hidden_by_us(divisions_of(axes), cells)
    published = {key: value for key, value in cells.items() if key not in hidden}
    assert not any(0 < value < LIMIT for value in published.values())
    if not published:
        return
    for key in hidden:
        if 0 < cells[key] < LIMIT:
            low, high = attacked(published, axes, key)
            assert low <= 0
            assert high >= LIMIT
        else:
            low, high = attacked(published, axes, key)
            assert high - low >= 1


def test_hiding_small_counts_alone_would_be_undone():
    """The attack is strong enough to fail what does nothing against it."""
    rng = random.Random(7)
    inner = {
        key: rng.choice((1, 6, 9, 30)) for key in itertools.product(["i0", "i1", "i2"], repeat=2)
    }
    axes, cells = margins((3, 3), inner)
    small = [key for key, value in cells.items() if 0 < value < LIMIT]
    published = {key: value for key, value in cells.items() if key not in small}
    found = [attacked(published, axes, key) for key in small]
    assert any(low == high for low, high in found)


def test_parts_of_parts_are_protected_too():
    """A city of two districts with two quarters each: three levels in one dimension."""
    wholes = {"n": TOTAL, "s": TOTAL, "n1": "n", "n2": "n", "s1": "s", "s2": "s"}
    area = Division(slug="area", wholes=wholes)
    sex = Division(slug="sex", wholes={"m": TOTAL, "w": TOTAL})
    quarters = {("n1", "m"): 2, ("n1", "w"): 9, ("n2", "m"): 8, ("n2", "w"): 5,
                ("s1", "m"): 6, ("s1", "w"): 7, ("s2", "m"): 11, ("s2", "w"): 4}  # fmt: skip
    below = {"n": ["n1", "n2"], "s": ["s1", "s2"], TOTAL: ["n1", "n2", "s1", "s2"]}
    cells = {
        (a, s): sum(quarters[q, x] for q in below.get(a, [a]) for x in ("mw" if s == TOTAL else s))
        for a in ("n1", "n2", "s1", "s2", "n", "s", TOTAL) for s in ("m", "w", TOTAL)
    }  # fmt: skip
    hidden = hidden_by_us([area, sex], cells)
    keys = [*quarters]
    rows, side = [], []
    for (a, s), value in cells.items():
        if (a, s) not in hidden:
            inside = {
                (q, x) for q in below.get(a, [a]) for x in (("m", "w") if s == TOTAL else (s,))
            }
            rows.append([float(key in inside) for key in keys])
            side.append(value)
    goal = [float(key == ("n1", "m")) for key in keys]
    low = linprog(goal, A_eq=rows, b_eq=side, bounds=(0, None)).fun
    high = linprog([-g for g in goal], A_eq=rows, b_eq=side, bounds=(0, None))
    assert low == pytest.approx(0)
    assert high.status == 3 or -high.fun >= LIMIT - 1e-6


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.data(), st.sampled_from([3, 5]))
def test_rounding_gives_nothing_away_but_its_own_width(data, base):
    """The reader knows the rule and every shown number; sums must not narrow any part."""
    axes = [["i0", "i1", "i2"], ["i0", "i1"]]
    inner = {key: data.draw(st.integers(0, 40)) for key in itertools.product(*axes)}
    axes, cells = margins((3, 2), inner)
    shown = rounding.table(cells, divisions_of(axes), base, "seed")
    for key, value in cells.items():
        parts = [
            one for one in inner if all(k in (TOTAL, o) for k, o in zip(key, one, strict=True))
        ]
        # A sum is the sum of what is shown of its parts: it says nothing that they do not say.
        assert shown[key] == sum(shown[one] for one in parts)
        if key in inner:
            assert shown[key] % base == 0
            assert abs(shown[key] - value) < base
    again = rounding.table(cells, divisions_of(axes), base, "seed")
    assert again == shown


def test_rounding_is_right_in_the_mean():
    places = [frozenset({("a", str(n))}) for n in range(4000)]
    mean = sum(rounding.rounded(7, 5, "s", one) for one in places) / len(places)
    assert mean == pytest.approx(7, abs=0.15)


def test_what_cannot_be_protected_any_more_is_said():
    """Everything but one small count was public already: its sum gives it away."""
    sex = Division(slug="sex", wholes={"m": TOTAL, "w": TOTAL})
    frame = Frame()
    for key, value in {("m",): 2, ("w",): 9, (TOTAL,): 11}.items():
        entry = Entry(value=value, sensitive=value < LIMIT, hidden=value < LIMIT, known=value > 3)
        frame.entries[place([sex], key)] = entry
    frame.add_sums([sex], [("m",), ("w",), (TOTAL,)])
    puzzle, places = frame.puzzle(LIMIT)
    answer = child.solve(puzzle)
    assert [places[i] for i in answer.unprotected] == [frozenset({("sex", "m")})]
