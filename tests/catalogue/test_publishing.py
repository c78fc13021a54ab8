"""Staff publish a file: upload, correct, describe, check, release; and a new version of it."""

import random
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.catalogue.files import limits, uploads
from stadtkern.kernel.catalogue.models import Dataset, StoredFile, Upload, Version
from stadtkern.kernel.catalogue.tables.read import Query, read
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Role
from stadtkern.systems.open_data import demo

pytestmark = pytest.mark.django_db

PARKS = "Name;Bäume;Rechtswert;Hochwert\nStadtgarten;120;377291;5710569\nSchlosspark;1.340;376656;5711699\n"
ABOUT = {
    "title": "Parks", "about": "Alle Parks der Stadt mit der Zahl ihrer Bäume.", "keywords": "Park, Baum",
    "themes": ["ENVI"], "licence": "dl-zero-de/2.0", "rhythm": "ANNUAL", "contact_name": "Stadtgrün",
    "contact_email": "gruen@herne.example", "covers": "data",
}  # fmt: skip


@pytest.fixture
def editor(db) -> Client:
    return client_of("data")


def client_of(role: str) -> Client:
    roles.sync()
    person = Account.objects.create(username=f"person-{role}", is_staff=True)
    if role:
        person.roles.add(Role.objects.get(slug=role))
    client = Client()
    client.force_login(person)
    return client


def at(name: str, *args: object) -> str:
    return reverse(f"open_data-staff:{name}", args=args)


def send(
    client: Client, content: str | bytes = PARKS, name: str = "parks.csv", where: str = ""
) -> Upload:
    raw = content.encode() if isinstance(content, str) else content
    answer = client.post(where or at("new"), {"file": SimpleUploadedFile(name, raw)})
    assert answer.status_code == 302, answer.content.decode()
    return Upload.objects.latest("pk")


def published(client: Client, content: str = PARKS) -> Dataset:
    upload = send(client, content)
    client.post(at("take", upload.pk))
    dataset = upload.dataset
    answer = client.post(at("describe", dataset.slug), ABOUT)
    assert answer.status_code == 302, answer.content.decode()
    answer = client.post(at("publish", dataset.slug), {"reason": "Parks sind keine Menschen."})
    assert answer.status_code == 302
    dataset.refresh_from_db()
    return dataset


def rows_of(dataset: Dataset) -> list[dict[str, object]]:
    version = Version.objects.get(resource__dataset=dataset, current=True)
    page = read(version, Query())
    return [dict(zip(page.columns, row, strict=True)) for row in page.rows]


def test_a_file_becomes_a_public_dataset(editor):
    upload = send(editor)
    shown = editor.get(at("upload", upload.pk)).content.decode()
    assert "Stadtgarten" in shown
    assert "25832" in shown
    assert not Version.objects.filter(current=True).exists()
    public = reverse("open_data:dataset", args=[upload.dataset.slug])
    assert Client().get(public).status_code == 404
    dataset = published(editor)
    assert dataset.state == "published"
    assert [row["baeume"] for row in rows_of(dataset)] == [120, 1340]
    assert rows_of(dataset)[0]["geometry"]["type"] == "Point"
    assert dataset.west is not None
    verbs = list(Entry.objects.filter(verb__startswith="datasets.").values_list("verb", flat=True))
    assert {"datasets.create", "datasets.take", "datasets.describe", "datasets.publish"} <= set(
        verbs
    )


