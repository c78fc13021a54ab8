"""What a form definition may say, and how it is told what is wrong with it."""

import json
from copy import deepcopy

import pytest
from django.utils.translation import override

from cases.forms.a_form import FORM, de, form, when
from stadtkern.kernel.cases.forms.definition import FormProblem, read, write


def wrong(json):
    with pytest.raises(FormProblem) as refused, override("en"):
        read(json)
    return {one.path: one.text for one in refused.value.wrong}


def changed(path, value):
    """The form with one thing in it changed; `path` as faults name it."""
    whole = deepcopy(FORM)
    *way, last = [int(one) if one.isdigit() else one
                  for one in path.replace("[", ".").replace("]", "").split(".")]  # fmt: skip
    spot = whole
    for one in way:
        spot = spot[one]
    spot[last] = value
    return whole


def test_what_is_written_is_what_was_read():
    whole = form()
    assert read(json.loads(json.dumps(write(whole)))) == whole
    assert write(whole)["steps"][0]["fields"][0] == FORM["steps"][0]["fields"][0]


@pytest.mark.parametrize("json", [None, [], "form", 3, {}, {"title": 1}, {"title": de("X")},
                                  {"title": de("X"), "steps": {}}, {"steps": [[1]]}])  # fmt: skip
def test_nonsense_is_refused_in_words(json):
    assert wrong(json)


def test_all_faults_are_told_at_once_each_with_its_place():
    whole = changed("steps[0].fields[0].kind", "nonsense")
    whole["steps"][1]["colour"] = "red"
    whole["level"] = "high"
    assert set(wrong(whole)) == {"steps[0].fields[0].kind", "steps[1].colour", "level"}


@pytest.mark.parametrize(("path", "value"), [
    ("title", {"en": "Dog"}), ("level", 2), ("guests", "yes"), ("payment", "later"),
    ("payment", "none"), ("steps[0].id", "full_name"), ("steps[0].fields[0].id", "a-b"),
    ("steps[0].fields[0].options", [{"value": "x", "title": de("X")}]),
    ("steps[2].fields[3].options", []),
    ("steps[2].fields[3].options", [{"value": "a", "title": de("A")}] * 2),
    ("steps[0].fields[0].pattern", "(a+)+"), ("steps[0].fields[0].pattern", "[a"),
    ("steps[0].fields[3].show", when("nobody", "filled")),
    ("steps[0].fields[3].show", when("full_name", "age_under", 3)),
    ("steps[0].fields[3].show", when("full_name", "less", 3)),
    ("steps[2].fields[4].show", when("why", "is", "nothing")),
    ("steps[2].fields[4].show", when("why", "in", "a")),
    ("steps[1].most", 0), ("name", ["dog"]), ("email", "full_name"), ("co_sign", "nobody"),
    ("fees[1].per", "why"), ("fees[1].cents", -1), ("keep_days", {"lost": 3}),
    ("grants", [{"kind": "", "subject": "dog", "months": 12}]),
    ("grants", [{"kind": "dog", "subject": "cat", "months": 12}]),
    ("grants", [{"kind": "dog", "subject": "dog", "months": 12, "begins": "dog"}]),
    ("steps[2].checks[0].field", "dog"), ("steps[2].checks[0].wrong", {}),
    ("texts", {"appeal": {}}), ("intro", {"deutsch": "x", "de": "y"}),
])  # fmt: skip
def test_parts_that_do_not_fit_are_refused_where_they_are(path, value):
    said = wrong(changed(path, value))
    assert any(one.startswith(path.rsplit(".", 1)[0].split("[")[0]) for one in said)


def test_conditions_that_wait_for_each_other_are_refused_by_name():
    whole = changed("steps[0].fields[0].show", when("guardian", "filled"))
    whole["steps"][0]["fields"][2]["show"] = when("full_name", "filled")
    said = wrong(whole)
    assert "wait for each other" in said["steps"]
    assert {"Name", "Geburtsdatum", "Wer sorgt für Sie?"} <= set(
        said["steps"].split(": ", 1)[1].split(".")[0].split(" → ")
    )


def test_a_step_cannot_wait_for_its_own_field():
    assert "steps" in wrong(changed("steps[1].show", when("dog", "filled")))


def test_the_words_of_a_fault_are_there_in_german_too():
    with pytest.raises(FormProblem) as refused, override("de"):
        read(changed("level", 2))
    assert str(refused.value) == "level: Das Vertrauensniveau ist 0, 1, 3 oder 4."
