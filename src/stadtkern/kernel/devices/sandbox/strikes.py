"""Counts how often a codec in a row had to be stopped, and pauses one that does nothing else."""

import time
from dataclasses import dataclass

# A kill takes a worker and a second with it, a stop a tenth of a second: three kills in a row
# pause a codec, or thirty stops.
WEIGHT = {"killed": 10, "crashed": 10, "time": 1, "memory": 1}
MOST = 30
# After so many seconds one more message is tried: the next stop pauses the codec again.
REST = 60.0


@dataclass(slots=True)
class Record:
    """What a codec did lately; `until` is on the monotonic clock, 0 while it is not paused."""

    weight: int = 0
    times: int = 0
    last: str = ""
    until: float = 0.0


class Strikes:
    """The codecs that were stopped, by their names."""

    def __init__(self) -> None:
        self._records: dict[str, Record] = {}

    def note(self, codec: str, fault: str) -> None:
        """Count what became of one call; a call that ends by itself clears the record."""
        if fault == "paused":
            return
        if fault not in WEIGHT:
            self._records.pop(codec, None)
            return
        record = self._records.setdefault(codec, Record())
        record.weight += WEIGHT[fault]
        record.times += 1
        record.last = fault
        if record.weight >= MOST:
            record.until = time.monotonic() + REST

    def paused(self, codec: str) -> str:
        """Why no message is given to this codec now; empty where there is no reason."""
        record = self._records.get(codec)
        if record is None or not record.until:
            return ""
        if record.until <= time.monotonic():
            record.weight, record.until = MOST - 1, 0.0
            return ""
        return reason(record)

    def all(self) -> dict[str, str]:
        """The paused codecs with their reasons."""
        return {codec: why for codec in list(self._records) if (why := self.paused(codec))}


def reason(record: Record) -> str:
    """The sentence that staff read."""
    what = {
        "killed": "its process had to be killed",
        "crashed": "its process crashed",
        "time": "it took too long",
        "memory": "it took too much memory",
    }
    return f"codec paused: {what[record.last]}, {record.times} times in a row"
