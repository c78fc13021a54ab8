"""Rows of a feed that cannot be used: counted, and the first of them kept for staff."""

from dataclasses import dataclass, field
from typing import Final

MOST: Final = 50


class NotUnderstood(Exception):
    """A feed cannot be used at all; the message says why."""


@dataclass(slots=True)
class Refusals:
    """`[{"row", "field", "reason"}]`, and how many there were."""

    rows: list[dict[str, str]] = field(default_factory=list)
    count: int = 0

    def add(self, row: str, name: str, reason: str) -> None:
        """One more."""
        self.count += 1
        if len(self.rows) < MOST:
            self.rows.append({"row": row[:120], "field": name, "reason": reason[:200]})
