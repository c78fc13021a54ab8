"""What is expanded: one lateral join a link, however many rows the page has."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from psycopg import sql

from stadtkern.kernel.sensorthings.entities import DATASTREAMS, ENTITIES, OBSERVATIONS, Entity, Link
from stadtkern.kernel.sensorthings.parse.expressions import Path
from stadtkern.kernel.sensorthings.parse.options import Expand, Options, options_of
from stadtkern.kernel.sensorthings.plan import order
from stadtkern.kernel.sensorthings.plan.build import Build, Sql, all_of, at, joined
from stadtkern.kernel.sensorthings.plan.document import checked, columns, document, self_link
from stadtkern.kernel.sensorthings.plan.page import Origin, collection, rows, top_of, wheres
from stadtkern.kernel.sensorthings.plan.scope import Scope


@dataclass(frozen=True, kw_only=True, slots=True)
class Expansion:
    """The joins that fetch what is expanded, and by link its part of the JSON object."""

    joins: list[Sql] = field(default_factory=list)
    parts: dict[str, Sql] = field(default_factory=dict)

    @property
    def sql(self) -> Sql:
        """The joins one after the other."""
        return sql.SQL(" ").join(self.joins)


def expansion(entity: Entity, alias: str, expands: Sequence[Expand], build: Build) -> Expansion:
    """Joins and parts for the row with this alias.

    Raises Problem (400): no such link, or an option that does not fit it.
    """
    found = Expansion()
    for one in expands:
        link = entity.links.get(one.name)
        if link is None:
            known = ", ".join(entity.links)
            raise one.at.problem(f"{entity.singular} has no link '{one.name}'; it has {known}")
        inner, fragment = (_many if link.many else _one)(entity, alias, link, one, build)
        found.joins.append(inner)
        found.parts[one.name] = fragment
    return found


def names_of(expands: Sequence[Expand], entity: Entity) -> list[str]:
    """The links among these that the entity has."""
    return [one.name for one in expands if one.name in entity.links]


def source_of(
    entity: Entity, options: Options, alias: str, build: Build, *, expanded: bool = False
) -> tuple[Sql, Sql]:
    """The JSON of the row with this alias, and the joins it needs.

    What is expanded shows only those addresses of links that `$select` names, as the suites of OGC
    and of FROST-Server expect.
    """
    names = checked(options.select, entity)
    if expanded and not options.select:
        names -= entity.links.keys()
    inner = expansion(entity, alias, options.expand, build)
    return document(entity, alias, names, inner.parts, build), inner.sql


def needed(entity: Entity, options: Options) -> set[str]:
    """The columns that the JSON of an entity reads."""
    return columns(entity, checked(options.select, entity), names_of(options.expand, entity))


def _one(entity: Entity, alias: str, link: Link, one: Expand, build: Build) -> tuple[Sql, Sql]:
    options = one.options
    if options != Options(select=options.select, expand=options.expand):
        raise one.at.problem(f"'{link.name}' is one entity: only $select and $expand fit it")
    target, far, row = ENTITIES[link.target], build.alias(), build.alias()
    text, joins = source_of(target, options, far, build, expanded=True)
    lateral = sql.SQL(
        "left join lateral (select {text} as j from {source} {joins} where {where} limit 1)"
        " {row} on true"
    ).format(
        text=text,
        source=build.source(target, far, link),
        joins=joins,
        row=sql.SQL(row),
        where=joined(link, [at(near, alias) for near in link.near], far),
    )
    label = sql.SQL(f"',\"{link.name}\":', coalesce({row}.j, 'null')")
    return lateral, label


def _many(entity: Entity, alias: str, link: Link, one: Expand, build: Build) -> tuple[Sql, Sql]:
    origin = Origin(link=link, near=[at(near, alias) for near in link.near])
    row = build.alias()
    if _newest(one.options, origin):
        lateral = _latest(origin, one.options, row, build)
    else:
        lateral = _list(origin, one.options, row, build)
    return lateral, sql.SQL("{}, {}, {}").format(
        _count(origin, one.options, build),
        sql.SQL(f"',\"{link.name}\":[', {row}.j, ']'"),
        _next(entity, alias, one, row, build),
    )


def _list(origin: Origin, options: Options, row: str, build: Build) -> Sql:
    target, top = ENTITIES[origin.link.target], top_of(options)
    cut = build.value(top, "bigint")
    page = rows(target, options, build, needed(target, options), top + 1, origin=origin)
    text, joins = source_of(target, options, page.alias, build, expanded=True)
    return sql.SQL(
        "left join lateral (select string_agg(x.j, ',' order by x.i) filter (where x.i <= {cut})"
        " as j, max(case when x.i = {cut} then {token} end) as t, count(*) > {cut} as more"
        " from (select {text} as j, row_number() over (order by {order}) as i, {keys}"
        " from ({page}) {far} {joins}) x) {row} on true"
    ).format(
        cut=cut,
        token=order.token([sql.SQL(f"x.k{i}") for i in range(len(page.keys))]),
        keys=sql.SQL(", ").join(sql.SQL(f"{page.alias}.k{i}") for i in range(len(page.keys))),
        text=text,
        order=order.clause(page.keys, page.alias),
        page=page.select,
        far=sql.SQL(page.alias),
        joins=joins,
        row=sql.SQL(row),
    )


def _newest(options: Options, origin: Origin) -> bool:
    """Whether just the newest observation of a datastream is wanted, which the store keeps."""
    plain = replace(options, expand=(), select=(), count=False)
    first = options.orderby[0] if len(options.orderby) == 1 else None
    return (
        origin.of_datastream
        and first is not None
        and first.descending
        and isinstance(first.key, Path)
        and first.key.names == ("phenomenonTime",)
        and plain == Options(top=1, orderby=options.orderby)
    )


def _latest(origin: Origin, options: Options, row: str, build: Build) -> Sql:
    # The limit keeps the planner from joining all that is latest with all that is stored.
    far = build.alias()
    if origin.link is DATASTREAMS.links["Observations"]:
        build.plain.add(far)
    text, joins = source_of(ENTITIES["Observations"], options, far, build, expanded=True)
    return sql.SQL(
        "left join lateral (select {text} as j, {token} as t, l.n > 1 as more"
        " from things_latest l join {source} on {same} {joins} where l.datastream_id = {near}"
        " limit 1) {row} on true"
    ).format(
        text=text,
        token=order.token([sql.SQL("l.at"), sql.SQL("l.observation_id")]),
        source=build.source(OBSERVATIONS, far, origin.link),
        joins=joins,
        same=sql.SQL(
            f"({far}.datastream_id = l.datastream_id and {far}.at = l.at"
            f" and {far}.id = l.observation_id)"
        ),
        near=origin.near[0],
        row=sql.SQL(row),
    )


def _count(origin: Origin, options: Options, build: Build) -> Sql:
    if not options.count:
        return sql.SQL("null")
    label = sql.SQL(f"',\"{origin.link.name}@iot.count\":'")
    return sql.SQL("{}, ({})").format(label, count(origin, options, build))


def count(origin: Origin, options: Options, build: Build) -> Sql:
    """The statement that counts what hangs on a link; the store keeps a datastream's number."""
    if origin.of_datastream and options.filter is None:
        return sql.SQL(
            "select coalesce((select n from things_latest where datastream_id = {} and {}), 0)"
        ).format(origin.near[0], origin.guard or sql.SQL("true"))
    scope = Scope(ENTITIES[origin.link.target], build)
    conditions = wheres(scope, options, origin, None)
    return sql.SQL("select count(*) from {} {} where {}").format(
        collection(scope, origin),
        sql.SQL(" ").join(scope.joins),
        all_of(conditions),
    )


def _next(entity: Entity, alias: str, one: Expand, row: str, build: Build) -> Sql:
    """The address of what follows the last one shown; none where none is shown."""
    if not build.pages:
        return sql.SQL("null")
    options = [(name, text) for name, text in options_of(one) if name != "$skip"]
    skip = f"$skip={one.options.skip + top_of(one.options)}"
    query = "&".join([*(f"{name}={quote(text)}" for name, text in options), skip, "$skiptoken="])
    address = build.value(f"/{one.name}?{query}", "text")
    return sql.SQL("case when {more} then {label} || {owner} || {address} || {token} end").format(
        more=sql.SQL(f"{row}.more"),
        label=sql.SQL(f'\',"{one.name}@iot.nextLink":"\''),
        owner=self_link(entity, alias, build),
        address=address,
        token=sql.SQL(f"{row}.t || '\"'"),
    )
