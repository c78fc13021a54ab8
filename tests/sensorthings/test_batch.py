"""Several requests in one: multipart as in 18-088, 11, and OData's JSON."""

import email
import json
from contextlib import suppress
from email.message import Message
from email.policy import HTTP
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stadtkern.kernel.sensorthings.access import limits
from stadtkern.kernel.sensorthings.batch import json_format, multipart, run
from stadtkern.kernel.sensorthings.batch.references import place_of
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.things.models import Datastream, Sensor, Thing

from .conftest import BASE, SENSOR, TEMPERATURE, Client, Reply, datastream, place, thing

pytestmark = pytest.mark.django_db(transaction=True)


def request(line: str, body: Any = None, **headers: str) -> bytes:
    """An HTTP request as a part of a multipart body, without what stands around it."""
    head = [line, "Host: localhost", *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items())]
    text = "" if body is None else json.dumps(body)
    if body is not None:
        head += ["Content-Type: application/json", f"Content-Length: {len(text)}"]
    return ("\r\n".join([*head, "", ""]) + text).encode()


def part(inner: bytes, name: str = "") -> bytes:
    head = "Content-Type: application/http\r\n" + (f"Content-ID: {name}\r\n" if name else "")
    return head.encode() + b"\r\n" + inner


def joined(boundary: str, parts: list[bytes]) -> bytes:
    line = f"--{boundary}".encode()
    return b"".join(line + b"\r\n" + one + b"\r\n" for one in parts) + line + b"--"


def changeset(parts: list[bytes]) -> bytes:
    kind = b"Content-Type: multipart/mixed;boundary=changeset_77162fcd\r\n\r\n"
    return kind + joined("changeset_77162fcd", parts)


def send(api: Client, parts: list[bytes], **headers: str) -> Reply:
    kind = "multipart/mixed;boundary=batch_36522ad7"
    body = joined("batch_36522ad7", parts)
    return api.ask("POST", "/$batch", raw=body, content_type=kind, **headers)


def told(message: "Message[str, str]") -> tuple[int, dict[str, str], str]:
    """Status, headers and body of an application/http part, read by the standard library."""
    assert message.get_content_type() == "application/http"
    raw = message.get_payload(decode=True)
    assert isinstance(raw, bytes)
    line, _, rest = raw.decode().partition("\r\n")
    version, status, _ = line.split(" ", 2)
    assert version == "HTTP/1.1"
    inner = email.message_from_string(rest, policy=HTTP)
    return int(status), dict(inner.items()), str(inner.get_payload())


def answers(reply: Reply) -> list[Any]:
    """The answers of a multipart batch; those of a change set as a list of their own."""
    assert reply.status == 200, reply.body
    head = f"Content-Type: {reply.headers['content-type']}\r\n\r\n".encode()
    outer = email.message_from_bytes(head + reply.body, policy=HTTP)
    assert outer.is_multipart()
    return [
        [told(inner) for inner in one.get_payload()] if one.is_multipart() else told(one)  # type: ignore[union-attr, arg-type]
        for one in outer.get_payload()  # type: ignore[union-attr]
    ]


def ask(api: Client, *requests: dict[str, Any], **headers: str) -> list[Any]:
    reply = api.ask("POST", "/$batch", {"requests": list(requests)}, **headers)
    assert reply.status == 200, reply.body
    return reply.json["responses"]


# --- multipart


def test_the_example_of_the_standard_reads_writes_and_reads(api: Client) -> None:
    first = api.make("/Things", thing("Thing 0"))
    found = answers(
        send(
            api,
            [
                part(request(f"GET /v1.1/Things({first})?$select=name HTTP/1.1")),
                changeset(
                    [
                        part(request("POST /v1.1/Things HTTP/1.1", thing("New")), "1"),
                        part(request(f"PATCH /v1.1/Things({first}) HTTP/1.1", {"name": "P"}), "2"),
                    ]
                ),
                part(request("GET /v1.1/Things(9999999) HTTP/1.1")),
            ],
        )
    )
    (status, headers, body), changes, (missing, _, why) = found
    assert (status, json.loads(body)) == (200, {"name": "Thing 0"})
    assert headers["Content-Type"].startswith("application/json")
    assert [one[0] for one in changes] == [201, 200]
    made = changes[0][1]["Location"]
    assert made.startswith(f"{BASE}/Things(")
    assert api.get(made)["name"] == "New"
    assert api.get(f"/Things({first})")["name"] == "P"
    assert missing == 404
    assert json.loads(why)["code"] == 404


