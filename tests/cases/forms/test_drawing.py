"""How a page is drawn: labels, hints and faults belong to their inputs, without any script."""

import re
from html.parser import HTMLParser

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.translation import override

from cases.forms.a_form import form
from stadtkern.kernel.cases.forms import draw, run
from stadtkern.kernel.cases.forms.definition import read

KINDS = [
    {"kind": "text", "prefill": "given_names"}, {"kind": "long_text"}, {"kind": "email"},
    {"kind": "phone"}, {"kind": "integer"}, {"kind": "money"}, {"kind": "date"},
    {"kind": "boolean"}, {"kind": "address"}, {"kind": "iban"}, {"kind": "plate"}, {"kind": "file"},
    {"kind": "note", "about": {"de": "Ein Hinweis"}},
    {"kind": "choice", "options": [{"value": "a", "title": {"de": "A"}}]},
    {"kind": "choices", "options": [{"value": "a", "title": {"de": "A"}}]},
]  # fmt: skip


class Elements(HTMLParser):
    """Collects ids, labels, and what inputs say they are described by."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.labels, self.inputs, self.links = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if "id" in told:
            self.ids.append(told["id"])
        if tag == "label" and "for" in told:
            self.labels.append(told["for"])
        if tag == "a":
            self.links.append(told["href"])
        if tag in ("input", "textarea", "fieldset") and told.get("type") != "hidden":
            self.inputs.append((tag, told))


@pytest.fixture
def every_kind():
    fields = [{"id": f"q{n}", "title": {"de": f"Frage {n}", "en": f"Question {n}"}, **one}
              for n, one in enumerate(KINDS)]  # fmt: skip
    return read({"title": {"de": "x"}, "steps": [{"id": "s", "title": {"de": "S"},
                                                  "fields": fields}]})  # fmt: skip


def drawn(definition, answers=None, **more):
    step = definition.steps[0]
    page = draw.page(definition, step, answers or {}, language="de", **more)
    with override("de"):
        return page, "".join(render_to_string(f"cases/fields/{name}.html", {"page": page})
                             for name in ("summary", "page"))  # fmt: skip


def test_every_input_has_a_label_and_every_id_is_there_once(every_kind):
    page, text = drawn(every_kind)
    seen = Elements(text)
    assert len(seen.ids) == len(set(seen.ids))
    assert set(seen.labels) <= set(seen.ids)
    named = {told["id"] for tag, told in seen.inputs if tag != "fieldset" and "id" in told}
    boxes = {told["id"] for _tag, told in seen.inputs if told.get("type") in ("radio", "checkbox")}
    assert named - boxes <= set(seen.labels)
    assert page.takes_files


def test_faults_lead_to_their_inputs_and_stand_at_them(every_kind):
    step = every_kind.steps[0]
    taken = run.take(every_kind, step, QueryDict(), {}, language="de")
    page, text = drawn(every_kind, faults=taken.faults, said=QueryDict())
    seen = Elements(text)
    assert len(page.wrong) == len(taken.faults) == len(KINDS) - 1
    assert set(seen.links) <= {f"#{one}" for one in seen.ids}
    assert len(seen.links) == len(taken.faults)
    told = [told["aria-describedby"].split() for _tag, told in seen.inputs
            if "aria-describedby" in told]  # fmt: skip
    assert {one for row in told for one in row} <= set(seen.ids)
    for one in page.wrong:
        assert any(f"{one.id}-error" in row for row in told), one.id
    assert page.has_faults
    # Each fault names its question, so that no two lines of the summary sound the same.
    lines = re.findall(r'<a href="#[^"]+">([^<]+)</a>', text)
    assert len(set(lines)) == len(lines)


def test_what_was_typed_wrongly_stands_there_again(every_kind):
    step = every_kind.steps[0]
    said = QueryDict("q2=nonsense&q6=31.31.2026&q7=yes&q8-street=Weg")
    taken = run.take(every_kind, step, said, {}, language="de")
    _page, text = drawn(every_kind, faults=taken.faults, said=said)
    for typed in ('value="nonsense"', 'value="31.31.2026"', 'value="Weg"'):
        assert typed in text
    assert re.search(r'value="yes" id="id_q7" checked', text)


def test_a_question_that_came_up_is_focused_and_not_scolded():
    whole = form()
    said = QueryDict("asked=full_name+email+born&full_name=Kim&born=1.1.2020")
    taken = run.take(whole, whole.steps[0], said, {}, language="de")
    page, text = drawn(whole, {**taken.values}, faults=taken.faults, more=taken.more)
    assert not page.has_faults
    assert page.focus == "guardian"
    assert re.search(r'<input[^>]*name="guardian"[^>]*autofocus', text)
    assert "fragen wir noch" in text
    assert "Bitte füllen" not in text


def test_origins_locks_and_helpers_are_told(every_kind):
    answers = {"q0": "Erika", "q2": "a@example.org", "q6": "2026-12-01"}
    marks = draw.Marks(origins={"q0": "eid", "q2": "account"}, locked={"q0"}, helped={"q6"})
    page, text = drawn(every_kind, answers, marks=marks)
    assert 'name="q0"' not in text
    assert "aus Ihrem Online-Ausweis übernommen" in text
    assert "aus Ihrem Konto übernommen" in text
    assert "von Ihrer Helferin oder Ihrem Helfer ausgefüllt" in text
    assert "q0" not in page.asked.split()


def test_documents_are_named_and_can_be_removed(every_kind):
    one = "11111111-1111-4111-8111-111111111111"
    marks = draw.Marks(documents={one: "schein.pdf"})
    _page, text = drawn(every_kind, {"q11": [one]}, marks=marks)
    assert "schein.pdf" in text
    assert f'name="q11-remove" value="{one}"' in text
    assert 'type="file" name="q11"' not in text


def test_what_people_type_is_never_markup(every_kind):
    _page, text = drawn(every_kind, said=QueryDict("q0=%22%3E%3Cscript%3E&q1=%3Cb%3E"))
    assert "<script>" not in text
    assert "<b>" not in text
