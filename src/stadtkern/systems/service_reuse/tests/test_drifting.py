"""What our form and a FIM data schema do not have in common."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from stadtkern.kernel.cases.forms.definition import Definition, Field, Step
from stadtkern.kernel.cases.models import FormVersion
from stadtkern.systems.service_reuse import drifting
from stadtkern.systems.service_reuse.models import Drift

# Our own, with invented ids, after the structure of XDatenfelder 2.0.
DATA = Path(__file__).parent / "data"


def form(*fields):
    return Definition(title={"de": "F"}, steps=(Step(id="s", title={"de": "S"}, fields=fields),))


def question(name, fim, title, **told):
    return Field(**{"id": name, "kind": "text", "title": {"de": title}, "fim": fim, **told})


def test_questions_are_the_same_where_their_fim_id_is():
    ours = form(
        question("family_name", "F60000227", "Familienname"),
        question("given", "F60000228", "Vornamen", required=False),
        question("pet", "", "Haustier"),
    )
    theirs = form(
        question("f1", "F60000228", "Vornamen"),
        question("f2", "F60000227", "Familienname"),
        question("f3", "F60000231", "Geburtsort"),
    )
    found = drifting.differences(ours, theirs)
    assert found["same"] == 1
    assert [(one["kind"], one["where"]) for one in found["differences"]] == [
        ("added", "F60000231"), ("removed", "own.pet"), ("changed", "F60000228")]  # fmt: skip
    assert found["differences"][0]["text"] == "Geburtsort"


def test_two_that_are_alike_have_no_difference():
    ours = form(question("a", "F1", "A", prefill="family_name", sensitive=True))
    assert drifting.differences(ours, form(question("b", "F1", "A"))) == {
        "differences": [], "same": 1}  # fmt: skip


@pytest.mark.django_db
def test_a_schema_is_compared_with_the_published_form(client, candidate, own_form, signed_in):
    signed_in("keeper")
    said = {"title": {"de": "W"}, "steps": [{"id": "s", "title": {"de": "S"}, "fields": [
        {"id": "mark", "kind": "text", "title": {"de": "Kassenzeichen"}, "fim": "F99000001",
         "longest": 20},
        {"id": "pet", "kind": "text", "title": {"de": "Lieblingsfutter"}}]}]}  # fmt: skip
    FormVersion.objects.update(state="retired")
    FormVersion.objects.create(form=own_form.form, number=4, state="published", definition=said,
                               published=candidate.created)  # fmt: skip
    file = SimpleUploadedFile("hund.xml", (DATA / "hund-v2.xml").read_bytes())
    answer = client.post(f"/staff/service_reuse/{candidate.pk}/drift/", {"file": file})
    assert answer.status_code == 302
    report = Drift.objects.get()
    assert (report.form, report.version, report.schema) == ("wohngeld-form", 4, "S99000001V1.2")
    kinds = {(one["kind"], one["where"]) for one in report.differences}
    assert {("added", "F99000002"), ("added", "F99000003"), ("added", "F99000004"),
            ("removed", "own.pet"), ("changed", "F99000001")} <= kinds  # fmt: skip
    page = client.get(f"/staff/service_reuse/{candidate.pk}/").content.decode()
    for text in ("nur in FIM", "Rufname", "nur in unserem Formular", "Lieblingsfutter"):
        assert text in page


@pytest.mark.django_db
def test_a_file_that_is_no_schema_is_refused_in_words(client, candidate, own_form, signed_in):
    signed_in("keeper")
    where = f"/staff/service_reuse/{candidate.pk}/drift/"
    for content in (b"<a/>", b"%PDF-1.7", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'):
        answer = client.post(where, {"file": SimpleUploadedFile("x.xml", content)})
        assert answer.status_code == 422
        assert "XDatenfelder" in answer.content.decode()
    FormVersion.objects.update(state="retired")
    answer = client.post(where, {"file": SimpleUploadedFile("x.xml", b"<a/>")})
    assert "kein veröffentlichtes Formular" in answer.content.decode()
    assert not Drift.objects.exists()
