"""An improved table for staff: what it says, whether it can be repeated, and newer sources."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel.people.access import staff
from stadtkern.systems.data_improvement import applying, examining, recipes, sources, wording
from stadtkern.systems.data_improvement.models import Improvement
from stadtkern.systems.data_improvement.staff.answer import page, person

MOST = 200


def found(number: int) -> Improvement:
    """The improvement with this number."""
    return get_object_or_404(
        Improvement.objects.select_related("dataset", "resource", "examination"), pk=number
    )


@staff("data_improvement.see")
@require_safe
def improvement(request: HttpRequest, number: int) -> HttpResponse:
    """What was changed, and what no longer fitted."""
    return _page(request, found(number))


def _page(request: HttpRequest, one: Improvement, **said: Any) -> HttpResponse:
    recipe = recipes.read(one.recipe)
    return page(
        request, "improvement", one=one, recipe=recipe,
        changed=[(wording.kind(kind), count) for kind, count in one.changed.items()],
        misfits=[_misfit(row, recipe) for row in one.misfits], **said,
    )  # fmt: skip


def _misfit(row: list[Any], recipe: recipes.Recipe) -> dict[str, Any]:
    step, number, column, expected, there = row
    return {
        "kind": wording.kind(recipe.steps[step].kind), "row": number, "column": column,
        "expected": wording.value(expected), "there": wording.value(there),
    }  # fmt: skip


@staff("data_improvement.decide")
@require_POST
def act(request: HttpRequest, number: int) -> HttpResponse:
    """Check it again, try it on the source of today, apply it there, or withdraw it."""
    one = found(number)
    deed = request.POST.get("do", "")
    if deed == "check":
        return _page(request, one, same=applying.is_the_same(one), checked=True)
    if deed in ("try", "again"):
        return _on_today(request, one, deed)
    if deed == "withdraw":
        applying.withdraw(person(request), one)
        messages.success(request, _("The improved table is no longer public. The original stays."))
        return redirect("data_improvement-staff:improvement", one.pk)
    raise Http404


def _on_today(request: HttpRequest, one: Improvement, deed: str) -> HttpResponse:
    try:
        if deed == "again":
            made = applying.again(person(request), one)
            messages.success(request, _("The recipe was applied to the newest version."))
            return redirect("data_improvement-staff:improvement", made.pk)
        trial = applying.tried(one)
    except (examining.Failed, sources.TooLarge) as problem:
        messages.error(request, str(problem))
        return redirect("data_improvement-staff:improvement", one.pk)
    recipe = recipes.read(one.recipe)
    told = [[m.step, m.row, m.column, m.expected, m.found] for m in trial.outcome.misfits[:MOST]]
    return _page(
        request, one, trial=trial, trial_misfits=[_misfit(row, recipe) for row in told],
        trial_count=len(trial.outcome.misfits),
    )  # fmt: skip
