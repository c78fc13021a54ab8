"""Two invented car parks, filled as two real ones were in a recorded week."""

import csv
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

WEEK = Path(__file__).parent / "week.csv"
ZONE = ZoneInfo("Europe/Berlin")
QUARTER = timedelta(minutes=15)
QUARTERS = 7 * 96


@dataclass(frozen=True, kw_only=True)
class House:
    """A car park. `column` of the recording, whose own car park had `recorded` spaces."""

    id: str
    name: str
    lon: float
    lat: float
    capacity: int
    column: str
    recorded: int
    street: str
    hours: str = "24/7"
    height_cm: int = 200
    underground: bool = False


HOUSES = (
    House(id="beispiel-mitte", name="Parkhaus Beispiel-Mitte (erfunden)", lon=7.2262, lat=51.5379,
          capacity=320, column="aegidii", recorded=750, street="Erfundene Straße 1"),
    House(id="beispiel-wanne", name="Tiefgarage Beispiel-Wanne (erfunden)", lon=7.1589, lat=51.5386,
          capacity=140, column="stubengasse", recorded=300, street="Erfundene Straße 2",
          underground=True),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Now:
    """What a car park says at an instant."""

    house: House
    free: int
    measured: datetime
    is_open: bool = True


class Operator:
    """Knows the recorded week and reads it at the hour of the week that it is."""

    def __init__(self) -> None:
        with WEEK.open(encoding="utf-8", newline="") as file:
            self._rows = list(csv.DictReader(file))

    def now(self, at: datetime | None = None) -> list[Now]:
        """All car parks, measured within the last minute."""
        at = (at or datetime.now(UTC)).replace(second=0, microsecond=0)
        return [Now(house=one, free=self._free(one, at), measured=at) for one in HOUSES]

    def _free(self, house: House, at: datetime) -> int:
        """Between two recorded quarters in a straight line, scaled to the invented capacity."""
        local = at.astimezone(ZONE)
        minutes = local.weekday() * 1440 + local.hour * 60 + local.minute
        quarter, part = divmod(minutes, 15)
        before, after = (
            int(self._rows[n % QUARTERS][house.column]) for n in (quarter, quarter + 1)
        )
        share = (before + (after - before) * part / 15) / house.recorded
        return round(min(max(share, 0.0), 1.0) * house.capacity)
