"""Publishes what changes to an MQTT broker: what is subscribed to, where the broker tells us."""

import asyncio
import threading
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from typing import Any, Self

import msgspec
import structlog
from psycopg import AsyncConnection

from stadtkern.kernel.sensorthings import pool
from stadtkern.kernel.sensorthings.live import newest
from stadtkern.kernel.sensorthings.live.feed import Batch, Feed
from stadtkern.kernel.sensorthings.live.line import Door, Line
from stadtkern.kernel.sensorthings.live.messages import messages
from stadtkern.kernel.sensorthings.live.topics import Topic
from stadtkern.kernel.sensorthings.live.wanted import Wanted, fixed
from stadtkern.kernel.sensorthings.live.wire import Heard
from stadtkern.kernel.sensorthings.plan.reads import Base
from stadtkern.kernel.sensorthings.viewer import PUBLIC

log = structlog.get_logger("sensorthings")

# The embedded broker tells here what is subscribed to; our account alone may listen.
WISHES = "$stadtkern/wishes"
# What it keeps for later subscribers is put below this.
CURRENT = "$stadtkern/current/"
MOST_UNASKED = 2000  # messages a second to a broker that does not say what is wanted
TELLS_WITHIN = 2.0  # seconds after which a broker that has told no wishes will not
AWAY = 30.0  # seconds without a broker after which what is new is let go
SETTLE = 1.0  # seconds that subscribers have to come back to a broker that was away


class Wishes(msgspec.Struct, frozen=True):
    """What the embedded broker tells: `all` at first, then what comes and goes."""

    all: list[str] | None = None
    add: list[str] = []
    drop: list[str] = []


_wishes = msgspec.json.Decoder(Wishes)


class Publisher:
    """Runs in a thread of its own inside a `with`."""

    def __init__(self, door: Door) -> None:
        self._retain = door.retain
        self._where = Base(base=door.base, viewer=PUBLIC)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True, name="publisher")
        self._main: asyncio.Task[None] | None = None
        self._feed = Feed(
            tell=self._tell, alone=True, bored=self._bored, name="stadtkern-publisher"
        )
        self._line = Line(door, WISHES, self._connected, self._told)
        self._wanted: Wanted | None = None  # None: the broker does not tell
        self._order = asyncio.Lock()
        self._gave_up = False
        self._next = 0.0  # not before this instant of the loop, where nobody has asked
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def published(self) -> int:
        """Messages since the start."""
        return self._line.published

    @property
    def asleep(self) -> bool:
        """Whether it lets go what changes, since nobody has subscribed to anything."""
        return self._feed.asleep

    @property
    def ready(self) -> bool:
        """Whether the broker is there and has said what is wanted, or will not."""
        return self._line.open.is_set()

    def __enter__(self) -> Self:
        """Begin to publish, as soon as no other process does."""
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._cancel)
        self._thread.join(5.0)

    def _cancel(self) -> None:
        if self._main is not None:
            self._main.cancel()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._main = self._loop.create_task(self._publish())
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._main)
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    async def _publish(self) -> None:
        """Nobody's subscription is confirmed before we listen to the database."""
        listening = asyncio.create_task(self._feed.run())
        try:
            await self._feed.ready.wait()
            self._line.begin()
            await listening
        finally:
            for task in (listening, *self._tasks):
                task.cancel()
            await asyncio.gather(listening, *self._tasks, return_exceptions=True)
            await self._line.end()
            await pool.close()

    def _connected(self) -> None:
        self._later(self._assume())

    async def _assume(self) -> None:
        await asyncio.sleep(TELLS_WITHIN)
        if self._wanted is None:
            self._line.go_on()

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _told(self, message: Heard) -> None:
        wishes = _wishes.decode(message.payload)
        again = wishes.all is not None and self._wanted is not None
        if wishes.all is not None or self._wanted is None:
            self._wanted = Wanted()
            self._wanted.add(wishes.all or ())
        self._later(self._welcome(message, wishes, self._wanted, again=again))

    async def _welcome(
        self, message: Heard, wishes: Wishes, wanted: Wanted, *, again: bool
    ) -> None:
        """The broker confirms a subscription when we acknowledge that we know it.

        Who is new hears nothing of what was there before.
        """
        async with self._order:
            wanted.drop(wishes.drop)
            if wishes.add or (wishes.all and self._feed.asleep):
                await self._feed.caught_up()
            added = wanted.add(wishes.add)
            if self._retain:
                await self._tell_current([*added, *wanted.among(wishes.all or ())])
            self._line.acknowledge(message)
        if again:
            await asyncio.sleep(SETTLE)
        if wishes.all is not None:
            self._line.go_on()

    def _bored(self) -> bool:
        return self._wanted is not None and not len(self._wanted)

    async def _tell_current(self, topics: list[Topic]) -> None:
        for message in await newest.of_topics(topics, self._where):
            self._line.send(CURRENT + message.topic.text, message.body)

    async def _tell(self, batch: Batch, eyes: AsyncConnection[Any]) -> None:
        if not await self._reachable():
            return
        await self._line.room()
        if self._wanted is None:
            await asyncio.sleep(max(0.0, self._next - self._loop.time()))
        concerned: Iterable[Topic] = (
            fixed(batch) if self._wanted is None else list(self._wanted.concerned(batch))
        )
        found = await messages(batch, concerned, self._where, eyes)
        kept, hidden = frozenset[int](), list[str]()
        if self._retain:
            kept = await newest.ids(found, eyes)
            hidden = await newest.hidden(batch, self._where, eyes)
        # Without a pause: a batch is told as a whole, or read and told later.
        for one in found:
            retain = one.topic.stream is not None and one.id in kept
            self._line.send(one.topic.text, one.body, retain=retain)
        for text in hidden:
            self._line.send(text, b"", retain=True)
        self._next = self._loop.time() + len(found) / MOST_UNASKED

    async def _reachable(self) -> bool:
        """Whether the broker is there; once waited for in vain, it is not waited for again."""
        if self._line.open.is_set():
            self._gave_up = False
        elif not self._gave_up:
            try:
                async with asyncio.timeout(AWAY):
                    await self._line.open.wait()
            except TimeoutError:
                log.warning("no broker: what changes is not published")
                self._gave_up = True
        return not self._gave_up
