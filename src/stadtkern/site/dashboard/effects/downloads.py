"""What can be taken along: the series and the results as CSV, the whole analysis as JSON."""

import csv
import json
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from stadtkern.kernel.effects.models import Analysis, Intervention
from stadtkern.kernel.people.access import public
from stadtkern.site.dashboard.effects import drawing
from stadtkern.site.dashboard.effects.page import readable


@public
@require_safe
def series_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """One row a week: measured, expected, effect on the scale of the analysis, each comparison."""
    one, analysis = readable(slug)
    return _csv(f"{one.slug}-series", _weeks(analysis.input or {}, analysis.result or {}))


def _weeks(given: dict[str, Any], result: dict[str, Any]) -> Iterable[Sequence[Any]]:
    rows: list[tuple[str, Sequence[Any]]] = [
        ("week", given["weeks"]), ("part", _parts(given)), ("observed", given["target"]),
    ]  # fmt: skip
    if "expected" in result:
        rows.append(("expected", drawing.natural(result["expected"], given)))
        rows.append((f"effect_{given['scale']}", result["gap"]))
    rows += [(f"control_{row['id']}", row["values"]) for row in given["controls"]]
    rows += [
        (row["slug"] if "id" not in row else f"weather_{row['id']}", row["values"])
        for row in given["covariates"]
    ]
    yield [name for name, _values in rows]
    yield from zip(*(values for _name, values in rows), strict=True)


def _parts(given: dict[str, Any]) -> list[str]:
    size = len(given["weeks"])
    left_out = size - given["before"] - given["after"]
    return ["before"] * given["before"] + ["left_out"] * left_out + ["after"] * given["after"]


@public
@require_safe
def results_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """One row for each method and each placebo."""
    one, analysis = readable(slug)
    return _csv(f"{one.slug}-results", _results(analysis.input or {}, analysis.result or {}))


def _results(given: dict[str, Any], result: dict[str, Any]) -> Iterable[Sequence[Any]]:
    yield ["what", "detail", "effect", "low", "high", "scale"]
    scale = given["scale"]
    for row in result.get("methods", ()):
        yield ["method", row["slug"], row["effect"], row.get("low"), row.get("high"), scale]
    kept = [row["id"] for row in given["controls"] if row["id"] not in result["dropped"]]
    placebos = result.get("placebos", {"space": [], "time": []})
    for number, found in zip(kept, placebos["space"], strict=False):
        yield ["placebo_in_space", number, found, None, None, scale]
    for row in placebos["time"]:
        yield ["placebo_in_time", given["weeks"][row["week"]], row["effect"], None, None, scale]


@public
@require_safe
def analysis_json(request: HttpRequest, slug: str) -> HttpResponse:
    """Input, result and versions: enough to reckon it all again."""
    one, analysis = readable(slug)
    text = json.dumps(whole(request, one, analysis), ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{one.slug}.json"'
    response["Access-Control-Allow-Origin"] = "*"
    return response


def whole(request: HttpRequest, one: Intervention, analysis: Analysis) -> dict[str, Any]:
    """The analysis as it is published."""
    assert analysis.finished is not None
    return {
        "title": one.title,
        "page": request.build_absolute_uri(reverse("effect", args=[one.slug])),
        "note": one.note,
        "finished": analysis.finished.isoformat(),
        "preregistered": one.preregistered.isoformat() if one.preregistered else None,
        "as_planned": analysis.as_planned,
        "code": analysis.code,
        "fingerprint": analysis.fingerprint,
        "repeat": "python -m stadtkern.kernel.effects.methods.compute < input.json",
        "input": analysis.input,
        "result": analysis.result,
    }


def _csv(name: str, rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """For programs: commas and points, as everywhere in the city's open data."""
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
