"""The pages of a car park, for everybody and for staff."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stadtkern.kernel.audit.models import Entry
from stadtkern.systems.parking import datasets, feed, jobs, logic
from stadtkern.systems.parking.models import Calibration, Closure, Entrance, Fault, Price

from .conftest import NOW
from .test_lanes import House
from .test_pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(car_park):
    site = car_park(10)
    site.hear_all(taken=4)
    site.bays[0].properties["audience"] = "electric"
    site.bays[0].save()
    jobs.recount_all()
    return site


def facts(site, **changes):
    row = logic.facts_of([site.place])[site.place.pk]
    for name, value in changes.items():
        setattr(row, name, value)
    row.save()
    return row


def test_every_car_park_gets_its_row_once_and_names_are_told_apart(car_park):
    one, two = car_park(1), car_park(1)
    for _ in range(2):
        jobs.recount_all()
    rows = logic.facts_of([one.place, two.place])
    assert rows[one.place.pk].uid == "pr-nord"
    assert rows[two.place.pk].uid == f"pr-nord-{str(two.place.public_id)[:8]}"


def test_the_page_says_everything_about_a_car_park(client, full):
    row = facts(full, max_height_cm=205, operator="Stadt", opening_hours="Mo-Fr 06:00-22:00")
    Entrance.objects.create(site=row, kind="entrance", name="Nordtor", lon=7.21, lat=51.51)
    Price.objects.create(site=row, title="Je Stunde", cents=150, minutes=60)
    text = words(client.get(f"/parken/{full.place.public_id}/"))
    for said in ("6 von 10 Stellplätzen frei", "bis 205 cm", "Jetzt geöffnet, bis 22:00",
                 "Je Stunde: 1,50", "Einfahrt: Nordtor", "hoch", "für Elektroautos"):  # fmt: skip
        assert said in text
    ways = client.get(f"/parken/{full.place.public_id}/entrances.geojson").json()
    assert ways["features"][0]["geometry"]["coordinates"] == [7.21, 51.51]
    assert "open" in words(client.get(f"/en/parking/{full.place.public_id}/")).lower()


@pytest.mark.parametrize("closed", ["hours", "staff"])
def test_what_is_closed_has_no_free_space_for_anybody(client, full, closed):
    if closed == "hours":
        facts(full, opening_hours="Sa 06:00-22:00")
    else:
        facts(full, closed_until=NOW + timedelta(hours=3), closed_why="Straßenfest")
    (site,) = logic.sites()
    assert (site.free, site.state, site.open) == (0, "bad", False)
    assert next(feed.facilities()).all.free == 0
    text = words(client.get(f"/parken/{full.place.public_id}/"))
    assert "geschlossen" in text
    assert ("Straßenfest" in text) is (closed == "staff")
    (row,) = datasets.site_rows()
    assert (row["free"], row["open"], row["electric_free"]) == (0, False, 0)


def test_it_opens_by_itself_when_the_closing_is_over(full, later):
    facts(full, closed_until=NOW + timedelta(minutes=10), closed_why="Straßenfest")
    later(minutes=10)
    assert logic.sites()[0].free == 6


def names(response):
    return re.findall(r"<h2><a[^>]*>([^<]+)</a>", response.content.decode())


def test_the_list_is_narrowed_by_people_height_and_free_spaces(client, full, car_park):
    low = car_park(3, "P+R Süd")
    low.hear_all(taken=3)
    facts(low, max_height_cm=190)
    jobs.recount_all()
    assert names(client.get("/parken/")) == ["P+R Nord", "P+R Süd"]
    assert names(client.get("/parken/?kept=electric")) == ["P+R Nord"]
    assert names(client.get("/parken/?kept=electric&free=on")) == []
    assert names(client.get("/parken/?height=200")) == ["P+R Nord"]
    assert names(client.get("/parken/cards/?q=süd")) == ["P+R Süd"]
    assert names(client.get("/parken/?free=on")) == ["P+R Nord"]
    assert len(names(client.get("/parken/?kept=x&height=y"))) == 2


def asked(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_pages_ask_the_database_as_often_for_many_car_parks_as_for_few(
    admin_client, full, car_park
):
    pages = ["/parken/", f"/parken/{full.place.public_id}/", "/staff/parking/sites/",
             "/staff/parking/faults/"]  # fmt: skip
    Fault.objects.create(place=full.place, kind="jump")
    few = [asked(admin_client, page) for page in pages]
    for n in range(3):
        other = car_park(15, f"P+R {n}")
        other.hear_all(taken=n)
        for bay in other.bays:
            Fault.objects.create(place=bay, kind="silent")
    jobs.recount_all()
    assert [asked(admin_client, page) for page in pages] == few


def form_of(client, address):
    """What a browser would send back unchanged."""
    page = client.get(address)
    form, parts = page.context["form"], page.context["parts"]
    bound = [form, *(one for _title, rows in parts for one in [rows.management_form, *rows.forms])]
    said = {}
    for one in bound:
        for field in one:
            value = field.value()
            if value is not None and value is not False and value != "":
                said[field.html_name] = value
    return said


def test_staff_change_a_car_park_and_it_is_on_record(admin_client, full):
    address = f"/staff/parking/sites/{full.place.public_id}/"
    said = form_of(admin_client, address) | {
        "max_height_cm": "210", "low_below": "30", "low_above": "35",
        "entrances-0-kind": "both", "entrances-0-lon": "7.21", "entrances-0-lat": "51.5",
    }  # fmt: skip
    answer = admin_client.post(address, said)
    assert answer.status_code == 302, answer.context["problems"]
    row = facts(full)
    assert (row.max_height_cm, row.low_below, row.entrances.count()) == (210, 0.3, 1)
    entry = Entry.objects.get(verb="parking.site")
    assert set(entry.details["changed"]) >= {"max_height_cm", "low_below", "entrances"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"opening_hours": "Mo-Fr 8-"}, "nicht lesbar"),
        ({"low_below": "90"}, "Schwelle"),
        ({"closed_until": "2026-11-30T10:00"}, "warum"),
        ({"closed_until": "2026-11-20T10:00", "closed_why": "x"}, "vorbei"),
        ({"counting": "lanes", "capacity": "0"}, "Stellplätze"),
    ],
)
def test_wrong_input_is_refused_kept_and_named_at_the_top(admin_client, full, change, said):
    address = f"/staff/parking/sites/{full.place.public_id}/"
    sent = form_of(admin_client, address) | change | {"operator": "bleibt stehen"}
    page = admin_client.post(address, sent)
    text = page.content.decode()
    assert page.status_code == 422
    assert "<title>Fehler:" in text
    assert "bleibt stehen" in text
    assert any(said in problem[2] for problem in page.context["problems"])
    assert all(f'id="{problem[0]}"' in text for problem in page.context["problems"])
    assert facts(full).operator == ""


def test_the_preview_shows_the_week_and_saves_nothing(admin_client, full):
    address = f"/staff/parking/sites/{full.place.public_id}/"
    said = form_of(admin_client, address) | {"opening_hours": "Mo 07:00-09:00", "preview": "1"}
    page = admin_client.post(address, said)
    assert "07:00–09:00" in page.content.decode()
    assert facts(full).opening_hours == "24/7"


def test_a_count_by_hand_is_taken_explained_and_on_record(admin_client, clock):
    house = House()
    house.both(0, 0, NOW - timedelta(hours=1))
    house.both(20, 5)
    address = f"/staff/parking/sites/{house.place.public_id}/count/"
    assert "55 Fahrzeuge" in words(admin_client.get(address))
    assert admin_client.post(address, {"occupied": "500"}).status_code == 422
    assert admin_client.post(address, {"occupied": "50", "note": "mit Klicker"}).status_code == 302
    row = Calibration.objects.get(source="manual", at=NOW)
    assert (row.occupied, row.delta) == (50, -5)
    assert Entry.objects.get(verb="parking.count").details == {"occupied": 50, "delta": -5}
    assert "-5" in words(admin_client.get(address))
    assert house.shown.free == 50


def test_a_bay_is_closed_and_opened_by_staff(admin_client, full):
    address = f"/staff/parking/bays/{full.bays[5].public_id}/"
    assert admin_client.post(address, {"why": ""}).status_code == 422
    assert admin_client.post(address, {"why": "Container"}).status_code == 302
    assert logic.sites()[0].capacity == 9
    assert "Container" in words(admin_client.get(address))
    assert admin_client.post(address, {"open": "1"}).status_code == 302
    assert (logic.sites()[0].capacity, Closure.objects.count()) == (10, 0)
    assert Entry.objects.filter(verb__startswith="parking.bay_").count() == 2


def test_faults_are_listed_filtered_saved_as_a_file_and_checked(admin_client, full):
    Fault.objects.create(
        place=full.bays[2], kind="stuck", evidence={"days": 7, "others": 12}, since=NOW
    )
    Fault.objects.create(place=full.bays[3], kind="battery", evidence={"percent": 9}, since=NOW)
    text = words(admin_client.get("/staff/parking/faults/"))
    assert "Seit 7 Tagen derselbe Zustand" in text
    assert "2 Störungen" in text
    assert "1 Störung" in words(admin_client.get("/staff/parking/faults/?kind=battery"))
    assert "Platz A 3" in words(admin_client.get("/staff/parking/faults/?q=a+3"))
    file = admin_client.get("/staff/parking/faults/?kind=stuck&as=csv").content.decode("utf-8-sig")
    assert file.splitlines()[1].startswith("P+R Nord;Platz A 3;")
    fault = Fault.objects.get(kind="stuck")
    assert admin_client.post(f"/staff/parking/faults/{fault.pk}/checked/").status_code == 302
    assert "1 Störung" in words(admin_client.get("/staff/parking/faults/?state=checked"))


def test_the_history_is_published_by_the_hour_without_single_bays(full):
    (row,) = datasets.history_rows()
    assert (row["free"], row["lowest"], row["highest"], row["counts"]) == (6.0, 6, 6, 1)
    assert row["name"] == "P+R Nord"
