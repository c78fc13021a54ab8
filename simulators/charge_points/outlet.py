"""What one car is plugged into: its meter, its car, the limit that the city has set."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from simulators.charge_points.cars import VOLTS, Car

LEAST_A = 6


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Session:
    """What a point remembers of one; `number` is what the city called it (1.6)."""

    own: str
    card: str
    begun: str
    begun_wh: int
    number: int | None = None
    seq: int = -1

    def next(self) -> int:
        self.seq += 1
        return self.seq


@dataclass
class Outlet:
    """Amperes are for each phase."""

    number: int
    phases: int
    volts: float
    most_a: int
    direct: bool
    wh: float
    car: Car | None = None
    session: Session | None = None
    status: str = "Available"
    limit_a: int | None = None
    reserved: tuple[int, str] | None = None
    operative: bool = True
    forgets: bool = False
    watt: float = 0.0
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def offered_w(self) -> float:
        """What the car may draw now; below 6 A nothing."""
        amps = self.most_a if self.limit_a is None else min(self.limit_a, self.most_a)
        return 0.0 if amps < LEAST_A else amps * self.phases * (self.volts or VOLTS)

    @property
    def register(self) -> int:
        return round(self.wh)

    def run(self, seconds: float) -> None:
        """Let the car charge."""
        self.watt = self.car.watt(self.offered_w) if self.car and self.session else 0.0
        if self.car is not None:
            self.car.stays -= seconds
            self.wh += self.car.charge(self.watt, seconds)

    @property
    def becomes(self) -> str:
        """The status of OCPP 1.6 that holds now."""
        if not self.operative:
            return "Unavailable"
        if self.session is not None:
            if self.watt > 0:
                return "Charging"
            return "SuspendedEV" if self.offered_w else "SuspendedEVSE"
        if self.car is not None:
            return "Finishing"
        return "Reserved" if self.reserved else "Available"
