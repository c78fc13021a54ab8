"""Who may write, what is made of a body, and what is made of the same body sent twice."""

import asyncio
import base64
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.people.models import ApiKey, issue_key
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.sensorthings import http
from stadtkern.kernel.sensorthings.models import IdempotentRequest
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import (
    Datastream,
    FeatureOfInterest,
    HistoricalLocation,
    Latest,
    Thing,
)

from .conftest import HERNE, SENSOR, TEMPERATURE, Client, datastream, place, thing

pytestmark = pytest.mark.django_db(transaction=True)

OBSERVATION = {"result": 5, "phenomenonTime": "2026-01-01T00:00:00Z"}


def stored() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from things_observation")
        return int(cursor.fetchone()[0])


# --- who may write


def test_everybody_reads_and_only_a_key_writes(reader: Client) -> None:
    assert reader.ask("GET", "/Things").status == 200
    refusal = reader.ask("POST", "/Things", thing())
    assert refusal.status == 401
    assert "Bearer" in refusal.headers["www-authenticate"]
    assert not Thing.objects.exists()


@pytest.mark.parametrize("way", ["wrong", "revoked", "expired", "empty", "garbage"])
def test_a_key_that_is_not_valid_is_a_401(api: Client, way: str) -> None:
    header = f"Bearer {api.key}"
    if way == "revoked":
        ApiKey.objects.update(revoked=clock.now())
    elif way == "expired":
        ApiKey.objects.update(expires=clock.now() - timedelta(seconds=1))
    else:
        header = {"wrong": "Bearer sk_nobody", "empty": "Bearer ", "garbage": "Basic %%"}[way]
    assert api.ask("POST", "/Things", thing(), authorization=header).status == 401
    assert not Thing.objects.exists()


def test_a_key_for_something_else_is_a_403(reader: Client) -> None:
    _, secret = issue_key(label="reader", scopes=("things:read",))
    refusal = reader.ask("POST", "/Things", thing(), authorization=f"Bearer {secret}")
    assert refusal.status == 403
    assert "things:write" in refusal.json["message"]


def test_the_key_may_come_as_the_password_of_a_basic_log_in(api: Client) -> None:
    word = base64.b64encode(f"anybody:{api.key}".encode()).decode()
    assert api.ask("POST", "/Things", thing(), authorization=f"Basic {word}").status == 201


# --- deep insert


def test_a_whole_station_is_made_by_one_request(api: Client) -> None:
    made = api.make(
        "/Things",
        thing(
            Locations=[place()],
            Datastreams=[
                datastream("a", Observations=[OBSERVATION, {"result": 7}]),
                datastream("b"),
            ],
        ),
    )
    got = api.get(
        f"/Things({made})?$expand=Locations,HistoricalLocations/Locations,"
        "Datastreams($expand=Sensor,ObservedProperty,Observations/FeatureOfInterest)"
    )
    assert got["Locations"][0]["location"] == HERNE
    assert [one["name"] for one in got["Datastreams"]] == ["a", "b"]
    first = got["Datastreams"][0]
    assert (first["Sensor"]["name"], first["ObservedProperty"]["name"]) == ("DHT22", "Temperature")
    assert [one["result"] for one in first["Observations"]] == [5, 7]
    assert {o["FeatureOfInterest"]["name"] for o in first["Observations"]} == {"Market"}
    (history,) = got["HistoricalLocations"]
    assert history["Locations"][0]["@iot.id"] == got["Locations"][0]["@iot.id"]


def test_what_exists_is_linked_and_not_made_again(api: Client, stream: int) -> None:
    known = api.get(f"/Datastreams({stream})?$expand=Thing/Locations,Sensor,ObservedProperty")
    link = lambda name: {"@iot.id": known[name]["@iot.id"]}  # noqa: E731
    second = api.make(
        "/Datastreams",
        datastream(
            "second",
            Thing=link("Thing"),
            Sensor=link("Sensor"),
            ObservedProperty=link("ObservedProperty"),
        ),
    )
    neighbour = api.make(
        "/Things",
        thing("neighbour", Locations=[{"@iot.id": known["Thing"]["Locations"][0]["@iot.id"]}]),
    )
    assert api.get(f"/Datastreams({second})/Sensor")["@iot.id"] == known["Sensor"]["@iot.id"]
    assert len(api.get("/Sensors")["value"]) == len(api.get("/Locations")["value"]) == 1
    assert api.get("/FeaturesOfInterest")["value"] == []
    for one in (stream, second):
        api.make(f"/Datastreams({one})/Observations", OBSERVATION)
    assert len(api.get("/FeaturesOfInterest")["value"]) == 1
    assert api.get(f"/Things({neighbour})/HistoricalLocations")["value"]


