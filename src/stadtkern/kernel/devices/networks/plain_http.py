"""Devices and services that post what they like: a mapping says where everything stands."""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.devices.ingest.event import Incoming, Message, Reception, believed, broken
from stadtkern.kernel.devices.ingest.mapping import look
from stadtkern.kernel.devices.networks.adapter import Door, Setting, Settings
from stadtkern.kernel.devices.networks.reading import count, key, moment, number, plain, point, port
from stadtkern.kernel.devices.networks.reading import value as as_value

MOST = 2500
WHOLE = "."  # as the path of the values: the message itself
ENCODINGS = (("hex", _("hexadecimal")), ("base64", "Base64"))


def _path(
    name: str, title: Any, initial: str = "", help: Any = "", needed: bool = False
) -> Setting:
    return Setting(name=name, title=title, initial=initial, help=help, needed=needed)


MAPPING = (
    _path("device", _("Field with the device's name"), "device",
          _("A dotted path such as device.id. Empty: the name stands at the end of the address.")),
    _path("time", _("Field with the time"), "time",
          _("ISO 8601, or seconds or milliseconds since 1970. Empty: the time of receipt.")),
    _path("payload", _("Field with the payload"), "data",
          _("For devices whose profile has a codec.")),
    Setting(name="encoding", title=_("The payload is"), shape="choice", initial="hex",
            choices=ENCODINGS),
    _path("values", _("Field with the values"), "",
          _("For devices without codec: an object of names and values. A single dot: the whole "
            "message.")),
    _path("counter", _("Field with the counter"), "seqNumber",
          _("A repeated message is known by time and counter.")),
    _path("port", _("Field with the port")),
    _path("battery", _("Field with the battery in percent")),
    _path("rssi", _("Field with the signal strength (RSSI)")),
    _path("snr", _("Field with the signal-to-noise ratio (SNR)")),
    _path("longitude", _("Field with the longitude")),
    _path("latitude", _("Field with the latitude")),
    _path("each", _("Field with the list of messages"), "",
          _("Where one call brings several messages.")),
)  # fmt: skip


class PlainHttp:
    """GET with a query, a form, or JSON; covers callbacks as Sigfox makes them."""

    kind = "http"
    title = _("Device or service")
    doors = (
        Door(
            way="http",
            title=_("Device or service over HTTP"),
            summary=_("Anything that can call an address: JSON, a form, or a query; Sigfox "
                      "callbacks too. You say where name, time and values stand."),
            settings=MAPPING,
            steps=(
                _("Let the device call %(url)s with POST (JSON or form) or GET (query)."),
                _("Header: Authorization: Bearer %(token)s"),
                _("Or basic authentication: user %(slug)s, password %(token)s"),
            ),
            methods=("POST", "PUT", "GET"),
            keeps=("idempotency-key",),
            strict=True,
        ),
    )  # fmt: skip

    def read(self, message: Message, settings: Settings) -> Sequence[Incoming]:
        """The events in a call; one for each message in its list, if it has one."""
        try:
            said = content(message.body)
        except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError) as error:
            return [broken(message, f"neither JSON nor a form: {error}")]
        each = list(_each(said, settings))
        if len(each) > MOST:
            return [broken(message, f"{len(each)} messages in one call; {MOST} are the most")]
        if not each:
            return [broken(message, "there is no message in it")]
        return [_read(message, settings, one, n, len(each) == 1) for n, one in enumerate(each)]


def content(body: bytes) -> Any:
    """JSON, or else a form or a query as an object.

    Raises msgspec.MsgspecError, UnicodeError, RecursionError or ValueError.
    """
    text = body.strip()
    if not text:
        raise ValueError("it is empty")
    if text[:1] in (b"{", b"["):
        return msgspec.json.decode(text)
    pairs = parse_qsl(text.decode(), keep_blank_values=True, strict_parsing=True, errors="strict")
    return dict(pairs[:MOST])


