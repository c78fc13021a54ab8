"""Carries events to their listeners: one at a time each, with all that has come meanwhile."""

import json
import time
from collections.abc import Sequence
from threading import Lock
from typing import Any

from django.db import connection
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from stadtkern.kernel import registry
from stadtkern.kernel.events import Event, joined
from stadtkern.kernel.jobs.tasks import on_record

# A listener is called this long after its last call at the earliest, in seconds; while it is
# quiet, an event is told at once.
GATHERED = 0.5
MOST = 1000
WAITING = """
select id, (args -> 'fields')::text from procrastinate_jobs
where status = 'todo' and task_name = 'deliver' and lock = %s order by id limit %s
"""
TOLD = "delete from procrastinate_jobs where status = 'todo' and id = any(%s)"

_last: dict[str, float] = {}
_guard = Lock()


def carry(call: str, event: str, fields: dict[str, Any], lane: str = "") -> None:
    """Queue an event for its listener, in the publisher's transaction.

    One that cannot be heard holds back those after it in the same lane until its tries are over.
    """
    job = deliver.configure(lock=_lock(call, event, lane))
    job.defer(call=call, event=event, fields=fields, lane=lane)


def _lock(call: str, event: str, lane: str) -> str:
    """The queue never runs two jobs with the same one at the same time."""
    return f"{event} > {call} > {lane}" if lane else f"{event} > {call}"


@app.task(
    name="deliver",
    queue="events",
    retry=RetryStrategy(max_attempts=5, exponential_wait=3),
    pass_context=True,
)
def deliver(
    context: JobContext, call: str, event: str, fields: dict[str, Any], lane: str = ""
) -> None:
    """Call a listener with its event; at least once, so listeners bear repetition.

    What waits for the same listener is told with it, and leaves the queue when it has been heard.
    """
    lock = _lock(call, event, lane)
    with on_record(context):
        if not lane:
            _gather(lock)
        waiting = _waiting(lock)
        kind, listener = registry.resolve(event), registry.resolve(call)
        for one in joined([_event(kind, fields), *(_event(kind, more) for _, more in waiting)]):
            listener(one)
        _forget([number for number, _ in waiting])
        if not lane:
            with _guard:
                _last[lock] = time.monotonic()


def _gather(lock: str) -> None:
    with _guard:
        since = time.monotonic() - _last.get(lock, float("-inf"))
    if since < GATHERED:
        time.sleep(GATHERED - since)


def _waiting(lock: str) -> list[tuple[int, dict[str, Any]]]:
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [lock, MOST])
        return [(number, json.loads(fields)) for number, fields in cursor.fetchall()]


def _forget(numbers: Sequence[int]) -> None:
    if numbers:
        with connection.cursor() as cursor:
            cursor.execute(TOLD, [list(numbers)])


def _event(kind: type[Event], fields: dict[str, Any]) -> Event:
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()})
