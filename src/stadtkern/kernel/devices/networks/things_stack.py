"""The Things Stack v3 (The Things Network too): its messages over MQTT or by webhook."""

import base64
import binascii
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
from stadtkern.kernel.devices.networks.reading import count, eui, key, plain, point, port
from stadtkern.kernel.devices.networks.things_stack_events import (
    Downlink,
    Event,
    Failed,
    RxMetadata,
    Uplink,
    VersionIds,
    decode,
)

PARTS = {
    "uplink_message": "up",
    "join_accept": "join",
    "downlink_queued": "queued",
    "downlink_sent": "txack",
    "downlink_ack": "ack",
    "downlink_nack": "nack",
    "downlink_failed": "failed",
    "location_solved": "location",
    "service_data": "service",
    "uplink_normalized": "service",
}
# Correlation ids that the stack itself adds to ours.
ITS_OWN = ("as:", "gs:", "ns:", "rpc:", "pkg:", "js:")
OURS = "stadtkern:"
API = Setting(
    name="api",
    title=_("Address of the stack, for downlinks"),
    help=_("Such as https://eu1.cloud.thethings.network; empty where you send no downlinks."),
)
HOOK = Setting(
    name="webhook",
    title=_("Name of the webhook there, for downlinks"),
)


class ThingsStack:
    """The Things Stack v3 over its MQTT server, or by webhook."""

    kind = "tts"
    title = "The Things Stack v3"
    doors = (
        Door(
            way="http",
            title=_("The Things Stack or Network, by webhook"),
            summary=_("The safe way: what we do not answer is sent again, up to seven times."),
            settings=(API, HOOK),
            secret=_("API key of the application"),
            secret_help=_("For downlinks only: it may write downlink traffic."),
            steps=(
                _("In the console open the application, then Webhooks, then Add webhook, then "
                  "Custom webhook. Format: JSON."),
                _("Base URL: %(url)s"),
                _("Use basic authentication: user %(slug)s, password %(token)s"),
                _("Enable all message types, leave their paths and the filter paths empty."),
            ),
        ),
        Door(
            way="mqtt",
            title=_("The Things Stack or Network, over its MQTT server"),
            summary=_("Nothing to do in the console but a key. What comes while we are away is "
                      "lost: the stack keeps nothing."),
            settings=broker(
                "v3/+/devices/+/#",
                tls=True,
                user_help=_("application@tenant, on The Things Network application@ttn"),
            ),
            secret=_("API key"),
            steps=(
                _("In the console open the application, then Other integrations, then MQTT."),
                _("Generate an API key there. Enter host, port, user and key here."),
                _("Save, and test the connection."),
            ),
        ),
    )  # fmt: skip

    def read(self, message: Message, settings: Settings) -> Sequence[Incoming]:
        """One event a message."""
        return [_read(message)]


def _read(message: Message) -> Incoming:
    """The event in this message; one that cannot be read comes back with its problem."""
    try:
        event = decode(message.body)
    except msgspec.ValidationError as error:
        return broken(message, f"not a message of The Things Stack: {error}")
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return broken(message, f"not JSON: {error}")
    ids = event.end_device_ids
    dev_eui = eui(ids.dev_eui) or plain(ids.device_id)
    if not dev_eui:
        return broken(message, "it names no device (end_device_ids.dev_eui)")
    part = next((name for name in PARTS if getattr(event, name) is not None), None)
    if part is None:
        return broken(message, "none of the known message types is in it", dev_eui)
    try:
        return _incoming(message, event, part, dev_eui)
    except binascii.Error as error:
        return broken(message, f"frm_payload is not base64: {error}", dev_eui)


