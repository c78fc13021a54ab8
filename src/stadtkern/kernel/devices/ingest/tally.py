"""Adds up what each gateway heard of one batch: by the hour, and by device, hexagon and day."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from stadtkern.kernel import registry
from stadtkern.kernel.devices.coverage import airtime, cells
from stadtkern.kernel.devices.ingest.event import Incoming, Reception
from stadtkern.kernel.devices.ingest.judged import Judged
from stadtkern.kernel.devices.ingest.text import clean
from stadtkern.kernel.devices.models.gateway import SPREADING_FACTORS

# Beyond the city's edge by so many degrees (about 5 km) nothing is put on the map: a tracker on a
# journey is nobody's coverage.
AROUND: Final = 0.05
# What a receiver can measure, in dBm and dB; anything else is no level.
RSSI: Final = (-200.0, 50.0)
SNR: Final = (-60.0, 60.0)
# As many characters as a gateway's name may have.
LONGEST: Final = 40
# Days are counted from here.
EPOCH: Final = date(2000, 1, 1).toordinal()


@dataclass(kw_only=True, slots=True)
class Load:
    """One gateway in one hour; `of_sf` counts from SF7 to SF12."""

    last: datetime
    lon: float | None = None
    lat: float | None = None
    heard: int = 0
    best: int = 0
    alone: int = 0
    airtime: int = 0
    of_sf: list[int] = field(default_factory=lambda: [0] * len(SPREADING_FACTORS))

    def row(self) -> tuple[Any, ...]:
        """In the order of LOADS, after gateway and hour."""
        numbers = (self.heard, self.best, self.alone, self.airtime, *self.of_sf)
        return (self.last, self.lon, self.lat, *numbers)


@dataclass(kw_only=True, slots=True)
class Levels:
    """One device at one gateway on one day, from one hexagon."""

    last: datetime
    moving: bool = False
    heard: int = 0
    best: int = 0
    alone: int = 0
    airtime: int = 0
    levels: int = 0
    rssi_best: float | None = None
    rssi_sum: float = 0.0
    snr_best: float | None = None
    snr_sum: float = 0.0
    worst_sf: int | None = None

    def row(self) -> tuple[Any, ...]:
        """In the order of HEARD, after day, device, gateway and hexagon."""
        return (
            self.moving, self.heard, self.best, self.alone, self.airtime, self.levels,
            self.rssi_best, self.rssi_sum, self.snr_best, self.snr_sum, self.worst_sf, self.last,
        )  # fmt: skip


class Tally:
    """Adds up the uplinks of one batch."""

    def __init__(self, zone: ZoneInfo, edge: tuple[float, float, float, float]) -> None:
        self.loads: dict[tuple[str, datetime], Load] = {}
        self.heard: dict[tuple[int, int, str, int], Levels] = {}
        self._zone, self._edge = zone, edge

    def add(self, judged: Judged) -> None:
        """Count one uplink at every gateway that heard it; two antennas are one gateway."""
        event = judged.event
        # The best one first; of two antennas at one gateway the better one counts.
        named = [(clean(r.gateway)[:LONGEST], r) for r in event.gateways if r.gateway.strip()]
        if not named:
            return
        receptions = dict(reversed(named))
        hour = event.time.replace(minute=0, second=0, microsecond=0)
        millis = round(1000 * airtime.of_uplink(len(event.payload or b""), event.spreading_factor))
        place = self._place(judged) if judged.device else None
        day = event.time.astimezone(self._zone).toordinal() - EPOCH
        for eui, reception in receptions.items():
            shares = (eui == named[0][0], len(receptions) == 1)
            load = self.loads.get((eui, hour))
            if load is None:
                load = self.loads[eui, hour] = Load(last=event.time)
            _load(load, event, reception, shares, millis)
            if judged.device and place:
                key = (day, judged.device.id, eui, place[0])
                levels = self.heard.get(key)
                if levels is None:
                    levels = self.heard[key] = Levels(last=event.time)
                levels.moving |= place[1]
                _level(levels, event, reception, shares, millis)

    def _place(self, judged: Judged) -> tuple[int, bool]:
        """The hexagon that the device was in, and whether it said so itself."""
        told = judged.event.location or judged.location
        known = told or (judged.device.spot if judged.device else None)
        west, south, east, north = self._edge
        if known is None or not (west <= known[0] <= east and south <= known[1] <= north):
            return cells.NOWHERE, told is not None
        return cells.cell_at(*known), told is not None


def _load(
    load: Load, event: Incoming, reception: Reception, shares: tuple[bool, bool], millis: int
) -> None:
    best, alone = shares
    load.last = max(load.last, event.time)
    load.heard += 1
    load.best += best
    load.alone += alone
    load.airtime += millis
    if (step := event.spreading_factor) is not None and step in SPREADING_FACTORS:
        load.of_sf[step - SPREADING_FACTORS.start] += 1
    # 0, 0 is a gateway whose network does not know where it stands.
    if reception.lon is not None and reception.lat is not None and (reception.lon or reception.lat):
        load.lon, load.lat = reception.lon, reception.lat


def _level(
    levels: Levels, event: Incoming, reception: Reception, shares: tuple[bool, bool], millis: int
) -> None:
    best, alone = shares
    levels.last = max(levels.last, event.time)
    levels.heard += 1
    levels.best += best
    levels.alone += alone
    levels.airtime += millis if best else 0
    if (step := event.spreading_factor) is not None and step in SPREADING_FACTORS:
        levels.worst_sf = max(levels.worst_sf or 0, step)
    rssi, snr = _within(reception.rssi, RSSI), _within(reception.snr, SNR)
    if rssi is not None and snr is not None:
        levels.levels += 1
        levels.rssi_sum += rssi
        levels.snr_sum += snr
        levels.rssi_best = _higher(levels.rssi_best, rssi)
        levels.snr_best = _higher(levels.snr_best, snr)


def _within(level: float | None, span: tuple[float, float]) -> float | None:
    return level if level is not None and span[0] <= level <= span[1] else None


def _higher(known: float | None, new: float) -> float:
    return new if known is None else max(known, new)


def edge() -> tuple[float, float, float, float]:
    """West, south, east and north of what may be on the map, in degrees."""
    west, south, east, north = registry.city().city.bounds
    return west - AROUND, south - AROUND, east + AROUND, north + AROUND
