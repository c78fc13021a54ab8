"""Decodes kept uplinks again with the present codec and replaces their observations."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.devices.ingest import batch, directory
from stadtkern.kernel.devices.ingest.event import Incoming, Message
from stadtkern.kernel.devices.ingest.judged import Judged
from stadtkern.kernel.devices.ingest.text import clean
from stadtkern.kernel.devices.models import Device, Outcome, Uplink
from stadtkern.kernel.devices.networks import read
from stadtkern.kernel.devices.sandbox import CodecPool
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream

STEP = 500


@dataclass(frozen=True, kw_only=True)
class Redecoded:
    """How many uplinks were decoded again, how many observations they gave, how many failed."""

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
    """Replace what the uplinks of these devices between start and end once gave.

    Each step of 500 uplinks is one transaction, so it can stop half-way and run again. Uplinks of
    a device that was not known when they came in are taken up too.
    """
    own = pool is None
    workers = pool or CodecPool(workers=1)
    parts = []
    try:
        for uplinks in _steps(devices, start, end):
            parts.append(_step(workers, uplinks))
    finally:
        if own:
            workers.close()
    total = Redecoded(
        uplinks=sum(p.uplinks for p in parts),
        observations=sum(p.observations for p in parts),
        failed=sum(p.failed for p in parts),
    )
    record(
        actor,
        "devices.redecode",
        f"{len(devices)} devices",
        start=start.isoformat(),
        end=end.isoformat(),
        uplinks=total.uplinks,
        observations=total.observations,
    )
    return total


def _steps(devices: Sequence[int], start: datetime, end: datetime) -> Iterator[list[Uplink]]:
    from_id = 0
    # Those from before the device was known have no device yet.
    theirs = Q(device__in=devices) | Q(device=None, dev_eui__in=_euis(devices))
    chosen = Uplink.objects.filter(theirs, time__gte=start, time__lt=end).order_by("id")
    while uplinks := list(chosen.filter(id__gt=from_id)[:STEP]):
        yield uplinks
        from_id = uplinks[-1].pk


def _euis(devices: Sequence[int]) -> list[str]:
    return list(Device.objects.filter(id__in=devices).values_list("dev_eui", flat=True))


def _step(pool: CodecPool, uplinks: Sequence[Uplink]) -> Redecoded:
    by_key = {(u.source, u.key): u for u in uplinks}
    events = [_again(u) for u in uplinks]
    judged = batch.Ingest(pool, directory.Directory(fresh=0)).judge(events)
    with transaction.atomic():
        store.delete(
            "datastream_id = any(%s) and at between %s and %s and uplink_id = any(%s)",
            [
                _streams(uplinks, judged),
                min(u.time for u in uplinks),
                max(u.time for u in uplinks),
                [u.pk for u in uplinks],
            ],
        )
        rows = []
        for one in judged:
            uplink = by_key[(one.event.source, one.event.key)]
            rows += batch.observations(one, uplink.pk)
            uplink.outcome, uplink.reason = one.outcome, clean(one.reason)[:500]
            uplink.device_id = one.device.id if one.device else None
            uplink.codec_version = one.device.version if one.device else None
        store.write(rows, kinds={j.device.kind for j in judged if j.device and j.values})
        Uplink.objects.bulk_update(uplinks, ["outcome", "reason", "device_id", "codec_version"])
    failed = sum(j.outcome == Outcome.FAILED for j in judged)
    return Redecoded(uplinks=len(uplinks), observations=len(rows), failed=failed)


def _again(uplink: Uplink) -> Incoming:
    """The event as it came in, under the key and time it was stored with."""
    message = Message(
        topic=uplink.topic,
        body=bytes(uplink.raw),
        received=uplink.received,
        network=uplink.source,
    )
    events = read(message)
    # A message may hold several events, each of which was kept as an uplink of its own.
    event = next((one for one in events if one.key == uplink.key), events[0])
    return replace(event, key=uplink.key, time=uplink.time)


def _streams(uplinks: Sequence[Uplink], judged: Sequence[Judged]) -> list[int]:
    """Datastreams that the uplinks may have fed: those of their devices' things, now and then."""
    now = {s.id for j in judged if j.device for s in j.device.streams.values()}
    then = Datastream.objects.filter(
        thing__devices__in={u.device_id for u in uplinks if u.device_id}
    ).values_list("id", flat=True)
    return sorted(now | set(then))