def test_a_person_corrects_kind_title_unit_and_columns(editor):
    upload = send(editor, "Ort;Wert;Leer\nA;1;x\nB;2;y\n")
    page = editor.get(at("table", upload.pk, 0))
    assert page.status_code == 200
    said = {
        "title": "Werte", "of": "", "crs": "4326", "header": "1", "x": "", "y": "", "decimal": "",
        "c0-keep": "on", "c0-title": "Ort", "c0-kind": "text", "c0-unit": "",
        "c1-keep": "on", "c1-title": "Pegel", "c1-kind": "number", "c1-unit": "cm",
        "c2-title": "Leer", "c2-kind": "text", "c2-unit": "",
    }  # fmt: skip
    answer = editor.post(at("table", upload.pk, 0), said)
    assert answer.status_code == 302, answer.content.decode()
    upload.refresh_from_db()
    editor.post(at("take", upload.pk))
    version = Version.objects.get(resource__dataset=upload.dataset, current=True)
    assert [(f.slug, f.title, f.kind, f.unit) for f in version.columns] == [
        ("ort", "Ort", "text", ""), ("wert", "Pegel", "number", "cm")]  # fmt: skip
    assert (version.resource.title, version.resource.slug) == ("Werte", "werte")


def test_one_wrong_position_does_not_stretch_the_area_over_half_the_earth(editor):
    upload = send(editor, "Name;lon;lat\nA;7,20;51,54\nB;7,21;51,55\nC;7,22;3,35\n")
    editor.post(at("take", upload.pk))
    dataset = Dataset.objects.get(pk=upload.dataset_id)
    assert (dataset.south, dataset.north) == (51.54, 51.55)
    assert "weit weg" in str([one.text for one in uploads.sheets_of(upload)[0].notices])


def test_the_headings_may_stand_elsewhere(editor):
    upload = send(editor, "Alpha;Beta\nName;Zahl\nA;1\nB;2\n")
    said = {"title": "T", "of": "", "crs": "4326", "header": "2", "x": "", "y": "", "decimal": "",
            "c0-keep": "on", "c0-title": "Alpha", "c0-kind": "text",
            "c1-keep": "on", "c1-title": "Beta", "c1-kind": "text"}  # fmt: skip
    editor.post(at("table", upload.pk, 0), said)
    editor.post(at("take", upload.pk))
    assert rows_of(upload.dataset) == [{"name": "A", "zahl": 1}, {"name": "B", "zahl": 2}]


def test_nothing_about_people_is_public_without_a_reason(editor):
    text = "Vorname;E-Mail;Geburtsdatum\nErika;erika@web.de;12.08.1964\nMax;max@web.de;01.02.1970\n"
    upload = send(editor, text)
    editor.post(at("take", upload.pk))
    slug = upload.dataset.slug
    editor.post(at("describe", slug), ABOUT)
    shown = editor.get(at("check", slug)).content.decode()
    assert "E-Mail-Adressen" in shown
    assert "erika@web.de" not in shown
    assert editor.post(at("publish", slug), {"reason": ""}).status_code == 422
    assert Dataset.objects.get(slug=slug).state == "draft"
    editor.post(at("publish", slug), {"reason": "Alle haben eingewilligt."})
    assert Dataset.objects.get(slug=slug).state == "published"
    version = Version.objects.get(resource__dataset__slug=slug, current=True)
    assert version.report["confirmed"]["reason"] == "Alle haben eingewilligt."
    assert Entry.objects.get(verb="datasets.confirm_people").details["reason"]
    found = {one.kind for one in uploads.findings_of(version)}
    assert {"name", "email", "birth"} <= found


def test_what_is_missing_hinders_publishing(editor):
    upload = send(editor)
    editor.post(at("take", upload.pk))
    slug = upload.dataset.slug
    assert editor.post(at("publish", slug)).status_code == 422
    wrong = editor.post(at("describe", slug), {**ABOUT, "licence": "cc-by/4.0"})
    assert wrong.status_code == 422
    assert "Quellenangabe" in wrong.content.decode()


