"""Stores a batch of messages: raw uplinks and their observations in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import connection, transaction

from stadtkern.kernel.devices.ingest import seen
from stadtkern.kernel.devices.ingest.directory import Directory, Known
from stadtkern.kernel.devices.ingest.event import Incoming, Message
from stadtkern.kernel.devices.ingest.judged import Judged
from stadtkern.kernel.devices.ingest.mapping import look, measured
from stadtkern.kernel.devices.ingest.text import clean
from stadtkern.kernel.devices.models import Outcome
from stadtkern.kernel.devices.networks import read
from stadtkern.kernel.devices.sandbox import CodecPool, Decoded, Uplink
from stadtkern.kernel.things import store

INSERT = """
insert into devices_uplink (source, key, event, topic, received, time, dev_eui, device_id,
  f_port, f_cnt, payload, raw, rssi, snr, gateway, spreading_factor, frequency, outcome, reason,
  codec_version)
select * from unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[],
  %s::timestamptz[], %s::text[], %s::bigint[], %s::smallint[], %s::bigint[], %s::bytea[],
  %s::bytea[], %s::float8[], %s::float8[], %s::text[], %s::smallint[], %s::integer[], %s::text[],
  %s::text[], %s::integer[])
on conflict (source, key) do nothing
returning id, source, key
"""


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What a batch did: how many messages were new, and how many observations they gave."""

    messages: int
    new: int
    observations: int
    troubled: int


class Ingest:
    """Takes batches of messages; holds the codec workers and the directory of devices."""

    def __init__(self, pool: CodecPool, directory: Directory | None = None) -> None:
        self._pool = pool
        self._directory = directory or Directory()

    def take(self, messages: Sequence[Message]) -> Stored:
        """Commit a batch; when this returns, every message may be acknowledged.

        Raises django.db.OperationalError while the database is away: nothing is stored then, and
        the batch can be taken again.
        """
        return commit(self.judge([event for message in messages for event in read(message)]))

    def judge(self, events: Sequence[Incoming]) -> list[Judged]:
        """What becomes of each event, in order; decodes what can be decoded."""
        known = self._directory.look_up(e.dev_eui for e in events if not e.problem)
        decodable = [e for e in events if _decodable(e, known)]
        decoded = dict(zip(map(id, decodable), decode(self._pool, decodable, known), strict=True))
        return [_judge(e, known.get(e.dev_eui), decoded.get(id(e))) for e in events]


def _decodable(event: Incoming, known: dict[str, Known]) -> bool:
    return not event.problem and event.event == "up" and event.dev_eui in known


def decode(pool: CodecPool, events: Sequence[Incoming], known: dict[str, Known]) -> list[Decoded]:
    """The events' payloads through their devices' codecs, in order."""
    return pool.decode(
        [
            Uplink(
                codec=known[e.dev_eui].codec,
                source=known[e.dev_eui].source,
                f_port=e.f_port or 0,
                payload=e.payload or b"",
                received=e.time.isoformat(),
                variables={},
            )
            for e in events
        ]
    )


def _judge(event: Incoming, device: Known | None, decoded: Decoded | None) -> Judged:
    if event.problem:
        return Judged(event=event, outcome=Outcome.BROKEN, reason=event.problem)
    if device is None:
        return Judged(event=event, outcome=Outcome.UNKNOWN, reason="no device with this DevEUI")
    if decoded is None:
        return Judged(
            event=event,
            outcome=Outcome.NOTED,
            device=device,
            battery=event.battery,
            reason=f"{event.event} event",
        )
    return judge_decoded(event, device, decoded)


def judge_decoded(event: Incoming, device: Known, decoded: Decoded) -> Judged:
    """What a codec's answer means for this device."""
    if decoded.problem:
        return Judged(event=event, outcome=Outcome.FAILED, device=device, reason=decoded.problem)
    values = measured(device, dict(decoded.data))
    if event.doubtful_time:
        values = [replace(v, quality=store.SUSPECT, reason="time of receipt used") for v in values]
    battery = look(decoded.data, device.battery) if device.battery else None
    notes = "; ".join(decoded.warnings)
    return Judged(
        event=event,
        outcome=Outcome.STORED if values else Outcome.NOTED,
        device=device,
        values=tuple(values),
        reason=notes or ("" if values else "no field of the profile in it"),
        battery=float(battery) if isinstance(battery, int | float) else None,
    )


def commit(judged: Sequence[Judged]) -> Stored:
    """Write uplinks, observations and device states together; known messages change nothing."""
    with transaction.atomic():
        ids = _insert(judged)
        fresh = [
            (j, ids.pop((j.event.source, j.event.key)))
            for j in judged
            if (j.event.source, j.event.key) in ids
        ]
        rows = [row for j, uplink in fresh for row in observations(j, uplink)]
        store.write(rows, kinds={j.device.kind for j, _ in fresh if j.device and j.values})
        seen.note([j for j, _ in fresh if j.device])
    return Stored(
        messages=len(judged),
        new=len(fresh),
        observations=len(rows),
        troubled=sum(j.outcome not in (Outcome.STORED, Outcome.NOTED) for j, _ in fresh),
    )


def observations(judged: Judged, uplink: int) -> list[store.Observation]:
    """The rows that one uplink gives."""
    return [
        store.Observation(
            datastream=m.stream,
            at=judged.event.time,
            value=m.value,
            quality=m.quality,
            uplink=uplink,
            extra={"resultQuality": m.reason} if m.reason else None,
        )
        for m in judged.values
    ]


def _insert(judged: Sequence[Judged]) -> dict[tuple[str, str], int]:
    """Insert the raw uplinks; the ids of those that were not known."""
    table = [
        (
            e.source,
            e.key[:80],
            e.event[:12] or "up",
            e.topic,
            e.received,
            e.time,
            e.dev_eui,
            j.device.id if j.device else None,
            e.f_port,
            e.f_cnt,
            e.payload,
            e.body,
            e.rssi,
            e.snr,
            clean(e.gateway),
            e.spreading_factor,
            e.frequency,
            j.outcome.value,
            clean(j.reason)[:500],
            j.device.version if j.device else None,
        )
        for j in judged
        for e in (j.event,)
    ]
    columns = [list(column) for column in zip(*table, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, columns)
        return {(source, key): number for number, source, key in cursor.fetchall()}
