"""What kept messages give today: judged as ingest does, for the thing that was fed then."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from stadtkern.kernel.devices.ingest import batch, directory
from stadtkern.kernel.devices.ingest.directory import Known, Stream
from stadtkern.kernel.devices.ingest.event import Incoming, Message
from stadtkern.kernel.devices.ingest.judged import Judged
from stadtkern.kernel.devices.models import Deployment, Device, Uplink
from stadtkern.kernel.devices.networks import read
from stadtkern.kernel.devices.sandbox import CodecPool
from stadtkern.kernel.things.models import Thing


@dataclass(frozen=True, kw_only=True)
class Fed:
    """The things that a device has fed: each until some instant, and today's."""

    past: tuple[tuple[datetime, int], ...]
    now: int | None

    def at(self, time: datetime) -> int | None:
        """The thing that a message of this time belongs to."""
        return next((thing for until, thing in self.past if time < until), self.now)

    def all(self) -> set[int]:
        """Every thing that it ever fed."""
        return {thing for _, thing in self.past} | ({self.now} if self.now else set())


class Then(directory.Directory):
    """The directory as it was: devices feed the things that they fed at some time."""

    def __init__(self, streams: dict[int, dict[str, Stream]], kinds: dict[int, str]) -> None:
        super().__init__(fresh=0)
        self._then = streams
        self._kinds = kinds
        self.fed: dict[str, int] = {}

    def look_up(self, euis: Iterable[str]) -> dict[str, Known]:
        """Known devices by DevEUI; those in `fed` feed another thing than today.

        Whoever decodes again wants the values, also of devices that are out of service by now.
        """
        found = super().look_up(euis)
        return {eui: self._as_it_was(eui, known) for eui, known in found.items()}

    def _as_it_was(self, eui: str, known: Known) -> Known:
        known = replace(known, resting=False)
        thing = self.fed.get(eui)
        if thing is None:
            return known
        return replace(known, streams=self._then.get(thing, {}), kind=self._kinds.get(thing, ""))


@dataclass(frozen=True, kw_only=True)
class Read:
    """Messages with what they give today, and the datastreams that each may have fed."""

    judged: list[Judged]
    streams: list[list[int]]


def judge(pool: CodecPool, uplinks: Sequence[Uplink]) -> Read:
    """What becomes of these messages today, in their order; nothing is written."""
    fed = fed_by({u.dev_eui for u in uplinks})
    streams = directory._streams({thing for one in fed.values() for thing in one.all()})
    things = Thing.objects.filter(id__in=list(streams)).values_list("id", "kind")
    then = Then(streams, dict(things))
    judged: list[Judged | None] = [None] * len(uplinks)
    for overrides, places in _rounds(uplinks, fed):
        then.fed = overrides
        answers = batch.Ingest(pool, then).judge([again(uplinks[place]) for place in places])
        for place, answer in zip(places, answers, strict=True):
            judged[place] = answer
    mine = {eui: _ids(streams, one.all()) for eui, one in fed.items()}
    return Read(
        judged=[one for one in judged if one is not None],
        streams=[mine.get(u.dev_eui, []) for u in uplinks],
    )


def _ids(streams: dict[int, dict[str, Stream]], things: set[int]) -> list[int]:
    return sorted(stream.id for thing in things for stream in streams.get(thing, {}).values())


def _rounds(
    uplinks: Sequence[Uplink], fed: dict[str, Fed]
) -> list[tuple[dict[str, int], list[int]]]:
    """The messages in rounds, in each of which every device fed one thing; mostly there is one."""
    by_thing: dict[str, dict[int | None, list[int]]] = {}
    for place, uplink in enumerate(uplinks):
        one = fed.get(uplink.dev_eui)
        thing = one.at(uplink.time) if one else None
        today = one is None or thing == one.now
        by_thing.setdefault(uplink.dev_eui, {}).setdefault(None if today else thing, []).append(
            place
        )
    rounds: list[tuple[dict[str, int], list[int]]] = []
    while by_thing:
        overrides: dict[str, int] = {}
        places: list[int] = []
        for eui, groups in list(by_thing.items()):
            thing, mine = groups.popitem()
            places += mine
            if thing is not None:
                overrides[eui] = thing
            if not groups:
                del by_thing[eui]
        rounds.append((overrides, sorted(places)))
    return rounds


def fed_by(euis: Iterable[str]) -> dict[str, Fed]:
    """What the devices with these DevEUIs fed and feed; two queries."""
    devices = list(Device.objects.filter(dev_eui__in=list(euis)).only("dev_eui", "thing_id"))
    past: dict[int, list[tuple[datetime, int]]] = {}
    for row in Deployment.objects.filter(device__in=devices).order_by("until", "id"):
        past.setdefault(row.device_id, []).append((row.until, row.thing_id))
    return {
        d.dev_eui: Fed(past=tuple(past.get(d.pk, ())), now=d.thing_id)
        for d in devices
    }  # fmt: skip


def again(uplink: Uplink) -> Incoming:
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
