"""What ingest must know of a device, kept for a few seconds so that a burst asks once."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from stadtkern.kernel.devices.codecs import Codec
from stadtkern.kernel.devices.models import Device, Profile
from stadtkern.kernel.things.models import Datastream

# Staff see a changed codec or a new device take effect within these seconds.
FRESH = 5.0
# Whoever has to be asked for takes along others whose time is nearly up, so that small batches ask
# once a second and not each of them.
SOON, MOST = 1.0, 50


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
        """The devices among these DevEUIs; at most three queries."""
        now = time.monotonic()
        wanted = set(euis)
        missing = {e for e in wanted if self._entries.get(e, (0.0, None))[0] < now}
        if missing:
            missing |= self._soon(now)
            found = fetch(missing)
            until = now + self._fresh
            self._entries |= {eui: (until, found.get(eui)) for eui in missing}
        entries = ((eui, self._entries[eui][1]) for eui in wanted)
        return {eui: known for eui, known in entries if known is not None}

    def _soon(self, now: float) -> set[str]:
        entries = self._entries.items()
        due = (eui for eui, (until, known) in entries if known and now - SOON < until < now + SOON)
        return set(islice(due, MOST))


def fetch(euis: Iterable[str]) -> dict[str, Known]:
    """Devices from the database, by DevEUI; tuples, since a burst asks for all there are."""
    rows = Device.objects.filter(dev_eui__in=euis).values_list(*COLUMNS)
    found = [_Row._make(row) for row in rows]
    profiles = _profiles({row.profile for row in found})
    streams = _streams({row.thing for row in found if row.thing})
    return {row.eui: _known(row, profiles[row.profile], streams) for row in found}


class _Row(NamedTuple):
    """A device with its place, in the order of COLUMNS."""

    id: int
    eui: str
    profile: int
    resting: bool
    thing: int | None
    kind: str | None
    network: str | None
    west: float | None
    south: float | None
    east: float | None
    north: float | None


COLUMNS = (
    *("id", "dev_eui", "profile_id", "resting", "thing_id", "thing__kind", "network__slug"),
    *(f"thing__place__{side}" for side in ("west", "south", "east", "north")),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shared:
    """What devices of one profile have in common."""

    codec: Codec
    version: int
    rules: tuple[Rule, ...]
    battery: str


def _profiles(numbers: set[int]) -> dict[int, _Shared]:
    rows = Profile.objects.filter(id__in=numbers).defer("examples", "results", "origin", "observes")
    return {row.pk: _shared(row) for row in rows}


def _shared(profile: Profile) -> _Shared:
    return _Shared(
        codec=Codec.of(profile),
        version=profile.version,
        rules=tuple(Rule(**measure) for measure in profile.measures),
        battery=profile.battery,
    )


def _streams(things: set[int]) -> dict[int, dict[str, Stream]]:
    rows = Datastream.objects.filter(thing__in=things).values_list(
        "thing_id", "observed_property__slug", "id", "low", "high"
    )
    found: dict[int, dict[str, Stream]] = {}
    for thing, slug, number, low, high in rows:
        found.setdefault(thing, {})[slug or ""] = Stream(id=number, low=low, high=high)
    return found


def imagined(profile: Profile, streams: dict[str, Stream]) -> Known:
    """A device of this profile that is not there yet, with these datastreams."""
    shared = _shared(profile)
    return Known(
        id=0, codec=shared.codec, version=shared.version, rules=shared.rules,
        battery=shared.battery, kind="", streams=streams,
    )  # fmt: skip


def _known(row: _Row, profile: _Shared, streams: dict[int, dict[str, Stream]]) -> Known:
    return Known(
        id=row.id,
        codec=profile.codec,
        version=profile.version,
        rules=profile.rules,
        battery=profile.battery,
        kind=row.kind or "",
        streams=streams.get(row.thing or 0, {}),
        spot=_spot(row),
        network=row.network or "",
        resting=row.resting,
    )


def _spot(row: _Row) -> tuple[float, float] | None:
    """The middle of the place's box."""
    if row.west is None or row.south is None or row.east is None or row.north is None:
        return None
    return (row.west + row.east) / 2, (row.south + row.north) / 2
