"""The rows of a page, with the keys by which the next page goes on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from psycopg import sql

from stadtkern.kernel.sensorthings.entities import DATASTREAMS, Entity, Link
from stadtkern.kernel.sensorthings.parse.options import Expand, Options
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

    @property
    def of_datastream(self) -> bool:
        """Whether these are the observations of one datastream."""
        return self.link is DATASTREAMS.links["Observations"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """The rows of a page: `select` yields them under `alias` with the key columns k0, k1, .."""

    select: Sql
    alias: str
    keys: Sequence[order.Key]


def top_of(options: Options) -> int:
    """How many entities a page holds."""
    return TOP if options.top is None else min(options.top, MOST)


def fitting(options: Options) -> int:
    """As `top_of`, fewer where what is expanded would make the answer too long."""
    return min(top_of(options), max(1, MOST_IN_ALL // _each(options.expand)))


def _each(expands: Sequence[Expand]) -> int:
    return 1 + sum(top_of(one.options) * _each(one.options.expand) for one in expands)


def wheres(scope: Scope, options: Options, origin: Origin | None, number: int | None) -> list[Sql]:
    """What selects the rows: an id, the link they hang on, the filter."""
    found: list[Sql] = []
    if number is not None:
        identity = scope.build.value(number, "bigint")
        found.append(sql.SQL("{} = {}").format(sql.SQL(f"{scope.alias}.id"), identity))
    if origin:
        found.append(joined(origin.link, origin.near, scope.alias))
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
    conditions = wheres(scope, options, origin, number)
    by_time = origin is not None and origin.of_datastream
    keys = order.keys(options.orderby, scope, by_time=by_time)
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
        source=build.source(entity, scope.alias),
        joins=sql.SQL(" ").join(scope.joins),
        where=all_of(conditions),
        order=order.clause(keys),
        limit=build.value(limit, "bigint"),
        skip=build.value(options.skip, "bigint"),
    )
    return Rows(select=select, alias=scope.alias, keys=keys)
