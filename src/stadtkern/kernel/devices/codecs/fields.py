"""Declarative codecs: fields and bytes as JSON, without code."""

import struct
from collections.abc import Mapping, Sequence
from typing import Any

from stadtkern.kernel.devices.codecs.layout import (
    Endian,
    Field,
    Item,
    Layout,
    Message,
    Order,
    layout,
)
from stadtkern.kernel.devices.sandbox import Decoded, Encoded

FLOATS = {2: "e", 4: "f", 8: "d"}


class Fields:
    """Reads and writes payloads as a layout says."""

    def decode(self, source: str, payload: bytes, f_port: int) -> Decoded:
        """The values of the first kind of message that fits."""
        try:
            made = layout(source)
            message = next(m for m in made.messages if m.fits(payload, f_port))
            return _decoded(made, message, payload)
        except StopIteration:
            return Decoded.failed(f"no message of the codec fits port {f_port} and these bytes")
        except ValueError as problem:
            return Decoded.failed(str(problem))

    def encode(self, source: str, data: Mapping[str, Any], f_port: int | None) -> Encoded:
        """The first downlink that has a place for all that is wished for."""
        try:
            made = layout(source)
            flat = dict(flattened(data))
            order = next(o for o in made.downlinks if {f.name for f in o.fields} == set(flat))
            return Encoded(payload=_written(made, order, flat), f_port=order.port)
        except StopIteration:
            known = "; ".join(", ".join(f.name for f in o.fields) for o in made.downlinks)
            return Encoded.failed(f"no downlink takes {', '.join(flat)}; there are: {known}")
        except ValueError as problem:
            return Encoded.failed(str(problem))
        except OverflowError as problem:
            return Encoded.failed(f"a value is too large: {problem}")

    def decode_downlink(self, source: str, payload: bytes, f_port: int) -> Decoded:
        """The values of the downlink whose fixed bytes these are."""
        try:
            made = layout(source)
            order = next(o for o in made.downlinks if o.port == f_port and _is(o, payload))
            data: dict[str, Any] = {}
            _read(made.endian, order.fields, payload, data)
            return Decoded(data=data)
        except StopIteration:
            return Decoded.failed(f"no downlink of the codec has port {f_port} and these bytes")
        except ValueError as problem:
            return Decoded.failed(str(problem))

    def unusable(self, source: str) -> str:
        """The first thing that is wrong with the layout."""
        try:
            layout(source)
        except ValueError as problem:
            return str(problem)
        return ""


def _decoded(made: Layout, message: Message, payload: bytes) -> Decoded:
    data: dict[str, Any] = {}
    _read(made.endian, message.fields, payload, data)
    warnings = _read_items(made.endian, message, payload, data) if message.items else ()
    if not data and warnings:
        return Decoded.failed(warnings[0])
    return Decoded(data=data, warnings=warnings)


def _read_items(
    endian: Endian, message: Message, payload: bytes, data: dict[str, Any]
) -> tuple[str, ...]:
    """One item after the other. The length of an unknown one is unknown: it ends the reading."""
    known: dict[bytes, Item] = {item.key: item for item in message.items}
    width, at = len(message.items[0].key), message.start
    while at < len(payload):
        item = known.get(payload[at : at + width])
        if item is None:
            found = payload[at : at + width].hex(" ")
            return (f"byte {at}: no item has the id {found}; the rest was not read",)
        piece = payload[at + width : at + width + item.length]
        if len(piece) < item.length:
            return (f"byte {at}: item {item.id} needs {item.length} bytes, has {len(piece)}",)
        _read(endian, item.fields, piece, data)
        at += width + item.length
    return ()


def _read(endian: Endian, fields: Sequence[Field], payload: bytes, data: dict[str, Any]) -> None:
    for one in fields:
        if one.wanted(payload) and (piece := _piece(one, payload)) is not None:
            value = _value(one, piece, one.endian or endian)
            if value is not None:
                _put(data, one.name, value)


def _piece(one: Field, payload: bytes) -> bytes | None:
    """The field's bytes; None where it is optional and absent."""
    first = one.at if one.at >= 0 else len(payload) + one.at
    if first >= 0 and first + one.length <= len(payload):
        return payload[first : first + one.length]
    if one.optional:
        return None
    last = first + one.length - 1
    raise ValueError(f"{one.name}: needs bytes {first} to {last}, the message has {len(payload)}")


