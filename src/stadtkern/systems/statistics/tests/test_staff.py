"""Staff bring a file in, step by step, and nobody else does."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.catalogue.models import StoredFile
from stadtkern.systems.statistics.models import Edition, Table, Upload

pytestmark = pytest.mark.django_db

FILE = "Schüler nach Schulform 2023\nOrt;Schulform;Zahl\nA;Gymnasium;10\nA;Gesamtschule;zwölf\nB;Gymnasium;7\nB;Gesamtschule;8\nC;Gymnasium;9\nC;Gesamtschule;9\n"  # noqa: E501


def sent(client, table, text=FILE, name="schule.csv"):
    file = SimpleUploadedFile(name, text.encode("cp1252"), "text/csv")
    return client.post(
        f"/staff/statistics/tables/{table.slug}/upload/", {"file": file}, follow=True
    )


def fields(page):
    """What the form of the page would send."""
    form = page.context["form"]
    data = {}
    for name in form.fields:
        value = form[name].value()
        if value is True:
            data[name] = "on"
        elif value not in (None, False):
            data[name] = value
    return data


def test_a_file_is_corrected_tried_imported_compared_and_published(people, make_table, client):
    table = make_table()
    page = sent(people.office, table)
    assert page.status_code == 200
    address = page.request["PATH_INFO"]
    assert "Latin-1" in page.content.decode()
    assert "„zwölf“ ist weder eine Zahl" in page.content.decode()
    assert people.office.post(address, {**fields(page), "import": "1"}).status_code == 302
    assert not Edition.objects.exists()
    # The office sends another file; the first is forgotten.
    people.office.post(address, {**fields(page), "forget": "1"})
    assert not Upload.objects.exists()
    assert not StoredFile.objects.exists()
    page = sent(people.office, table, FILE.replace("zwölf", "12"))
    address = page.request["PATH_INFO"]
    said = {**fields(page), "dim-title-1": "Schulart"}
    page = people.office.post(address, {**said, "try": "1"}, follow=True)
    assert "Schulart" in page.content.decode()
    assert "Es wurde kein Problem gefunden" in page.content.decode()
    page = people.office.post(
        address, {**fields(page), "import": "1", "note": "erste"}, follow=True
    )
    edition = Edition.objects.get()
    assert edition.state == "ready"
    assert client.get(f"/statistik/tables/{table.slug}/").status_code == 404
    page = people.office.post(f"/staff/statistics/editions/{edition.pk}/publish/", follow=True)
    assert "ist öffentlich" in page.content.decode()
    assert f'href="/statistik/tables/{table.slug}/?edition=1"' in page.content.decode()
    public = client.get(f"/statistik/tables/{table.slug}/").content.decode()
    assert "Schulart" in public
    verbs = list(Entry.objects.order_by("id").values_list("verb", flat=True))
    assert [v for v in verbs if v.startswith("statistics.")] == [
        "statistics.upload", "statistics.forget", "statistics.upload",
        "statistics.import", "statistics.publish",
    ]  # fmt: skip


def test_next_years_file_is_read_like_last_years(people, make_table):
    table = make_table()
    good = FILE.replace("zwölf", "12")
    page = sent(people.office, table, good)
    said = {**fields(page), "dim-title-1": "Schulart", "import": "1"}
    people.office.post(page.request["PATH_INFO"], said)
    page = sent(people.office, table, good.replace("2023", "2024").replace(";10", ";11"))
    assert page.context["form"]["dim-title-1"].value() == "Schulart"
    assert page.context["form"]["when"].value() == "2024"
    people.office.post(page.request["PATH_INFO"], {**fields(page), "import": "1"})
    assert Edition.objects.filter(table=table).count() == 2


def test_tables_are_made_and_say_what_is_missing(people):
    page = people.office.post("/staff/statistics/new/", {"title": "Neu"})
    assert page.status_code == 422
    said = {
        "title": "Neue Zahlen", "new_theme": "Umwelt", "unit": "Tage", "decimals": 1, "base": 3,
        "source": "Amt", "licence": "cc-zero", "rhythm": "ANNUAL", "protection": "suppression",
        "threshold": 4, "adds": "on",
    }  # fmt: skip
    page = people.office.post("/staff/statistics/new/", said)
    assert "Nur Anzahlen ohne Nachkommastellen" in page.content.decode()
    page = people.office.post("/staff/statistics/new/", {**said, "decimals": 0})
    assert page.status_code == 302
    assert Table.objects.get().theme.title == "Umwelt"


def test_parts_are_corrected_by_hand_and_never_run_in_a_circle(people, make_table, bring):
    table = make_table()
    bring(table, ["Jahr;Art;Zahl", "2022;a;10", "2022;b;20", "2022;c;5"])
    items = {one.code: one for dim in table.dimensions.all() for one in dim.items.all()}
    a, b = items["a"], items["b"]
    said = {f"en-{one.pk}": "" for one in items.values()}
    address = f"/staff/statistics/tables/{table.slug}/parts/"
    people.office.post(address, {**said, f"whole-{a.pk}": b.pk, f"whole-{b.pk}": a.pk})
    a.refresh_from_db()
    b.refresh_from_db()
    assert (a.whole_id, b.whole_id) in {(b.pk, None), (None, a.pk)}


def test_only_the_statistics_office_comes_in(people, make_table, bring):
    edition = bring(make_table(), ["Jahr;Zahl", "2022;10", "2023;11"])
    page = people.office.get("/staff/statistics/")
    assert page.status_code == 200
    reads = ["", "new/", "tables/menschen/", "tables/menschen/change/", "tables/menschen/parts/",
             f"editions/{edition.pk}/"]  # fmt: skip
    for path in reads:
        assert people.office.get(f"/staff/statistics/{path}").status_code == 200, path
        assert people.reader.get(f"/staff/statistics/{path}").status_code == 403, path
        assert people.nobody.get(f"/staff/statistics/{path}").status_code == 302, path
    for path in ("publish", "withdraw", "discard", "protect"):
        address = f"/staff/statistics/editions/{edition.pk}/{path}/"
        assert people.reader.post(address).status_code == 403
        assert people.nobody.post(address).status_code == 302
    assert Edition.objects.get().state == "published"
