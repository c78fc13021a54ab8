"""Takes what came over HTTP: the door committed it, here it is decoded, stored and deleted."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction

from stadtkern.kernel.devices.ingest.batch import Stored, commit
from stadtkern.kernel.devices.ingest.consumer import Takes
from stadtkern.kernel.devices.ingest.event import Message, broken
from stadtkern.kernel.devices.ingest.judged import Judged
from stadtkern.kernel.devices.models import Arrival, Outcome

log = structlog.get_logger("ingest")

LARGEST_BATCH = 500
# The table is usually empty, and then this costs an index look-up; nobody waits longer than this.
PAUSE = 0.1


class Arrivals:
    """Runs in a thread of its own; several processes share the table without meeting."""

    def __init__(self, ingest: Takes, told: Callable[[Stored], None]) -> None:
        self._ingest = ingest
        self._told = told
        self._stop = threading.Event()

    def run(self) -> None:
        """Take what comes until stopped; survives the loss of the database."""
        pause = PAUSE
        while not self._stop.is_set():
            try:
                taken = self.once()
                pause = PAUSE
            except (OperationalError, InterfaceError) as error:
                log.warning("database away", error=str(error).splitlines()[0])
                connection.close()
                taken, pause = 0, min(pause * 2, 5)
            if not taken:
                self._stop.wait(pause)
        connection.close()

    def stop(self) -> None:
        """End `run` after the batch in hand."""
        self._stop.set()

    def once(self) -> int:
        """Take the oldest messages, in their order; how many there were.

        Raises django.db.OperationalError or InterfaceError while the database is away.
        """
        try:
            return self._take(LARGEST_BATCH)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("arrivals refused")
            return self._one_by_one()

    def _one_by_one(self) -> int:
        """A message that the database refuses must not take its neighbours with it."""
        taken = 0
        while taken < LARGEST_BATCH and self._take(1):
            taken += 1
        return taken

    def _take(self, most: int) -> int:
        """Store and delete in one transaction: nothing is taken twice, nothing is lost."""
        with transaction.atomic():
            # Neighbours that another process has in hand are skipped.
            rows = list(Arrival.objects.select_for_update(skip_locked=True).order_by("id")[:most])
            parts = [
                self._stored([_message(row) for row in group], alone=most == 1)
                for _, group in groupby(rows, key=lambda row: row.network)
            ]
            Arrival.objects.filter(id__in=[row.pk for row in rows]).delete()
        for stored in parts:
            self._told(stored)
        return len(rows)

    def _stored(self, messages: Sequence[Message], *, alone: bool) -> Stored:
        try:
            with transaction.atomic():
                return self._ingest.take(messages)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            if not alone:
                raise
            # It would come again and again, and everything after it would wait for ever.
            log.exception("message refused", network=messages[0].network)
            return refused(messages[0], error)


def refused(message: Message, error: Exception) -> Stored:
    """Keep a message that the database refuses, or that nobody was prepared for."""
    reason = f"refused: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
    event = broken(replace(message, topic="refused"), reason)
    return commit([Judged(event=event, outcome=Outcome.BROKEN, reason=reason)])


def _message(row: Arrival) -> Message:
    return Message(
        topic=row.topic,
        body=bytes(row.body),
        received=row.received,
        network=row.network,
        headers=row.headers,
    )
