"""Hundreds of devices from a list: every problem by row and column first, then all or none."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.devices.models import Device, DeviceImport
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things.models import ObservedProperty, Thing

UPLOAD = "/staff/devices/new/import/"
HEAD = "DevEUI;Name;Profil;Ort;Breite;Länge"


def row(n, **change):
    cells = {
        "eui": f"70B3D5000000{n:04X}",
        "name": f"Gerät {n}",
        "profile": "test-thermometer",
        "place": f"Laterne {n}",
        "lat": "51,54",
        "lon": f"7,2{n:03d}",
    }
    return ";".join({**cells, **change}.values())


def table(*rows, head=HEAD):
    return "\r\n".join((head, *rows)) + "\r\n"


@pytest.fixture
def upload(as_):
    """Upload a list; answers the import, or the form's errors."""

    def send(content, name="liste.csv"):
        body = content if isinstance(content, bytes) else content.encode()
        answer = as_("data").post(UPLOAD, {"file": SimpleUploadedFile(name, body)})
        if answer.status_code == 422:
            return answer.context["form"].errors["file"]
        number = int(answer["Location"].rstrip("/").rsplit("/", 1)[1])
        return DeviceImport.objects.get(pk=number)

    return send


@pytest.fixture
def carry_out(as_):
    def run(one):
        as_("data").post(reverse("staff-device-new-list", args=[one.pk]))
        one.refresh_from_db()
        return one

    return run


def faults(one):
    return [(f["row"], f["column"]) for f in one.report["faults"]]


def text_of(one, row, column):
    return next(f["text"] for f in one.report["faults"] if (f["row"], f["column"]) == (row, column))


def test_a_dry_run_writes_nothing_and_the_second_step_makes_all(profile, upload, carry_out):
    one = upload(table(row(1), row(2), row(3)))
    assert (one.report["rows"], len(one.report["new"]), one.report["faults"]) == (3, 3, [])
    assert not Device.objects.exists()
    assert not Place.objects.exists()
    carry_out(one)
    assert Device.objects.count() == 3
    device = Device.objects.get(dev_eui="70b3d50000000002")
    assert (device.name, device.thing.place.name) == ("Gerät 2", "Laterne 2")
    assert (device.thing.place.lat, device.thing.place.lon) == (51.54, 7.2002)
    assert [d.unit_symbol for d in device.thing.datastreams.all()] == ["°C"]
    assert Entry.objects.filter(verb="devices.create").count() == 3
    assert Entry.objects.get(verb="devices.import").details["devices"] == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_list_is_read_as_spreadsheets_write_it(profile, upload, encoding, separator):
    text = table(row(1), row(2)).replace(";", separator)
    one = upload(text.encode(encoding))
    assert (faults(one), [r["name"] for r in one.report["new"]]) == ([], ["Gerät 1", "Gerät 2"])


def test_a_list_with_commas_and_english_headings_is_read(profile, upload):
    one = upload(
        "DevEUI,Name,Profile,Place,Latitude,Longitude,Labels\n"
        '70B3D50000000001,"Lamp, north",test-thermometer,Lamp 1,51.54,7.2,"a, b"\n'
    )
    assert (faults(one), one.report["new"][0]["name"]) == ([], "Lamp, north")


def test_an_excel_file_is_read(profile, upload, carry_out):
    book = Workbook()
    book.active.append(["Geräte-EUI", "Bezeichnung", "Geräteprofil", "Standort", "Lat", "Lon"])
    book.active.append(["70B3D50000000001", "Eins", "Testthermometer", "Dach", 51.54, 7.2])
    book.active.append([None] * 6)
    book.active.append(["70B3D50000000002", "Zwei", "Muster T1", "Dach", 51.54, 7.2])
    content = io.BytesIO()
    book.save(content)
    one = upload(content.getvalue(), "liste.xlsx")
    assert faults(one) == []
    assert [r["row"] for r in one.report["new"]] == [2, 4]
    carry_out(one)
    assert Place.objects.count() == 1
    assert Thing.objects.filter(place__name="Dach").count() == 2


def test_every_problem_is_shown_by_row_and_column_at_once(device, place, upload, as_):
    one = upload(
        table(
            row(1),
            row(1, name="Doppelt"),
            row(3, eui="70B3D5000000000"),
            row(4, eui="70B3D5000000ZZZZ"),
            row(5, eui=device.dev_eui),
            row(6, profile="test-termometer"),
            row(7, lat="7,2", lon="51,54"),
            row(8, lat="48,1", lon="11,5"),
            row(9, name=""),
            row(10, lat="abc"),
            row(11, place="Rathuas", lat="", lon=""),
            row(12, place="", lat="", lon=""),
            row(13, eui="7,0B3D5E+15"),
            row(14, lon=""),
            row(15, eui="", name="", profile="nirgends und nie"),
        )
    )
    assert faults(one) == [
        (3, "DevEUI"), (4, "DevEUI"), (5, "DevEUI"), (6, "DevEUI"), (7, "Profil"),
        (8, "Breite"), (9, "Breite"), (10, "Name"), (11, "Breite"), (12, "Ort"), (13, "Ort"),
        (14, "DevEUI"), (15, "Länge"), (16, "DevEUI"), (16, "Profil"), (16, "Name"),
    ]  # fmt: skip
    assert "2" in text_of(one, 3, "DevEUI")
    assert "Rathaus Nord" in text_of(one, 6, "DevEUI")
    assert "test-thermometer" in text_of(one, 7, "Profil")
    assert text_of(one, 8, "Breite") != text_of(one, 9, "Breite")
    assert "Rathaus" in text_of(one, 12, "Ort")
    page = as_("data").get(reverse("staff-device-new-list", args=[one.pk])).content.decode()
    assert "test-thermometer" in page
    assert Device.objects.count() == 1


