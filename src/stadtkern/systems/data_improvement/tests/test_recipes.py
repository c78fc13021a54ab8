"""A recipe gives the same rows for ever, and says what no longer fits."""

import subprocess
import sys

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.systems.data_improvement import recipes
from stadtkern.systems.data_improvement.finding.streets import folded, in_full, parsed
from stadtkern.systems.data_improvement.recipes import Recipe, Source, Step

COLUMNS = [Field(slug="id", kind="integer"), Field(slug="a"), Field(slug="b", kind="number")]
TEXTS = st.one_of(st.none(), st.text(max_size=8), st.sampled_from(["x", "Straße", "1,5"]))
NUMBERS = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False), st.integers(-9, 9))
TABLES = st.lists(st.tuples(TEXTS, NUMBERS), min_size=1, max_size=12)


def recipe_of(rows, steps, *, key="id"):
    source = Source(
        dataset="d", resource="r", version=1, rows=len(rows), digest=recipes.digest_of(rows),
        key=key, keys=[(n, row[0]) for n, row in enumerate(rows, start=1)] if key else [],
    )  # fmt: skip
    return Recipe(source=source, columns=COLUMNS, steps=steps, code="test")


@st.composite
def tables_and_steps(draw):
    rows = [[n, *row] for n, row in enumerate(draw(TABLES), start=1)]
    steps, places = [], [(n, c) for n in range(len(rows)) for c in (1, 2)]
    for n, place in draw(st.lists(st.sampled_from(places), unique=True, max_size=6)):
        column = COLUMNS[place].slug
        new = draw(TEXTS if place == 1 else NUMBERS)
        action = "fill" if place == 2 and draw(st.booleans()) else "set"
        steps.append(Step(action=action, kind="k", method="m", column=column,
                          cells=[(n + 1, column, rows[n][place], new)]))  # fmt: skip
    for n in draw(st.sets(st.integers(0, len(rows) - 1), max_size=2)):
        steps.append(Step(action="drop", kind="d", method="m", column="a",
                          cells=[(n + 1, "a", rows[n][1], None)]))  # fmt: skip
    return rows, draw(st.permutations(steps))


@settings(deadline=None, max_examples=50)
@given(tables_and_steps())
def test_a_recipe_sent_around_the_world_gives_the_same_bytes(made):
    rows, steps = made
    recipe = recipe_of(rows, steps)
    first = recipes.replay(recipe, COLUMNS, rows)
    again = recipes.replay(recipes.read(recipes.written(recipe)), COLUMNS,
                           msgspec.json.decode(msgspec.json.encode(rows)))  # fmt: skip
    assert msgspec.json.encode(first.rows) == msgspec.json.encode(again.rows)
    assert first.columns == again.columns
    assert not first.misfits
    assert recipes.written(recipe) == recipes.written(recipes.read(recipes.written(recipe)))


@settings(deadline=None, max_examples=50)
@given(tables_and_steps())
def test_the_original_column_is_never_touched_by_a_filling(made):
    rows, steps = made
    fills = [step for step in steps if step.action == "fill"]
    outcome = recipes.replay(recipe_of(rows, fills), COLUMNS, rows)
    assert [row[:3] for row in outcome.rows] == rows
    if fills:
        assert [one.slug for one in outcome.columns[3:]] == ["b_ergaenzt", "b_hinweis"]


def test_rows_are_known_by_their_key_when_the_source_grows():
    rows = [[1, "x", 1.0], [2, "y", 2.0]]
    recipe = recipe_of(rows, [Step(action="set", kind="k", method="m", cells=[(2, "a", "y", "z")])])
    newer = [[9, "neu", None], [2, "y", 2.0], [1, "x", 1.0]]
    outcome = recipes.replay(recipe, COLUMNS, newer)
    assert outcome.rows == [[9, "neu", None], [2, "z", 2.0], [1, "x", 1.0]]
    assert not outcome.misfits


