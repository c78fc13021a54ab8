"""The rule of the model: the lowest criterion counts, void while anything is open."""

import json
import random
from itertools import product

import msgspec
import pytest

from stadtkern.systems.digital_maturity import definition as documents
from stadtkern.systems.digital_maturity import probes, scoring, soundness, versions
from stadtkern.systems.digital_maturity.definition import (
    Criterion,
    Definition,
    Level,
    Option,
    Question,
    Rule,
)

OZG = documents.read_toml(versions.FOLDER / "ozg-1.1.toml")
FILES = sorted(path.name for path in versions.FOLDER.glob("*.toml"))


def some(rng, share=1.0):
    """Any answers to this share of the questions."""
    return {name: rng.choice([option.value for option in question.options])
            for name, question in OZG.questions().items() if rng.random() < share}  # fmt: skip


def by_hand(answers):  # noqa: C901  ten criteria
    """The levels of model 1.1 written once more, criterion by criterion, for comparison."""
    a = answers.get
    yes = lambda name: a(name) == "yes"  # noqa: E731

    def first():
        if a("info") is None:
            return None
        if not yes("info"):
            return 0
        if None in (a("apply_info"), a("fim")):
            return None
        return (4 if yes("fim") else 3) if yes("apply_info") else 1

    def second():
        if a("application") is None:
            return None
        if not yes("application"):
            return None if a("automatic") is None else (4 if yes("automatic") else 1)
        if a("online") is None:
            return None
        if yes("online"):
            return None if a("carried") is None else (4 if yes("carried") else 3)
        return None if a("form") is None else (2 if yes("form") else 1)

    def third():
        if a("account_useful") is None:
            return None
        if not yes("account_useful"):
            return "skip"
        if a("account") is None or (yes("account") and a("account_network") is None):
            return None
        return (4 if yes("account_network") else 3) if yes("account") else 2

    def asked(scopes, grade, low):
        for scope in scopes:
            if a(scope) is None:
                return None
            if not yes(scope):
                return "skip"
        return None if a(grade) is None else (4 if yes(grade) else low)

    levels = [
        first(), second(), third(), asked(["auth_needed"], "auth_online", 2),
        asked(["pay_needed", "pay_upfront"], "pay_online", 2),
        asked(["docs_needed"], "docs_attach", 2), asked(["once_docs"], "once", 3),
        asked(["notice"], "notice_digital", 2), asked([], "status", 3), asked([], "transparent", 3),
    ]  # fmt: skip
    return None if None in levels else min(level for level in levels if level != "skip")


@pytest.mark.parametrize("name", FILES)
def test_every_model_that_we_ship_is_sound_and_reads_back_as_it_was(name):
    told = documents.read_toml(versions.FOLDER / name)
    assert soundness.problems(told, probes.NAMES) == []
    assert documents.read(json.loads(json.dumps(documents.write(told)))) == told
    for question in told.questions().values():
        assert question.text["de"]
        assert question.text["en"]


def test_the_model_has_the_levels_and_criteria_that_are_published():
    assert [level.name["de"] for level in OZG.levels] == [
        "Offline", "Information", "Formular-Assistent", "Online-Leistung", "Online-Transaktion",
    ]  # fmt: skip
    assert (OZG.conformity, OZG.online, OZG.transaction) == (3, 2, 4)
    assert [one.number for one in OZG.criteria] == list(range(1, 11))
    assert [one.number for one in OZG.unofficial] == [7, 8, 9, 10]
    assert not documents.read_toml(versions.FOLDER / "ozg-2.0.toml").usable


def test_two_in_one_and_four_in_all_others_is_two(best):
    """The example that Land Brandenburg gives."""
    assert scoring.outcome(OZG, best).level == 4
    found = scoring.outcome(OZG, {**best, "pay_online": "no"})
    assert found.level == 2
    assert found.blocking == (5,)
    assert [one.level for one in found.verdicts].count(4) == 9