BELOW = [
    ("/Things({thing})/Datastreams", datastream("x")),
    ("/Things({thing})/Locations", place("x")),
    ("/Locations({location})/Things", thing("x")),
    ("/Sensors({sensor})/Datastreams", {**datastream("x"), "Thing": thing("t")}),
    ("/Datastreams({stream})/Observations", {"result": 3}),
    ("/FeaturesOfInterest({feature})/Observations", {"result": 3}),
]


def test_what_is_posted_below_an_entity_hangs_on_it(api: Client, stream: int) -> None:
    api.make(f"/Datastreams({stream})/Observations", OBSERVATION)
    ids = {
        "stream": stream,
        "thing": Thing.objects.get().pk,
        "location": Place.objects.get().pk,
        "sensor": Datastream.objects.get().sensor_id,
        "feature": FeatureOfInterest.objects.get().pk,
    }
    for address, body in BELOW:
        if "Sensors" in address:
            body = {key: value for key, value in body.items() if key != "Sensor"}
        if "Features" in address:
            body = {**body, "Datastream": {"@iot.id": stream}}
        where = address.format(**ids)
        made = api.make(where, body)
        assert made in [one["@iot.id"] for one in api.get(where)["value"]]


@pytest.mark.parametrize("array", [False, True])
def test_a_feature_is_made_with_the_first_observation_that_names_none(
    api: Client, stream: int, array: bool
) -> None:
    """18-088, 10.2: not with a Location, and again where somebody has deleted it."""

    def observe() -> Any:
        if array:
            given = {"Datastream": {"@iot.id": stream}, "components": ["result"]}
            api.ask("POST", "/CreateObservations", [{**given, "dataArray": [[1], [2]]}])
        else:
            api.make(f"/Datastreams({stream})/Observations", {"result": 1})
        (newest,) = api.get("/Observations?$orderby=id desc&$top=1")["value"]
        address = f"/Observations({newest['@iot.id']})"
        return api.get(f"{address}/FeatureOfInterest")

    tree = {**place("tree"), "feature": HERNE}
    del tree["location"]
    named = {"result": 1, "FeatureOfInterest": tree}
    api.make(f"/Datastreams({stream})/Observations", named)
    assert [one["name"] for one in api.get("/FeaturesOfInterest")["value"]] == ["tree"]
    first = observe()
    assert (first["name"], observe()) == (place()["name"], first)
    assert api.ask("DELETE", f"/FeaturesOfInterest({first['@iot.id']})").status == 200
    again = observe()
    assert again["@iot.id"] != first["@iot.id"]
    assert again["feature"] == first["feature"]


def test_what_devices_report_is_observed_where_their_thing_stands(api: Client, stream: int) -> None:
    """Uplinks are stored without a feature: it is that of the place, also after a move."""
    (number,) = store.write([store.Observation(datastream=stream, at=clock.now(), value=1.0)])
    where = f"/Observations({number})/FeatureOfInterest"
    assert api.get(where)["name"] == place()["name"]
    owner = api.get(f"/Datastreams({stream})/Thing")["@iot.id"]
    harbour = api.make("/Locations", {**place("harbour"), "Things": [{"@iot.id": owner}]})
    assert api.get(f"/Things({owner})/Locations")["value"][0]["@iot.id"] == harbour
    assert api.get(where)["name"] == "harbour"


def test_nothing_of_a_broken_deep_insert_stays(api: Client) -> None:
    broken = thing(
        Locations=[place()],
        Datastreams=[
            datastream("a", Observations=[OBSERVATION]),
            {**datastream("b"), "Sensor": {"x": 1}},
        ],
    )
    assert api.ask("POST", "/Things", broken).status == 400
    assert (Thing.objects.count(), Place.objects.count(), stored()) == (0, 0, 0)
    assert not Entry.objects.exists()


