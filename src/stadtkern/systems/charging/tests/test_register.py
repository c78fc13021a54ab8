"""The federal register in every layout: what it means, what is doubtful, what stays ours."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from stadtkern.kernel.places.models import Area
from stadtkern.systems.charging import demo
from stadtkern.systems.charging.logic import reading
from stadtkern.systems.charging.logic.register import (
    comparing,
    deciding,
    likeness,
    rows,
    table,
    taking,
)
from stadtkern.systems.charging.models import Connector, Evse, Location, RegisterRecord

REAL = (Path(demo.__file__).parent / "demo_data" / "bnetza_2019-07-19.csv").read_bytes()
# The header of the layout since 2025, as the agency writes it.
NEW = (
    "Ladeeinrichtungs-ID;Betreiber;Anzeigename (Karte);Status;Art der Ladeeinrichtung;"
    "Anzahl Ladepunkte;Nennleistung Ladeeinrichtung [kW];Inbetriebnahmedatum;Straße;Hausnummer;"
    "Adresszusatz;Postleitzahl;Ort;Kreis/kreisfreie Stadt;Bundesland;Breitengrad;Längengrad;"
    "Standortbezeichnung;Informationen zum Parkraum;Bezahlsysteme;Öffnungszeiten;"
    "Öffnungszeiten: Wochentage;Öffnungszeiten: Tageszeiten;"
    "Steckertypen1;Nennleistung Stecker1;EVSE-ID1;Public Key1;"
    "Steckertypen2;Nennleistung Stecker2;EVSE-ID2;Public Key2"
)
ROW = (
    "1001;Werke;Am Test;In Betrieb;Schnellladeeinrichtung;2;150;13.03.2017;Am Test;1;;44623;"
    "Herne;Kreisfreie Stadt Herne;Nordrhein-Westfalen;51,540000;7,220000;;;;24/7;;;"
    '"DC Fahrzeugkupplung Typ Combo 2 (CCS); DC CHAdeMO";150,0;DE*XYZ*E1*1;;'
    "AC Typ 2 Steckdose;22,0;DE*XYZ*E1*2;"
)


def new_file(*lines, preamble=10, encoding="utf-8-sig", header=NEW):
    before = ["Ladesäulenregister;;", "Stand: 01.11.2025;;", *[";;"] * max(preamble - 2, 0)]
    return "\r\n".join([*before[:preamble], header, *(lines or (ROW,))]).encode(encoding)


def as_workbook(text):
    from openpyxl import Workbook

    book, file = Workbook(), io.BytesIO()
    for cells in csv.reader(text.split("\r\n"), delimiter=";"):
        book.active.append([cell or None for cell in cells])
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("content", [
    new_file(), new_file(encoding="cp1252"), new_file(preamble=0), new_file(encoding="utf-16"),
    new_file(header=NEW.replace("Ladeeinrichtungs-ID", "Ladeeinrichungs-ID")
             .replace("Art der Ladeeinrichtung", "Art der Ladeeinrichung")),
    as_workbook(new_file().decode("utf-8-sig")),
], ids=["bom", "windows", "bare", "utf16", "typo", "xlsx"])  # fmt: skip
def test_the_header_is_found_by_its_words_in_any_file(content):
    found = table.read(content)
    ((line, cells),) = list(found.rows)
    row = rows.row_of(line, cells)
    assert (row.operator, row.street, row.postcode, row.town) == (
        "Werke", "Am Test 1", "44623", "Herne")  # fmt: skip
    assert (row.lat, row.lon, row.points, row.kw, row.fast) == (51.54, 7.22, 2, 150, True)
    assert row.commissioned == date(2017, 3, 13)
    assert row.hours == "24/7"
    assert [plug.evse_id for plug in row.plugs] == ["DE*XYZ*E1*1", "DE*XYZ*E1*2"]
    assert row.plugs[0].types == ("DC Fahrzeugkupplung Typ Combo 2 (CCS)", "DC CHAdeMO")
    assert (row.plugs[0].kw, row.register_id) == (150, "1001")


# Headers and one row as the agency published them, by way of what others have recorded of them.
OF_2021 = (
    "Ladesäulenregister Bundesnetzagentur;;\r\n;;\r\nStand: 01.12.2021;;\r\n;;\r\n"
    "Allgemeine Informationen;;;;;;;;;;;;;;1. Ladepunkt;;;2. Ladepunkt;;;3. Ladepunkt;;;\r\n"
    "Betreiber;Straße;Hausnummer;Adresszusatz;Postleitzahl;Ort;Bundesland;Kreis/kreisfreie Stadt;"
    "Breitengrad;Längengrad;Inbetriebnahmedatum;Anschlussleistung;Art der Ladeeinrichung;"
    "Anzahl Ladepunkte;Steckertypen1;P1 [kW];Public Key1;Steckertypen2;P2 [kW];Public Key2;"
    "Steckertypen3;P3 [kW];Public Key3;Steckertypen4;P4 [kW];Public Key4\r\n"
    "Albwerk GmbH & Co. KG;Ennabeurer Weg;0;;72535;Heroldstatt;Baden-Württemberg;"
    "Landkreis Alb-Donau-Kreis;48,442398;9,659075;11.01.20;22;Normalladeeinrichtung;2;"
    "AC Steckdose Typ 2;22;;AC Steckdose Typ 2;22;;;;;;;\r\n"
)
# The header is recorded, its row rebuilt: that of 2021 in its columns.
OF_2023 = OF_2021.replace("Anschlussleistung", "Nennleistung Ladeeinrichtung [kW]").replace(
    "Stand: 01.12.2021", "Stand: 01.11.2023"
)
OF_2025 = (
    "Ladesäulenregister Bundesnetzagentur;;\r\n;;\r\nLetzte Aktualisierung vom: 01.09.2026;;\r\n"
    f"{NEW}\r\n"
    "1010338;Albwerk GmbH & Co. KG;Albwerk;In Betrieb;Normalladeeinrichtung;2;22;11.01.2020;"
    "Ennabeurer Weg;0;;72535;Heroldstatt;Landkreis Alb-Donau-Kreis;Baden-Württemberg;48,442398;"
    '9,659075;;Keine Beschränkung;"RFID-Karte;Onlinezahlungsverfahren";247;"Montag; Dienstag";'
    '"00:00-23:59";AC Steckdose Typ 2;22;DEAEWE002501;KEY;AC Steckdose Typ 2;22;DEAEWE002502;KEY'
    "\r\n"
)


@pytest.mark.parametrize(("text", "encoding", "layout"), [
    (OF_2021, "cp1252", "address in parts, no EVSE ids"),
    (OF_2023, "utf-8-sig", "address in parts, no EVSE ids"),
    (OF_2025, "utf-8-sig", "address in parts, with EVSE ids"),
], ids=["2021", "2023", "2025"])  # fmt: skip
def test_one_station_is_the_same_in_the_layouts_of_all_years(text, encoding, layout):
    found = table.read(text.encode(encoding))
    ((line, cells),) = list(found.rows)
    row = rows.row_of(line, cells)
    assert (row.operator, row.street, row.postcode, row.town) == (
        "Albwerk GmbH & Co. KG", "Ennabeurer Weg 0", "72535", "Heroldstatt")  # fmt: skip
    assert (row.lat, row.lon, row.points, row.kw, row.fast) == (48.442398, 9.659075, 2, 22, False)
    assert row.commissioned == date(2020, 1, 11)
    assert [(plug.types, plug.kw) for plug in row.plugs] == [(("AC Steckdose Typ 2",), 22.0)] * 2
    assert found.layout == layout
    ids = ["DEAEWE002501", "DEAEWE002502"] if "with" in layout else ["", ""]
    assert [plug.evse_id for plug in row.plugs] == ids


def test_the_layout_of_2019_is_read_with_its_one_address_column():
    found = table.read(REAL)
    read = [rows.row_of(line, cells) for line, cells in found.rows]
    assert (len(read), found.header_line) == (66, 1)
    assert (read[1].street, read[1].postcode, read[1].town) == ("Grenzweg 18", "44623", "Herne")
    lidl = next(row for row in read if row.operator.startswith("Lidl"))
    assert lidl.plugs[1].types == ("DC Kupplung Combo", "DC CHAdeMO")


@pytest.mark.parametrize(("said", "meant"), [
    ("51,536443", 51.536443), ("51.536443", 51.536443), ("1.234,5", 1234.5), ("7,2°", 7.2),
    ("", None), ("k.A.", None),
])  # fmt: skip
def test_numbers_as_germans_write_them(said, meant):
    assert rows.number(said) == meant


@pytest.mark.parametrize(("said", "standard", "form", "power"), [
    ("AC Steckdose Typ 2", "IEC_62196_T2", "SOCKET", "AC_3_PHASE"),
    ("AC Kupplung Typ 2", "IEC_62196_T2", "CABLE", "AC_3_PHASE"),
    ("AC Typ 2 Fahrzeugkupplung", "IEC_62196_T2", "CABLE", "AC_3_PHASE"),
    ("DC Kupplung Combo", "IEC_62196_T2_COMBO", "CABLE", "DC"),
    ("DC CHAdeMO", "CHADEMO", "CABLE", "DC"),
    ("AC Schuko", "DOMESTIC_F", "SOCKET", "AC_1_PHASE"),
    ("AC CEE 5 polig", "IEC_60309_2_three_32", "SOCKET", "AC_3_PHASE"),
])  # fmt: skip
def test_plugs_are_said_in_the_words_of_ocpi(said, standard, form, power):
    kind = rows.kind_of(said)
    assert (kind.standard, kind.format, kind.power) == (standard, form, power)


def test_what_is_no_register_is_refused_with_the_next_step():
    with pytest.raises(table.Unusable, match="Bundesnetzagentur"):
        table.read(b"a;b;c\n1;2;3\n")
    with pytest.raises(table.Unusable, match="xlsx"):
        table.read(b"\xd0\xcf\x11\xe0rest")


def test_the_real_file_gives_twelve_sites_and_catches_the_wrong_latitude(db):
    plan = comparing.plan(REAL)
    assert plan.rows == 66
    assert plan.counts == {"new": 11, "matched": 0, "doubtful": 0, "outside": 1, "conflict": 0}
    (wrong,) = plan.of("outside")
    assert (wrong.first.lat, wrong.first.town) == (51.313, "Herne Wanne")
    assert not Location.objects.exists(), "a dry run stores nothing"


def test_two_stations_of_one_operator_at_one_address_are_one_location(db):
    taking.take(comparing.plan(REAL), day=date(2019, 7, 19), name="r.csv")
    assert Location.objects.get(uid="langekampstr-36").evses.count() == 4
    assert Evse.objects.filter(location__operator__startswith="Stadtwerke").count() == 22
    assert not Evse.objects.exclude(evse_id="").exists(), "official numbers are never invented"
    assert RegisterRecord.objects.filter(state="outside").count() == 1
    plug = Connector.objects.filter(evse__location__uid="grenzweg-18").first()
    assert (plug.max_watt, plug.max_amperage, plug.max_voltage) == (22_000, 32, 230)


def test_the_next_edition_matches_what_is_there_and_changes_nothing(db):
    taking.take(comparing.plan(REAL), day=date(2019, 7, 19), name="r.csv")
    again = comparing.plan(REAL)
    assert (again.counts["matched"], again.counts["new"]) == (11, 0)
    assert not any(site.changes for site in again.sites)
    with pytest.raises(taking.Taken):
        taking.take(again, day=date(2019, 7, 19), name="r.csv")


def test_a_new_edition_fills_in_official_numbers_and_adds_points(station):
    Evse.objects.filter(location=station, number=2).delete()
    plan = comparing.plan(new_file())
    (site,) = plan.sites
    assert (site.state, site.location) == ("matched", station)
    assert site.fit.score >= likeness.SURE
    taking.take(plan, day=date(2025, 11, 1), name="n.csv")
    ids = list(station.evses.order_by("number").values_list("evse_id", flat=True))
    assert ids == ["DE*XYZ*E1*1", "DE*XYZ*E1*2"]
    assert plan.day == date(2025, 11, 1)


def test_what_staff_have_set_stays_and_the_difference_is_theirs_to_decide(station):
    station.operator, station.kept = "Werke Nord", ["operator"]
    station.save()
    plan = comparing.plan(new_file())
    assert plan.counts["conflict"] == 1
    taking.take(plan, day=date(2025, 11, 1), name="n.csv")
    station.refresh_from_db()
    assert station.operator == "Werke Nord"
    record = RegisterRecord.objects.get(state="conflict")
    deciding.is_nothing(record)
    record.refresh_from_db()
    assert (record.state, record.location) == ("matched", station)


def test_fewer_points_in_the_register_take_none_away(station):
    Evse.objects.create(location=station, number=3, uid="am-test-3")
    plan = comparing.plan(new_file())
    taking.take(plan, day=date(2025, 11, 1), name="n.csv")
    assert station.evses.count() == 3
    assert RegisterRecord.objects.get().state == "conflict"


def test_a_row_that_could_be_a_location_waits_for_staff(station):
    other = ROW.replace("Werke", "Ladenetz GmbH").replace("Am Test;1", "Kirchhofstr.;20")
    plan = comparing.plan(new_file(other))
    (site,) = plan.sites
    assert (site.state, site.location) == ("doubtful", station)
    taking.take(plan, day=date(2025, 11, 1), name="n.csv")
    assert Location.objects.count() == 1
    made = deciding.is_new(RegisterRecord.objects.get(), 7.2203, 51.5402)
    assert (made.operator, made.evses.count()) == ("Ladenetz GmbH", 2)
    assert len(reading.stations()) == 2


def test_what_is_gone_from_the_register_is_said_and_stays(db):
    taking.take(comparing.plan(REAL), day=date(2019, 7, 19), name="r.csv")
    without = b"\n".join(line for line in REAL.split(b"\n") if b"Ohmstr" not in line)
    plan = comparing.plan(without)
    assert [one.uid for one in plan.gone] == ["ohmstr-1"]
    assert Location.objects.filter(uid="ohmstr-1").exists()


def test_a_position_beyond_the_border_is_for_staff_where_the_border_is_known(db):
    square = [[7.21, 51.53], [7.23, 51.53], [7.23, 51.55], [7.21, 51.55], [7.21, 51.53]]
    Area.objects.create(
        kind="city",
        key="1",
        name="Herne",
        source="s",
        licence="l",
        geometry={"type": "Polygon", "coordinates": [square]},
    )
    assert comparing.plan(new_file()).counts["new"] == 1
    far = comparing.plan(new_file(ROW.replace("7,220000", "7,250000")))
    assert far.counts["outside"] == 1
    of_others = ROW.replace("Herne;Kreisfreie Stadt Herne", "Bochum;Bochum")
    assert comparing.plan(new_file(of_others)).counts["outside"] == 1


def test_weights_are_stated_and_add_up_to_one():
    assert sum(likeness.WEIGHTS.values()) == pytest.approx(1)
    assert (
        likeness.grams(likeness.street("Wiescherstr. 24"), likeness.street("Wiescherstraße 24"))
        == 1
    )
