"""The Things Stack v3: each kind of message; what it sends again is known.

The messages have the form of the documentation's page “Data formats” and of the webhooks' and MQTT
server's pages; The Things Stack leaves empty fields out.
"""

from datetime import UTC, datetime

import pytest

from stadtkern.kernel.devices.models import Uplink

from .conftest import NOW, read, read_again

EUI = "0004a30b001c0530"
IDS = {
    "device_id": "dev1",
    "application_ids": {"application_id": "app1"},
    "dev_eui": "0004A30B001C0530",
    "join_eui": "800000000000000C",
    "dev_addr": "00BCB929",
}
UPLINK = {
    "session_key_id": "AXA50tHUG6OJR3hp00eGNA==",
    "f_port": 15,
    "f_cnt": 14,
    "frm_payload": "AQIDBA==",
    "decoded_payload": {"temperature": 1.0, "luminosity": 0.64},
    "decoded_payload_warnings": [],
    "normalized_payload": [{"air": {"temperature": 1.0}}],
    "rx_metadata": [
        {
            "gateway_ids": {"gateway_id": "gtw1", "eui": "9C5C8E00001A05C4"},
            "time": "2020-02-12T15:15:45.787Z",
            "timestamp": 2463457000,
            "rssi": -35,
            "channel_rssi": -35,
            "snr": 5.2,
            "uplink_token": "ChIKEA==",
            "channel_index": 2,
            "location": {
                "latitude": 51.53848,
                "longitude": 7.22561,
                "altitude": 44,
                "source": "SOURCE_REGISTRY",
            },
        },
        {"gateway_ids": {"gateway_id": "packetbroker"}, "packet_broker": {}, "rssi": -103},
    ],
    "settings": {
        "data_rate": {"lora": {"bandwidth": 125000, "spreading_factor": 7}},
        "coding_rate": "4/6",
        "frequency": "868300000",
        "timestamp": 2463457000,
        "time": "2020-02-12T15:15:45.787Z",
    },
    "received_at": "2020-02-12T15:15:45.787123456Z",
    "consumed_airtime": "0.056576s",
    "locations": {"user": {"latitude": 51.5, "longitude": 7.2, "source": "SOURCE_REGISTRY"}},
    "version_ids": {
        "brand_id": "the-things-products",
        "model_id": "the-things-uno",
        "hardware_version": "1.0",
        "firmware_version": "quickstart",
        "band_id": "EU_863_870",
    },
    "network_ids": {"net_id": "000013", "tenant_id": "tenant1", "cluster_id": "eu1"},
    "attributes": {"key": "value"},
    "last_battery_percentage": {"f_cnt": 12, "value": 97.6},
}
UP = {
    "end_device_ids": IDS,
    "correlation_ids": ["as:up:01E0WZGT6Y7657CPFPE5WEYDSQ", "gs:uplink:01E0"],
    "received_at": "2020-02-12T15:15:45.999Z",
    "uplink_message": UPLINK,
}
DOWN = {
    "session_key_id": "AXBSH1Pk6Z0G166",
    "f_port": 15,
    "f_cnt": 11,
    "frm_payload": "vu8=",
    "confirmed": True,
    "priority": "NORMAL",
    "correlation_ids": ["as:downlink:01E0", "stadtkern:downlink:42"],
}


def message(**part):
    return {
        "end_device_ids": IDS,
        "correlation_ids": ["as:up:01AB"],
        "received_at": "2020-02-17T07:49:14Z",
        **part,
    }


@pytest.mark.parametrize("topic", ["v3/app1@tenant1/devices/dev1/up", "", "uplink", "up?x=y"])
def test_an_uplink_is_read_over_mqtt_and_by_webhook(topic):
    (event,) = read("tts", topic, UP)
    assert (event.problem, event.event, event.dev_eui) == ("", "up", EUI)
    assert event.time == datetime(2020, 2, 12, 15, 15, 45, 787123, tzinfo=UTC)
    assert (event.f_port, event.f_cnt, event.payload) == (15, 14, b"\x01\x02\x03\x04")
    assert (event.spreading_factor, event.frequency, event.battery) == (7, 868_300_000, 97.6)
    assert (event.gateway, event.rssi, event.snr) == ("9c5c8e00001a05c4", -35, 5.2)
    assert (event.gateways[0].lon, event.gateways[0].lat) == (7.22561, 51.53848)
    assert [one.gateway for one in event.gateways][1] == "packetbroker"
    assert event.data == {"temperature": 1.0, "luminosity": 0.64}


def test_the_entry_of_the_device_repository_is_kept():
    (event,) = read("tts", "", UP)
    assert event.there == {
        "application": "app1",
        "tenant": "tenant1",
        "device": "dev1",
        "brand": "the-things-products",
        "model": "the-things-uno",
        "hardware": "1.0",
        "firmware": "quickstart",
        "band": "EU_863_870",
    }


