"""The functions of `$filter` as a table: a new one is a new line."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Function:
    """Types of the arguments, of the result, and the SQL."""

    takes: tuple[str, ...]
    gives: str
    sql: str


def _part(name: str) -> Function:
    """A field of an instant, in UTC; the start of an interval."""
    return Function(
        ("timestamptz",), "bigint", f"floor(extract({name} from {{0}} at time zone 'UTC'))::bigint"
    )


FUNCTIONS: dict[str, Function] = {
    "substringof": Function(("text", "text"), "boolean", "(strpos({1}, {0}) > 0)"),
    "contains": Function(("text", "text"), "boolean", "(strpos({0}, {1}) > 0)"),
    "startswith": Function(("text", "text"), "boolean", "starts_with({0}, {1})"),
    "endswith": Function(("text", "text"), "boolean", "(right({0}, length({1})) = {1})"),
    "length": Function(("text",), "bigint", "length({0})::bigint"),
    "indexof": Function(("text", "text"), "bigint", "(strpos({0}, {1}) - 1)::bigint"),
    "tolower": Function(("text",), "text", "lower({0})"),
    "toupper": Function(("text",), "text", "upper({0})"),
    "trim": Function(("text",), "text", "btrim({0})"),
    "concat": Function(("text", "text"), "text", "({0} || {1})"),
    "year": _part("year"),
    "month": _part("month"),
    "day": _part("day"),
    "hour": _part("hour"),
    "minute": _part("minute"),
    "second": _part("second"),
    "now": Function((), "timestamptz", "{now}"),
    "round": Function(("numeric",), "numeric", "round(({0})::numeric)"),
    "floor": Function(("numeric",), "numeric", "floor(({0})::numeric)"),
    "ceiling": Function(("numeric",), "numeric", "ceil(({0})::numeric)"),
}
