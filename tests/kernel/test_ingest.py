"""From a ChirpStack message to committed observations, and what happens to broken ones."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from stadtkern.kernel.devices import codecs
from stadtkern.kernel.devices import redecode as again
from stadtkern.kernel.devices.ingest.batch import Ingest
from stadtkern.kernel.devices.ingest.directory import Directory
from stadtkern.kernel.devices.ingest.event import Message
from stadtkern.kernel.devices.models import Device, Outcome, Profile, Uplink
from stadtkern.kernel.devices.networks import read
from stadtkern.kernel.devices.sandbox import CodecPool
from stadtkern.kernel.things.models import Datastream, Latest, ObservedProperty, Sensor, Thing

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EUI = "02534b7700000001"
CODEC = """
function decodeUplink(input) {
  if (input.bytes[0] === 255) throw new Error("sensor fault");
  if (input.bytes[0] === 254) while (true) {}
  if (input.bytes[0] === 253) return { data: { air: { temperature: 1e300 }, battery: 80 } };
  return { data: { air: { temperature: input.bytes[0] / 2 }, battery: 80 } };
}
"""


@pytest.fixture(scope="module")
def pool():
    with CodecPool(workers=1) as pool:
        yield pool


@pytest.fixture
def ingest(pool):
    return Ingest(pool, Directory(fresh=0))


@pytest.fixture
def device():
    sensor = Sensor.objects.create(name="probe")
    observed = ObservedProperty.objects.create(slug="probe_temperature", name="Temperature")
    thing = Thing.objects.create(name="probe", kind="test.probe")
    Datastream.objects.create(
        thing=thing, sensor=sensor, observed_property=observed, name="t", low=-40, high=60
    )
    measure = {
        "path": "air.temperature",
        "property": "probe_temperature",
        "factor": 1.0,
        "offset": 0.0,
        "words": {},
    }
    profile = Profile.objects.create(
        slug="probe",
        title="Probe",
        vendor="Test",
        model="P1",
        codec=CODEC,
        sensor=sensor,
        measures=[measure],
        battery="battery",
        uplink_every=timedelta(hours=1),
        thing_kind="test.probe",
    )
    return Device.objects.create(dev_eui=EUI, name="Probe 1", profile=profile, thing=thing)


FIELDS = json.dumps({"messages": [{"fields": [{"name": "air.t", "factor": 0.5}]}]})


def message(first=42, *, dedup="d1", eui=EUI, time=NOW, event="up", **changes):
    body = {
        "deduplicationId": dedup,
        "time": time.isoformat(),
        "deviceInfo": {"devEui": eui},
        "fCnt": 7,
        "fPort": 2,
        "data": base64.b64encode(bytes([first])).decode(),
        "rxInfo": [
            {"gatewayId": "far", "rssi": -120, "snr": -9.5},
            {"gatewayId": "near", "rssi": -70, "snr": 9.0},
        ],
        **changes,
    }
    topic = f"application/a/device/{eui}/event/{event}"
    return Message(topic=topic, body=json.dumps(body).encode(), received=NOW)


def test_an_uplink_becomes_an_observation_with_its_raw_message(ingest, device):
    stored = ingest.take([message()])
    assert (stored.new, stored.observations, stored.troubled) == (1, 1, 0)
    latest = Latest.objects.get(datastream__thing=device.thing)
    assert (latest.value, latest.at, latest.quality) == (21.0, NOW, 0)
    uplink = Uplink.objects.get()
    assert (uplink.outcome, uplink.device, uplink.f_port, uplink.f_cnt) == ("stored", device, 2, 7)
    assert (uplink.gateway, uplink.rssi) == ("near", -70)
    assert json.loads(bytes(uplink.raw))["fCnt"] == 7
    device.refresh_from_db()
    assert (device.last_seen, device.battery) == (NOW, 80)


def test_the_same_message_twice_is_stored_once(ingest, device):
    assert ingest.take([message(), message()]).new == 1
    assert ingest.take([message()]).new == 0
    assert Latest.objects.get().n == 1
    assert ingest.take([message(dedup="d2")]).new == 1


@pytest.mark.parametrize(
    ("broken", "outcome", "reason"),
    [
        (
            Message(topic="application/a/device/x/event/up", body=b"{}", received=NOW),
            Outcome.BROKEN,
            "topic",
        ),
        (
            Message(topic=f"application/a/device/{EUI}/event/up", body=b"\xff\x00{", received=NOW),
            Outcome.BROKEN,
            "not JSON",
        ),
        (message(data="***"), Outcome.BROKEN, "base64"),
        (message(fCnt="seven"), Outcome.BROKEN, "fCnt"),
        (message(eui="02534b7700000009"), Outcome.UNKNOWN, "DevEUI"),
        (message(deviceInfo={"devEui": "02534b7700000009"}), Outcome.BROKEN, "different devices"),
        (message(255), Outcome.FAILED, "sensor fault"),
        (message(254), Outcome.FAILED, "100 ms"),
    ],
)
def test_a_broken_message_is_recorded_with_its_reason_and_the_others_go_on(
    ingest, device, broken, outcome, reason
):
    stored = ingest.take([message(dedup="a"), broken, message(dedup="b")])
    assert (stored.new, stored.observations, stored.troubled) == (3, 2, 1)
    uplink = Uplink.objects.exclude(outcome="stored").get()
    assert uplink.outcome == outcome
    assert reason in uplink.reason
    assert bytes(uplink.raw) == broken.body


def test_a_value_out_of_range_is_stored_as_suspect(ingest, device):
    ingest.take([message(200)])
    latest = Latest.objects.get()
    assert (latest.value, latest.quality) == (100.0, 2)


def test_a_value_too_large_to_sum_does_not_take_its_neighbours_along(ingest, device):
    stored = ingest.take([message(dedup="a"), message(253, dedup="huge"), message(60, dedup="b")])
    assert (stored.new, stored.observations) == (3, 2)
    assert Latest.objects.get().n == 2


def test_a_clock_that_runs_ahead_does_not_hide_later_values(ingest, device):
    ingest.take([message(time=NOW + timedelta(days=400))])
    latest = Latest.objects.get()
    assert (latest.at, latest.quality) == (NOW, 2)


def test_a_late_uplink_does_not_replace_the_latest_value(ingest, device):
    ingest.take([message(60, dedup="new")])
    ingest.take([message(10, dedup="late", time=NOW - timedelta(hours=3))])
    latest = Latest.objects.get()
    assert (latest.value, latest.n) == (30.0, 2)
    device.refresh_from_db()
    assert device.last_seen == NOW


def test_a_text_with_nul_is_stored_without_it(ingest, device):
    ingest.take([message(rxInfo=[{"gatewayId": "a\u0000b", "rssi": -1, "snr": 1}])])
    assert Uplink.objects.get().gateway == "ab"


def test_status_events_bring_the_battery_and_no_observation(ingest, device):
    stored = ingest.take([message(event="status", data="", batteryLevel=55.5)])
    assert stored.observations == 0
    device.refresh_from_db()
    assert device.battery == 55.5


def test_redecoding_replaces_what_the_old_codec_gave(ingest, device, pool):
    times = [NOW + timedelta(minutes=m) for m in range(3)]
    ingest.take([message(40 + n, dedup=str(n), time=t) for n, t in enumerate(times)])
    fixed = CODEC.replace("/ 2", "/ 2 + 1")
    Profile.objects.update(codec=fixed, version=2)
    done = again.redecode([device.pk], times[0], times[2], actor="test", pool=pool)
    assert (done.uplinks, done.observations, done.failed) == (2, 2, 0)
    with connection.cursor() as cursor:
        cursor.execute("select at, value from things_observation order by at")
        assert [v for _, v in cursor.fetchall()] == [21.0, 21.5, 21.0]
        cursor.execute("select n, sum, min, max from things_hour")
        assert cursor.fetchall() == [(3, 63.5, 21.0, 21.5)]
    assert list(Uplink.objects.order_by("id").values_list("codec_version", flat=True)) == [2, 2, 1]
    assert (
        again.redecode([device.pk], times[0], times[2], actor="test", pool=pool).observations == 2
    )


def test_redecoding_takes_up_uplinks_from_before_the_device_was_known(ingest, device, pool):
    Device.objects.filter(pk=device.pk).update(dev_eui="02534b7700000002")
    ingest.take([message()])
    assert Uplink.objects.get().outcome == "unknown"
    Device.objects.filter(pk=device.pk).update(dev_eui=EUI)
    again.redecode([device.pk], NOW, NOW + timedelta(seconds=1), actor="test", pool=pool)
    assert Uplink.objects.get().outcome == "stored"
    assert Latest.objects.get().value == 21.0


BOMB = CODEC.replace("while (true) {}", "new Array(4e9).join('');")


def test_a_codec_that_is_killed_in_a_row_is_paused_until_somebody_releases_it(device):
    Profile.objects.update(codec=BOMB)
    with CodecPool(workers=1, patience=0.3) as own:
        ingest = Ingest(own, Directory(fresh=0))
        ingest.take([message(254, dedup=f"bomb{n}") for n in range(5)])
        profile = Profile.objects.get()
        assert profile.pause == "codec paused: its process had to be killed, 3 times in a row"
        ingest.take([message(42, dedup="while paused")])
    uplinks = Uplink.objects.order_by("id")
    assert {(u.outcome, bool(u.raw)) for u in uplinks} == {("failed", True)}
    assert [u.reason for u in uplinks][3:] == [profile.pause] * 3
    assert codecs.release(profile)
    assert not codecs.release(profile)
    with CodecPool(workers=1) as own:
        assert Ingest(own, Directory(fresh=0)).take([message(42, dedup="after")]).observations == 1


def test_a_new_version_ends_a_pause(ingest, device):
    Profile.objects.update(paused="codec paused: it took too long", paused_version=1)
    ingest.take([message(dedup="a")])
    assert Uplink.objects.get().reason == "codec paused: it took too long"
    Profile.objects.update(version=2)
    assert ingest.take([message(dedup="b")]).observations == 1


def test_codecs_that_share_contexts_give_the_same(ingest, device):
    times = [NOW + timedelta(seconds=n) for n in range(60)]
    messages = [message(n, dedup=str(n), time=at) for n, at in enumerate(times)]
    Profile.objects.update(stateless=True)
    assert ingest.take(messages).observations == 60
    with connection.cursor() as cursor:
        cursor.execute("select value from things_observation order by at")
        assert [value for (value,) in cursor.fetchall()] == [n / 2 for n in range(60)]


def test_what_a_codec_normalizes_can_be_mapped(ingest, device):
    Profile.objects.update(
        codec=CODEC
        + "function normalizeUplink(i) { return { data: { air: { temperature: 7 } } }; }",
        measures=[{**device.profile.measures[0], "path": "normalized.0.air.temperature"}],
    )
    ingest.take([message()])
    assert Latest.objects.get().value == 7


@pytest.mark.parametrize(
    ("kind", "codec", "payload", "path", "value"),
    [
        ("cayenne", "", "01 67 00 d7", "temperature_1", 21.5),
        ("fields", FIELDS, "2b", "air.t", 21.5),
        ("none", "", "", "air.t", None),
    ],
)
def test_codecs_without_code_feed_observations_too(
    ingest, device, kind, codec, payload, path, value
):
    measures = [{**device.profile.measures[0], "path": path}]
    Profile.objects.update(codec_kind=kind, codec=codec, measures=measures, battery="")
    data = base64.b64encode(bytes.fromhex(payload)).decode()
    stored = ingest.take([message(data=data)])
    assert stored.observations == (value is not None)
    assert [latest.value for latest in Latest.objects.all()] == ([value] if value else [])


def test_values_that_come_in_plain_sight_need_no_codec(ingest, device):
    Profile.objects.update(codec_kind="none", codec="")
    (event,) = read(message())
    (judged,) = ingest.judge([replace(event, data={"air": {"temperature": 12.5}})])
    assert [m.value for m in judged.values] == [12.5]


def test_what_a_network_server_decoded_is_not_believed(ingest, device):
    (event,) = read(message(42))
    (judged,) = ingest.judge([replace(event, data={"air": {"temperature": 12.5}})])
    assert [m.value for m in judged.values] == [21]


def test_a_key_longer_than_its_column_still_counts_once(ingest, device):
    long = "x" * 100
    assert ingest.take([message(dedup=long)]).observations == 1
    assert ingest.take([message(dedup=long)]).new == 0


def test_missing_fields_mean_zero_as_in_proto_json():
    body = {"deviceInfo": {"devEui": EUI}, "deduplicationId": "x", "time": NOW.isoformat()}
    topic = f"application/a/device/{EUI}/event/up"
    (event,) = read(Message(topic=topic, body=json.dumps(body).encode(), received=NOW))
    assert (event.problem, event.f_cnt, event.f_port, event.payload) == ("", 0, 0, b"")
