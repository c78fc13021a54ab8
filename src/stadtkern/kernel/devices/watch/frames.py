"""What a LoRaWAN frame counter says about frames that got lost on the way."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

# LoRaWAN 1.0.4, 4.3.1.5: counters have 32 bits.
BITS = 2**32
# LoRaWAN 1.0.3, 4.3.1.5 (MAX_FCNT_GAP): beyond it a counter has begun anew, nothing was lost.
FARTHEST = 16_384
# As many frames are remembered one by one; signed 64-bit columns hold them.
WINDOW = 63
ALL = 2**WINDOW - 1
# Repetitions of a frame and gateways' clocks lie closer together than a restart.
SLACK = timedelta(seconds=60)


class Counted(NamedTuple):
    """What one frame changes: frames received, frames lost, and how far the counter moved."""

    received: int
    lost: int
    steps: int


FIRST = Counted(1, 0, 0)
KNOWN = Counted(0, 0, 0)
LATE = Counted(1, -1, 0)


@dataclass(slots=True, kw_only=True)
class Counter:
    """A device's frame counter: the newest frame, its time, and which before it came.

    Bit k of `window` is set where frame `last - k` came, or lies before the first one known.
    """

    last: int | None = None
    at: datetime | None = None
    window: int = ALL

    def count(self, frame: int, at: datetime) -> Counted:
        """Take note of a frame; repeated frames and late ones are never lost ones."""
        if self.last is None or self.at is None:
            return self._begin(frame, at)
        ahead = (frame - self.last) % BITS
        if 0 < ahead < FARTHEST:
            # A frame with a higher number that is older belongs to the time before a restart.
            return self._forward(frame, at, ahead) if at >= self.at - SLACK else FIRST
        if at > self.at + SLACK:
            return self._begin(frame, at)
        return self._back((self.last - frame) % BITS)

    def restart(self) -> None:
        """The device joined: its counter begins anew."""
        self.last = None

    def _begin(self, frame: int, at: datetime) -> Counted:
        self.last, self.at, self.window = frame, at, ALL
        return FIRST

    def _forward(self, frame: int, at: datetime, ahead: int) -> Counted:
        self.window = ((self.window << ahead) | 1) & ALL if ahead < WINDOW else 1
        self.last, self.at = frame, at
        return Counted(1, ahead - 1, ahead)

    def _back(self, behind: int) -> Counted:
        if behind >= WINDOW:
            return LATE if behind < FARTHEST else FIRST
        bit = 1 << behind
        if self.window & bit:
            return KNOWN
        self.window |= bit
        return LATE
