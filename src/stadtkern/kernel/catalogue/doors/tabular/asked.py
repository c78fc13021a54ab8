"""What a question to the tabular API says: filters, words, order, columns, figures, page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict

from stadtkern.kernel.catalogue.columns import Field, geometry_of
from stadtkern.kernel.catalogue.doors.answers import Refused
from stadtkern.kernel.catalogue.doors.values import box, typed, untoken, whole
from stadtkern.kernel.catalogue.models import Version
from stadtkern.kernel.catalogue.tables.aggregate import FUNCTIONS, PARTS, Figure, Group, named
from stadtkern.kernel.catalogue.tables.read import Operator, Query, Where

OPERATORS: Final[dict[str, Operator]] = {
    "eq": "=", "ne": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">=", "in": "in",
    "contains": "contains", "null": "null",
}  # fmt: skip
OWN: Final = (
    "q", "bbox", "sort", "fields", "limit", "offset", "next", "format", "version", "group_by",
    *FUNCTIONS,
)  # fmt: skip
USUAL, MOST, FARTHEST = 100, 10_000, 100_000
MOST_FILTERS, MOST_VALUES, LONGEST_WORDS = 30, 500, 200
FORMATS: Final = ("json", "csv")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question: which rows, or which figures of them, and how the answer is written.

    `all` where no limit was given: a file has no pages.
    """

    query: Query
    groups: tuple[Group, ...] = ()
    figures: tuple[Figure, ...] = ()
    format: str = "json"
    all: bool = True


def asked(version: Version, given: QueryDict, accept: str = "") -> Asked:
    """Refused with field and reason where a parameter is unknown or makes no sense."""
    fields = {one.slug: one for one in version.columns}
    groups = tuple(_groups(given, fields))
    figures = tuple(_figures(given, fields))
    if groups and not figures:
        figures = (Figure(function="count"),)
    names = named(groups, figures)
    if len(names) != len(set(names)):
        raise Refused("group_by", "two columns of the answer would have one name")
    sortable = _sortable(fields, groups, figures)
    order = tuple(_order(given.get("sort", ""), sortable))
    return Asked(
        query=Query(
            where=tuple(_filters(given, fields)),
            columns=tuple(_columns(given.get("fields", ""), fields)),
            order=order,
            box=_box(given.get("bbox", ""), version),
            words=given.get("q", "").replace("\x00", "").strip()[:LONGEST_WORDS],
            limit=whole(given.get("limit") or str(USUAL), "limit", low=1, high=MOST),
            offset=_offset(given.get("offset") or "0"),
            after=_after(given.get("next", ""), order, fields),
        ),
        groups=groups,
        figures=figures,
        format=_format(given.get("format", ""), accept),
        all="limit" not in given,
    )


def _format(text: str, accept: str) -> str:
    if text and text not in FORMATS:
        raise Refused("format", f"choose one of {', '.join(FORMATS)}")
    return text or ("csv" if accept.startswith("text/csv") else "json")


def _offset(text: str) -> int:
    if whole(text, "offset", low=0, high=FARTHEST + 1) > FARTHEST:
        raise Refused("offset", f"at most {FARTHEST}; follow the link “next” to go on farther")
    return int(text)


def _after(text: str, order: tuple[str, ...], fields: dict[str, Field]) -> Any:
    if not text:
        return None
    if len(order) > 1:
        raise Refused("next", "with several columns in sort use offset")
    return untoken(text, fields.get(order[0].removeprefix("-")) if order else None)


def _filters(given: QueryDict, fields: dict[str, Field]) -> Iterator[Where]:
    """`column=value` and `column__gt=value`; a column with a name of ours takes `limit__eq`."""
    found = 0
    for parameter, texts in given.lists():
        if parameter in OWN:
            continue
        for text in texts:
            found += 1
            if found > MOST_FILTERS:
                raise Refused(parameter, f"at most {MOST_FILTERS} conditions at a time")
            yield _filter(parameter, text, fields)


def _filter(parameter: str, text: str, fields: dict[str, Field]) -> Where:
    column, _, word = parameter.rpartition("__")
    if parameter in fields:
        column, word = parameter, "eq"
    if column not in fields or word not in OPERATORS:
        raise Refused(parameter, "there is no such column or parameter")
    one, operator = fields[column], OPERATORS[word]
    if operator == "null":
        empty = typed(Field(slug="x", kind="boolean"), text, parameter)
        return Where(column=column, operator="null" if empty else "not null")
    if operator == "in":
        parts = text.split(",")[: MOST_VALUES + 1]
        if len(parts) > MOST_VALUES:
            raise Refused(parameter, f"at most {MOST_VALUES} values")
        return Where(
            column=column, operator="in", value=[typed(one, part, parameter) for part in parts]
        )
    if operator == "contains":
        one = Field(slug=column)
    return Where(column=column, operator=operator, value=typed(one, text, parameter))


def _columns(text: str, fields: dict[str, Field]) -> Iterator[str]:
    for name in dict.fromkeys(part.strip() for part in text.split(",") if part.strip()):
        if name not in fields:
            raise Refused("fields", f"there is no column “{name[:60]}”")
        yield name


def _sortable(
    fields: dict[str, Field], groups: tuple[Group, ...], figures: tuple[Figure, ...]
) -> set[str]:
    if figures:
        return set(named(groups, figures))
    return {name for name, one in fields.items() if one.kind != "geometry"}


def _order(text: str, sortable: set[str]) -> Iterator[str]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    for part in dict.fromkeys(parts):
        if part.removeprefix("-") not in sortable:
            raise Refused("sort", f"“{part[:60]}” is no column that can be sorted by")
        yield part


def _box(text: str, version: Version) -> tuple[float, float, float, float] | None:
    if not text:
        return None
    if geometry_of(version.columns) is None:
        raise Refused("bbox", "this table has no places")
    return box(text)


def _groups(given: QueryDict, fields: dict[str, Field]) -> Iterator[Group]:
    """`district`, or `planted.year` (month, day, hour)."""
    for part in filter(None, (one.strip() for one in given.get("group_by", "").split(","))):
        name, _, cut = part.partition(".")
        one = fields.get(name)
        if one is None or one.kind == "geometry":
            raise Refused("group_by", f"there is no column “{name[:60]}” to group by")
        if not cut:
            yield Group(column=name)
        elif cut in PARTS and one.kind in ("date", "datetime"):
            yield Group(
                column=name,
                part=next(each for each in PARTS if each == cut),
                of_instants=one.kind == "datetime",
            )
        else:
            raise Refused("group_by", f"of a date, take one of {', '.join(PARTS)}")


def _figures(given: QueryDict, fields: dict[str, Field]) -> Iterator[Figure]:
    for function in FUNCTIONS:
        for name in filter(None, (one.strip() for one in given.get(function, "").split(","))):
            if function == "count" and name == "*":
                yield Figure(function="count")
                continue
            one = fields.get(name)
            if one is None or one.kind == "geometry":
                raise Refused(function, f"there is no column “{name[:60]}” for this")
            if function in ("sum", "avg") and one.kind not in ("integer", "number"):
                raise Refused(function, f"“{name}” holds no numbers")
            if one.kind == "boolean" and function != "count":
                raise Refused(function, f"“{name}” holds true or false")
            yield Figure(function=function, column=name)