def test_what_changed_at_the_source_is_left_alone_and_told():
    rows = [[1, "x", 1.0], [2, "y", 2.0], [3, "w", 3.0]]
    steps = [Step(action="set", kind="k", method="m", cells=[(1, "a", "x", "X")]),
             Step(action="drop", kind="d", method="m", cells=[(2, "a", "y", None)]),
             Step(action="set", kind="k", method="m", cells=[(3, "a", "w", "W")])]  # fmt: skip
    outcome = recipes.replay(recipe_of(rows, steps), COLUMNS, [[1, "neu", 1.0], [3, "w", 3.0]])
    assert outcome.rows == [[1, "neu", 1.0], [3, "W", 3.0]]
    told = [(one.step, one.row, one.expected, one.found) for one in outcome.misfits]
    assert told == [(0, 1, "x", "neu"), (1, 2, "y", None)]


def test_a_column_is_read_as_numbers_or_not_at_all():
    rows = [[1, "1,5", None], [2, "1.234,5 kW", None], [3, "-", None], [4, "2.5", None]]
    step = Step(action="cast", kind="type", method="reading", column="a",
                to={"kind": "number", "decimal": ",", "unit": "kW", "missing": ["-"]})  # fmt: skip
    outcome = recipes.replay(recipe_of(rows, [step]), COLUMNS, rows)
    assert [row[1] for row in outcome.rows] == [1.5, 1234.5, None, 2.5]
    assert outcome.columns[1].kind == "number"
    broken = recipes.replay(recipe_of(rows, [step]), COLUMNS, [*rows, [5, "viel", None]])
    assert broken.columns[1].kind == "text"
    assert len(broken.misfits) == 1


def test_the_program_repeats_a_downloaded_recipe_without_a_database(tmp_path):
    rows = [[1, "x", 1.0], [2, "y", None]]
    recipe = recipe_of(rows, [Step(action="set", kind="k", method="m", cells=[(1, "a", "x", "X")])])
    done = recipes.replay(recipe, COLUMNS, rows)
    recipe = msgspec.structs.replace(recipe, result={"digest": recipes.digest_of(done.rows)})
    (tmp_path / "recipe.json").write_bytes(recipes.written(recipe))
    lines = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
    (tmp_path / "rows.jsonl").write_bytes(lines)
    command = [sys.executable, "-m", "stadtkern.systems.data_improvement.replay",
               str(tmp_path / "recipe.json"), str(tmp_path / "rows.jsonl")]  # fmt: skip
    told = subprocess.run(command, capture_output=True, check=False)
    assert told.returncode == 0, told.stderr.decode()
    assert told.stdout == b'[1,"X",1.0]\n[2,"y",null]\n'
    (tmp_path / "rows.jsonl").write_bytes(lines.replace(b"y", b"z"))
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


@settings(deadline=None, max_examples=50)
@given(st.text(alphabet="aBeiorstß.- äüS1", max_size=24))
def test_writing_a_street_in_full_twice_is_the_same_as_once(text):
    assert in_full(in_full(text)) == in_full(text)
    assert folded(in_full(text)) == folded(text)


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(["Herner Straße", "Bergstraße", "Am Markt", "Kurt-Schumacher-Platz"]),
       st.sampled_from(["", "1", "12a", "12 a", "5-7", "3 - 5"]))  # fmt: skip
def test_an_address_comes_apart_and_together_again(street, number):
    address = parsed(f"{street} {number}")
    assert (address.street, address.number) == (street, number)
    assert parsed(str(address)) == address


def test_short_forms_of_german_streets_are_one_street():
    for said in ("Herner Str.", "Herner Straße", "HERNER STRASSE", "Herner  str", "Herner-Straße"):
        assert folded(said) == "herner strasse"
    for said in ("Bergstr.", "Bergstraße", "bergstrasse", "Bergstr"):
        assert folded(said) == "bergstrasse"
    assert in_full("Von-der-Recke-Str.") == "Von-der-Recke-Straße"
    assert in_full("Strandweg") == "Strandweg"
