"""The Things Stack: over the HTTP API of its webhooks and over MQTT, and what it gives back."""

import json
import threading
from base64 import b64encode
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from stadtkern.kernel import clock
from stadtkern.kernel.devices import downlinks
from stadtkern.kernel.devices.downlinks import past
from stadtkern.kernel.devices.downlinks.sender import Sender
from stadtkern.kernel.devices.ingest.broker import Broker
from stadtkern.kernel.devices.ingest.event import Message
from stadtkern.kernel.devices.models import Downlink, Network
from stadtkern.kernel.sealing import seal

from .conftest import EUI, hand_over

pytestmark = pytest.mark.django_db
NOWHERE = Broker(host="127.0.0.1", port=9, user="", password="", topics=())
ANSWER = "v3/herne@ttn/devices/valve-1/"


class Stack(BaseHTTPRequestHandler):
    """Notes what it is asked, and answers with the next status in line."""

    asked: list
    statuses: list

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.path, self.headers["Authorization"], json.loads(body)))
        self.send_response(self.statuses.pop(0) if self.statuses else 200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_about):
        pass


@pytest.fixture
def stack():
    kind = type("Stack", (Stack,), {"asked": [], "statuses": []})
    server = HTTPServer(("127.0.0.1", 0), kind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    kind.url = f"http://127.0.0.1:{server.server_port}"
    yield kind
    server.shutdown()
    server.server_close()


@pytest.fixture
def network(stack, device, tell):
    made = Network.objects.create(
        slug="stack",
        title="The Things Stack",
        kind="tts",
        way="http",
        settings={"api": f"{stack.url}/", "webhook": "stadt kern"},
        secret=seal("NNSXS.KEY"),
    )
    device.network = made
    device.save()
    tell(uplink())
    return made


@pytest.fixture
def sender():
    made = Sender(NOWHERE)
    yield made
    made.close()


def uplink():
    """The device's message to the webhook: only it says what the stack calls the device."""
    body = {
        "end_device_ids": {
            "device_id": "valve-1",
            "application_ids": {"application_id": "herne"},
            "dev_eui": EUI.upper(),
        },
        "received_at": clock.now().isoformat(),
        "uplink_message": {"f_port": 1, "frm_payload": "AQ==", "session_key_id": "AX", "f_cnt": 3},
    }
    return Message(
        topic="up", body=json.dumps(body).encode(), received=clock.now(), network="stack"
    )


def event(kind, one, **said):
    """A message about a downlink (lorawan-stack-docs: data-formats)."""
    part = {
        "queued": "downlink_queued",
        "sent": "downlink_sent",
        "ack": "downlink_ack",
        "nack": "downlink_nack",
    }.get(kind)
    down = {
        "f_port": one.f_port,
        "frm_payload": b64encode(bytes(one.payload)).decode(),
        "confirmed": one.confirmed,
        "priority": "NORMAL",
        "correlation_ids": ["as:downlink:01GX", f"stadtkern:downlink:{one.remote}"],
    }
    failed = {
        "downlink": down,
        "error": {"name": "unknown_session", "message_format": "no session"},
    }
    body = {
        "end_device_ids": {
            "device_id": "valve-1",
            "application_ids": {"application_id": "herne"},
            "dev_eui": EUI.upper(),
        },
        "correlation_ids": [f"as:up:{kind}", f"stadtkern:downlink:{one.remote}"],
        "received_at": clock.now().isoformat(),
        **({part: down} if part else {"downlink_failed": failed}),
        **said,
    }
    return Message(
        topic=f"{ANSWER}down/{kind}",
        body=json.dumps(body).encode(),
        received=clock.now(),
        network="stack",
    )


def send(device, **said):
    return downlinks.send(device, payload=b"\x05\x01", f_port=10, author="tests", **said)


def state(one):
    one.refresh_from_db()
    return one.state


def test_it_goes_to_the_webhook_with_the_key_in_place_of_the_queue(network, device, stack, sender):
    one = send(device, confirmed=True, priority=1)
    sender.round()
    ((path, key, body),) = stack.asked
    assert path == (
        "/api/v3/as/applications/herne/webhooks/stadt%20kern/devices/valve-1/down/replace"
    )
    assert key == "Bearer NNSXS.KEY"
    assert body == {
        "downlinks": [
            {
                "f_port": 10,
                "frm_payload": "BQE=",
                "confirmed": True,
                "priority": "HIGH",
                "correlation_ids": [f"stadtkern:downlink:{one.remote}"],
            }
        ]
    }
    assert state(one) == "queued"


def test_its_events_are_matched_by_our_correlation_id(network, device, stack, sender, tell):
    one = send(device, confirmed=True)
    sender.round()
    tell(event("queued", one), event("sent", one), event("ack", one))
    assert state(one) == "acked"
    assert {"0", "10", "40", "60"} <= set(one.history)


def test_a_nack_is_not_the_last_word_there(network, device, stack, sender, tell):
    """The stack sends a confirmed one again after a nack."""
    one = send(device, confirmed=True)
    sender.round()
    tell(event("sent", one), event("nack", one))
    assert state(one) == "failed"
    tell(event("ack", one))
    assert state(one) == "acked"


def test_a_failure_keeps_its_words(network, device, stack, sender, tell):
    one = send(device)
    sender.round()
    tell(event("failed", one))
    assert state(one) == "failed"
    assert one.reason == "unknown_session: no session"


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_what_the_stack_refuses_fails_with_its_answer(network, device, stack, sender, status):
    stack.statuses[:] = [status]
    one = send(device)
    sender.round()
    assert state(one) == "failed"
    assert one.reason.startswith(str(status))


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_stack_in_trouble_is_asked_again(network, device, stack, sender, status):
    stack.statuses[:] = [status]
    one = send(device)
    sender.round()
    assert state(one) == "waiting"
    Downlink.objects.update(due=clock.now())
    sender.round()
    assert state(one) == "queued"
    assert stack.asked[0] == stack.asked[1]


def test_a_stack_that_is_away_makes_it_wait(network, device, stack, sender):
    network.settings["api"] = "http://127.0.0.1:9"
    network.save()
    one = send(device)
    sender.round()
    assert state(one) == "waiting"
    assert one.handed is None
    assert one.reason


def test_cancelled_it_is_taken_back(network, device, stack, sender):
    one = send(device)
    sender.round()
    assert downlinks.cancel(one, author="tests") is False
    assert state(one) == "queued"
    sender.round()
    assert stack.asked[-1][2] == {"downlinks": []}
    assert state(one) == "cancelled"
    sender.round()
    assert len(stack.asked) == 2


def test_a_newer_one_of_the_topic_takes_the_place_of_what_is_in_the_queue(
    network, device, stack, sender
):
    old = send(device, topic="text")
    sender.round()
    new = send(device, topic="text")
    sender.round()
    sender.round()
    assert (state(old), state(new)) == ("superseded", "queued")
    assert old.reason == "A newer one took its place."
    sent = [[d["correlation_ids"] for d in body["downlinks"]] for _, _, body in stack.asked]
    assert sent == [
        [[f"stadtkern:downlink:{old.remote}"]],
        [],
        [[f"stadtkern:downlink:{new.remote}"]],
    ]


def test_what_has_expired_there_is_taken_back(network, device, stack, sender):
    one = send(device, expires=clock.now() + timedelta(minutes=1))
    sender.round()
    past.end(clock.now() + timedelta(minutes=2))
    assert state(one) == "queued"
    (task,) = hand_over(at=clock.now() + timedelta(minutes=2))
    assert json.loads(task.parcel.body) == {"downlinks": []}
    assert state(one) == "expired"


def test_what_was_sent_before_it_could_be_taken_back_counts_as_sent(
    network, device, stack, sender, tell
):
    one = send(device)
    sender.round()
    downlinks.cancel(one, author="tests")
    sender.round()
    tell(event("sent", one))
    assert state(one) == "sent"


def test_a_join_changes_nothing_since_the_stack_keeps_its_queue(
    network, device, stack, sender, tell
):
    send(device)
    sender.round()
    body = {
        "end_device_ids": {"device_id": "valve-1", "dev_eui": EUI.upper()},
        "received_at": clock.now().isoformat(),
        "join_accept": {"session_key_id": "AX", "received_at": clock.now().isoformat()},
    }
    tell(
        Message(
            topic=f"{ANSWER}join",
            body=json.dumps(body).encode(),
            received=clock.now(),
            network="stack",
        )
    )
    assert Downlink.objects.get().due is None


def test_a_key_that_was_sealed_with_another_secret_makes_it_wait(network, device, stack, sender):
    network.secret = b"not a token"
    network.save()
    one = send(device)
    sender.round()
    assert (state(one), one.reason, stack.asked) == ("waiting", "sealed", [])


def test_over_mqtt_it_goes_beside_the_topic_of_the_last_uplink(network, device, tell):
    Network.objects.update(way="mqtt", settings={"host": "eu1.example", "port": 8883, "tls": True})
    up = {
        "end_device_ids": {"device_id": "valve-1", "dev_eui": EUI.upper()},
        "received_at": clock.now().isoformat(),
        "uplink_message": {"f_port": 1, "frm_payload": "AQ==", "session_key_id": "AX", "f_cnt": 4},
    }
    tell(
        Message(
            topic=f"{ANSWER}up", body=json.dumps(up).encode(), received=clock.now(), network="stack"
        )
    )
    send(device)
    (task,) = hand_over()
    assert task.parcel.topic == "v3/herne@ttn/devices/valve-1/down/replace"


def test_before_its_first_message_nobody_knows_what_the_stack_calls_it(network, device, stack):
    device.uplinks.all().delete()
    one = send(device)
    assert hand_over() == []
    assert state(one) == "waiting"
    assert one.reason
