"""Columns of a batch as PostgreSQL's binary arrays, a tenth of the work of arrays as text."""

import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import msgspec
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

# PostgreSQL counts microseconds from here.
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NULL = struct.pack("!i", -1)


class Column(bytes):
    """One packed array; the classes below are its types, by PostgreSQL's own numbers."""

    element: ClassVar[int]
    array: ClassVar[int]
    layout: ClassVar[str] = ""

    @classmethod
    def of(cls, values: Sequence[Any]) -> "Column | None":
        """The array of these values; None, thus NULL, where none of them is known."""
        missing = values.count(None)
        if missing == len(values):
            return None
        head = struct.pack("!5i", 1, missing > 0, cls.element, len(values), 1)
        return cls(head + (cls._some(values) if missing else cls._all(values)))

    @classmethod
    def _all(cls, values: Sequence[Any]) -> bytes:
        flat = [struct.calcsize(f"!{cls.layout}")] * (2 * len(values))
        flat[1::2] = values
        return struct.pack(f"!{f'i{cls.layout}' * len(values)}", *flat)

    @classmethod
    def _some(cls, values: Iterable[Any]) -> bytes:
        one = struct.Struct(f"!i{cls.layout}")
        size = one.size - len(NULL)
        return b"".join(NULL if v is None else one.pack(size, v) for v in values)


class Longs(Column):
    """bigint[]"""

    element, array, layout = 20, 1016, "q"


class Shorts(Column):
    """smallint[]"""

    element, array, layout = 21, 1005, "h"


class Doubles(Column):
    """double precision[]"""

    element, array, layout = 701, 1022, "d"


class Instants(Column):
    """timestamptz[]"""

    element, array, layout = 1184, 1185, "q"

    @classmethod
    def of(cls, values: Sequence[datetime | None]) -> Column | None:
        """The array of these instants, which must know their time zone."""
        return super().of([None if v is None else (v - EPOCH) // MICROSECOND for v in values])


class Texts(Column):
    """text[]"""

    element, array = 25, 1009

    @classmethod
    def _all(cls, values: Iterable[Any]) -> bytes:
        return cls._some(values)

    @classmethod
    def _some(cls, values: Iterable[Any]) -> bytes:
        return b"".join(NULL if v is None else _sized(cls._bytes(v)) for v in values)

    @staticmethod
    def _bytes(value: Any) -> bytes:
        return str(value).encode()


class Jsons(Texts):
    """text[] that holds JSON"""

    @staticmethod
    def _bytes(value: Any) -> bytes:
        return msgspec.json.encode(value)


def _sized(text: bytes) -> bytes:
    return struct.pack("!i", len(text)) + text


def longs_in(data: bytes) -> list[int | None]:
    """The numbers of a bigint[] as PostgreSQL sends it."""
    if len(data) < 20:  # without a dimension: an empty one
        return []
    _, missing, _, count = struct.unpack_from("!4i", data)
    if not missing:
        return list(struct.unpack_from(f"!{'iq' * count}", data, 20)[1::2])
    found: list[int | None] = []
    place = 20
    for _ in range(count):
        size = struct.unpack_from("!i", data, place)[0]
        found.append(None if size < 0 else struct.unpack_from("!q", data, place + 4)[0])
        place += 4 + max(size, 0)
    return found


class ColumnDumper(Dumper):
    """Hands a column to PostgreSQL as it is."""

    format = Format.BINARY

    def __init__(self, cls: type, context: AdaptContext | None = None) -> None:
        super().__init__(cls, context)
        self.oid = cls.array  # type: ignore[attr-defined]

    def dump(self, obj: Column) -> Buffer:
        """The bytes of the array."""
        return obj
