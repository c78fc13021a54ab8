"""How far the publisher has come, kept for whoever publishes after it."""

import time
from collections.abc import Sequence
from typing import Any

from psycopg import AsyncConnection

from stadtkern.kernel.sensorthings.live.spans import State, state_of
from stadtkern.kernel.sensorthings.live.tail import Tail

# So often it is noted at most: what was told since may be told twice after a crash. Seconds.
EVERY = 1.0
# So often it is noted at least, since an old one does not count.
RENEWED = 60.0
_FIND = (
    "select state from sensorthings_told where source = %s and at > now() - interval '10 minutes'"
)
_KEEP = (
    "insert into sensorthings_told (source, state) select * from unnest(%s::text[], %s::text[])"
    " on conflict (source) do update set state = excluded.state, at = excluded.at"
)


class Bookmark:
    """The states of some tails, as of what was told."""

    def __init__(self, tails: Sequence[Tail]) -> None:
        self._tails = tails
        self._told: list[str] = []
        self._kept: list[str] = []
        self._at = 0.0

    @property
    def due(self) -> float:
        """Seconds until it is to be noted."""
        patience = EVERY if self._told != self._kept else RENEWED
        return max(0.0, self._at + patience - time.monotonic())

    def move(self) -> None:
        """All that the tails have given is told."""
        self._told = [str(tail.state) for tail in self._tails]

    async def keep(self, eyes: AsyncConnection[Any], *, now: bool = False) -> None:
        """Note it, if it is time."""
        if self.due and not now:
            return
        told = self._told
        async with eyes.transaction():
            await eyes.execute(b"set transaction read write")
            await eyes.execute(_KEEP.encode(), [[t.source.channel for t in self._tails], told])
        self._kept, self._at = told, time.monotonic()


async def found(tail: Tail, eyes: AsyncConnection[Any]) -> State | None:
    """Where the last publisher was, if that was lately."""
    row = await (await eyes.execute(_FIND.encode(), [tail.source.channel])).fetchone()
    return state_of(row[0]) if row else None
