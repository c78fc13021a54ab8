"""Observations written, corrected and deleted through the store."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from msgspec.structs import replace
from psycopg.types.json import Jsonb

from stadtkern.kernel import events, registry
from stadtkern.kernel.sensorthings.entities import OBSERVATIONS
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import bodies, fields, multi
from stadtkern.kernel.sensorthings.write.fields import Body
from stadtkern.kernel.things import store
from stadtkern.kernel.things.quality.run import check_again
from stadtkern.kernel.things.store import Observation

_WHERE = (
    "select d.id, t.kind, f.id, d.one_per_instant, case when d.multi then"
    " (select count(*) from things_component c where c.datastream_id = d.id) else 0 end"
    " from things_datastream d"
    " join things_thing t on t.id = d.thing_id"
    " left join things_featureofinterest f on f.place_id = t.place_id where d.id = any (%s)"
)
_MAKE = (
    "select d.id, sensorthings_feature(t.place_id) from things_datastream d"
    " join things_thing t on t.id = d.thing_id where d.id = any (%s) and t.place_id is not null"
)
_ROW = (
    "select datastream_id, at, until, value, other, result_time, foi_id, quality, extra"
    " from things_observation where id = %s"
)
_UPDATE = (
    "update things_observation set at = %s, until = %s, value = %s, other = %s, result_time = %s,"
    " foi_id = %s, quality = %s, extra = %s where datastream_id = %s and at = %s and id = %s"
)
_RESPAN = "select things_respan(%s::bigint[], %s::timestamptz[], %s::timestamptz[])"
_REACH = "select things_reach(%s::bigint[], %s::bigint[])"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stream:
    """What writing needs to know of a datastream: `components` of a MultiDatastream, else 0."""

    kind: str
    feature: int | None
    one_per_instant: bool
    components: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """The id of an observation; not `new` where it was there already."""

    number: int
    new: bool


def streams(numbers: Sequence[int]) -> dict[int, Stream]:
    """The datastreams with these ids, ready for observations that name no feature.

    The feature of a place is made here, with the first that observes there.
    """
    known = look(numbers)
    lacking = [number for number, one in known.items() if one.feature is None]
    if not lacking:
        return known
    with connection.cursor() as cursor:
        cursor.execute(_MAKE, [lacking])
        found = cursor.fetchall()
    return known | {n: dataclasses.replace(known[n], feature=one) for n, one in found}


def look(numbers: Sequence[int]) -> dict[int, Stream]:
    """The datastreams with these ids, as they are."""
    with connection.cursor() as cursor:
        cursor.execute(_WHERE, [list(numbers)])
        return {
            row[0]: Stream(kind=row[1], feature=row[2], one_per_instant=row[3], components=row[4])
            for row in cursor.fetchall()
        }


def write(rows: Sequence[Observation]) -> list[Written]:
    """Store a batch; observations without a feature get that of their thing's place.

    Raises Problem: none has a feature (400), a datastream keeps one per instant and has another
    result for it (409).
    """
    known = needed([row.datastream for row in rows], rows)
    rows = [checked(row, known.get(row.datastream)) for row in rows]
    return [
        Written(number=number, new=True) if number is not None else same(row)
        for row, number in zip(rows, keep(rows, known), strict=True)
    ]


def needed(numbers: Sequence[int], rows: Iterable[Observation | str]) -> dict[int, Stream]:
    """The datastreams with these ids, ready for these rows."""
    unnamed = any(isinstance(row, Observation) and row.feature is None for row in rows)
    return streams(numbers) if unnamed else look(numbers)


def checked(row: Observation, stream: Stream | None) -> Observation:
    """The observation with its feature.

    Raises Problem: its datastream is gone (409), its result does not fit, or it has none (400).
    """
    if stream is None:
        raise Problem(409, f"the Datastream {row.datastream} is gone")
    if stream.components:
        multi.check_result(row.other, stream.components)
    if row.feature is not None:
        return row
    if stream.feature is None:
        raise Problem(
            400, "Observation needs its FeatureOfInterest: its Thing has no Location to make one of"
        )
    return replace(row, feature=stream.feature)


def keep(rows: Sequence[Observation], known: Mapping[int, Stream]) -> list[int | None]:
    """Store rows that are checked, and tell who listens; as `store.write`."""
    heard = events.kinds_heard()
    kinds = {known[row.datastream].kind for row in rows} & heard if heard else set()
    return store.write(rows, kinds=kinds)


def same(row: Observation) -> Written:
    """The observation that a datastream has in place of this one.

    Raises Problem (409): it has another result for this instant.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, value, other from things_observation where datastream_id = %s and at = %s",
            [row.datastream, row.at],
        )
        found = cursor.fetchone()
    if found is None:
        raise Problem(409, f"the Datastream {row.datastream} is gone")
    number, value, other = found
    if (value, fields.loaded(other)) != (row.value, row.other):
        raise Problem(
            409,
            f"this Datastream keeps one Observation per instant, and Observations({number})"
            " has another result for it: PATCH that one",
        )
    return Written(number=number, new=False)


