"""What everybody sees, and what staff do."""

import csv
import io
import json
import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from stadtkern.kernel.cases.models import Service
from stadtkern.systems.digital_maturity import datasets, demo, tiles, versions
from stadtkern.systems.digital_maturity.models import Assessment, MaturityModel

pytestmark = pytest.mark.django_db
HOME, STAFF = "/reifegrad/", "/staff/digital_maturity/"


def text_of(client, address, status=200, **said):
    answer = client.get(address, said)
    assert answer.status_code == status, address
    return answer.content.decode()


def test_the_picture_names_what_is_not_official(client, make, measured):
    measured(make("pass", title="Reisepass"), pay_online="no")
    page = text_of(client, HOME)
    assert "Reisepass" in page
    assert "Stufe 2" in page
    assert "7 Vorhandene Nachweise" in page
    assert "amtliche Wortlaut" in page
    method = text_of(client, f"{HOME}method/")
    assert method.count("Wortlaut nicht amtlich") == 4
    assert "0 bis 7" in method
    assert "13 Kriterien" in method


def test_a_service_says_why_it_has_its_level(client, make, goes_online, measured):
    service = make("pass", title="Reisepass", level=0)
    goes_online(service, complete=False)
    measured(service, pay_online="no")
    page = text_of(client, f"{HOME}services/pass/")
    assert "Das hält die Leistung auf" in page
    assert "Bezahlprozess" in page
    assert "geprüft" in page
    assert "etwas anderes gesehen" in page
    assert "noch nicht so online, wie es das Gesetz" in page
    text_of(client, f"{HOME}services/none/", status=404)


def test_a_service_that_nobody_has_measured_says_so(client, make, model):
    make("pass")
    assert "noch nicht bewertet" in text_of(client, f"{HOME}services/pass/")


def test_nobody_is_named_in_public(client, make, measured, signed_in):
    signed_in("assessor")
    from stadtkern.kernel.people.models import Account

    measured(make("pass"), by=Account.objects.get())
    client.logout()
    for address in (f"{HOME}services/pass/", f"{HOME}services.json", f"{HOME}services.csv"):
        assert "assessor" not in text_of(client, address)


def test_lists_cost_the_same_for_many_services(
    client, make, measured, signed_in, django_assert_max_num_queries
):
    signed_in("steward")
    for number in range(3):
        measured(make(f"s{number}"))
    for address, most in (
        (HOME, 8),
        (STAFF, 12),
        (f"{STAFF}services/", 13),
        (f"{STAFF}compare/", 12),
    ):
        with django_assert_max_num_queries(most):
            text_of(client, address)


def test_filters_of_the_list(client, make, measured, office):
    measured(make("alpha"))
    measured(make("beta"), pay_online="no")
    make("gamma")

    def found(**said):
        page = text_of(client, HOME, **said)
        return {slug for slug in ("alpha", "beta", "gamma") if f"services/{slug}/" in page}

    assert found() == {"alpha", "beta", "gamma"}
    assert found(q="alp") == {"alpha"}
    assert found(level="2") == {"beta"}
    assert found(level="none") == {"gamma"}
    assert found(criterion="5") == {"beta"}
    assert found(office=str(office.pk)) == {"alpha", "beta", "gamma"}
    assert found(level="99") == {"alpha", "beta", "gamma"}
    assert "Keine Leistung passt" in text_of(client, HOME, q="zzz")


def test_the_table_for_programs_has_every_service(client, make, measured):
    measured(make("alpha", title="=SUMME(A1)"), pay_needed="no")
    make("beta")
    rows = list(csv.DictReader(io.StringIO(text_of(client, f"{HOME}services.csv")), delimiter=";"))
    assert [row["service"] for row in rows] == ["alpha", "beta"]
    assert rows[0]["title"] == "'=SUMME(A1)"
    assert (rows[0]["level"], rows[0]["criterion_5"], rows[0]["criterion_2"]) == ("4", "", "4")
    assert rows[1]["level"] == ""


def form_of(best, base=0, **said):
    notes = {f"note-{name}": "gesehen" for name in best}
    reasons = {f"reason-{number}": "nicht nötig" for number in range(1, 11)}
    return {"base": base, **{f"q-{name}": value for name, value in best.items()}, **notes,
            **reasons, **said}  # fmt: skip


