"""Stores a batch of messages: raw uplinks and their observations in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from stadtkern.kernel.devices import codecs
from stadtkern.kernel.devices.ingest import answers, radio, raw, seen
from stadtkern.kernel.devices.ingest.directory import Directory, Known
from stadtkern.kernel.devices.ingest.event import Incoming, Message
from stadtkern.kernel.devices.ingest.judged import Judged
from stadtkern.kernel.devices.ingest.mapping import look, measured
from stadtkern.kernel.devices.ingest.position import position_of
from stadtkern.kernel.devices.models import Outcome
from stadtkern.kernel.devices.models.profile import CodecKind
from stadtkern.kernel.devices.networks import read
from stadtkern.kernel.devices.sandbox import CodecPool, Decoded
from stadtkern.kernel.things import store
from stadtkern.kernel.things.quality.flags import Reason, note

_CLOCK = Reason(check="clock", grade=store.SUSPECT, text="the time of receipt")


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What a batch did: how many messages were new, and how many observations they gave.

    `age` is how many seconds before their receipt the middle one of its uplinks was sent.
    """

    messages: int
    new: int
    observations: int
    troubled: int
    age: float = 0.0


NOTHING = Stored(messages=0, new=0, observations=0, troubled=0)


class Ingest:
    """Takes batches of messages; holds the codec workers and the directory of devices."""

    def __init__(self, pool: CodecPool, directory: Directory | None = None) -> None:
        self._pool = pool
        self._directory = directory or Directory()
        self._paused: dict[str, str] = {}

    def take(self, messages: Sequence[Message]) -> Stored:
        """Commit a batch; when this returns, every message may be acknowledged.

        Raises django.db.OperationalError while the database is away: nothing is stored then, and
        the batch can be taken again.
        """
        stored = commit(self.judge([event for message in messages for event in read(message)]))
        self._keep_pauses()
        return stored

    def _keep_pauses(self) -> None:
        if (paused := self._pool.strikes.all()) != self._paused:
            codecs.keep_pauses(paused)
            self._paused = paused

    def judge(self, events: Sequence[Incoming]) -> list[Judged]:
        """What becomes of each event, in order; decodes what can be decoded."""
        known = self._directory.look_up(e.dev_eui for e in events if not e.problem)
        decodable = [e for e in events if _decodable(e, known)]
        decoded = dict(zip(map(id, decodable), decode(self._pool, decodable, known), strict=True))
        return [_judge(e, known.get(e.dev_eui), decoded.get(id(e))) for e in events]


def _decodable(event: Incoming, known: dict[str, Known]) -> bool:
    device = known.get(event.dev_eui)
    if event.problem or event.event != "up" or device is None:
        return False
    return not _elsewhere(event, device)


def _elsewhere(event: Incoming, device: Known) -> bool:
    """Whether the device belongs to another network than the one this came by."""
    return device.network not in ("", event.source)


def decode(pool: CodecPool, events: Sequence[Incoming], known: dict[str, Known]) -> list[Decoded]:
    """The events' payloads through their devices' codecs, in order."""
    return codecs.decode([_frame(e, known[e.dev_eui].codec) for e in events], pool)


def _frame(event: Incoming, codec: codecs.Codec) -> codecs.Frame:
    # What a network server has decoded itself is not believed, where there are bytes.
    plain = codec.kind == CodecKind.NONE or event.payload is None
    return codecs.Frame(
        codec=codec,
        f_port=event.f_port or 0,
        payload=event.payload or b"",
        received=event.time.isoformat(),
        data=event.data if plain else None,
    )


def _judge(event: Incoming, device: Known | None, decoded: Decoded | None) -> Judged:
    if event.problem:
        return Judged(event=event, outcome=Outcome.BROKEN, reason=event.problem)
    if device is None:
        return Judged(event=event, outcome=Outcome.UNKNOWN, reason="no device with this DevEUI")
    if _elsewhere(event, device):
        reason = f"the device belongs to the network “{device.network}”, not to “{event.source}”"
        return Judged(event=event, outcome=Outcome.UNKNOWN, reason=reason)
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
    data = dict(decoded.data)
    if decoded.normalized:
        data.setdefault("normalized", decoded.normalized)
    values = measured(device, data) if not device.resting else []
    if event.doubtful_time:
        values = [replace(v, quality=store.SUSPECT, reasons=(*v.reasons, _CLOCK)) for v in values]
    battery = look(decoded.data, device.battery) if device.battery else None
    notes = "; ".join(decoded.warnings)
    return Judged(
        event=event,
        outcome=Outcome.STORED if values else Outcome.NOTED,
        device=device,
        values=tuple(values),
        reason=notes or ("" if values else _nothing(device)),
        battery=float(battery) if isinstance(battery, int | float) else event.battery,
        location=position_of(decoded.data),
    )


def _nothing(device: Known) -> str:
    return "out of service" if device.resting else "no field of the profile in it"


def commit(judged: Sequence[Judged]) -> Stored:
    """Write uplinks, observations and device states together; known messages change nothing."""
    with transaction.atomic():
        ids = raw.insert(judged)
        found = ((j, ids.pop(raw.name(j.event), None)) for j in judged)
        fresh = [(j, uplink) for j, uplink in found if uplink is not None]
        rows = [row for j, uplink in fresh for row in observations(j, uplink)]
        store.write(rows, kinds={j.device.kind for j, _ in fresh if j.device and j.values})
        seen.note([j for j, _ in fresh if j.device])
        radio.note([j for j, _ in fresh])
        answers.take([j for j, _ in fresh])
    return Stored(
        messages=len(judged),
        new=len(fresh),
        observations=len(rows),
        troubled=sum(j.outcome not in (Outcome.STORED, Outcome.NOTED) for j, _ in fresh),
        age=_age(judged),
    )


def _age(judged: Sequence[Judged]) -> float:
    ages = sorted((j.event.received - j.event.time).total_seconds() for j in judged)
    return ages[len(ages) // 2] if ages else 0.0


def observations(judged: Judged, uplink: int) -> list[store.Observation]:
    """The rows that one uplink gives."""
    return [
        store.Observation(
            datastream=m.stream,
            at=judged.event.time,
            value=m.value,
            quality=m.quality,
            uplink=uplink,
            extra={"resultQuality": note(m.reasons)} if m.reasons else None,
        )
        for m in judged.values
    ]
