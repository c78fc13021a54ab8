"""The plan of a read: its statements, and what an empty answer means."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from stadtkern.kernel.sensorthings.access import rows as rights
from stadtkern.kernel.sensorthings.entities import (
    DATASTREAMS,
    MULTI_DATASTREAMS,
    OBSERVATIONS,
    Entity,
    Property,
)
from stadtkern.kernel.sensorthings.parse.options import Options
from stadtkern.kernel.sensorthings.parse.path import Resource, Step
from stadtkern.kernel.sensorthings.plan import expand, order
from stadtkern.kernel.sensorthings.plan.build import Build, Sql, all_of, at, joined
from stadtkern.kernel.sensorthings.plan.document import (
    array,
    columns_of_version,
    self_link,
    version,
)
from stadtkern.kernel.sensorthings.plan.fit import fitted
from stadtkern.kernel.sensorthings.plan.page import Origin, collection, rows, top_of, wheres
from stadtkern.kernel.sensorthings.plan.scope import Scope
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.viewer import Viewer


@dataclass(frozen=True, kw_only=True, slots=True)
class Base:
    """For whom an answer is made, and the service's address as they wrote it.

    `links`: whether entities show their links; `pages`: whether lists in them show their next page.
    """

    base: str
    viewer: Viewer
    links: bool = True
    pages: bool = True

    def build(self) -> Build:
        """A new statement for them."""
        found = Build(self.base, self.viewer)
        found.links, found.pages = self.links, self.pages
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """SQL with named placeholders and their values.

    `steady`: its best plan is the same for all values, so it need not be planned for each.
    """

    sql: str
    values: dict[str, Any]
    steady: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """Counts the rows; where that takes long, `rows` has the database estimate them.

    `hidden` tells whether there is anything that the viewer does not see: an estimate would know.
    """

    exact: Statement
    rows: Statement | None = None
    hidden: Statement | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Rows of (JSON, key, key, ..), one more than `limit` where there is a next page.

    Data arrays have the id and the kind of the datastream between their JSON and the keys.
    """

    rows: Statement
    limit: int
    keys: int
    count: Count | None
    parent: Statement | None


def _statement(text: Sql, build: Build, *, steady: bool = False) -> Statement:
    # Only what is mentioned is sent.
    return Statement(sql=text.as_string(None), values=build.values, steady=steady)


def page(
    resource: Resource,
    options: Options,
    where: Base,
    *,
    arrays: Sequence[str] = (),
    most: int | None = None,
) -> Page:
    """The plan of a page of a collection.

    `arrays` are the properties of which each row is a JSON array; `most`, how many rows there are
    at most where the limits of a page do not count.
    """
    build = where.build()
    entity, options = resource.last.entity, fitted(resource.last.entity, options)
    limit = top_of(options) if most is None else most
    origin = _origin(resource.steps, build)
    columns = _columns(resource, options, arrays)
    found = rows(entity, options, build, columns, limit + 1, origin=origin)
    if arrays:
        text, joins = _arrays(arrays, found.alias, build)
    else:
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
        rows=_statement(statement, build, steady=is_steady(options)),
        limit=limit,
        keys=len(found.keys),
        count=_count(resource, options, where) if options.count else None,
        parent=_exists(resource.steps[:-1], where),
    )


def is_steady(options: Options) -> bool:
    """Whether nothing is filtered: then the values say nothing of how many rows there are."""
    return options.filter is None and all(is_steady(one.options) for one in options.expand)


def _columns(resource: Resource, options: Options, arrays: Sequence[str]) -> set[str]:
    entity = resource.last.entity
    if resource.ref:
        return {"id"}
    if not arrays:
        return expand.needed(entity, options)
    return {"id", "datastream_id"}.union(*(entity.properties[one].columns for one in arrays))


def _arrays(names: Sequence[str], alias: str, build: Build) -> tuple[Sql, Sql]:
    """The JSON array of a row, and of its datastream the id and the name of its kind."""
    multi = at(OBSERVATIONS.links["MultiDatastream"].shown, alias)
    kind = sql.SQL("case when {} then 'MultiDatastream' else 'Datastream' end").format(multi)
    found = sql.SQL("{}, {}, {}").format(
        array(OBSERVATIONS, alias, names),
        sql.SQL(f"{alias}.datastream_id"),
        sql.SQL("'Datastream'") if alias in build.plain else kind,
    )
    return found, sql.SQL("")


