"""One improved table: each change with its reason, the recipe, and the rows before it."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from stadtkern.kernel.catalogue.models import Dataset
from stadtkern.kernel.people.access import public
from stadtkern.systems.data_improvement import recipes, sources, wording
from stadtkern.systems.data_improvement.models import Improvement
from stadtkern.systems.data_improvement.pages.home import changes_of, shown

PER_PAGE = 50


def found(number: int) -> Improvement:
    """Also one that a newer one replaced: what was published stays explained."""
    rows = Improvement.objects.filter(dataset__state=Dataset.PUBLISHED).exclude(resource=None)
    return get_object_or_404(
        rows.select_related("dataset", "resource", "examination__resource").defer(
            "examination__rows"
        ),
        pk=number,
    )


@public
@require_safe
def improvement(request: HttpRequest, number: int) -> HttpResponse:
    """Each change, filtered by kind."""
    one = found(number)
    recipe = recipes.read(one.recipe)
    kind = request.GET.get("kind", "")
    steps = [step for step in recipe.steps if not kind or step.kind == kind]
    listed = Paginator(steps, PER_PAGE).get_page(request.GET.get("page"))
    titles = {column.slug: column.title or column.slug for column in recipe.columns}
    return render(request, "data_improvement/improvement.html", {
        "one": one, "recipe": recipe, "listed": listed, "kind": kind, "changed": changes_of(one),
        "kinds": [(slug, wording.kind(slug)) for slug in wording.KINDS
                  if any(step.kind == slug for step in recipe.steps)],
        "rows": [_row(step, titles) for step in listed],
        "newer": None if one.current else shown().filter(resource=one.resource).first(),
        "links": [(link, wording.REASONS["link.values"] % link["said"]) for link in one.links],
        "methods": _methods(recipe),
    })  # fmt: skip


def _row(step: recipes.Step, titles: dict[str, str]) -> dict[str, Any]:
    told = _Told(step)
    return {
        "kind": wording.kind(step.kind), "method": wording.method(step.method),
        "column": titles.get(step.column, step.column), "before": wording.before(told),
        "after": wording.after(told), "count": len(step.cells), "reason": step.reason,
        "row": step.cells[0][0] if len(step.cells) == 1 else None, "confidence": step.confidence,
    }  # fmt: skip


class _Told:
    """A step as `wording` reads it."""

    def __init__(self, step: recipes.Step) -> None:
        self.kind, self.method, self.action = step.kind, step.method, step.action
        self.column, self.reason = step.column, ""
        self.cells: Any = step.cells
        self.to: Any = step.to
        self.said: Any = step.said


def _methods(recipe: recipes.Recipe) -> list[tuple[str, str, int]]:
    counted: dict[tuple[str, str], int] = {}
    for step in recipe.steps:
        counted[step.kind, step.method] = counted.get((step.kind, step.method), 0) + max(
            1, len(step.cells)
        )
    ranked = sorted(counted.items(), key=lambda pair: -pair[1])
    return [(wording.kind(k), wording.method(m), count) for (k, m), count in ranked]


@public
@require_safe
def recipe(_request: HttpRequest, number: int) -> HttpResponse:
    """What was done, step by step, as a program reads it."""
    one = found(number)
    answer = HttpResponse(one.recipe, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="recipe-{one.pk}.json"'
    return answer


@public
@require_safe
def source(_request: HttpRequest, number: int) -> StreamingHttpResponse:
    """The rows before, one JSON array a line: what the recipe is applied to."""
    one = get_object_or_404(
        Improvement.objects.select_related("examination"),
        dataset__state=Dataset.PUBLISHED, resource__isnull=False, pk=number,
    )  # fmt: skip

    def lines() -> Iterator[bytes]:
        for line in sources.lines_of(one.examination.rows or b""):
            yield line + b"\n"

    answer = StreamingHttpResponse(lines(), content_type="application/x-ndjson")
    answer["Content-Disposition"] = f'attachment; filename="source-{one.pk}.jsonl"'
    return answer
