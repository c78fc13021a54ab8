"""How well the portal's data are described, in public: the same scores that staff work with."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Avg, Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stadtkern.kernel.catalogue.dcat import scores
from stadtkern.kernel.catalogue.models import MUST, Dataset, Judgement
from stadtkern.kernel.people.access import public

PER_PAGE = 25


@public
@require_safe
def quality(request: HttpRequest) -> HttpResponse:
    """Ratings of all published records by the European score; a fixed number of queries."""
    judged = Judgement.objects.filter(dataset__state=Dataset.PUBLISHED)
    whole = judged.aggregate(
        number=Count("pk"), broken=Count("pk", filter=MUST), points=Avg("points"), at=Max("at")
    )
    rows = judged.select_related("dataset").order_by("points", "dataset__title", "pk")
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "open_data/quality.html", {
        "whole": whole, "ratings": list(_ratings(judged, whole["number"])), "most": scores.MOST,
        "listed": listed, "rows": [(one, one.points / scores.MOST) for one in listed],
    })  # fmt: skip


def _ratings(judged: Any, number: int) -> Iterator[Mapping[str, Any]]:
    """Each rating of the European portal with the records it is given to, the best first."""
    above = scores.MOST + 1
    counts = judged.aggregate(**{
        f"from_{least}": Count("pk", filter=Q(points__gte=least, points__lt=upper))
        for least, upper in _spans(above)
    })  # fmt: skip
    for (least, word), (_least, upper) in zip(scores.RATINGS, _spans(above), strict=True):
        count = counts[f"from_{least}"]
        yield {"word": word, "least": least, "most": upper - 1, "count": count,
               "share": count / number if number else 0}  # fmt: skip


def _spans(above: int) -> Iterator[tuple[int, int]]:
    for least, _word in scores.RATINGS:
        yield least, above
        above = least
