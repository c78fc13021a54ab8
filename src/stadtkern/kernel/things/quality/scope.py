"""The observations that are being checked."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db import connection

from stadtkern.kernel.things.quality.flags import Reason

Settings = dict[str, Any]


class Row(NamedTuple):
    """One observation with a number."""

    stream: int
    at: datetime
    id: int
    value: float
    quality: int
    kept: Any  # its resultQuality as it stands


class Verdict(NamedTuple):
    """What a check says of one of the observations, by its place among them."""

    place: int
    reason: Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """Observations, and the settings of one check for their datastreams."""

    rows: Sequence[Row]
    settings: dict[int, Settings]

    def concerned(self) -> Iterator[tuple[int, Row, Settings]]:
        """Place, observation and settings of those that the check is for."""
        for place, row in enumerate(self.rows):
            if (found := self.settings.get(row.stream)) is not None:
                yield place, row, found


def ask(statement: str, columns: Sequence[Collection[Any]]) -> list[tuple[Any, ...]]:
    """The rows that a statement gives for these arrays; none without asking for empty ones."""
    if not columns or not columns[0]:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(column) for column in columns])
        return list(cursor.fetchall())


def loaded(value: Any) -> Any:
    """JSON as Python; Django's connection hands it over as text."""
    return msgspec.json.decode(value) if isinstance(value, str) else value
