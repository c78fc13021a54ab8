"""The simulator's events have the shape of a ChirpStack v4 network server's."""

import base64
import json
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from simulators.sensors.chirpstack import Radio, stamp, topic, without_zeros
from simulators.sensors.fleet import load
from simulators.sensors.formats import Frame

BAY = load()[0].devices[2]
FRAME = Frame(f_port=1, payload=b"\x01")


def event(radio: Radio, **more: Any) -> dict[str, Any]:
    decoded = json.loads(radio.event(BAY, FRAME, **more))
    assert isinstance(decoded, dict)
    return decoded


def test_an_event_carries_what_chirpstack_sends() -> None:
    radio = Radio()
    event(radio)
    sent = event(radio)
    assert set(sent) == {
        "deduplicationId", "time", "deviceInfo", "devAddr", "adr", "dr", "fCnt", "fPort", "data",
        "rxInfo", "txInfo", "regionConfigId",
    }  # fmt: skip
    assert UUID(sent["deduplicationId"]).version == 4
    assert base64.b64decode(sent["data"]) == b"\x01"
    assert (sent["fPort"], sent["fCnt"], sent["adr"]) == (1, 1, True)
    assert re.fullmatch(r"[0-9a-f]{8}", sent["devAddr"])
    info = sent["deviceInfo"]
    assert info["devEui"] == "02534b0100000003"
    assert info["deviceName"] == "P+R Bahnhof Herne, Stellplatz 3"
    assert info["deviceProfileName"] == "bosch-tps110"
    assert all(UUID(info[name]) for name in ("tenantId", "applicationId", "deviceProfileId"))
    lora = sent["txInfo"]["modulation"]["lora"]
    assert sent["dr"] == 12 - lora["spreadingFactor"]
    assert 863_000_000 < sent["txInfo"]["frequency"] < 870_000_000


def test_two_gateways_hear_an_uplink() -> None:
    heard = event(Radio(gateways=2))["rxInfo"]
    assert [entry["gatewayId"] for entry in heard] == ["02534bff00000001", "02534bff00000002"]
    assert all(-125 <= entry["rssi"] < -50 for entry in heard)
    assert all(-20 <= entry.get("snr", 0) <= 15 for entry in heard)
    assert all(entry["crcStatus"] == "CRC_OK" for entry in heard)
    assert len(event(Radio(gateways=1))["rxInfo"]) == 1


def test_zeros_are_left_out_as_protobuf_does() -> None:
    assert "fCnt" not in event(Radio())
    given = {"a": 0, "b": False, "c": "", "d": {"e": 0, "f": 1}, "g": [{"h": 0, "i": -1.5}]}
    assert without_zeros(given) == {"d": {"f": 1}, "g": [{"i": -1.5}]}


def test_no_event_repeats_a_deduplication_id_not_even_after_a_restart() -> None:
    ids = {event(Radio(seed=7))["deduplicationId"] for _ in range(50)}
    assert len(ids) == 50


def test_time_has_nanoseconds_and_is_the_recorded_one_in_a_replay() -> None:
    when = datetime(2025, 5, 6, 8, 20, 0, 250_000, UTC)
    assert event(Radio(), when=when)["time"] == "2025-05-06T08:20:00.250000000+00:00"
    written = stamp(None)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}\+00:00", written)
    age = datetime.now(UTC) - datetime.fromisoformat(written[:26] + "+00:00")
    assert abs(age.total_seconds()) < 5


def test_the_topic_is_chirpstacks() -> None:
    assert topic(BAY) == f"application/{BAY.application_id}/device/02534b0100000003/event/up"
