"""JSON Patch (RFC 6902) and merge patch (RFC 7396) of entities."""

import json
from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import patches

from .conftest import SENSOR, Client, Reply, place, thing

pytestmark = pytest.mark.django_db(transaction=True)

PATCH, MERGE = "application/json-patch+json", "application/merge-patch+json"


def patch(api: Client, address: str, *operations: dict[str, Any]) -> Reply:
    return api.ask("PATCH", address, list(operations), content_type=PATCH)


def merge(api: Client, address: str, body: Any) -> Reply:
    return api.ask("PATCH", address, body, content_type=MERGE)


def test_operations_are_applied_one_after_the_other(api: Client) -> None:
    address = f"/Things({api.make('/Things', thing())})"
    assert (
        patch(api, address, {"op": "add", "path": "/properties", "value": {"key1": 1}}).status
        == 200
    )
    assert api.get(address)["properties"] == {"key1": 1}
    reply = patch(
        api,
        address,
        {"op": "test", "path": "/properties/key1", "value": 1},
        {"op": "copy", "from": "/properties/key1", "path": "/properties/keyCopy1"},
        {"op": "move", "from": "/properties/key1", "path": "/properties/key2"},
        {"op": "add", "path": "/properties/list", "value": [1, 3]},
        {"op": "add", "path": "/properties/list/1", "value": 2},
        {"op": "remove", "path": "/properties/list/0"},
        {"op": "replace", "path": "/name", "value": "patched"},
    )
    assert reply.status == 200, reply.body
    got = api.get(address)
    assert got["name"] == "patched"
    assert got["properties"] == {"keyCopy1": 1, "key2": 1, "list": [2, 3]}
    assert got["description"] == "on a pole"


NOT_FITTING = [
    (
        {"op": "test", "path": "/name", "value": "other"},
        409,
        "operation 2: the test of '/name'",
    ),
    ({"op": "test", "path": "/properties/none", "value": 1}, 409, "operation 2"),
    ({"op": "remove", "path": "/properties/none"}, 409, "operation 2"),
    ({"op": "replace", "path": "/properties/none/deeper", "value": 1}, 409, "operation 2"),
    ({"op": "add", "path": "name", "value": 1}, 400, "operation 2"),
    ({"op": "add", "path": "/properties/x~2", "value": 1}, 400, "operation 2"),
    ({"op": "jump", "path": "/name"}, 400, "operation 2"),
    ({"op": "add", "path": "/name"}, 400, "operation 2"),
    ({"path": "/name", "value": 1}, 400, "operation 2"),
    ({"op": "add", "path": 5, "value": 1}, 400, "operation 2"),
    ({"op": ["add"], "path": "/name", "value": 1}, 400, "operation 2"),
    ({"op": "remove", "path": "/name"}, 400, "needs 'name'"),
    ({"op": "replace", "path": "/name", "value": 7}, 400, "expected a string"),
    ({"op": "add", "path": "/colour", "value": 7}, 400, "no property 'colour'"),
    ({"op": "replace", "path": "", "value": [1]}, 400, "no object"),
]


def test_a_patch_that_does_not_fit_changes_nothing(api: Client) -> None:
    for operation, status, words in NOT_FITTING:
        address = f"/Things({api.make('/Things', thing())})"
        before = api.get(address)
        first = {"op": "add", "path": "/properties/first", "value": 1}
        reply = patch(api, address, first, operation)
        assert (reply.status, words in reply.json["message"]) == (status, True), reply.body
        assert api.get(address) == before


NO_PATCHES = [{}, {"op": "add"}, "x", [1], None, [[]]]


def test_a_patch_is_a_list_of_operations(api: Client) -> None:
    for body in NO_PATCHES:
        address = f"/Things({api.make('/Things', thing())})"
        assert (
            api.ask("PATCH", address, raw=json.dumps(body).encode(), content_type=PATCH).status
            == 400
        )


def test_copies_of_copies_do_not_fill_the_memory(api: Client) -> None:
    address = f"/Things({api.make('/Things', thing())})"
    copies = [
        {"op": "copy", "from": "/properties", "path": f"/properties/p{number}"}
        for number in range(40)
    ]
    reply = patch(api, address, *copies)
    assert (reply.status, "grows" in reply.json["message"]) == (400, True)
    many = [{"op": "test", "path": "/name", "value": "Station"}] * (patches.MOST + 1)
    assert patch(api, address, *many).status == 400


