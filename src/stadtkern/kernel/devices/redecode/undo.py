"""Takes a run back: what it wrote goes, what it replaced returns with its old ids and quality."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.devices.models import Redecoding, Replaced, Reread, RunState, Uplink
from stadtkern.kernel.things import restore, store

STEP = 500
BACK = """
update devices_uplink u set outcome = r.outcome, reason = r.reason,
  codec_version = r.codec_version,
  device_id = (select d.id from devices_device d where d.id = r.device)
from devices_reread r where r.id = any(%s) and u.id = r.uplink
"""


class Blocked(Exception):
    """A run cannot be undone; `later` are the runs that have to be undone first, if any."""

    def __init__(self, later: Sequence[int] = ()) -> None:
        super().__init__("later runs changed the same messages" if later else "nothing is kept")
        self.later = list(later)


def later_runs(run: Redecoding) -> list[int]:
    """Runs that changed messages of this run after it did."""
    newer = Reread.objects.filter(uplink=OuterRef("uplink"), id__gt=OuterRef("id"))
    mine = Reread.objects.filter(run=run).filter(Exists(newer.exclude(run=run)))
    if not mine.exists():
        return []
    uplinks = mine.values("uplink")
    rows = Reread.objects.filter(uplink__in=uplinks, run__gt=run.pk)
    return sorted(set(rows.values_list("run", flat=True)))


def undo(run: Redecoding, *, actor: Any) -> Redecoding:
    """Put a run that has ended on its way back; `carry_on` does the work.

    Raises Blocked: what it replaced is no longer kept, or later runs have to be undone first.
    """
    with transaction.atomic():
        run = Redecoding.objects.select_for_update().get(pk=run.pk)
        if run.state not in (RunState.DONE, RunState.CANCELLED) or run.kept_until < clock.now():
            raise Blocked
        if later := later_runs(run):
            raise Blocked(later)
        record(actor, "devices.redecode.undo", run)
        run.state, run.moved = RunState.UNDOING, clock.now()
        run.save(update_fields=["state", "moved"])
    return run


def undo_step(run_id: int) -> Redecoding:
    """Take back some hundred messages in one transaction; the last step ends the undoing."""
    with transaction.atomic():
        run = Redecoding.objects.select_for_update().get(pk=run_id)
        if run.state != RunState.UNDOING:
            return run
        rows = list(run.reread.order_by("-id")[:STEP])
        if rows:
            _take_back(run, rows)
        run.moved = clock.now()
        if len(rows) < STEP:
            run.state, run.finished = RunState.UNDONE, clock.now()
        run.save(update_fields=["state", "moved", "finished"])
    return run


def _take_back(run: Redecoding, rows: Sequence[Reread]) -> None:
    uplinks = [row.uplink for row in rows]
    # As a run does, so that both wait for each other and not halfway.
    list(Uplink.objects.select_for_update().filter(id__in=uplinks).order_by("id").values("id"))
    store.delete_these([(stream, r.time, number) for r in rows for stream, number in r.wrote])
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from devices_replaced where run_id = %s and uplink = any(%s)"
            " returning row::text",
            [run.pk, uplinks],
        )
        kept = [text for (text,) in cursor.fetchall()]
        restore.restore(kept)
        cursor.execute(BACK, [[row.pk for row in rows]])
    Reread.objects.filter(pk__in=[row.pk for row in rows]).delete()


def forget_replaced() -> str:
    """Forget what runs replaced once the time for undoing them is over."""
    past = Redecoding.objects.filter(kept_until__lt=clock.now()).exclude(state=RunState.UNDOING)
    gone = Replaced.objects.filter(run__in=past).delete()[0]
    gone += Reread.objects.filter(run__in=past).delete()[0]
    return f"{gone} kept rows forgotten"
