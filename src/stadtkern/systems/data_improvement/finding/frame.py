"""A table as the finders see it, the world around it, and what they find."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from stadtkern.kernel.catalogue.columns import Field

Row = list[Any]
Cell = tuple[int, str, Any, Any]
NUMERIC = ("integer", "number")


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """Rows in their order, numbered from one; values as JSON has them, None where there is none."""

    columns: tuple[Field, ...]
    rows: list[Row]

    def place(self, slug: str) -> int:
        """Where a column stands; KeyError where there is none of that name."""
        for place, one in enumerate(self.columns):
            if one.slug == slug:
                return place
        raise KeyError(slug)

    def values(self, slug: str) -> list[Any]:
        """A column from top to bottom."""
        place = self.place(slug)
        return [row[place] for row in self.rows]

    def of_kind(self, *kinds: str) -> list[Field]:
        """The columns of these kinds."""
        return [one for one in self.columns if one.kind in kinds]


class Other(msgspec.Struct, frozen=True, kw_only=True):
    """A column of another published table, with some of its values as text."""

    dataset: str
    dataset_title: str
    column: str
    column_title: str
    values: list[str]


class World(msgspec.Struct, frozen=True, kw_only=True):
    """What is known beside the table itself.

    `bounds` is the city's box; `streets` and `points` (name, longitude, latitude) are the
    gazetteer; `labelled` are other records of the catalogue: their words and their theme.
    """

    bounds: tuple[float, float, float, float]
    zone: str = "Europe/Berlin"
    state: str = ""
    streets: list[str] = []
    title: str = ""
    about: str = ""
    keywords: list[str] = []
    themes: list[str] = []
    hvd: str = ""
    describable: bool = False
    others: list[Other] = []
    labelled: list[tuple[str, str]] = []
    city: str = ""

    def local(self) -> ZoneInfo:
        """The city's zone."""
        return ZoneInfo(self.zone)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One proposal. `cells` are (row, column, old, new); what is no cell stands in `to`.

    `action` says what applying it does: `set` cells, `drop` rows, `cast` a column, `fill` values
    into columns beside the original, or `describe` the dataset or a column. `strength` (0 to 1)
    orders the findings of a method; its confidence is read off a measurement (`certainty`).
    """

    kind: str
    method: str
    action: str
    reason: str
    column: str = ""
    cells: list[Cell] = []
    to: dict[str, Any] = {}
    said: dict[str, Any] = {}
    strength: float = 1.0
    parameters: dict[str, Any] = {}


def instant(value: Any, zone: tzinfo) -> datetime | None:
    """A time stamp or day of a table in the city's zone; None where it is neither."""
    if not isinstance(value, str):
        return None
    try:
        if len(value) == len("2026-01-01"):
            day = date.fromisoformat(value)
            return datetime(day.year, day.month, day.day, tzinfo=zone)
        return datetime.fromisoformat(value).astimezone(zone)
    except ValueError:
        return None


def text_of(value: Any) -> str:
    """A cell as text, for comparing; empty where there is none."""
    return "" if value is None else str(value).strip()


def filled(values: Sequence[Any]) -> list[Any]:
    """Without the empty cells."""
    return [one for one in values if one is not None and one != ""]
