"""One run: what came, changed, is gone, was refused and why; and records as they came."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from stadtkern.kernel.catalogue.models import Harvested, Run
from stadtkern.kernel.people.access import staff
from stadtkern.systems.open_data.harvesting.answer import page
from stadtkern.systems.open_data.harvesting.words import OUTCOMES, STATES, counted

PER_PAGE = 100


@staff("datasets.see")
@require_safe
def run(request: HttpRequest, number: int) -> HttpResponse:
    """The protocol of a run, of one outcome if the address asks for it."""
    one = get_object_or_404(Run.objects.select_related("source"), pk=number)
    lines = one.lines.select_related("dataset")
    chosen = request.GET.get("outcome", "")
    if chosen in OUTCOMES:
        lines = lines.filter(outcome=chosen)
    listed = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    sign, state = STATES[one.state]
    return page(
        request, "run", run=one, sign=sign, state=state, counts=counted(one), listed=listed,
        told=[(line, *OUTCOMES[line.outcome]) for line in listed], chosen=chosen,
        outcomes=[(key, word) for key, (_sign, word) in OUTCOMES.items() if key != "unchanged"],
        going=one.state in (Run.WAITING, Run.RUNNING),
    )  # fmt: skip


@staff("datasets.see")
@require_safe
def original(request: HttpRequest, slug: str) -> HttpResponse:
    """The record of a harvested dataset as it came, to read or to keep."""
    one = get_object_or_404(Harvested, dataset__slug=slug)
    answer = HttpResponse(one.original, content_type=f"{one.original_type}; charset=utf-8")
    ending = "json" if one.original_type == "application/json" else "ttl"
    answer["Content-Disposition"] = f'attachment; filename="{slug}.{ending}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
