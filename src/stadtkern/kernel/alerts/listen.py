"""Asks for a prompt round when observations come in that a rule watches."""

import time
from dataclasses import dataclass, field

from django.db import connection

from stadtkern.kernel.alerts import subjects
from stadtkern.kernel.alerts.models import About, Rule
from stadtkern.kernel.events import Event, ObservationsStored
from stadtkern.kernel.jobs import delivery

# One process asks so often at most; what it leaves out, the round of the minute sees.
PAUSE = 5.0
# So long an answer to "which datastreams are watched" is good.
FRESH = 30.0
# Rules with more datastreams wait for the minute.
MOST = 20_000
PROMPT = "stadtkern.kernel.alerts.round.prompt"
STORED = f"{ObservationsStored.__module__}.{ObservationsStored.__qualname__}"


@dataclass
class _Watched:
    """The datastreams under rules as this process knows them."""

    streams: frozenset[int] = field(default_factory=frozenset)
    known_at: float = float("-inf")
    asked_at: float = float("-inf")


_watched = _Watched()


def heard(event: Event) -> None:
    """In the publisher's transaction: the round is asked for only if that is committed."""
    if not isinstance(event, ObservationsStored):
        return
    now = time.monotonic()
    if now - _watched.asked_at < PAUSE:
        return
    if now - _watched.known_at > FRESH:
        _watched.streams, _watched.known_at = _streams(), now
    if not _watched.streams.isdisjoint(event.datastreams):
        _watched.asked_at = now
        delivery.carry(PROMPT, STORED, {"datastreams": [], "kinds": []})


def _streams() -> frozenset[int]:
    rows = Rule.objects.filter(on=True, about=About.DATASTREAM, kind__in=("threshold", "rate"))
    found: set[int] = set()
    with connection.cursor() as cursor:
        for rule in rows:
            asked = subjects.of(rule)
            cursor.execute(f"{asked.sql} limit {MOST}", asked.parameters)
            found.update(row[0] for row in cursor.fetchall())
    return frozenset(found)
