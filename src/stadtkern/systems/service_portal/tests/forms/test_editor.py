"""The editor of forms: every part can be changed without code, and nothing goes live by itself."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.cases.forms import publish, run
from stadtkern.kernel.cases.forms.definition import read
from stadtkern.kernel.cases.models import Form, FormTest, FormVersion
from stadtkern.kernel.people.models import Account, Department

FIELD = {
    "title": "Rufname", "title_en": "Call name", "kind": "text", "required": "on",
    "longest": "0", "most": "1", "prefill": "",
}  # fmt: skip
SCHEMA = b"""<?xml version="1.0" encoding="UTF-8"?>
<x:xdatenfelder.stammdatenschema.0102 xmlns:x="urn:xoev-de:fim:standard:xdatenfelder_2">
<x:stammdatenschema><x:identifikation><x:id>S99000001</x:id><x:version>1.0</x:version>
</x:identifikation><x:name>Hund (erfunden)</x:name><x:regel><x:identifikation><x:id>R99000001</x:id>
</x:identifikation><x:name>Wurf</x:name>
<x:definition>Das Wurfdatum liegt nicht in der Zukunft.</x:definition></x:regel>
<x:struktur><x:anzahl>1:1</x:anzahl><x:enthaelt><x:datenfeld><x:identifikation>
<x:id>F99000001</x:id></x:identifikation><x:name>Wurfdatum</x:name>
<x:feldart><code>input</code></x:feldart><x:datentyp><code>date</code></x:datentyp></x:datenfeld>
</x:enthaelt></x:struktur></x:stammdatenschema></x:xdatenfelder.stammdatenschema.0102>"""
PAGES = ("form", "form-settings", "form-fees", "form-texts", "form-step-new", "form-preview",
         "form-tests", "form-publish", "form-versions", "form-export")  # fmt: skip


def url(name, *more):
    return reverse(f"service_portal-staff:{name}", args=["hund", *more])


def now(form):
    return read(form.versions.get(state="draft").definition)


def ids(definition):
    return {step.id: [one.id for one in step.fields] for step in definition.steps}


def test_pages_are_for_editors_of_the_office_alone(client, somebody, draft):
    other = Department.objects.create(slug="kultur", title="Kultur")
    assert client.get(url("form")).status_code == 302
    client.force_login(somebody("see", name="clerk"))
    assert client.get(url("form")).status_code == 403
    client.force_login(somebody("forms", where=other, name="elsewhere"))
    for name in PAGES:
        assert client.get(url(name)).status_code == 404, name
    assert client.post(url("form-do"), {"do": "drop"}).status_code == 404
    listing = client.get(reverse("service_portal-staff:forms"))
    assert "Hund anmelden" not in listing.content.decode()


@pytest.mark.parametrize("name", [*PAGES, ("form-step", "you"), ("form-step", "dog"),
                                  ("form-field", "size"), ("form-field-new", "you"),
                                  ("form-check", "dog", 0), ("form-fee", 0), ("form-fee", 1),
                                  ("form-permit", 0)])  # fmt: skip
def test_every_page_of_a_draft_answers(editor, draft, name):
    name, *more = (name,) if isinstance(name, str) else name
    assert editor.get(url(name, *more)).status_code == 200


def test_the_list_asks_the_database_a_fixed_number_of_times(editor, office, live):
    def asked():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert editor.get(reverse("service_portal-staff:forms")).status_code == 200
        return len(seen)

    editor.get(reverse("service_portal-staff:forms"))
    few = asked()
    for number in range(12):
        publish.load(f"form-{number}", live.definition, service=None, department=office)
    assert asked() == few


def test_the_list_is_narrowed_by_state_and_title(editor, office, live):
    publish.load("katze", {**live.definition, "title": {"de": "Katze"}}, service=None,
                 department=office)  # fmt: skip
    publish.draft_of(live.form, None)
    page = editor.get(reverse("service_portal-staff:forms"), {"state": "draft"}).content.decode()
    assert "Hund anmelden" in page
    assert "Katze" not in page
    page = editor.get(reverse("service_portal-staff:forms"), {"q": "katz"}).content.decode()
    assert "Katze" in page
    assert "Hund anmelden" not in page
    page = editor.get(reverse("service_portal-staff:forms"), {"q": "nothing"}).content.decode()
    assert "Kein Formular passt" in page


def test_a_new_form_begins_as_a_draft_with_one_step(editor, office):
    said = {"title": "Grillplatz buchen", "department": office.pk}
    answer = editor.post(reverse("service_portal-staff:form-new"), said)
    made = Form.objects.get(slug="grillplatz-buchen")
    assert answer["Location"] == reverse("service_portal-staff:form", args=[made.slug])
    assert [one.state for one in made.versions.all()] == ["draft"]
    again = editor.post(reverse("service_portal-staff:form-new"), said)
    assert again.status_code == 422


def test_a_published_version_is_only_looked_at(editor, live):
    page = editor.get(url("form")).content.decode()
    assert "Neue Fassung beginnen" in page
    assert "Frage hinzufügen" not in page
    answer = editor.post(url("form-field-new", "you"), FIELD)
    assert answer.status_code == 422
    assert "Beginnen Sie zuerst eine neue Fassung" in answer.content.decode()
    editor.post(url("form-do"), {"do": "draft"})
    assert "Frage hinzufügen" in editor.get(url("form")).content.decode()


def test_questions_are_added_changed_moved_copied_and_removed(editor, draft):
    form = draft.form
    editor.post(url("form-field-new", "dog"), FIELD)
    assert ids(now(form))["dog"] == ["size", "insurer", "rufname"]
    editor.post(url("form-do"), {"do": "field-up", "id": "rufname"})
    assert ids(now(form))["dog"] == ["size", "rufname", "insurer"]
    editor.post(url("form-field", "rufname"), {**FIELD, "title": "Name des Hundes", "low": ""})
    assert now(form).fields()["rufname"].title["de"] == "Name des Hundes"
    editor.post(url("form-do"), {"do": "field-copy", "id": "rufname"})
    assert ids(now(form))["dog"] == ["size", "rufname", "rufname_2", "insurer"]
    editor.post(url("form-do"), {"do": "field-remove", "id": "rufname"})
    editor.post(url("form-do"), {"do": "field-up", "id": "rufname_2"})
    editor.post(url("form-do"), {"do": "field-up", "id": "rufname_2"})
    assert ids(now(form)) == {"you": ["full_name", "email", "rufname_2"],
                              "dog": ["size", "insurer"]}  # fmt: skip


def test_what_others_need_cannot_be_removed_and_they_are_named(editor, draft):
    page = editor.post(url("form-do"), {"do": "field-remove", "id": "size"}, follow=True)
    assert "Versicherung" in page.content.decode().split('class="messages')[1][:900]
    assert "size" in ids(now(draft.form))["dog"]


def test_steps_are_added_copied_moved_and_removed(editor, draft):
    form = draft.form
    said = {"title": "Ihre Katzen", "repeated": "on", "least": "0", "most": "3", "each": "Katze"}
    editor.post(url("form-step-new"), {**said, "all-0-field": "size", "all-0-op": "is",
                                       "all-0-pick": "size:small"})  # fmt: skip
    step = now(form).steps[-1]
    assert (step.id, step.repeated, step.most) == ("ihre_katzen", True, 3)
    assert step.show.all[0].value == "small"
    editor.post(url("form-do"), {"do": "step-up", "id": "ihre_katzen"})
    assert list(ids(now(form))) == ["you", "ihre_katzen", "dog"]
    editor.post(url("form-do"), {"do": "step-copy", "id": "dog"})
    twin = now(form).steps[-1]
    assert [one.id for one in twin.fields] == ["size_2", "insurer_2"]
    assert twin.fields[1].show.all[0].field == "size_2"
    editor.post(url("form-do"), {"do": "step-remove", "id": "ihre_katzen"})
    assert "ihre_katzen" not in ids(now(form))


def test_a_condition_is_built_from_drop_downs(editor, draft):
    conditions = {
        "all-0-field": "size", "all-0-op": "in", "all-0-pick": "size:big", "all-0-text": "klein",
        "any-0-field": "full_name", "any-0-op": "filled", "any-0-pick": "", "any-0-text": "",
    }  # fmt: skip
    editor.post(url("form-field", "insurer"), {**FIELD, "title": "Versicherung", **conditions})
    shown = now(draft.form).fields()["insurer"].show
    assert [(one.field, one.op, one.value) for one in shown.all] == [
        ("size", "in", ["big", "small"])
    ]
    assert shown.any[0].op == "filled"
    page = editor.get(url("form")).content.decode()
    assert "ist eines von" in page


@pytest.mark.parametrize(("line", "words"), [
    ({"all-0-field": "size", "all-0-op": "is", "all-0-text": "riesig"}, "keine ihrer Antworten"),
    ({"all-0-field": "size", "all-0-op": "is"}, "womit verglichen"),
    ({"all-0-field": "full_name", "all-0-op": "is", "all-0-pick": "size:big"}, "andere"),
    ({"all-0-field": "insurer", "all-0-op": "filled"}, "warten aufeinander"),
    ({"all-0-field": "email", "all-0-op": "more", "all-0-text": "3"}, "Größer und kleiner"),
])  # fmt: skip
def test_a_condition_that_makes_no_sense_is_told_and_nothing_is_lost(editor, draft, line, words):
    before = draft.definition
    answer = editor.post(url("form-field", "insurer"), {**FIELD, "title": "Neuer Titel", **line})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="Neuer Titel"' in page
    assert now(draft.form) == read(before)


def test_options_keep_their_values_when_their_words_change(editor, draft):
    said = {**FIELD, "title": "Größe", "kind": "choice",
            "option-0-value": "big", "option-0-de": "sehr groß", "option-0-en": "very big",
            "option-1-value": "small", "option-1-de": "klein", "option-1-en": "",
            "option-2-value": "", "option-2-de": "Mittel groß",
            "option-2-en": "medium"}  # fmt: skip
    editor.post(url("form-field", "size"), said)
    options = now(draft.form).fields()["size"].options
    assert [one.value for one in options] == ["big", "small", "mittel_gross"]
    assert options[0].title == {"de": "sehr groß", "en": "very big"}
    assert "nicht übersetzt" in editor.get(url("form")).content.decode()


def test_fees_and_permits_are_lists_without_code(editor, draft):
    form = draft.form
    editor.post(url("form-fee", 1), {"text": "Großer Hund", "amount": "12,50", "per": "",
                                     "all-0-field": "size", "all-0-op": "is",
                                     "all-0-pick": "size:big"})  # fmt: skip
    assert [one.cents for one in run.bill(now(form), {"size": "big"})] == [500, 1250]
    assert [one.cents for one in run.bill(now(form), {"size": "small"})] == [500]
    editor.post(url("form-permit", 0), {"kind": "dog", "subject": "full_name", "months": "12",
                                        "number": "H-", "says": ["size"]})  # fmt: skip
    assert now(form).grants[0].data == ("size",)
    for _fee in range(2):
        editor.post(url("form-fee", 0), {"do": "remove"})
    assert now(form).fees == ()
    assert now(form).payment == "none"


def test_a_check_over_several_questions(editor, draft):
    said = {"text": "Das passt nicht.", "text_en": "This does not fit.", "field": "insurer",
            "all-0-field": "insurer", "all-0-op": "is", "all-0-text": "keine"}  # fmt: skip
    editor.post(url("form-check", "dog", 0), said)
    whole = now(draft.form)
    answers = {"full_name": "x", "email": "a@example.org", "size": "big", "insurer": "keine"}
    assert [one.text for one in run.faults(whole, answers, language="en")] == ["This does not fit."]
    editor.post(url("form-check", "dog", 0), {"do": "remove"})
    assert now(draft.form).steps[1].checks == ()


def test_settings_that_do_not_fit_together_are_told(editor, draft):
    said = {"title": "Hund anmelden", "level": "3", "guests": "on", "payment": "upfront",
            "name": ["full_name"], "email": "email", "work_days": "5", "appeal_days": "30",
            "keep_granted": "365"}  # fmt: skip
    answer = editor.post(url("form-settings"), said)
    assert answer.status_code == 422
    assert "Gäste haben kein Vertrauensniveau" in answer.content.decode()
    editor.post(url("form-settings"), {**said, "guests": ""})
    whole = now(draft.form)
    assert (whole.level, whole.work_days, whole.keep_days) == (3, 5, {"granted": 365})


def test_texts_know_which_placeholders_there_are(editor, draft):
    page = editor.post(url("form-texts"), {"granted": "Guten Tag {nome}"})
    assert page.status_code == 422
    editor.post(url("form-texts"), {"granted": "Guten Tag {name}, {answer.size}"})
    assert now(draft.form).texts["granted"]["de"] == "Guten Tag {name}, {answer.size}"


def test_the_preview_goes_step_by_step_and_keeps_nothing(editor, draft):
    page = editor.post(url("form-preview"), {"do": "next", "step": "you", "answers": "{}",
                                             "language": "de", "full_name": "Kim"})  # fmt: skip
    assert "Bitte füllen Sie das aus." in page.content.decode()
    assert 'value="Kim"' in page.content.decode()
    page = editor.post(url("form-preview"), {"do": "next", "step": "you", "answers": "{}",
                       "language": "en", "full_name": "Kim", "email": "a@example.org"})  # fmt: skip
    assert page.context["step"].id == "dog"
    assert "Your dog" in page.content.decode()
    answers = page.context["answers"]
    page = editor.post(url("form-preview"), {"do": "next", "step": "dog", "answers": answers,
                       "asked": "size", "size": "big", "language": "en"})  # fmt: skip
    assert page.context["page"].focus == "insurer"
    page = editor.post(url("form-preview"), {"do": "next", "step": "dog", "language": "de",
                       "answers": page.context["answers"], "size": "big",
                       "insurer": "Muster"})  # fmt: skip
    assert page.context["outcome"] == {"steps": ["you", "dog"], "faults": [], "cents": 500}
    assert not FormTest.objects.exists()


def test_what_was_typed_into_the_preview_becomes_a_test_case(editor, draft):
    answers = {"full_name": "Kim", "email": "a@example.org", "size": "small"}
    editor.post(url("form-preview"), {"do": "keep", "name": "Kleiner Hund",
                                      "answers": json.dumps(answers)})  # fmt: skip
    test = FormTest.objects.get()
    assert test.expected == {"steps": ["you", "dog"], "faults": [], "cents": 500}
    editor.post(url("form-fee", 0), {"text": "Marke", "amount": "7"})
    page = editor.get(url("form-tests")).content.decode()
    assert "700" in page
    editor.post(url("form-test", test.pk), {"do": "accept"})
    test.refresh_from_db()
    assert test.expected["cents"] == 700


@pytest.mark.parametrize("answers", ["", "[]", "null", "{", '{"dog": 3}', "x" * 300_000,
                                     "[" * 150_000,
                                     '{"size": {"a": 1}, "full_name": [1]}'])  # fmt: skip
def test_the_preview_bears_any_answers(editor, draft, answers):
    for step in ("you", "dog"):
        said = {"do": "next", "step": step, "answers": answers}
        assert editor.post(url("form-preview"), said).status_code == 200


def test_publishing_needs_the_right_a_reason_and_test_cases_that_come_out(
    client, somebody, editor, draft
):
    editor.post(url("form-field-new", "you"), FIELD)
    assert editor.post(url("form-publish"), {"why": "x"}).status_code == 403
    client.force_login(somebody("forms", "publish", name="publisher"))
    page = client.get(url("form-publish")).content.decode()
    assert "„Rufname“ ist neu" in page
    assert client.post(url("form-publish"), {"why": " "}).status_code == 422
    test = FormTest.objects.create(form=draft.form, name="t", expected={"cents": 1})
    assert client.post(url("form-publish"), {"why": "Neue Frage"}).status_code == 422
    test.delete()
    client.post(url("form-publish"), {"why": "Neue Frage"})
    states = dict(FormVersion.objects.values_list("number", "state"))
    assert states == {1: "retired", 2: "published"}
    assert FormVersion.objects.get(number=2).note == "Neue Frage"
    assert Entry.objects.filter(verb="forms.publish").latest("id").actor == (
        f"account:{Account.objects.get(username='publisher').pk}"
    )


def test_an_earlier_version_comes_back_as_a_draft(editor, draft):
    publish.publish(draft, "system")
    editor.post(url("form-restore", 1))
    assert FormVersion.objects.get(state="draft").number == 3
    page = editor.post(url("form-restore", 1), follow=True)
    assert "schon einen Entwurf" in page.content.decode()
    editor.post(url("form-do"), {"do": "drop"})
    assert not FormVersion.objects.filter(state="draft").exists()


def test_a_form_goes_out_as_a_file_and_comes_back(editor, office, live):
    from django.core.files.uploadedfile import SimpleUploadedFile

    out = editor.get(url("form-export"))
    assert out["Content-Disposition"] == 'attachment; filename="hund-1.json"'
    whole = json.loads(out.content)
    whole["title"]["de"] = "Katze anmelden"
    file = SimpleUploadedFile("x.json", json.dumps(whole).encode())
    editor.post(reverse("service_portal-staff:form-import"),
                {"file": file, "department": office.pk})  # fmt: skip
    made = Form.objects.get(slug="katze-anmelden")
    assert read(made.versions.get().definition).steps == read(live.definition).steps


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"{}", b"[1]", b"<a/>",
                                     b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
                                     b"<a>" * 50_000, b"{" * 100_000])  # fmt: skip
def test_any_other_file_is_refused_in_words(editor, office, content):
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("x", content)
    answer = editor.post(reverse("service_portal-staff:form-import"),
                         {"file": file, "department": office.pk})  # fmt: skip
    assert answer.status_code == 422
    assert not Form.objects.exists()


def test_a_data_schema_is_brought_and_its_rules_can_be_read_again(editor, live):
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("s.xml", SCHEMA)
    page = editor.post(reverse("service_portal-staff:form-import"),
                       {"file": file, "into": live.form.pk})  # fmt: skip
    assert "Das Wurfdatum liegt nicht in der Zukunft." in page.content.decode()
    assert [one.id for one in now(live.form).steps[0].fields] == ["F99000001"]
    assert "Das Wurfdatum" in editor.get(url("form-notes")).content.decode()
    assert editor.get(url("form")).status_code == 200
