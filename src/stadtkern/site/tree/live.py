"""The SensorThings part of the embedded broker: subscriptions that its publisher can see.

Whoever publishes for the city subscribes to WISHES. It is told which topics below `v1.1/` are
wanted, and a subscriber gets its SUBACK only when the publisher has acknowledged to know of it: so
nothing that happens after the SUBACK is missed.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from stadtkern.site.tree.outbox import Out, Outbox

PREFIX = "v1.1/"
WISHES = "$stadtkern/wishes"
CURRENT = "$stadtkern/current/"
PATIENCE = 3.0  # seconds that a subscriber waits for a publisher that is away
GATHER = 0.01  # seconds in which wishes are told together
LONGEST_TOPIC = 4000  # characters
MOST_TOPICS = 5000  # for one client


@dataclass(eq=False, kw_only=True)
class _Publisher:
    outbox: Outbox
    knows: int = 0  # the version of the wishes it has acknowledged


@dataclass(kw_only=True)
class _Subscriber:
    outbox: Outbox
    filters: dict[str, int] = field(default_factory=dict)  # with the quality of service


class Live:
    """Who wants which topics, what is kept for late comers, and who publishes."""

    def __init__(self, matches: Callable[[str, str], bool]) -> None:
        self._matches = matches
        self._subscribers: dict[str, _Subscriber] = {}
        self._clients: dict[str, set[str]] = defaultdict(set)  # by filter
        self._wildcards: set[str] = set()
        self._kept: dict[str, bytes] = {}
        self._publishers: dict[str, _Publisher] = {}
        self._version = 0
        self._added: set[str] = set()
        self._dropped: set[str] = set()
        self._flush: asyncio.TimerHandle | None = None
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    def outbox(self, client: str) -> Outbox | None:
        """What waits for this client, if it has anything to do with us."""
        if client in self._publishers:
            return self._publishers[client].outbox
        known = self._subscribers.get(client)
        return known.outbox if known else None

    def subscribe(self, client: str, topic: str, qos: int) -> int | None:
        """The quality of service that is granted; None where it wants too much."""
        known = self._subscribers.get(client)
        if len(topic) > LONGEST_TOPIC or (known and len(known.filters) >= MOST_TOPICS):
            return None
        if known is None:
            known = self._subscribers[client] = _Subscriber(outbox=Outbox(client))
        known.filters[topic] = min(qos, 1)
        if not self._clients[topic]:
            self._change(self._added, self._dropped, topic)
            if "#" in topic or "+" in topic:
                self._wildcards.add(topic)
        self._clients[topic].add(client)
        return min(qos, 1)

    def unsubscribe(self, client: str, topic: str) -> bool:
        """Whether it had subscribed to that."""
        known = self._subscribers.get(client)
        if known is None or known.filters.pop(topic, None) is None:
            return False
        self._clients[topic].discard(client)
        if not self._clients[topic]:
            del self._clients[topic]
            self._wildcards.discard(topic)
            self._kept.pop(topic, None)
            self._change(self._dropped, self._added, topic)
        return True

    def forget(self, client: str) -> None:
        """Its session is over."""
        self._publishers.pop(client, None)
        for topic in list(known.filters if (known := self._subscribers.get(client)) else ()):
            self.unsubscribe(client, topic)
        self._subscribers.pop(client, None)
        self._release()

    def publisher(self, client: str) -> None:
        """This client publishes; it is told everything first."""
        self._publishers[client] = _Publisher(outbox=Outbox(client))
        self._tell(client, {"all": list(self._clients)}, self._version)

    def publisher_left(self, client: str) -> None:
        """It is away; when it comes back it subscribes anew."""
        self._publishers.pop(client, None)
        self._release()

    async def known(self) -> None:
        """Return when the publisher knows all that is wanted now, or is away too long."""
        version = self._version + (1 if self._flush else 0)
        if self._publishers and self._reached() >= version:
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((version, waiter))
        await asyncio.wait([waiter], timeout=PATIENCE)
        waiter.cancel()

    def publish(self, topic: str, data: bytes, *, retain: bool) -> None:
        """Hand a message of the publisher to everybody who wants it, once each."""
        if retain:
            self.keep(topic, data)
        takers = {client: self._qos(client, topic) for client in self._clients.get(topic, ())}
        for wildcard in self._wildcards:
            if self._matches(topic, wildcard):
                for client in self._clients[wildcard]:
                    takers[client] = max(takers.get(client, 0), self._qos(client, wildcard))
        for client, qos in takers.items():
            self._subscribers[client].outbox.put(Out(topic=topic, data=data, qos=qos))

    def keep(self, topic: str, data: bytes) -> None:
        """For who subscribes later; nothing is kept of what nobody wants."""
        self._kept.pop(topic, None)
        if data and topic in self._clients:
            self._kept[topic] = data

    def welcome(self, client: str, topic: str) -> None:
        """Send what is kept under this topic."""
        if topic in self._kept:
            out = Out(
                topic=topic, data=self._kept[topic], qos=self._qos(client, topic), retain=True
            )
            self._subscribers[client].outbox.put(out)

    def _qos(self, client: str, topic: str) -> int:
        return self._subscribers[client].filters[topic]

    def _change(self, into: set[str], out_of: set[str], topic: str) -> None:
        if topic in out_of:
            out_of.discard(topic)
        else:
            into.add(topic)
        if self._flush is None:
            self._flush = asyncio.get_running_loop().call_later(GATHER, self._tell_changes)

    def _tell_changes(self) -> None:
        self._flush = None
        self._version += 1
        change = {"add": list(self._added), "drop": list(self._dropped)}
        self._added.clear()
        self._dropped.clear()
        for client in self._publishers:
            self._tell(client, change, self._version)

    def _tell(self, client: str, wishes: dict[str, list[str]], version: int) -> None:
        publisher = self._publishers[client]

        def done() -> None:
            publisher.knows = version
            self._release()

        publisher.knows = publisher.knows if "all" not in wishes else -1
        data = json.dumps(wishes).encode()
        publisher.outbox.put(Out(topic=WISHES, data=data, qos=1, done=done))

    def _reached(self) -> int:
        return min((one.knows for one in self._publishers.values()), default=-1)

    def _release(self) -> None:
        reached = self._reached()
        for version, waiter in self._waiting:
            if version <= reached and not waiter.done():
                waiter.set_result(None)
        self._waiting = [entry for entry in self._waiting if not entry[1].done()]
