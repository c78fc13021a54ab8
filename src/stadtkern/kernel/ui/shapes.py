"""Lines for small drawings made by the server: paths, scales and ticks, no markup."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor, log10

from django.utils import timezone

Values = Sequence[float | None]
Points = Sequence[tuple[datetime, float | None]]
TICKS = 4
HOURS = (1, 2, 3, 6, 12, 24, 48, 168, 336, 720, 2160, 8760)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One series of a drawn chart, in time order; None is a gap."""

    name: str
    unit: str
    points: Points
    decimals: int = 1


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Maps values between low and high onto pixels from start to end."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The pixel of this value; the middle where all values are equal."""
        if self.high == self.low:
            return (self.start + self.end) / 2
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def spark(values: Values, width: float = 180, height: float = 34) -> str:
    """The path of a sparkline; empty where less than an eighth of it, or one value, is known."""
    known = [value for value in values if value is not None]
    if len(known) < max(2, len(values) // 8):
        return ""
    x = Scale(low=0, high=len(values) - 1, start=0, end=width)
    y = Scale(low=min(known), high=max(known), start=height - 2, end=2)
    return path((x.at(i), None if v is None else y.at(v)) for i, v in enumerate(values))


def path(points: Iterable[tuple[float, float | None]]) -> str:
    """An SVG path that lifts the pen at gaps."""
    steps: list[str] = []
    drawing = False
    for x, y in points:
        if y is not None:
            steps.append(f"{'L' if drawing else 'M'}{x:.1f} {y:.1f}")
        drawing = y is not None
    return "".join(steps)


def nice(low: float, high: float) -> list[float]:
    """Round tick values that enclose low and high, about five of them."""
    if high - low <= 1e-9 * max(1, abs(low), abs(high)):
        low, high = low - 1, high + 1
    raw = (high - low) / TICKS
    size = 10 ** floor(log10(raw))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= raw * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    digits = 2 - floor(log10(step))
    return [round(step * i, digits) for i in range(first, last + 1)]


def hours(start: datetime, end: datetime) -> list[datetime]:
    """Round local times for the time axis, at most seven."""
    span = (end - start).total_seconds() / 3600
    step = next((h for h in HOURS if span / h <= 6), HOURS[-1])
    midnight = timezone.localtime(start).replace(hour=0, minute=0, second=0, microsecond=0)
    ticks = (midnight + timedelta(hours=step * i) for i in range(ceil((span + 24) / step) + 1))
    return [tick for tick in ticks if start <= tick <= end]
