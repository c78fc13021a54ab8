"""All improved tables, the newest first."""

from collections import Counter
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stadtkern.kernel.catalogue.models import Dataset
from stadtkern.kernel.people.access import public
from stadtkern.systems.data_improvement import applying, wording
from stadtkern.systems.data_improvement.models import Improvement

PER_PAGE = 20


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """A fixed number of queries for any number of tables."""
    rows = shown().defer("recipe")
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    counted: Counter[str] = Counter()
    for changed in shown().values_list("changed", flat=True):
        counted.update(changed)
    return render(request, "data_improvement/home.html", {
        "listed": listed, "rows": [(one, changes_of(one)) for one in listed],
        "kinds": [(wording.kind(kind), count) for kind, count in counted.most_common()],
        "total": applying.cells_of(counted),
    })  # fmt: skip


def shown() -> Any:
    """What everybody may see."""
    rows = Improvement.objects.filter(current=True, dataset__state=Dataset.PUBLISHED)
    return rows.exclude(resource=None).select_related("dataset", "resource")


def changes_of(one: Improvement) -> list[tuple[str, int]]:
    """How many cells of each kind, the most first."""
    ranked = sorted(one.changed.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(wording.kind(kind), count) for kind, count in ranked]