def test_a_change_refers_to_what_one_before_it_made(api: Client) -> None:
    owner = api.make("/Things", thing())
    observed = api.make("/ObservedProperties", TEMPERATURE)
    body = {
        **datastream("t"),
        "ObservedProperty": {"@iot.id": observed},
        "Sensor": {"@iot.id": "$sensor1"},
    }
    other = {**body, "Sensor": {"@id": "$sensor1"}, "Thing": {"@iot.id": owner}}
    del other["ObservedProperty"]
    (changes,) = answers(
        send(
            api,
            [
                changeset(
                    [
                        part(request("POST /v1.1/Sensors HTTP/1.1", SENSOR), "sensor1"),
                        part(
                            request(f"POST /v1.1/Things({owner})/Datastreams HTTP/1.1", body), "2"
                        ),
                        part(request("POST $2/ObservedProperty/Datastreams HTTP/1.1", other), "3"),
                        part(request("PATCH /$3 HTTP/1.1", {"name": "renamed"}), "4"),
                    ]
                )
            ],
        )
    )
    assert [one[0] for one in changes] == [201, 201, 201, 200]
    one, two = Datastream.objects.order_by("id")
    assert one.sensor_id == two.sensor_id == Sensor.objects.get().pk
    assert (one.observed_property_id, two.observed_property_id) == (observed, observed)
    assert two.name == "renamed"


def test_of_a_change_set_that_fails_nothing_stays_and_what_stands_around_it_does(
    api: Client,
) -> None:
    found = answers(
        send(
            api,
            [
                part(request("POST Things HTTP/1.1", thing("before"))),
                changeset(
                    [
                        part(request("POST Things HTTP/1.1", thing("lost")), "1"),
                        part(request("PATCH Things(9999999) HTTP/1.1", {"name": "x"}), "2"),
                        part(request("POST Things HTTP/1.1", thing("never")), "3"),
                    ]
                ),
                part(request("POST Things HTTP/1.1", thing("after"))),
                part(request("GET Things?$select=name&$orderby=id HTTP/1.1")),
            ],
        )
    )
    assert [one[0] for one in found] == [201, 404, 201, 200]
    names = [one["name"] for one in json.loads(found[3][2])["value"]]
    assert names == ["before", "after"]


def test_addresses_may_be_absolute_relative_or_encoded(api: Client) -> None:
    for number in range(3):
        api.make("/Things", {**thing(f"T{number}"), "properties": {"int": number}})
    query = "Things?$filter=properties/int%20eq%201&$select=name&$count=true"
    lines = [
        f"GET {query} HTTP/1.1",
        f"GET /{query} HTTP/1.1",
        f"GET /v1.1/{query} HTTP/1.1",
        f"GET {BASE}/{query} HTTP/1.1",
        f"GET {query.replace('%20', ' ')} HTTP/1.1",
        f"GET {query.replace('Things', '%54hings')} HTTP/1.1",
        f"GET {query}",
    ]
    for status, _, body in answers(send(api, [part(line.encode()) for line in lines])):
        assert (status, json.loads(body)) == (200, {"@iot.count": 1, "value": [{"name": "T1"}]})


NOWHERE = [
    ("http://elsewhere.example/v1.1/Things", 400),
    ("http://testserver/else/Things", 400),
    ("$nobody/Datastreams", 400),
    ("$batch", 400),
    ("Nonsense", 404),
    ("http://[", 400),
    ("//testserver/else/Things", 400),
    ("/Things(1)/name/x", 404),
]


def test_an_address_that_leads_nowhere_fails_alone(api: Client) -> None:
    for url, status in NOWHERE:
        lines = [f"GET {url} HTTP/1.1", "GET Things HTTP/1.1"]
        found = answers(send(api, [part(line.encode()) for line in lines]))
        assert [one[0] for one in found] == [status, 200]


