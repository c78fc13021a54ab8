"""Data schemas of FIM, versions 2.0 and 3.0.0, become drafts; what does not fit is told."""

from pathlib import Path

import pytest
from django.utils.translation import override

from stadtkern.kernel.cases.forms import compare, run
from stadtkern.kernel.cases.forms.definition import read, write
from stadtkern.kernel.cases.forms.xdf import NotXdf, taken_from

DATA = Path(__file__).parent / "data"
V2 = (DATA / "hund-v2.xml").read_bytes()
V3 = (DATA / "anschrift-v3.xml").read_bytes()


@pytest.fixture(autouse=True)
def _german():
    with override("de"):
        yield


def told(notes):
    return {(one.where, one.text) for one in notes}


def test_groups_become_steps_and_fields_become_questions():
    form = taken_from(V2).definition
    assert (form.title["de"], form.fim) == ("Anmeldung eines Hundes", "S99000001")
    assert [one.title["de"] for one in form.steps] == ["Allgemeines", "Hund"]
    first = form.steps[0].fields[0]
    assert (first.kind, first.fim, first.longest, first.pattern, first.required) == (
        "text", "F99000001", 13, "[0-9]{5,13}", True)  # fmt: skip
    assert first.about["de"] == "Steht auf dem Bescheid."


def test_multiplicity_becomes_repetition_and_optional_questions():
    dogs = taken_from(V2).definition.steps[1]
    assert (dogs.repeated, dogs.least, dogs.most, dogs.each["de"]) == (True, 1, 50, "Hund")
    assert {one.fim: one.required for one in dogs.fields} == {
        "F99000002": True, "F99000003": False, "F99000004": True}  # fmt: skip


def test_rules_become_words_and_missing_code_lists_are_told():
    taken = taken_from(V2)
    assert any(where == "G99000001" and "liegt nicht in der Zukunft" in text
               for where, text in told(taken.notes))  # fmt: skip
    assert any(where == "F99000004" and "urn:de:example:rassen" in text
               for where, text in told(taken.left))  # fmt: skip
    assert taken.schema_uri == "S99000001V1.2"


def test_version_3_brings_values_limits_notes_and_relations():
    taken = taken_from(V3)
    person = taken.definition.steps[0]
    by_fim = {one.fim: one for one in person.fields if one.fim}
    assert [one.value for one in by_fim["F99000000021"].options] == ["LD", "VH"]
    assert by_fim["F99000000022"].kind == "note"
    assert by_fim["F99000000022"].about["de"] == "Wir prüfen Ihre Angaben."
    assert "F99000000023" not in by_fim
    assert any("ersetzt G99000000009" in text for _where, text in told(taken.notes))
    assert any("Prüfregel" in text for _where, text in told(taken.notes))
    assert any(where == "F99000000023" for where, _text in told(taken.left))
    assert (taken.groups, taken.fields) == (3, 6)


def test_a_group_that_may_be_left_out_is_asked_for_first():
    form = taken_from(V3).definition
    person = form.steps[0]
    wanted = next(one for one in person.fields if one.kind == "boolean")
    assert "Postfachanschrift" in wanted.title["de"]
    shown = {one.fim for one in run.shown_fields(form, person, {wanted.id: False})}
    assert "F99000000024" not in shown
    assert "F99000000024" in {one.fim for one in run.shown_fields(form, person, {wanted.id: True})}


def test_a_repeated_group_inside_becomes_a_step_with_ids_of_its_own():
    form = taken_from(V3).definition
    child = form.steps[1]
    assert (child.repeated, child.least, child.most) == (True, 0, 3)
    assert [(one.id, one.fim) for one in child.fields] == [
        ("F99000000020_2", "F99000000020"), ("F99000000025", "F99000000025")]  # fmt: skip
    assert (child.fields[1].most, child.fields[1].types) == (2, ("application/pdf",))


@pytest.mark.parametrize("content", [V2, V3])
def test_what_was_taken_is_a_sound_form(content):
    form = taken_from(content).definition
    assert read(write(form)) == form


def test_drift_against_a_newer_schema_is_told_in_words():
    newer = V2.replace(b'"maxLength":"13"', b'"maxLength":"20"').replace(
        b"<xdf:code>", b"<xdf:code>").replace(b">Rufname<", b">Name des Hundes<")  # fmt: skip
    found = compare.differences(taken_from(V2).definition, taken_from(newer).definition)
    assert [one.text for one in found] == [
        "Frage „Kassenzeichen“: längste Antwort „20“ statt „13“.",
        "Frage „Name des Hundes“: Titel „Name des Hundes“ statt „Rufname“.",
    ]


@pytest.mark.parametrize("content", [
    b"", b"no xml", b"<a>", b"<a/>", b'<a xmlns="urn:xoev-de:fim:standard:xdatenfelder_2"/>',
    V2.replace(b"xdatenfelder_2", b"xdatenfelder_1"),
    V2.replace(b"stammdatenschema.0102", b"datenfeld.0101"),
    V2.replace(b"<xdf:id>F99000002</xdf:id>", b""),
    b'<!DOCTYPE x [<!ENTITY a "b">]>' + V2.split(b"?>", 1)[1],
    b'<?xml version="1.0" encoding="nonsense"?><a/>',
])  # fmt: skip
def test_anything_else_is_refused_in_words(content):
    with pytest.raises(NotXdf) as refused:
        taken_from(content)
    assert str(refused.value)


def test_groups_without_end_are_refused():
    group = (b"<xdf:datenfeldgruppe><xdf:identifikation><xdf:id>G1</xdf:id></xdf:identifikation>"
             b"<xdf:struktur><xdf:anzahl>1:1</xdf:anzahl><xdf:enthaelt>")  # fmt: skip
    end = b"</xdf:enthaelt></xdf:struktur></xdf:datenfeldgruppe>"
    deep = (b'<xdf:xdatenfelder.datenfeldgruppe.0103 xmlns:xdf="urn:xoev-de:fim:standard:'
            b'xdatenfelder_3.0.0">' + group * 60 + end * 60
            + b"</xdf:xdatenfelder.datenfeldgruppe.0103>")  # fmt: skip
    with pytest.raises(NotXdf, match="zu tief"):
        taken_from(deep)
