"""Deletes what a filter selects, piece by piece."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from django.db import connection

from stadtkern.kernel import events
from stadtkern.kernel.sensorthings.entities import OBSERVATIONS, Entity
from stadtkern.kernel.sensorthings.parse.options import Options, parse_options
from stadtkern.kernel.sensorthings.parse.path import Resource
from stadtkern.kernel.sensorthings.plan import reads
from stadtkern.kernel.sensorthings.plan.swept import swept
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.settle import settled_now
from stadtkern.kernel.sensorthings.write import address, keys, observations
from stadtkern.kernel.sensorthings.write.remove import hold, remove
from stadtkern.kernel.sensorthings.write.request import WriteRequest
from stadtkern.kernel.things import store

# So many at once: the locks of a piece are held for some tenths of a second.
OBSERVATIONS_AT_ONCE, ENTITIES_AT_ONCE = 5_000, 50
# A piece that is not found in this time needs a narrower filter.
SECONDS = 60

Key = Sequence[Any]
# What was deleted, and the last key of it; None where nothing comes after.
Piece = tuple[int, Key | None]
Run = Callable[[Callable[[], Piece]], Piece]


def counts(request: WriteRequest, run: Run) -> Iterator[int]:
    """How many each piece deletes; `run` calls a piece in a transaction, perhaps once more.

    Raises Problem: no filter (400), nothing there that the collection hangs on (404), the city's
    systems need an entity (409).
    """
    options = _filter_of(request.query)
    after: Key | None = ()
    while after is not None:
        gone, after = run(partial(_piece, request.resource, options, after))
        yield gone


def _filter_of(query: bytes) -> Options:
    options = parse_options(query)
    if options.filter is None:
        raise Problem(
            400, "DELETE of a collection needs a $filter; to delete all of it, say $filter=true"
        )
    if options != Options(filter=options.filter):
        raise Problem(400, "only $filter fits the DELETE of a collection")
    return options


def _piece(resource: Resource, options: Options, after: Key) -> Piece:
    if resource.last.link is not None and not after:
        address.check(Resource(steps=resource.steps[:-1]))
    entity = resource.last.entity
    size = OBSERVATIONS_AT_ONCE if entity is OBSERVATIONS else ENTITIES_AT_ONCE
    where = reads.Base(base="", viewer=keys.acting())
    statement = swept(resource, options, where, after=after, limit=size)
    with connection.cursor() as cursor:
        cursor.execute("select set_config('statement_timeout', %s, true)", [f"{SECONDS}s"])
        cursor.execute(statement.sql, settled_now(partial(_rows, cursor), statement.values))
        found = cursor.fetchall()
    gone = _delete(entity, found) if found else 0
    return gone, found[-1] if len(found) == size else None


def _rows(cursor: Any, statement: str, values: dict[str, Any]) -> list[Any]:
    cursor.execute(statement, values)
    return cursor.fetchall()  # type: ignore[no-any-return]


def _delete(entity: Entity, found: Sequence[Key]) -> int:
    if entity is OBSERVATIONS:
        return _delete_observations(found)
    numbers = [number for (number,) in found]
    hold(entity, numbers)
    return sum(_removed(entity, number) for number in numbers)


def _removed(entity: Entity, number: int) -> bool:
    """Delete one; another that was deleted before it may have taken it along."""
    try:
        remove(entity, number)
    except Problem as problem:
        if problem.status != 404:
            raise
        return False
    return True


def _delete_observations(found: Sequence[Key]) -> int:
    gone = store.delete_these(found)
    _announce(sorted({stream for stream, _, _ in found}))
    return gone


def _announce(streams: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select things_announce(%s::bigint[])", [streams])
    kinds = {one.kind for one in observations.look(streams).values()} & events.kinds_heard()
    if kinds:
        events.publish(
            events.ObservationsStored(datastreams=tuple(streams), kinds=tuple(sorted(kinds)))
        )
