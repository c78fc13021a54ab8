"""ChirpStack v4: each kind of event, over MQTT and HTTP.

The messages have the form of the examples in chirpstack-docs, `integrations/events.md`; the extended
`up` has the fields that `integration.proto` adds to it.
"""

from datetime import UTC, datetime

import pytest

from .conftest import NOW, read, read_again

EUI = "0101010101010101"
MQTT = f"application/17c82e96-be03-4f38-aef3-f83d48582d97/device/{EUI}/event/%s"
INFO = {
    "tenantId": "52f14cd4-c6f1-4fbd-8f87-4025e1d49242",
    "tenantName": "ChirpStack",
    "applicationId": "17c82e96-be03-4f38-aef3-f83d48582d97",
    "applicationName": "Test application",
    "deviceProfileId": "14855bf7-d10d-4aee-b618-ebfcb64dc7ad",
    "deviceProfileName": "Test device-profile",
    "deviceName": "Test device",
    "devEui": EUI,
    "tags": {"key": "value"},
}
UP = {
    "deduplicationId": "3ac7e3c4-4401-4b8d-9386-a5c902f9202d",
    "time": "2022-07-18T09:34:15.775023242+00:00",
    "deviceInfo": INFO,
    "devAddr": "00189440",
    "dr": 1,
    "fPort": 1,
    "data": "qg==",
    "object": {"temperature": {"value": 21.5}},
    "rxInfo": [
        {"gatewayId": "0016C001F153A14C", "uplinkId": 4217106255, "rssi": -107, "snr": -4.5},
        {
            "gatewayId": "0016c001f153a14d",
            "uplinkId": 4217106256,
            "gwTime": "2022-07-18T09:34:15.775023242+00:00",
            "rssi": -36,
            "snr": 10.5,
            "location": {"latitude": 51.54, "longitude": 7.22, "altitude": 61.5},
            "context": "E3OWOQ==",
            "metadata": {"region_name": "eu868", "region_common_name": "EU868"},
            "crcStatus": "CRC_OK",
        },
    ],
    "txInfo": {
        "frequency": 867100000,
        "modulation": {"lora": {"bandwidth": 125000, "spreadingFactor": 11, "codeRate": "CR_4_5"}},
    },
    "regionConfigId": "eu868",
}


@pytest.mark.parametrize(
    "topic",
    [
        MQTT % "up",
        f"eu868/{MQTT % 'up'}",
        (MQTT % "up").replace(EUI, EUI.upper()),
        "?event=up",
        "hook?x=1&event=up",
    ],
)
def test_an_uplink_is_read_over_mqtt_and_http(topic):
    (event,) = read("chirpstack", topic, UP)
    assert (event.problem, event.event, event.dev_eui) == ("", "up", EUI)
    assert event.key == "up:3ac7e3c4-4401-4b8d-9386-a5c902f9202d"
    assert event.time == datetime(2022, 7, 18, 9, 34, 15, 775023, tzinfo=UTC)
    assert (event.f_port, event.f_cnt, event.payload) == (1, 0, b"\xaa")
    assert (event.spreading_factor, event.frequency) == (11, 867_100_000)
    assert (event.gateway, event.rssi, event.snr) == ("0016c001f153a14d", -36, 10.5)
    best, other = event.gateways
    assert (best.lon, best.lat, best.altitude) == (7.22, 51.54, 61.5)
    assert (other.gateway, other.lon, other.lat) == ("0016c001f153a14c", None, None)
    assert event.there["application"] == INFO["applicationId"]
    assert event.data == {"temperature": {"value": 21.5}}


def test_an_uplink_with_every_zero_left_out_is_complete():
    body = {"deduplicationId": "x", "time": NOW.isoformat(), "deviceInfo": {"devEui": EUI}}
    (event,) = read("chirpstack", MQTT % "up", body)
    assert (event.problem, event.f_port, event.f_cnt, event.payload) == ("", 0, 0, b"")
    assert (event.gateways, event.spreading_factor, event.battery) == ((), None, None)


def test_the_same_event_over_mqtt_and_http_is_one():
    (one,), (other,) = read("chirpstack", MQTT % "up", UP), read("chirpstack", "?event=up", UP)
    assert one.key == other.key