NO_BATCHES = [
    (b"", "not closed"),
    (b"nonsense", "not closed"),
    (b"--b\r\n", "not closed"),
    (b"--b\r\nContent-Type: text/plain\r\n\r\nGET Things\r\n--b--", "application/http"),
    (b"--b\r\nContent-Type: application/http\r\n\r\n\r\n--b--", "expected a request"),
    (b"--b\r\nContent-Type: application/http\r\n\r\nGET\r\n\r\n--b--", "expected a request"),
    (
        b"--b\r\nContent-Type: application/http\r\n\r\nGET Things HTTP/1.1\r\nx\r\n\r\n\r\n--b--",
        "no header",
    ),
    (b"--b\r\nContent-Type: multipart/mixed\r\n\r\nx\r\n--b--", "no boundary"),
    (b"--b\r\nContent-Type: multipart/mixed;boundary=c\r\n\r\nx\r\n--b--", "not closed"),
]


def test_what_is_no_batch_is_a_400_that_says_why(api: Client) -> None:
    for body, words in NO_BATCHES:
        kind = "multipart/mixed; boundary=b"
        reply = api.ask("POST", "/$batch", raw=body, content_type=kind)
        assert reply.status == 400, reply.body
        assert words in reply.json["message"]


def test_a_batch_has_a_type_a_method_and_a_size(api: Client, monkeypatch: Any) -> None:
    assert api.ask("POST", "/$batch", raw=b"x", content_type="text/plain").status == 415
    assert api.ask("POST", "/$batch", raw=b"x", content_type="multipart/mixed").status == 400
    assert api.ask("GET", "/$batch").status == 405
    assert api.ask("OPTIONS", "/$batch").headers["allow"] == "POST, OPTIONS"
    monkeypatch.setattr(run, "MOST", 2)
    three = [{"id": str(n), "method": "GET", "url": "Things"} for n in range(3)]
    assert api.ask("POST", "/$batch", {"requests": three}).status == 413
    monkeypatch.setattr(run, "LARGEST", 10)
    assert [one["status"] for one in ask(api, *three[:2])] == [200, 413]


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_any_bytes_are_a_batch_or_a_400(text: bytes) -> None:
    for body in (text, b"--b\r\n" + text + b"\r\n--b--"):
        with suppress(Problem):
            multipart.read("multipart/mixed; boundary=b", body)
    with suppress(Problem):
        json_format.read(text)


@given(st.text(max_size=60))
def test_any_address_is_inside_the_service_or_a_400(url: str) -> None:
    with suppress(Problem):
        path, query = place_of(url, BASE, {})
        assert not path.startswith("/")
        assert query.isascii()


# --- JSON


def test_a_json_batch_answers_by_id(api: Client) -> None:
    first = api.make("/Things", thing("Patched"))
    second = api.make("/Things", thing("Thing 1"))
    patch = [
        {"op": "replace", "path": "/name", "value": "Updated"},
        {"op": "add", "path": "/properties/new", "value": "Changes"},
    ]
    found = ask(
        api,
        {"id": "0", "method": "get", "url": f"Things({first})?$select=name"},
        {
            "id": "1",
            "atomicityGroup": "group1",
            "method": "post",
            "url": "Things",
            "body": thing("New"),
        },
        {
            "id": "2",
            "atomicityGroup": "group1",
            "method": "patch",
            "url": f"Things({first})",
            "body": {"name": "Json Patched"},
        },
        {
            "id": "3",
            "atomicityGroup": "group1",
            "method": "patch",
            "headers": {"content-type": "application/json-patch+json"},
            "url": f"Things({second})",
            "body": patch,
        },
        {"id": "4", "method": "get", "url": "Things(null)"},
    )
    assert [(one["id"], one["status"]) for one in found] == [
        ("0", 200),
        ("1", 201),
        ("2", 200),
        ("3", 200),
        ("4", 404),
    ]
    newest = Thing.objects.latest("id")
    assert found[0]["body"] == {"name": "Patched"}
    assert found[1]["location"] == f"{BASE}/Things({newest.pk})"
    assert "body" not in found[1]
    assert "body" not in found[2]
    assert "location" not in found[2]
    assert found[4]["body"]["code"] == 404
    assert api.get(f"/Things({first})")["name"] == "Json Patched"
    assert api.get(f"/Things({second})")["properties"] == {"nr": 3, "new": "Changes"}


