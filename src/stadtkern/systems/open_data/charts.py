"""A chart of a table: what fits is proposed, a person chooses otherwise in the address."""

from collections import defaultdict
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
LINES: Final = 6
FEW: Final = 40
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
    """What to draw: `x` against `y` (a number column or COUNT), summed up so; a line for each value
    of `by`.
    """

    kind: Kind
    x: Field
    y: Field | None
    sum: str = "avg"
    by: Field | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One of the lines, oldest first; without a name where it is the only one."""

    name: str
    pairs: Sequence[tuple[datetime, float | None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """Lines, or bars as `pairs`; `step` names what a time step is; `rest` of them were left out."""

    choice: Choice
    pairs: Sequence[tuple[Any, float | None]] = ()
    lines: Sequence[Line] = ()
    step: str = ""
    rest: int = 0


def options(fields: Sequence[Field]) -> tuple[list[Field], list[Field]]:
    """Columns that can lie along (times, years, words) and columns that can be drawn (numbers)."""
    along = [
        one for one in fields
        if one.kind in (*TIMES, "text", "boolean") or _is_year(one) or _names(one)
    ]  # fmt: skip
    return along, [one for one in fields if _counts(one)]


def splits(fields: Sequence[Field], facts: Sequence[Facts]) -> list[Field]:
    """Columns of which each value can be a line: words that are few."""
    counts = {one.slug: one.different or 0 for one in facts}
    words = [one for one in fields if one.kind in ("text", "boolean")]
    return [one for one in words if 2 <= counts.get(one.slug, 0) <= FEW]


def propose(fields: Sequence[Field], facts: Sequence[Facts]) -> Choice | None:
    """The chart that fits: numbers over time as a line, else by a word of which few are."""
    along, numbers = options(fields)
    known = {one.slug: one for one in facts}
    times = [one for one in along if one.kind in TIMES or _is_year(one)]
    for one in times:
        told = known.get(one.slug)
        if numbers and (told is None or (told.different or 0) > 2):
            return Choice(kind="line", x=one, y=numbers[0], by=_by(fields, facts))
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
    by = next((one for one in splits(fields, facts) if one.slug == query.get("by")), None)
    summed = said if said in SUMS else "avg"
    return Choice(kind=kind, x=x, y=y, sum=summed, by=by if kind == "line" else None)


def _by(fields: Sequence[Field], facts: Sequence[Facts]) -> Field | None:
    """The only column whose values fit as lines: a mean over them would say nothing."""
    known = {one.slug: one for one in facts}
    few = [one for one in splits(fields, facts) if (known[one.slug].different or 0) <= LINES]
    return few[0] if len(few) == 1 else None


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
        "select {x}, {by}, {y} from {table} where {x} between 1000 and 3000"
        " group by 1, 2 order by 1"
    ).format(
        x=sql.Identifier(choice.x.slug), by=_split(choice), y=_summed(choice),
        table=relation(version),
    )  # fmt: skip
    rows = [(datetime(int(year), 1, 1, tzinfo=UTC), by, y) for year, by, y in _run(statement)]
    return _lined(choice, rows, "year")


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
        "select {at}, {by}, {y} from {table} where {x} is not null group by 1, 2 order by 1"
    ).format(at=at, by=_split(choice), y=_summed(choice), table=relation(version), x=column)
    return _lined(choice, [(_at(when), by, y) for when, by, y in _run(statement)], step)


def _lined(choice: Choice, rows: Sequence[tuple[datetime, str, Any]], step: str) -> Drawn | None:
    """The lines with most points, by name; None where no time passes."""
    if len({at for at, _by, _y in rows}) < 2:
        return None
    found: dict[str, list[tuple[datetime, float | None]]] = defaultdict(list)
    for at, by, y in rows:
        found[by].append((at, _float(y)))
    most = sorted(found, key=lambda name: (-len(found[name]), name))[:LINES]
    lines = [Line(name=name, pairs=found[name]) for name in sorted(most)]
    return Drawn(choice=choice, lines=lines, step=step, rest=len(found) - len(lines))


def _split(choice: Choice) -> sql.Composed:
    if choice.by is None:
        return sql.SQL("''").format()
    return sql.SQL("coalesce({}::text, '–')").format(sql.Identifier(choice.by.slug))


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
        facts and facts.different and 2 <= facts.different <= FEW
        and facts.different < 0.7 * facts.known
    )  # fmt: skip
