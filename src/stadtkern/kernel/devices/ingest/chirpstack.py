"""Reads ChirpStack v4 events (JSON over MQTT); proto-JSON leaves zero values out."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

SOURCE = "chirpstack"
TOPIC = re.compile(r"^application/[^/]+/device/([0-9a-fA-F]{16})/event/([a-z]+)$")
AHEAD = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """What came off the broker and when.

    `again` where it may have come before; `kept` where the broker had it before we subscribed.
    """

    topic: str
    body: bytes
    received: datetime
    again: bool = False
    kept: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Incoming:
    """One event in our words; `problem` says why it could not be read."""

    source: str = SOURCE
    key: str
    topic: str
    body: bytes
    received: datetime
    time: datetime
    event: str = ""
    dev_eui: str = ""
    f_port: int | None = None
    f_cnt: int | None = None
    payload: bytes | None = None
    rssi: float | None = None
    snr: float | None = None
    gateway: str = ""
    battery: float | None = None
    doubtful_time: bool = False
    problem: str = ""


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


def read(message: Message) -> Incoming:
    """The event in this message; one that cannot be read comes back with its problem."""
    match = TOPIC.match(message.topic)
    if match is None:
        return _broken(message, "the topic is not that of a ChirpStack event")
    try:
        event = _decoder.decode(message.body)
        payload = base64.b64decode(event.data, validate=True)
    except msgspec.ValidationError as error:
        return _broken(message, f"not a ChirpStack event: {error}", match[1])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _broken(message, f"not JSON: {error}", match[1])
    except binascii.Error as error:
        return _broken(message, f"data is not base64: {error}", match[1])
    return _incoming(message, match[1].lower(), match[2], event, payload)


def _incoming(message: Message, dev_eui: str, kind: str, event: Event, payload: bytes) -> Incoming:
    named = event.device_info.dev_eui.lower()
    if named and named != dev_eui:
        return _broken(message, f"topic and message name different devices ({named})", dev_eui)
    time, doubtful = _time(event.time, message.received)
    best = max(event.rx_info, key=lambda rx: rx.snr, default=None)
    return Incoming(
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
        rssi=best.rssi if best else None,
        snr=best.snr if best else None,
        gateway=best.gateway_id[:40] if best else "",
        battery=event.battery_level,
        doubtful_time=doubtful,
    )


def _small(port: int) -> int | None:
    return port if 0 <= port <= 255 else None


def _time(given: datetime | None, received: datetime) -> tuple[datetime, bool]:
    """The event's own time in UTC, unless it is missing or lies ahead of ours."""
    if given is None or given.tzinfo is None:
        return received, given is not None
    if given > received + AHEAD:
        return received, True
    return given.astimezone(UTC), False


def digest(message: Message) -> str:
    """An idempotency key for a message that brings none: the same bytes are the same message."""
    return hashlib.sha256(message.topic.encode() + b"\0" + message.body).hexdigest()


def _broken(message: Message, problem: str, dev_eui: str = "") -> Incoming:
    return Incoming(
        key=digest(message),
        topic=message.topic[:300],
        body=message.body,
        received=message.received,
        time=message.received,
        dev_eui=dev_eui.lower(),
        problem=problem,
    )
