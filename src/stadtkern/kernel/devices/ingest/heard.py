"""Keeps on each network when it was last heard and how much came today, a few times a minute."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from django.db import connection
from django.utils import timezone

from stadtkern.kernel.devices.ingest.batch import Stored
from stadtkern.kernel.devices.ingest.consumer import Takes
from stadtkern.kernel.devices.ingest.event import Message

EVERY = 5.0  # seconds between two writes
NOTE = """
update devices_network n set
  last_heard = greatest(n.last_heard, h.at),
  messages = case when n.day = %(day)s then n.messages else 0 end + h.messages,
  troubled = case when n.day = %(day)s then n.troubled else 0 end + h.troubled,
  day = %(day)s
from unnest(%(slugs)s::text[], %(at)s::timestamptz[], %(messages)s::int[], %(troubled)s::int[])
  as h (slug, at, messages, troubled)
where n.slug = h.slug
"""


@dataclass
class Count:
    """What came since the last write."""

    at: datetime
    messages: int = 0
    troubled: int = 0


class Heard:
    """Counts in memory, from any thread; what a killed process had not written is not counted."""

    def __init__(self) -> None:
        self._counts: dict[str, Count] = {}
        self._next = 0.0
        self._turn = Lock()

    def add(self, slug: str, at: datetime, messages: int, troubled: int) -> None:
        """Add what a batch of one network brought."""
        with self._turn:
            count = self._counts.setdefault(slug, Count(at))
            count.at = max(count.at, at)
            count.messages += messages
            count.troubled += troubled

    def write(self, *, now: bool = False) -> None:
        """One statement for all networks, if it is time. Raises django.db.DatabaseError."""
        with self._turn:
            if not self._counts or (time.monotonic() < self._next and not now):
                return
            counts, self._counts = self._counts, {}
            self._next = time.monotonic() + EVERY
        with connection.cursor() as cursor:
            cursor.execute(
                NOTE,
                {
                    "day": timezone.localdate(),
                    "slugs": list(counts),
                    "at": [one.at for one in counts.values()],
                    "messages": [one.messages for one in counts.values()],
                    "troubled": [one.troubled for one in counts.values()],
                },
            )


class Counted:
    """Takes batches, and notes for their network that it was heard."""

    def __init__(self, ingest: Takes, heard: Heard) -> None:
        self._ingest = ingest
        self._heard = heard

    def take(self, messages: Sequence[Message]) -> Stored:
        """As `Ingest.take`, for messages of one network."""
        stored = self._ingest.take(messages)
        latest = max(message.received for message in messages)
        self._heard.add(messages[0].network, latest, stored.new, min(stored.troubled, stored.new))
        return stored
