"""The functions of `$filter` as a table (18-088, table 23): a new one is a new line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from psycopg import sql

from stadtkern.kernel import clock
from stadtkern.kernel.sensorthings.parse.expressions import Call
from stadtkern.kernel.sensorthings.plan import terms
from stadtkern.kernel.sensorthings.plan.build import Build
from stadtkern.kernel.sensorthings.plan.terms import Term


@dataclass(frozen=True, slots=True)
class Function:
    """Types of the arguments, of the result, and the SQL; the last arguments may be left out."""

    takes: tuple[str, ...]
    gives: str
    sql: str
    least: int | None = None

    @property
    def counts(self) -> str:
        """How many arguments it takes, in words."""
        few, many = self.fewest, len(self.takes)
        return str(many) if few == many else f"{few} or {many}"

    @property
    def fewest(self) -> int:
        """How many arguments it needs."""
        return len(self.takes) if self.least is None else self.least


# Fields of an instant are those of UTC, in which times are told; an interval is read as its start.
_UTC = "({0} at time zone 'UTC')"
# Beyond it no string is so long, and a position does not fit its type.
_PLACE = "least(greatest(floor(({})::numeric), 0), 1000000000)::int"
_SPACE = "E' \\t\\n\\r\\f\\x0b\\u00a0'"


def _part(name: str) -> Function:
    return Function(("timestamptz",), "bigint", f"floor(extract({name} from {_UTC}))::bigint")


def _moment(value: datetime) -> Function:
    return Function((), "timestamptz", f"'{value.isoformat()}'::timestamptz")


FUNCTIONS: dict[str, Function] = {
    "substringof": Function(("text", "text"), "boolean", "(strpos({1}, {0}) > 0)"),
    "contains": Function(("text", "text"), "boolean", "(strpos({0}, {1}) > 0)"),
    "startswith": Function(("text", "text"), "boolean", "starts_with({0}, {1})"),
    "endswith": Function(("text", "text"), "boolean", "(right({0}, length({1})) = {1})"),
    "length": Function(("text",), "bigint", "length({0})::bigint"),
    "indexof": Function(("text", "text"), "bigint", "(strpos({0}, {1}) - 1)::bigint"),
    "substring": Function(
        ("text", "bigint", "bigint"),
        "text",
        f"substr({{0}}, {_PLACE.format('{1}')} + 1, {_PLACE.format('{2}')})",
        least=2,
    ),
    "tolower": Function(("text",), "text", "lower({0})"),
    "toupper": Function(("text",), "text", "upper({0})"),
    "trim": Function(("text",), "text", f"btrim({{0}}, {_SPACE})"),
    "concat": Function(("text", "text"), "text", "({0} || {1})"),
    "year": _part("year"),
    "month": _part("month"),
    "day": _part("day"),
    "hour": _part("hour"),
    "minute": _part("minute"),
    "second": _part("second"),
    "fractionalseconds": Function(
        ("timestamptz",), "numeric", f"mod(extract(second from {_UTC}), 1)"
    ),
    # A day is told as its first instant, which is also what a bare date stands for.
    "date": Function(("timestamptz",), "timestamptz", "date_trunc('day', {0}, 'UTC')"),
    "time": Function(("timestamptz",), "time", f"{_UTC}::time"),
    "totaloffsetminutes": Function(
        ("timestamptz",), "bigint", "case when {0} is not null then 0 end"
    ),
    "totalseconds": Function(("duration",), "numeric", "extract(epoch from {0})"),
    "now": Function((), "timestamptz", "{now}"),
    "mindatetime": _moment(datetime.min.replace(tzinfo=UTC)),
    "maxdatetime": _moment(datetime.max.replace(tzinfo=UTC)),
    "round": Function(("numeric",), "numeric", "round(({0})::numeric)"),
    "floor": Function(("numeric",), "numeric", "floor({0})"),
    "ceiling": Function(("numeric",), "numeric", "ceil({0})"),
}
_TO_THE_END = sql.SQL("1000000000")


def called(found: Call, function: Function, arguments: Sequence[Term], build: Build) -> Term:
    """The value of a function.

    Raises Problem (400): too few or too many arguments, or of another type.
    """
    if not function.fewest <= len(arguments) <= len(function.takes):
        raise found.at.problem(
            f"{found.name} takes {function.counts} arguments, found {len(arguments)}"
        )
    values = [
        terms.read_as(one, kind, spot.at)
        for one, kind, spot in zip(arguments, function.takes, found.arguments, strict=False)
    ]
    values += [_TO_THE_END] * (len(function.takes) - len(values))
    now = {"now": build.value(clock.now(), "timestamptz")} if "{now}" in function.sql else {}
    return Term(kind=function.gives, sql=sql.SQL(function.sql).format(*values, **now))
