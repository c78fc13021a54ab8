"""The rows of a page, with the keys by which the next page goes on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from psycopg import sql

from stadtkern.kernel.sensorthings.entities import DATASTREAMS, MULTI_DATASTREAMS, Entity, Link
from stadtkern.kernel.sensorthings.parse.options import Options
from stadtkern.kernel.sensorthings.plan import order
from stadtkern.kernel.sensorthings.plan.build import Build, Sql, all_of, joined
from stadtkern.kernel.sensorthings.plan.conditions import condition
from stadtkern.kernel.sensorthings.plan.scope import Scope

TOP = 100
MOST = 10_000
# So many entities at most in one answer, whatever is expanded in it.
MOST_IN_ALL = 200_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where a collection hangs: the link from another row, and that row's near values."""

    link: Link
    near: Sequence[Sql]
    # Whether that row may be seen, where its id was given and nothing else has looked at it.
    guard: Sql | None = None

    @property
    def of_datastream(self) -> bool:
        """Whether these are the observations of one datastream."""
        return self.link in (
            DATASTREAMS.links["Observations"],
            MULTI_DATASTREAMS.links["Observations"],
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """The rows of a page: `select` yields them under `alias` with the key columns k0, k1, .."""

    select: Sql
    alias: str
    keys: Sequence[order.Key]


def top_of(options: Options) -> int:
    """How many entities a page holds."""
    return TOP if options.top is None else min(options.top, MOST)


def collection(scope: Scope, origin: Origin | None, *, ranked: bool = True) -> Sql:
    """The rows of a collection; of one with an order of its own, a row for each place in it."""
    source = scope.build.source(scope.entity, scope.alias, origin.link if origin else None)
    if origin is None or not (ranked and origin.link.ranked):
        return source
    ranks = sql.SQL(origin.link.ranked.replace("{far}", scope.alias)).format(*origin.near)
    return sql.SQL("{} join {}").format(source, ranks)


def wheres(scope: Scope, options: Options, origin: Origin | None, number: int | None) -> list[Sql]:
    """What selects the rows: an id, the link they hang on, the filter."""
    found: list[Sql] = []
    if number is not None:
        identity = scope.build.value(number, "bigint")
        found.append(sql.SQL("{} = {}").format(sql.SQL(f"{scope.alias}.id"), identity))
    if origin:
        found.append(joined(origin.link, origin.near, scope.alias))
    if origin and origin.guard is not None:
        found.append(origin.guard)
    if options.filter is not None:
        found.append(condition(options.filter, scope))
    return found


def rows(
    entity: Entity,
    options: Options,
    build: Build,
    columns: Iterable[str],
    limit: int,
    *,
    origin: Origin | None = None,
    number: int | None = None,
) -> Rows:
    """Filtered, ordered, and cut after `limit` rows."""
    scope = Scope(entity, build)
    if origin and origin.link is DATASTREAMS.links["Observations"]:
        build.plain.add(scope.alias)
    conditions = wheres(scope, options, origin, number)
    by_time = origin is not None and origin.of_datastream
    ranked = origin is not None and number is None and bool(origin.link.ranked)
    keys = order.keys(options.orderby, scope, by_time=by_time, ranked=ranked)
    if options.skiptoken:
        conditions.append(order.after(keys, options.skiptoken, build))
    named = [
        *(sql.SQL(f"{scope.alias}.{name}") for name in sorted(columns)),
        *(sql.SQL("{} as {}").format(k.sql, sql.SQL(f"k{i}")) for i, k in enumerate(keys)),
    ]
    select = sql.SQL(
        "select {named} from {source} {joins} where {where} order by {order} limit {limit}"
        " offset {skip}"
    ).format(
        named=sql.SQL(", ").join(named),
        source=collection(scope, origin, ranked=ranked),
        joins=sql.SQL(" ").join(scope.joins),
        where=all_of(conditions),
        order=order.clause(keys),
        limit=build.value(limit, "bigint"),
        # Beside a token it only tells how many were shown before.
        skip=build.value(0 if options.skiptoken else options.skip, "bigint"),
    )
    return Rows(select=select, alias=scope.alias, keys=keys)
