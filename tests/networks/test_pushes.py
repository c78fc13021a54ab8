"""Plain HTTP devices, Sensor.Community and openSenseMap, in every form they send.

Sigfox: variables of its callbacks (support page “Data advanced”). airRohr: what
`airrohr-firmware.ino` composes. openSenseMap: the comments and handlers below
`packages/models/src/measurement/decoding/` of openSenseMap-API.
"""

import json
import struct
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from .conftest import NOW, read, read_again

SIGFOX = {
    "device": "device",
    "time": "time",
    "payload": "data",
    "encoding": "hex",
    "counter": "seqNumber",
    "longitude": "computedLocation.lng",
    "latitude": "computedLocation.lat",
}
SAID = {"device": "1A2B3C", "time": 1_772_366_400, "data": "2a00ff", "seqNumber": 117}


@pytest.mark.parametrize("body", [SAID, urlencode(SAID).encode()], ids=["JSON", "form"])
def test_a_sigfox_callback_is_read_as_json_form_and_query(body):
    (event,) = read("http", "", body, SIGFOX)
    assert (event.problem, event.dev_eui, event.payload) == ("", "1a2b3c", b"\x2a\x00\xff")
    assert (event.time, event.f_cnt) == (datetime(2026, 3, 1, 12, tzinfo=UTC), 117)
    assert read_again("http", event, SIGFOX) == event


def test_a_callback_that_is_tried_again_after_a_minute_has_the_same_key():
    keys = {read("http", "", {**SAID, "seqNumber": n}, SIGFOX)[0].key for n in (117, 117, 118)}
    assert len(keys) == 2


def test_dotted_paths_lead_into_objects_and_lists():
    said = {"meta": {"ids": ["x", "Pump.7"]}, "m": {"level": "1.25", "open": True, "state": "ok"}}
    settings = {"device": "meta.ids.1", "values": "m"}
    (event,) = read("http", "", said, settings)
    assert event.dev_eui == "pump.7"
    assert event.data == {"level": 1.25, "open": True, "state": "ok"}


def test_a_form_may_have_dots_in_its_names():
    (event,) = read("http", "", b"dev.id=a1&v=3", {"device": "dev.id", "values": "."})
    assert (event.dev_eui, event.data["v"]) == ("a1", 3.0)


def test_the_name_may_stand_at_the_end_of_the_address():
    (event,) = read("http", "meters/M-7/", {"kwh": 1.5}, {"device": "", "values": "."})
    assert (event.dev_eui, event.data) == ("m-7", {"kwh": 1.5})


def test_base64_ports_battery_signal_and_place_are_found():
    settings = {
        "device": "id", "payload": "p", "encoding": "base64", "port": "port", "battery": "bat",
        "rssi": "r", "snr": "s", "longitude": "x", "latitude": "y",
    }  # fmt: skip
    said = {"id": "a", "p": "AQI=", "port": 7, "bat": "80", "r": -90, "s": 2.5, "x": 7.2, "y": 51.5}
    (event,) = read("http", "", said, settings)
    assert (event.payload, event.f_port, event.battery) == (b"\x01\x02", 7, 80.0)
    assert (event.rssi, event.snr, event.location) == (-90, 2.5, (7.2, 51.5))


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (1_772_366_400, NOW),
        ("1772366400", NOW),
        (1_772_366_400_000, NOW),
        ("2026-03-01T12:00:00Z", NOW),
        ("2026-03-01T13:00:00+01:00", NOW),
        ("2026-03-01 12:00:00", NOW),
        ("yesterday", NOW),
        (None, NOW),
        (1e300, NOW),
        ("2026-03-01T11:00:00.123456789Z", datetime(2026, 3, 1, 11, 0, 0, 123457, tzinfo=UTC)),
    ],
)
def test_times_are_read_as_they_are_usually_written(given, meant):
    (event,) = read("http", "", {"device": "a", "time": given}, SIGFOX)
    assert event.time == meant