def _value(one: Field, piece: bytes, endian: Endian) -> Any:
    if one.type == "text":
        return piece.decode("utf-8", "replace").rstrip("\0 ").replace("\0", "\ufffd")
    if one.type == "hex":
        return piece.hex()
    if one.type == "float":
        (number,) = struct.unpack(("<" if endian == "little" else ">") + FLOATS[one.length], piece)
        return _scaled(one, number) if number == number else None
    return _whole(one, int.from_bytes(piece, endian))


def _whole(one: Field, raw: int) -> Any:
    width = one.length * 8
    if one.bit is not None:
        raw, width = raw >> one.bit & (1 << one.bits) - 1, one.bits
    if one.missing is not None and raw == one.missing:
        return None
    if one.type == "signed" and raw >> width - 1:
        raw -= 1 << width
    if one.type == "bool":
        return raw != 0
    if one.words is not None:
        return one.words.get(str(raw), raw)
    return _scaled(one, raw)


def _scaled(one: Field, raw: float) -> float:
    if one.factor == 1 and one.offset == 0:
        return raw
    # 3 * 0.1 shall be 0.3.
    value = float(f"{raw * one.factor + one.offset:.12g}")
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _put(data: dict[str, Any], name: str, value: Any) -> None:
    *way, last = name.split(".")
    for step in way:
        inner = data.setdefault(step, {})
        if not isinstance(inner, dict):
            raise ValueError(f"{name}: {step} is a value already")
        data = inner
    data[last] = value


def flattened(data: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    """Values with their dotted names."""
    found = []
    for name, value in data.items():
        if isinstance(value, Mapping):
            found += flattened(value, f"{before}{name}.")
        else:
            found.append((f"{before}{name}", value))
    return found


def _is(order: Order, payload: bytes) -> bool:
    """Whether the bytes that no field writes are the order's own."""
    fixed = bytes.fromhex(order.bytes)
    free = {place for one in order.fields for place in range(one.at, one.at + one.length)}
    return len(payload) == len(fixed) and all(
        one == other
        for place, (one, other) in enumerate(zip(fixed, payload, strict=True))
        if place not in free
    )


def _written(made: Layout, order: Order, data: Mapping[str, Any]) -> bytes:
    payload = bytearray.fromhex(order.bytes)
    for one in order.fields:
        place = slice(one.at, one.at + one.length)
        payload[place] = _bytes(
            one, data[one.name], bytes(payload[place]), one.endian or made.endian
        )
    return bytes(payload)


def _bytes(one: Field, value: Any, before: bytes, endian: Endian) -> bytes:
    if one.type in ("text", "hex"):
        return _letters(one, value)
    if one.words is not None and isinstance(value, str):
        value = _by_word(one, value)
    if not isinstance(value, int | float):
        raise ValueError(f"{one.name}: {value!r} is no number")
    number = (value - one.offset) / one.factor
    if one.type == "float":
        return struct.pack(("<" if endian == "little" else ">") + FLOATS[one.length], number)
    width = one.length * 8 if one.bit is None else one.bits
    raw, lowest = round(number), -(1 << width - 1) if one.type == "signed" else 0
    if not lowest <= raw < lowest + (1 << width):
        raise ValueError(f"{one.name}: {value} does not fit into {width} bits")
    raw &= (1 << width) - 1
    if one.bit is not None:
        mask = (1 << width) - 1 << one.bit
        raw = int.from_bytes(before, endian) & ~mask | raw << one.bit
    return raw.to_bytes(one.length, endian)


def _letters(one: Field, value: Any) -> bytes:
    try:
        letters = bytes.fromhex(str(value)) if one.type == "hex" else str(value).encode()
    except ValueError:
        raise ValueError(f"{one.name}: {value!r} is not hexadecimal") from None
    if len(letters) > one.length:
        raise ValueError(f"{one.name}: {len(letters)} bytes do not fit into {one.length}")
    return letters.ljust(one.length, b"\0")


def _by_word(one: Field, value: str) -> int:
    for number, word in (one.words or {}).items():
        if word == value:
            return int(number)
    known = ", ".join((one.words or {}).values())
    raise ValueError(f"{one.name}: {value!r} is none of {known}")