def test_a_person_confirms_and_completes(client, make, goes_online, signed_in, model, best):
    signed_in("assessor")
    goes_online(make("pass", title="Reisepass"))
    where = f"{STAFF}services/pass/"
    client.post(where, {"do": "begin"})
    page = text_of(client, where)
    assert "vorgeschlagen" in page
    assert 'name="q-online" value="yes" checked' in page
    answer = client.post(where, form_of({"online": "yes"}, do="complete"))
    assert answer.status_code == 422
    wrong = answer.content.decode()
    assert "<title>Fehler:" in wrong
    assert 'href="#at-once_docs"' in wrong
    base = Assessment.objects.get().revision
    answer = client.post(where, form_of(best, base, do="complete", gateway="yes"))
    assert answer.status_code == 302, answer.content.decode()
    done = Assessment.objects.complete().get()
    assert (done.level, done.gateway, done.assessor.username) == (4, True, "assessor")
    assert "Stufe 4" in text_of(client, where)


def test_evidence_is_a_web_address(client, make, signed_in, model, best):
    signed_in("assessor")
    make("pass")
    where = f"{STAFF}services/pass/"
    client.post(where, {"do": "begin"})
    answer = client.post(where, form_of(best, do="save", **{"url-info": "javascript:alert(1)"}))
    assert answer.status_code == 422
    assert "javascript:" not in json.dumps(Assessment.objects.get().answers)
    assert Assessment.objects.get().answers["online"]["value"] == "yes"


def test_readers_read_and_assessors_do_not_publish_models(client, make, signed_in, model):
    make("pass")
    signed_in("reader")
    where = f"{STAFF}services/pass/"
    text_of(client, where)
    assert client.post(where, {"do": "begin"}).status_code == 403
    assert client.post(f"{STAFF}services/do/", {"do": "begin"}).status_code == 403
    signed_in("assessor")
    assert client.post(f"{STAFF}models/{model.pk}/do/", {"do": "draft"}).status_code == 403
    assert client.post(f"{STAFF}models/{model.pk}/", {"definition": "{}"}).status_code == 403


def test_another_scale_can_be_stored_beside_it(client, make, signed_in, model):
    signed_in("assessor")
    make("pass")
    where = f"{STAFF}services/pass/nkr-bw/"
    client.post(where, {"do": "begin"})
    client.post(where, {"do": "complete", "base": 0, "q-degree": "form"})
    done = Assessment.objects.complete().get()
    assert (done.scale, done.level) == ("nkr-bw", 3)
    assert client.get(f"{STAFF}services/pass/nothing/").status_code == 404


def test_all_that_wait_are_begun_at_once(client, make, goes_online, signed_in, model):
    signed_in("assessor")
    for number in range(5):
        goes_online(make(f"s{number}"), definition={"steps": []})
    client.post(f"{STAFF}services/do/", {"do": "begin"})
    assert Assessment.objects.filter(state="draft").count() == 5
    page = text_of(client, f"{STAFF}services/")
    assert "5 Entwürfe bestätigen" in page
    client.post(f"{STAFF}services/do/", {"do": "confirm"})
    assert Assessment.objects.complete().count() == 5
    client.post(f"{STAFF}services/do/", {"do": "look"})
    rows = list(csv.DictReader(io.StringIO(text_of(client, f"{STAFF}services/", **{"as": "csv"})),
                               delimiter=";"))  # fmt: skip
    assert len(rows) == 5


def test_a_model_is_edited_as_a_new_revision(client, signed_in, model):
    signed_in("steward")
    client.post(f"{STAFF}models/{model.pk}/do/", {"do": "draft"})
    draft = MaturityModel.objects.get(state="draft")
    where = f"{STAFF}models/{draft.pk}/"
    told = {**draft.definition}
    for text, problem in (("{", "kein Modell"), (json.dumps({**told, "version": "9"}), "bleiben")):
        answer = client.post(where, {"definition": text})
        assert answer.status_code == 422
        assert problem in answer.content.decode()
    spoilt = json.loads(json.dumps(told))
    spoilt["criteria"][8]["rules"] = [{"level": 4, "when": [{"status": "no"}]},
                                      {"level": 3, "when": [{"status": "maybe"}]}]  # fmt: skip
    assert client.post(where, {"definition": json.dumps(spoilt)}).status_code == 302
    client.post(f"{where}do/", {"do": "publish"})
    draft.refresh_from_db()
    assert draft.state == "draft"
    told["criteria"][8]["title"] = {"de": "Auskunft zum Stand"}
    client.post(where, {"definition": json.dumps(told), "note": "Wortlaut"})
    client.post(f"{where}do/", {"do": "publish"})
    draft.refresh_from_db()
    assert (draft.state, draft.current, draft.revision) == ("published", True, 2)
    assert "Auskunft zum Stand" in text_of(client, f"{HOME}method/")


