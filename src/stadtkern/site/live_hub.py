"""Listens to the database once for all open pages, and hands each what it watches."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
import structlog
from django.db import connection
from django.utils import translation

from stadtkern.kernel.things.visibility import PUBLIC_STREAM
from stadtkern.kernel.ui.numbers import figure

log = structlog.get_logger("live")

CHANNEL = "observations"
MOST_WATCHERS = 5000
BACKOFF = (0.2, 0.5, 1.0, 2.0, 5.0)
LATEST = (
    "select l.datastream_id, l.at, l.value, l.other, l.received, d.decimals"  # noqa: S608  a constant
    " from things_latest l join things_datastream d on d.id = l.datastream_id"
    " join things_thing t on t.id = d.thing_id"
    f" where l.datastream_id = any (%s) and {PUBLIC_STREAM}"
)


class Full(Exception):
    """No further page can listen."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """The newest observation of a datastream."""

    datastream: int
    at: datetime
    value: float | None
    other: Any
    received: datetime
    decimals: int

    def text(self, language: str) -> str:
        """The value as people write it."""
        if self.value is None and isinstance(self.other, str):
            return self.other
        with translation.override(language):
            return figure(self.value, self.decimals)


@dataclass(kw_only=True, eq=False)
class Watcher:
    """One open page. What it has not read yet is kept once per datastream, however slow it is."""

    datastreams: frozenset[int]
    since: datetime | None
    language: str
    _waiting: dict[int, Reading] = field(default_factory=dict)
    _ready: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, reading: Reading) -> None:
        """Take note of a value; the newer one replaces the one not read yet."""
        self._waiting[reading.datastream] = reading
        self._ready.set()

    async def next(self, patience: float) -> list[Reading]:
        """What is new; empty where nothing was for so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._ready.wait()
        self._ready.clear()
        readings = list(self._waiting.values())
        self._waiting.clear()
        return readings


class Hub:
    """Runs while somebody watches: one connection listens, one reads."""

    def __init__(self) -> None:
        self._watchers: dict[int, set[Watcher]] = defaultdict(set)
        self._present: set[Watcher] = set()
        self._new: set[Watcher] = set()
        self._changed: set[int] = set()
        self._work = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def join(self, watcher: Watcher) -> None:
        """Tell this watcher what is current, and from now on what changes."""
        if len(self._present) >= MOST_WATCHERS:
            raise Full
        self._present.add(watcher)
        for number in watcher.datastreams:
            self._watchers[number].add(watcher)
        self._new.add(watcher)
        self._work.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="live")

    def leave(self, watcher: Watcher) -> None:
        """Forget this watcher; without any, nothing is listened to."""
        self._present.discard(watcher)
        self._new.discard(watcher)
        for number in watcher.datastreams:
            self._watchers[number].discard(watcher)
            if not self._watchers[number]:
                del self._watchers[number]
        if not self._present and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        """Stay connected; after every interruption what is watched is read again."""
        failures, interrupted = 0, False
        while True:
            try:
                async with await connect() as ears, await connect() as eyes:
                    await ears.execute(f"listen {CHANNEL}")
                    if interrupted:
                        self._mark(self._watchers)
                    interrupted, failures = True, 0
                    await self._serve(ears, eyes)
            except (psycopg.Error, OSError) as error:
                log.warning("live updates wait for the database", error=str(error))
            await asyncio.sleep(BACKOFF[min(failures, len(BACKOFF) - 1)])
            failures += 1

    async def _serve(self, ears: psycopg.AsyncConnection, eyes: psycopg.AsyncConnection) -> None:
        tasks = {asyncio.create_task(self._listen(ears)), asyncio.create_task(self._tell(eyes))}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, ears: psycopg.AsyncConnection) -> None:
        async for notice in ears.notifies():
            if notice.payload == "*":
                self._mark(self._watchers)
            else:
                self._mark(int(part) for part in notice.payload.split(",") if part.isdecimal())

    def _mark(self, numbers: Iterable[int]) -> None:
        """What nobody watches is dropped here, so that bursts elsewhere cost nothing."""
        watched = {number for number in numbers if number in self._watchers}
        if watched:
            self._changed |= watched
            self._work.set()

    async def _tell(self, eyes: psycopg.AsyncConnection) -> None:
        """Whatever was announced while the last values were read is read together."""
        while True:
            await self._work.wait()
            self._work.clear()
            changed, self._changed = self._changed, set()
            new, self._new = self._new, set()
            try:
                await self._read(eyes, changed, new)
            except BaseException:
                self._changed |= changed
                self._new |= new & self._present
                raise

    async def _read(
        self, eyes: psycopg.AsyncConnection, changed: set[int], new: set[Watcher]
    ) -> None:
        wanted = changed.union(*(one.datastreams for one in new))
        answer = await eyes.execute(LATEST, [sorted(wanted)])
        for number, at, value, other, received, decimals in await answer.fetchall():
            reading = Reading(
                datastream=number,
                at=at,
                value=value,
                other=other,
                received=received,
                decimals=decimals,
            )
            for watcher in list(self._watchers.get(number, ())):
                late = watcher in new and (watcher.since is None or received > watcher.since)
                if number in changed or late:
                    watcher.put(reading)


async def connect() -> psycopg.AsyncConnection:
    """Beside Django's pool, to the same database, that of a test included."""
    its = connection.settings_dict
    options = {k: v for k, v in its["OPTIONS"].items() if k not in ("pool", "isolation_level")}
    return await psycopg.AsyncConnection.connect(
        dbname=its["NAME"],
        user=its["USER"] or None,
        password=its["PASSWORD"] or None,
        host=its["HOST"] or None,
        port=its["PORT"] or None,
        autocommit=True,
        application_name="stadtkern-live",
        **options,
    )
