"""XZuFi goes in without losing local work, and comes out as it went in."""

from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from click.testing import CliRunner

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.cases.catalogue import taking
from stadtkern.kernel.cases.catalogue.flat import flat
from stadtkern.kernel.cases.catalogue.xzufi import reading, writing
from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.people.models import Department
from stadtkern.site.cli import services as command

TRANSFER = Path(__file__).parent / "data" / "transfer.xml"
SPACE = "{http://xoev.de/schemata/xzufi/2_2_0}"


def told(**codes):
    return reading.read(TRANSFER.read_bytes(), codes=codes)


def take(content, **how):
    return taking.carry_out(taking.plan(reading.read(content), **how), "system")


def test_a_transfer_is_read_by_its_published_structure():
    (one,) = told()
    assert (one.system, one.id, one.version) == ("xzufi:L100", "4711", "2026-05-01T10:00:00Z")
    assert one.office == "Steueramt"
    assert one.fields == {
        "leika": "99000000000001", "title": "Hund anmelden", "title_en": "Register a dog",
        "de.what": "Wer einen Hund hält, meldet ihn an.\ngleich", "de.deadline": "Zwei Wochen",
        "de.fees": "Nach Satzung", "de.documents": "Ausweis\nChipnummer", "words": "Hundesteuer",
    }  # fmt: skip


def test_a_module_whose_code_the_city_knows_is_read_too():
    (one,) = told(X2="law")
    assert one.fields["de.law"] == "§ 1 Beispielgesetz"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
         "Dokumenttyp"),
        (b"<x>", "wohlgeformt"),
        (b"<x xzufiVersion='1.0'/>", "XZuFi 2.2"),
        (b"<x xzufiVersion='2.2.0'/>", "Kopf"),
    ],
)  # fmt: skip
def test_what_is_no_transfer_is_refused_with_a_reason(content, why):
    with pytest.raises(reading.BadTransfer, match=why):
        reading.read(content)


@pytest.mark.django_db
def test_importing_again_keeps_local_edits_and_shows_conflicts():
    Department.objects.create(slug="steuer", title="Steueramt")
    first = TRANSFER.read_bytes()
    assert take(first)["new"] == 1
    row = Service.objects.get()
    assert (row.slug, row.leika, row.department.slug) == (
        "hund-anmelden",
        "99000000000001",
        "steuer",
    )
    # The city writes its own title; the source changes the fees, then the title, too.
    row.title = "Hund bei der Steuer anmelden"
    row.save()
    second = first.replace(b"Nach Satzung", b"20 Euro")
    assert take(second)["changed"] == 1
    row.refresh_from_db()
    assert row.title == "Hund bei der Steuer anmelden"
    assert flat(row)["de.fees"] == "20 Euro"
    third = second.replace(b">Hund anmelden<", b">Hund an- oder abmelden<")
    (change,) = taking.plan(reading.read(third))
    assert [(c.key, c.before, c.theirs) for c in change.conflicts] == [
        ("title", "Hund anmelden", "Hund an- oder abmelden")
    ]
    assert take(third)["conflicts"] == 1
    assert Service.objects.get().title == "Hund bei der Steuer anmelden"
    assert take(third, side="theirs")["changed"] == 1
    assert Service.objects.get().title == "Hund an- oder abmelden"
    assert Entry.objects.filter(verb="services.import").count() == 3


@pytest.mark.django_db
def test_a_plan_saves_nothing_and_an_unknown_office_is_named():
    (change,) = taking.plan(told())
    assert "Steueramt" in change.notes[0]
    assert not Service.objects.exists()


@pytest.mark.django_db
def test_what_the_source_deletes_is_marked_and_stays():
    first = TRANSFER.read_bytes()
    take(first)
    begin, end = first.index(b"<xzufi:schreibe>"), first.rindex(b"</xzufi:schreibe>")
    gone = (b'<xzufi:loesche><xzufi:leistung><xzufi:id schemeAgencyID="L100">4711</xzufi:id>'
            b"</xzufi:leistung></xzufi:loesche>")  # fmt: skip
    deleted = first[:begin] + gone + first[end + len(b"</xzufi:schreibe>") :]
    assert take(deleted)["gone"] == 1
    row = Service.objects.get()
    assert row.gone
    assert row.active
    # It comes back as soon as it is told of again.
    take(first)
    row.refresh_from_db()
    assert row.gone is None
    empty = first[:begin] + first[end + len(b"</xzufi:schreibe>") :]
    assert take(empty, complete=True)["gone"] == 0
    other = first.replace(b">4711<", b">4712<").replace(b"99000000000001", b"99000000000002")
    assert take(other, complete=True) == {
        "new": 1, "changed": 0, "same": 0, "gone": 1, "unknown": 0, "wrong": 0, "conflicts": 0,
    }  # fmt: skip


