"""The observations that messages gave before, and how they differ from what they give today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec
from django.db import connection

from stadtkern.kernel.devices.ingest.judged import Judged
from stadtkern.kernel.devices.ingest.mapping import Measured
from stadtkern.kernel.devices.models import Uplink
from stadtkern.kernel.things.quality.flags import reasons_in

Kind = Literal["same", "changed", "added", "gone"]
# What ingest finds itself; other flags are somebody's later judgement.
OWN_CHECKS = frozenset({"range", "clock"})

SELECT = """
select o.uplink_id, o.datastream_id, o.id, o.at, o.value, o.other, o.quality,
       (o.extra -> 'resultQuality')::text
from unnest(%s::bigint[], %s::timestamptz[], %s::bigint[]) as u (uplink, at, stream)
join things_observation o
  on o.datastream_id = u.stream and o.at = u.at and o.uplink_id = u.uplink
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Old:
    """An observation as it is stored."""

    stream: int
    id: int
    at: datetime
    value: float | None
    other: Any
    quality: int
    flagged: bool  # by somebody else than ingest


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One datastream of one message: what is stored and what it would be; None where nothing."""

    kind: Kind
    old: Old | None
    new: Measured | None

    @property
    def stream(self) -> int:
        """The datastream's id."""
        either = self.old or self.new
        assert either is not None
        return either.stream


def stored(uplinks: Sequence[Uplink], streams: Sequence[Sequence[int]]) -> dict[int, list[Old]]:
    """What these messages gave to these datastreams, each message to its own; one query."""
    keys = [(u.pk, u.time, s) for u, own in zip(uplinks, streams, strict=True) for s in own]
    if not keys:
        return {}
    found: dict[int, list[Old]] = {}
    with connection.cursor() as cursor:
        cursor.execute(SELECT, [list(column) for column in zip(*keys, strict=True)])
        for uplink, stream, number, at, value, other, quality, kept in cursor.fetchall():
            old = Old(
                stream=stream,
                id=number,
                at=at,
                value=value,
                other=other,
                quality=quality,
                flagged=_flagged(kept, quality),
            )
            found.setdefault(uplink, []).append(old)
    return found


def _flagged(kept: str | None, quality: int) -> bool:
    reasons = reasons_in(msgspec.json.decode(kept) if kept else None, quality)
    return reasons is None or any(one.check not in OWN_CHECKS for one in reasons)


def differences(before: Sequence[Old], judged: Judged) -> list[Difference]:
    """Old and new of one message, datastream by datastream."""
    old = {one.stream: one for one in before}
    new = {one.stream: one for one in judged.values}
    return [_difference(old.get(s), new.get(s)) for s in sorted(old.keys() | new.keys())]


def _difference(old: Old | None, new: Measured | None) -> Difference:
    if old is None:
        return Difference(kind="added", old=None, new=new)
    if new is None:
        return Difference(kind="gone", old=old, new=None)
    kind: Kind = "same" if _same(old, new) else "changed"
    return Difference(kind=kind, old=old, new=new)


def _same(old: Old, new: Measured) -> bool:
    """Whether nothing is to be written; a flag that a later check set is left alone."""
    return old.value == new.value and (old.flagged or old.quality == new.quality)