NOT_FITTING = [
    ("/Things", {"description": "x"}, "needs 'name'"),
    ("/Things", {"name": 5}, "expected a string"),
    ("/Things", {"name": "x" * 201}, "longer than 200"),
    ("/Things", {"name": "x", "colour": "red"}, "no property 'colour'"),
    ("/Things", {**thing(), "properties": []}, "JSON object"),
    ("/Things", thing("x\x00"), "does not fit"),
    ("/Things", {**thing(), "properties": {"a": "\x00"}}, "does not fit"),
    ("/Things", thing(Locations=place()), "expected a list"),
    ("/Things", thing(Locations=[{"@iot.id": 999}]), "no Location"),
    ("/Things", thing(Datastreams="y"), "expected a list"),
    ("/Things", [], "JSON object"),
    ("/Datastreams", {**datastream(), "Thing": {"@iot.id": 10**30}}, "no Thing"),
    ("/Datastreams", datastream(), "needs its Thing"),
    (
        "/Locations",
        {**place(), "location": {"type": "Point", "coordinates": [51.5, 107.2]}},
        "longitude and latitude",
    ),
    ("/Locations", {**place(), "location": {"type": "Point"}}, "GeoJSON"),
    ("/Locations", {**place(), "location": {"type": "Blob", "coordinates": []}}, "GeoJSON"),
    ("/Locations", {**place(), "location": None}, "needs 'location'"),
    ("/FeaturesOfInterest", {"name": "x", "description": "", "feature": HERNE}, "encodingType"),
    ("/Observations", {"result": 5}, "needs its Datastream"),
    ("/Things", thing(Datastreams=[datastream(Observations=[OBSERVATION])]), "no Location"),
    ("/Datastreams({})/Observations", {}, "needs 'result'"),
    ("/Datastreams({})/Observations", {"result": 1, "phenomenonTime": "soon"}, "ISO 8601"),
    (
        "/Datastreams({})/Observations",
        {"result": 1, "phenomenonTime": "2026-01-02T00:00:00Z/2026-01-01T00:00:00Z"},
        "before",
    ),
    ("/Datastreams({})/Observations", {"result": 10**400}, "out of range"),
    ("/Datastreams({})/Observations", {"result": -1e300}, "out of range"),
]


def test_a_body_that_does_not_fit_is_a_400_that_says_why(api: Client, stream: int) -> None:
    for where, body, words in NOT_FITTING:
        before = Thing.objects.count()
        reply = api.ask("POST", where.format(stream), body)
        assert reply.status == 400, reply.body
        assert words in reply.json["message"]
        assert (Thing.objects.count(), stored()) == (before, 0)


def test_a_body_must_be_json_and_not_too_long(api: Client, monkeypatch: Any) -> None:
    assert api.ask("POST", "/Things", raw=b"{").status == 400
    assert api.ask("POST", "/Things", raw=b'{"name": "\xff"}').status == 400
    assert api.ask("POST", "/Things", raw=b'{"a":' * 5000 + b"1" + b"}" * 5000).status == 400
    assert api.ask("POST", "/Things", thing(), content_type="text/plain").status == 415
    monkeypatch.setattr(http, "LONGEST_BODY", 100)
    assert api.ask("POST", "/Things", thing("x" * 100)).status == 413


def test_a_parent_that_does_not_exist_is_a_404(api: Client) -> None:
    assert api.ask("POST", "/Datastreams(77)/Observations", {"result": 1}).status == 404
    assert api.ask("POST", "/Things(77)/Datastreams", datastream()).status == 404


# --- observations


def test_an_observation_counts_in_latest_and_rollups_at_once(api: Client, stream: int) -> None:
    for hour, result in ((1, 5), (3, 9), (2, 7)):
        api.make(
            f"/Datastreams({stream})/Observations",
            {
                "result": result,
                "phenomenonTime": f"2026-01-01T0{hour}:30:00Z",
            },
        )
    newest = Latest.objects.get(datastream=stream)
    assert (newest.value, newest.n) == (9, 3)
    with connection.cursor() as cursor:
        cursor.execute("select sum(n), sum(sum) from things_hour")
        assert cursor.fetchone() == (3, 21)


def test_a_datastream_with_one_per_instant_takes_a_repeat_and_refuses_a_contradiction(
    api: Client, stream: int
) -> None:
    Datastream.objects.update(one_per_instant=True)
    address = f"/Datastreams({stream})/Observations"
    first = api.make(address, OBSERVATION)
    assert api.make(address, OBSERVATION, status=200) == first
    assert api.ask("POST", address, {**OBSERVATION, "result": 6}).status == 409
    assert stored() == 1


def test_entities_are_audited_and_observations_are_not(api: Client, stream: int) -> None:
    Entry.objects.all().delete()
    api.make(f"/Datastreams({stream})/Observations", {"result": 1})
    assert not Entry.objects.exists()
    made = api.make("/Sensors", SENSOR)
    api.ask("PATCH", f"/Sensors({made})", {"name": "x"})
    api.ask("DELETE", f"/Sensors({made})")
    entries = Entry.objects.order_by("id").values_list("actor", "verb", "target")
    assert list(entries) == [
        ("key:test program", f"sensorthings.{verb}", f"Sensors({made})")
        for verb in ("create", "update", "delete")
    ]


# --- what the client prefers to get back


