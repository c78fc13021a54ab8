"""kill -9 in the middle of a burst loses no acknowledged message and doubles none."""

import base64
import json
import os
import queue
import random
import threading
import time
import urllib.error
import urllib.request
import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from faults.running_city import ROLES, RunningCity
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

SEED = int(os.environ.get("STADTKERN_FAULT_SEED", "44623"))
DEVICES = 5
CODEC = "function decodeUplink(i) { return { data: { v: i.bytes[0] * 65536 + i.bytes[1] * 256 + i.bytes[2] } } }"


def set_up(city: RunningCity) -> tuple[list[int], str]:
    """Five devices with a datastream each, and a key that may write; straight into the database."""
    key = "sk_fault"
    with psycopg.connect(city.url) as base:
        one = base.execute
        sensor = one(
            "insert into things_sensor (name, description, encoding, metadata, properties)"
            " values ('p', '', 'text', '\"\"', '{}') returning id"
        ).fetchone()[0]
        prop = one(
            "insert into things_observedproperty (slug, name, definition, description, properties)"
            " values ('fault_value', 'v', '', '', '{}') returning id"
        ).fetchone()[0]
        rules = [{"path": "v", "property": "fault_value", "factor": 1, "offset": 0, "words": {}}]
        profile = one(
            "insert into devices_profile (slug, title, vendor, model, codec, shipped, version, measures,"
            " battery, uplink_every, thing_kind, sensor_id, examples, observes, origin, results)"
            " values ('fault', 'f', 'f', 'f', %s, '', 1,"
            " %s, '', '1 hour', 'x', %s, '[]', '[]', '{}', '[]') returning id",
            [CODEC, json.dumps(rules), sensor],
        ).fetchone()[0]
        streams = []
        place = one(
            "insert into places_place (public_id, kind, name, name_en, about, about_en, encoding,"
            " street, postcode, town, source, licence, invented, properties, created, geometry,"
            " west, south, east, north) values (gen_random_uuid(), '', 'p', '', '', '',"
            " 'application/geo+json', '', '', '', '', '', false, '{}', now(),"
            ' \'{"type": "Point", "coordinates": [7, 51]}\', 7, 51, 7, 51) returning id'
        ).fetchone()[0]
        for n in range(DEVICES):
            thing = one(
                "insert into things_thing (kind, name, description, properties, place_id)"
                " values ('x', %s, '', '{}', %s) returning id",
                [f"t{n}", place],
            ).fetchone()[0]
            streams.append(
                one(
                    "insert into things_datastream (thing_id, sensor_id, observed_property_id, name,"
                    " description, observation_type, decimals, one_per_instant, source, licence,"
                    " properties) values (%s, %s, %s, 'd', '', 'm', 1, false, '', '', '{}') returning id",
                    [thing, sensor, prop],
                ).fetchone()[0]
            )
            one(
                "insert into devices_device (dev_eui, name, profile_id, thing_id, problem, created,"
                " there, join_eui, labels) values (%s, 'd', %s, %s, '', now(), '{}', '', '[]')",
                [eui(n), profile, thing],
            )
        import hashlib

        one(
            "insert into people_apikey (digest, hint, label, scopes, created)"
            " values (%s, 'sk', 'fault', '[\"things:write\"]', now())",
            [hashlib.sha256(key.encode()).hexdigest()],
        )
    return streams, key


def eui(n: int) -> str:
    return f"02534bfa{n:08x}"


class Publisher:
    """A network server's MQTT side: numbered uplinks, and the numbers that were acknowledged."""

    START = datetime(2026, 1, 1, tzinfo=UTC)

    def __init__(self, mqtt: dict, rate: float) -> None:
        self.rate = rate
        self.sent = 0
        self.acknowledged: set[int] = set()
        self._waiting: dict[int, int] = {}
        self._stop = threading.Event()
        self.client = Client(CallbackAPIVersion.VERSION2, client_id="ns", clean_session=False)
        self.client.username_pw_set(mqtt["user"], mqtt["password"])
        # paho may answer before publish has told us the mid: both ends meet in `drain`.
        self._answered: queue.SimpleQueue[int] = queue.SimpleQueue()
        self.client.on_publish = lambda _c, _d, mid, *_r: self._answered.put(mid)
        self.client.max_inflight_messages_set(200)
        self.client.reconnect_delay_set(1, 1)
        self.client.connect_async(mqtt["host"], mqtt["port"], keepalive=10)

    def start(self) -> None:
        self.client.loop_start()
        self.thread = threading.Thread(target=self._publish, daemon=True)
        self.thread.start()

    def _publish(self) -> None:
        while not self._stop.wait(1 / self.rate):
            self.drain()
            if self.sent - len(self.acknowledged) > 2000:
                continue
            number = self.sent
            self.sent += 1
            body = json.dumps(
                {
                    "deduplicationId": f"00000000-0000-4000-8000-{number:012x}",
                    "time": self.at(number).isoformat(),
                    "fPort": 1,
                    "deviceInfo": {"devEui": eui(number % DEVICES)},
                    "data": base64.b64encode(number.to_bytes(3, "big")).decode(),
                }
            )
            topic = f"application/a/device/{eui(number % DEVICES)}/event/up"
            self._waiting[self.client.publish(topic, body, qos=1).mid] = number

    def drain(self) -> None:
        while not self._answered.empty():
            self.acknowledged.add(self._waiting[self._answered.get()])

    def settled(self) -> bool:
        self.drain()
        return len(self.acknowledged) == self.sent

    @classmethod
    def at(cls, number: int) -> datetime:
        return cls.START + timedelta(seconds=number)

    def finish(self) -> None:
        self._stop.set()
        self.thread.join()


