"""Typed events: frozen, published inside a transaction, heard by systems that are on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from stadtkern.kernel import registry
from stadtkern.kernel.contract import Listener


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of all events: only plain values, so that a job can carry it."""

    @property
    def lane(self) -> str:
        """What it is about, where that is one thing: only events about the same keep their order.

        An event without a lane waits for all before it, and is told together with them.
        """
        return ""


@dataclass(frozen=True, kw_only=True)
class ObservationsStored(Event):
    """New observations of these datastreams are committed; `kinds` are those of their things."""

    datastreams: tuple[int, ...]
    kinds: tuple[str, ...]


def joined(heard: Sequence[Event]) -> list[Event]:
    """Fewer events that tell the same: what is stored is told in one, whatever else as it was."""
    stored = [one for one in heard if isinstance(one, ObservationsStored)]
    if len(stored) < 2:
        return list(heard)
    together = ObservationsStored(
        datastreams=tuple(sorted({number for one in stored for number in one.datastreams})),
        kinds=tuple(sorted({kind for one in stored for kind in one.kinds})),
    )
    return [together, *(one for one in heard if not isinstance(one, ObservationsStored))]


Carrier = Callable[[str, str, dict[str, Any], str], None]
_carrier: list[Carrier] = []


def carry_with(carrier: Carrier) -> None:
    """Name what carries an event: `(listener path, event path, fields, lane)`."""
    _carrier[:] = [carrier]


Heard = Callable[[Event], None]
_heard: list[Heard] = []


def hear(heard: Heard) -> None:
    """Have a part of the kernel told of every event, in the publisher's own transaction."""
    if heard not in _heard:
        _heard.append(heard)


def listeners(event: type[Event]) -> Iterator[Listener]:
    """Listeners of the systems that are on for this type of event."""
    path = f"{event.__module__}.{event.__qualname__}"
    for system in registry.active():
        yield from (one for one in system.listens if one.event == path)


def kinds_heard() -> frozenset[str]:
    """Thing kinds whose observations somebody listens to, so that others cost nothing."""
    return frozenset(kind for one in listeners(ObservationsStored) for kind in one.kinds)


def publish(event: Event) -> int:
    """Hand the event to every listener it concerns; returns how many there were."""
    told = 0
    for heard in _heard:
        heard(event)
    for listener in listeners(type(event)):
        if not _concerns(event, listener):
            continue
        for carrier in _carrier:
            carrier(listener.call, listener.event, dict(vars(event)), event.lane)
        told += 1
    return told


def _concerns(event: Event, listener: Listener) -> bool:
    """By the kinds of things, or the kind of booking or charge, that the listener names."""
    if isinstance(event, ObservationsStored):
        return bool(set(listener.kinds) & set(event.kinds))
    return not listener.kinds or getattr(event, "kind", "") in listener.kinds
