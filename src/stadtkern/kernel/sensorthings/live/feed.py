"""Hears of every committed observation and every changed entity, once each."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
import structlog
from psycopg import AsyncConnection

from stadtkern.kernel.sensorthings import pool
from stadtkern.kernel.sensorthings.live.bookmark import Bookmark, found
from stadtkern.kernel.sensorthings.live.spans import State
from stadtkern.kernel.sensorthings.live.tail import Row, Source, Tail

log = structlog.get_logger("sensorthings")

BACKOFF = (0.2, 0.5, 1.0, 2.0, 5.0)
PROMPT, RARELY = 0.5, 0.25  # seconds
NAP = 5.0  # seconds after the last question until it stops to read what nobody wants
SILENCE = 30.0  # seconds after which a connection is asked whether it lives
LEADER = 0x53544131  # the advisory lock of whoever may tell
NEW = "*"  # stands for all columns of a new row

OBSERVATIONS = Source(
    channel="observations_new",
    newest="select last_value from things_observation_id_seq",
    rows="select o.id, o.datastream_id, d.multi"
    " from unnest(%s::bigint[], %s::bigint[]) as s (lo, hi)"
    " join things_observation o on o.id between s.lo and s.hi"
    " join things_datastream d on d.id = o.datastream_id order by o.id limit %s",
)
CHANGES = Source(
    channel="sensorthings_changes",
    newest="select last_value from sensorthings_change_id_seq",
    rows="select c.id, c.entity, c.number, c.columns, d.id, d.multi"
    " from unnest(%s::bigint[], %s::bigint[]) as s (lo, hi)"
    " join sensorthings_change c on c.id between s.lo and s.hi"
    " left join things_observation o on c.entity = 'Observations' and o.id = c.number"
    " left join things_datastream d on d.id = o.datastream_id order by c.id limit %s",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrived:
    """A new observation and its datastream."""

    id: int
    stream: int
    multi: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """An entity that was made (`columns` is NEW) or of which these columns have changed.

    A corrected observation comes with its datastream.
    """

    entity: str
    id: int
    columns: frozenset[str]
    stream: int | None = None
    multi: bool = False

    @property
    def new(self) -> bool:
        """Whether it was made."""
        return NEW in self.columns


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """What was committed since the batch before; `before` says which observations were told."""

    observations: Sequence[Arrived] = ()
    changes: Sequence[Changed] = ()
    before: State = field(default_factory=State)


Tell = Callable[[Batch, AsyncConnection[Any]], Awaitable[None]]


@dataclass(kw_only=True, eq=False)
class Feed:
    """Calls `tell` with each batch; stays at its place when the database goes away.

    Where `tell` fails with an error of the database, it is called again with the same batch.

    `alone`: only one feed of all processes with this wish tells, the others wait for its end, and
    go on where it was.
    `started` is called whenever it listens (again), before anything is told. While `bored` says
    that nobody wants to hear anything, it reads rarely, and soon nothing at all.
    """

    tell: Tell
    alone: bool = False
    started: Callable[[], None] | None = None
    bored: Callable[[], bool] = lambda: False
    name: str = "stadtkern-changes"
    tails: tuple[Tail, Tail] = field(default_factory=lambda: (Tail(OBSERVATIONS), Tail(CHANGES)))
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    _untold: Batch | None = None
    _asking: list[asyncio.Future[None]] = field(default_factory=list)
    _work: asyncio.Event = field(default_factory=asyncio.Event)
    _echo: asyncio.Future[None] | None = None
    _asked: asyncio.Event = field(default_factory=asyncio.Event)
    _bookmark: Bookmark = field(init=False)
    _awake_until: float = 0.0  # by the clock of the loop

    def __post_init__(self) -> None:
        self._bookmark = Bookmark(self.tails)

    @property
    def asleep(self) -> bool:
        """Whether it reads nothing, since nobody wants to hear anything."""
        return any(tail.asleep for tail in self.tails)

    async def caught_up(self) -> None:
        """Return when what is committed by now is told, or cannot be told now."""
        told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asking.append(told)
        self._work.set()
        self._asked.set()
        await asyncio.wait([told], timeout=PROMPT)
        told.cancel()

    async def run(self) -> None:
        """Listen until cancelled."""
        failures = 0
        while True:
            try:
                async with await connect(self.name) as ears, await connect(self.name) as eyes:
                    await self._listen_from_here(ears, eyes)
                    failures = 0
                    await self._serve(ears, eyes)
            except (psycopg.Error, OSError, TimeoutError) as error:
                log.warning("changes wait for the database", error=str(error).partition("\n")[0])
            finally:
                self.ready.clear()
            await asyncio.sleep(BACKOFF[min(failures, len(BACKOFF) - 1)])
            failures += 1

    async def _listen_from_here(
        self, ears: AsyncConnection[Any], eyes: AsyncConnection[Any]
    ) -> None:
        while self.alone and not await _leads(ears):
            await asyncio.sleep(1.0)
        for tail in self.tails:
            await ears.execute(f"listen {tail.source.channel}".encode())
            await tail.start(eyes, await found(tail, eyes) if self.alone else None)
        if self._untold is None:
            self._bookmark.move()
        if self.started:
            self.started()
        self.ready.set()

    async def _serve(self, ears: AsyncConnection[Any], eyes: AsyncConnection[Any]) -> None:
        self._work.set()
        tasks = {asyncio.create_task(self._hear(ears)), asyncio.create_task(self._read(eyes))}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self.alone and not eyes.closed:
                with contextlib.suppress(psycopg.Error, OSError):
                    await self._bookmark.keep(eyes, now=True)

    async def _hear(self, ears: AsyncConnection[Any]) -> None:
        tails = {tail.source.channel: tail for tail in self.tails}
        while True:
            async for notice in ears.notifies(timeout=SILENCE):
                tails[notice.channel].hear(notice.payload)
                if self._echo and notice.payload.startswith(f"echo {id(self._echo)} "):
                    self._echo.cancel()
                self._work.set()
            # A connection that was cut without a word must not be listened to for ever.
            async with asyncio.timeout(SILENCE):
                await ears.execute(b"select 1")

    async def _read(self, eyes: AsyncConnection[Any]) -> None:
        """Whatever was announced while the last batch was told is read together."""
        while True:
            self._asked.clear()
            asking, self._asking = self._asking, []
            if asking:
                self._awake_until = asyncio.get_running_loop().time() + NAP
                await self._hear_all(eyes)
            if self._untold is None:
                await self._read_some(eyes)
            if self._untold is not None:
                await self.tell(self._untold, eyes)
                self._untold = None
                self._bookmark.move()
            if any(tail.waiting for tail in self.tails):
                self._asking = [*asking, *self._asking]
            else:
                _answer(asking)
            if self.alone:
                await self._bookmark.keep(eyes)
            await self._wait_for_work()

    async def _hear_all(self, eyes: AsyncConnection[Any]) -> None:
        """Notifications come in the order of the commits: after our own, none is outstanding."""
        self._echo = echo = asyncio.get_running_loop().create_future()
        values = [CHANGES.channel, f"echo {id(echo)} {self.name}"]
        await eyes.execute(b"select pg_notify(%s, %s)", values)
        await asyncio.wait([echo], timeout=PROMPT)
        echo.cancel()

    async def _read_some(self, eyes: AsyncConnection[Any]) -> None:
        observations, changes = self.tails
        if self.bored() and asyncio.get_running_loop().time() > self._awake_until:
            observations.sleep()
            changes.sleep()
            return
        for tail in self.tails:
            if tail.asleep:
                await tail.start(eyes)
        before = observations.state
        new = await observations.read(eyes) if observations.waiting else []
        self._untold = _batch(new, [], before) if new else None
        changed = await changes.read(eyes) if changes.waiting else []
        if changed:
            self._untold = _batch(new, changed, before)
        if observations.waiting or changes.waiting:
            self._work.set()

    async def _wait_for_work(self) -> None:
        """Until there is something to read, or it is time for the bookmark."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._bookmark.due if self.alone else None):
                await self._work.wait()
        if self.bored():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RARELY):
                    await self._asked.wait()
        self._work.clear()