@pytest.mark.parametrize(
    ("said", "percent"),
    [
        ({"margin": 10, "batteryLevel": 88.3}, 88.3),
        ({"margin": 10, "batteryLevelUnavailable": True}, None),
        ({"margin": 10, "externalPowerSource": True, "batteryLevel": 0}, None),
        ({"margin": 10, "batteryLevel": 255}, None),
    ],
)
def test_a_status_brings_the_battery_if_there_is_one(said, percent):
    (event,) = read("chirpstack", MQTT % "status", {"deviceInfo": INFO, **said})
    assert (event.event, event.battery) == ("status", percent)


@pytest.mark.parametrize(
    ("kind", "said", "event", "command"),
    [
        ("join", {"devAddr": "00189440"}, "join", ""),
        (
            "ack",
            {"queueItemId": "1bbcab1d", "acknowledged": True, "fCntDown": 3},
            "ack",
            "1bbcab1d",
        ),
        ("ack", {"queueItemId": "1bbcab1d", "fCntDown": 3}, "nack", "1bbcab1d"),
        (
            "txack",
            {"downlinkId": 3461958127, "queueItemId": "42cb6459", "gatewayId": "0016c001f153a14c"},
            "txack",
            "42cb6459",
        ),
        (
            "log",
            {"level": "ERROR", "code": "EXPIRED", "context": {"queue_item_id": "77"}},
            "log",
            "77",
        ),
        (
            "integration",
            {"integrationName": "loracloud", "object": {"a": [1, None]}},
            "service",
            "",
        ),
    ],
)
def test_events_about_downlinks_name_the_queue_item(kind, said, event, command):
    body = {"time": NOW.isoformat(), "deviceInfo": INFO, **said}
    (found,) = read("chirpstack", MQTT % kind, body)
    assert (found.problem, found.event, found.command) == ("", event, command)
    assert found.time == NOW


def test_a_log_event_says_what_it_says():
    said = {"level": "ERROR", "code": "UPLINK_MIC", "description": "MIC of join-request is invalid"}
    (event,) = read("chirpstack", MQTT % "log", {"deviceInfo": INFO, **said})
    assert event.told == "UPLINK_MIC: MIC of join-request is invalid"


def test_a_location_is_longitude_then_latitude():
    said = {"location": {"latitude": 37.344214, "longitude": -8.839375, "altitude": 2}}
    (event,) = read("chirpstack", MQTT % "location", {"deviceInfo": INFO, **said})
    assert event.location == (-8.839375, 37.344214)


def test_two_transmissions_without_an_id_are_told_apart_by_their_content():
    body = {"deviceInfo": INFO, "queueItemId": "a", "downlinkId": 1, "time": NOW.isoformat()}
    keys = {
        read("chirpstack", MQTT % "txack", {**body, **more})[0].key
        for more in ({}, {}, {"downlinkId": 2})
    }
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("topic", "body", "why"),
    [
        ("", UP, "topic"),
        ("?event=", UP, "topic"),
        ("application/1/device/xyz/event/up", UP, "topic"),
        (MQTT % "up", b"\xff{", "not JSON"),
        (MQTT % "up", b'{"a":' + b"[" * 5000, "not JSON"),
        (MQTT % "up", {**UP, "data": "***"}, "base64"),
        (MQTT % "up", {**UP, "fCnt": "seven"}, "fCnt"),
        (MQTT % "up", {**UP, "deviceInfo": {"devEui": "02" * 8}}, "different devices"),
        ("?event=up", {**UP, "deviceInfo": {}}, "names no device"),
    ],
)
def test_what_cannot_be_read_says_why(topic, body, why):
    (event,) = read("chirpstack", topic, body)
    assert why in event.problem


@pytest.mark.parametrize(
    "time", ["1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "2031-01-01T00:00:00Z"]
)
def test_a_clock_that_was_never_set_is_not_believed(time):
    (event,) = read("chirpstack", MQTT % "up", {**UP, "time": time})
    assert (event.time, event.doubtful_time) == (NOW, True)


def test_what_is_kept_can_be_read_again():
    (event,) = read("chirpstack", MQTT % "up", UP)
    assert read_again("chirpstack", event) == event
