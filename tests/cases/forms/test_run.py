"""Running a form: what is asked, taken, wrong, kept and billed."""

from copy import deepcopy

import pytest
from django.http import QueryDict
from django.utils.translation import override

from cases.forms.a_form import RIGHT, form, step, when
from stadtkern.kernel.cases.forms import run
from stadtkern.kernel.cases.forms.definition import Condition, Test

TODAY = "2026-06-01"


def ids(rows):
    return [one.id for one in rows]


def answers(**changes):
    return {**deepcopy(RIGHT), **changes}


def told(definition, said):
    return {(one.step, one.field, one.row) for one in run.faults(definition, said, language="de")}


def test_right_answers_have_no_faults():
    assert run.faults(form(), RIGHT, language="de") == []


def test_steps_come_and_go_with_the_answers():
    assert ids(run.shown(form(), RIGHT)) == ["you", "dogs", "tax"]
    assert ids(run.shown(form(), answers(dogs=[{"dog": "Mia", "big": False}]))) == ["you", "dogs"]


def test_a_field_sees_the_answers_of_its_own_repetition():
    whole = form()
    dogs = step(whole, "dogs")
    assert ids(run.shown_fields(whole, dogs, RIGHT, row=0)) == ["dog", "big", "insurer"]
    assert ids(run.shown_fields(whole, dogs, RIGHT, row=1)) == ["dog", "big"]
    assert ids(run.shown_fields(whole, dogs, RIGHT, row=2)) == ["dog", "big"]


def test_a_condition_on_something_hidden_counts_as_empty():
    whole = form(
        fees=[
            {"text": {"de": "Marke"}, "cents": 500},
            {"text": {"de": "Was"}, "cents": 100, "when": when("other", "filled")},
        ]
    )
    hidden = answers(other="left over")
    assert [one.cents for one in run.bill(whole, hidden)] == [500]
    assert [one.cents for one in run.bill(whole, {**hidden, "why": "o"})] == [500, 100]


def test_the_bill_counts_pieces_and_follows_conditions():
    lines = run.bill(form(), RIGHT)
    assert [(one.text, one.cents, one.quantity, one.budget) for one in lines] == [
        ("Marke", 500, 1, ""), ("Kopie", 500, 2, "kopien"), ("Amtlich", 100, 1, "")
    ]  # fmt: skip


def test_hidden_answers_are_not_kept():
    left = answers(guardian="nobody", other="x", nonsense=3)
    assert run.kept(form(), left) == RIGHT
    small = answers(dogs=[{"dog": "Mia", "big": False, "insurer": "x"}])
    assert set(run.kept(form(), small)) == {"full_name", "born", "dogs"}
    assert run.kept(form(), small)["dogs"] == [{"dog": "Mia", "big": False}]


@pytest.mark.parametrize(("changes", "fault"), [
    ({"full_name": ""}, ("you", "full_name", None)),
    ({"born": "2020-01-01"}, ("you", "guardian", None)),
    ({"born": "yesterday"}, ("you", "born", None)),
    ({"dogs": []}, ("dogs", "", None)),
    ({"dogs": [{"dog": "Rex", "big": True}]}, ("dogs", "insurer", 0)),
    ({"copies": 10}, ("tax", "copies", None)),
    ({"why": "zzz"}, ("tax", "why", None)),
    ({"to": "2027-01-01", "copies": 6}, ("tax", "to", None)),
])  # fmt: skip
def test_each_fault_is_told_at_its_field(changes, fault):
    assert fault in told(form(), answers(**changes))


def test_too_many_repetitions_are_told():
    assert ("dogs", "", None) in told(form(), answers(dogs=[{"dog": "x", "big": False}] * 4))


def test_a_page_is_taken_with_its_faults_and_what_is_right():
    said = QueryDict("full_name=Erika&email=nonsense&born=29.2.1980")
    whole = form()
    taken = run.take(whole, whole.steps[0], said, {}, language="en")
    assert taken.values == {"full_name": "Erika", "born": "1980-02-29"}
    assert set(taken.faults) == {"email"}
    assert "name@example.org" in taken.faults["email"]


