"""The fields of The Things Stack's messages that we use; what is empty is left out."""

from datetime import datetime
from typing import Any

import msgspec


class ApplicationIds(msgspec.Struct):
    """`application_ids`."""

    application_id: str = ""


class DeviceIds(msgspec.Struct):
    """`end_device_ids`."""

    device_id: str = ""
    application_ids: ApplicationIds = msgspec.field(default_factory=ApplicationIds)
    dev_eui: str = ""


class GatewayIds(msgspec.Struct):
    """`gateway_ids`: an EUI where it has one."""

    gateway_id: str = ""
    eui: str = ""


class Location(msgspec.Struct):
    """Degrees and metres."""

    latitude: float = 0
    longitude: float = 0
    altitude: float = 0


class RxMetadata(msgspec.Struct):
    """One gateway's reception."""

    gateway_ids: GatewayIds = msgspec.field(default_factory=GatewayIds)
    rssi: float | None = None
    snr: float | None = None
    location: Location = msgspec.field(default_factory=Location)


class Lora(msgspec.Struct):
    """`data_rate.lora`."""

    spreading_factor: int = 0


class DataRate(msgspec.Struct):
    """`settings.data_rate`; without `lora` for FSK."""

    lora: Lora = msgspec.field(default_factory=Lora)


class Radio(msgspec.Struct):
    """`settings`: the frequency in Hz, as text."""

    data_rate: DataRate = msgspec.field(default_factory=DataRate)
    frequency: str = ""


class VersionIds(msgspec.Struct):
    """The exact entry of the device repository."""

    brand_id: str = ""
    model_id: str = ""
    hardware_version: str = ""
    firmware_version: str = ""
    band_id: str = ""


class NetworkIds(msgspec.Struct):
    """`network_ids`."""

    tenant_id: str = ""


class Battery(msgspec.Struct):
    """`last_battery_percentage`."""

    value: float | None = None


class Uplink(msgspec.Struct):
    """`uplink_message`, and `uplink_normalized`, which has some of it."""

    session_key_id: str = ""
    f_cnt: int = 0
    f_port: int = 0
    frm_payload: str = ""
    decoded_payload: dict[str, Any] | None = None
    rx_metadata: list[RxMetadata] = msgspec.field(default_factory=list)
    settings: Radio = msgspec.field(default_factory=Radio)
    received_at: datetime | None = None
    version_ids: VersionIds = msgspec.field(default_factory=VersionIds)
    network_ids: NetworkIds = msgspec.field(default_factory=NetworkIds)
    last_battery_percentage: Battery = msgspec.field(default_factory=Battery)


class JoinAccept(msgspec.Struct):
    """`join_accept`."""

    session_key_id: str = ""
    received_at: datetime | None = None


class Downlink(msgspec.Struct):
    """`downlink_queued`, `_sent`, `_ack`, `_nack`."""

    session_key_id: str = ""
    f_port: int = 0
    f_cnt: int = 0
    correlation_ids: list[str] = msgspec.field(default_factory=list)


class Problem(msgspec.Struct):
    """`downlink_failed.error`."""

    name: str = ""
    message_format: str = ""


class Failed(msgspec.Struct):
    """`downlink_failed`."""

    downlink: Downlink = msgspec.field(default_factory=Downlink)
    error: Problem = msgspec.field(default_factory=Problem)


class Solved(msgspec.Struct):
    """`location_solved`."""

    service: str = ""
    location: Location = msgspec.field(default_factory=Location)


class Service(msgspec.Struct):
    """`service_data`."""

    service: str = ""


class Event(msgspec.Struct):
    """All kinds of message in one: each has exactly one of the parts."""

    end_device_ids: DeviceIds = msgspec.field(default_factory=DeviceIds)
    correlation_ids: list[str] = msgspec.field(default_factory=list)
    received_at: datetime | None = None
    simulated: bool = False
    uplink_message: Uplink | None = None
    uplink_normalized: Uplink | None = None
    join_accept: JoinAccept | None = None
    downlink_queued: Downlink | None = None
    downlink_sent: Downlink | None = None
    downlink_ack: Downlink | None = None
    downlink_nack: Downlink | None = None
    downlink_failed: Failed | None = None
    location_solved: Solved | None = None
    service_data: Service | None = None


_decoder = msgspec.json.Decoder(Event)


def decode(body: bytes) -> Event:
    """Raises msgspec.ValidationError, msgspec.DecodeError, UnicodeError or RecursionError."""
    return _decoder.decode(body)
