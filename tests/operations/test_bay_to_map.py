"""The main job in the running tree: from bay sensors over the embedded broker to the map."""

import base64
import json
import subprocess
import sys
import uuid
from datetime import UTC, datetime

import pytest
from faults.running_city import RunningCity
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """A served city with the demo's devices, and nobody but this test to send for them."""
    city = RunningCity(tmp_path_factory.mktemp("bays"))
    city.start()
    env = {**city.env, "DATABASE_URL": city.url}
    subprocess.run(
        [sys.executable, "-m", "stadtkern", "load-demo"], env=env, check=True, capture_output=True
    )
    yield city
    assert city.stop() == 0


class NetworkServer:
    """Publishes uplinks of Bosch bay sensors as ChirpStack v4 does."""

    def __init__(self, mqtt):
        self.client = Client(CallbackAPIVersion.VERSION2, client_id="ns")
        self.client.username_pw_set(mqtt["user"], mqtt["password"])
        self.client.connect(mqtt["host"], mqtt["port"])
        self.client.loop_start()

    def send(self, dev_eui, payload, port=1):
        event = {
            "deduplicationId": str(uuid.uuid4()),
            "time": datetime.now(UTC).isoformat(),
            "deviceInfo": {"devEui": dev_eui},
            "fPort": port,
            "data": base64.b64encode(payload).decode(),
        }
        topic = f"application/a/device/{dev_eui}/event/up"
        return self.client.publish(topic, json.dumps(event), qos=1)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


def bay(number):
    return f"02534b01{number:08x}"


def free(city):
    with city.get("/map/layers/parking.sites.geojson") as answer:
        sites = {f["properties"]["name"]: f["properties"] for f in json.load(answer)["features"]}
    return next(s for name, s in sites.items() if "Bahnhof Herne" in name)


def test_a_bay_that_turns_occupied_takes_one_off_the_map(city):
    server = NetworkServer(city.mqtt)
    try:
        sent = [server.send(bay(n), b"\x00") for n in range(1, 166)]
        for info in sent:
            info.wait_for_publish(30)
        city.until(lambda: free(city)["label"] == "165", 60)
        server.send(bay(7), b"\x01").wait_for_publish(10)
        city.until(lambda: free(city)["label"] == "164", 30)
        assert "164" in free(city)["text"]
        assert free(city)["state"] == "good"
    finally:
        server.close()


def test_messages_in_trouble_reach_the_staff_and_the_metrics(city):
    server = NetworkServer(city.mqtt)
    try:
        server.send("0200000000000001", b"\x00").wait_for_publish(10)
        server.send(bay(8), b"", port=99).wait_for_publish(10)
        city.until(lambda: 'outcome="unknown"} 1.0' in city.get("/metrics").read().decode(), 30)
    finally:
        server.close()
