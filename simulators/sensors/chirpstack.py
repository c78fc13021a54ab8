"""Uplink events as a ChirpStack v4 network server publishes them over MQTT."""

import base64
import json
import random
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from simulators.sensors.air import GATEWAYS as STANDING
from simulators.sensors.air import Air, Gateway, Level, Spot
from simulators.sensors.fleet import Device
from simulators.sensors.formats import Frame

# Everything that has no id of its own gets one from its name, the same in every run.
NAMES = uuid.UUID("5b0c8f0e-6a55-4d0b-9f0e-2f6f3a1d0bff")
TENANT = "Simulierte Stadt"
GATEWAYS = tuple(gateway.eui for gateway in STANDING)
FREQUENCIES = (868_100_000, 868_300_000, 868_500_000)


def topic(device: Device) -> str:
    return f"application/{device.application_id}/device/{device.dev_eui}/event/up"


class Radio:
    """Turns frames into events: counts them per device and invents how they were received."""

    def __init__(self, gateways: int = len(GATEWAYS), seed: int = 7) -> None:
        self.gateways = STANDING[:gateways]
        self.air = Air(gateways, seed)
        self.random = random.Random(seed)
        self.counters: dict[str, int] = {}

    def event(
        self,
        device: Device,
        frame: Frame,
        when: datetime | None = None,
        levels: list[Level] | None = None,
    ) -> bytes:
        """One event as JSON; `when` is the time of reception, now if not given.

        `levels` says who hears it; else it depends on where the device stands.
        """
        counter = self.counters.get(device.dev_eui, 0)
        self.counters[device.dev_eui] = counter + 1
        moment = stamp(when)
        factor = spreading_factor(device)
        event = {
            "deduplicationId": name_of(device, when) if levels else str(uuid.uuid4()),
            "time": moment,
            "deviceInfo": device_info(device),
            "devAddr": f"26{int(device.dev_eui, 16) % 0xFFFFFF:06x}",
            "adr": True,
            "dr": 12 - factor,
            "fCnt": counter,
            "fPort": frame.f_port,
            "data": base64.b64encode(frame.payload).decode(),
            "rxInfo": [
                self._reception(level, moment) for level in levels or self._levels(device, factor)
            ],
            "txInfo": transmission(factor, FREQUENCIES[counter % len(FREQUENCIES)]),
            "regionConfigId": "eu868",
        }
        return json.dumps(without_zeros(event), separators=(",", ":")).encode()

    def heard(self, at: Spot, device: Device) -> list[Level]:
        """Who hears a device that moves and is here now; nobody where its frame is lost."""
        return self.air.heard(at, device.loss, spreading_factor(device), surely=False)

    def _levels(self, device: Device, factor: int) -> list[Level]:
        if device.at is not None:
            return self.air.heard(device.at, device.loss, factor, surely=True)
        # Without a place every gateway hears it, the first one best.
        return [self._anyhow(gateway, far) for far, gateway in enumerate(self.gateways)]

    def _anyhow(self, gateway: Gateway, far: int) -> Level:
        rssi = max(self.random.randint(-98, -72) - 14 * far, -125)
        return Level(
            gateway=gateway, rssi=rssi, snr=max(self.random.randint(4, 44) / 4 - 5 * far, -15)
        )

    def _reception(self, level: Level, moment: str) -> dict[str, Any]:
        gateway = level.gateway
        place = {"latitude": gateway.at[1], "longitude": gateway.at[0]}
        return {
            "gatewayId": gateway.eui,
            "uplinkId": self.random.randrange(1, 2**32),
            "gwTime": moment,
            "nsTime": moment,
            "rssi": int(level.rssi),
            "snr": level.snr,
            "channel": self.random.randrange(3),
            "rfChain": 1,
            "location": {**place, "altitude": gateway.altitude} if gateway.told else {},
            "context": base64.b64encode(self.random.randbytes(4)).decode(),
            "crcStatus": "CRC_OK",
        }


def spreading_factor(device: Device) -> int:
    return device.spreading_factor or 7 + device.number % 3


def name_of(device: Device, when: datetime | None) -> str:
    """The same for a recorded frame however often it is sent, so that it counts once."""
    return str(uuid.uuid5(NAMES, f"{device.dev_eui} {when}")) if when else str(uuid.uuid4())


def device_info(device: Device) -> dict[str, Any]:
    return {
        "tenantId": str(uuid.uuid5(NAMES, TENANT)),
        "tenantName": TENANT,
        "applicationId": device.application_id,
        "applicationName": device.application_name,
        "deviceProfileId": str(uuid.uuid5(NAMES, device.format)),
        "deviceProfileName": device.format,
        "deviceName": device.name,
        "devEui": device.dev_eui,
        "tags": {"origin": "simulator"},
    }


def transmission(spreading_factor: int, frequency: int) -> dict[str, Any]:
    lora = {
        "bandwidth": 125_000,
        "spreadingFactor": spreading_factor,
        "codeRate": "CR_4_5",
    }
    return {"frequency": frequency, "modulation": {"lora": lora}}


def stamp(when: datetime | None) -> str:
    """RFC 3339 with nanoseconds, as ChirpStack writes it."""
    if when is None:
        seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
        when = datetime.fromtimestamp(seconds, UTC)
    else:
        nanoseconds = when.microsecond * 1000
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{nanoseconds:09d}+00:00"


def without_zeros(fields: dict[str, Any]) -> dict[str, Any]:
    """Protobuf's JSON leaves out what has its default value: 0, false, empty."""
    cleaned = {
        name: without_zeros(value) if isinstance(value, dict) else value
        for name, value in fields.items()
    }
    cleaned = {
        name: [without_zeros(entry) for entry in value] if isinstance(value, list) else value
        for name, value in cleaned.items()
    }
    return {name: value for name, value in cleaned.items() if value}
