"""Gathers the observations that wait while others are being written, and writes them together."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from stadtkern.kernel.sensorthings.posts.batch import Post, refuse, write
from stadtkern.kernel.sensorthings.posts.connections import Connections
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.things.store import Observation

LARGEST = 500  # observations a statement
WAITING = 5_000  # observations; beyond these, clients are told to come again
WRITERS = 4
LATE = 0.1  # seconds after which a batch no longer holds up other datastreams


@dataclass(kw_only=True, eq=False, slots=True)
class _Batch:
    posts: Sequence[Post]
    streams: frozenset[int] = field(init=False)
    late: bool = False

    def __post_init__(self) -> None:
        self.streams = frozenset(post.row.datastream for post in self.posts)


class Collector:
    """One for each event loop. While one batch is written, the next one gathers.

    A batch that takes long, since it waits for somebody who holds one of its datastreams, holds up
    these datastreams alone: others go on in a batch beside it.
    """

    def __init__(self) -> None:
        self._waiting: list[Post] = []
        self._running: dict[asyncio.Task[None], _Batch] = {}
        self._called = False
        self._connections = Connections()

    async def write(self, row: Observation, *, multi: bool, digest: str) -> int | None:
        """Returns once it is committed: its id, negated where the same was there already.

        None: it cannot be taken here; the general path says why, or takes it.
        Raises Problem (503): the database is away, or too much waits; it is not written.
        """
        if len(self._waiting) >= WAITING:
            raise Problem(503, "too many observations are waiting", ("Retry-After", "1"))
        loop = asyncio.get_running_loop()
        post = Post(row=row, multi=multi, digest=digest, done=loop.create_future())
        self._waiting.append(post)
        if not self._called and self._free():
            self._called = True
            loop.call_soon(self._start)  # with whatever else arrives in this turn of the loop
        return await post.done

    async def close(self) -> None:
        """Write what waits, and close the connections."""
        while self._waiting or self._running:
            self._start()
            await asyncio.wait(self._running)
        await self._connections.close()

    def _free(self) -> bool:
        return not self._running or (
            len(self._running) < WRITERS and all(one.late for one in self._running.values())
        )

    def _start(self) -> None:
        """Begin a batch, if something waits and nothing but late ones are under way."""
        self._called = False
        posts = self._next() if self._waiting and self._free() else None
        if not posts:
            return
        batch = _Batch(posts=posts)
        task = asyncio.create_task(self._write(batch), name="posts")
        self._running[task] = batch
        task.add_done_callback(self._ended)

    def _next(self) -> list[Post]:
        """What waits for none of the datastreams that are being written."""
        held = frozenset[int]().union(*(one.streams for one in self._running.values()))
        if not held:
            posts, self._waiting = self._waiting[:LARGEST], self._waiting[LARGEST:]
            return posts
        free = [post for post in self._waiting if post.row.datastream not in held][:LARGEST]
        taken = set(free)
        self._waiting = [post for post in self._waiting if post not in taken]
        return free

    async def _write(self, batch: _Batch) -> None:
        timer = asyncio.get_running_loop().call_later(LATE, self._mark, batch)
        try:
            await write(batch.posts, self._connections)
        finally:
            timer.cancel()
            refuse(batch.posts)

    def _mark(self, batch: _Batch) -> None:
        batch.late = True
        self._start()

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self._start()
