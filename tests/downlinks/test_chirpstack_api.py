"""ChirpStack by its HTTP integration: downlinks go to its REST API, and come back from there."""

import json
import threading
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from stadtkern.kernel import clock
from stadtkern.kernel.devices import downlinks
from stadtkern.kernel.devices.downlinks.sender import Sender
from stadtkern.kernel.devices.ingest.broker import Broker
from stadtkern.kernel.devices.models import Downlink, Network
from stadtkern.kernel.sealing import seal

from .conftest import EUI, message, uplink

pytestmark = pytest.mark.django_db
QUEUE = f"/api/devices/{EUI}/queue"


class Api(BaseHTTPRequestHandler):
    """The queue of chirpstack-rest-api: one row for each id, as its primary key has it."""

    queue: dict
    asked: list
    loses_answer = False

    def do_POST(self):
        item = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queueItem"]
        self.asked.append((self.path, self.headers["Authorization"], item))
        known = item["id"] in self.queue
        self.queue.setdefault(item["id"], item)
        if type(self).loses_answer:
            type(self).loses_answer = False
            self.close_connection = True
            return
        self.answer(409 if known else 200)

    def do_DELETE(self):
        self.asked.append((self.path, self.headers["Authorization"], None))
        self.queue.clear()
        self.answer(200)

    def answer(self, status):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_about):
        pass


@pytest.fixture
def api():
    kind = type("Api", (Api,), {"queue": {}, "asked": []})
    server = HTTPServer(("127.0.0.1", 0), kind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    kind.url = f"http://127.0.0.1:{server.server_port}"
    yield kind
    server.shutdown()
    server.server_close()


@pytest.fixture
def sent(api, device, tell):
    """A downlink with its sender."""
    Network.objects.create(
        slug="city-chirpstack",
        title="ChirpStack",
        kind="chirpstack",
        way="http",
        settings={"api": api.url},
        secret=seal("key-1"),
    )
    heard = uplink(1)
    body = json.loads(heard.body)
    tell(message("up", body, topic="?event=up", network="city-chirpstack"))
    one = downlinks.send(device, payload=b"\x05\x01", f_port=10, author="tests")
    sender = Sender(Broker(host="127.0.0.1", port=9, user="", password="", topics=()))
    yield one, sender
    sender.close()


def state(one):
    one.refresh_from_db()
    return one.state


def test_it_is_enqueued_under_our_id(sent, api):
    one, sender = sent
    sender.round()
    item = {
        "id": str(one.remote),
        "devEui": EUI,
        "confirmed": False,
        "fPort": 10,
        "data": b64encode(b"\x05\x01").decode(),
    }
    assert api.asked == [(QUEUE, "Bearer key-1", item)]
    assert state(one) == "queued"


def test_an_answer_that_gets_lost_doubles_nothing(sent, api):
    one, sender = sent
    api.loses_answer = True
    sender.round()
    assert state(one) == "waiting"
    Downlink.objects.update(due=clock.now())
    sender.round()
    assert state(one) == "queued"
    assert len(api.asked) == 2
    assert list(api.queue) == [str(one.remote)]


def test_cancelled_it_leaves_the_queue_there(sent, api):
    one, sender = sent
    sender.round()
    downlinks.cancel(one, author="tests")
    sender.round()
    assert api.asked[-1][0] == QUEUE
    assert not api.queue
    assert state(one) == "cancelled"