def single(resource: Resource, options: Options, where: Base) -> Statement:
    """The plan of one entity, or of one property of it: one row with its JSON and its version.

    Raises Problem (400): an option that only fits collections.
    """
    if options != Options(select=options.select, expand=options.expand):
        raise Problem(400, "only $select and $expand fit a single entity")
    build = where.build()
    step, entity = resource.last, resource.last.entity
    options = fitted(entity, options, single=True)
    columns = expand.needed(entity, options) | columns_of_version(entity)
    found = rows(
        entity, Options(), build, columns, 1, origin=_origin(resource.steps, build), number=step.id
    )
    text, joins = _text(entity, resource, options, found.alias, build)
    statement = sql.SQL("select {}, {} from ({}) {} {}").format(
        text, version(entity, found.alias), found.select, sql.SQL(found.alias), joins
    )
    return _statement(statement, build, steady=is_steady(options))


def _text(
    entity: Entity, resource: Resource, options: Options, alias: str, build: Build
) -> tuple[Sql, Sql]:
    if resource.inside:
        return _inside(entity.properties[resource.field], resource.inside, alias, build)
    if resource.field:
        return at(entity.properties[resource.field].text, alias), sql.SQL("")
    if resource.ref:
        link = self_link(entity, alias, build)
        return sql.SQL("concat('{{\"@iot.selfLink\":\"', {}, '\"}}')").format(link), sql.SQL("")
    return expand.source_of(entity, options, alias, build)


def _inside(found: Property, keys: tuple[str, ...], alias: str, build: Build) -> tuple[Sql, Sql]:
    value = at(found.end or found.value, alias)
    path = build.value(list(keys), "text[]")
    return sql.SQL("(({}) #> {})::text").format(value, path), sql.SQL("")


def _origin(steps: Sequence[Step], build: Build) -> Origin | None:
    link = steps[-1].link
    if link is None:
        return None
    near = [_near(steps[:-1], one, build) for one in link.near]
    return Origin(link=link, near=near, guard=_guard(steps, build))


def _guard(steps: Sequence[Step], build: Build) -> Sql | None:
    """Whether the viewer sees the row with the given id, asked once for the whole statement."""
    near, far = steps[-2:]
    # Of two sets with one sequence of ids, an id may be that of the other.
    twin = near.entity in (DATASTREAMS, MULTI_DATASTREAMS)
    sees = build.viewer.everything and not twin
    if len(steps) > 2 or sees or (not twin and rights.seen(far.entity, far.link)):
        return None
    alias = build.alias()
    source = build.source(near.entity, alias)
    return sql.SQL("exists (select from {} where {})").format(
        source, _identity(steps[:-1], alias, build)
    )


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
    return identity(steps, where) if steps else None


def identity(steps: Sequence[Step], where: Base) -> Statement:
    """Asks for the id of the entity at the end of these steps: one row, or none."""
    build = where.build()
    alias = build.alias()
    statement = sql.SQL("select {}.id from {} where {}").format(
        sql.SQL(alias), build.source(steps[-1].entity, alias), _identity(steps, alias, build)
    )
    return _statement(statement, build, steady=True)


def _count(resource: Resource, options: Options, where: Base) -> Count:
    build = where.build()
    origin, entity = _origin(resource.steps, build), resource.last.entity
    if options.filter is None and origin and origin.of_datastream:
        return Count(exact=_statement(expand.count(origin, options, build), build))
    if options.filter is None and origin is None and entity is OBSERVATIONS:
        total = sql.SQL(
            "select coalesce(sum(l.n), 0)::bigint from things_latest l"
            " where l.datastream_id in (select d.id from {} union all select d.id from {})"
        ).format(build.source(DATASTREAMS, "d"), build.source(MULTI_DATASTREAMS, "d"))
        return Count(exact=_statement(total, build))
    scope = Scope(entity, build)
    conditions = wheres(scope, options, origin, None)
    found = sql.SQL("from {} {} where {}").format(
        collection(scope, origin),
        sql.SQL(" ").join(scope.joins),
        all_of(conditions),
    )
    return Count(
        exact=_statement(sql.SQL("select count(*) {}").format(found), build),
        rows=_statement(sql.SQL("explain (format json) select {}").format(found), build),
        hidden=_statement(build.hidden(), build),
    )