def test_requests_refer_to_entities_of_requests_before_them(api: Client) -> None:
    found = ask(
        api,
        {"id": "s", "method": "POST", "url": "Sensors", "body": SENSOR},
        {"id": "o", "method": "POST", "url": "ObservedProperties", "body": TEMPERATURE},
        {
            "id": "t",
            "atomicityGroup": "g",
            "method": "POST",
            "url": "Things",
            "body": thing(Locations=[place()]),
        },
        {
            "id": "d",
            "atomicityGroup": "g",
            "method": "POST",
            "url": "$t/Datastreams",
            "dependsOn": ["s", "o"],
            "body": {
                **datastream(),
                "Sensor": {"@iot.id": "$s"},
                "ObservedProperty": {"@id": "$o"},
                "Observations": [{"result": 1}],
            },
        },
        {"id": "r", "method": "GET", "url": "$d/Observations?$select=result", "dependsOn": ["g"]},
        {"id": "n", "method": "GET", "url": "$d/Thing/name/$value"},
    )
    assert [one["status"] for one in found] == [201, 201, 201, 201, 200, 200]
    assert found[4]["body"] == {"value": [{"result": 1}]}
    assert found[5]["body"] == "Station"
    assert found[5]["headers"]["content-type"].startswith("text/plain")


def test_a_group_fails_as_one_and_what_depends_on_it_with_it(api: Client) -> None:
    found = ask(
        api,
        {"id": "1", "atomicityGroup": "g", "method": "POST", "url": "Things", "body": thing()},
        {"id": "2", "atomicityGroup": "g", "method": "GET", "url": "Things"},
        {"id": "3", "atomicityGroup": "g", "method": "DELETE", "url": "Things(1)"},
        {"id": "4", "method": "GET", "url": "Things", "dependsOn": ["g"]},
        {"id": "5", "method": "GET", "url": "Things", "dependsOn": ["4"]},
        {"id": "6", "method": "GET", "url": "Things?$count=true"},
    )
    assert [one["status"] for one in found] == [424, 400, 424, 424, 424, 200]
    assert "changes only" in found[1]["body"]["message"]
    assert found[5]["body"]["@iot.count"] == 0


CONTRADICTIONS = [
    None,
    [{"id": "1"}],
    [{"id": "1", "method": "GET", "url": "Things"}] * 2,
    [{"id": "1", "method": "GET", "url": "Things", "dependsOn": ["2"]}],
    [
        {"id": str(n), "atomicityGroup": group, "method": "GET", "url": "Things"}
        for n, group in enumerate(["a", "b", "a"])
    ],
]


def test_a_json_batch_that_contradicts_itself_is_a_400(api: Client) -> None:
    for requests in CONTRADICTIONS:
        assert api.ask("POST", "/$batch", {"requests": requests}).status == 400


def test_everybody_reads_in_a_batch_and_only_a_key_writes(reader: Client) -> None:
    found = ask(
        reader,
        {"id": "1", "method": "GET", "url": "Things"},
        {"id": "2", "method": "POST", "url": "Things", "body": thing()},
        {"id": "3", "atomicityGroup": "g", "method": "POST", "url": "Things", "body": thing()},
        {
            "id": "4",
            "method": "POST",
            "url": "Things",
            "headers": {"Authorization": "Bearer guessed"},
            "body": thing(),
        },
    )
    assert [one["status"] for one in found] == [200, 401, 401, 401]
    assert not Thing.objects.exists()


def test_a_batch_stops_at_the_first_error_if_asked_to(api: Client) -> None:
    three = [{"id": str(n), "method": "GET", "url": "Things(1)"} for n in range(3)]
    assert len(ask(api, *three)) == 3
    assert len(ask(api, *three, prefer="continue-on-error=false")) == 1