class Poster:
    """A program that posts observations over HTTP and repeats with the same key until a 201.

    Every other observation goes without a key, and thus together with others; it is sent once.
    """

    def __init__(self, city: RunningCity, stream: int, key: str) -> None:
        self.city, self.stream, self.key = city, stream, key
        self.acknowledged: list[int] = []
        self._stop = threading.Event()
        self.thread = threading.Thread(target=self._post, daemon=True)

    def _post(self) -> None:
        number = 0
        while not self._stop.is_set():
            token = str(uuid.uuid4()) if number % 2 else ""
            while not (stored := self._once(number, token)) and token:
                if self._stop.wait(0.1):
                    return
            if stored:
                self.acknowledged.append(number)
            number += 1
            self._stop.wait(0.05)

    def _once(self, number: int, token: str) -> bool:
        body = {
            "phenomenonTime": (Publisher.START - timedelta(seconds=number + 1)).isoformat(),
            "result": number,
        }
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.city.port}/api/sensorthings/v1.1/Datastreams({self.stream})/Observations",
            data=json.dumps(body).encode(),
            method="POST",
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self.key}",
                **({"Idempotency-Key": token} if token else {}),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status in (200, 201)
        except (OSError, urllib.error.HTTPError):
            return False

    def finish(self) -> None:
        self._stop.set()
        self.thread.join(20)


def run(folder, broker: str, kills: int, roles=ROLES) -> None:
    chance = random.Random(SEED)
    city = RunningCity(folder, broker)
    city.start()
    try:
        streams, key = set_up(city)
        publisher = Publisher(city.mqtt, rate=300)
        poster = Poster(city, streams[0], key)
        publisher.start()
        poster.thread.start()
        done = dict.fromkeys(roles, 0)
        while sum(done.values()) < kills:
            # Only a city at work can lose something: wait until messages flow again.
            flowing = len(publisher.acknowledged) + chance.randrange(10, 150)
            city.until(lambda n=flowing: len(publisher.acknowledged) >= n, 60)
            time.sleep(chance.uniform(0, 0.3))
            role = chance.choice(roles)
            done[role] += city.kill(role)
        publisher.finish()
        poster.finish()
        city.until(publisher.settled, 120)
        # Mosquitto keeps what it has acknowledged until ingest and database are back.
        city.until(lambda: publisher.acknowledged <= stored_uplinks(city), 120)
        print(f"{done} {publisher.sent} uplinks, {len(poster.acknowledged)} posts")
        audit(city, streams, publisher, poster)
    finally:
        publisher.client.loop_stop()
        assert city.stop() == 0


def stored_uplinks(city: RunningCity) -> set[int]:
    """The numbers of all stored uplinks; none while the database is away."""
    try:
        with psycopg.connect(city.url) as base:
            keys = base.execute("select key from devices_uplink").fetchall()
    except psycopg.OperationalError:
        return set()
    return {int(key.rpartition("-")[2], 16) for (key,) in keys}


def audit(city: RunningCity, streams: list[int], publisher: Publisher, poster: Poster) -> None:
    """Row by row: each acknowledged message gave one uplink and one observation with its value."""
    with psycopg.connect(city.url) as base:
        keys = base.execute("select key, count(*) from devices_uplink group by 1").fetchall()
        assert {k for k, n in keys if n > 1} == set()
        stored = {int(k.rpartition("-")[2], 16) for k, _ in keys}
        assert publisher.acknowledged - stored == set()
        rows = base.execute(
            "select datastream_id, at, value from things_observation where at >= %s",
            [Publisher.START],
        ).fetchall()
        found = sorted((s, at, value) for s, at, value in rows)
        wanted = sorted((streams[n % DEVICES], Publisher.at(n), float(n)) for n in stored)
        assert found == wanted
        posted = [
            v
            for (v,) in base.execute(
                "select value from things_observation where at < %s", [Publisher.START]
            )
        ]
        assert len(posted) == len(set(posted))
        assert set(poster.acknowledged) - {int(v) for v in posted} == set()
        for stream in streams:
            (total,) = base.execute(
                "select count(*) from things_observation where datastream_id = %s", [stream]
            ).fetchone()
            (latest,) = base.execute(
                "select n from things_latest where datastream_id = %s", [stream]
            ).fetchone()
            hours = base.execute(
                "select coalesce(sum(n), 0) from things_hour where datastream_id = %s", [stream]
            ).fetchone()
            assert (latest, int(hours[0])) == (total, total)


@pytest.mark.slow
def test_a_few_kills_lose_and_double_nothing(tmp_path):
    run(tmp_path, "amqtt", kills=6)


@pytest.mark.fault
def test_a_hundred_kills_lose_and_double_nothing(tmp_path):
    run(tmp_path, "amqtt", kills=int(os.environ.get("STADTKERN_FAULT_KILLS", "100")))


@pytest.mark.fault
def test_with_mosquitto_everything_but_the_broker_may_be_killed(tmp_path):
    from stadtkern.site.tree.mosquitto import find_mosquitto

    if not find_mosquitto():
        pytest.skip("Mosquitto is not installed")
    run(tmp_path, "mosquitto", kills=40, roles=("ingest", "worker", "web", "postgres"))
