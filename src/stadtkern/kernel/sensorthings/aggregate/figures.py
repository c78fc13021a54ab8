"""The statement that sums up the observations of some datastreams in some buckets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from psycopg import sql

from stadtkern.kernel.sensorthings.aggregate.ask import Ask
from stadtkern.kernel.sensorthings.aggregate.interval import Interval
from stadtkern.kernel.sensorthings.aggregate.statistics import COUNT, Statistic
from stadtkern.kernel.sensorthings.entities import OBSERVATIONS
from stadtkern.kernel.sensorthings.plan.build import Build, Sql, all_of
from stadtkern.kernel.sensorthings.plan.conditions import condition
from stadtkern.kernel.sensorthings.plan.reads import Base, Statement
from stadtkern.kernel.sensorthings.plan.scope import Scope

_TABLES = {"hour": "things_hour", "day": "things_day"}
_INVALID, _SUSPECT = 3, 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """Datastreams by id, buckets by their edges, and the range that counts within them."""

    streams: Sequence[int]
    edges: Sequence[datetime]
    low: datetime
    high: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A range of time and where it is read: days, hours or the observations themselves."""

    source: str
    low: datetime
    high: datetime


def statement(ask: Ask, window: Window, city: ZoneInfo, where: Base) -> Statement:
    """Rows of (datastream, bucket from 1, count, figures as asked for), only where any are."""
    build = Build(where.base, where.viewer)
    kept = ask.rolled
    source = _rolled(ask, window, city, build) if kept else _observations(ask, window, build)
    text = sql.SQL(
        "select datastream_id, width_bucket(at, {edges}) as bucket, {figures} from {source} o"
        " group by 1, 2"
    ).format(
        edges=build.value(list(window.edges), "timestamptz[]"),
        figures=sql.SQL(", ").join(
            _figure(one, build, rolled=kept) for one in (COUNT, *ask.statistics)
        ),
        source=source,
    )
    return Statement(sql=text.as_string(None), values=build.values)


def _figure(one: Statistic, build: Build, *, rolled: bool) -> Sql:
    if rolled:
        return sql.SQL(one.rolled)
    if one.fraction is None:
        return sql.SQL(one.raw)
    return sql.SQL(one.raw).format(p=build.value(one.fraction, "float8"))


def _observations(ask: Ask, window: Window, build: Build) -> Sql:
    scope = Scope(OBSERVATIONS, build)
    quality = _INVALID if ask.suspect else _SUSPECT
    conditions = [*_range(scope.alias, window, window.low, window.high, build)]
    conditions.append(
        sql.SQL(f"{scope.alias}.value is not null and {scope.alias}.quality < {quality}")
    )
    if ask.rest is not None:
        conditions.append(condition(ask.rest, scope))
    return sql.SQL(
        "(select {a}.datastream_id, {a}.at, {a}.id, {a}.value from {s} {j} where {w})"
    ).format(
        a=sql.SQL(scope.alias),
        s=build.source(OBSERVATIONS, scope.alias),
        j=sql.SQL(" ").join(scope.joins),
        w=all_of(conditions),
    )


def _range(
    alias: str, window: Window, low: datetime, high: datetime, build: Build
) -> Iterator[Sql]:
    yield sql.SQL("{} = any ({})").format(
        sql.SQL(f"{alias}.datastream_id"), build.value(list(window.streams), "bigint[]")
    )
    yield sql.SQL("{} >= {}").format(sql.SQL(f"{alias}.at"), build.value(low, "timestamptz"))
    yield sql.SQL("{} < {}").format(sql.SQL(f"{alias}.at"), build.value(high, "timestamptz"))


def _rolled(ask: Ask, window: Window, city: ZoneInfo, build: Build) -> Sql:
    parts = [_segment(one, window, build) for one in segments(ask.interval, window, city)]
    return sql.SQL("({})").format(sql.SQL(" union all ").join(parts))


def _segment(one: Segment, window: Window, build: Build) -> Sql:
    alias = build.alias()
    conditions = list(_range(alias, window, one.low, one.high, build))
    if table := _TABLES.get(one.source):
        columns = "{a}.datastream_id, {a}.at, {a}.n, {a}.sum, {a}.min, {a}.max"
        source: Sql = sql.SQL(f"{table} {alias}")
    else:
        columns = (
            "{a}.datastream_id, {a}.at, 1::bigint as n,"
            " {a}.value as sum, {a}.value as min, {a}.value as max"
        )
        source = build.source(OBSERVATIONS, alias)
        conditions.append(sql.SQL(f"{alias}.value is not null and {alias}.quality < {_INVALID}"))
    return sql.SQL("select {} from {} where {}").format(
        sql.SQL(columns.replace("{a}", alias)), source, all_of(conditions)
    )


def segments(interval: Interval, window: Window, city: ZoneInfo) -> list[Segment]:
    """The window's range as whole days and whole hours that the store has counted, and the rest.

    The store's hours are those of UTC and its days those of the city, so they serve buckets that
    begin and end with them.
    """
    kinds: list[Interval] = []
    if interval.unit != "second" and interval.zone.key == city.key:
        kinds.append(Interval(text="", unit="day", count=1, zone=city))
    if kinds or not any(edge.minute or edge.second for edge in window.edges[1:-1]):
        kinds.append(Interval(text="", unit="second", count=3600, zone=ZoneInfo("UTC")))
    return _split(window.low, window.high, kinds)


def _split(low: datetime, high: datetime, kinds: Sequence[Interval]) -> list[Segment]:
    if low >= high:
        return []
    if not kinds:
        return [Segment(source="raw", low=low, high=high)]
    first, last = _ceiling(low, kinds[0]), kinds[0].floor(high)
    if first >= last:
        return _split(low, high, kinds[1:])
    source = "day" if kinds[0].unit == "day" else "hour"
    return [
        *_split(low, first, kinds[1:]),
        Segment(source=source, low=first, high=last),
        *_split(last, high, kinds[1:]),
    ]


def _ceiling(moment: datetime, kind: Interval) -> datetime:
    edge, following = kind.following(moment, 1)
    return edge if edge == moment else following
