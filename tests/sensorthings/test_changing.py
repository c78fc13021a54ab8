"""PATCH, PUT and DELETE, and what follows from them."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from stadtkern.kernel import events
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things.models import (
    Datastream,
    FeatureOfInterest,
    HistoricalLocation,
    Latest,
    ObservedProperty,
    Thing,
)

from .conftest import HERNE, SENSOR, Client, datastream, place, thing

pytestmark = pytest.mark.django_db(transaction=True)


def a_feature(name: str) -> dict[str, Any]:
    encoding = "application/geo+json"
    return {"name": name, "description": "", "encodingType": encoding, "feature": HERNE}


START = datetime(2026, 3, 28, 20, tzinfo=UTC)


def query(text: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall()


def test_patch_changes_what_it_names_and_put_replaces_the_rest(api: Client, stream: int) -> None:
    address = f"/Things({Thing.objects.get().pk})"
    assert api.ask("PATCH", address, {"description": "new"}).status == 200
    got = api.get(address)
    assert (got["name"], got["description"], got["properties"]) == ("Station", "new", {"nr": 3})
    assert api.ask("PUT", address, {"name": "Other", "description": ""}).status == 200
    got = api.get(address)
    assert (got["name"], got["description"], got["properties"]) == ("Other", "", {})
    assert len(api.get(f"{address}/Datastreams")["value"]) == 1
    assert api.ask("PUT", address, {"description": "no name"}).status == 400
    assert api.ask("PUT", "/Things(999)", thing("x")).status == 404
    assert api.get(address)["name"] == "Other"


def test_an_entity_can_be_sent_back_as_it_was_read(api: Client, stream: int) -> None:
    api.make(f"/Datastreams({stream})/Observations", {"result": 1, "validTime": None})
    for name in (
        "Things",
        "Locations",
        "Datastreams",
        "Sensors",
        "ObservedProperties",
        "Observations",
        "FeaturesOfInterest",
        "HistoricalLocations",
    ):
        before = api.get(f"/{name}")
        (one,) = before["value"]
        reply = api.ask("PUT", one["@iot.selfLink"], one)
        assert reply.status == 200, reply.body
        assert api.get(f"/{name}") == before


def test_a_link_leads_elsewhere_after_a_patch(api: Client, stream: int) -> None:
    other = api.make("/Sensors", {**SENSOR, "name": "better"})
    address = f"/Datastreams({stream})"
    assert api.ask("PATCH", address, {"Sensor": {"@iot.id": other}}).status == 200
    assert api.get(f"{address}/Sensor")["name"] == "better"
    assert api.ask("PATCH", address, {"Sensor": {"name": "inline"}}).status == 400
    assert api.ask("PATCH", address, {"Sensor": {"@iot.id": 999}}).status == 400
    assert api.get(f"{address}/Sensor")["name"] == "better"


def test_a_thing_that_moves_keeps_its_history_and_its_old_observations_their_feature(
    api: Client, stream: int
) -> None:
    owner = Thing.objects.get().pk
    before = api.make(f"/Datastreams({stream})/Observations", {"result": 1})
    there = api.make("/Locations", place("Harbour"))
    assert api.ask("PATCH", f"/Things({owner})", {"Locations": [{"@iot.id": there}]}).status == 200
    after = api.make(f"/Datastreams({stream})/Observations", {"result": 2})
    history = api.get(f"/Things({owner})/HistoricalLocations?$expand=Locations&$orderby=time")
    assert [h["Locations"][0]["name"] for h in history["value"]] == ["Market", "Harbour"]
    assert api.get(f"/Observations({before})/FeatureOfInterest")["name"] == "Market"
    assert api.get(f"/Observations({after})/FeatureOfInterest")["name"] == "Harbour"
    api.make(f"/Things({owner})/Locations", place("Tower"))
    assert api.get(f"/Things({owner})/Locations")["value"][0]["name"] == "Tower"
    assert HistoricalLocation.objects.count() == 3
    api.ask("PATCH", f"/Things({owner})", {"name": "stays"})
    assert HistoricalLocation.objects.count() == 3


def test_a_corrected_place_corrects_its_box(api: Client) -> None:
    made = api.make("/Locations", place())
    shape = {
        "type": "Polygon",
        "coordinates": [[[7.1, 51.5], [7.3, 51.5], [7.2, 51.6], [7.1, 51.5]]],
    }
    assert api.ask("PATCH", f"/Locations({made})", {"location": shape}).status == 200
    row = Place.objects.get(pk=made)
    assert (row.west, row.south, row.east, row.north) == (7.1, 51.5, 7.3, 51.6)


def recomputed(stream: int) -> tuple[Any, list[Any], list[Any]]:
    """Latest, hours and days from the observations alone, in Python."""
    rows = query(
        "select at, id, value, quality from things_observation where datastream_id = %s"
        " order by at, id",
        stream,
    )
    newest = (rows[-1][0], rows[-1][1], rows[-1][2], rows[0][0], len(rows)) if rows else None
    hours: dict[datetime, list[float]] = {}
    days: dict[str, list[float]] = {}
    for at, _, value, quality in rows:
        if value is not None and quality < 3:
            hours.setdefault(at.replace(minute=0, second=0, microsecond=0), []).append(value)
            offset = 2 if at >= datetime(2026, 3, 29, 1, tzinfo=UTC) else 1
            days.setdefault((at + timedelta(hours=offset)).date().isoformat(), []).append(value)
    return newest, *(
        sorted((k, len(v), pytest.approx(sum(v)), min(v), max(v)) for k, v in buckets.items())
        for buckets in (hours, days)
    )


def kept(stream: int) -> tuple[Any, list[Any], list[Any]]:
    latest = query(
        "select at, observation_id, value, first_at, n from things_latest where datastream_id = %s",
        stream,
    )
    hours = query(
        "select at, n, sum, min, max from things_hour where datastream_id = %s order by at", stream
    )
    days = query(
        "select to_char(at at time zone 'Europe/Berlin', 'YYYY-MM-DD'), n, sum, min, max"
        " from things_day where datastream_id = %s order by at",
        stream,
    )
    return latest[0] if latest else None, hours, days


def test_latest_and_rollups_stay_right_through_corrections_and_deletions(
    api: Client, stream: int
) -> None:
    chance = random.Random(4)
    address = f"/Datastreams({stream})/Observations"

    def body() -> dict[str, Any]:
        at = START + timedelta(minutes=chance.randrange(0, 1200, 20))
        return {
            "phenomenonTime": at.isoformat(),
            "result": chance.choice([1, 2.5, -7, "open", None]),
            "resultQuality": chance.choice([None, "invalid", "suspect"]),
        }

    ids = [api.make(address, body()) for _ in range(15)]
    for _ in range(40):
        number = chance.choice(ids)
        match chance.choice(["PATCH", "PUT", "DELETE", "POST"]):
            case "POST":
                ids.append(api.make(address, body()))
            case "DELETE":
                assert api.ask("DELETE", f"/Observations({number})").status == 200
                ids.remove(number)
            case method:
                change = body()
                if method == "PATCH":
                    change.pop(chance.choice(list(change)))
                assert api.ask(method, f"/Observations({number})", change).status == 200
        assert kept(stream) == recomputed(stream)
        assert api.get(f"{address}?$count=true&$top=0")["@iot.count"] == len(ids)
    for number in ids:
        assert api.ask("DELETE", f"/Observations({number})").status == 200
    assert kept(stream) == (None, [], [])


def test_a_correction_keeps_id_and_everything_it_does_not_name(api: Client, stream: int) -> None:
    number = api.make(
        f"/Datastreams({stream})/Observations",
        {
            "result": 1,
            "phenomenonTime": "2026-01-31T23:59:00Z",
            "parameters": {"a": 1},
            "resultTime": "2026-02-01T00:00:00Z",
            "resultQuality": {"mine": True},
        },
    )
    before = api.get(f"/Observations({number})")
    change = {"result": "open", "phenomenonTime": "2026-02-01T00:00:00Z/2026-02-01T01:00:00Z"}
    assert api.ask("PATCH", f"/Observations({number})", change).status == 200
    assert api.get(f"/Observations({number})") == {**before, **change}


def test_an_observation_stays_with_its_datastream(api: Client, stream: int) -> None:
    number = api.make(f"/Datastreams({stream})/Observations", {"result": 1})
    other = api.make(f"/Things({Thing.objects.get().pk})/Datastreams", datastream("other"))
    address = f"/Observations({number})"
    assert api.ask("PATCH", address, {"Datastream": {"@iot.id": other}}).status == 400
    assert api.ask("PATCH", address, {"Datastream": {"@iot.id": stream}}).status == 200
    feature = api.make("/FeaturesOfInterest", a_feature("tree"))
    assert api.ask("PATCH", address, {"FeatureOfInterest": {"@iot.id": feature}}).status == 200
    assert api.get(f"{address}/FeatureOfInterest")["name"] == "tree"


def test_a_correction_does_not_break_one_per_instant(api: Client, stream: int) -> None:
    Datastream.objects.update(one_per_instant=True)
    first, second = (
        api.make(
            f"/Datastreams({stream})/Observations",
            {"result": n, "phenomenonTime": f"2026-01-0{n}T00:00:00Z"},
        )
        for n in (1, 2)
    )
    change = {"phenomenonTime": "2026-01-01T00:00:00Z"}
    assert api.ask("PATCH", f"/Observations({second})", change).status == 409
    assert api.ask("PATCH", f"/Observations({first})", {**change, "result": 5}).status == 200


@pytest.mark.parametrize(
    ("address", "left"),
    [
        ("Things", (0, 0, 0, 1, 1)),
        ("Datastreams", (1, 0, 0, 1, 1)),
        ("Sensors", (1, 0, 0, 1, 1)),
        ("ObservedProperties", (1, 0, 0, 1, 1)),
        ("Locations", (1, 1, 2, 0, 1)),
        ("FeaturesOfInterest", (1, 1, 0, 1, 0)),
        ("HistoricalLocations", (1, 1, 2, 1, 1)),
    ],
)
def test_what_cannot_be_without_an_entity_goes_with_it(
    api: Client, stream: int, address: str, left: tuple[int, ...]
) -> None:
    for result in (1, 2):
        api.make(f"/Datastreams({stream})/Observations", {"result": result})
    (one,) = api.get(f"/{address}")["value"]
    assert api.ask("DELETE", one["@iot.selfLink"]).status == 200
    api.get(one["@iot.selfLink"], 404)
    assert api.ask("DELETE", one["@iot.selfLink"]).status == 404
    (observations,) = query("select count(*) from things_observation")[0]
    assert left == (
        Thing.objects.count(),
        Datastream.objects.count(),
        observations,
        Place.objects.count(),
        FeatureOfInterest.objects.count(),
    )
    assert Latest.objects.count() == (1 if observations else 0)
    assert len(query("select 1 from things_hour")) == (1 if observations else 0)


def test_what_a_city_system_declared_cannot_be_deleted(api: Client, stream: int) -> None:
    ObservedProperty.objects.update(slug="air_temperature")
    Place.objects.update(kind="environment.station")
    for name in ("ObservedProperties", "Locations"):
        (one,) = api.get(f"/{name}")["value"]
        assert api.ask("DELETE", one["@iot.selfLink"]).status == 409
    assert Datastream.objects.exists()
    assert Place.objects.exists()


def test_listeners_hear_of_observations_of_their_kind(
    api: Client, stream: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []
    monkeypatch.setattr(events, "kinds_heard", lambda: frozenset({"parking.bay"}))
    monkeypatch.setattr(events, "publish", heard.append)
    address = f"/Datastreams({stream})/Observations"
    api.make(address, {"result": 1})
    assert not heard
    Thing.objects.update(kind="parking.bay")
    number = api.make(address, {"result": 1})
    api.ask("PATCH", f"/Observations({number})", {"result": 2})
    api.ask("DELETE", f"/Observations({number})")
    expected = events.ObservationsStored(datastreams=(stream,), kinds=("parking.bay",))
    assert heard == [expected] * 3


def test_a_location_below_a_place_of_another_thing_is_shared_not_copied(
    api: Client, stream: int
) -> None:
    here = api.get("/Locations")["value"][0]["@iot.id"]
    made = api.make(f"/Locations({here})/Things", thing("second"))
    assert api.get(f"/Things({made})/Locations")["value"][0]["@iot.id"] == here
    assert len(api.get(f"/Locations({here})/Things")["value"]) == 2
