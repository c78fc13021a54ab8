"""ChirpStack v4: its events as JSON, over MQTT or HTTP; proto-JSON leaves zero values out."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence

import msgspec
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.devices.ingest.event import (
    Incoming,
    Message,
    Reception,
    believed,
    broken,
    digest,
)
from stadtkern.kernel.devices.networks.adapter import Door, Setting, Settings
from stadtkern.kernel.devices.networks.broker_settings import broker
from stadtkern.kernel.devices.networks.chirpstack_events import Event, RxInfo, decode
from stadtkern.kernel.devices.networks.reading import eui, point, port

# Cities may put a prefix such as the region's before it.
TOPIC = re.compile(r"^(?:.+/)?application/[^/]+/device/([0-9a-fA-F]{16})/event/([a-z]+)$")
PUSHED = re.compile(r"^[^?]*\?(?:.*&)?event=([a-z]+)(?:&|$)")
EVENTS = {"integration": "service"}
API = Setting(
    name="api",
    title=_("Address of its API, for downlinks"),
    help=_("Such as https://chirpstack.example.org; empty where you send no downlinks."),
)


class ChirpStack:
    """ChirpStack v4 over its broker, or by its HTTP integration."""

    kind = "chirpstack"
    title = "ChirpStack v4"
    doors = (
        Door(
            way="mqtt",
            title=_("ChirpStack v4, over its MQTT broker"),
            summary=_("The safe way: the broker keeps what comes in while we are away."),
            settings=broker("application/+/device/+/event/+"),
            secret=_("Password"),
            steps=(
                _("Let ChirpStack publish JSON: in its MQTT integration set json = true."),
                _("Make an account on its broker that may read application/# and, for downlinks, "
                  "write application/+/device/+/command/down."),
                _("Enter that account here, save, and test the connection."),
            ),
        ),
        Door(
            way="http",
            title=_("ChirpStack v4, by its HTTP integration"),
            summary=_("Where you do not reach its broker. ChirpStack does not send again what "
                      "failed."),
            settings=(API,),
            secret=_("API key of ChirpStack"),
            secret_help=_("For downlinks only."),
            steps=(
                _("In ChirpStack open the application, then Integrations, then HTTP."),
                _("Payload encoding: JSON. Event endpoint URL: %(url)s"),
                _("Add a header with the key Authorization and the value Bearer %(token)s"),
            ),
        ),
    )  # fmt: skip

    def read(self, message: Message, settings: Settings) -> Sequence[Incoming]:
        """One event a message."""
        return [_read(message)]


def _read(message: Message) -> Incoming:
    """The event in this message; one that cannot be read comes back with its problem."""
    dev_eui, kind = _about(message.topic)
    if not kind:
        return broken(message, "the topic is not that of a ChirpStack event")
    try:
        event = decode(message.body)
        payload = base64.b64decode(event.data, validate=True)
    except msgspec.ValidationError as error:
        return broken(message, f"not a ChirpStack event: {error}", dev_eui)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return broken(message, f"not JSON: {error}", dev_eui)
    except binascii.Error as error:
        return broken(message, f"data is not base64: {error}", dev_eui)
    named = eui(event.device_info.dev_eui)
    if dev_eui and named and named != dev_eui:
        return broken(message, f"topic and message name different devices ({named})", dev_eui)
    if not (dev_eui or named):
        return broken(message, "it names no device (deviceInfo.devEui)")
    return _incoming(message, dev_eui or named, kind, event, payload)


def _about(topic: str) -> tuple[str, str]:
    """The device, if the topic names it, and the kind of event; empty where it is no event."""
    if match := TOPIC.match(topic):
        return match[1].lower(), match[2]
    pushed = PUSHED.match(topic)
    return "", pushed[1] if pushed else ""


def _incoming(message: Message, dev_eui: str, kind: str, event: Event, payload: bytes) -> Incoming:
    time, doubtful = believed(event.time, message.received)
    heard = sorted(event.rx_info, key=lambda rx: rx.snr, reverse=True)
    return Incoming(
        source=message.network,
        key=_key(message, kind, event),
        topic=message.topic[:300],
        body=message.body,
        received=message.received,
        time=time,
        event=_kind(kind, event),
        dev_eui=dev_eui,
        f_port=port(event.f_port),
        f_cnt=event.f_cnt if 0 <= event.f_cnt < 2**32 else None,
        payload=payload,
        data=event.object,
        gateways=tuple(_reception(rx) for rx in heard),
        spreading_factor=_small(event.tx_info.modulation.lora.spreading_factor, 12),
        frequency=_small(event.tx_info.frequency, 2**31 - 1),
        battery=_battery(event),
        location=point(event.location.longitude, event.location.latitude),
        command=_command(event)[:80],
        told=_told(event)[:300],
        there=_there(event),
        doubtful_time=doubtful,
    )


def _key(message: Message, kind: str, event: Event) -> str:
    """`txack` and `log` bring no id: the same bytes are the same event."""
    given = event.deduplication_id.replace("\0", "")[:60]
    return f"{kind[:12]}:{given}" if given else digest(message)


def _kind(kind: str, event: Event) -> str:
    if kind == "ack" and not event.acknowledged:
        return "nack"
    return EVENTS.get(kind, kind)


def _reception(rx: RxInfo) -> Reception:
    where = point(rx.location.longitude, rx.location.latitude)
    return Reception(
        gateway=rx.gateway_id.lower()[:40],
        rssi=rx.rssi,
        snr=rx.snr,
        lon=where[0] if where else None,
        lat=where[1] if where else None,
        altitude=rx.location.altitude if where else None,
    )


def _battery(event: Event) -> float | None:
    if event.external_power_source or event.battery_level_unavailable:
        return None
    level = event.battery_level
    return level if level is not None and 0 <= level <= 100 else None


def _command(event: Event) -> str:
    """The queue item; a log event has it in its context."""
    return event.queue_item_id or str(event.context.get("queue_item_id", ""))


def _told(event: Event) -> str:
    return ": ".join(text for text in (event.code, event.description) if text)


def _there(event: Event) -> Mapping[str, str]:
    info = event.device_info
    named = {
        "application": info.application_id,
        "tenant": info.tenant_id,
        "device": info.device_name,
        "profile": info.device_profile_name,
    }
    return {name: text[:120] for name, text in named.items() if text}


def _small(number: int, largest: int) -> int | None:
    return number if 0 < number <= largest else None
