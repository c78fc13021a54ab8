"""The fields of ChirpStack's events that we use (`integration.proto` in its JSON mapping)."""

from datetime import datetime
from typing import Any

import msgspec


class Struct(msgspec.Struct, rename="camel"):
    """Proto-JSON: names in camel case, and what is zero is left out."""


class Location(Struct):
    """`location`, in degrees and metres."""

    latitude: float = 0
    longitude: float = 0
    altitude: float = 0


class DeviceInfo(Struct):
    """`deviceInfo`."""

    dev_eui: str = ""
    device_name: str = ""
    application_id: str = ""
    tenant_id: str = ""
    device_profile_name: str = ""


class RxInfo(Struct):
    """One gateway's reception."""

    gateway_id: str = ""
    rssi: float = 0
    snr: float = 0
    location: Location = msgspec.field(default_factory=Location)


class Lora(Struct):
    """`txInfo.modulation.lora`."""

    spreading_factor: int = 0


class Modulation(Struct):
    """`txInfo.modulation`; empty for FSK."""

    lora: Lora = msgspec.field(default_factory=Lora)


class TxInfo(Struct):
    """How it was sent; the frequency in Hz."""

    frequency: int = 0
    modulation: Modulation = msgspec.field(default_factory=Modulation)


class Event(Struct):
    """All kinds of event in one: each has some of these."""

    deduplication_id: str = ""
    time: datetime | None = None
    device_info: DeviceInfo = msgspec.field(default_factory=DeviceInfo)
    f_cnt: int = 0
    f_port: int = 0
    data: str = ""
    object: dict[str, Any] | None = None
    rx_info: list[RxInfo] = msgspec.field(default_factory=list)
    tx_info: TxInfo = msgspec.field(default_factory=TxInfo)
    battery_level: float | None = None
    battery_level_unavailable: bool = False
    external_power_source: bool = False
    queue_item_id: str = ""
    acknowledged: bool = False
    level: str = ""
    code: str = ""
    description: str = ""
    context: dict[str, Any] = msgspec.field(default_factory=dict)
    location: Location = msgspec.field(default_factory=Location)


_decoder = msgspec.json.Decoder(Event)


def decode(body: bytes) -> Event:
    """Raises msgspec.ValidationError, msgspec.DecodeError, UnicodeError or RecursionError."""
    return _decoder.decode(body)
