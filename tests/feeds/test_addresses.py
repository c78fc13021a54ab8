"""The promised addresses: what every system gives, filtered, cached, and cheap."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stadtkern.kernel import feeds, registry
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import store
from stadtkern.systems.bike_boxes import feed as box_feed
from stadtkern.systems.bike_boxes.models import Facility as BoxPlace
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.bays import COUNT, SITE
from stadtkern.systems.parking.models import Site
from tests.feeds.facilities import MEASURED, NOW

ALL = (
    "/api/parkapi/v1", "/api/parkapi/v1/bikes", "/api/parkapi/v1/herne", "/api/parkapi/v3/sources",
    "/api/parkapi/v3/parking-sites", "/api/parkapi/v3/parking-spots", "/api/parkapi/sites.geojson",
    "/api/parkapi/curbs.geojson", "/api/parkapi/closures.atom", "/api/datex2/v2/parking-table",
    "/api/datex2/v2/parking-status", "/api/datex2/v3/parking-table",
    "/api/datex2/v3/parking-status", "/api/datex2/v3/parking-light", "/api/siri-fm", "/api/feeds",
)  # fmt: skip


def car_park(number, free=None, at=MEASURED, **facts):
    """A car park of 50 spaces whose operator tells how many are free."""
    place = Place.objects.create(kind=SITE, name=f"Parkhaus {number}", source="Stadt",
                                 created=NOW - timedelta(days=9), geometry=point(7.2 + number / 1000, 51.54))  # fmt: skip
    site = Site.objects.create(place=place, uid=f"haus-{number}", counting="reported",
                               kind="CAR_PARK", capacity=50, changed=NOW - timedelta(days=9),
                               **facts)  # fmt: skip
    if free is not None:
        stream = logic.count_stream(place)
        row = store.Observation(datastream=stream.pk, at=at, value=float(free))
        store.write([row], kinds=(COUNT,))
    return site


@pytest.fixture
def car_parks(db, clock):
    return [car_park(1, 20), car_park(2, 30, closed_until=NOW + timedelta(hours=1)),
            car_park(3, 10, at=NOW - timedelta(minutes=31))]  # fmt: skip


def rows(client, query=""):
    return client.get(f"/api/parkapi/v3/parking-sites{query}").json()["items"]


def test_open_closed_and_stale_are_three_different_things(client, car_parks):
    told = {row["uid"]: row for row in rows(client)}
    first, second, third = (told[f"parking-haus-{n}"] for n in (1, 2, 3))
    assert (first["realtime_free_capacity"], first["realtime_opening_status"]) == (20, "OPEN")
    assert (second["realtime_free_capacity"], second["realtime_opening_status"]) == (0, "CLOSED")
    assert "realtime_free_capacity" not in third
    assert third["realtime_data_updated_at"] == "2026-11-23T08:59:00Z"
    lots = {lot["id"]: lot["state"] for lot in client.get("/api/parkapi/v1").json()["lots"]}
    assert lots == {"parking-haus-1": "open", "parking-haus-2": "closed",
                    "parking-haus-3": "nodata"}  # fmt: skip
    closures = client.get("/api/parkapi/closures.atom").content.decode()
    assert "Parkhaus 2" in closures
    assert "Parkhaus 1" not in closures


def test_every_address_answers_with_and_without_a_slash_and_asks_a_fixed_number(client, car_parks):
    client.get(ALL[0])
    with CaptureQueriesContext(
        connection,
    ) as few:
        for path in ALL:
            assert client.get(path).status_code == 200, path
    for number in range(4, 9):
        car_park(number, number)
    with CaptureQueriesContext(connection) as many:
        for path in ALL:
            answer = client.get(f"{path}/")
            assert answer.status_code == 200, path
            assert answer["Access-Control-Allow-Origin"] == "*"
            assert answer["Cache-Control"] == "public, max-age=30"
    assert len(many) <= len(few)


def test_who_has_it_already_gets_nothing(client, car_parks, clock):
    for path in ("/api/parkapi/v3/parking-sites", "/api/datex2/v2/parking-status"):
        first = client.get(path)
        assert first["Last-Modified"] == "Mon, 23 Nov 2026 09:26:00 GMT"
        clock.shift(timedelta(seconds=20))
        again = client.get(path, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == first["ETag"]


def test_a_new_number_is_a_new_mark(client, car_parks):
    before = client.get("/api/siri-fm")["ETag"]
    stream = logic.count_stream(car_parks[0].place)
    store.write([store.Observation(datastream=stream.pk, at=NOW, value=3.0)], kinds=(COUNT,))
    assert client.get("/api/siri-fm")["ETag"] != before


def test_filters_and_pages(client, car_parks):
    assert len(rows(client, "?name=parkhaus 2")) == 1
    assert rows(client, "?purpose=BIKE&source_uid=elsewhere") == []
    near = rows(client, "?lat=51.54&lon=7.201&radius=50")
    assert [row["uid"] for row in near] == ["parking-haus-1"]
    seen, path = [], "/api/parkapi/v3/parking-sites?limit=2&purpose=CAR"
    while path:
        page = client.get(path).json()
        assert page["total_count"] == 3
        seen += [row["uid"] for row in page["items"]]
        path = page.get("next_path")
    assert sorted(seen) == [f"parking-haus-{n}" for n in (1, 2, 3)]
    (one,) = (row for row in rows(client) if row["uid"] == "parking-haus-1")
    for name in (one["id"], one["uid"]):
        found = client.get(f"/api/parkapi/v3/parking-sites/{name}")
        assert found.json()["uid"] == "parking-haus-1"


@pytest.mark.parametrize(
    ("query", "field"),
    [("?lat=51.5", "lon"), ("?lat=91&lon=7&radius=1", "lat"), ("?lat=x&lon=7&radius=1", "lat"),
     ("?lat=51&lon=7&radius=nan", "radius"), ("?purpose=BOAT", "purpose"), ("?limit=0", "limit"),
     ("?limit=99999", "limit"), ("?start=-1", "start"), ("?limit=²", "limit")],
)  # fmt: skip
def test_a_wrong_question_is_refused_with_its_field(client, db, query, field):
    answer = client.get(f"/api/parkapi/v3/parking-sites{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


def test_unknown_lists_and_sites_are_not_found(client, db):
    assert client.get("/api/parkapi/v1/bochum").status_code == 404
    assert client.get("/api/parkapi/v3/parking-sites/1").status_code == 404
    posted = client.post("/api/parkapi/v3/parking-sites", {})
    assert (posted.status_code, posted["Allow"]) == (405, "GET, HEAD, OPTIONS")
    preflight = client.options("/api/siri-fm")
    assert (preflight.status_code, preflight["Access-Control-Allow-Origin"]) == (204, "*")


def test_another_program_reads_what_the_addresses_give(client, car_parks, outside):
    read, errors = outside(
        "sites", client.get("/api/parkapi/v3/parking-sites", SERVER_NAME="127.0.0.1").content
    )
    assert errors == []
    assert {one["uid"] for one in read} == {f"parking-haus-{n}" for n in (1, 2, 3)}
    read, _errors = outside("status", client.get("/api/datex2/v2/parking-status").content)
    assert {one["uid"]: one["realtime_free_capacity"] for one in read} == {
        "parking-haus-1": 20, "parking-haus-2": 0,
    }  # fmt: skip


def test_another_program_reads_the_list_of_bike_boxes(client, db, clock, outside):
    place = Place.objects.create(kind="bike_boxes.facility", name="Boxen Bahnhof",
                                 geometry=point(7.2, 51.5))  # fmt: skip
    BoxPlace.objects.create(place=place, slug="bahnhof", unit="u-1", secret=b"")
    (box,), errors = outside("kienzler", client.get("/api/bike_boxes/kienzler").content)
    assert errors == []
    assert (box["name"], box["type"], box["purpose"]) == ("Boxen Bahnhof", "LOCKERS", "BIKE")
    (lot,) = client.get("/api/parkapi/v1/bikes").json()["lots"]
    assert (lot["name"], lot["lot_type"]) == ("Boxen Bahnhof", "Fahrradboxen")
    assert client.get("/api/parkapi/v1").json()["lots"] == []


def test_a_builder_that_fails_leaves_the_others(monkeypatch, car_parks):
    def fails():
        raise RuntimeError

    monkeypatch.setattr(box_feed, "facilities", fails)
    assert len(feeds.records("parking")) == 3


def test_a_system_that_is_off_gives_nothing(client, car_parks):
    with registry.switched_off("parking"):
        assert rows(client) == []
        assert client.get("/api/feeds").status_code == 200
