"""What a run would do, seen on a sample of the real messages; nothing is written."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from stadtkern.kernel.devices.ingest.judged import Judged
from stadtkern.kernel.devices.models import Outcome, Uplink
from stadtkern.kernel.devices.redecode.reading import judge
from stadtkern.kernel.devices.redecode.selection import Selection
from stadtkern.kernel.devices.redecode.stored import Difference, differences, stored
from stadtkern.kernel.devices.sandbox import CodecPool

SAMPLE = 100


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One message of the sample with its differences; `problem` says why it could not be read."""

    uplink: Uplink
    judged: Judged
    differences: list[Difference]

    @property
    def problem(self) -> str:
        """Why it gives nothing any more, if so."""
        return "" if self.judged.outcome in (Outcome.STORED, Outcome.NOTED) else self.judged.reason

    @property
    def differs(self) -> bool:
        """Whether a run would change what it gave."""
        return bool(self.problem) or any(one.kind != "same" for one in self.differences)


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The sample, how many messages it stands for, and counts of its differences.

    `counts` has same, changed, added and gone (observations), and failed (messages).
    """

    total: int
    tried: list[Tried]
    counts: Counter[str]


def preview(selection: Selection, *, size: int = SAMPLE, pool: CodecPool | None = None) -> Preview:
    """Old and new values side by side, for some of the messages."""
    uplinks = selection.sample(size)
    if pool is None:
        with CodecPool(workers=1) as own:
            tried = _tried(own, uplinks)
    else:
        tried = _tried(pool, uplinks)
    counts = Counter(str(one.kind) for row in tried for one in row.differences)
    counts["failed"] = sum(bool(row.problem) for row in tried)
    return Preview(total=selection.uplinks().count(), tried=tried, counts=counts)


def _tried(pool: CodecPool, uplinks: Sequence[Uplink]) -> list[Tried]:
    read = judge(pool, uplinks)
    before = stored(uplinks, read.streams)
    return [
        Tried(uplink=u, judged=j, differences=differences(before.get(u.pk, ()), j))
        for u, j in zip(uplinks, read.judged, strict=True)
    ]
