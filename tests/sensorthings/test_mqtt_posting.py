"""Observations created over MQTT (18-088, clause 13.2), and who may do what at the broker."""

import json
import socket
import struct
from collections.abc import Iterator
from typing import Any

import pytest
from sensorthings.mqtt_town import ACCOUNTS, Town, embedded, eventually

from stadtkern.kernel.people.models import ApiKey, issue_key

Api = Any


@pytest.fixture(scope="module")
def running(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    with django_db_blocker.unblock(), embedded(tmp_path_factory.mktemp("town")) as made:
        yield made


@pytest.fixture
def town(api: Api, running: Town) -> Iterator[Town]:
    yield running
    running.empty()


def results(api: Api, stream: int) -> list[Any]:
    return [one["result"] for one in api.get(f"/Datastreams({stream})/Observations")["value"]]


def test_a_posted_message_becomes_an_observation(
    town: Town, api: Api, key: str, stream: int
) -> None:
    """18-088, req/create-observations-via-mqtt: with its acknowledgement it is stored."""
    program = town.program(key)
    body = {"result": 3, "phenomenonTime": "2026-05-01T10:00:00Z", "parameters": {"a": "ä"}}
    program.post(f"v1.1/Datastreams({stream})/Observations", body).wait_for_publish(5)
    linked = {**body, "result": 4, "Datastream": {"@iot.id": stream}}
    program.post("v1.1/Observations", linked).wait_for_publish(5)
    found = api.get(f"/Datastreams({stream})/Observations?$orderby=result")["value"]
    assert [(one["result"], one["phenomenonTime"], one["parameters"]) for one in found] == [
        (result, "2026-05-01T10:00:00Z", {"a": "ä"}) for result in (3, 4)
    ]


def test_a_message_may_bring_its_feature_of_interest(
    town: Town, api: Api, key: str, stream: int
) -> None:
    feature = {
        "name": "Pond",
        "description": "d",
        "encodingType": "application/geo+json",
        "feature": {"type": "Point", "coordinates": [7.2, 51.5]},
    }
    body = {"result": 3, "FeatureOfInterest": feature}
    program = town.program(key)
    program.post(f"v1.1/Datastreams({stream})/Observations", body).wait_for_publish(5)
    (found,) = api.get(f"/Datastreams({stream})/Observations?$expand=FeatureOfInterest")["value"]
    assert found["FeatureOfInterest"]["name"] == "Pond"


def test_what_cannot_be_stored_is_counted_and_holds_nothing_up(
    town: Town, api: Api, key: str, stream: int
) -> None:
    program, topic = town.program(key), f"v1.1/Datastreams({stream})/Observations"
    bad: list[tuple[str, bytes]] = [
        (topic, b"no json"),
        (topic, b"\xff\xfe"),
        (topic, b"[1]"),
        (topic, b'{"phenomenonTime": "2026-05-01T10:00:00Z"}'),
        (topic, b'{"result": 1, "phenomenonTime": "yesterday"}'),
        (topic, b'{"result": "\\u0000"}'),
        (topic, b'{"result": 1e300}'),
        ("v1.1/Datastreams(999999)/Observations", b'{"result": 1}'),
        ("v1.1/Observations", b'{"result": 1}'),
        ("v1.1/Things", b'{"name": "x"}'),
        ("v1.1/nonsense", b"{}"),
    ]
    before = town.posted.totals["refused"]
    for where, body in bad:
        program.paho.publish(where, body, qos=1)
    last = program.post(topic, {"result": 5})
    last.wait_for_publish(5)
    assert last.is_published()
    assert eventually(lambda: town.posted.totals["refused"] - before == len(bad))
    assert results(api, stream) == [5]
    assert program.gone.empty()


def test_what_waits_for_ingest_is_acknowledged_when_it_is_back(
    town: Town, api: Api, key: str, stream: int
) -> None:
    town.stop_ingest()
    program = town.program(key)
    posted = program.post(f"v1.1/Datastreams({stream})/Observations", {"result": 1})
    assert not eventually(posted.is_published, 0.3)
    town.start_ingest()
    posted.wait_for_publish(5)
    assert results(api, stream) == [1]


def text(value: str) -> bytes:
    return struct.pack("!H", len(value)) + value.encode()


def packet(kind: int, body: bytes) -> bytes:
    low, high = len(body) & 0x7F, len(body) >> 7
    return bytes([kind, low | (0x80 if high else 0), *([high] if high else [])]) + body


def connected(town: Town, key: str) -> socket.socket:
    """A device without a library, which decides itself what it sends again."""
    made = socket.create_connection(("127.0.0.1", town.port), timeout=5)
    head = text("MQTT") + b"\x04\xc0" + struct.pack("!H", 60)
    made.sendall(packet(0x10, head + text("device") + text("any") + text(key)))
    assert made.recv(4)[:2] == b"\x20\x02"
    return made


def test_a_message_that_is_sent_again_is_stored_once(
    town: Town, api: Api, key: str, stream: int
) -> None:
    """Its acknowledgement was lost, whatever was killed in between."""
    where = text(f"v1.1/Datastreams({stream})/Observations") + struct.pack("!H", 7)
    body = json.dumps({"result": 1}).encode()
    with connected(town, key) as device:
        device.sendall(packet(0x32, where + body))
        assert device.recv(4) == b"\x40\x02\x00\x07"
    town.kill_broker()
    town.start_broker()
    with connected(town, key) as device:
        device.sendall(packet(0x3A, where + body))
        assert device.recv(4) == b"\x40\x02\x00\x07"
        assert results(api, stream) == [1]
        device.sendall(packet(0x32, where + body))  # the same once more, but a new message
        assert device.recv(4) == b"\x40\x02\x00\x07"
        assert results(api, stream) == [1, 1]


def test_a_last_will_below_a_datastream_becomes_an_observation(
    town: Town, api: Api, key: str, stream: int
) -> None:
    device = town.client(key)
    device.paho.will_set(f"v1.1/Datastreams({stream})/Observations", '{"result": "offline"}')
    assert device.connect() == "Success"
    device.paho.reconnect_delay_set(3600, 3600)
    device.paho.socket().shutdown(socket.SHUT_RDWR)
    assert eventually(lambda: results(api, stream) == ["offline"])


def test_without_a_valid_key_nobody_comes_in(town: Town, key: str) -> None:
    refused = "Bad user name or password"
    assert town.client("sk_wrong").connect() == refused
    assert town.client(None, None).connect() == refused
    ApiKey.objects.update(revoked="2026-01-01T00:00:00Z")
    assert town.client(key).connect() == refused


def test_a_key_that_is_revoked_is_cut_off(town: Town, key: str) -> None:
    program = town.program(key)
    ApiKey.objects.update(revoked="2026-01-01T00:00:00Z")
    assert program.gone.get(timeout=30)


def test_a_lasting_session_has_the_rights_of_its_last_log_in(
    town: Town, api: Api, key: str, stream: int
) -> None:
    lasting = {"client_id": "lasting", "clean_session": False}
    town.program(key, **lasting).close()
    ApiKey.objects.update(scopes=["things:read"])
    back = town.program(key, **lasting)
    back.post(f"v1.1/Datastreams({stream})/Observations", {"result": 1})
    assert back.gone.get(timeout=30)
    assert results(api, stream) == []


def test_the_city_s_own_accounts_may_post_too(town: Town, api: Api, stream: int) -> None:
    server = town.program(ACCOUNTS["network-server"], "network-server")
    server.post(f"v1.1/Datastreams({stream})/Observations", {"result": 1}).wait_for_publish(5)
    assert results(api, stream) == [1]


def test_a_key_reaches_nothing_but_the_topics_of_the_api(town: Town, key: str) -> None:
    spy = town.program(key)
    topics = ("application/#", "#", "+/+/device/+/event/up", "$create/#", "$stadtkern/wishes", "v1")
    assert [spy.subscribe(topic) for topic in topics] == [[128]] * len(topics)
    server = town.program(ACCOUNTS["network-server"], "network-server")
    server.post("application/1/device/0011223344556677/event/up", {"a": 1}).wait_for_publish(5)
    assert spy.nothing()


@pytest.mark.parametrize(
    "topic",
    ["application/1/device/0011223344556677/event/up", "other", "$stadtkern/current/v1.1/Things"],
)
def test_a_key_that_publishes_elsewhere_is_cut_off(town: Town, key: str, topic: str) -> None:
    intruder = town.program(key)
    sent = intruder.post(topic, {"result": 1})
    assert intruder.gone.get(timeout=30)
    assert not sent.is_published()


def test_a_key_that_may_not_write_can_listen_only(town: Town, api: Api, stream: int) -> None:
    _, reading = issue_key(label="reader", scopes=("things:read",))
    reader = town.program(reading)
    assert reader.subscribe("v1.1/Observations") == [1]
    reader.post(f"v1.1/Datastreams({stream})/Observations", {"result": 1})
    assert reader.gone.get(timeout=30)
    assert results(api, stream) == []


def test_a_posted_message_reaches_nobody_as_it_came(
    town: Town, api: Api, key: str, stream: int
) -> None:
    topic = f"v1.1/Datastreams({stream})/Observations"
    listener, program = town.program(key), town.program(key)
    listener.subscribe(topic)
    program.post(topic, {"result": 1})
    heard, said = listener.next()
    assert (heard, said["result"]) == (topic, 1)
    assert "@iot.selfLink" in said
    program.paho.publish(topic, b"rubbish", qos=1)
    assert listener.nothing()


def test_nobody_takes_over_the_session_of_another(town: Town, key: str) -> None:
    board = town.program(key, client_id="board", clean_session=False)
    _, other = issue_key(label="other", scopes=("things:write",))
    assert town.client(other, client_id="board").connect() == "Bad user name or password"
    assert board.gone.empty()
