"""What every form of a collection can do, and the form that the standard gives it."""

from dataclasses import dataclass
from typing import Protocol

import msgspec
from psycopg.pq.abc import PGresult


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """What is told of a collection beside its entities; what is None is left out."""

    count: int | None = None
    estimated: bool = False
    next: str | None = None

    @property
    def members(self) -> bytes:
        """As members of a JSON object, each with a comma behind it."""
        found = b"" if self.count is None else b'"@iot.count":%d,' % self.count
        if self.estimated:
            found += b'"@iot.countIsEstimate":true,'
        if self.next is not None:
            found += b'"@iot.nextLink":' + msgspec.json.encode(self.next) + b","
        return found


class Form(Protocol):
    """Writes one answer: `head`, then `rows` as often as there are some, then `tail`.

    `rows` takes a result whose first column is an entity as JSON, from one row to before another.
    `tail` may name the next page, where `head` could not know it yet.
    """

    kind: str
    ending: str

    def head(self, about: About) -> bytes: ...

    def rows(self, found: PGresult, first: int, last: int) -> bytes: ...

    def tail(self, link: str | None) -> bytes: ...


class Listing:
    """JSON objects in `value` (18-088, 9.2.2)."""

    kind = "application/json; charset=utf-8"
    ending = ""

    def __init__(self) -> None:
        self._comma = b""

    def head(self, about: About) -> bytes:
        """The object up to its first entity."""
        return b"{" + about.members + b'"value":['

    def rows(self, found: PGresult, first: int, last: int) -> bytes:
        """As the database wrote them."""
        text, self._comma = self._comma, b","
        return text + b",".join(texts(found, first, last))

    def tail(self, link: str | None) -> bytes:
        """The end of the object."""
        return b"]" + next_page(link) + b"}"


def texts(found: PGresult, first: int, last: int, column: int = 0) -> list[bytes]:
    """A column of a result, from one row to before another."""
    value = found.get_value
    return [value(row, column) or b"" for row in range(first, last)]


def next_page(link: str | None) -> bytes:
    """The next page as a member of a JSON object, after others."""
    return b"" if link is None else b',"@iot.nextLink":' + msgspec.json.encode(link)
