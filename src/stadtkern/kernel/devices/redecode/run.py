"""A run over kept messages: begun, carried on, stopped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.devices.models import Redecoding, RunState
from stadtkern.kernel.devices.redecode.selection import Selection
from stadtkern.kernel.devices.redecode.step import step
from stadtkern.kernel.devices.redecode.undo import undo_step
from stadtkern.kernel.devices.sandbox import CodecPool
from stadtkern.kernel.jobs import tasks

# How long what a run replaced is kept, so that it can be undone.
KEPT = timedelta(days=30)
CARRY_ON = "stadtkern.kernel.devices.redecode.run.carry_on"


@dataclass(frozen=True, kw_only=True)
class Redecoded:
    """How many uplinks were decoded again, how many observations they gave, how many failed."""

    run: int
    uplinks: int
    observations: int
    failed: int


def redecode(
    devices: Sequence[int],
    start: datetime,
    end: datetime,
    *,
    actor: Any,
    pool: CodecPool | None = None,
) -> Redecoded:
    """Decode the messages of these devices between start and end again, while the caller waits.

    Each step of 500 messages is one transaction, so it can stop half-way and run again. Messages
    of a device that was not known when they came in are taken up too.
    """
    selection = Selection(devices=tuple(devices), start=start, end=end)
    run = begin(selection, actor=actor, queued=False)
    carry_on(run.pk, pool=pool)
    run.refresh_from_db()
    return Redecoded(
        run=run.pk, uplinks=run.uplinks, observations=run.observations, failed=run.failed
    )


def begin(selection: Selection, *, actor: Any, queued: bool = True) -> Redecoding:
    """Put a run on record, and into the queue."""
    with transaction.atomic():
        run = Redecoding.objects.create(
            author=actor if isinstance(actor, str) else actor.get_username(),
            devices=sorted(selection.devices),
            start=selection.start,
            end=selection.end,
            version=selection.version,
            outcome=selection.outcome,
            total=selection.uplinks().count(),
            kept_until=clock.now() + KEPT,
        )
        record(
            actor,
            "devices.redecode",
            run,
            devices=len(selection.devices),
            start=selection.start.isoformat(),
            end=selection.end.isoformat(),
            messages=run.total,
        )
        if queued:
            queue(run)
    return run


def queue(run: Redecoding) -> None:
    """Hand a run to the workers, in the caller's transaction."""
    tasks.perform.defer(call=CARRY_ON, number=run.pk)


def carry_on(number: int, *, pool: CodecPool | None = None) -> str:
    """Work on a run, decoding or undoing, until it has ended. Any number of workers may."""
    if pool is None:
        with CodecPool(workers=1) as own:
            return carry_on(number, pool=own)
    run = Redecoding.objects.get(pk=number)
    while run.state in (RunState.WAITING, RunState.RUNNING):
        run = step(number, pool)
    while run.state == RunState.UNDOING:
        run = undo_step(number)
    return f"run {number}: {run.uplinks} messages, {run.state}"


def stop(run: Redecoding, *, actor: Any) -> None:
    """Ask a run to end after its present step; one that nobody has begun ends at once."""
    with transaction.atomic():
        record(actor, "devices.redecode.stop", run)
        Redecoding.objects.filter(pk=run.pk).update(stop=True)
        Redecoding.objects.filter(pk=run.pk, state=RunState.WAITING).update(
            state=RunState.CANCELLED, finished=clock.now()
        )
