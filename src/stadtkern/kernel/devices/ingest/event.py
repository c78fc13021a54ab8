"""What comes in, before and after its adapter has read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

# The network whose messages come over the city's own broker.
HOME = "chirpstack"
# A message's own time is believed unless it lies further ahead of ours, or before any LoRaWAN:
# a clock that was never set says 1970, and Go's zero time is the year 1.
AHEAD = timedelta(hours=1)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """What a network sent, and when it came: over MQTT its topic, over HTTP its path below ours.

    A GET has its query as `body`. `headers` are those that its adapter asked for, in lower case.
    `again` where it may have come before; `kept` where the broker had it before we subscribed.
    `network` is the slug of the network by whose door it came.
    """

    topic: str
    body: bytes
    received: datetime
    again: bool = False
    kept: bool = False
    network: str = HOME
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reception:
    """How one gateway heard an uplink (dBm, dB), and where it stands if the network knows."""

    gateway: str
    rssi: float | None = None
    snr: float | None = None
    lon: float | None = None
    lat: float | None = None
    altitude: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Incoming:
    """One event in our words; `problem` says why it could not be read.

    `event` is one of up, join, ack, nack, queued, txack, failed, status, location, log, service,
    simulated; only `up` carries values. `source` is the network's slug; with `key` it names the
    event for ever, so that it counts once. `topic` and `body` are such that the adapter reads this
    one event from them again. `gateways` has the best reception first. `data` are values that need
    no codec, by field (a dotted path leads into objects); of a LoRaWAN network its own decoding.
    `location` is (longitude, latitude) in degrees. `command` is the id under which the network
    knows the downlink that an event is about, `told` what it says about it. `there` names the
    device as the network does: application, tenant, device, and where the network knows them the
    device repository's brand, model, hardware, firmware, band. `battery` is in percent.
    """

    source: str = HOME
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
    data: Mapping[str, Any] | None = None
    gateways: tuple[Reception, ...] = ()
    spreading_factor: int | None = None
    frequency: int | None = None
    battery: float | None = None
    location: tuple[float, float] | None = None
    command: str = ""
    told: str = ""
    there: Mapping[str, str] = field(default_factory=dict)
    doubtful_time: bool = False
    problem: str = ""

    @property
    def rssi(self) -> float | None:
        """Of the gateway that heard it best."""
        return self.gateways[0].rssi if self.gateways else None

    @property
    def snr(self) -> float | None:
        """Of the gateway that heard it best."""
        return self.gateways[0].snr if self.gateways else None

    @property
    def gateway(self) -> str:
        """The gateway that heard it best."""
        return self.gateways[0].gateway if self.gateways else ""


def believed(given: datetime | None, received: datetime) -> tuple[datetime, bool]:
    """The event's own time in UTC, or that of its receipt and that its own is doubtful."""
    if given is None or given.tzinfo is None:
        return received, given is not None
    if given > received + AHEAD or given < EARLIEST:
        return received, True
    return given.astimezone(UTC), False


def digest(message: Message) -> str:
    """An idempotency key for a message that brings none: the same bytes are the same message."""
    return sha256(message.topic.encode() + b"\0" + message.body).hexdigest()


def broken(message: Message, problem: str, dev_eui: str = "") -> Incoming:
    """The event that a message is that nobody can read."""
    return Incoming(
        source=message.network,
        key=digest(message),
        topic=message.topic[:300],
        body=message.body,
        received=message.received,
        time=message.received,
        dev_eui=dev_eui.lower()[:64],
        problem=problem,
    )