def correct(number: int, body: Body, feature: int | None, *, whole: bool) -> None:
    """Change an observation; latest value, hours and days follow.

    Raises Problem: no such observation (404), its new instant is taken (409).
    """
    old = _locked(number)
    if whole and "result" not in body:
        raise Problem(400, f"{OBSERVATIONS.singular} needs 'result'")
    base = old
    if whole:
        base = Observation(
            datastream=old.datastream, at=old.at, until=old.until, feature=old.feature
        )
    new = bodies.changed(base, body)
    multi.check_result(new.other, look([old.datastream])[old.datastream].components)
    if feature is not None:
        new = replace(new, feature=feature)
    _check_instant(old, new)
    _rewrite(number, old, new)
    _recount(old, new)
    check_again([new.datastream], new.at, new.at)
    announce(old.datastream)


def _rewrite(number: int, old: Observation, new: Observation) -> None:
    """The row itself; it keeps its id, also where it moves to another partition."""
    values: list[Any] = [
        new.at,
        new.until,
        new.value,
        _jsonb(new.other),
        new.result_time,
        new.feature,
        new.quality,
        _jsonb(new.extra),
        old.datastream,
        old.at,
        number,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, values)


def _recount(old: Observation, new: Observation) -> None:
    """What is kept of the datastream as a whole."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select things_rebuild(%s::bigint[], %s::timestamptz[], %s)",
            [[old.datastream] * 2, [old.at, new.at], registry.city().city.time_zone],
        )
        if (old.until, old.result_time) != (new.until, new.result_time):
            cursor.execute(
                _RESPAN,
                [
                    [old.datastream] * 2,
                    [old.until, new.until],
                    [old.result_time, new.result_time],
                ],
            )
        if new.feature != old.feature:
            cursor.execute(_REACH, [[old.datastream], [new.feature]])


def remove(number: int) -> None:
    """Delete one observation.

    Raises Problem (404): there is none with this id.
    """
    stream = stream_of(number)
    store.delete("id = %s and datastream_id = %s", [number, stream])
    announce(stream)


def announce(stream: int) -> None:
    """Tell live pages and listeners that a datastream has changed."""
    with connection.cursor() as cursor:
        cursor.execute("select things_announce(%s::bigint[])", [[stream]])
    kinds = {one.kind for one in look([stream]).values()} & events.kinds_heard()
    if kinds:
        events.publish(events.ObservationsStored(datastreams=(stream,), kinds=tuple(sorted(kinds))))


def stream_of(number: int) -> int:
    """The datastream of an observation.

    Raises Problem (404): there is none with this id.
    """
    with connection.cursor() as cursor:
        cursor.execute("select datastream_id from things_observation where id = %s", [number])
        found = cursor.fetchone()
    if found is None:
        raise Problem(404, "there is no such Observation")
    return int(found[0])


def _locked(number: int) -> Observation:
    """The observation, with its datastream locked as writers lock it."""
    stream = stream_of(number)
    with connection.cursor() as cursor:
        cursor.execute("select from things_latest where datastream_id = %s for update", [stream])
        cursor.execute(_ROW, [number])
        found = cursor.fetchone()
    if found is None:
        raise Problem(404, "there is no such Observation")
    return Observation(
        datastream=found[0],
        at=found[1],
        until=found[2],
        value=found[3],
        other=fields.loaded(found[4]),
        result_time=found[5],
        feature=found[6],
        quality=found[7],
        extra=fields.loaded(found[8]),
    )


def _check_instant(old: Observation, new: Observation) -> None:
    if new.at == old.at or not look([old.datastream])[old.datastream].one_per_instant:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from things_observation where datastream_id = %s and at = %s limit 1",
            [old.datastream, new.at],
        )
        if cursor.fetchone():
            raise Problem(409, "this Datastream keeps one Observation per instant; it has one then")


def _jsonb(value: Any) -> Jsonb | None:
    return None if value is None else Jsonb(value)