def test_one_call_may_bring_several_messages_each_of_which_is_kept_by_itself():
    settings = {"device": "id", "time": "at", "values": "v", "each": "batch"}
    said = {"batch": [{"id": "a", "at": 1_772_366_400 - n, "v": {"t": n}} for n in range(3)]}
    events = read("http", "", said, settings)
    assert [event.data for event in events] == [{"t": 0}, {"t": 1}, {"t": 2}]
    assert len({event.key for event in events}) == 3
    for event in events:
        assert read_again("http", event, settings) == event
    assert len(read("http", "", said["batch"], settings)) == 3


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "neither JSON nor a form"),
        (b"{", "neither JSON"),
        (b"[]", "no message"),
        (b"\xff\xfe", "neither JSON"),
        (b"just text", "neither JSON"),
        ({"time": 1}, "no device name in “device”"),
        ({"device": "a b"}, "no device name"),
        ({"device": "x" * 65}, "no device name"),
        ({"device": {"a": 1}}, "no device name"),
        ({"device": "a", "data": "zz"}, "“data” is not hex"),
        ({"device": "a", "data": 12}, "“data” is not hex"),
        ([{"device": "a"}] * 2501, "2501 messages"),
    ],
)
def test_what_cannot_be_read_says_why(body, why):
    assert why in read("http", "", body, SIGFOX)[0].problem


OWN_API = {
    "esp8266id": "1234567",
    "software_version": "NRZ-2020-133",
    "sensordatavalues": [
        {"value_type": "SDS_P1", "value": "12.30"},
        {"value_type": "SDS_P2", "value": "4.58"},
        {"value_type": "BME280_temperature", "value": "21.05"},
        {"value_type": "BME280_pressure", "value": "100520.25"},
        {"value_type": "samples", "value": "5012345"},
        {"value_type": "signal", "value": "-59 dBm"},
    ],
}
PUBLIC_API = {
    "software_version": "NRZ-2020-133",
    "sensordatavalues": [
        {"value_type": "P1", "value": "12.30"},
        {"value_type": "P2", "value": "4.58"},
    ],
}


def test_a_station_that_posts_to_its_own_api_brings_all_values_at_once():
    (event,) = read("airrohr", "data.php", OWN_API)
    assert (event.problem, event.dev_eui, event.time) == ("", "esp8266-1234567", NOW)
    assert event.data == {
        "SDS_P1": 12.3,
        "SDS_P2": 4.58,
        "BME280_temperature": 21.05,
        "BME280_pressure": 100520.25,
        "samples": 5012345.0,
        "signal": -59.0,
    }
    assert read_again("airrohr", event) == event


def test_a_station_that_posts_as_to_sensor_community_is_named_in_headers():
    headers = {"x_sensor": "esp8266-1234567", "x_pin": "1"}
    (event,) = read("airrohr", "v1/push-sensor-data/", PUBLIC_API, **headers)
    assert event.dev_eui == "esp8266-1234567"
    assert event.data == {"P1": 12.3, "P2": 4.58, "pin1_P1": 12.3, "pin1_P2": 4.58}
    assert read_again("airrohr", event) == event


def test_two_sensors_of_a_station_that_post_the_same_at_once_are_two():
    keys = {
        read("airrohr", "", PUBLIC_API, x_sensor="esp8266-1", x_pin=pin)[0].key
        for pin in ("1", "7")
    }
    assert len(keys) == 2


@pytest.mark.parametrize(
    "body",
    [b"[]", b"{}", b"x", {"sensordatavalues": []}, {"esp8266id": 1, "sensordatavalues": [{}]}],
)
def test_a_station_that_says_nothing_readable_is_told_so(body):
    assert read("airrohr", "", body)[0].problem


BOX, A, B = "5a8d0b2c3d4e5f6071829304", "5a8d0b2c3d4e5f6071829305", "5a8d0b2c3d4e5f6071829306"
DATA = f"boxes/{BOX}/data"
AT = "2026-03-01T11:00:00Z"


@pytest.mark.parametrize(
    ("topic", "body", "kind"),
    [
        (DATA, [{"sensor": A, "value": "1.5"}, {"sensor": B, "value": 2}], "application/json"),
        (f"/{BOX}/data/", {A: "1.5", B: ["2"]}, ""),
        (DATA, f"{A},1.5\r\n{B}, 2\n\n".encode(), "text/csv; charset=utf-8"),
        (
            DATA,
            bytes.fromhex(A) + struct.pack("<f", 1.5) + bytes.fromhex(B) + struct.pack("<f", 2),
            "application/sbx-bytes",
        ),
    ],
    ids=["list", "object", "CSV", "bytes"],
)
def test_a_sense_box_brings_values_in_each_form(topic, body, kind):
    (event,) = read("opensensemap", topic, body, content_type=kind)
    assert (event.problem, event.dev_eui, event.time) == ("", BOX, NOW)
    assert event.data == {A: 1.5, B: 2.0}
    assert read_again("opensensemap", event).data == event.data


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ([{"sensor": A, "value": 1.5, "createdAt": AT, "location": [7.2, 51.5, 60]}], ""),
        ({A: ["1.5", AT, {"lng": 7.2, "lat": 51.5}]}, ""),
        (f"{A},1.5,{AT},7.2,51.5,60".encode(), "text/csv"),
    ],
    ids=["list", "object", "CSV"],
)
def test_a_measurement_with_time_and_place_is_known_when_it_comes_again(body, kind):
    (event,), (again,) = (read("opensensemap", DATA, body, content_type=kind) for _ in range(2))
    assert (event.time, event.location) == (datetime(2026, 3, 1, 11, tzinfo=UTC), (7.2, 51.5))
    assert event.key == again.key
    assert read_again("opensensemap", event) == event


