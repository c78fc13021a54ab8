"""Car parks of other operators: read, shown, doubted, asked about, and never our own."""

import json
from datetime import timedelta

import msgspec
import pytest

from stadtkern.kernel import registry, sealing
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things.models import Latest
from stadtkern.site.feeds.writers import datex2_v2, datex2_v3, parkapi_v1, parkapi_v3, siri_fm
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.bays import SITE
from stadtkern.systems.parking.models import Offer, Site, Source
from stadtkern.systems.parking.sources import checks, fetching, pulling
from stadtkern.systems.parking.sources.reading import READERS
from stadtkern.systems.parking.sources.reading.told import NotUnderstood
from tests.feeds.facilities import MEASURED, NOW, facility, publication, spot

FEED = publication(
    facility("Parkhaus Mitte", uid="m", lon=7.22, spots=(spot(),)),
    facility("Tiefgarage Nord", uid="n", lon=7.23, kind="UNDERGROUND", opening="closed"),
)  # fmt: skip


@pytest.fixture
def source(db, clock, operator):
    def make(format="parkapi-v3", **more):
        facts = {"slug": "betreiber", "name": "Betreiber", "address": operator.url("/"),
                 "licence": "CC BY 4.0", "credit": "Betreiber GmbH"}  # fmt: skip
        return Source.objects.create(format=format, **{**facts, **more})

    return make


def shown(name):
    place = Place.objects.get(kind=SITE, name=name)
    return next(iter(logic.sites([place])))


def row(**more):
    told = {"uid": "a", "name": "Haus A", "purpose": "CAR", "type": "CAR_PARK", "lat": 51.53,
            "lon": 7.21, "capacity": 40, "has_realtime_data": True,
            "static_data_updated_at": "2026-01-01T00:00:00Z",
            "realtime_data_updated_at": "2026-11-23T09:26:00Z",
            "realtime_free_capacity": 7}  # fmt: skip
    return {**told, **more}


BOTH = {
    "parkapi-v1": (parkapi_v1.lots(FEED, {}), None),
    "parkapi-v3": (parkapi_v3.sites(FEED, total=2), None),
    "datex2-v2": (datex2_v2.status(FEED), datex2_v2.table(FEED)),
    "datex2-v3": (datex2_v3.status(FEED), datex2_v3.table(FEED)),
}


@pytest.mark.parametrize("format", BOTH)
def test_each_format_becomes_car_parks_with_the_operators_time(source, operator, format):
    live, static = BOTH[format]
    operator.says(live)
    more = {}
    if static:
        operator.says(static, "/static")
        more = {"static_address": operator.url("/static")}
    assert pulling.pull(source(format, **more))
    middle, north = shown("Parkhaus Mitte"), shown("Tiefgarage Nord")
    assert (middle.free, middle.capacity, middle.at) == (37, 100, MEASURED)
    assert (north.free, north.open) == (0, False)
    assert (north.facts.kind, north.facts.counting) == ("UNDERGROUND", "reported")
    assert (middle.facts.source, middle.facts.licence) == ("Betreiber GmbH", "CC BY 4.0")
    assert Source.objects.get().refused == []


def test_siri_numbers_join_car_parks_from_elsewhere(source, operator):
    operator.says(siri_fm.availability(FEED))
    operator.says(parkapi_v3.sites(FEED, total=2), "/static")
    pulling.pull(source("siri-fm", static_address=operator.url("/static"),
                        static_format="parkapi-v3"))  # fmt: skip
    assert shown("Parkhaus Mitte").free == 37
    assert shown("Parkhaus Mitte").at == NOW


