"""Cayenne Low Power Payload: records of channel, type and big-endian data, named as TTS does."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stadtkern.kernel.devices.sandbox import Decoded, Encoded

XYZ = ("x", "y", "z")
# A downlink of The Things Stack: channel, and a signed number of hundredths in two bytes.
VALUE = "value"
NAME = re.compile(r"^([a-z_]+)_(\d{1,3})$")


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of data: its name, the bytes of each number, the unit in which it counts."""

    name: str
    size: int = 2
    signed: bool = False
    per_unit: tuple[int, ...] = (1,)
    parts: tuple[str, ...] = ()

    @property
    def length(self) -> int:
        """Of all its numbers together, in bytes."""
        return self.size * max(1, len(self.parts))


KINDS = {
    0: Kind("digital_in", 1),
    1: Kind("digital_out", 1),
    2: Kind("analog_in", 2, signed=True, per_unit=(100,)),
    3: Kind("analog_out", 2, signed=True, per_unit=(100,)),
    100: Kind("generic", 4),
    101: Kind("luminosity"),  # lux
    102: Kind("presence", 1),
    103: Kind("temperature", signed=True, per_unit=(10,)),  # degrees Celsius
    104: Kind("relative_humidity", 1, per_unit=(2,)),  # percent
    113: Kind("accelerometer", signed=True, per_unit=(1000,) * 3, parts=XYZ),  # g
    115: Kind("barometric_pressure", per_unit=(10,)),  # hPa
    116: Kind("voltage", per_unit=(100,)),  # V
    117: Kind("current", per_unit=(1000,)),  # A
    118: Kind("frequency", 4),  # Hz
    120: Kind("percentage", 1),
    121: Kind("altitude", signed=True),  # m
    125: Kind("concentration"),  # ppm
    128: Kind("power"),  # W
    130: Kind("distance", 4, per_unit=(1000,)),  # m
    131: Kind("energy", 4, per_unit=(1000,)),  # kWh
    132: Kind("direction"),  # degrees
    133: Kind("unix_time", 4),  # s
    134: Kind("gyrometer", signed=True, per_unit=(100,) * 3, parts=XYZ),  # degrees per second
    135: Kind("colour", 1, per_unit=(1,) * 3, parts=("r", "g", "b")),
    136: Kind(
        "gps",
        3,
        signed=True,
        per_unit=(10_000, 10_000, 100),
        parts=("latitude", "longitude", "altitude"),
    ),
    142: Kind("switch", 1),
}
BY_NAME = {kind.name: (number, kind) for number, kind in KINDS.items()}


class Cayenne:
    """Needs no source: the payload says what it holds."""

    def decode(self, source: str, payload: bytes, f_port: int) -> Decoded:
        """`{temperature_3: 27.2, ..}`; what cannot be read is a warning while something can."""
        data: dict[str, Any] = {}
        warnings: tuple[str, ...] = ()
        try:
            data.update(records(payload))
        except ValueError as problem:
            if not data:
                return Decoded.failed(f"Cayenne LPP: {problem}")
            warnings = (f"{problem}; the rest was not read",)
        return Decoded(data=data, warnings=warnings)

    def encode(self, source: str, data: Mapping[str, Any], f_port: int | None) -> Encoded:
        """`value_<channel>` as The Things Stack writes it; other names as records of their type."""
        try:
            payload = b"".join(record(name, value) for name, value in data.items())
        except ValueError as problem:
            return Encoded.failed(f"Cayenne LPP: {problem}")
        return Encoded(payload=payload, f_port=f_port)

    def decode_downlink(self, source: str, payload: bytes, f_port: int) -> Decoded:
        """`{value_2: -50.51}`, as The Things Stack reads it."""
        if not payload or len(payload) % 3:
            return Decoded.failed("Cayenne LPP: a downlink has three bytes for each value")
        steps = range(0, len(payload), 3)
        return Decoded(
            data={
                f"{VALUE}_{payload[at]}": number(payload[at + 1 : at + 3], signed=True, per=100)
                for at in steps
            }
        )

    def unusable(self, source: str) -> str:
        """There is no source."""
        return ""


def records(payload: bytes) -> Iterator[tuple[str, Any]]:
    """Names and values; ValueError where a record cannot be read."""
    at = 0
    while at < len(payload):
        channel, kind = payload[at], KINDS.get(payload[at + 1] if at + 1 < len(payload) else -1)
        if at + 1 == len(payload):
            raise ValueError(f"byte {at}: a channel without a type")
        if kind is None:
            raise ValueError(f"byte {at + 1}: there is no type {payload[at + 1]}")
        piece = payload[at + 2 : at + 2 + kind.length]
        if len(piece) < kind.length:
            name = f"{kind.name}_{channel}"
            raise ValueError(f"byte {at}: {name} needs {kind.length} bytes, has {len(piece)}")
        yield f"{kind.name}_{channel}", read(kind, piece)
        at += 2 + kind.length


def read(kind: Kind, piece: bytes) -> Any:
    """A number, or an object of its parts."""
    numbers = [
        number(piece[i * kind.size : (i + 1) * kind.size], signed=kind.signed, per=per)
        for i, per in enumerate(kind.per_unit)
    ]
    return dict(zip(kind.parts, numbers, strict=True)) if kind.parts else numbers[0]


def number(piece: bytes, *, signed: bool, per: int) -> int | float:
    """Big-endian; a whole number where it counts whole units."""
    raw = int.from_bytes(piece, "big", signed=signed)
    return raw if per == 1 else raw / per


def record(name: str, value: Any) -> bytes:
    """The bytes of one value; ValueError with the reason where it has none."""
    match = NAME.match(name)
    if match is None or (match[1] != VALUE and match[1] not in BY_NAME) or int(match[2]) > 255:
        raise ValueError(f"{name}: names are value_<channel> or <type>_<channel>")
    channel = int(match[2])
    if match[1] == VALUE:
        return bytes([channel]) + written(name, value, 2, signed=True, per=100)
    code, kind = BY_NAME[match[1]]
    values = [value] if not kind.parts else [_part(name, value, part) for part in kind.parts]
    return bytes([channel, code]) + b"".join(
        written(name, one, kind.size, signed=kind.signed, per=per)
        for one, per in zip(values, kind.per_unit, strict=True)
    )


def _part(name: str, value: Any, part: str) -> Any:
    if not isinstance(value, Mapping) or part not in value:
        raise ValueError(f"{name}: {part} is missing")
    return value[part]


def written(name: str, value: Any, size: int, *, signed: bool, per: int) -> bytes:
    """A number in its unit as bytes."""
    if isinstance(value, bool):
        value = int(value)
    if not isinstance(value, int | float):
        raise ValueError(f"{name}: {value!r} is no number")
    try:
        return round(value * per).to_bytes(size, "big", signed=signed)
    except OverflowError:
        raise ValueError(f"{name}: {value} does not fit into {size} bytes") from None