def test_the_level_is_what_the_rules_say_when_written_once_more():
    rng = random.Random(7)
    scored = 0
    for _try in range(6000):
        answers = some(rng, rng.choice([0.8, 0.97, 1.0, 1.0]))
        # What is not asked has no say, so the second reckoning may hear it too.
        found = scoring.outcome(OZG, answers)
        assert found.level == by_hand(answers), answers
        assert (found.level is None) == bool(found.open)
        scored += found.level is not None
    assert scored > 1000


def test_a_better_answer_never_lowers_the_level():
    rng = random.Random(8)
    for _try in range(3000):
        answers = some(rng)
        before = scoring.outcome(OZG, answers).level
        grades = [q for q in OZG.questions().values() if q.kind == "grade"]
        question = rng.choice(grades)
        values = [option.value for option in question.options]
        rank = values.index(answers[question.id])
        if before is None or rank + 1 == len(values):
            continue
        after = scoring.outcome(OZG, {**answers, question.id: values[rank + 1]}).level
        assert after is not None
        assert after >= before, (question.id, answers)


def test_it_is_void_while_any_question_that_is_asked_is_open(best):
    for criterion in OZG.criteria:
        for question in scoring.shown(criterion, best):
            missing = {name: value for name, value in best.items() if name != question.id}
            found = scoring.outcome(OZG, missing)
            assert found.level is None, question.id
            assert question.id in found.open


def test_a_criterion_that_is_not_needed_is_skipped_and_not_zero(best):
    found = scoring.outcome(OZG, {**best, "pay_needed": "no"})
    assert found.level == 4
    assert found.scores["5"] is None
    assert scoring.outcome(OZG, {**best, "pay_needed": "no", "pay_online": "no"}).level == 4


def odd_model(**changed):
    """One criterion with two questions whose rules can be spoilt."""
    yes_no = (Option(value="no", title={"de": "Nein"}), Option(value="yes", title={"de": "Ja"}))
    first = Question(id="a", text={"de": "A?"}, options=yes_no)
    second = Question(id="b", text={"de": "B?"}, options=yes_no, show=({"a": "no"},))
    questions = (first, second)
    told = {
        "number": 1,
        "title": {"de": "K"},
        "questions": questions,
        "rules": (Rule(level=1, when=({"b": "yes"},)), Rule(level=2, when=({"a": "yes"},))),
    }
    return Definition(
        slug="odd", version="1", valid_from="2026-01-01", title={"de": "M"},
        levels=tuple(Level(number=n, name={"de": str(n)}) for n in range(3)),
        criteria=(Criterion(**{**told, **changed}),),
    )  # fmt: skip


def test_a_model_in_which_a_better_answer_harms_is_refused():
    assert soundness.problems(odd_model()) == []
    harmful = odd_model(rules=(Rule(level=2, when=({"b": "yes"},)),
                               Rule(level=1, when=({"a": "yes"},))))  # fmt: skip
    for a, b in product(("no", "yes"), repeat=2):
        assert scoring.outcome(harmful, {"a": a, "b": b}).level is not None
    assert any("senkt" in text or "lowers" in text for text in soundness.problems(harmful))


@pytest.mark.parametrize("wrong", [
    {"rules": (Rule(level=7, when=({},)),)},
    {"rules": ()},
    {"rules": (Rule(level=1, when=({"c": "yes"},)),)},
    {"unneeded": ({"a": "yes"},)},
    {"questions": (Question(id="b", text={"de": "B?"}, show=({"a": "no"},)),)},
    {"questions": (Question(id="a", text={"de": "A?"}, probe="crystal_ball"),)},
])  # fmt: skip
def test_a_model_that_names_what_is_not_there_is_refused(wrong):
    assert soundness.problems(odd_model(**wrong), probes.NAMES)


def test_an_unknown_key_in_a_model_is_an_error():
    with pytest.raises(msgspec.ValidationError):
        documents.read({**documents.write(OZG), "levles": []})