def test_a_model_without_criteria_is_not_measured_by(client, signed_in, model):
    signed_in("steward")
    other = MaturityModel.objects.get(slug="ozg", version="2.0")
    client.post(f"{STAFF}models/{other.pk}/do/", {"do": "current"})
    model.refresh_from_db()
    assert model.current


def test_a_model_goes_out_and_comes_in(client, signed_in, model):
    signed_in("steward")
    told = client.get(f"{STAFF}exchange/models/{model.pk}.json").content
    file = SimpleUploadedFile("m.json", told.replace(b'"version": "1.1"', b'"version": "1.2"'))
    client.post(f"{STAFF}exchange/", {"file": file, "keep": "on"})
    made = MaturityModel.objects.get(version="1.2")
    assert made.state == "draft"
    assert made.definition["levels"] == model.definition["levels"]


def test_assessments_go_out_and_come_in_as_drafts(client, make, measured, signed_in):
    signed_in("steward")
    measured(make("alpha"), pay_online="no")
    told = client.get(f"{HOME}services.json").content
    Assessment.objects.all().delete()

    def send(**said):
        file = SimpleUploadedFile("a.json", told)
        return client.post(f"{STAFF}exchange/", {"file": file, **said})

    page = send().content.decode()
    assert "1 Entwurf" in page
    assert not Assessment.objects.exists()
    assert send(keep="on").status_code == 302
    draft = Assessment.objects.get()
    assert (draft.state, draft.answers["pay_online"]["value"]) == ("draft", "no")
    assert not any(one.get("confirmed") for one in draft.answers.values())
    assert "wird schon bewertet" in send().content.decode()


@pytest.mark.parametrize(("name", "content", "problem"), [
    ("a.json", b"{", "keine Datei mit Bewertungen"),
    ("a.json", b'{"format": "x", "model": "ozg", "version": "1.1", "assessments": []}', "Format"),
    ("a.json", b'{"format": "stadtkern-maturity-1", "model": "q", "version": "1", '
     b'"assessments": []}', "kein Modell"),
    ("a.csv", b"service,question\n", "Spalten"),
    ("a.csv", b"\xff\xfe", "UTF-8"),
    ("a.csv", b"service;question;value\nnobody;info;yes\n", "nicht im Katalog"),
    ("a.csv", b"service;question;value\nalpha;info;maybe\n", "keine Antwort"),
    ("a.csv", b"service;question;value\nalpha;colour;red\n", "hat keine Frage"),
])  # fmt: skip
def test_a_file_that_cannot_be_taken_in_says_what_to_do(
    client, make, signed_in, model, name, content, problem
):
    signed_in("assessor")
    make("alpha")
    answer = client.post(f"{STAFF}exchange/", {"file": SimpleUploadedFile(name, content)})
    assert problem.lower() in answer.content.decode().lower()
    assert not Assessment.objects.exists()


def test_the_comparison_refuses_days_in_the_wrong_order(client, signed_in, model):
    signed_in("reader")
    answer = client.get(f"{STAFF}compare/", {"first": "2026-02-01", "last": "2026-01-01"})
    assert answer.status_code == 422


def test_open_data_and_tile_say_the_same(make, measured):
    measured(make("alpha"))
    measured(make("beta"), pay_online="no", pay_needed="yes")
    make("gamma")
    rows = {row["service"]: row for row in datasets.service_rows()}
    assert {slug: row["level"] for slug, row in rows.items()} == {
        "alpha": 4, "beta": 2, "gamma": None}  # fmt: skip
    criteria = list(datasets.criterion_rows())
    assert len(criteria) == 20
    assert sum(not row["official"] for row in criteria) == 8
    reading = tiles.online()
    assert reading.value == "1"
    assert "2" in reading.detail


def test_the_demo_measures_what_is_there_and_says_that_it_is_invented(make, client):
    for number in range(30):
        make(f"s{number}", texts={"what": "T"} if number % 3 else {})
    demo.fill(random.Random(1))
    count = Assessment.objects.count()
    done = Assessment.objects.complete()
    assert 24 <= done.count() <= 30
    assert done.filter(invented=False).count() == 0
    assert count > done.count()
    demo.fill(random.Random(2))
    assert Assessment.objects.count() == count
    assert "für die Demo erfunden" in text_of(client, HOME)
    assert versions.load() == 0
    assert Service.objects.count() == 30
