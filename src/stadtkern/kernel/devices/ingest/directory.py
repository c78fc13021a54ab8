"""What ingest must know of a device, kept for a few seconds so that a burst asks once."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from stadtkern.kernel.devices.codecs import Codec
from stadtkern.kernel.devices.models import Device
from stadtkern.kernel.things.models import Datastream

# Staff see a changed codec or a new device take effect within these seconds.
FRESH = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Stream:
    """The datastream that takes a property's values, and the range that is plausible."""

    id: int
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One Measure of the profile."""

    path: str
    property: str
    factor: float
    offset: float
    words: dict[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A device with its codec, its rules, and the datastreams of the thing it feeds."""

    id: int
    codec: Codec
    version: int
    rules: tuple[Rule, ...]
    battery: str
    kind: str
    streams: dict[str, Stream]
    spot: tuple[float, float] | None = None  # longitude and latitude of its place
    network: str = ""  # the slug of the only network that it may come by
    resting: bool = False  # out of service: its messages give no observations


class Directory:
    """Known devices by DevEUI."""

    def __init__(self, fresh: float = FRESH) -> None:
        self._fresh = fresh
        self._entries: dict[str, tuple[float, Known | None]] = {}

    def look_up(self, euis: Iterable[str]) -> dict[str, Known]:
        """The devices among these DevEUIs; at most two queries."""
        now = time.monotonic()
        wanted = set(euis)
        missing = {e for e in wanted if self._entries.get(e, (0.0, None))[0] < now}
        if missing:
            found = fetch(missing)
            until = now + self._fresh
            self._entries |= {eui: (until, found.get(eui)) for eui in missing}
        entries = ((eui, self._entries[eui][1]) for eui in wanted)
        return {eui: known for eui, known in entries if known is not None}


def fetch(euis: Iterable[str]) -> dict[str, Known]:
    """Devices from the database, by DevEUI."""
    rows = Device.objects.filter(dev_eui__in=euis)
    devices = list(rows.select_related("profile", "thing__place", "network"))
    streams = _streams({d.thing_id for d in devices if d.thing_id})
    return {d.dev_eui: _known(d, streams.get(d.thing_id or 0, {})) for d in devices}


def _streams(things: set[int]) -> dict[int, dict[str, Stream]]:
    rows = Datastream.objects.filter(thing__in=things).values_list(
        "thing_id", "observed_property__slug", "id", "low", "high"
    )
    found: dict[int, dict[str, Stream]] = {}
    for thing, slug, number, low, high in rows:
        found.setdefault(thing, {})[slug or ""] = Stream(id=number, low=low, high=high)
    return found


def _known(device: Device, streams: dict[str, Stream]) -> Known:
    profile = device.profile
    return Known(
        id=device.pk,
        codec=Codec.of(profile),
        version=profile.version,
        rules=tuple(Rule(**measure) for measure in profile.measures),
        battery=profile.battery,
        kind=device.thing.kind if device.thing else "",
        streams=streams,
        spot=_spot(device),
        network=device.network.slug if device.network else "",
        resting=device.resting,
    )


def _spot(device: Device) -> tuple[float, float] | None:
    place = device.thing.place if device.thing else None
    if place is None or place.lon is None or place.lat is None:
        return None
    return place.lon, place.lat
