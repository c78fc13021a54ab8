"""The numbers of a view, or of the whole table, as CSV, Excel or JSON."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.people.access import public
from stadtkern.systems.statistics.logic.cube import Cube
from stadtkern.systems.statistics.logic.pivot import pivot
from stadtkern.systems.statistics.logic.view import View, parse
from stadtkern.systems.statistics.pages import found
from stadtkern.systems.statistics.pages.table import cite

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json", "xlsx": XLSX}
Rows = Iterable[Sequence[Any]]


@public
@require_safe
def view(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """What the page shows, cell by cell: a sign stands where there is no number."""
    cube = found.cube(request, slug)
    asked = parse(cube, request.GET)
    heads, rows = _pivot_rows(cube, asked)
    return _answer(cube, form, f"{slug}-{cube.edition.number}", heads, rows, asked)


@public
@require_safe
def everything(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """All cells of the table in long format."""
    cube = found.cube(request, slug)
    heads, rows = long_rows(cube)
    return _answer(cube, form, f"{slug}-{cube.edition.number}-all", heads, rows)


def _pivot_rows(cube: Cube, asked: View) -> tuple[list[str], list[list[Any]]]:
    made = pivot(cube, asked)
    dim = cube.dim(asked.rows)
    heads = [dim.name if dim else "", *(one.name if one else made.unit for one in made.columns)]
    rows = [
        [row.item.name if row.item else _("Sum"),
         *(cell.text if cell.value is None else _number(cell.value) for cell in row.cells)]
        for row in made.rows
    ]  # fmt: skip
    return heads, rows


def long_rows(cube: Cube) -> tuple[list[str], list[list[Any]]]:
    """Code and name of each item, the number, its sign, and the edition it came in with."""
    heads = [head for dim in cube.dims for head in (f"{dim.slug}_code", dim.slug)]
    rows = []
    for key, cell in sorted(cube.cells({}).items()):
        names = [part for pk in key for part in (cube.by_id[pk].code, cube.by_id[pk].name)]
        value = None if cell.value is None else _number(cell.value)
        rows.append([*names, value, cell.sign, cell.since])
    return [*heads, "value", "sign", "since_edition"], rows


def _number(value: float | Decimal) -> int | float:
    plain = float(value)
    return int(plain) if plain.is_integer() else round(plain, 4)


def _answer(
    cube: Cube, form: str, name: str, heads: list[str], rows: list[list[Any]],
    asked: View | None = None,
) -> HttpResponse:  # fmt: skip
    if form not in TYPES:
        raise Http404
    contents = {"csv": _csv, "json": _json, "xlsx": _xlsx}
    answer = HttpResponse(contents[form](cube, heads, rows, asked), content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer


def _csv(cube: Cube, heads: list[str], rows: Rows, asked: View | None) -> bytes:
    """As Excel in this country reads it: UTF-8 with its mark, semicolons."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([[_plain(value) for value in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def _plain(value: Any) -> Any:
    """A formula in a name must not run in a spreadsheet."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+@" and value[1:] else value


def _json(cube: Cube, heads: list[str], rows: Rows, asked: View | None) -> bytes:
    said = {**facts(cube), "columns": heads, "rows": list(rows)}
    if asked:
        said["view"] = asked.query(cube.edition.number)
    return json.dumps(said, ensure_ascii=False).encode()


def facts(cube: Cube) -> dict[str, Any]:
    """What a program needs to know beside the numbers."""
    table, edition = cube.table, cube.edition
    return {
        "table": table.slug, "title": table.name, "unit": table.unit, "source": table.source,
        "licence": f"http://dcat-ap.de/def/licenses/{table.licence}", "method": table.method,
        "definition": table.description, "invented": table.invented, "edition": edition.number,
        "published": edition.published.isoformat() if edition.published else None,
        "protection": edition.report.get("method", "none"), "notes": edition.notes,
    }  # fmt: skip


def _xlsx(cube: Cube, heads: list[str], rows: Rows, asked: View | None) -> bytes:
    # The workbook's package is loaded by who asks for one.
    sheet = registry.resolve("stadtkern.kernel.workbook.Sheet")
    content = registry.resolve("stadtkern.kernel.workbook.content")
    about = [[k, "; ".join(v) if isinstance(v, list) else v] for k, v in facts(cube).items()]
    about.append(["citation", cite(cube, "")])
    made: bytes = content(
        sheet(name=_("Numbers"), heads=heads, rows=rows),
        sheet(name=_("Source"), heads=["", ""], rows=about),
    )
    return made
