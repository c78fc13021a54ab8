"""Hands new observations to everybody who listens over HTTP in this process."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import AsyncConnection

from stadtkern.kernel.sensorthings import pool
from stadtkern.kernel.sensorthings.live.feed import Arrived, Batch, Feed
from stadtkern.kernel.sensorthings.live.messages import Message, messages
from stadtkern.kernel.sensorthings.live.spans import Span, State
from stadtkern.kernel.sensorthings.live.topics import Topic
from stadtkern.kernel.sensorthings.plan.reads import Base

MOST_LISTENERS = 2_000
MOST_QUESTIONS = 200  # different ones
MOST_WAITING = 5_000  # events of one listener who reads slowly
AT_ONCE = 1_000

_MISSED = (
    "select o.id, o.datastream_id, d.multi"
    " from unnest(%s::bigint[], %s::bigint[]) as s (lo, hi)"
    " join things_observation o on o.id between s.lo and s.hi"
    " join things_datastream d on d.id = o.datastream_id"
    " where %s::bigint is null or o.datastream_id = %s order by o.id limit %s"
)


class Full(Exception):
    """No further listener fits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """An observation, and the state of the listener who has been told of it."""

    id: int
    body: bytes
    state: State


@dataclass(kw_only=True, eq=False)
class Listener:
    """Somebody who listens; `told` is what it knows already."""

    topic: Topic
    where: Base
    told: State | None
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    here: State = field(default_factory=State)  # where the process was when it began
    slow: bool = False
    _waiting: deque[Event] = field(default_factory=deque)
    _ready: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def question(self) -> tuple[Base, object]:
        """Alike for those whom one statement can answer."""
        return self.where, self.topic.question

    def begin(self, here: State) -> None:
        """From this state on, everything is put."""
        self.here = here
        self.told = self.told or here
        self.begun.set()

    def put(self, event: Event) -> None:
        """An event to be read, if it is not known; too many are too slow a reader."""
        assert self.told is not None
        if self.told.covers(event.id) or self.here.covers(event.id):
            return
        self.slow = self.slow or len(self._waiting) >= MOST_WAITING
        if not self.slow:
            known = event.state if self.told is self.here else event.state.joined(self.told)
            self._waiting.append(replace(event, state=known))
        self._ready.set()

    async def next(self, patience: float) -> list[Event]:
        """What is new; nothing where nothing was for so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._ready.wait()
        self._ready.clear()
        events = list(self._waiting)
        self._waiting.clear()
        return events


class Hub:
    """One for all listeners of an event loop; listens to the database while there are any."""

    def __init__(self) -> None:
        self._joining: set[Listener] = set()
        self._present: set[Listener] = set()
        self._feed: Feed | None = None
        self._task: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def fits(self, listener: Listener) -> bool:
        """Whether one more can listen; each question beside the others takes a statement."""
        everybody = self._present | self._joining
        asked = {one.question for one in everybody}
        more = listener.question in asked or len(asked) < MOST_QUESTIONS
        return len(everybody) < MOST_LISTENERS and more

    def join(self, listener: Listener) -> None:
        """Tell this listener of what comes, from the moment that its `begun` is set.

        Raises Full: too many listen.
        """
        if not self.fits(listener):
            raise Full
        if self._task is None or self._task.done():
            self._feed = Feed(tell=self._tell, started=self._admit, name="stadtkern-events")
            self._task = asyncio.create_task(self._feed.run(), name="events")
        self._joining.add(listener)
        if self._feed is not None and self._feed.ready.is_set():
            task = asyncio.create_task(self._admit_soon(self._feed))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def leave(self, listener: Listener) -> None:
        """Forget this listener; without any, the database is not listened to."""
        self._joining.discard(listener)
        self._present.discard(listener)
        if not self._present and not self._joining and self._task is not None:
            self._task.cancel()
            self._task = self._feed = None

    async def _admit_soon(self, feed: Feed) -> None:
        """Who is new hears nothing of what was there before."""
        await feed.caught_up()
        if feed is self._feed and feed.ready.is_set():
            self._admit()

    def _admit(self) -> None:
        """The feed is at a known place."""
        assert self._feed is not None
        here = self._feed.tails[0].state
        for listener in self._joining:
            listener.begin(here)
        self._present |= self._joining
        self._joining.clear()

    async def _tell(self, batch: Batch, eyes: AsyncConnection[Any]) -> None:
        """Nobody is told before all is read, as it is read again where that fails."""
        listeners = [one for one in self._present if _may_concern(one, batch)]
        audiences: dict[Base, dict[str, list[Listener]]] = {}
        for one in listeners:
            audiences.setdefault(one.where, {}).setdefault(one.topic.text, []).append(one)
        found: list[tuple[Message, list[Listener]]] = []
        new = Batch(observations=batch.observations)
        for where, takers in audiences.items():
            topics = [members[0].topic for members in takers.values()]
            told = await messages(new, topics, where, eyes)
            found += [(message, takers[message.topic.text]) for message in told]
        states = _states(batch) if found else {}
        for message, members in found:
            event = Event(id=message.id, body=message.body, state=states[message.id])
            for listener in members:
                listener.put(event)


def _states(batch: Batch) -> dict[int, State]:
    """The state after each observation of the batch."""
    found = {}
    state = batch.before
    for one in batch.observations:
        found[one.id] = state = state.told(one.id)
    return found


def _may_concern(listener: Listener, batch: Batch) -> bool:
    stream = listener.topic.stream
    return stream is None or any(one.stream == stream for one in batch.observations)


async def missed(listener: Listener) -> AsyncGenerator[list[Event], None]:
    """What it missed before it began, in the order of the ids, piece by piece."""
    known, here, beyond = listener.told, listener.here, 0
    assert known is not None
    stream = listener.topic.stream
    while spans := _between(known, here, beyond):
        values = [[lo for lo, _ in spans], [hi for _, hi in spans], stream, stream, AT_ONCE]
        async with (await pool.pool()).connection() as eyes:
            rows = await (await eyes.execute(_MISSED.encode(), values)).fetchall()
            new = [Arrived(id=i, stream=s, multi=m) for i, s, m in rows if here.covers(i)]
            batch = Batch(observations=new)
            found = await messages(batch, [listener.topic], listener.where, eyes)
        if found:
            yield [
                Event(id=one.id, body=one.body, state=known.joined(here.until(one.id)))
                for one in found
            ]
        if len(rows) < AT_ONCE:
            return
        beyond = rows[-1][0]


def _between(known: State, here: State, beyond: int) -> list[Span]:
    """What lies open for who knows `known`, up to `here`."""
    spans = [(max(lo, beyond + 1), min(hi, here.high)) for lo, hi in known.open]
    return [span for span in spans if span[0] <= span[1]]


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """This event loop's hub."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