def test_a_list_with_a_problem_makes_nothing(profile, upload, carry_out):
    one = carry_out(upload(table(row(1), row(2, name=""))))
    assert one.done is None
    assert not Device.objects.exists()


def test_the_same_file_twice_does_nothing_twice(profile, upload, carry_out):
    text = table(row(1), row(2))
    first = carry_out(upload(text))
    carry_out(first)
    before = (Device.objects.count(), Thing.objects.count(), Place.objects.count())
    again = upload(text)
    assert (again.report["faults"], again.report["new"]) == ([], [])
    assert [r["row"] for r in again.report["known"]] == [2, 3]
    carry_out(again)
    assert (Device.objects.count(), Thing.objects.count(), Place.objects.count()) == before


def test_a_longer_list_adds_only_what_is_new(profile, upload, carry_out):
    carry_out(upload(table(row(1))))
    one = carry_out(upload(table(row(1), row(2))))
    assert [r["dev_eui"] for r in one.report["made"]] == ["70b3d50000000002"]
    assert Device.objects.count() == 2


def test_what_changed_in_the_city_since_the_dry_run_is_noticed(profile, upload, carry_out):
    one = upload(table(row(1), row(2)))
    Device.objects.create(dev_eui="70b3d50000000002", name="Anderer", profile=profile)
    carry_out(one)
    assert one.done is None
    assert faults(one) == [(3, "DevEUI")]
    assert Device.objects.count() == 1


def test_keys_in_a_list_are_sealed_and_leave_no_trace(profile, upload, carry_out):
    key = "5572404c696e6b4c6f52613230313823"
    one = upload(table(f"{row(1)};{key}", head=f"{HEAD};AppKey"))
    assert faults(one) == []
    assert key.encode() not in bytes(DeviceImport.objects.get(pk=one.pk).content)
    carry_out(one)
    assert Device.objects.get().keys is not None
    with connection.cursor() as cursor:
        cursor.execute("select row_to_json(i)::text from devices_deviceimport i")
        assert key not in cursor.fetchone()[0]
    assert DeviceImport.objects.get().content is None


def test_only_some_properties_are_kept_where_the_list_says_so(profile, upload):
    one = upload(table(f"{row(1)};Lufttemperatur", f"{row(2)};Luftdruck", head=f"{HEAD};Misst"))
    assert faults(one) == [(3, "Misst")]


def test_columns_that_are_not_understood_are_said(profile, upload):
    one = upload(table(f"{row(1)};x", head=f"{HEAD};Wartungsvertrag"))
    assert one.report["ignored"] == ["Wartungsvertrag"]
    assert faults(one) == []


def test_a_missing_column_is_one_problem_and_not_hundreds(profile, upload):
    one = upload("Name;Ort\r\nA;B\r\nC;D\r\n")
    assert faults(one) == [(0, "DevEUI"), (0, "Profil")]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "alt.xls"),
        (b"PK\x03\x04 no workbook", "kaputt.xlsx"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "bild.png"),
        (b"\r\n\r\n", "leer.csv"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(upload, content, name):
    errors = upload(content, name)
    assert errors
    assert not DeviceImport.objects.exists()


def test_the_report_is_a_file_with_every_row(profile, upload, as_):
    one = upload(table(row(1), row(2, name="")))
    answer = as_("data").get(reverse("staff-device-new-report", args=[one.pk]))
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert lines[1].startswith("2;;70b3d50000000001;Gerät 1")
    assert lines[2].startswith("3;Name")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_has_headings_that_are_understood(as_, profile, upload, kind):
    content = as_("data").get(UPLOAD, {"template": kind}).content
    if kind == "xlsx":
        book = load_workbook(io.BytesIO(content))
        book.worksheets[0].append(["70B3D50000000001", "Eins", "test-thermometer", "Dach",
                                   51.54, 7.2])  # fmt: skip
        assert ("test-thermometer",) in book.worksheets[2].iter_rows(max_col=1, values_only=True)
        filled = io.BytesIO()
        book.save(filled)
        one = upload(filled.getvalue(), "devices.xlsx")
    else:
        line = "70B3D50000000001;Eins;test-thermometer;Dach;51.54;7.2;;;;\r\n"
        one = upload(content + line.encode())
    assert (faults(one), one.report["ignored"], len(one.report["new"])) == ([], [], 1)


def test_hundreds_of_rows_take_as_many_queries_as_a_few(profile, upload, carry_out, count_queries):
    ObservedProperty.objects.all().delete()
    small = upload(table(*(row(n) for n in range(2))))
    few = count_queries(lambda: carry_out(small))
    many_rows = table(*(row(n) for n in range(100, 700)))
    few_check = count_queries(lambda: upload(table(row(50))))
    big = []
    assert count_queries(lambda: big.append(upload(many_rows))) == few_check
    assert count_queries(lambda: carry_out(big[0])) <= few + 4
    assert Device.objects.count() == 602
