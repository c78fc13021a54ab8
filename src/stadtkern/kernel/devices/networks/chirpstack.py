"""ChirpStack v4: its events as JSON over MQTT; proto-JSON leaves zero values out."""

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import datetime

import msgspec

from stadtkern.kernel.devices.ingest.event import (
    Incoming,
    Message,
    Reception,
    believed,
    broken,
    digest,
)

TOPIC = re.compile(r"^application/[^/]+/device/([0-9a-fA-F]{16})/event/([a-z]+)$")


class ChirpStack:
    """ChirpStack v4 over MQTT."""

    kind = "chirpstack"
    title = "ChirpStack v4"

    def read(self, message: Message) -> Sequence[Incoming]:
        """One event a message."""
        return [_read(message)]


class DeviceInfo(msgspec.Struct, rename="camel"):
    """The part of `deviceInfo` that we use."""

    dev_eui: str = ""


class RxInfo(msgspec.Struct, rename="camel"):
    """One gateway's reception."""

    gateway_id: str = ""
    rssi: float = 0
    snr: float = 0


class Event(msgspec.Struct, rename="camel"):
    """The fields of `up` and `status` that we use."""

    deduplication_id: str = ""
    time: datetime | None = None
    device_info: DeviceInfo = msgspec.field(default_factory=DeviceInfo)
    f_cnt: int = 0
    f_port: int = 0
    data: str = ""
    rx_info: list[RxInfo] = msgspec.field(default_factory=list)
    battery_level: float | None = None


_decoder = msgspec.json.Decoder(Event)


def _read(message: Message) -> Incoming:
    """The event in this message; one that cannot be read comes back with its problem."""
    match = TOPIC.match(message.topic)
    if match is None:
        return broken(message, "the topic is not that of a ChirpStack event")
    try:
        event = _decoder.decode(message.body)
        payload = base64.b64decode(event.data, validate=True)
    except msgspec.ValidationError as error:
        return broken(message, f"not a ChirpStack event: {error}", match[1])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return broken(message, f"not JSON: {error}", match[1])
    except binascii.Error as error:
        return broken(message, f"data is not base64: {error}", match[1])
    return _incoming(message, match[1].lower(), match[2], event, payload)


def _incoming(message: Message, dev_eui: str, kind: str, event: Event, payload: bytes) -> Incoming:
    named = event.device_info.dev_eui.lower()
    if named and named != dev_eui:
        return broken(message, f"topic and message name different devices ({named})", dev_eui)
    time, doubtful = believed(event.time, message.received)
    heard = sorted(event.rx_info, key=lambda rx: rx.snr, reverse=True)
    return Incoming(
        source=message.network,
        # Only `up` is deduplicated by the network; the others carry no id that is safe to use.
        key=f"{kind}:{event.deduplication_id}" if event.deduplication_id else digest(message),
        topic=message.topic,
        body=message.body,
        received=message.received,
        time=time,
        event=kind,
        dev_eui=dev_eui,
        f_port=_small(event.f_port),
        f_cnt=event.f_cnt,
        payload=payload,
        gateways=tuple(
            Reception(gateway=rx.gateway_id[:40], rssi=rx.rssi, snr=rx.snr) for rx in heard
        ),
        battery=event.battery_level,
        doubtful_time=doubtful,
    )


def _small(port: int) -> int | None:
    return port if 0 <= port <= 255 else None
