"""The JSON of a declarative codec: which bytes of which message are which field."""

from functools import lru_cache
from typing import Literal

import msgspec

Endian = Literal["big", "little"]
Type = Literal["unsigned", "signed", "float", "bool", "text", "hex"]


class Condition(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Holds where the byte at `at`, under `mask`, is one of `is`."""

    at: int
    values: int | list[int] = msgspec.field(name="is")
    mask: int = 255

    def holds(self, payload: bytes) -> bool:
        """Whether this message meets it; one that is too short does not."""
        if not -len(payload) <= self.at < len(payload):
            return False
        wanted = self.values if isinstance(self.values, list) else [self.values]
        return payload[self.at] & self.mask in wanted


class Field(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """One value: where it lies, how it is written, and what makes a measured value of it.

    `at` counts from 0, or from the end where it is negative. `bit` is the lowest of `bits` bits, 0
    being the least significant of the whole field. The value is `raw * factor + offset`.
    """

    name: str
    at: int = 0
    length: int = 1
    type: Type = "unsigned"
    endian: Endian | None = None
    bit: int | None = None
    bits: int = 1
    factor: float = 1
    offset: float = 0
    words: dict[str, str] | None = None
    missing: int | None = None
    only: Condition | list[Condition] | None = msgspec.field(name="if", default=None)
    optional: bool = False

    def wanted(self, payload: bytes) -> bool:
        """Whether this message has the field at all."""
        if self.only is None:
            return True
        conditions = self.only if isinstance(self.only, list) else [self.only]
        return all(one.holds(payload) for one in conditions)


class Item(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """One kind of item in a message that is a row of them: its id in hexadecimal, its data."""

    id: str
    length: int
    fields: list[Field]

    @property
    def key(self) -> bytes:
        """The id as bytes."""
        return bytes.fromhex(self.id)


class Message(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """One kind of message: when it is one, and its fields or the items that it is a row of."""

    port: int | list[int] | None = None
    only: Condition | list[Condition] | None = msgspec.field(name="if", default=None)
    fields: list[Field] = []
    items: list[Item] = []
    start: int = 0

    def fits(self, payload: bytes, f_port: int) -> bool:
        """Whether a payload on this port is such a message."""
        ports = self.port if isinstance(self.port, list) else [self.port]
        if self.port is not None and f_port not in ports:
            return False
        conditions = self.only if isinstance(self.only, list) else [self.only]
        return self.only is None or all(one.holds(payload) for one in conditions if one)


class Order(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """One kind of downlink: the bytes that never change, and the fields written over them."""

    port: int
    bytes: str
    fields: list[Field] = []


class Layout(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A whole declarative codec."""

    endian: Endian = "big"
    messages: list[Message]
    downlinks: list[Order] = []


@lru_cache(maxsize=256)
def layout(source: str) -> Layout:
    """The codec of this text; ValueError with a sentence where it is none."""
    try:
        made = msgspec.json.decode(source, type=Layout)
    except msgspec.ValidationError as problem:
        raise ValueError(_sentence(str(problem))) from None
    except msgspec.DecodeError as problem:
        raise ValueError(f"not JSON: {problem}") from None
    if problems := list(_problems(made)):
        raise ValueError(problems[0])
    return made


def _sentence(problem: str) -> str:
    """msgspec's words, with the place first."""
    what, _, where = problem.partition(" - at `$")
    return f"{where.rstrip('`').lstrip('.')}: {what}" if where else what


def _problems(made: Layout) -> list[str]:
    found = []
    for m, message in enumerate(made.messages):
        place = f"messages[{m}]"
        if not message.fields and not message.items:
            found.append(f"{place}: has neither fields nor items")
        found += _field_problems(f"{place}.fields", message.fields)
        found += _item_problems(place, message.items)
    for d, order in enumerate(made.downlinks):
        found += _order_problems(f"downlinks[{d}]", order)
    return found


def _item_problems(place: str, items: list[Item]) -> list[str]:
    found = []
    for i, item in enumerate(items):
        if not _is_hex(item.id) or len(item.id.replace(" ", "")) > 8:
            found.append(f"{place}.items[{i}]: id {item.id!r} is not 1 to 4 bytes in hexadecimal")
        elif len(item.key) != len(items[0].key):
            found.append(f"{place}.items[{i}]: id {item.id!r} is not as long as the first id")
        if not 0 <= item.length <= 242:
            found.append(f"{place}.items[{i}]: length {item.length} is not from 0 to 242")
        found += _field_problems(f"{place}.items[{i}].fields", item.fields)
    return found


def _order_problems(place: str, order: Order) -> list[str]:
    if not _is_hex(order.bytes):
        return [f"{place}: bytes {order.bytes!r} are not hexadecimal"]
    found = [] if 1 <= order.port <= 223 else [f"{place}: port {order.port} is not from 1 to 223"]
    size = len(bytes.fromhex(order.bytes))
    for f, one in enumerate(order.fields):
        if one.at < 0 or one.at + one.length > size:
            found.append(f"{place}.fields[{f}] ({one.name}): lies outside the {size} bytes")
        if one.type in ("text", "float") and one.bit is not None:
            found.append(f"{place}.fields[{f}] ({one.name}): {one.type} has no bits")
    return found + _field_problems(f"{place}.fields", order.fields)


def _field_problems(place: str, fields: list[Field]) -> list[str]:
    return [
        f"{place}[{number}] ({one.name}): {problem}"
        for number, one in enumerate(fields)
        if (problem := _field_problem(one))
    ]


def _field_problem(one: Field) -> str:
    longest = 242 if one.type in ("text", "hex") else 8
    if not one.name.strip("."):
        return "has no name"
    if not 1 <= one.length <= longest:
        return f"length {one.length} is not from 1 to {longest}"
    if one.type == "float" and one.length not in (2, 4, 8):
        return "a float has 2, 4 or 8 bytes"
    if one.factor == 0:
        return "factor is 0"
    if one.bit is not None and not (one.bit >= 0 and 1 <= one.bits <= one.length * 8 - one.bit):
        return f"bits {one.bit} to {one.bit + one.bits - 1} are not in {one.length} bytes"
    return ""


def _is_hex(text: str) -> bool:
    try:
        return len(bytes.fromhex(text)) > 0
    except ValueError:
        return False