def test_a_client_gets_back_what_it_prefers(api: Client, stream: int) -> None:
    address = f"/Datastreams({stream})/Observations"
    for where, body in (("/Things", thing()), (address, OBSERVATION)):
        plain = api.ask("POST", where, body)
        assert (plain.status, plain.json["@iot.selfLink"]) == (201, plain.headers["location"])
        silent = api.ask("POST", where, body, prefer="return=minimal")
        assert (silent.status, silent.body) == (204, b"")
        assert silent.headers["preference-applied"] == "return=minimal"
        whole = api.ask("POST", where, body, prefer="respond-async, return=representation")
        assert whole.status == 201
        assert whole.json == api.get(whole.headers["location"])
    change = {"description": "new"}
    assert api.ask("PATCH", "/Things(999999)", change, prefer="return=minimal").status == 404
    target = api.get("/Things")["value"][0]["@iot.selfLink"]
    whole = api.ask("PATCH", target, change, prefer="return=representation")
    assert (whole.status, whole.json) == (200, api.get(target))
    assert api.ask("PUT", target, thing(), prefer="return=minimal").status == 204


# --- Idempotency-Key


def test_the_same_request_with_the_same_key_is_done_once(api: Client, stream: int) -> None:
    address = f"/Datastreams({stream})/Observations"
    first = api.ask("POST", address, OBSERVATION, idempotency_key="a")
    again = api.ask("POST", address, OBSERVATION, idempotency_key="a")
    assert (again.status, again.headers["location"], again.body) == (
        first.status,
        first.headers["location"],
        first.body,
    )
    assert stored() == 1
    assert api.ask("POST", address, OBSERVATION).number != first.number
    assert api.ask("POST", address, OBSERVATION, idempotency_key="b").number != first.number


def test_a_key_that_was_used_for_another_body_is_a_422(api: Client, stream: int) -> None:
    address = f"/Datastreams({stream})/Observations"
    api.make(address, OBSERVATION, idempotency_key="a")
    other = {**OBSERVATION, "result": 6}
    assert api.ask("POST", address, other, idempotency_key="a").status == 422
    assert api.ask("POST", "/Sensors", OBSERVATION, idempotency_key="a").status == 422
    assert stored() == 1


def test_keys_of_different_programs_do_not_meet(api: Client, stream: int) -> None:
    _, secret = issue_key(label="other", scopes=("things:write",))
    address = f"/Datastreams({stream})/Observations"
    first = api.make(address, OBSERVATION, idempotency_key="a")
    header = {"authorization": f"Bearer {secret}"}
    assert api.make(address, OBSERVATION, idempotency_key="a", **header) != first


def test_a_key_is_forgotten_after_a_day(api: Client) -> None:
    first = api.make("/Sensors", SENSOR, idempotency_key="a")
    IdempotentRequest.objects.update(created=clock.now() - timedelta(hours=25))
    assert api.make("/Sensors", SENSOR, idempotency_key="a") != first


def test_a_failed_request_leaves_its_key_free(api: Client) -> None:
    assert api.ask("POST", "/Sensors", {"x": 1}, idempotency_key="a").status == 400
    assert not IdempotentRequest.objects.exists()
    api.make("/Sensors", SENSOR, idempotency_key="a")


def test_simultaneous_twins_make_one_entity(api: Client, stream: int) -> None:
    async def twins() -> list[Any]:
        return await asyncio.gather(
            *(
                api.call(
                    "POST", f"/Datastreams({stream})/Observations", OBSERVATION, idempotency_key="a"
                )
                for _ in range(6)
            )
        )

    replies = api.loop.run_until_complete(twins())
    assert {reply.status for reply in replies} == {201}
    assert len({reply.headers["location"] for reply in replies}) == 1
    assert stored() == 1


def test_an_observed_property_of_the_body_is_made_with_all_it_says(api: Client) -> None:
    made = api.make("/ObservedProperties", {**TEMPERATURE, "properties": {"x": [1, None]}})
    got = api.get(f"/ObservedProperties({made})")
    assert {key: got[key] for key in TEMPERATURE} == TEMPERATURE
    assert got["properties"] == {"x": [1, None]}


def test_a_newer_entry_in_the_history_moves_the_thing(api: Client, stream: int) -> None:
    owner = Thing.objects.get().pk
    old = api.make(
        "/HistoricalLocations",
        {
            "time": "2020-01-01T00:00:00Z",
            "Thing": {"@iot.id": owner},
            "Locations": [place("old")],
        },
    )
    assert api.get(f"/Things({owner})/Locations")["value"][0]["name"] == "Market"
    api.make(
        "/HistoricalLocations",
        {
            "time": clock.now().isoformat(),
            "Thing": {"@iot.id": owner},
            "Locations": [place("new")],
        },
    )
    assert api.get(f"/Things({owner})/Locations")["value"][0]["name"] == "new"
    assert api.get(f"/HistoricalLocations({old})/Locations")["value"][0]["name"] == "old"
    assert HistoricalLocation.objects.count() == 3
