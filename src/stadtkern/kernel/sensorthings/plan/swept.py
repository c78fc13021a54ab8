"""Which entities a filter selects to be deleted, piece by piece."""

from collections.abc import Sequence
from typing import Any

from psycopg import sql

from stadtkern.kernel.sensorthings.entities import OBSERVATIONS
from stadtkern.kernel.sensorthings.parse.options import Options
from stadtkern.kernel.sensorthings.parse.path import Resource
from stadtkern.kernel.sensorthings.plan.build import Build, Sql, all_of
from stadtkern.kernel.sensorthings.plan.page import collection, wheres
from stadtkern.kernel.sensorthings.plan.reads import Base, Statement, _origin
from stadtkern.kernel.sensorthings.plan.scope import Scope

# The key of an observation; every other entity has its id alone.
_KEY = (("datastream_id", "bigint"), ("at", "timestamptz"), ("id", "bigint"))


def swept(
    resource: Resource, options: Options, where: Base, *, after: Sequence[Any], limit: int
) -> Statement:
    """Rows of keys in their order, at most `limit`, those after this key.

    A key is (datastream, time, id) of an Observation, (id) of any other entity.
    Raises Problem (400): the filter does not fit.
    """
    build = Build(where.base, where.viewer)
    scope, origin = Scope(resource.last.entity, build), _origin(resource.steps, build)
    key = _KEY if scope.entity is OBSERVATIONS else _KEY[2:]
    conditions = wheres(scope, options, origin, None)
    columns = sql.SQL(", ").join(sql.SQL(f"{scope.alias}.{name}") for name, _ in key)
    if after:
        last = [build.value(one, kind) for one, (_, kind) in zip(after, key, strict=True)]
        conditions.append(_beyond(columns, last))
    statement = sql.SQL(
        "select {columns} from {source} {joins} where {where} order by {columns} limit {limit}"
    ).format(
        columns=columns,
        source=collection(scope, origin, ranked=False),
        joins=sql.SQL(" ").join(scope.joins),
        where=all_of(conditions),
        limit=build.value(limit, "bigint"),
    )
    return Statement(sql=statement.as_string(None), values=build.values)


def _beyond(columns: Sql, last: Sequence[Sql]) -> Sql:
    return sql.SQL("({}) > ({})").format(columns, sql.SQL(", ").join(last))
