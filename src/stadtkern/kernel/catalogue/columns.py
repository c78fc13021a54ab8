"""Columns of published tables: their kinds, and what these are in PostgreSQL."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from stadtkern.kernel.contract import ColumnKind

SQL: Final[Mapping[ColumnKind, str]] = {
    "text": "text",
    "integer": "bigint",
    "number": "double precision",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamptz",
    "geometry": "jsonb",
}
SLUG: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")


class Field(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A column as a version stores it. `slug` is its name in the database and in every API.

    `title` is German, `title_en` English; `raw` is its name in the file it came from.
    """

    slug: str
    kind: ColumnKind = "text"
    title: str = ""
    title_en: str = ""
    unit: str = ""
    about: str = ""
    about_en: str = ""
    raw: str = ""


def geometry_of(fields: tuple[Field, ...]) -> Field | None:
    """The column that holds the geometry; a table has one at most."""
    return next((one for one in fields if one.kind == "geometry"), None)