def test_an_answer_that_brings_up_a_question_says_so():
    whole = form()
    page = QueryDict("asked=full_name email born&full_name=Kim&born=1.1.2020".replace(" ", "+"))
    taken = run.take(whole, whole.steps[0], page, {}, language="de")
    assert taken.more == ("guardian",)
    assert set(taken.faults) == {"guardian"}
    again = QueryDict(page.urlencode() + "&asked=guardian&guardian=Oma")
    assert run.take(whole, whole.steps[0], again, {}, language="de").faults == {}


def test_what_was_not_on_the_page_keeps_its_answer():
    whole = form()
    page = QueryDict("asked=full_name&full_name=Kim")
    taken = run.take(whole, whole.steps[0], page, RIGHT, language="de")
    assert taken.values["born"] == RIGHT["born"]


def test_a_locked_answer_cannot_be_overwritten():
    whole = form()
    page = {"full_name": "Somebody else", "born": "1.1.1990"}
    taken = run.take(whole, whole.steps[0], page, RIGHT, language="de", locked={"full_name"})
    assert taken.values["full_name"] == "Erika Beispiel"


def test_a_new_repetition_is_taken_beside_the_others():
    whole = form()
    dogs = step(whole, "dogs")
    taken = run.take(whole, dogs, {"dog": "Bo", "big": "yes"}, RIGHT, language="de", row=2)
    assert taken.values == {"dog": "Bo", "big": True, "insurer": None}
    assert set(taken.faults) == {"insurer"}


def test_files_are_added_and_removed_by_their_ids_and_never_by_words():
    one, two, foreign = ("11111111-1111-4111-8111-111111111111",
                         "22222222-2222-4222-8222-222222222222",
                         "33333333-3333-4333-8333-333333333333")  # fmt: skip
    whole = form(steps=[{"id": "s", "title": {"de": "S"}, "fields": [
        {"id": "paper", "kind": "file", "title": {"de": "Papier"}, "most": 2}]}],
        payment="none", fees=[], name=[], email="")  # fmt: skip
    page = whole.steps[0]

    def took(said, before, added=()):
        return run.take(whole, page, said, {"paper": before}, language="en",
                        files={"paper": added})  # fmt: skip

    assert took({"paper": foreign}, [one]).values == {"paper": [one]}
    assert took({}, [one], [two]).values == {"paper": [one, two]}
    assert took({"paper-remove": one}, [one, two]).values == {"paper": [two]}
    assert "at most 2 files" in took({}, [one, two], [foreign]).faults["paper"]
    assert "paper" in took({"paper-remove": one}, [one]).faults


def test_a_summary_says_answers_in_words_and_nothing_hidden():
    parts = run.summary(form(), answers(other="hidden"), language="de")
    assert [one.title for one in parts] == ["Über Sie", "Hund 1", "Hund 2", "Steuer"]
    assert {one.field: one.text for one in parts[3].lines} == {
        "from": "1. Dezember 2026", "copies": "2", "why": "Amt"}  # fmt: skip
    english = run.summary(form(), RIGHT, language="en")
    assert english[1].title == "Dog 1"
    assert english[0].lines[1].text == "29 February 1980"


def test_conditions_can_be_asked_without_a_definition():
    young = Condition(all=(Test(field="age", op="less", value=18),))
    either = Condition(any=(young, Condition(all=(Test(field="care", op="is", value=True),))))
    assert run.holds(either, {"age": 12})
    assert run.holds(either, {"age": 40, "care": True})
    assert not run.holds(either, {"age": 40, "care": 1})
    assert run.holds(young, {"people": [{"age": 50}, {"age": 3}]})
    assert not run.holds(young, {"people": [{"age": 3}]}, row={"age": 50})
    assert run.holds(Condition(), {})


def test_an_age_is_counted_in_whole_years(monkeypatch):
    from datetime import UTC, datetime

    from stadtkern.kernel import clock

    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 2, 28, 12, tzinfo=UTC))
    under = Condition(all=(Test(field="born", op="age_under", value=18),))
    assert run.holds(under, {"born": "2008-02-29"})
    assert not run.holds(under, {"born": "2008-02-28"})
    # In the city it is the next day already.
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 2, 28, 23, 30, tzinfo=UTC))
    assert not run.holds(under, {"born": "2008-02-29"})


def test_faults_are_told_in_the_language_that_is_asked_for():
    with override("en"):
        german = run.faults(form(), answers(full_name=""), language="de")
    assert german[0].text == "Bitte füllen Sie das aus."
