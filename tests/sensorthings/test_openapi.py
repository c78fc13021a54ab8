"""The description is valid, complete, and says what the service does."""

import json
import re
from typing import Any

import pytest
from openapi_spec_validator import validate
from sensorthings.conftest import BASE, Client, thing

from stadtkern.kernel.sensorthings.entities import ENTITIES
from stadtkern.kernel.sensorthings.openapi import document

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def described() -> Any:
    return json.loads(b"".join(document.answer(BASE).body))


def test_the_description_is_valid_openapi(described: Any) -> None:
    assert described["openapi"].startswith("3.1")
    validate(described)


def test_it_has_an_address_below_the_service_root(described: Any, reader: Client) -> None:
    reply = reader.ask("GET", "/api")
    assert reply.headers["content-type"].startswith("application/vnd.oai.openapi+json")
    assert reply.json == described
    assert described["servers"] == [{"url": BASE}]


def test_the_service_root_leads_to_it(reader: Client) -> None:
    reply = reader.ask("GET", "")
    assert f'<{BASE}/api>; rel="service-desc"' in reply.headers["link"]


def test_every_entity_set_property_and_link_is_described(described: Any) -> None:
    for entity in ENTITIES.values():
        shown = described["components"]["schemas"][entity.singular]["properties"]
        assert {p for p in entity.properties if p != "id"} <= shown.keys()
        for link in entity.links:
            assert {link, f"{link}@iot.navigationLink"} <= shown.keys()
            assert f"/{entity.name}({{id}})/{link}" in described["paths"]


def test_methods_are_those_that_the_service_takes(described: Any, api: Client) -> None:
    for path, item in described["paths"].items():
        address = "" if path == "/" else path.replace("{id}", "1")
        allowed = api.ask("OPTIONS", address).headers["allow"].lower().split(", ")
        assert item.keys() & METHODS == set(allowed) & METHODS, path


def test_required_properties_are_those_without_which_nothing_is_made(
    described: Any, api: Client
) -> None:
    schema = described["components"]["schemas"]["ThingToCreate"]
    assert set(schema["required"]) == {"name", "description"}
    for name in schema["required"]:
        body = {key: value for key, value in thing().items() if key != name}
        assert api.ask("POST", "/Things", body).status == 400


def test_query_options_are_those_that_the_service_knows(described: Any, api: Client) -> None:
    examples = {"$skiptoken": None, "$filter": "id gt 0", "$orderby": "id", "$select": "id"}
    for one in described["paths"]["/Things"]["get"]["parameters"]:
        name = one["$ref"].rpartition("/")[2]
        option = described["components"]["parameters"][name]
        if (value := examples.get(option["name"], _value(option))) is not None:
            assert api.ask("GET", f"/Things?{option['name']}={value}").status == 200, option
    assert api.ask("GET", "/Things?$unknown=1").status == 400


def _value(option: Any) -> str | None:
    schema = option["schema"]
    if "enum" in schema:
        return str(schema["enum"][0])
    return {"integer": "1", "boolean": "true"}.get(schema["type"], "Datastreams")


def test_what_is_read_looks_as_described(described: Any, api: Client, stream: int) -> None:
    schemas = described["components"]["schemas"]
    assert api.ask("POST", f"/Datastreams({stream})/Observations", {"result": 1}).status == 201
    for entity in ENTITIES.values():
        for one in api.get(f"/{entity.name}")["value"]:
            assert one.keys() <= schemas[entity.singular]["properties"].keys()


def test_writes_answer_as_described(described: Any, api: Client, stream: int) -> None:
    paths = described["paths"]
    link = described["components"]["schemas"]["EntityLink"]["properties"]
    deeds = (
        ("POST", "/Things", "/Things", thing()),
        ("PATCH", "/Datastreams({id})", f"/Datastreams({stream})", {"name": "x"}),
        (
            "POST",
            "/Datastreams({id})/Observations",
            f"/Datastreams({stream})/Observations",
            {"result": 1},
        ),
        (
            "DELETE",
            "/Datastreams({id})/Observations",
            f"/Datastreams({stream})/Observations?$filter=true",
            None,
        ),
        ("DELETE", "/Datastreams({id})", f"/Datastreams({stream})", None),
        ("DELETE", "/Datastreams({id})", f"/Datastreams({stream})", None),
        ("DELETE", "/Observations", "/Observations", None),
    )
    for method, path, address, body in deeds:
        reply = api.ask(method, address, body)
        answers = paths[path][method.lower()]["responses"]
        assert str(reply.status) in answers, (method, address, reply.status)
        if reply.body and reply.status < 300 and method != "DELETE":
            assert reply.json.keys() <= link.keys()


def test_refusals_look_as_described(described: Any, api: Client) -> None:
    schema = described["components"]["schemas"]["Problem"]
    told = api.ask("GET", "/Things?$filter=nonsense eq 1").json
    assert set(schema["required"]) <= told.keys() <= schema["properties"].keys()


def test_no_operation_is_named_twice(described: Any) -> None:
    names = re.findall(r"'operationId': '(\w+)'", str(described["paths"]))
    assert len(names) == len(set(names))
