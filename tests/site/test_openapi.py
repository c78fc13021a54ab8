"""One description of all interfaces: valid, without collisions, and only of what is on."""

import pytest
from openapi_spec_validator import validate

from stadtkern.kernel import registry
from stadtkern.site.api.merging import merged

ADDRESS = "/api/openapi.json"


@pytest.fixture
def whole(client, db):
    return client.get(ADDRESS).json()


def test_it_is_valid_openapi_3_1(whole):
    validate(whole)
    assert whole["openapi"] == "3.1.0"
    assert whole["servers"] == [{"url": "http://testserver"}]
    assert {one["name"] for one in whole["tags"]} >= {
        "sensorthings", "features", "tables", "feeds", "parking", "parking_tickets", "bike_boxes",
        "mobility_hubs",
    }  # fmt: skip


def test_every_address_without_a_variable_exists(client, whole):
    assert len(whole["paths"]) > 60
    asked = {path for path, item in whole["paths"].items() if "get" in item and "{" not in path}
    for path in sorted(path for path in asked if path.startswith("/api/mobility_hubs")):
        assert client.get(path).status_code == 200, path
    from django.urls import resolve

    for path in asked:
        if not path.startswith("/api/sensorthings/"):
            resolve(path)


def test_where_addresses_begin_stands_the_description(client, db, switched_off):
    for address in ("/api/statistics", "/api/statistics/"):
        answer = client.get(address, follow=True)
        assert answer.json()["servers"] == [{"url": "/api/statistics"}]
    switched_off("statistics")
    assert client.get("/api/statistics/").status_code == 404


def test_every_system_for_programs_is_in_the_whole(whole):
    with_doors = {one.slug for one in registry.active() if "api" in one.urls}
    assert with_doors <= {one["name"] for one in whole["tags"]}


def test_operations_have_names_of_their_own_and_say_who_may(whole):
    operations = [item[verb] for item in whole["paths"].values()
                  for verb in ("get", "post", "put", "patch", "delete") if verb in item]  # fmt: skip
    names = [one["operationId"] for one in operations if "operationId" in one]
    assert len(names) == len(set(names))
    sell = whole["paths"]["/api/parking_tickets/operator/v1/parking/"]["post"]
    assert sell["security"] == [{"parking_tickets.ApiKey": []}]
    assert "parking_tickets.ApiKey" in whole["components"]["securitySchemes"]


def test_what_is_off_is_not_described(client, db, switched_off):
    switched_off("parking_tickets")
    told = client.get(ADDRESS).json()
    assert not [path for path in told["paths"] if path.startswith("/api/parking_tickets")]
    assert not [path for path in told["paths"] if path.startswith("/api/curbs")]


def test_who_has_it_already_gets_nothing_and_heads_are_answered(client, db):
    first = client.get(ADDRESS)
    again = client.get(ADDRESS, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head(ADDRESS)["ETag"] == first["ETag"]
    assert client.post(ADDRESS, {}).status_code == 405


def test_parts_with_the_same_names_stay_apart_and_are_raised():
    def part(kind):
        return {
            "openapi": "3.0.3", "servers": [{"url": "https://x.example/api/a"}],
            "security": [{"key": []}],
            "paths": {"/one": {"get": {"operationId": "one", "responses": {"200": {
                "description": "", "content": {"application/json": {"schema": {
                    "$ref": "#/components/schemas/One"}}}}}},
                "post": {"security": [], "responses": {"200": {"description": ""}}}}},
            "components": {"schemas": {"One": {"type": kind, "nullable": True},
                                       "Two": {"type": "object", "properties": {
                                           "nullable": {"type": "string"}}}},
                           "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
        }  # fmt: skip

    other = {**part("number"), "servers": [{"url": "/api/b/"}]}
    told = merged({"title": "T", "version": "1"}, "https://x.example",
                  [("a", "A", part("string")), ("b", "B", other)])  # fmt: skip
    validate(told)
    assert set(told["paths"]) == {"/api/a/one", "/api/b/one"}
    schemas = told["components"]["schemas"]
    assert schemas["a.One"] == {"type": ["string", "null"]}
    assert schemas["b.One"] == {"type": ["number", "null"]}
    assert schemas["b.Two"]["properties"] == {"nullable": {"type": "string"}}
    got = told["paths"]["/api/b/one"]
    assert got["get"]["security"] == [{"b.key": []}]
    assert got["post"]["security"] == []
    reference = got["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert reference == {"$ref": "#/components/schemas/b.One"}


def test_the_page_for_developers_lists_them(client, db):
    page = client.get("/api/").content.decode()
    for address in (ADDRESS, "/api/features/api", "/api/mobility_hubs/openapi.json"):
        assert f'href="{address}"' in page
