"""What would come of a source, without storing anything."""

from collections.abc import Sequence
from dataclasses import dataclass

from stadtkern.kernel import clock
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.models import Source
from stadtkern.systems.parking.sources import believing, matching, pulling, storing
from stadtkern.systems.parking.sources.reading.told import Refusal, Told, Wrong


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A car park that would come; `like` is one of ours that it may be."""

    told: Told
    like: matching.Like | None
    notice: str

    @property
    def old(self) -> bool:
        """Whether its number is too old to be shown."""
        return self.told.measured is None or clock.age(self.told.measured) > logic.stale_after()


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """Car parks that would come, and rows that would not."""

    rows: Sequence[Row]
    refused: Sequence[Refusal]


def trial(source: Source) -> Trial:
    """Ask the source once. Raises fetching.NotRead, NotUnderstood."""
    batch = pulling.read(source)
    assert batch is not None
    sites, now, rows = matching.our_sites(), clock.now(), []
    own = matching.own_uids(sites)
    others = matching.others(sites, source.offers.all() if source.pk else ())
    refused = list(batch.refused)
    for one in batch.told:
        try:
            believing.check(one, now)
            storing.check_new(one, own)
        except Wrong as wrong:
            refused.append(Refusal(row=one.uid, field=wrong.field, reason=wrong.reason))
            continue
        notice = believing.number(one, one.capacity or 0).notice
        rows.append(Row(told=one, like=matching.like(one, others), notice=notice))
    return Trial(rows=rows, refused=refused)
