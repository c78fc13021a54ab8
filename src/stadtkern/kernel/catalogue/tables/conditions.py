"""Conditions on rows, and the SQL they become: our own parts only, values always apart."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from psycopg import sql

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.models import Version
from stadtkern.kernel.catalogue.tables.names import BOX, ROW, WORDS

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in", "contains", "null", "not null"]
Box = tuple[float, float, float, float]
# The catalogue is German; a tsvector holds at most 1 MB, and a tree's essay is not searched whole.
REGCONFIG: Final = sql.SQL("'german'")
LONGEST: Final = 10_000
# PostgreSQL's parser takes signs beyond ASCII for letters: „Straße“ would not be found by Straße.
SIGNS: Final = "„“”‚‘’»«›‹–—…·•×§°\u00a0\u202f"
SOFT_HYPHEN: Final = "\u00ad"
BLANKS: Final = str.maketrans(dict.fromkeys(SIGNS, " "))
BEGINNING: Final = re.compile(r"(\w+)\*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Where:
    """One condition on a column; all of a query's conditions hold. `in` takes a sequence."""

    column: str
    operator: Operator = "="
    value: Any = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Fragment:
    """A condition put together elsewhere: SQL made of our own parts, and its values."""

    text: sql.Composable
    values: tuple[Any, ...] = ()


def joined(parts: list[Fragment], word: str = "and") -> Fragment:
    """All of them (or one of them, with `or`); without any, everything fits."""
    if not parts:
        return Fragment(text=sql.SQL("true"))
    text = sql.SQL(f" {word} ").join(one.text for one in parts)
    return Fragment(text=text, values=tuple(value for one in parts for value in one.values))


def condition(one: Where) -> Fragment:
    """A column compared with a value."""
    column = sql.Identifier(one.column)
    if one.operator in ("null", "not null"):
        return Fragment(text=sql.SQL("{} is {}").format(column, sql.SQL(one.operator)))
    if one.operator == "in":
        return Fragment(text=sql.SQL("{} = any (%s)").format(column), values=(list(one.value),))
    if one.operator == "contains":
        escaped = str(one.value).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return Fragment(text=sql.SQL("{}::text ilike %s").format(column), values=(f"%{escaped}%",))
    text = sql.SQL("{} {} %s").format(column, sql.SQL(one.operator))
    return Fragment(text=text, values=(one.value,))


def boxed(box: Box) -> Fragment:
    """Rows whose geometry's box touches west, south, east, north; over the date line too."""
    west, south, east, north = box
    if west > east:
        halves = [boxed((west, south, 180, north)), boxed((-180, south, east, north))]
        either = joined(halves, "or")
        return Fragment(text=sql.SQL("({})").format(either.text), values=either.values)
    return Fragment(
        text=sql.SQL("{} && box(point(%s, %s), point(%s, %s))").format(sql.Identifier(BOX)),
        values=(east, north, west, south),
    )


def numbered(rows: list[int]) -> Fragment:
    """Exactly these rows."""
    return Fragment(text=sql.SQL("{} = any (%s)").format(sql.Identifier(ROW)), values=(rows,))


def worded(version: Version, words: str, only: Field | None = None) -> Fragment:
    """Rows whose texts carry all these words by their stem; `stra*` finds beginnings.

    In all texts, or in those of one column, for which there is no index.
    """
    words = words.translate(BLANKS)
    whole = " ".join(BEGINNING.sub(" ", words).split())
    starts = BEGINNING.findall(words)
    queries = [sql.SQL("websearch_to_tsquery({}, %s)").format(REGCONFIG)] if whole else []
    queries += [sql.SQL("to_tsquery({}, %s)").format(REGCONFIG)] * len(starts)
    if not queries:
        return Fragment(text=sql.SQL("false"))
    text = sql.SQL("{} @@ ({})").format(_searched(version, only), sql.SQL(" && ").join(queries))
    values = ([whole] if whole else []) + [f"{one.lower()}:*" for one in starts]
    return Fragment(text=text, values=tuple(values))


def _searched(version: Version, only: Field | None) -> sql.Composable:
    if only:
        text = _plain(sql.SQL("{}::text").format(sql.Identifier(only.slug)))
        return sql.SQL("to_tsvector({}, {})").format(REGCONFIG, text)
    if version.statistics.get("words"):
        return sql.Identifier(WORDS)
    return vector(version.columns)


def vector(fields: tuple[Field, ...]) -> sql.Composable:
    """The words of all text columns, as an expression that PostgreSQL may store."""
    texts = list(_texts(fields)) or [sql.SQL("''")]
    return sql.SQL("to_tsvector({}, {})").format(REGCONFIG, sql.SQL(" || ' ' || ").join(texts))


def _texts(fields: tuple[Field, ...]) -> Iterator[sql.Composable]:
    for one in fields:
        if one.kind == "text":
            yield _plain(
                sql.SQL("left({}, {})").format(sql.Identifier(one.slug), sql.Literal(LONGEST))
            )


def _plain(text: sql.Composable) -> sql.Composed:
    """Without the signs that the parser would take for letters; empty cells as empty texts."""
    signs, blanks = sql.Literal(SIGNS + SOFT_HYPHEN), sql.Literal(" " * len(SIGNS))
    return sql.SQL("translate(coalesce({}, ''), {}, {})").format(text, signs, blanks)
