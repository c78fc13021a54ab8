"""One board: what it was told, what its lamps show, and what can go wrong with it."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

ARROWS = (
    "", "ahead", "half_right", "right", "back_right", "back", "back_left", "left", "half_left",
)  # fmt: skip
# What people can switch on the page.
FAILURES = {
    "cable": "cable pulled", "frozen": "frozen", "wrong": "wrong text", "lamp": "lamp failure",
    "door": "door open",
}  # fmt: skip


@dataclass(kw_only=True)
class Line:
    """One line of text with an arrow."""

    text: str = ""
    arrow: str = ""


@dataclass(kw_only=True)
class Board:
    """A board of so many lines; `watchdog` seconds without the city, and it shows its own text."""

    name: str
    title: str
    protocol: str
    rows: int = 3
    width: int = 16
    own: str = "P+R"
    watchdog: float = 0.0
    now: Callable[[], float] = time.monotonic
    lit: list[Line] = field(default_factory=list)
    brightness: int = 100
    sequence: int = 0
    failures: set[str] = field(default_factory=set)
    fallback: bool = True
    heard: float | None = None
    orders: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.lit = self.lit or self._own()

    def _own(self) -> list[Line]:
        return [Line(text=self.own), *(Line() for _ in range(self.rows - 1))]

    @property
    def reachable(self) -> bool:
        return "cable" not in self.failures

    def order(self, lines: Sequence[Line], brightness: int, sequence: int) -> None:
        """Show these lines; a frozen board says yes and does nothing."""
        with self.lock:
            self.alive()
            self.orders += 1
            if "frozen" in self.failures:
                return
            shown = [Line(text=one.text[: self.width], arrow=one.arrow) for one in lines]
            shown = shown[: self.rows]
            self.lit = [*shown, *(Line() for _ in range(self.rows - len(shown)))]
            self.brightness, self.sequence = min(brightness, 100), sequence
            self.fallback = False

    def alive(self) -> None:
        """The city has spoken."""
        self.heard = self.now()

    def tick(self) -> None:
        """Without a word from the city for too long, it shows nothing that may be old."""
        with self.lock:
            late = self.heard is None or self.now() - self.heard > self.watchdog
            if self.watchdog and late and not self.fallback and "frozen" not in self.failures:
                self.lit, self.fallback = self._own(), True

    def shown(self) -> list[Line]:
        """What the lamps show; a controller with the wrong text shows somebody else's."""
        if "wrong" in self.failures:
            return [Line(text="WILLKOMMEN"), *(Line() for _ in range(self.rows - 1))]
        return self.lit

    def faults(self) -> list[str]:
        found: list[str] = [name for name in ("lamp", "door") if name in self.failures]
        return [*found, "fallback"] if self.fallback else found

    def status_bits(self) -> int:
        """Bit 0 works, 1 lamp, 2 temperature, 3 door, 4 shows its own text, 5 controller."""
        bits = {"lamp": 1, "temperature": 2, "door": 3, "fallback": 4, "controller": 5}
        return 1 | sum(1 << bits[name] for name in self.faults())

    def switch(self, failure: str) -> None:
        """Turn a failure on or off."""
        with self.lock:
            self.failures ^= {failure} & set(FAILURES)

    def kept(self) -> dict[str, Any]:
        """For the file that outlives a restart, and for programs that look."""
        with self.lock:
            return {
                "name": self.name, "protocol": self.protocol, "brightness": self.brightness,
                "sequence": self.sequence, "fallback": self.fallback, "orders": self.orders,
                "failures": sorted(self.failures), "faults": self.faults(),
                "lines": [{"text": one.text, "arrow": one.arrow} for one in self.shown()],
            }  # fmt: skip

    def restore(self, kept: dict[str, Any]) -> None:
        """As it was before the restart."""
        self.brightness, self.sequence = kept["brightness"], kept["sequence"]
        self.fallback, self.failures = kept["fallback"], set(kept["failures"])
        if "wrong" not in self.failures:
            self.lit = [Line(text=one["text"], arrow=one["arrow"]) for one in kept["lines"]]
