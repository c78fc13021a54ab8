"""Differences between forms are told in words, each once, and none where there is none."""

from copy import deepcopy

import pytest
from django.utils.translation import override

from cases.forms.a_form import FORM, form
from stadtkern.kernel.cases.forms import compare, edit
from stadtkern.kernel.cases.forms.definition import Field, read
from stadtkern.kernel.cases.forms.edit import InUse
from stadtkern.kernel.cases.forms.spell import spelt


@pytest.fixture(autouse=True)
def _german():
    with override("de"):
        yield


def told(before, after):
    return [(one.kind, one.where, one.text) for one in compare.differences(before, after)]


def changed(change):
    whole = deepcopy(FORM)
    change(whole)
    return read(whole)


def test_a_form_differs_in_nothing_from_itself():
    assert told(form(), form()) == []


def test_what_came_and_went_is_told_by_its_title():
    more = edit.add_field(form(), "you", Field(id="pet", kind="text", title={"de": "Katze"}))
    assert told(form(), more) == [("added", "pet", "Frage „Katze“ ist neu.")]
    assert told(more, form()) == [("removed", "pet", "Frage „Katze“ ist weggefallen.")]


@pytest.mark.parametrize(("change", "text"), [
    (lambda f: f["steps"][0]["fields"][0].update(required=False),
     "Frage „Name“: muss beantwortet werden „nein“ statt „ja“."),
    (lambda f: f["steps"][0]["fields"][0].update(title={"de": "Name", "en": "Your name"}),
     "Frage „Name“: Titel geändert."),
    (lambda f: f.update(work_days=3), "Das Formular: Arbeitstage „3“ statt „14“."),
    (lambda f: f["steps"][2]["fields"][4].pop("show"),
     "Frage „Was genau?“: wann es gezeigt wird geändert."),
    (lambda f: f["steps"][0]["fields"].reverse(),
     "Schritt „Über Sie“: Die Fragen haben eine andere Reihenfolge."),
])  # fmt: skip
def test_a_change_is_told_once_and_in_words(change, text):
    assert [one for _kind, _where, one in told(form(), changed(change))] == [text]


def test_a_question_that_moved_to_another_step_is_not_gone():
    moved = edit.move_field(form(), "dog", -1)
    assert [one.text for one in compare.differences(form(), moved)] == [
        "Frage „Rufname“: in einen anderen Schritt verschoben."
    ]


def test_what_others_need_stays():
    with pytest.raises(InUse, match="Versicherung"):
        edit.remove_field(form(), "big")
    with pytest.raises(InUse, match="Kopie"):
        edit.remove_step(form(), "tax")
    assert "dogs" not in {
        one.id
        for one in edit.remove_step(
            edit.change_step(form(), "tax", show=form().steps[0].show), "dogs"
        ).steps
    }


def test_a_condition_is_spelt_as_a_sentence():
    whole = form()
    insurer = whole.fields()["insurer"]
    assert spelt(insurer.show, whole, "de") == "„Über 40 cm?“ ist „ja“"
    guardian = whole.fields()["guardian"]
    assert spelt(guardian.show, whole, "de") == "„Geburtsdatum“ ist ein Alter unter 18 Jahren"


def test_texts_without_a_translation_are_listed():
    missing = edit.untranslated(form())
    assert ("email", "E-Mail") in missing
    assert "Name" not in {text for _where, text in missing}