def test_a_message_that_is_sent_again_has_the_same_key_and_the_next_one_another():
    again = {**UP, "received_at": "2020-02-12T15:19:45Z", "correlation_ids": ["as:up:02"]}
    following = {**UP, "uplink_message": {**UPLINK, "f_cnt": 15}}
    rejoined = {**UP, "uplink_message": {**UPLINK, "session_key_id": "AXB"}}
    keys = [read("tts", "", body)[0].key for body in (UP, again, following, rejoined)]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


@pytest.mark.django_db
def test_a_webhook_that_is_tried_seven_times_counts_once(network, device, ingest):
    from .conftest import Message, json

    network(kind="tts")
    device(EUI, codec="function decodeUplink(i) { return { data: { temperature: i.bytes[0] } }; }")
    for n in range(7):
        body = {**UP, "received_at": f"2020-02-12T15:{15 + n}:45Z"}
        sent = Message(topic="", body=json.dumps(body).encode(), received=NOW, network="there")
        ingest.take([sent])
    assert Uplink.objects.get().outcome == "stored"


@pytest.mark.parametrize(
    ("part", "event", "command"),
    [
        (
            {"join_accept": {"session_key_id": "AXBS", "received_at": "2020-02-17T07:49Z"}},
            "join",
            "",
        ),
        ({"downlink_queued": DOWN}, "queued", "stadtkern:downlink:42"),
        ({"downlink_sent": DOWN}, "txack", "stadtkern:downlink:42"),
        ({"downlink_ack": DOWN}, "ack", "stadtkern:downlink:42"),
        ({"downlink_nack": DOWN}, "nack", "stadtkern:downlink:42"),
        (
            {
                "downlink_failed": {
                    "downlink": DOWN,
                    "error": {
                        "namespace": "pkg/networkserver",
                        "name": "application_downlink_too_long",
                        "message_format": "application downlink payload is too long",
                        "code": 3,
                    },
                }
            },
            "failed",
            "stadtkern:downlink:42",
        ),
        ({"service_data": {"service": "lora-cloud", "data": {"a": 1}}}, "service", ""),
        ({"uplink_normalized": {"session_key_id": "A", "normalized_payload": {}}}, "service", ""),
    ],
)
def test_each_other_kind_of_message_is_told_apart(part, event, command):
    if "join_accept" in part:
        part["join_accept"]["received_at"] = "2020-02-17T07:49:12Z"
    (found,) = read("tts", "", message(**part))
    assert (found.problem, found.event, found.command, found.dev_eui) == ("", event, command, EUI)
    if event == "failed":
        assert found.told.startswith("application_downlink_too_long")
    if command:
        assert (found.f_port, found.f_cnt) == (15, 11)


def test_a_solved_location_is_longitude_then_latitude():
    solved = {"service": "gps", "location": {"latitude": 51.5, "longitude": 7.25, "accuracy": 9}}
    (event,) = read("tts", "", message(location_solved=solved))
    assert (event.event, event.location) == ("location", (7.25, 51.5))


@pytest.mark.django_db
def test_a_simulated_uplink_gives_no_value_and_does_not_hide_the_real_one(network, device, ingest):
    from .conftest import Message, json

    network(kind="tts")
    device(EUI)
    for body in ({**UP, "simulated": True}, UP):
        sent = Message(topic="", body=json.dumps(body).encode(), received=NOW, network="there")
        ingest.take([sent])
    kept = list(Uplink.objects.order_by("id").values_list("event", "outcome"))
    assert kept == [("simulated", "noted"), ("up", "stored")]


def test_a_device_without_an_eui_goes_by_its_name():
    ids = {"device_id": "Dev1", "application_ids": {"application_id": "app1"}}
    (event,) = read("tts", "", {**UP, "end_device_ids": ids})
    assert event.dev_eui == "dev1"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"[]", "not a message"),
        (b"{", "not JSON"),
        ({}, "names no device"),
        ({"end_device_ids": IDS}, "none of the known"),
        ({**UP, "uplink_message": {"frm_payload": "***"}}, "base64"),
        ({**UP, "uplink_message": {"f_cnt": "x"}}, "f_cnt"),
        (b'{"end_device_ids":' + b'{"a":' * 3000, "not JSON"),
    ],
)
def test_what_cannot_be_read_says_why(body, why):
    (event,) = read("tts", "", body)
    assert why in event.problem


def test_what_is_kept_can_be_read_again():
    (event,) = read("tts", "v3/app1@tenant1/devices/dev1/up", UP)
    assert read_again("tts", event) == event
