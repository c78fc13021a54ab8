"""One step of a run: some hundred messages in one transaction, with what they gave kept."""

from collections import Counter
from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import F

from stadtkern.kernel import clock
from stadtkern.kernel.devices.ingest import batch
from stadtkern.kernel.devices.ingest.judged import Judged
from stadtkern.kernel.devices.ingest.text import clean
from stadtkern.kernel.devices.models import Outcome, Redecoding, Reread, RunState, Uplink
from stadtkern.kernel.devices.redecode.reading import judge
from stadtkern.kernel.devices.redecode.selection import Selection
from stadtkern.kernel.devices.redecode.stored import Difference, Old, differences, stored
from stadtkern.kernel.devices.sandbox import CodecPool
from stadtkern.kernel.things import store

STEP = 500
KEEP = """
insert into devices_replaced (run_id, uplink, row)
select %s, o.uplink_id, to_jsonb(o)
from unnest(%s::bigint[], %s::timestamptz[], %s::bigint[]) as k (stream, at, id)
join things_observation o on o.datastream_id = k.stream and o.at = k.at and o.id = k.id
"""


def step(run_id: int, pool: CodecPool) -> Redecoding:
    """Do the next step of a run, or end it; returns the run as it stands.

    Its row is locked, so that a second worker on the same run waits and then does the step after.
    """
    with transaction.atomic():
        run = Redecoding.objects.select_for_update().get(pk=run_id)
        if run.state not in (RunState.WAITING, RunState.RUNNING):
            return run
        if run.stop:
            return _end(run, RunState.CANCELLED)
        # Locked, or two runs over the same messages would both add what the other has written.
        waiting = Selection.of(run).uplinks().filter(id__gt=run.cursor)
        uplinks = list(waiting.select_for_update(of=("self",))[:STEP])
        if not uplinks:
            return _end(run, RunState.DONE)
        counts = _take(run, uplinks, pool)
        _move(run, uplinks[-1].pk, counts)
    return run


def _end(run: Redecoding, state: RunState) -> Redecoding:
    run.state, run.finished, run.moved = state, clock.now(), clock.now()
    run.save(update_fields=["state", "finished", "moved"])
    return run


def _move(run: Redecoding, cursor: int, counts: "Counter[str]") -> None:
    Redecoding.objects.filter(pk=run.pk).update(
        state=RunState.RUNNING,
        cursor=cursor,
        moved=clock.now(),
        **{name: F(name) + counts[name] for name in COUNTED},
    )
    run.refresh_from_db()


COUNTED = ("uplinks", "observations", "same", "changed", "added", "gone", "failed")


def _take(run: Redecoding, uplinks: Sequence[Uplink], pool: CodecPool) -> "Counter[str]":
    read = judge(pool, uplinks)
    before = stored(uplinks, read.streams)
    found = [
        (uplink, judged, differences(before.get(uplink.pk, ()), judged))
        for uplink, judged in zip(uplinks, read.judged, strict=True)
    ]
    _keep(run, [one.old for _, _, row in found for one in row if _leaves(one)])
    wrote = _write(found)
    _remember(run, found, wrote)
    counts = Counter(str(one.kind) for _, _, row in found for one in row)
    counts["uplinks"] = len(uplinks)
    counts["observations"] = sum(len(judged.values) for judged in read.judged)
    counts["failed"] = sum(judged.outcome == Outcome.FAILED for judged in read.judged)
    return counts


def _leaves(one: Difference) -> bool:
    return one.kind in ("changed", "gone")


def _keep(run: Redecoding, leaving: Sequence[Old | None]) -> None:
    """Keep the rows that go, then let them go."""
    keys = [(old.stream, old.at, old.id) for old in leaving if old]
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [run.pk, *(list(column) for column in zip(*keys, strict=True))])
    store.delete_these(keys)


Found = tuple[Uplink, Judged, list[Difference]]


def _write(found: Sequence[Found]) -> dict[int, list[tuple[int, int]]]:
    """Write what is new; datastream and id of each observation, by message."""
    rows: list[store.Observation] = []
    for uplink, judged, row in found:
        coming = {one.stream for one in row if one.kind in ("changed", "added")}
        rows += [o for o in batch.observations(judged, uplink.pk) if o.datastream in coming]
    kinds = {j.device.kind for _, j, _ in found if j.device and j.values}
    wrote: dict[int, list[tuple[int, int]]] = {}
    for one, number in zip(rows, store.write(rows, kinds=kinds), strict=True):
        if number is not None and one.uplink is not None:
            wrote.setdefault(one.uplink, []).append((one.datastream, number))
    return wrote


def _remember(
    run: Redecoding, found: Sequence[Found], wrote: dict[int, list[tuple[int, int]]]
) -> None:
    """How each changed message stood before, and how it stands now."""
    before, after = [], []
    for uplink, judged, row in found:
        was = (uplink.outcome, uplink.reason, uplink.device_id, uplink.codec_version)
        past = Reread(
            run=run,
            uplink=uplink.pk,
            time=uplink.time,
            outcome=uplink.outcome,
            reason=uplink.reason,
            device=uplink.device_id,
            codec_version=uplink.codec_version,
            wrote=wrote.get(uplink.pk, []),
        )
        uplink.outcome, uplink.reason = judged.outcome, clean(judged.reason)[:500]
        uplink.device_id = judged.device.id if judged.device else None
        uplink.codec_version = judged.device.version if judged.device else None
        now = (uplink.outcome, uplink.reason, uplink.device_id, uplink.codec_version)
        if now != was:
            after.append(uplink)
        if now != was or any(one.kind != "same" for one in row):
            before.append(past)
    Reread.objects.bulk_create(before)
    Uplink.objects.bulk_update(after, ["outcome", "reason", "device_id", "codec_version"])
