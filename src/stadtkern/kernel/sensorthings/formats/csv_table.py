"""`$resultFormat=CSV`: a table after RFC 4180, with what is expanded in columns of its own."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

import msgspec
from psycopg.pq.abc import PGresult

from stadtkern.kernel.sensorthings.entities import ENTITIES, Entity
from stadtkern.kernel.sensorthings.formats.form import About, texts
from stadtkern.kernel.sensorthings.parse.options import Options

_UNIT = ("name", "symbol", "definition")
# What a spreadsheet would take for a formula; numbers are none.
_FORMULA = re.compile(r"[=+\-@\t\r](?![0-9.,]*$)")
_decode: Callable[[bytes], Any] = msgspec.json.Decoder().decode


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column: its name, and the way to its value in the entity's JSON."""

    name: str
    way: tuple[str | int, ...]


def columns(entity: Entity, options: Options) -> list[Column]:
    """The columns of a table.

    Raises Problem (400): a link to many is expanded, of which a row has room for one only.
    """
    return list(_columns(entity, options, "", ()))


def _columns(
    entity: Entity, options: Options, prefix: str, way: tuple[str | int, ...]
) -> Iterator[Column]:
    chosen = ["id" if one.name == "@iot.id" else one.name for one in options.select]
    for name in chosen or entity.properties:
        if name in entity.properties:
            yield from _own(entity, name, prefix, way)
    for one in options.expand:
        link = entity.links[one.name]
        if link.many and one.options.top != 1:
            raise one.at.problem(
                f"'{one.name}' are many, a row of CSV has room for one: give it $top=1"
            )
        deeper: tuple[str | int, ...] = (*way, one.name, 0) if link.many else (*way, one.name)
        yield from _columns(ENTITIES[link.target], one.options, f"{prefix}{one.name}/", deeper)


def _own(entity: Entity, name: str, prefix: str, way: tuple[str | int, ...]) -> Iterator[Column]:
    if entity.properties[name].kind == "unit":
        for part in _UNIT:
            yield Column(name=f"{prefix}{name}/{part}", way=(*way, name, part))
    else:
        yield Column(name=prefix + name, way=(*way, "@iot.id" if name == "id" else name))


class Table:
    """A row for each entity; UTF-8, lines end with CR LF."""

    kind = "text/csv; charset=utf-8; header=present"
    ending = "csv"

    def __init__(self, found: list[Column]) -> None:
        self._columns = found
        self._ways = [one.way for one in found]
        # Most tables need no way further than to a property of the entity itself.
        self._flat = all(len(way) == 1 for way in self._ways)
        self._names = [str(way[0]) for way in self._ways]

    def head(self, about: About) -> bytes:
        """The names of the columns. A table has no place for a count."""
        return _lines([[one.name for one in self._columns]])

    def rows(self, found: PGresult, first: int, last: int) -> bytes:
        """The lines of these rows."""
        return _lines([self._row(_decode(one)) for one in texts(found, first, last)])

    def tail(self, link: str | None) -> bytes:
        """A table just ends."""
        return b""

    def _row(self, entity: dict[str, Any]) -> list[Any]:
        if self._flat:
            return [_cell(entity.get(name)) for name in self._names]
        return [_cell(_value(entity, way)) for way in self._ways]


def _value(entity: Any, way: tuple[str | int, ...]) -> Any:
    for step in way:
        try:
            entity = entity[step]
        except (KeyError, IndexError, TypeError):
            return None
    return entity


def _cell(value: Any) -> Any:
    """As it stands in the table; csv writes None as nothing and numbers as they are."""
    if isinstance(value, str):
        return f"'{value}" if _FORMULA.match(value) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return msgspec.json.encode(value).decode()
    return value


def _lines(rows: list[list[Any]]) -> bytes:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
