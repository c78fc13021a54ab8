"""Follows a table whose rows get growing ids but are committed in any order."""

from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection

from stadtkern.kernel.sensorthings.live.spans import HIGHEST, Span, Spans, State

# So many ids back, a transaction may still be open when we begin to listen.
WINDOW = 10_000
# Small enough that what they give does not keep anybody else waiting.
READ_AT_ONCE = 500
# Of so many ids; a backlog is longer, and would be looked through each time.
LOOKED_AT = 5_000

Row = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A table: its channel tells `lowest-highest` of the ids of a transaction.

    `newest` answers the highest id given out; `rows` reads those in spans %s, %s, at most %s of
    them in the order of their ids, which are the first column.
    """

    channel: str
    newest: str
    rows: str


class Tail:
    """Gives every row once that was committed since `start`, however late."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._done: Spans | None = None
        self._heard: list[Span] = []

    @property
    def asleep(self) -> bool:
        """Whether it knows nothing of what was given, and has to be started."""
        return self._done is None

    def sleep(self) -> None:
        """Forget what was heard and given: nobody wants to know."""
        self._done, self._heard = None, []

    @property
    def waiting(self) -> bool:
        """Whether there may be rows to read."""
        return bool(self._heard)

    def hear(self, payload: str) -> None:
        """Take note of a notification."""
        first, _, last = payload.partition("-")
        if first.isdecimal() and last.isdecimal():
            self._heard.append((int(first), int(last)))

    @property
    def state(self) -> State:
        """What has been given so far."""
        return State(open=tuple(self._done.gaps())) if self._done else State()

    async def start(self, eyes: AsyncConnection[Any], known: State | None = None) -> None:
        """Begin with now or, after an interruption, where we were. Listen before.

        `known` is where somebody else was who goes on no more.
        """
        if known is not None and (self._done is None or known.high > self.state.high):
            self._done = Spans.of(known)
        if self._done is not None:
            self._heard = list(self._done.gaps())
            return
        found = await (await eyes.execute(self.source.newest.encode())).fetchone()
        newest = int(found[0]) if found else 0
        done = Spans(max(0, newest - WINDOW))
        before = [(done.floor + 1, newest)]
        while before:
            rows, before = await self._read(eyes, before)
            done.add(row[0] for row in rows)
        self._done = done

    async def read(self, eyes: AsyncConnection[Any]) -> list[Row]:
        """The next rows in the order of their ids; more may wait then."""
        done = self._done
        assert done is not None
        heard, self._heard = self._heard, []
        try:
            rows, rest = await self._read(eyes, heard)
        except BaseException:
            self._heard = heard + self._heard
            raise
        self._heard = rest + self._heard
        fresh = [row for row in rows if row[0] not in done]
        done.add(row[0] for row in fresh)
        return fresh

    async def _read(
        self, eyes: AsyncConnection[Any], spans: list[Span]
    ) -> tuple[list[Row], list[Span]]:
        """Rows in these spans, and the spans that are left to read."""
        spans, rest = _begun(united(spans))
        values = [[first for first, _ in spans], [last for _, last in spans], READ_AT_ONCE]
        rows = await (await eyes.execute(self.source.rows.encode(), values)).fetchall()
        if len(rows) < READ_AT_ONCE:
            return rows, rest
        highest = rows[-1][0]
        left = [(max(first, highest + 1), last) for first, last in spans if last > highest]
        return rows, [*left, *rest]


def _begun(spans: list[Span]) -> tuple[list[Span], list[Span]]:
    """What is to be read of these, and what is left; what has no end is read as it is."""
    room = LOOKED_AT
    for place, (first, last) in enumerate(spans):
        if last == HIGHEST:
            break
        room -= last - first + 1
        if room < 0:
            cut = last + room
            return [*spans[:place], (first, cut)], [(cut + 1, last), *spans[place + 1 :]]
    return spans, []


def united(spans: list[Span]) -> list[Span]:
    """The spans in order, those that touch as one."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found
