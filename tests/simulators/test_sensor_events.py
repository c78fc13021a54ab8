"""The simulator's events have the shape of a ChirpStack v4 network server's."""

import base64
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from simulators.sensors.chirpstack import Radio, stamp, topic, without_zeros
from simulators.sensors.drive import drives
from simulators.sensors.fleet import load
from simulators.sensors.formats import Frame, lpp_gps

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


def test_every_gateway_hears_a_device_without_a_place_the_first_one_best() -> None:
    device = replace(BAY, at=None)
    heard = json.loads(Radio(gateways=2).event(device, FRAME))["rxInfo"]
    assert [entry["gatewayId"] for entry in heard] == ["02534bff00000001", "02534bff00000002"]
    assert all(-125 <= entry["rssi"] < -50 for entry in heard)
    assert all(-20 <= entry.get("snr", 0) <= 15 for entry in heard)
    assert all(entry["crcStatus"] == "CRC_OK" for entry in heard)
    assert len(event(Radio(gateways=1))["rxInfo"]) == 1


def test_near_gateways_hear_better_and_far_ones_not_at_all() -> None:
    radio = Radio()
    heard = [json.loads(radio.event(BAY, FRAME))["rxInfo"] for _ in range(200)]
    # The bay lies 800 m from the first gateway and 4 km from the second.
    assert {entries[0]["gatewayId"] for entries in heard} == {"02534bff00000001"}
    assert all(-125 <= e["rssi"] < -60 for entries in heard for e in entries)
    assert all(entries[0]["location"]["altitude"] > 0 for entries in heard)
    beyond = [e for entries in heard for e in entries if e["gatewayId"] == "02534bff000000f1"]
    assert all("location" not in e or not e["location"] for e in beyond)


def test_a_frame_that_no_gateway_hears_is_lost_and_what_stands_still_is_heard() -> None:
    radio = Radio()
    assert radio.heard((13.4, 52.5), BAY) == []
    far = replace(BAY, at=(13.4, 52.5))
    assert len(json.loads(radio.event(far, FRAME))["rxInfo"]) == 1


def test_recorded_drives_are_the_same_whenever_they_are_sent() -> None:
    tester = next(g for g in load() if g.behaviour == "drive").devices[0]
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    steps = list(drives(now))
    assert len({when for when, _at in steps}) == len(steps) > 300
    assert steps == list(drives(now))
    assert all(when < now for when, _at in steps)
    assert all(7.09 <= lon <= 7.31 and 51.49 <= lat <= 51.59 for _when, (lon, lat) in steps)
    when, at = steps[0]
    frame = lpp_gps(longitude=at[0], latitude=at[1])
    keys = {
        json.loads(Radio(seed=s).event(tester, frame, when, Radio().heard(at, tester)))[
            "deduplicationId"
        ]
        for s in (1, 2)
    }
    assert len(keys) == 1


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
