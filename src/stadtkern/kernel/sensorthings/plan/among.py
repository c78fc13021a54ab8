"""Reads those of some known entities that an address names: what live updates tell."""

from collections.abc import Sequence

from psycopg import sql

from stadtkern.kernel.sensorthings.parse.options import Options
from stadtkern.kernel.sensorthings.parse.path import Resource
from stadtkern.kernel.sensorthings.plan import expand
from stadtkern.kernel.sensorthings.plan.build import Build, Sql, all_of, at
from stadtkern.kernel.sensorthings.plan.fit import fitted
from stadtkern.kernel.sensorthings.plan.page import collection, wheres
from stadtkern.kernel.sensorthings.plan.reads import Base, Statement, _origin
from stadtkern.kernel.sensorthings.plan.scope import Scope


def among(resource: Resource, options: Options, numbers: Sequence[int], where: Base) -> Statement:
    """Rows of (id, JSON) in the order of their ids; where a property is named, its JSON alone.

    Of the options, `$filter`, `$select` and `$expand` count.
    Raises Problem (400): an option does not fit.
    """
    build, entity = where.build(), resource.last.entity
    options = fitted(entity, options, single=True)
    scope, origin = Scope(entity, build), _origin(resource.steps, build)
    conditions = wheres(scope, Options(filter=options.filter), origin, resource.last.id)
    conditions.append(
        sql.SQL("{} = any({})").format(
            sql.SQL(f"{scope.alias}.id"), build.value(list(numbers), "bigint[]")
        )
    )
    text, joins = _text(resource, options, scope, build)
    statement = sql.SQL(
        "select {id}, {text} from {source} {scope} {joins} where {where} order by 1"
    )
    return Statement(
        sql=statement.format(
            id=sql.SQL(f"{scope.alias}.id"),
            text=text,
            source=collection(scope, origin, ranked=False),
            scope=sql.SQL(" ").join(scope.joins),
            joins=joins,
            where=all_of(conditions),
        ).as_string(None),
        values=build.values,
    )


def _text(resource: Resource, options: Options, scope: Scope, build: Build) -> tuple[Sql, Sql]:
    if resource.field:
        return at(scope.entity.properties[resource.field].text, scope.alias), sql.SQL("")
    return expand.source_of(scope.entity, options, scope.alias, build)
