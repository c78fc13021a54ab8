"""The page of one measure: one sentence, then everything that it rests on."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from stadtkern.kernel.effects import wording
from stadtkern.kernel.effects.models import Analysis, Intervention
from stadtkern.kernel.people.access import public
from stadtkern.kernel.sharing import one_page
from stadtkern.site.dashboard.effects import about, drawing

ROOM = 0.02  # degrees


@public
@require_safe
@one_page()
def effect(request: HttpRequest, slug: str) -> HttpResponse:
    """A published measure."""
    one = find(slug)
    return render(request, "site/effects/page.html", context_of(one, result_of(one)))


def find(slug: str) -> Intervention:
    """The measure of this address, if everybody may see it and all of its series. 404 else."""
    rows = Intervention.objects.public().select_related("observed_property")
    return get_object_or_404(rows.prefetch_related("chosen"), slug=slug)


def result_of(one: Intervention) -> Analysis | None:
    """The analysis that everybody may read."""
    return _published(one).filter(withdrawn=None).first()


def readable(slug: str) -> tuple[Intervention, Analysis]:
    """A measure and its public analysis. 404 where there is none."""
    one = find(slug)
    found = result_of(one)
    if found is None:
        raise Http404
    return one, found


def context_of(one: Intervention, analysis: Analysis | None) -> dict[str, Any]:
    """What the page, and the staff's preview, show."""
    withdrawn = _published(one).filter(withdrawn__isnull=False)
    return {
        "one": one,
        "shown": about.shown(one, analysis) if analysis else None,
        "outlook": "" if analysis else _outlook(one),
        "series": about.series(one, analysis),
        "withdrawn": list(withdrawn.only("id", "published", "withdrawn", "reason")),
        "bounds": bounds(one),
        "drawing": drawing,
    }


def _outlook(one: Intervention) -> str:
    """What was said in advance, of a measure without a result."""
    plan = one.analyses.filter(purpose=Analysis.PLAN, state="done").order_by("-id").first()
    if plan is None or plan.input is None or plan.result is None:
        return ""
    return wording.outlook(plan.input, plan.result)


def _published(one: Intervention) -> QuerySet[Analysis]:
    return one.analyses.filter(published__isnull=False).order_by("-published")


def bounds(one: Intervention) -> list[float] | None:
    """A box around the measure that shows its neighbourhood."""
    if one.west is None or one.south is None or one.east is None or one.north is None:
        return None
    return [one.west - ROOM, one.south - ROOM / 2, one.east + ROOM, one.north + ROOM / 2]