def test_big_numbers_and_deep_values_stay_or_are_refused(api: Client) -> None:
    big = 10**30
    made = api.make("/Things", {**thing(), "properties": {"big": big}})
    address = f"/Things({made})"
    assert patch(api, address, {"op": "add", "path": "/properties/x", "value": 1}).status == 200
    assert api.get(address)["properties"] == {"big": big, "x": 1}
    for depth in (100, 400, 700, 900, 960, 985, 995, 1500):
        deep = b'{"properties":' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"
        whole = deep.replace(b"{", b'{"name":"x","description":"",', 1)
        assert api.ask("POST", "/Things", raw=whole).status in (201, 400)
        for kind in ("application/json", MERGE):
            assert api.ask("PATCH", address, raw=deep, content_type=kind).status in (200, 400)
        operation = b'[{"op":"add","path":"/properties","value":' + deep + b"}]"
        assert api.ask("PATCH", address, raw=operation, content_type=PATCH).status in (200, 400)


def test_observations_places_and_units_are_patched_too(api: Client, stream: int) -> None:
    number = api.make(
        f"/Datastreams({stream})/Observations",
        {"result": {"a": 1, "b": 2}, "parameters": {"p": 1}, "resultQuality": "suspect"},
    )
    address = f"/Observations({number})"
    before = api.get(address)
    reply = patch(
        api,
        address,
        {"op": "remove", "path": "/result/a"},
        {"op": "replace", "path": "/parameters/p", "value": 2},
    )
    assert reply.status == 200, reply.body
    assert api.get(address) == {**before, "result": {"b": 2}, "parameters": {"p": 2}}

    unit = {"op": "replace", "path": "/unitOfMeasurement/symbol", "value": "K"}
    assert patch(api, f"/Datastreams({stream})", unit).status == 200
    unit = api.get(f"/Datastreams({stream})")["unitOfMeasurement"]
    assert unit == {"name": "degree Celsius", "symbol": "K", "definition": "Cel"}

    made = api.make("/Locations", place())
    moved = {"op": "replace", "path": "/location/coordinates/1", "value": 52}
    assert patch(api, f"/Locations({made})", moved).status == 200
    assert api.get(f"/Locations({made})")["location"]["coordinates"] == [7.22, 52]


def test_a_patch_may_lead_a_link_elsewhere(api: Client, stream: int) -> None:
    other = api.make("/Sensors", {**SENSOR, "name": "better"})
    link = {"op": "add", "path": "/Sensor", "value": {"@iot.id": other}}
    assert patch(api, f"/Datastreams({stream})", link).status == 200
    assert api.get(f"/Datastreams({stream})/Sensor")["name"] == "better"


def test_a_merge_patch_merges_objects_and_null_removes(api: Client) -> None:
    made = api.make("/Things", {**thing(), "properties": {"a": {"b": 1, "c": 2}, "d": 3}})
    address = f"/Things({made})"
    body = {"name": "merged", "properties": {"a": {"b": None, "x": [1]}, "e": {"f": None}}}
    assert merge(api, address, body).status == 200
    got = api.get(address)
    assert got["name"] == "merged"
    assert got["properties"] == {"a": {"c": 2, "x": [1]}, "d": 3, "e": {}}
    assert merge(api, address, {"properties": None}).status == 200
    assert api.get(address)["properties"] == {}
    assert merge(api, address, {"name": None}).status == 400
    assert merge(api, address, [1]).status == 400


def test_true_is_not_one(api: Client) -> None:
    made = api.make("/Things", {**thing(), "properties": {"a": True, "b": 0}})
    address = f"/Things({made})"
    operation = {"op": "replace", "path": "/properties/a", "value": 1}
    assert patch(api, address, operation).status == 200
    assert merge(api, address, {"properties": {"b": False}}).status == 200
    assert json.dumps(api.get(address)["properties"]) == '{"a": 1, "b": false}'


def test_plain_json_replaces_the_properties_it_names(api: Client) -> None:
    address = f"/Things({api.make('/Things', thing())})"
    assert api.ask("PATCH", address, {"properties": {"new": 1}}).status == 200
    assert api.get(address)["properties"] == {"new": 1}
    assert api.ask("POST", "/Things", thing(), content_type=MERGE).status == 415
    assert api.ask("PUT", address, thing(), content_type=PATCH).status == 415


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=8,
)


@given(json_values, json_values)
def test_a_merge_is_that_of_the_rfc(target: Any, change: Any) -> None:
    def as_the_rfc_says(target: Any, change: Any) -> Any:
        if isinstance(change, dict):
            if not isinstance(target, dict):
                target = {}
            for name, value in change.items():
                if value is None:
                    if name in target:
                        del target[name]
                else:
                    target[name] = as_the_rfc_says(target.get(name), value)
            return target
        return change

    found = patches.merged(target, change)
    assert found == as_the_rfc_says(deepcopy(target), change)


@given(st.dictionaries(st.sampled_from("abc"), json_values), st.lists(json_values, max_size=4))
def test_any_json_is_a_patch_or_a_problem(target: dict[str, Any], operations: list[Any]) -> None:
    with suppress(Problem):
        patches.patched(target, operations)