def test_a_new_version_shows_what_breaks_and_wants_a_yes(editor):
    dataset = published(editor)
    part = dataset.resources.get()
    changed = "Name;Bäume;Alter\nStadtgarten;viele;1998\nSchlosspark;wenige;1900\n"
    upload = send(editor, changed, where=at("renew", dataset.slug, part.slug))
    shown = editor.get(at("upload", upload.pk)).content.decode()
    assert "entfallen" in shown
    assert "Hochwert" in shown
    assert rows_of(dataset)[0]["baeume"] == 120
    public = Client().get(reverse("open_data:dataset", args=[dataset.slug]))
    assert public.status_code == 200
    assert "wenige" not in public.content.decode()
    assert editor.post(at("take", upload.pk), {"note": "neu"}).status_code == 422
    assert rows_of(dataset)[0]["baeume"] == 120
    editor.post(at("take", upload.pk), {"note": "Ohne Lage", "breaks": "on"})
    assert rows_of(dataset)[0]["baeume"] == "viele"
    version = part.versions.get(current=True)
    assert (version.number, version.note) == (2, "Ohne Lage")


def test_corrections_are_remembered_for_the_next_version(editor):
    upload = send(editor, "Ort;Wert\nA;1\nB;2\n")
    said = {"title": "Werte", "of": "", "crs": "4326", "header": "1", "x": "", "y": "", "decimal": "",
            "c0-keep": "on", "c0-title": "Stadtteil", "c0-kind": "text",
            "c1-keep": "on", "c1-title": "Pegel", "c1-kind": "number", "c1-unit": "cm"}  # fmt: skip
    editor.post(at("table", upload.pk, 0), said)
    editor.post(at("take", upload.pk))
    part = upload.dataset.resources.get()
    second = send(editor, "Ort;Wert\nA;3\n", where=at("renew", upload.dataset.slug, part.slug))
    change = uploads.change_of(second)
    assert change is not None
    assert not change.differs
    assert (change.rows_before, change.rows_after) == (2, 1)


def test_the_same_file_again_makes_no_version(editor):
    dataset = published(editor)
    part = dataset.resources.get()
    upload = send(editor, PARKS, where=at("renew", dataset.slug, part.slug))
    editor.post(at("take", upload.pk), {"note": ""})
    assert part.versions.count() == 1


def test_an_older_version_can_be_restored(editor):
    dataset = published(editor)
    part = dataset.resources.get()
    upload = send(editor, PARKS.replace("120", "121"), where=at("renew", dataset.slug, part.slug))
    editor.post(at("take", upload.pk), {"note": ""})
    assert rows_of(dataset)[0]["baeume"] == 121
    assert editor.get(at("history", dataset.slug, part.slug)).status_code == 200
    editor.post(at("restore", dataset.slug, part.slug, 1))
    assert rows_of(dataset)[0]["baeume"] == 120
    assert part.versions.get(current=True).number == 3


def test_a_discarded_upload_leaves_nothing_behind(editor):
    upload = send(editor)
    editor.post(at("discard", upload.pk))
    assert not Dataset.objects.filter(pk=upload.dataset_id).exists()
    assert not StoredFile.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_tables where schemaname = 'open'")
        assert cursor.fetchone() == (0,)


def test_drafts_are_deleted_and_public_ones_withdrawn(editor):
    dataset = published(editor)
    editor.post(at("delete", dataset.slug))
    editor.post(at("withdraw", dataset.slug), {"reason": "Fehler in den Daten"})
    dataset.refresh_from_db()
    assert dataset.state == "withdrawn"
    upload = send(editor, "a;b\n1;2\n", "zweite.csv")
    editor.post(at("delete", upload.dataset.slug))
    assert not Dataset.objects.filter(pk=upload.dataset_id).exists()


def test_a_file_that_cannot_be_read_says_why_and_can_be_thrown_away(editor):
    upload = send(editor, b"%PDF-1.4", "bericht.pdf")
    page = editor.get(at("upload", upload.pk)).content.decode()
    assert ".csv" in page
    assert upload.problem
    assert editor.get(at("datasets"), {"problem": "waiting"}).content.decode().count("bericht") >= 1
    editor.post(at("discard", upload.pk))
    assert not Upload.objects.exists()


def test_a_large_file_is_read_by_the_worker(editor, monkeypatch):
    monkeypatch.setattr(limits, "AT_ONCE", 10)
    upload = send(editor)
    assert upload.state == "waiting"
    page = editor.get(at("upload", upload.pk))
    assert "data-every" in page.content.decode()
    assert uploads.work(upload.pk) == "2 rows"
    assert uploads.work(upload.pk) == "done before"
    assert "Stadtgarten" in editor.get(at("upload", upload.pk)).content.decode()