def _each(said: Any, settings: Settings) -> Iterator[Mapping[str, Any]]:
    listed = look(said, settings["each"]) if settings.get("each") else None
    found = listed if isinstance(listed, list) else said if isinstance(said, list) else [said]
    yield from (one if isinstance(one, dict) else {} for one in found)


def _read(
    message: Message, settings: Settings, said: Mapping[str, Any], place: int, alone: bool
) -> Incoming:
    dev_eui = plain(_at(said, settings, "device")) or _from_path(message, settings)
    if not dev_eui:
        return broken(_part(message, said, alone), f"no device name in “{_named(settings)}”")
    try:
        payload = _payload(said, settings)
    except (ValueError, binascii.Error) as error:
        what = f"“{settings.get('payload')}” is not {settings.get('encoding') or 'hex'}: {error}"
        return broken(_part(message, said, alone), what, dev_eui)
    part = _part(message, said, alone)
    own = moment(_at(said, settings, "time"))
    time, doubtful = believed(own, message.received)
    return Incoming(
        source=message.network,
        key=_key(message, settings, said, dev_eui, place),
        topic=part.topic,
        body=part.body,
        received=message.received,
        time=time,
        event="up",
        dev_eui=dev_eui,
        f_port=port(_at(said, settings, "port")),
        f_cnt=count(_at(said, settings, "counter")),
        payload=payload,
        data=_values(said, settings),
        gateways=_reception(said, settings),
        battery=_percent(number(_at(said, settings, "battery"))),
        location=point(_at(said, settings, "longitude"), _at(said, settings, "latitude")),
        there={"device": dev_eui},
        doubtful_time=doubtful,
    )


def _at(said: Mapping[str, Any], settings: Settings, name: str) -> Any:
    path = settings.get(name)
    # A form has no objects, but may have dots in its names.
    return said.get(path, look(said, path)) if path else None


def _named(settings: Settings) -> str:
    return str(settings.get("device") or "the address")


def _from_path(message: Message, settings: Settings) -> str:
    if settings.get("device"):
        return ""
    return plain(message.topic.partition("?")[0].strip("/").rpartition("/")[2])


def _part(message: Message, said: Mapping[str, Any], alone: bool) -> Message:
    """The message, or of many only this one: it can be read by itself."""
    body = message.body if alone else msgspec.json.encode(said)
    return replace(message, topic=message.topic[:300], body=body)


def _payload(said: Mapping[str, Any], settings: Settings) -> bytes | None:
    raw = _at(said, settings, "payload")
    if raw is None:
        return None
    if not isinstance(raw, str):
        raise ValueError("not a text")
    if settings.get("encoding") == "base64":
        return base64.b64decode(raw, validate=True)
    return bytes.fromhex(raw.removeprefix("0x"))


def _values(said: Mapping[str, Any], settings: Settings) -> Mapping[str, Any] | None:
    path = settings.get("values")
    found = said if path == WHOLE else _at(said, settings, "values")
    if not isinstance(found, Mapping):
        return None
    return {name: as_value(one) for name, one in found.items()}


def _reception(said: Mapping[str, Any], settings: Settings) -> tuple[Reception, ...]:
    rssi, snr = number(_at(said, settings, "rssi")), number(_at(said, settings, "snr"))
    return () if rssi is None and snr is None else (Reception(gateway="", rssi=rssi, snr=snr),)


def _percent(level: float | None) -> float | None:
    return level if level is not None and 0 <= level <= 100 else None


def _key(
    message: Message, settings: Settings, said: Mapping[str, Any], dev_eui: str, place: int
) -> str:
    """A sender's own key; else what it says of time or counter; else this very receipt."""
    if given := message.headers.get("idempotency-key"):
        return "given:" + key(given, place)
    if any(_at(said, settings, name) is not None for name in ("time", "counter")):
        return "said:" + key(dev_eui, msgspec.json.encode(said, order="sorted"))
    return "came:" + key(dev_eui, message.received.isoformat(), place)
