"""Sensor.Community: what airRohr stations post, to their own API and to Sensor.Community's."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlencode

import msgspec
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.devices.ingest.event import Incoming, Message, broken
from stadtkern.kernel.devices.networks.adapter import Door, Settings
from stadtkern.kernel.devices.networks.reading import key, plain, value

# `esp8266id`, `esp32id`: the own API puts the chip's number in the body.
CHIP = re.compile("^([a-z][a-z0-9]{1,11})id$")
SENSOR, PIN = "x-sensor", "x-pin"


class Value(msgspec.Struct):
    """One of `sensordatavalues`; values are texts, in old firmware also numbers."""

    value_type: str
    value: str | float | None = None


class AirRohr:
    """Both forms: all values in one post, or one post for each sensor with its number in X-Pin."""

    kind = "airrohr"
    title = _("Sensor.Community (airRohr)")
    doors = (
        Door(
            way="http",
            title=_("Sensor.Community stations (airRohr)"),
            summary=_("Stations of citizens and schools for fine dust, weather and noise."),
            steps=(
                _("Open the station's page, then Configuration, then APIs, then Send data to own "
                  "API."),
                _("Server and path: %(url)s; port 443 and HTTPS."),
                _("User %(slug)s, password %(token)s"),
                _("The station's name here is its chip and number, such as esp8266-1234567."),
            ),
            keeps=(SENSOR, PIN),
            strict=True,
        ),
    )  # fmt: skip

    def read(self, message: Message, settings: Settings) -> Sequence[Incoming]:
        """One event a post."""
        return [_read(message)]


def _read(message: Message) -> Incoming:
    try:
        said = msgspec.json.decode(message.body)
        rows = msgspec.convert(_rows(said), list[Value])
    except msgspec.ValidationError as error:
        return broken(message, f"sensordatavalues is not as expected: {error}")
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return broken(message, f"not JSON: {error}")
    name, pin = _station(message, said)
    if not name:
        return broken(message, "neither X-Sensor nor a field such as esp8266id names the station")
    return Incoming(
        source=message.network,
        # A post has neither time nor number, and the same values may well come again.
        key="came:" + key(name, pin, message.received.isoformat()),
        topic=_topic(message, name, pin),
        body=message.body,
        received=message.received,
        time=message.received,
        event="up",
        dev_eui=name,
        data=values(rows, pin),
        there={"device": name},
    )


def _rows(said: Any) -> Any:
    return said.get("sensordatavalues") if isinstance(said, dict) else None


def _station(message: Message, said: Mapping[str, Any]) -> tuple[str, str]:
    """Its name, `esp8266-1234567`, and the pin of the sensor if this post is about one."""
    query = parse_qs(message.topic.partition("?")[2])
    given = {name: query.get(name, [""])[0] for name in (SENSOR, PIN)} | dict(message.headers)
    if name := plain(given.get(SENSOR)):
        return name, given.get(PIN, "")[:4]
    for field, number in said.items():
        if chip := CHIP.match(field):
            return plain(f"{chip[1]}-{number}"), ""
    return "", ""


def _topic(message: Message, name: str, pin: str) -> str:
    """Its path with what stood in the headers, so that it can be read again without them."""
    path = message.topic.partition("?")[0]
    query = urlencode({SENSOR: name, PIN: pin} if pin else {SENSOR: name})
    return f"{path[:180]}?{query}"


def values(rows: Sequence[Value], pin: str = "") -> dict[str, Any]:
    """Values by their type; with a pin also as `pin7_temperature`, as two sensors may have one."""
    found: dict[str, Any] = {}
    for row in rows:
        # Old firmware writes the signal as "-59 dBm".
        text = row.value.removesuffix(" dBm") if isinstance(row.value, str) else row.value
        found[row.value_type] = value(text)
        if pin:
            found[f"pin{pin}_{row.value_type}"] = value(text)
    return found
