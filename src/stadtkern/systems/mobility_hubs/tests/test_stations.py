"""A station joins what lies near it; what is not known is never counted as nothing."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from stadtkern.kernel import clock, sealing
from stadtkern.kernel.feeds.parking import Count, Facility
from stadtkern.kernel.fetching import Document
from stadtkern.kernel.people.models import Account, Role
from stadtkern.systems.mobility_hubs.logic import counting, forecast, now
from stadtkern.systems.mobility_hubs.models import Dock, Hub, Member, Source, Vehicle
from stadtkern.systems.mobility_hubs.reading import gbfs, pulling
from stadtkern.systems.mobility_hubs.reading.refusing import NotUnderstood

from .conftest import BOX, NOW

V3 = {
    "gbfs": {"feeds": [{"name": n, "url": f"https://r.example/{n}"} for n in gbfs.FILES]},
    "system_information": {"system_id": "rad", "name": [{"text": "Rad", "language": "de"}]},
    "station_information": {"stations": [
        {"station_id": "1", "name": [{"text": "Rail", "language": "en"},
                                     {"text": "Bahnhof", "language": "de"}],
         "lat": 51.5436, "lon": 7.2178, "capacity": 10},
        {"station_id": "2", "name": [{"text": "Berlin", "language": "de"}], "lat": 52.5,
         "lon": 13.4}, {"station_id": "3", "name": []},
    ]},
    "station_status": {"stations": [
        {"station_id": "1", "num_vehicles_available": 4, "num_docks_available": 6,
         "is_installed": True, "is_renting": True, "is_returning": True,
         "last_reported": "2026-11-23T10:29:00+01:00"},
    ]},
    "vehicle_status": {"vehicles": [
        {"vehicle_id": "a", "lat": 51.5437, "lon": 7.2179, "is_reserved": False,
         "is_disabled": False, "last_reported": "2026-11-23T09:28:00Z"},
        {"vehicle_id": "b", "lat": 51.5437, "lon": 7.2179, "is_reserved": True,
         "is_disabled": False},
    ]},
}  # fmt: skip
V2 = {
    "gbfs": {"de": {"feeds": [{"name": "station_status", "url": "https://r.example/s"}]}},
    "system_information": {"system_id": "rad", "name": "Rad"},
    "station_information": {"stations": [
        {"station_id": "1", "name": "Bahnhof", "lat": 51.5436, "lon": 7.2178, "capacity": 10},
    ]},
    "station_status": {"stations": [
        {"station_id": "1", "num_bikes_available": 4, "is_installed": 1, "is_renting": 1,
         "is_returning": 1, "last_reported": int(NOW.timestamp())},
    ]},
    "free_bike_status": {"bikes": [
        {"bike_id": "a", "lat": 51.5437, "lon": 7.2179, "is_reserved": 0, "is_disabled": 0},
    ]},
}  # fmt: skip


def files(data):
    return {name: json.dumps({"data": one}).encode() for name, one in data.items()}


@pytest.mark.parametrize("data", [V3, V2])
def test_shared_vehicles_of_both_versions_are_read(sharing, data):
    told = gbfs.read({k: v for k, v in files(data).items() if k != "gbfs"}, BOX)
    gbfs.store(sharing, told)
    dock = Dock.objects.get()
    assert (dock.name, dock.vehicles, dock.capacity) == ("Bahnhof", 4, 10)
    assert [one.uid for one in Vehicle.objects.all()] == ["a"]
    assert gbfs.addresses(files(data)["gbfs"])["station_status"].startswith("https://r.example/")


def test_a_station_that_does_not_say_when_reported_with_its_file(sharing):
    rows = [{k: v for k, v in V2["station_status"]["stations"][0].items() if k != "last_reported"}]
    parts = files({**V2, "station_status": {"stations": rows}})
    for name in ("station_status", "free_bike_status"):
        whole = json.loads(parts[name]) | {"last_updated": int(NOW.timestamp()), "ttl": 120}
        parts[name] = json.dumps(whole).encode()
    del parts["gbfs"]
    told = gbfs.read(parts, BOX)
    gbfs.store(sharing, told)
    assert (Dock.objects.get().at, Vehicle.objects.get().at) == (NOW, NOW)
    # It holds for two minutes: before that nobody asks again.
    sharing.facts, sharing.tried, sharing.every_minutes = told.facts, NOW, 1
    for minutes, due in ((1, False), (2, True)):
        with clock.held(NOW + timedelta(minutes=minutes)):
            assert pulling._is_due(sharing) is due


@pytest.mark.parametrize(
    "body",
    [b"[" * 200_000, b'{"data": []}', b'{"data": {"feeds": 1}}', "{\"data\": {}}".encode("utf-16"),
     b"\xff\xfe", b"<html>", b""],
)  # fmt: skip
def test_hostile_directories_are_refused_in_words(body):
    with pytest.raises(NotUnderstood):
        gbfs.addresses(body)


def test_values_that_no_database_takes_do_no_harm(sharing):
    odd = {"station_id": "1", "num_vehicles_available": 10**30, "num_docks_available": -1,
           "last_reported": "0001-01-01T00:00:00+14:00"}  # fmt: skip
    parts = files({**V3, "station_status": {"stations": [odd, 7, None]}, "system_information": {
        "name": "a\0b", "url": "x" * 9000}, "vehicle_status": {"vehicles": "none"}})  # fmt: skip
    del parts["gbfs"]
    told = gbfs.read(parts, BOX)
    gbfs.store(sharing, told)
    Source.objects.filter(pk=sharing.pk).update(facts=told.facts)
    dock = Dock.objects.get()
    assert (dock.vehicles, dock.free_docks, dock.at) == (None, None, None)


def test_the_key_goes_to_no_other_host_that_the_feed_names(sharing, monkeypatch):
    sharing.key = sealing.seal("geheim")
    asked = {}

    def get(url, _limits, *, secret=None, **_marks):
        asked[url] = secret
        return Document(url=url)

    monkeypatch.setattr(pulling.fetching, "get", get)
    for url in (sharing.address, "https://r.example/s", "https://other.example/s",
                "http://r.example/s"):  # fmt: skip
        pulling._get(sharing, url)
    assert [secret is not None for secret in asked.values()] == [True, True, False, False]


def test_a_closed_car_park_has_nothing_free_here_either(hub, monkeypatch):
    over = Facility(uid="over", system="parking", place=None, name="Voll", purpose="CAR",
                    kind="CAR_PARK", lon=7.2178, lat=51.5436, static_at=NOW, at=NOW,
                    counts=(Count(audience="all", capacity=5, free=9),))  # fmt: skip
    given = [over, replace(over, uid="closed", name="Zu", opening="closed")]
    monkeypatch.setattr(now.feeds, "records",
                        lambda standard: given if standard == "parking" else [])  # fmt: skip
    (station,) = now.stations()
    assert {one.name: one.free for one in station.elements} == {"Zu": 0, "Voll": 5}


def test_the_screen_sets_no_cookie_and_says_how_old_its_numbers_are(client, hub, parks):
    parks(("P 1", 10, 5, 10))
    answer = client.get("/mobilstationen/bahnhof/kiosk/")
    assert not answer.cookies
    page = answer.content.decode()
    assert "Zahlen von" in page
    assert 'http-equiv="refresh"' in page
    assert 'data-next="/mobilstationen/bahnhof/kiosk/"' in page


def test_a_part_leads_to_its_page_in_the_readers_language(client, hub, monkeypatch):
    park = Facility(uid="p", system="parking", place=None, name="P", purpose="CAR", kind="CAR_PARK",
                    lon=7.2178, lat=51.5436, static_at=NOW, at=NOW, page="/mobilstationen/",
                    counts=(Count(audience="all", capacity=5, free=3),))  # fmt: skip
    monkeypatch.setattr(now.feeds, "records",
                        lambda standard: [park] if standard == "parking" else [])  # fmt: skip
    german = client.get("/mobilstationen/bahnhof/").content.decode()
    english = client.get("/en/mobility_hubs/bahnhof/").content.decode()
    assert '<a href="/mobilstationen/">P</a>' in german
    assert '<a href="/en/mobility_hubs/">P</a>' in english


def test_what_is_no_gbfs_is_refused_and_a_station_without_position_named():
    with pytest.raises(NotUnderstood):
        gbfs.addresses(b"{}")
    with pytest.raises(NotUnderstood):
        gbfs.read({"station_information": b"[]"}, BOX)
    told = gbfs.read(files({"station_information": V3["station_information"]}), BOX)
    assert told.refused.rows == [
        {"row": "3", "field": "lat", "reason": told.refused.rows[0]["reason"]}
    ]


@pytest.fixture
def parks(monkeypatch, now):
    """Car parks that the kernel knows, as `(name, metres north of the station, free, capacity)`."""

    def given(*rows):
        found = [
            Facility(uid=name, system="parking", place=None, name=name, purpose="CAR",
                     kind="CAR_PARK", lon=7.2178, lat=51.5436 + north / 111_320,
                     counts=(Count(audience="all", capacity=all_, free=free),), static_at=NOW,
                     at=NOW)
            for name, north, free, all_ in rows
        ]  # fmt: skip
        was = now_feeds()
        monkeypatch.setattr(
            "stadtkern.kernel.feeds.records",
            lambda standard: found if standard == "parking" else was(standard),
        )

    return given


def now_feeds():
    from stadtkern.kernel import feeds

    return feeds.records


def joint():
    return next(iter(now.stations()))


def test_what_lies_within_the_radius_belongs_to_it(hub, parks):
    parks(("near", 240, 5, 10), ("far", 260, 7, 10))
    assert [one.uid for one in joint().elements] == ["near"]
    assert joint().free("car") == 5


def test_staff_take_out_and_put_in(hub, parks):
    parks(("near", 10, 5, 10), ("far", 900, 7, 10))
    Member.objects.create(hub=hub, standard="parking", uid="near", shown=False)
    Member.objects.create(hub=hub, standard="parking", uid="far", shown=True)
    assert [one.uid for one in joint().elements] == ["far"]


def test_a_part_without_a_number_is_unknown_and_not_nothing(hub, parks):
    parks(("one", 10, 5, 10), ("silent", 20, None, 90))
    assert (joint().free("car"), joint().all("car")) == (5, 10)
    assert (joint().current, joint().freshness) == (1, "tight")
    parks(("silent", 20, None, 90))
    assert (joint().free("car"), joint().freshness) == (None, "none")


def test_old_numbers_of_sharing_are_not_believed(hub, sharing):
    dock = Dock.objects.create(source=sharing, uid="1", name="Bahnhof", lon=7.2178, lat=51.5436,
                               capacity=10, vehicles=4, at=NOW)  # fmt: skip
    assert joint().free("sharing") == 4
    dock.at = NOW - timedelta(minutes=11)
    dock.save()
    assert joint().free("sharing") is None


def test_numbers_are_kept_once_and_again_when_they_change(hub, parks):
    parks(("one", 10, 5, 10))
    assert counting.count_all() == "1 numbers stored"
    assert counting.count_all() == "0 numbers stored"
    parks(("one", 10, 4, 10))
    assert counting.count_all() == "1 numbers stored"


def test_the_look_ahead_is_the_usual_and_what_is_left_of_today():
    before = [(10.0, 4.0)] * 4
    same = forecast.ahead(10, 50, NOW, 30, before)
    assert (same.free, same.low, same.high) == (4, 4, 4)
    # Ten more than usual: after an hour a third of it is left (1/e = 0.37).
    assert forecast.ahead(20, 50, NOW, 60, before).free == 8
    assert forecast.ahead(20, 5, NOW, 60, before).free == 5
    assert forecast.ahead(20, 50, NOW, 60, [*before[:2], (None, 1.0)]) is None


def test_the_look_ahead_follows_the_clock_on_the_wall():
    from zoneinfo import ZoneInfo

    berlin = clock.now().replace(2026, 10, 26, 7, 0, 0, 0).astimezone(ZoneInfo("Europe/Berlin"))
    first, then = forecast.moments(berlin, 30)[0]
    assert (first.hour, then.hour, then.minute) == (berlin.hour, berlin.hour, 30)


def test_the_pages_say_what_is_free_and_what_leaves(client, hub, parks, timetable, delays):
    parks(("P 1", 10, 5, 10), ("P 2", 20, None, 7))
    home = client.get(reverse("mobility_hubs:home")).content.decode()
    assert "Bahnhof" in home
    page = client.get(reverse("mobility_hubs:hub", args=["bahnhof"])).content.decode()
    for words in (
        "P 1",
        "5 von 10 frei",
        "keine aktuellen Daten",
        "RB 1",
        "10:41",
        "Muster Verkehr",
    ):
        assert words in page, words
    board = client.get(reverse("mobility_hubs:kiosk", args=["bahnhof"])).content.decode()
    assert "10:41" in board
    assert client.get(reverse("mobility_hubs:hub", args=["nowhere"])).status_code == 404
    api = client.get("/api/mobility_hubs/hubs").json()
    assert api["hubs"][0]["free"] == {"car": {"free": 5, "all": 10}}
    leaving = client.get("/api/mobility_hubs/hubs/bahnhof/departures").json()["departures"]
    assert (leaving[0]["line"], leaving[0]["expected"]) == ("RB 1", None)


def test_more_stations_ask_the_database_no_more(
    client, hub, parks, timetable, django_assert_max_num_queries
):
    parks(("P 1", 10, 5, 10))
    from stadtkern.kernel.places.models import Place, point

    for number in range(6):
        place = Place.objects.create(kind=hub.place.kind, name=f"S{number}",
                                     geometry=point(7.2178, 51.5436))  # fmt: skip
        Hub.objects.create(place=place, slug=f"s{number}")
    counting.count_all()
    with django_assert_max_num_queries(32):
        client.get(reverse("mobility_hubs:home"))


@pytest.fixture
def manager(client, db):
    role = Role.objects.create(slug="m", permissions=["mobility_hubs.see", "mobility_hubs.manage"])
    person = Account.objects.create(username="m", is_staff=True)
    person.roles.add(role)
    client.force_login(person)
    return client


def test_staff_make_a_station_and_change_what_belongs_to_it(manager, hub, parks):
    parks(("P 1", 10, 5, 10))
    said = {"name": "Neu", "slug": "neu", "lat": "51.54", "lon": "99", "radius_m": "200"}
    wrong = manager.post(reverse("mobility_hubs-staff:hub-new"), said)
    assert wrong.status_code == 422
    manager.post(reverse("mobility_hubs-staff:hub-new"), said | {"lon": "7.2", "active": "on"})
    assert Hub.objects.get(slug="neu").place.lon == 7.2
    manager.post(reverse("mobility_hubs-staff:parts", args=["bahnhof"]),
                 {"standard": "parking", "uid": "P 1", "do": "out"})  # fmt: skip
    assert not next(one for one in now.stations() if one.hub.slug == "bahnhof").elements
    page = manager.get(reverse("mobility_hubs-staff:hub", args=["bahnhof"])).content.decode()
    assert "P 1" in page


def test_staff_add_a_feed_after_trying_it(manager, now, settings):
    said = {"name": "X", "slug": "x", "format": "gtfs-rt", "address": "http://10.1.2.3/x",
            "every_minutes": "5", "licence": "CC0", "credit": "X"}  # fmt: skip
    page = reverse("mobility_hubs-staff:source-new")
    assert manager.post(page, said).status_code == 422
    said["format"] = "gtfs"
    tried = manager.post(page, said | {"try": "1"})
    # The city allows no private network but its own machine, so the address is refused.
    assert "private_networks" in tried.content.decode()
    assert not Source.objects.exists()
    manager.post(page, said | {"secret": "geheim"})
    source = Source.objects.get()
    assert b"geheim" not in bytes(source.key)
    assert (
        "geheim"
        not in manager.get(reverse("mobility_hubs-staff:source", args=[source.pk])).content.decode()
    )


def test_an_address_that_does_not_answer_is_seen(manager, hub, db):
    from stadtkern.systems.mobility_hubs import checking
    from stadtkern.systems.mobility_hubs.reading import pulling

    source = Source.objects.create(slug="x", name="X", format="gbfs", licence="-", credit="-",
                                   address="http://127.0.0.1:9/gbfs.json")  # fmt: skip
    assert pulling.pull_all() == "1 feeds asked, 0 read"
    source.refresh_from_db()
    assert source.failure
    with clock.held(NOW + timedelta(hours=2)):
        assert any("X" in str(one.text) for one in checking.problems())
    assert pulling.pull_all() == "0 feeds asked, 0 read"