def test_every_oddity_can_be_saved_with_its_row(editor):
    upload = send(editor, "a,b,c\n1,2,3\n1,2,3,4\n4,5,6\n")
    text = editor.get(at("oddities", upload.pk)).content.decode()
    assert ";3;4;" in text


def test_each_page_opens_for_exactly_those_who_may(editor):
    dataset = published(editor)
    part = dataset.resources.get()
    upload = send(editor, "a;b\n1;2\n", "zweite.csv")
    client, reader = client_of(""), {"datasets", "dataset", "check", "history"}
    arguments = {"slug": dataset.slug, "part": part.slug, "number": upload.pk, "place": 0}
    resolver = get_resolver("stadtkern.systems.open_data.publishing.urls")
    names = {pattern.name: pattern for pattern in resolver.url_patterns}
    assert len(names) == 19
    for name, pattern in names.items():
        wanted = {key: arguments[key] for key in pattern.pattern.converters}
        address = reverse(f"open_data-staff:{name}", kwargs=wanted)
        assert client.get(address).status_code == 403, name
        assert Client().get(address).status_code == 302, name
        publishing = {"publish", "withdraw", "restore"}
        expected = "datasets.see" if name in reader else "datasets.edit"
        expected = "datasets.publish" if name in publishing else expected
        assert pattern.callback.permission == expected, name


def test_who_may_edit_but_not_publish_cannot_change_what_is_public(editor):
    dataset = published(editor)
    part = dataset.resources.get()
    roles.sync()
    role = Role.objects.create(
        slug="helper", title="Hilfe", permissions=["datasets.see", "datasets.edit"]
    )
    helper = Account.objects.create(username="helper", is_staff=True)
    helper.roles.add(role)
    client = Client()
    client.force_login(helper)
    upload = send(client, PARKS.replace("120", "9"), where=at("renew", dataset.slug, part.slug))
    assert client.post(at("take", upload.pk), {"note": ""}).status_code == 403
    assert rows_of(dataset)[0]["baeume"] == 120


def test_the_list_asks_the_same_number_of_questions_for_any_number_of_datasets(editor):
    published(editor)
    editor.get(at("datasets"))
    with CaptureQueriesContext(connection) as few:
        assert editor.get(at("datasets")).status_code == 200
    for n in range(30):
        Dataset.objects.create(
            slug=f"d{n}", title=f"D {n}", publisher_id=Dataset.objects.first().publisher_id
        )
    with CaptureQueriesContext(connection) as many:
        page = editor.get(at("datasets"), {"sort": "title"})
    assert "D 29" in page.content.decode()
    assert len(many) == len(few)
    found = editor.get(at("datasets"), {"q": "baum", "origin": "uploaded", "state": "published"})
    assert found.context["listed"].paginator.count == 1
    table = editor.get(at("datasets"), {"format": "csv"}).content.decode()
    assert table.count("\n") == 32


def test_the_demo_publishes_real_data_and_can_run_twice(db):
    begun = time.monotonic()
    demo.fill(random.Random(1))
    spent = time.monotonic() - begun
    states = {one.slug: one.state for one in Dataset.objects.filter(origin="uploaded")}
    assert len(states) == 6
    assert set(states.values()) == {"published"}
    versions = Version.objects.count()
    demo.fill(random.Random(1))
    assert Version.objects.count() == versions
    schools = Dataset.objects.get(slug="schulen-in-herne-2017")
    assert len(rows_of(schools)) == 47
    assert Dataset.objects.get(slug="haltestellen-im-raum-herne").licence == "odbl"
    election = Version.objects.get(resource__dataset__slug="bundestagswahl-2017-stimmbezirke")
    assert {"cdu_erst", "gruene_zweit", "ags"} <= {one.slug for one in election.columns}
    # Five seconds on an idle machine.
    assert spent < 120