def _answer(asking: Sequence[asyncio.Future[None]]) -> None:
    for told in asking:
        if not told.done():
            told.set_result(None)


def _batch(new: Sequence[Row], changed: Sequence[Row], before: State) -> Batch:
    together: dict[tuple[str, int], tuple[set[str], int | None, bool]] = {}
    for _, entity, number, columns, stream, multi in changed:
        known = together.setdefault((entity, number), (set(), stream, bool(multi)))
        known[0].update(columns)
    fresh = {row[0] for row in new}
    return Batch(
        before=before,
        observations=[Arrived(id=row[0], stream=row[1], multi=row[2]) for row in new],
        changes=[
            Changed(
                entity=entity, id=number, columns=frozenset(columns), stream=stream, multi=multi
            )
            for (entity, number), (columns, stream, multi) in together.items()
            if entity != "Observations" or number not in fresh
        ],
    )


async def _leads(ears: AsyncConnection[Any]) -> bool:
    """The lock lasts as long as this connection."""
    answer = await ears.execute(b"select pg_try_advisory_lock(%s)", [LEADER])
    row = await answer.fetchone()
    return bool(row and row[0])


async def connect(name: str) -> AsyncConnection[Any]:
    """Beside the pools, to the same database, that of a test included."""
    made = await AsyncConnection.connect(**pool.address(), application_name=name)
    await pool.configure(made)
    return made
