"""The line of messages whose publishers wait until ingest has committed them.

It knows nothing of sockets. A message is parked (ingest is not subscribed to it), ready (to be
sent) or in flight (sent, not acknowledged). Only ingest's acknowledgement takes it out.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

WINDOW = 1000  # messages in flight to ingest at once, so that it can commit in batches
MOST_ORPHANS = 20_000  # messages kept whose publisher has gone without an acknowledgement
HIGHEST_PACKET_ID = 65_535


class Origin(Protocol):
    """The publisher's connection."""

    def release(self, held: "Held") -> None: ...


@dataclass(eq=False, kw_only=True, slots=True)
class Held:
    topic: str
    data: bytes
    qos: int
    retain: bool = False
    again: bool = False  # its publisher has sent it before
    client: str = ""
    packet_id: int | None = None  # towards the publisher
    origin: Origin | None = None
    sent_as: int = 0  # packet id towards ingest; 0 while it was not sent


Line = OrderedDict[Held, None]


class Hold:
    def __init__(self, standing: Sequence[str], matches: Callable[[str, str], bool]) -> None:
        self.standing = tuple(standing)
        self.subscriptions: dict[str, None] = {}
        self.wake: Callable[[], None] = lambda: None
        self._matches = matches
        self._parked: Line = OrderedDict()
        self._ready: Line = OrderedDict()
        self._again: Line = OrderedDict()
        self._orphans: Line = OrderedDict()
        self._in_flight: OrderedDict[int, Held] = OrderedDict()
        self._by_packet: dict[tuple[str, int | None], Held] = {}
        self._last_id = 0

    def __len__(self) -> int:
        return len(self._parked) + len(self._ready) + len(self._in_flight)

    def covers(self, topic: str) -> bool:
        """Whether a publisher on this topic has to wait for ingest."""
        return self._any(self.standing, topic) or self._any(self.subscriptions, topic)

    def take(self, held: Held) -> None:
        if held.packet_id is not None:
            self._by_packet[held.client, held.packet_id] = held
        if held.origin is None:
            self._orphan(held)
        self._queue(held)
        self.wake()

    def same_as(self, held: Held) -> Held | None:
        """What a publisher re-sends after a reconnect may still be here from before."""
        before = self._by_packet.get((held.client, held.packet_id))
        if before and (before.topic, before.data) == (held.topic, held.data):
            return before
        return None

    def adopt(self, before: Held, origin: Origin) -> None:
        """The acknowledgement will go to the publisher's new connection."""
        before.origin = origin
        self._orphans.pop(before, None)

    def leave(self, held: Held) -> None:
        """Its publisher has gone; the message stays."""
        held.origin = None
        self._orphan(held)

    def next(self) -> tuple[Held, bool] | None:
        """The next message to send and whether it was sent before."""
        if self._again:
            return self._again.popitem(last=False)[0], True
        if not self._ready or len(self._in_flight) >= WINDOW:
            return None
        held = self._ready.popitem(last=False)[0]
        held.sent_as = self._free_id()
        self._in_flight[held.sent_as] = held
        return held, False

    def committed(self, sent_as: int) -> None:
        """Ingest has acknowledged: so may we."""
        held = self._in_flight.pop(sent_as, None)
        if held is None:
            return
        self._again.pop(held, None)
        self._forget(held)
        if held.origin:
            held.origin.release(held)
        self.wake()

    def connected(self, known: bool) -> None:
        """Ingest is back. Its subscriptions and what was in flight stand if it was known."""
        if known:
            self._again = OrderedDict.fromkeys(self._in_flight.values())
            return
        waiting = [*self._in_flight.values(), *self._ready, *self._parked]
        self.subscriptions.clear()
        self._in_flight.clear()
        self._again.clear()
        self._ready.clear()
        self._parked = OrderedDict.fromkeys(waiting)

    def subscribe(self, topic_filter: str) -> None:
        self.subscriptions[topic_filter] = None
        for held in [held for held in self._parked if self._matches(held.topic, topic_filter)]:
            del self._parked[held]
            self._ready[held] = None
        self.wake()

    def unsubscribe(self, topic_filter: str) -> None:
        self.subscriptions.pop(topic_filter, None)

    def _queue(self, held: Held) -> None:
        wanted = self._any(self.subscriptions, held.topic)
        (self._ready if wanted else self._parked)[held] = None

    def _orphan(self, held: Held) -> None:
        """Nobody was told that an orphan is safe, so the oldest may go when they are too many."""
        self._orphans[held] = None
        if len(self._orphans) > MOST_ORPHANS:
            oldest = self._orphans.popitem(last=False)[0]
            for line in (self._parked, self._ready, self._again):
                line.pop(oldest, None)
            self._in_flight.pop(oldest.sent_as, None)
            self._forget(oldest)

    def _forget(self, held: Held) -> None:
        self._orphans.pop(held, None)
        key = (held.client, held.packet_id)
        if self._by_packet.get(key) is held:
            del self._by_packet[key]

    def _free_id(self) -> int:
        while True:
            self._last_id = self._last_id % HIGHEST_PACKET_ID + 1
            if self._last_id not in self._in_flight:
                return self._last_id

    def _any(self, filters: Sequence[str] | dict[str, None], topic: str) -> bool:
        return any(self._matches(topic, topic_filter) for topic_filter in filters)
