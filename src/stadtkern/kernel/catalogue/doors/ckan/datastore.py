"""`datastore_search` and `datastore_info`: rows of tables as CKAN's datastore gives them."""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.doors import found
from stadtkern.kernel.catalogue.doors.answers import Refused
from stadtkern.kernel.catalogue.doors.ckan import asked, names
from stadtkern.kernel.catalogue.doors.ckan.problems import invalid, not_found
from stadtkern.kernel.catalogue.doors.door import patience
from stadtkern.kernel.catalogue.doors.values import plain, typed
from stadtkern.kernel.catalogue.models import Resource, Version
from stadtkern.kernel.catalogue.tables.conditions import worded
from stadtkern.kernel.catalogue.tables.names import ROW
from stadtkern.kernel.catalogue.tables.read import Page, Query, Where, read, total
from stadtkern.kernel.contract import ColumnKind

TYPES: Final[dict[ColumnKind, str]] = {
    "text": "text", "integer": "int8", "number": "float8", "boolean": "bool", "date": "date",
    "datetime": "timestamptz", "geometry": "json",
}  # fmt: skip
USUAL, MOST, FARTHEST = 100, 32_000, 10_000_000
FORMATS: Final = ("objects", "lists", "csv", "tsv")
KNOWN: Final = (
    "resource_id", "id", "filters", "q", "plain", "language", "fields", "sort", "limit", "offset",
    "records_format", "include_total", "total_estimation_threshold", "distinct", "full_text",
)  # fmt: skip


def datastore_search(told: asked.Given, site: str) -> dict[str, Any]:
    """Rows of one table; `_id` is the number of a row."""
    if unknown := [name for name in told if name not in KNOWN]:
        raise invalid(**{unknown[0]: "extra parameter"})
    version = _version(told)
    query, shown = _query(told, version)
    with patience():
        page = read(version, query) if query.limit else _only_total(version, query)
    form = asked.text(told, "records_format", "objects").lower()
    if form not in FORMATS:
        raise invalid(records_format=f"Must be one of {', '.join(FORMATS)}")
    rows = list(_rows(page, query, shown))
    return {
        "resource_id": asked.text(told, "resource_id") or asked.text(told, "id"),
        "fields": [_field(one) for one in shown],
        "records_format": form,
        "records": _records(form, shown, rows),
        "limit": asked.number(told, "limit", USUAL, MOST),
        **({"offset": query.offset} if query.offset else {}),
        "_links": _links(told, site),
        **_total(told, page),
    }  # fmt: skip


def datastore_info(told: asked.Given, site: str) -> dict[str, Any]:
    """The columns of a table and how many rows it has."""
    version = _version({"resource_id": asked.text(told, "id") or asked.text(told, "resource_id")})
    return {
        "meta": {
            "id": asked.text(told, "id"), "count": version.rows, "table_type": "BASE TABLE",
            "size": None, "db_size": None, "idx_size": None, "aliases": [],
        },
        "fields": [
            {**_field(one), "info": {"label": one.title, "notes": one.about, "unit": one.unit},
             "schema": {"native_type": TYPES[one.kind], "notnull": False, "index_name": None,
                        "is_index": False, "uniquekey": False}}
            for one in version.columns
        ],
    }  # fmt: skip


def _version(told: asked.Given) -> Version:
    given = asked.text(told, "resource_id") or asked.text(told, "id")
    if not given:
        raise invalid(resource_id="Missing value")
    known = names.resource(given)
    # Other forms of a table are files; only the table itself has rows.
    if known is None or len(known) != 2:
        raise not_found(f'Resource "{given[:80]}" was not found.')
    version = found.tables().filter(
        resource__dataset__slug=known[0], resource__slug=known[1], resource__kind=Resource.TABLE
    ).first()  # fmt: skip
    if version is None:
        raise not_found(f'Resource "{given[:80]}" was not found.')
    return version


ID: Final = Field(slug="_id", kind="integer", title="_id")


def _query(told: asked.Given, version: Version) -> tuple[Query, list[Field]]:
    """The question, and the columns to show, `_id` among them."""
    fields = {ID.slug: ID, **{one.slug: one for one in version.columns}}
    shown = [_known(name, fields, "fields") for name in asked.listed(told, "fields")]
    shown = shown or list(fields.values())
    if asked.truth(told, "distinct"):
        raise invalid(distinct="not offered here; ask the tabular API for group_by")
    words = _object(told, "q", version)
    where = tuple(_filters(_object(told, "filters", version), fields))
    query = Query(
        where=where,
        columns=tuple(dict.fromkeys(one.slug for one in shown if one is not ID))
        or (version.columns[0].slug,),
        order=tuple(_order(asked.text(told, "sort"), fields)),
        words=words if isinstance(words, str) else "",
        extra=tuple(_column_words(words, fields, version)) if isinstance(words, dict) else (),
        limit=asked.number(told, "limit", USUAL, MOST),
        offset=asked.number(told, "offset", 0, FARTHEST),
    )
    return query, shown


