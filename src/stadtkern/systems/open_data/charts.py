"""A chart of a table: what fits is proposed, a person chooses otherwise in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal

from django.db import connection
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.models import Version
from stadtkern.kernel.catalogue.tables.names import relation
from stadtkern.systems.open_data.facts import Facts

Kind = Literal["line", "bars"]
BARS: Final = 15
POINTS: Final = 400
# Larger tables are drawn from their own pages' programs: counting them keeps people waiting.
LARGEST: Final = 500_000
COUNT: Final = "_count"
SUMS: Final[Mapping[str, tuple[str, str | Promise]]] = {
    "avg": ("avg({})", _("average")),
    "sum": ("sum({})", _("sum")),
    "min": ("min({})", _("lowest")),
    "max": ("max({})", _("highest")),
}
TIMES: Final = ("date", "datetime")
YEARS: Final = ("jahr", "year")
# Numbers that name things instead of counting them.
NAMES: Final = (
    "id", "nr", "number", "nummer", "kennung", "plz", "postleitzahl", "postcode", "ags", "lon",
    "lat", "code", "schlüssel", "key", "x", "y", "fid", "gid", "objectid",
)  # fmt: skip
UNITS: Final = (
    ("hour", timedelta(days=10)),
    ("day", timedelta(days=400)),
    ("week", timedelta(days=2600)),
    ("month", timedelta(days=12_000)),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What to draw: `x` against `y` (a number column or COUNT), summed up so."""

    kind: Kind
    x: Field
    y: Field | None
    sum: str = "avg"


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """Points or bars in their order; `unit` names what a time step is; `rest` was left out."""

    choice: Choice
    pairs: Sequence[tuple[Any, float | None]]
    step: str = ""
    rest: int = 0


def options(fields: Sequence[Field]) -> tuple[list[Field], list[Field]]:
    """Columns that can lie along (times, years, words) and columns that can be drawn (numbers)."""
    along = [
        one for one in fields
        if one.kind in (*TIMES, "text", "boolean") or _is_year(one) or _names(one)
    ]  # fmt: skip
    return along, [one for one in fields if _counts(one)]


def propose(fields: Sequence[Field], facts: Sequence[Facts]) -> Choice | None:
    """The chart that fits: numbers over time as a line, else by a word of which few are."""
    along, numbers = options(fields)
    known = {one.slug: one for one in facts}
    times = [one for one in along if one.kind in TIMES or _is_year(one)]
    for one in times:
        told = known.get(one.slug)
        if numbers and (told is None or (told.different or 0) > 2):
            return Choice(kind="line", x=one, y=numbers[0])
    words = [one for one in along if one not in times]
    few = [one for one in words if _few(known.get(one.slug))]
    if few:
        return Choice(kind="bars", x=few[0], y=None)
    named = [one for one in words if _varies(known.get(one.slug))]
    if named and numbers:
        return Choice(kind="bars", x=named[0], y=numbers[0], sum="max")
    return None


def chosen(query: QueryDict, fields: Sequence[Field], facts: Sequence[Facts]) -> Choice | None:
    """What the address asks for, `x=year&y=count&sum=avg`; else the proposal."""
    along, numbers = options(fields)
    x = next((one for one in along if one.slug == query.get("x")), None)
    if x is None:
        return propose(fields, facts)
    y = next((one for one in numbers if one.slug == query.get("y") and one is not x), None)
    said = query.get("sum", "")
    kind: Kind = "line" if x.kind in TIMES or _is_year(x) else "bars"
    return Choice(kind=kind, x=x, y=y, sum=said if said in SUMS else "avg")


def draw(version: Version, choice: Choice) -> Drawn | None:
    """The pairs of a chart; None where the table is too large or holds nothing to draw."""
    if version.rows > LARGEST or not version.rows:
        return None
    if choice.kind == "bars":
        return _bars(version, choice)
    return _years(version, choice) if _is_year(choice.x) else _line(version, choice)


def _bars(version: Version, choice: Choice) -> Drawn | None:
    statement = sql.SQL(
        "select {x}::text, {y}, count(*) over () from {table} where {x} is not null group by {x}"
        " order by 2 desc nulls last, 1 limit {most}"
    ).format(
        x=sql.Identifier(choice.x.slug), y=_summed(choice), table=relation(version),
        most=sql.Literal(BARS),
    )  # fmt: skip
    rows = _run(statement)
    if not rows:
        return None
    pairs = [(str(x), _float(y)) for x, y, _all in rows]
    return Drawn(choice=choice, pairs=pairs, rest=rows[0][2] - len(rows))


def _years(version: Version, choice: Choice) -> Drawn | None:
    statement = sql.SQL(
        "select {x}, {y} from {table} where {x} between 1000 and 3000 group by {x} order by {x}"
    ).format(x=sql.Identifier(choice.x.slug), y=_summed(choice), table=relation(version))
    rows = _run(statement)
    if len(rows) < 2:
        return None
    pairs = [(datetime(int(year), 1, 1, tzinfo=UTC), _float(y)) for year, y in rows]
    return Drawn(choice=choice, pairs=pairs, step="year")


def _line(version: Version, choice: Choice) -> Drawn | None:
    column = sql.Identifier(choice.x.slug)
    first, last, different = _run(
        sql.SQL("select min({x}), max({x}), count(distinct {x}) from {table}").format(
            x=column, table=relation(version)
        )
    )[0]
    if first is None or first == last:
        return None
    step = _step(last - first) if different > POINTS else ""
    at = sql.SQL("{}").format(column)
    if step:
        at = sql.SQL("date_trunc({}, {}, {})").format(
            sql.Literal(step), sql.SQL("{}::timestamptz").format(column),
            sql.Literal(timezone.get_current_timezone_name()),
        )  # fmt: skip
    statement = sql.SQL(
        "select {at}, {y} from {table} where {x} is not null group by 1 order by 1"
    ).format(at=at, y=_summed(choice), table=relation(version), x=column)
    pairs = [(_at(when), _float(value)) for when, value in _run(statement)]
    return Drawn(choice=choice, pairs=pairs, step=step)


def _step(span: timedelta) -> str:
    return next((unit for unit, most in UNITS if span <= most), "year")


def _summed(choice: Choice) -> sql.Composed:
    if choice.y is None:
        return sql.SQL("count(*)").format()
    return sql.SQL(SUMS[choice.sum][0]).format(sql.Identifier(choice.y.slug))


def _at(value: datetime | date) -> datetime:
    if isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day, tzinfo=timezone.get_current_timezone())


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _run(statement: sql.Composed) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _is_year(field: Field) -> bool:
    words = f"{field.slug} {field.title}".lower().replace("_", " ").split()
    return field.kind == "integer" and any(word in YEARS for word in words)


def _counts(field: Field) -> bool:
    numeric = field.kind in ("integer", "number")
    return numeric and not _is_year(field) and not _names(field)


def _names(field: Field) -> bool:
    """Whether a number names something: a code, a position, a house."""
    words = f"{field.slug.replace('_', ' ')} {field.title}".lower().split()
    return field.kind in ("integer", "number") and any(word in NAMES for word in words)


def _varies(facts: Facts | None) -> bool:
    return facts is None or (facts.different or 0) > 1


def _few(facts: Facts | None) -> bool:
    """Whether a column groups its rows: several values, and not one for each row."""
    return bool(
        facts and facts.different and 2 <= facts.different <= 40
        and facts.different < 0.7 * facts.known
    )  # fmt: skip