def test_bytes_with_time_are_little_endian():
    body = bytes.fromhex(A) + struct.pack("<fI", 21.5, 1_772_362_800)
    (event,) = read("opensensemap", DATA, body, content_type="application/sbx-bytes-ts")
    assert (event.data, event.time) == ({A: 21.5}, datetime(2026, 3, 1, 11, tzinfo=UTC))


def test_one_sensor_has_an_address_of_its_own():
    (event,) = read("opensensemap", f"boxes/{BOX}/{A}", {"value": "7", "createdAt": AT})
    assert (event.data, event.dev_eui) == ({A: 7.0}, BOX)
    assert read_again("opensensemap", event) == event


@pytest.mark.parametrize("query", ["?luftdaten=1", ""])
def test_an_air_station_may_post_to_a_box(query):
    (event,) = read("opensensemap", DATA + query, OWN_API)
    assert (event.data["SDS_P1"], event.dev_eui) == (12.3, BOX)
    assert "signal" not in event.data


def test_measurements_of_different_instants_become_an_event_each():
    body = [
        {"sensor": A, "value": n, "createdAt": f"2026-03-01T11:{n:02}:00Z"} for n in range(60)
    ] + [{"sensor": B, "value": 1, "createdAt": "2026-03-01T11:00:00Z"}]
    events = read("opensensemap", DATA, body)
    assert (len(events), len({event.key for event in events})) == (60, 60)
    assert events[0].data == {A: 0.0, B: 1.0}
    assert sum(len(event.body) for event in events) < 2 * len(json.dumps(body))


@pytest.mark.parametrize("form", ["list", "object", "CSV", "bytes"])
@pytest.mark.parametrize("count", [2500, 2501])
def test_2500_values_are_taken_at_once_and_no_more(form, count):
    ids = [f"{n:024x}" for n in range(count)]
    body, kind = {
        "list": ([{"sensor": one, "value": 1} for one in ids], ""),
        "object": (dict.fromkeys(ids, 1), ""),
        "CSV": ("\n".join(f"{one},1" for one in ids).encode(), "text/csv"),
        "bytes": (
            b"".join(bytes.fromhex(one) + struct.pack("<f", 1) for one in ids),
            "application/sbx-bytes",
        ),
    }[form]
    (event,) = read("opensensemap", DATA, body, content_type=kind)
    assert bool(event.problem) == (count > 2500)
    assert len(event.data or ()) == (2500 if count == 2500 else 0)


@pytest.mark.parametrize(
    ("topic", "body", "kind", "why"),
    [
        ("", {}, "", "path"),
        (DATA, b"x", "", "not JSON"),
        (DATA, b"1", "", "neither a list nor an object"),
        (DATA, b"[]", "", "0 values"),
        (DATA, [{"value": 1}], "", "names no sensor"),
        (DATA, [{"sensor": A, "value": "much"}], "", "is not a number"),
        (DATA, [{"sensor": A, "value": 1, "createdAt": "soon"}], "", "not an instant"),
        (DATA, b"abc", "application/sbx-bytes", "multiple of 16"),
        (DATA, f"{A}".encode(), "text/csv", "no value"),
        (DATA, b"\xff,1", "text/csv", "UTF-8"),
        (f"boxes/{BOX}/{A}", [], "", "not an object"),
        (f"boxes/{BOX}/{A}", {}, "", "not a number"),
    ],
)
def test_what_a_box_sends_wrong_is_said(topic, body, kind, why):
    (event,) = read("opensensemap", topic, body, content_type=kind)
    assert why in event.problem