def test_recorded_files_of_others_are_read(schemas, source, operator):
    operator.says((schemas / "otp-fixtures" / "herrenberg.json").read_bytes())
    one = source("parkapi-v1")
    assert pulling.pull(one)
    one.refresh_from_db()
    lots = json.loads((schemas / "otp-fixtures" / "herrenberg.json").read_text())["lots"]
    assert one.rows + len(one.refused) >= len(lots)
    garage = Offer.objects.get(name="Altstadtgarage")
    assert (garage.told_free, garage.told_capacity) == (62, 97)
    # The file is four years old: its numbers are unknown, not shown.
    assert logic.sites([garage.site.place])[0].free is None
    item = json.loads((schemas / "otp-fixtures" / "parkapi-v3-parking-site-item.json").read_text())
    (told,) = READERS["parkapi-v3"](json.dumps([item]).encode()).told
    assert (told.name, told.capacity, told.free) == ("Parkhaus Hofdiener", 158, 15)
    siri = READERS["siri-fm"]((schemas / "otp-fixtures" / "siri-fm.xml").read_bytes())
    assert [one.free for one in siri.told] == [33, 300, 633, 250]


def test_records_of_the_older_v3_are_read_too():
    """Shape as Mobilithek's profile for car parks 01-00-00 (DATEX II 3.0 to 3.2)."""
    head = (b'<messageContainer xmlns="http://datex2.eu/schema/3/messageContainer" xmlns:com='
            b'"http://datex2.eu/schema/3/common" xmlns:par="http://datex2.eu/schema/3/parking"'
            b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><payload>')  # fmt: skip
    body = (b'<par:parkingRecordStatus xsi:type="par:ParkingSiteStatus"><par:parkingRecordReference'
            b' id="de:1:2[2]"/><par:parkingStatusOriginTime>2026-11-23T10:26:00+01:00'
            b'</par:parkingStatusOriginTime><par:parkingOccupancy>'
            b'<par:parkingNumberOfVacantSpaces>50</par:parkingNumberOfVacantSpaces>'
            b'</par:parkingOccupancy></par:parkingRecordStatus>')  # fmt: skip
    (told,) = READERS["datex2-v3"](head + body + b"</payload></messageContainer>").told
    assert (told.uid, told.free, told.measured) == ("de:1:2", 50, MEASURED)


@pytest.mark.parametrize(
    ("free", "number", "word"), [(170, 40, "170"), (-3, 0, "-3")]
)  # fmt: skip
def test_odd_numbers_are_clipped_kept_and_said(source, operator, free, number, word):
    operator.says({"items": [row(realtime_free_capacity=free)]})
    pulling.pull(source())
    assert shown("Haus A").free == number
    offer = Offer.objects.get()
    assert offer.told_free == free
    assert word in offer.notice
    stored = Latest.objects.get(datastream=logic.count_stream(offer.site.place))
    assert stored.value == number


@pytest.mark.parametrize(
    ("change", "field"),
    [({"lat": 0, "lon": 0}, "lat"), ({"lat": None, "lon": None}, "lat"), ({"name": ""}, "name"),
     ({"capacity": -1}, "capacity"), ({"capacity": "x"}, "capacity"),
     ({"realtime_free_capacity": 1.5}, "realtime_free_capacity"),
     ({"realtime_free_capacity": 1e30}, "realtime_free_capacity"),
     ({"realtime_data_updated_at": "gestern"}, "realtime_data_updated_at"),
     ({"realtime_data_updated_at": None}, "realtime_data_updated_at"),
     ({"realtime_data_updated_at": "2026-11-23T12:00:00Z"}, "measured"),
     ({"uid": None}, "uid"), ({"lat": "NaN"}, "lat"), ({"max_stay": {}}, "max_stay")],
)  # fmt: skip
def test_a_bad_row_is_refused_with_its_field_and_the_others_come(source, operator, change, field):
    good = row(uid="b", name="Haus B", lon=7.3)
    operator.says({"items": [{**row(), **change}, good, "nonsense"]})
    one = source()
    assert pulling.pull(one)
    assert [offer.name for offer in Offer.objects.all()] == ["Haus B"]
    one.refresh_from_db()
    assert field in {refused["field"] for refused in one.refused}
    assert all(refused["reason"] for refused in one.refused)


@pytest.mark.parametrize("format", READERS)
@pytest.mark.parametrize("body", [b"", b"null", b"<a/>", b"{", b"\xff\xfe\x00", b"[]{}", b"{}",
    b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"<html><body>Wartung</body></html>"])  # fmt: skip
def test_what_is_no_feed_is_refused_as_a_whole(format, body):
    with pytest.raises(NotUnderstood) as problem:
        READERS[format](body)
    assert str(problem.value)


def test_a_source_that_breaks_is_seen_and_nothing_is_lost(source, operator, clock):
    operator.says({"items": [row()]})
    one = source()
    pulling.pull(one)
    operator.says(b"Wartung", status=503)
    clock.shift(timedelta(minutes=10))
    assert not pulling.pull(one)
    assert shown("Haus A").free == 7
    clock.shift(timedelta(minutes=31))
    pulling.pull(one)
    assert shown("Haus A").free is None
    (problem,) = checks.problems()
    assert "503" in str(problem.text)
    operator.says({"items": [row(realtime_data_updated_at="2026-11-23T10:10:00Z")]})
    assert pulling.pull(one)
    assert checks.problems() == []


def test_one_broken_source_does_not_hold_up_the_others(source, operator):
    operator.says(b"{", "/broken")
    operator.says({"items": [row()]})
    source(slug="broken", address=operator.url("/broken"))
    source()
    assert pulling.pull_due() == "2 sources asked, 1 answered"
    assert pulling.pull_due() == "0 sources asked, 0 answered"


def test_what_has_not_changed_is_not_sent_again(source, operator, clock):
    operator.says({"items": [row()]}, ETag='"1"')
    one = source()
    pulling.pull(one)
    clock.shift(timedelta(minutes=5))
    assert pulling.pull(one)
    assert operator.asked[-1][1]["If-None-Match"] == '"1"'
    assert Source.objects.get().read == NOW + timedelta(minutes=5)


def test_the_key_goes_to_its_host_only(source, operator):
    operator.says(b"", status=302, Location=operator.url("/x").replace("127.0.0.1", "127.0.0.2"))
    one = source(key=sealing.seal("Bearer geheim"))
    assert not pulling.pull(one)
    assert operator.asked[0][1]["Authorization"] == "Bearer geheim"
    assert all("Authorization" not in headers for _path, headers in operator.asked[1:])
    assert "geheim" not in one.failure


@pytest.mark.parametrize(
    "address", ["http://10.0.0.1/", "http://169.254.169.254/", "ftp://a/", "http://[::1]/"]
)
def test_networks_inside_are_not_called(source, operator, address):
    one = source(address=address)
    assert not pulling.pull(one)
    assert one.failure


def test_older_numbers_and_repeated_rounds_change_nothing(source, operator, clock):
    operator.says({"items": [row()]})
    one = source()
    pulling.pull(one)
    old = row(realtime_data_updated_at="2026-11-23T09:00:00Z", realtime_free_capacity=30)
    operator.says({"items": [old]})
    pulling.pull(one)
    pulling.pull(one)
    assert shown("Haus A").free == 7
    assert Site.objects.count() == Offer.objects.count() == 1


def our_site(**facts):
    place = Place.objects.create(kind=SITE, name="Parkhaus A", geometry=point(7.2101, 51.53))
    return Site.objects.create(place=place, uid="a", capacity=40, **facts)


@pytest.mark.parametrize(
    ("choice", "state", "sites"), [("same", "taken", 1), ("other", "taken", 2), ("leave", "left", 1)]
)  # fmt: skip
def test_what_may_be_ours_waits_for_staff(source, operator, staff, choice, state, sites):
    ours = our_site(counting="none")
    operator.says({"items": [row()]})
    one = source()
    pulling.pull(one)
    offer = Offer.objects.get()
    assert (offer.state, offer.like, offer.site) == ("asked", ours, None)
    assert "Parkhaus A" in staff.get("/staff/parking/sources/").content.decode()
    staff.post(f"/staff/parking/sources/offers/{offer.pk}/", {"choice": choice})
    pulling.pull(one)
    offer.refresh_from_db()
    assert (offer.state, Site.objects.count()) == (state, sites)
    if choice == "same":
        assert shown("Parkhaus A").free == 7


def test_a_car_park_that_the_city_counts_is_not_handed_over(source, operator, staff):
    our_site(counting="bays")
    operator.says({"items": [row()]})
    pulling.pull(source())
    offer = Offer.objects.get()
    path = f"/staff/parking/sources/offers/{offer.pk}/"
    answer = staff.post(path, {"choice": "same"}, follow=True)
    assert "zählt die Stadt selbst" in answer.content.decode()
    offer.refresh_from_db()
    assert offer.state == "asked"


def test_our_own_feed_is_not_read_back(source, operator, client):
    our_site(counting="reported", opening_hours="24/7")
    operator.says(client.get("/api/parkapi/v3/parking-sites").content)
    one = source()
    pulling.pull(one)
    assert Offer.objects.count() == 0
    one.refresh_from_db()
    assert [refused["field"] for refused in one.refused] == ["uid"]


def test_what_others_told_is_published_with_its_source(source, operator, client):
    operator.says({"items": [row()]})
    pulling.pull(source())
    (told,) = client.get("/api/parkapi/v3/parking-sites").json()["items"]
    assert told["source_uid"] == "betreiber"
    assert told["attribution"] == {"contributor": "Betreiber GmbH", "license": "CC BY 4.0"}
    sources = {one["uid"]: one for one in client.get("/api/parkapi/v3/sources").json()["items"]}
    assert sources["betreiber"]["attribution_license"] == "CC BY 4.0"
    lots = client.get("/api/parkapi/v1/betreiber").json()["lots"]
    assert [lot["name"] for lot in lots] == ["Haus A"]
    assert client.get("/api/parkapi/v1/herne").json()["lots"] == []


FORM = {"name": "Neu", "format": "parkapi-v3", "every_minutes": 5, "credit": "Neu GmbH",
        "licence": "CC0", "key_header": "Authorization"}  # fmt: skip


def test_a_trial_shows_what_would_come_and_stores_nothing(operator, staff):
    operator.says({"items": [row(), row(uid="b", name="")]})
    told = {**FORM, "address": operator.url("/"), "secret": "abc", "try": "1"}
    page = staff.post("/staff/parking/sources/new/", told).content.decode()
    assert "Haus A" in page
    assert "name" in page
    assert not Source.objects.exists()
    assert operator.asked[0][1]["Authorization"] == "abc"
    del told["try"]
    staff.post("/staff/parking/sources/new/", told)
    made = Source.objects.get()
    assert b"abc" not in bytes(made.key)
    page = staff.get(f"/staff/parking/sources/{made.public_id}/change/").content.decode()
    assert "abc" not in page


def test_staff_pause_go_on_and_remove(source, operator, staff):
    operator.says({"items": [row()]})
    one = source()
    pulling.pull(one)
    path = f"/staff/parking/sources/{one.public_id}/"
    assert "Haus A" in staff.get(path).content.decode()
    for deed, asked in (("pause", 0), ("resume", 1)):
        Source.objects.update(tried=None)
        staff.post(f"{path}do/", {"do": deed})
        assert pulling.pull_due().startswith(f"{asked} sources")
    staff.post(f"{path}do/", {"do": "remove"})
    assert staff.get(path).status_code == 404
    assert shown("Haus A").capacity == 40


@pytest.mark.parametrize(
    ("change", "word"),
    [({"address": "http://10.0.0.1/x"}, "private"), ({"format": "siri-fm"}, "SIRI"),
     ({"licence": ""}, "licence"), ({"every_minutes": 1}, "every_minutes")],
)  # fmt: skip
def test_a_source_that_cannot_be_is_refused_with_the_field(operator, staff, change, word):
    told = {**FORM, "address": operator.url("/"), **change}
    answer = staff.post("/staff/parking/sources/new/", told)
    assert answer.status_code == 422
    assert "Fehler:" in answer.content.decode()
    assert not Source.objects.exists()


def test_car_parks_of_one_source_side_by_side_are_two(source, operator):
    operator.says({"items": [row(), row(uid="b", name="Haus B", lon=7.2101)]})
    pulling.pull(source())
    assert shown("Haus A").free == shown("Haus B").free == 7


def test_a_closure_holds_while_the_source_says_that_nothing_has_changed(source, operator, clock):
    operator.says({"items": [row(realtime_opening_status="CLOSED")]}, ETag='"1"')
    one = source()
    for _round in range(5):
        assert pulling.pull(one)
        assert shown("Haus A").closed
        clock.shift(timedelta(minutes=10))
    operator.says({"items": [row(realtime_opening_status="OPEN")]}, ETag='"2"')
    pulling.pull(one)
    assert not shown("Haus A").closed


def test_what_staff_closed_stays_closed_whatever_the_source_says(source, operator, clock):
    operator.says({"items": [row()]})
    one = source()
    pulling.pull(one)
    until = NOW + timedelta(days=2)
    Site.objects.update(closed_until=until, closed_why="Hochwasser")
    for said in ("CLOSED", "OPEN"):
        clock.shift(timedelta(minutes=5))
        operator.says({"items": [row(realtime_opening_status=said)]})
        pulling.pull(one)
        site = Site.objects.get()
        assert (site.closed_until, site.closed_why) == (until, "Hochwasser")


def test_a_car_park_of_others_is_named_with_memory_and_has_a_trend(source, operator, clock):
    """Almost full under 15 %, no more from 20 % on; full under 2 %, no more from 5 % on."""
    one, found = source(), []
    for minute, free in enumerate((70, 14, 17, 20, 1, 4, 5)):
        clock.move_to(NOW + timedelta(minutes=30 * minute))
        measured = (NOW + timedelta(minutes=30 * minute)).isoformat()
        told = row(capacity=100, realtime_free_capacity=free, realtime_data_updated_at=measured)
        operator.says({"items": [told]})
        pulling.pull(one)
        Site.objects.filter(low_below__gt=0.15).update(
            full_below=0.02, full_above=0.05, low_below=0.15, low_above=0.20
        )
        if minute:
            now = shown("Haus A")
            found.append((now.state, now.trend))
    assert found == [
        ("tight", "rising"), ("tight", "falling"), ("good", "falling"), ("bad", "rising"),
        ("bad", "falling"), ("tight", "steady"),
    ]  # fmt: skip


def test_our_own_address_is_known_by_any_way_to_write_it(monkeypatch):
    city = registry.city()
    web = msgspec.structs.replace(city.web, address="https://stadt.example")
    monkeypatch.setattr(registry, "city", lambda: msgspec.structs.replace(city, web=web))
    own = ("https://stadt.example/x", "https://STADT.example:443/api", "https://stadt.example/")
    assert all(fetching.is_own(url) for url in own)
    others = ("https://stadt.example:8443/", "https://andere.example/", "http://x:99999999/", "")
    assert not any(fetching.is_own(url) for url in others)


def test_a_source_that_breaks_in_a_way_nobody_thought_of_is_its_own_failure(
    source, operator, monkeypatch
):
    operator.says({"items": [row()]})
    source(slug="first")
    source()
    real, calls = pulling.pull, []

    def pull(one):
        calls.append(one.slug)
        if one.slug == "first":
            raise RuntimeError
        return real(one)

    monkeypatch.setattr(pulling, "pull", pull)
    assert pulling.pull_due() == "2 sources asked, 1 answered"
    assert set(calls) == {"first", "betreiber"}
    assert Source.objects.get(slug="first").failure == "RuntimeError"
