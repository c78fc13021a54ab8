"""The plan of a read: its statements, and what an empty answer means."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from stadtkern.kernel.sensorthings.entities import OBSERVATIONS, Entity
from stadtkern.kernel.sensorthings.parse.options import Options
from stadtkern.kernel.sensorthings.parse.path import Resource, Step
from stadtkern.kernel.sensorthings.plan import expand, order
from stadtkern.kernel.sensorthings.plan.build import Build, Sql, all_of, at, joined
from stadtkern.kernel.sensorthings.plan.document import self_link
from stadtkern.kernel.sensorthings.plan.page import Origin, fitting, rows, wheres
from stadtkern.kernel.sensorthings.plan.scope import Scope
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.viewer import Viewer

# Counted exactly so far; beyond it, the count is the database's estimate and says so.
COUNTED = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Base:
    """For whom an answer is made, and the service's address as they wrote it."""

    base: str
    viewer: Viewer


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """SQL with named placeholders and their values."""

    sql: str
    values: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """Counts the rows, up to COUNTED where `rows` says how to estimate more."""

    exact: Statement
    rows: Statement | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Rows of (JSON, key, key, ..), one more than `limit` where there is a next page."""

    rows: Statement
    limit: int
    count: Count | None
    parent: Statement | None


def _statement(text: Sql, build: Build) -> Statement:
    # Only what is mentioned is sent.
    return Statement(sql=text.as_string(None), values=build.values)


def page(resource: Resource, options: Options, where: Base) -> Page:
    """The plan of a page of a collection."""
    build = Build(where.base, where.viewer)
    entity, limit = resource.last.entity, fitting(options)
    origin = _origin(resource.steps, build)
    columns = {"id"} if resource.ref else expand.needed(entity, options)
    found = rows(entity, options, build, columns, limit + 1, origin=origin)
    text, joins = _text(entity, resource, options, found.alias, build)
    keys = sql.SQL(", ").join(sql.SQL(f"{found.alias}.k{i}") for i in range(len(found.keys)))
    statement = sql.SQL("select {}, {} from ({}) {} {} order by {}").format(
        text,
        keys,
        found.select,
        sql.SQL(found.alias),
        joins,
        order.clause(found.keys, found.alias),
    )
    return Page(
        rows=_statement(statement, build),
        limit=limit,
        count=_count(resource, options, where) if options.count else None,
        parent=_exists(resource.steps[:-1], where),
    )


def single(resource: Resource, options: Options, where: Base) -> Statement:
    """The plan of one entity, or of one property of it: one row with its JSON, or none.

    Raises Problem (400): an option that only fits collections.
    """
    if options != Options(select=options.select, expand=options.expand):
        raise Problem(400, "only $select and $expand fit a single entity")
    build = Build(where.base, where.viewer)
    step, entity = resource.last, resource.last.entity
    columns = expand.needed(entity, options)
    found = rows(
        entity, Options(), build, columns, 1, origin=_origin(resource.steps, build), number=step.id
    )
    text, joins = _text(entity, resource, options, found.alias, build)
    statement = sql.SQL("select {} from ({}) {} {}").format(
        text, found.select, sql.SQL(found.alias), joins
    )
    return _statement(statement, build)


def _text(
    entity: Entity, resource: Resource, options: Options, alias: str, build: Build
) -> tuple[Sql, Sql]:
    if resource.field:
        return at(entity.properties[resource.field].text, alias), sql.SQL("")
    if resource.ref:
        link = self_link(entity, alias, build)
        return sql.SQL("concat('{{\"@iot.selfLink\":\"', {}, '\"}}')").format(link), sql.SQL("")
    return expand.source_of(entity, options, alias, build)


def _origin(steps: Sequence[Step], build: Build) -> Origin | None:
    link = steps[-1].link
    if link is None:
        return None
    return Origin(link=link, near=[_near(steps[:-1], one, build) for one in link.near])


def _near(steps: Sequence[Step], template: str, build: Build) -> Sql:
    """A value of the row that these steps lead to; a given id is a plain parameter."""
    if len(steps) == 1 and template == "{a}.id":
        return build.value(steps[0].id, "bigint")
    alias = build.alias()
    return sql.SQL("(select {} from {} where {})").format(
        at(template, alias),
        build.source(steps[-1].entity, alias),
        _identity(steps, alias, build),
    )


def _identity(steps: Sequence[Step], alias: str, build: Build) -> Sql:
    step = steps[-1]
    found: list[Sql] = []
    if step.id is not None:
        identity = build.value(step.id, "bigint")
        found.append(sql.SQL("{} = {}").format(sql.SQL(f"{alias}.id"), identity))
    if origin := _origin(steps, build):
        found.append(joined(origin.link, origin.near, alias))
    return all_of(found)


def _exists(steps: Sequence[Step], where: Base) -> Statement | None:
    """Asks whether the row exists on which a collection hangs; None for an entity set."""
    if not steps:
        return None
    build = Build(where.base, where.viewer)
    alias = build.alias()
    statement = sql.SQL("select 1 from {} where {}").format(
        build.source(steps[-1].entity, alias), _identity(steps, alias, build)
    )
    return _statement(statement, build)


def _count(resource: Resource, options: Options, where: Base) -> Count:
    build = Build(where.base, where.viewer)
    origin, entity = _origin(resource.steps, build), resource.last.entity
    if options.filter is None and origin and origin.of_datastream:
        return Count(exact=_statement(expand.count(origin, options, build), build))
    if options.filter is None and origin is None and entity is OBSERVATIONS:
        total = sql.SQL("select coalesce(sum(n), 0)::bigint from things_latest")
        return Count(exact=_statement(total, build))
    scope = Scope(entity, build)
    conditions = wheres(scope, options, origin, None)
    found = sql.SQL("select from {} {} where {}").format(
        build.source(entity, scope.alias),
        sql.SQL(" ").join(scope.joins),
        all_of(conditions),
    )
    most = build.value(COUNTED + 1, "bigint")
    exact = sql.SQL("select count(*) from ({} limit {}) c").format(found, most)
    return Count(
        exact=_statement(exact, build),
        rows=_statement(sql.SQL("explain (format json) {}").format(found), build),
    )