@pytest.mark.django_db
def test_a_service_of_our_own_with_the_same_official_key_is_taken_as_the_same():
    Service.objects.create(slug="hund", title="Hund", leika="99000000000001", words="Wuffi")
    take(TRANSFER.read_bytes(), side="theirs")
    row = Service.objects.get()
    assert (row.slug, row.title, row.source["id"]) == ("hund", "Hund anmelden", "4711")


@pytest.mark.django_db
def test_what_would_be_there_twice_is_left_out():
    take(TRANSFER.read_bytes())
    # The same key under another number, and one number twice in a file.
    other = TRANSFER.read_bytes().replace(b">4711<", b">4712<")
    assert take(other)["wrong"] == 1
    begin, end = other.index(b"<xzufi:schreibe>"), other.index(b"</xzufi:schreibe>")
    part = other[begin : end + len(b"</xzufi:schreibe>")].replace(b"99000000000001", b"")
    assert take(other[:begin] + part + part + other[end + len(b"</xzufi:schreibe>") :]) == {
        "new": 1, "changed": 0, "same": 0, "gone": 0, "unknown": 0, "wrong": 1, "conflicts": 0,
    }  # fmt: skip
    assert Service.objects.count() == 2


@pytest.mark.django_db
def test_what_is_written_is_read_back_the_same():
    office = Department.objects.create(slug="steuer", title="Steueramt")
    texts = {"de": {"what": "Was & wie <b>", "documents": "A\nB", "law": "§ 1", "fees": "x"},
             "en": {"what": "What"}}  # fmt: skip
    one = Service.objects.create(
        slug="hund", title="Hund anmelden", title_en="Register a dog", summary="Kurz.",
        words="Hund, Steuer", leika="99000000000001", texts=texts, department=office,
    )  # fmt: skip
    content = writing.write(Service.objects.select_related("department"), sender="Stadt")
    root = fromstring(content)
    assert root.get("xzufiVersion") == "2.2.0"
    # As the published reader does it, by full names.
    leistung = root.find(f"{SPACE}schreibe/{SPACE}leistung")
    assert leistung.find(f"{SPACE}referenzLeiKa/code").text == "99000000000001"
    titles = [m for m in leistung.findall(f"{SPACE}modulText")
              if m.findtext(f"{SPACE}leikaTextmodul/code") == "02"]  # fmt: skip
    assert [m.find(f"{SPACE}inhalt").text for m in titles] == ["Hund anmelden"]
    (back,) = reading.read(content)
    ours = flat(one)
    assert back.id == str(one.public_id)
    assert back.office == "Steueramt"
    assert {key: back.fields[key] for key in back.fields} == {
        key: ours[key].replace(" <b>", "") for key in back.fields
    }
    assert {"title", "title_en", "summary", "words", "leika", "de.documents", "de.law", "en.what",
            "de.fees"} <= set(back.fields)  # fmt: skip


@pytest.mark.django_db
def test_the_command_says_what_would_happen_and_then_does_it(monkeypatch, tmp_path):
    monkeypatch.setattr(command.django_ready, "load", lambda **_how: None)
    run = CliRunner().invoke
    dry = run(command.services, ["import", str(TRANSFER), "--dry-run", "--module", "X2=law"])
    assert dry.exit_code == 0, dry.output
    assert "1 new" in dry.output
    assert not Service.objects.exists()
    run(command.services, ["import", str(TRANSFER), "--module", "X2=law"])
    assert flat(Service.objects.get())["de.law"] == "§ 1 Beispielgesetz"
    bad = tmp_path / "bad.xml"
    bad.write_text("<x/>")
    assert run(command.services, ["import", str(bad)]).exit_code == 1
    assert "information" in run(command.services, []).output