def _incoming(message: Message, event: Event, part: str, dev_eui: str) -> Incoming:
    up = event.uplink_message or event.uplink_normalized or Uplink()
    kind = "simulated" if event.simulated else PARTS[part]
    own = up.received_at or event.received_at
    time, doubtful = believed(own, message.received)
    down, told = _about(event)
    solved = event.location_solved
    return Incoming(
        source=message.network,
        key=_key(message, event, part, dev_eui),
        topic=message.topic[:300],
        body=message.body,
        received=message.received,
        time=time,
        event=kind,
        dev_eui=dev_eui,
        f_port=port(up.f_port if part in UPLINKS else down.f_port),
        f_cnt=count(up.f_cnt if part in UPLINKS else down.f_cnt),
        payload=base64.b64decode(up.frm_payload, validate=True),
        data=up.decoded_payload,
        gateways=_receptions(up.rx_metadata),
        spreading_factor=_small(up.settings.data_rate.lora.spreading_factor, 12),
        frequency=_small(count(up.settings.frequency) or 0, 2**31 - 1),
        battery=_battery(up),
        location=point(solved.location.longitude, solved.location.latitude) if solved else None,
        command=_command(down.correlation_ids)[:80],
        told=told[:300],
        there=_there(event, up),
        doubtful_time=doubtful,
    )


UPLINKS = ("uplink_message", "uplink_normalized")


def _key(message: Message, event: Event, part: str, dev_eui: str) -> str:
    """What the stack sends again, up to seven times, has the same session and frame counter."""
    up = event.uplink_message or event.uplink_normalized
    if up is not None and up.session_key_id:
        return f"{'up' if event.uplink_message else 'norm'}:" + key(
            dev_eui, up.session_key_id, up.f_cnt, event.simulated
        )
    join = event.join_accept
    if join is not None and join.session_key_id:
        return "join:" + key(dev_eui, join.session_key_id)
    if event.correlation_ids:
        return f"{PARTS[part]}:" + key(dev_eui, *sorted(event.correlation_ids))
    return digest(message)


def _about(event: Event) -> tuple[Downlink, str]:
    """The downlink that an event is about, and what it says."""
    failed = event.downlink_failed
    if failed is not None:
        return failed.downlink, _failure(failed)
    named = (event.downlink_queued, event.downlink_sent, event.downlink_ack, event.downlink_nack)
    solved, service = event.location_solved, event.service_data
    told = solved.service if solved else service.service if service else ""
    return next((one for one in named if one is not None), Downlink()), told


def _failure(failed: Failed) -> str:
    return ": ".join(text for text in (failed.error.name, failed.error.message_format) if text)


def _command(correlation: Sequence[str]) -> str:
    """Of the correlation ids, the one that whoever queued the downlink gave it, ours before all."""
    given = [one for one in correlation if not one.startswith(ITS_OWN)]
    return next((one for one in given if one.startswith(OURS)), given[0] if given else "")


def _receptions(heard: Sequence[RxMetadata]) -> tuple[Reception, ...]:
    best = sorted(heard, key=lambda rx: -1e9 if rx.snr is None else rx.snr, reverse=True)
    return tuple(_reception(rx) for rx in best)


def _reception(rx: RxMetadata) -> Reception:
    where = point(rx.location.longitude, rx.location.latitude)
    return Reception(
        gateway=(rx.gateway_ids.eui or rx.gateway_ids.gateway_id).lower()[:40],
        rssi=rx.rssi,
        snr=rx.snr,
        lon=where[0] if where else None,
        lat=where[1] if where else None,
        altitude=rx.location.altitude if where else None,
    )


def _battery(up: Uplink) -> float | None:
    level = up.last_battery_percentage.value
    return level if level is not None and 0 <= level <= 100 else None


def _small(number: int, largest: int) -> int | None:
    return number if 0 < number <= largest else None


def _there(event: Event, up: Uplink) -> Mapping[str, str]:
    ids = event.end_device_ids
    named = {
        "application": ids.application_ids.application_id,
        "tenant": up.network_ids.tenant_id,
        "device": ids.device_id,
        **_version(up.version_ids),
    }
    return {name: text[:120] for name, text in named.items() if text}


def _version(ids: VersionIds) -> dict[str, str]:
    """The entry of the device repository, so that its codec can be proposed."""
    return {
        "brand": ids.brand_id,
        "model": ids.model_id,
        "hardware": ids.hardware_version,
        "firmware": ids.firmware_version,
        "band": ids.band_id,
    }
