"""From the page over a broker to a simulated network server, and its answers back to the page."""

import json
import subprocess
import sys
import threading
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from django.db import connection
from django.test import Client
from tree.conftest import RunningBroker, eventually, unused_port

from stadtkern.kernel import clock
from stadtkern.kernel.devices.downlinks.due import claim
from stadtkern.kernel.devices.downlinks.sender import Sender
from stadtkern.kernel.devices.ingest.batch import Ingest
from stadtkern.kernel.devices.ingest.broker import Broker
from stadtkern.kernel.devices.ingest.consumer import Consumer
from stadtkern.kernel.devices.ingest.directory import Directory
from stadtkern.kernel.devices.models import Device, Downlink
from stadtkern.kernel.devices.networks.sending.line import Line
from stadtkern.kernel.people.models import Account
from stadtkern.site.tree.broker_setup import BrokerSetup
from stadtkern.site.tree.brokers import amqtt_child

pytestmark = pytest.mark.django_db(transaction=True)
RUN = Path(__file__).parents[2] / "simulators" / "sensors" / "run.py"
EVENTS = "application/+/device/+/event/+"
EUI = "02534b1000000001"
FLEET = """
[[groups]]
name = "climate"
behaviour = "climate"
format = "milesight-em300-th"
device_name = "climate {number}"
application_id = "5b0c8f0e-6a55-4d0b-9f0e-2f6f3a1d0b10"
application_name = "environment"
dev_eui = "02534b10"
count = 1
interval = 0.7
"""
ACCOUNTS = {"ingest": "secret-1", "network-server": "secret-2"}


@pytest.fixture
def broker(tmp_path):
    setup = BrokerSetup(
        data=tmp_path,
        port=unused_port(),
        accounts=ACCOUNTS,
        ingest="stadtkern-ingest",
        ingest_user="ingest",
        hold=[EVENTS],
    )
    running = RunningBroker(setup, amqtt_child(setup))
    yield running
    running.kill()


@pytest.fixture
def address(broker):
    return Broker(
        host="127.0.0.1", port=broker.setup.port, user="ingest", password="secret-1",
        topics=(EVENTS,),
    )  # fmt: skip


@pytest.fixture
def simulator(broker, tmp_path):
    """The network server's own program: no faults but those that the test makes."""
    where = {"host": "127.0.0.1", "port": broker.setup.port, "user": "network-server",
             "password": "secret-2"}  # fmt: skip
    (tmp_path / "demo.json").write_text(json.dumps({"mqtt": where}))
    (tmp_path / "fleet.toml").write_text(FLEET)
    options = ["--demo", tmp_path / "demo.json", "--fleet", tmp_path / "fleet.toml", "--nack", "0",
               "--gateway-errors", "0"]  # fmt: skip
    with subprocess.Popen([sys.executable, "-I", str(RUN), *map(str, options)]) as process:
        yield process
        process.kill()


@pytest.fixture
def transmitted(broker):
    """How often the network server has sent each downlink."""
    seen = Counter()
    listener = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="listener")
    listener.username_pw_set("network-server", "secret-2")
    ready = threading.Event()
    listener.on_connect = lambda c, *_: c.subscribe("application/+/device/+/event/txack", 1)
    listener.on_subscribe = lambda *_: ready.set()
    listener.on_message = lambda _c, _d, got: seen.update([json.loads(got.payload)["queueItemId"]])
    listener.connect("127.0.0.1", broker.setup.port)
    listener.loop_start()
    assert ready.wait(20)
    yield seen
    listener.disconnect()
    listener.loop_stop()


@pytest.fixture
def worker(address, pool):
    """A life of the ingest process: it takes events and hands downlinks over."""

    @contextmanager
    def life():
        consumer = Consumer(address, Ingest(pool, Directory(fresh=0)), lambda _stored: None)
        parts = (consumer, Sender(address, every=0.1))

        def run(part):
            try:
                part.run()
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(part,)) for part in parts]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            for part in parts:
                part.stop()
            for thread in threads:
                thread.join(30)

    return life


@pytest.fixture
def staff(db):
    client = Client()
    account = Account.objects.create(username="chief", is_staff=True, is_superuser=True)
    client.force_login(account)
    return client


def order(staff, device, *, open_):
    """Somebody fills the form in; the page of the new downlink."""
    said = {"how": "data", "content": json.dumps({"open": open_}), "payload": "", "f_port": "",
            "confirmed": "on", "priority": "0", "lifetime": "day", "topic": "valve",
            "send": "1"}  # fmt: skip
    return staff.post(f"/en/staff/downlinks/new/?device={device.pk}", said).url


def shows(staff, url, words):
    return eventually(lambda: words in staff.get(url).content.decode(), 60)


def test_a_downlink_is_sent_once_and_acknowledged_though_workers_die(
    staff, profile, simulator, transmitted, worker, address
):
    device = Device.objects.create(dev_eui=EUI, name="Valve", profile=profile)
    with worker():
        assert eventually(lambda: Device.objects.get().last_seen, 60)
        page = order(staff, device, open_=True)
        assert shows(staff, page, ">acknowledged<")

    # A worker dies with it in hand, before it told the broker: another one sends it.
    page = order(staff, device, open_=False)
    assert len(claim(clock.now())) == 1
    Downlink.objects.filter(state="waiting").update(due=clock.now())  # its time is up
    with worker():
        assert shows(staff, page, ">acknowledged<")

    # A worker dies right after it told the broker: the answer says enough.
    page = order(staff, device, open_=True)
    (task,) = claim(clock.now())
    line = Line(address)
    line.deliver([task.parcel])
    line.close()
    with worker():
        assert shows(staff, page, ">acknowledged<")

    ours = {str(one.remote): 1 for one in Downlink.objects.all()}
    assert len(ours) == 3
    assert transmitted == ours
