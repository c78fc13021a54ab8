"""Addresses, methods and headers of reads."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from psycopg import AsyncConnection

from stadtkern.kernel.sensorthings import pool
from stadtkern.kernel.sensorthings.entities import ENTITIES
from stadtkern.kernel.sensorthings.write import keys
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream

from .conftest import BASE, HERNE, Client

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 1, 30, tzinfo=UTC)


def test_the_service_root_lists_the_entity_sets(reader: Client) -> None:
    root = reader.get("/")
    assert {one["name"]: one["url"] for one in root["value"]} == {
        name: f"{BASE}/{name}" for name in ENTITIES
    }
    assert len(root["value"]) == 9


# The requirements of 18-088, from its table of contents; a class may be named as a whole.
REQUIREMENTS = {
    "datamodel": (
        "entity-control-information/common-control-information thing/properties thing/relations"
        " location/properties location/relations historical-location/properties"
        " historical-location/relations datastream/properties datastream/relations"
        " sensor/properties sensor/relations observed-property/properties"
        " observed-property/relations observation/properties observation/relations"
        " feature-of-interest/properties feature-of-interest/relations"
    ),
    "resource-path": "resource-path-to-entities",
    "request-data": (
        "status-code query-status-code order expand select orderby top skip count filter"
        " built-in-filter-operations built-in-query-functions pagination"
    ),
    "create-update-delete": (
        "create-entity link-to-existing-entities deep-insert deep-insert-status-code update-entity"
        " delete-entity historical-location-auto-creation historical-location-manual-creation"
        " update-entity-put update-entity-jsonpatch"
    ),
    "batch-request": "batch-request",
    "multi-datastream": "properties relations constraints",
    "data-array": "data-array",
    "create-observations-via-mqtt": "observations-creation",
    "receive-updates-via-mqtt": "receive-updates",
}


def test_the_conformance_list_names_requirements_that_there_are(reader: Client) -> None:
    known = {
        f"http://www.opengis.net/spec/iot_sensing/1.1/req/{name}{one and '/'}{one}"
        for name, text in REQUIREMENTS.items()
        for one in ["", *text.split()]
    }
    listed = reader.get("/")["serverSettings"]["conformance"]
    assert len(listed) == len(set(listed))
    assert {one for one in listed if "iot_sensing" in one} <= known
    assert all(one.startswith("https://") for one in listed if "iot_sensing" not in one)


# A Datastream has no MultiDatastreams around it.
@pytest.mark.parametrize("name", sorted({*ENTITIES} - {"MultiDatastreams"}))
def test_every_set_and_every_entity_is_readable_with_its_links(
    api: Client, stream: int, name: str
) -> None:
    api.make(f"/Datastreams({stream})/Observations", {"result": 1})
    (one,) = api.get(f"/{name}")["value"]
    assert one["@iot.selfLink"] == f"{BASE}/{name}({one['@iot.id']})"
    assert api.get(one["@iot.selfLink"]) == one
    for link, target in ENTITIES[name].links.items():
        if target.target == "MultiDatastreams":
            continue
        address = one[f"{link}@iot.navigationLink"]
        assert address == f"{one['@iot.selfLink']}/{link}"
        found = api.get(address)
        (far,) = found["value"] if target.many else (found,)
        assert far["@iot.selfLink"].startswith(f"{BASE}/{target.target}(")


def test_properties_of_all_kinds_come_as_the_standard_writes_them(api: Client, stream: int) -> None:
    api.make(
        f"/Datastreams({stream})/Observations",
        {
            "result": 21.5,
            "phenomenonTime": "2026-03-01T10:00:00.250+01:00",
            "resultTime": "2026-03-01T09:00:01Z",
            "parameters": {"height": 2},
            "validTime": "2026-03-01T09:00:00Z/2026-03-01T10:00:00Z",
            "resultQuality": "suspect",
        },
    )
    (one,) = api.get("/Observations")["value"]
    assert one["phenomenonTime"] == "2026-03-01T09:00:00.25Z"
    assert one["resultTime"] == "2026-03-01T09:00:01Z"
    assert one["validTime"] == "2026-03-01T09:00:00Z/2026-03-01T10:00:00Z"
    assert one["result"] == 21.5
    assert one["resultQuality"] == "suspect"
    assert one["parameters"] == {"height": 2}
    found = api.get(f"/Datastreams({stream})")
    assert found["phenomenonTime"] == "2026-03-01T09:00:00.25Z/2026-03-01T09:00:00.25Z"
    assert found["unitOfMeasurement"]["symbol"] == "°C"
    assert found["observedArea"]["coordinates"][0][0] == HERNE["coordinates"]
    assert api.get("/Locations")["value"][0]["location"] == HERNE


@pytest.mark.parametrize("result", [0, -3, 21.5, 1e290, "open", "", True, False, None, {"a": [1]}])
def test_a_result_comes_back_as_it_went_in(api: Client, stream: int, result: object) -> None:
    number = api.make("/Observations", {"result": result, "Datastream": {"@iot.id": stream}})
    assert (
        api.get(
            f"/Observations({number})/result" if result is not None else f"/Observations({number})"
        )["result"]
        == result
    )


def test_one_property_its_bare_value_and_references_have_addresses(
    api: Client, stream: int
) -> None:
    assert api.get(f"/Datastreams({stream})/name") == {"name": "Air temperature"}
    bare = api.ask("GET", f"/Datastreams({stream})/name/$value")
    assert (bare.body, bare.headers["content-type"]) == (
        b"Air temperature",
        "text/plain; charset=utf-8",
    )
    assert api.get(f"/Datastreams({stream})/Thing/properties/$value") == {"nr": 3}
    assert api.ask("GET", f"/Datastreams({stream})/phenomenonTime").status == 204
    for address in ("properties", "properties/$value", "properties/nr"):
        assert api.ask("GET", f"/Datastreams({stream})/Sensor/{address}").status == 204
    assert api.get("/Datastreams/$ref") == {
        "value": [{"@iot.selfLink": f"{BASE}/Datastreams({stream})"}]
    }


def test_a_selection_shows_what_was_asked_for_and_nothing_else(api: Client, stream: int) -> None:
    (one,) = api.get("/Datastreams?$select=id,name,Thing")["value"]
    assert one == {
        "@iot.id": stream,
        "name": "Air temperature",
        "Thing@iot.navigationLink": f"{BASE}/Datastreams({stream})/Thing",
    }


@pytest.mark.parametrize(
    "address",
    [
        "/Thing",
        "/Things(1",
        "/Things('a')",
        "/Things(999)",
        "/Things(99999999999999999999)",
        "/Datastreams(999)/Observations",
        "/Datastreams(999)/Thing",
        "/Things/Datastreams",
        "/Things(999)/name",
        "/Datastreams/name",
        "/Things(1)/nonsense",
        "/Observations(1)/Thing",
    ],
)
def test_what_does_not_exist_is_a_404_in_json(api: Client, stream: int, address: str) -> None:
    refusal = api.get(address, 404)
    assert (refusal["code"], refusal["type"]) == (404, "error")
    assert refusal["message"]


def test_an_entity_is_found_over_its_own_link_only(api: Client, stream: int) -> None:
    other = api.make("/Things", {"name": "Another", "description": "d"})
    owner = api.get(f"/Datastreams({stream})/Thing")["@iot.id"]
    assert api.get(f"/Things({owner})/Datastreams({stream})")["@iot.id"] == stream
    api.get(f"/Things({other})/Datastreams({stream})", 404)
    api.get(f"/Things({other})/Datastreams({stream})/Observations", 404)
    assert api.get(f"/Things({owner})/Datastreams({stream})/Observations") == {"value": []}


def test_a_slash_at_the_end_changes_nothing(api: Client, stream: int) -> None:
    assert api.get("/Things/") == api.get("/Things")
    assert api.get(f"/Datastreams({stream})/") == api.get(f"/Datastreams({stream})")


def test_methods_that_do_not_fit_are_refused_with_those_that_do(api: Client, stream: int) -> None:
    for method, address, allowed in [
        ("PUT", "/Things", "POST"),
        ("POST", f"/Datastreams({stream})", "PATCH"),
        ("PUT", "/", "GET"),
        ("POST", "/Things/$ref", "GET"),
        ("BREW", "/Things", "GET"),
    ]:
        refusal = api.ask(method, address, {})
        assert refusal.status == 405
        assert allowed in refusal.headers["allow"]


def test_browsers_of_other_sites_may_read(reader: Client) -> None:
    for method in ("GET", "HEAD", "OPTIONS"):
        assert reader.ask(method, "/Things").headers["access-control-allow-origin"] == "*"
    assert reader.ask("HEAD", "/Things").body == b""
    assert reader.ask("OPTIONS", "/Things").status == 204


def test_links_repeat_only_host_names_of_this_city(reader: Client) -> None:
    assert reader.ask("GET", "/", host="evil.example").status == 400
    assert reader.ask("GET", "/", host='testserver"x').status == 400


def test_an_option_for_collections_does_not_fit_an_entity(api: Client, stream: int) -> None:
    assert "single entity" in api.get(f"/Datastreams({stream})?$top=1", 400)["message"]
    assert "unknown option" in api.get("/Things?limit=5", 400)["message"]


def test_while_the_database_is_away_everything_is_a_503(
    api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "WAIT", 0.2)
    monkeypatch.setattr(pool, "address", lambda: {"host": "/nowhere", "dbname": "none"})
    refusal = api.ask("GET", "/Things")
    assert (refusal.status, refusal.headers["retry-after"]) == (503, "5")

    def away(authorization: str) -> Any:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(keys, "writer", away)
    assert api.ask("POST", "/Things", {"name": "x"}).status == 503


def test_a_request_that_takes_too_long_is_stopped(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "SECONDS", 0.2)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("lock table things_thing in access exclusive mode")
        refusal = reader.ask("GET", "/Things")
    assert refusal.status == 503
    assert "ask for less" in refusal.json["message"]
    assert reader.ask("GET", "/Things").status == 200


def test_reads_cannot_write(reader: Client) -> None:
    async def attempt() -> str:
        async with (await pool.pool()).connection() as one:
            cursor = await one.execute("show default_transaction_read_only")
            row = await cursor.fetchone()
            return str(row[0]) if row else ""

    assert reader.loop.run_until_complete(attempt()) == "on"


@pytest.mark.parametrize("rows", [2, 40])
def test_the_dashboard_takes_one_statement_however_many_datastreams_it_shows(
    api: Client, stream: int, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    known = Datastream.objects.get(pk=stream)
    for n in range(rows - 1):
        Datastream.objects.create(
            name=str(n),
            thing=known.thing,
            sensor=known.sensor,
            observed_property=known.observed_property,
        )
    streams = Datastream.objects.values_list("pk", flat=True)
    store.write([store.Observation(datastream=one, at=AT, value=one) for one in streams])
    address = (
        "/Datastreams?$top=500&$expand=Thing($expand=Locations),"
        "Observations($top=1;$orderby=phenomenonTime desc)"
    )
    api.get(address)
    sent: list[Any] = []
    execute = AsyncConnection.execute

    async def counted(self: Any, query: Any, *rest: Any, **more: Any) -> Any:
        sent.append(query)
        return await execute(self, query, *rest, **more)

    monkeypatch.setattr(AsyncConnection, "execute", counted)
    shown = Client(loop=api.loop).get(address)["value"]
    assert len(sent) == 1
    assert len(shown) == rows
    for one in shown:
        assert [found["result"] for found in one["Observations"]] == [one["@iot.id"]]
        assert one["Thing"]["Locations"][0]["location"] == HERNE