def _known(name: str, fields: dict[str, Field], parameter: str) -> Field:
    if name not in fields:
        raise invalid(**{parameter: f'field "{name[:60]}" not in table'})
    return fields[name]


def _object(told: asked.Given, name: str, version: Version) -> Any:
    """An object, also as text in an address; `q` may be a text as well."""
    value = told.get(name)
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = msgspec.json.decode(value)
        except msgspec.DecodeError:
            raise invalid(**{name: "Cannot parse JSON"}) from None
    if name == "filters" and value and not isinstance(value, dict):
        raise invalid(filters="Not a JSON object")
    return value.replace("\x00", "") if isinstance(value, str) else value or {}


def _filters(given: Any, fields: dict[str, Field]) -> Iterator[Where]:
    for name, value in given.items():
        one = _known(name, fields, "filters")
        column = ROW if one is ID else one.slug
        if isinstance(value, list):
            yield Where(column=column, operator="in", value=[_value(one, part) for part in value])
        elif value is None:
            yield Where(column=column, operator="null")
        else:
            yield Where(column=column, value=_value(one, value))


def _value(one: Field, value: Any) -> Any:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    try:
        return typed(one, text, "filters")
    except Refused as problem:
        raise invalid(filters=problem.reason) from None


def _column_words(
    given: dict[str, Any], fields: dict[str, Field], version: Version
) -> Iterator[Any]:
    for name, text in given.items():
        one = _known(name, fields, "q")
        yield worded(version, str(text).replace("\x00", ""), only=one)


def _order(text: str, fields: dict[str, Field]) -> Iterator[str]:
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, _, direction = part.partition(" ")
        one = _known(name.strip('"'), fields, "sort")
        if direction.strip().lower() not in ("", "asc", "desc") or one.kind == "geometry":
            raise invalid(sort=f'cannot sort by "{part[:60]}"')
        down = "-" if direction.strip().lower() == "desc" else ""
        # Rows come by their number unless something else is asked for.
        if one is ID and not down:
            continue
        yield f"{down}{ROW if one is ID else one.slug}"


def _only_total(version: Version, query: Query) -> Page:
    counted = total(version, query)
    return Page(columns=query.columns, total=counted.number, estimated=counted.estimated)


def _rows(page: Page, query: Query, shown: Sequence[Field]) -> Iterator[list[Any]]:
    place = {name: i for i, name in enumerate(page.columns)}
    for number, row in zip(page.numbers, page.rows, strict=True):
        yield [number if one is ID else plain(row[place[one.slug]]) for one in shown]


def _records(form: str, shown: Sequence[Field], rows: list[list[Any]]) -> Any:
    if form == "lists":
        return rows
    if form == "objects":
        names_of = [one.slug for one in shown]
        return [dict(zip(names_of, row, strict=True)) for row in rows]
    text = StringIO()
    writer = csv.writer(text, delimiter="," if form == "csv" else "\t", lineterminator="\n")
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        return msgspec.json.encode(value).decode()
    return value


def _field(one: Field) -> dict[str, Any]:
    return {"id": one.slug, "type": "int" if one is ID else TYPES[one.kind]}


def _total(told: asked.Given, page: Page) -> dict[str, Any]:
    if not asked.truth(told, "include_total", usual=True):
        return {}
    return {"total": page.total, "total_was_estimated": page.estimated}


def _links(told: asked.Given, site: str) -> dict[str, str]:
    limit = asked.number(told, "limit", USUAL, MOST)
    offset = asked.number(told, "offset", 0, FARTHEST)
    kept = {
        key: msgspec.json.encode(value).decode() if isinstance(value, dict | list) else value
        for key, value in told.items() if key not in ("offset", "limit")
    }  # fmt: skip
    address = "/api/3/action/datastore_search"
    start = urlencode({**kept, "limit": limit})
    following = urlencode({**kept, "limit": limit, "offset": offset + limit})
    return {"start": f"{address}?{start}", "next": f"{address}?{following}"}
