"""The statement that writes rows of many posts at once, and what it says of each."""

from collections.abc import Collection, Sequence
from typing import Any

from stadtkern.kernel import registry
from stadtkern.kernel.things import store
from stadtkern.kernel.things.packing import Longs, Shorts, Texts
from stadtkern.kernel.things.store import Observation

# By its answer for a row: above 0 a new observation, below 0 (negated) the same was there already.
HEARD = 0  # not written: somebody listens, and is to be told in the same transaction

STATEMENT = (
    "select sensorthings_post(%s::text[], %s, %s, %s::bigint[], %s::bigint[], %s, %s,"
    " %s::text[]::jsonb[], %s, %s::timestamptz[], %s::timestamptz[], %s::text[]::jsonb[],"
    " %s::text[], %s)"
)


def parameters(
    rows: Sequence[Observation],
    sizes: Sequence[int | None],
    *,
    digests: Sequence[str] | None,
    heard: Collection[str] = (),
) -> list[Any]:
    """The values of STATEMENT.

    `sizes` as from `size`; `digests` of each row's key, None where the caller has checked them.
    """
    kept = store.columns(rows)
    given = digests or ()
    places = {digest: place for place, digest in enumerate(dict.fromkeys(given), 1)}
    return [
        Texts.of(list(places)),
        Shorts.of([places[digest] for digest in given]),
        kept.datastream,
        Longs.of(sizes),
        kept.feature,
        kept.at,
        kept.value,
        kept.other,
        kept.quality,
        kept.until,
        kept.result_time,
        kept.extra,
        Texts.of(list(heard)),
        registry.city().city.time_zone,
    ]


def size(row: Observation, multi: bool) -> int | None:
    """How many values a row has for a MultiDatastream, -1 where it is no list; else None."""
    if not multi:
        return None
    return len(row.other) if isinstance(row.other, list) else -1
