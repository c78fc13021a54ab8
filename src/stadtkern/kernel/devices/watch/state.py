"""What ingest keeps of a device and of its day, as rows of the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Self

from stadtkern.kernel.devices.watch.frames import ALL

# Column, the type in which it travels, in the order of the fields of State.
DEVICE_COLUMNS = (
    ("last_seen", "timestamptz"),
    ("last_uplink", "timestamptz"),
    ("f_cnt", "bigint"),
    ("f_window", "bigint"),
    ("frames", "bigint"),
    ("lost", "bigint"),
    ("rssi", "float8"),
    ("snr", "float8"),
    ("spreading_factor", "bigint"),
    ("frequency", "bigint"),
    ("gateway", "text"),
    ("battery", "float8"),
    ("battery_at", "timestamptz"),
    ("problem", "text"),
    ("gaps", "text"),
    ("every", "float8"),
    ("clock_offset", "float8"),
)
# Column, type, and how a day that is known already takes up more, in the order of Day's fields.
DAY_COLUMNS = (
    *((name, "bigint", f"d.{name} + excluded.{name}") for name in ("uplinks", "lost", "failed")),
    ("heard", "bigint", "d.heard + excluded.heard"),
    ("rssi_sum", "float8", "d.rssi_sum + excluded.rssi_sum"),
    ("rssi_min", "float8", "least(d.rssi_min, excluded.rssi_min)"),
    ("snr_sum", "float8", "d.snr_sum + excluded.snr_sum"),
    ("snr_min", "float8", "least(d.snr_min, excluded.snr_min)"),
    *((f"sf{sf}", "bigint", f"d.sf{sf} + excluded.sf{sf}") for sf in range(7, 13)),
    ("battery", "float8", "coalesce(excluded.battery, d.battery)"),
    ("gap", "float8", "greatest(d.gap, excluded.gap)"),
    ("clock_offset", "float8", "least(d.clock_offset, excluded.clock_offset)"),
)
# Days travel as their number since then.
FIRST_DAY = date(2000, 1, 1)


@dataclass(slots=True)
class State:
    """A device as it was before a batch, and then as the batch leaves it."""

    id: int
    last_seen: datetime | None = None
    last_uplink: datetime | None = None
    f_cnt: int | None = None
    f_window: int = ALL
    frames: int = 0
    lost: int = 0
    rssi: float | None = None
    snr: float | None = None
    spreading_factor: int | None = None
    frequency: int | None = None
    gateway: str = ""
    battery: float | None = None
    battery_at: datetime | None = None
    problem: str = ""
    gaps: list[float] = field(default_factory=list)
    every: timedelta | None = None
    clock_offset: float | None = None

    @classmethod
    def of(cls, row: Sequence[Any]) -> Self:
        """From a row of the database: id, then DEVICE_COLUMNS."""
        return cls(*row)

    def row(self) -> tuple[Any, ...]:
        """For the database, in the order of DEVICE_COLUMNS; arrays of arrays travel as text."""
        return (
            self.id,
            self.last_seen,
            self.last_uplink,
            self.f_cnt,
            self.f_window,
            self.frames,
            self.lost,
            self.rssi,
            self.snr,
            self.spreading_factor,
            self.frequency,
            self.gateway,
            self.battery,
            self.battery_at,
            self.problem,
            "{" + ",".join(map(str, self.gaps)) + "}",
            self.every.total_seconds() if self.every else None,
            self.clock_offset,
        )


@dataclass(slots=True)
class Day:
    """What a batch adds to one day of one device."""

    device: int
    day: date
    uplinks: int = 0
    lost: int = 0
    failed: int = 0
    heard: int = 0
    rssi_sum: float = 0.0
    rssi_min: float | None = None
    snr_sum: float = 0.0
    snr_min: float | None = None
    spreading: list[int] = field(default_factory=lambda: [0] * 6)
    battery: float | None = None
    gap: float | None = None
    clock_offset: float | None = None

    def row(self) -> tuple[Any, ...]:
        """For the database, in the order of DAY_COLUMNS."""
        return (
            self.device,
            (self.day - FIRST_DAY).days,
            self.uplinks,
            self.lost,
            self.failed,
            self.heard,
            self.rssi_sum,
            self.rssi_min,
            self.snr_sum,
            self.snr_min,
            *self.spreading,
            self.battery,
            self.gap,
            self.clock_offset,
        )


def least(known: float | None, new: float) -> float:
    """The smaller one, or the new one where none is known."""
    return new if known is None else min(known, new)