def test_a_batch_sent_twice_with_one_key_is_done_once(api: Client, stream: int) -> None:
    post = {"method": "POST", "url": f"Datastreams({stream})/Observations", "body": {"result": 1}}
    batch = [
        {"id": "1", **post},
        {"id": "2", **post},
        {"id": "3", "atomicityGroup": "g", **post},
        {"id": "4", "atomicityGroup": "g", **post, "headers": {"Idempotency-Key": "own"}},
    ]
    first = ask(api, *batch, idempotency_key="k")
    assert ask(api, *batch, idempotency_key="k") == first
    assert len({one["location"] for one in first}) == 4
    assert api.get(f"/Datastreams({stream})/Observations?$count=true&$top=0")["@iot.count"] == 4


def test_data_arrays_are_created_in_a_batch_too(api: Client, stream: int) -> None:
    array = {
        "Datastream": {"@iot.id": stream},
        "components": ["phenomenonTime", "result"],
        "dataArray": [["2026-01-01T00:00:00Z", 1], ["2026-01-01T01:00:00Z", 2]],
    }
    post = {"method": "POST", "url": "CreateObservations", "body": [array]}
    found = ask(api, {"id": "1", **post}, {"id": "2", "atomicityGroup": "g", **post})
    assert [one["status"] for one in found] == [201, 201]
    assert len({address for one in found for address in one["body"]}) == 4
    gone = {"id": "2", "atomicityGroup": "g", "method": "DELETE", "url": "Things(999999)"}
    found = ask(api, {"id": "1", "atomicityGroup": "g", **post}, gone)
    assert [one["status"] for one in found] == [424, 404]
    assert api.get("/Observations?$count=true&$top=0")["@iot.count"] == 4


def test_each_request_of_a_batch_counts_for_its_sender(
    api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []

    def check(scope: Any, headers: Any) -> tuple[()]:
        counted.append(scope["method"])
        assert headers["authorization"] == f"Bearer {api.key}"
        if len(counted) > 3:
            raise Problem(429, "too many")
        return ()

    monkeypatch.setattr(limits, "check", check)
    found = ask(
        api,
        {"id": "1", "method": "GET", "url": "Things"},
        {"id": "2", "atomicityGroup": "g", "method": "POST", "url": "Things", "body": thing()},
        {"id": "3", "atomicityGroup": "g", "method": "POST", "url": "Things", "body": thing()},
        {"id": "4", "method": "GET", "url": "Things"},
    )
    assert [one["status"] for one in found] == [200, 424, 429, 429]
    assert counted == ["POST", "GET", "POST", "POST", "GET"]
    assert not Thing.objects.exists()


def test_a_stream_of_events_has_no_place_in_a_batch(api: Client, stream: int) -> None:
    wish = {"Accept": "text/event-stream"}
    (found,) = ask(api, {"id": "1", "method": "GET", "url": "Observations", "headers": wish})
    assert found["status"] == 400


def test_a_part_gets_back_what_it_prefers(api: Client) -> None:
    wish = {"Prefer": "return=representation"}
    (found,) = ask(
        api, {"id": "1", "method": "POST", "url": "Things", "body": thing(), "headers": wish}
    )
    assert found["body"] == api.get(found["location"])


def test_the_examples_of_the_reference_are_true(api: Client) -> None:
    text = (Path(__file__).parents[2] / "docs/reference/sensorthings/batch.md").read_text("utf-8")
    http, plain = (block.partition("\n")[2] for block in text.split("```")[1::2])
    head, _, body = http.strip().partition("\n\n")
    kind = head.splitlines()[1].removeprefix("Content-Type: ")
    raw = body.replace("\n", "\r\n").encode()
    first = api.ask("POST", "/$batch", raw=raw, content_type=kind)
    changes, (status, _, found) = answers(first)
    assert ([one[0] for one in changes], status) == ([201, 200], 200)
    assert json.loads(found)["value"][0]["name"] == "DS18B20 plus"
    second = ask(api, *json.loads(plain)["requests"])
    assert [one["status"] for one in second] == [201, 200, 200]
    assert Sensor.objects.latest("id").properties == {"a": 1}
