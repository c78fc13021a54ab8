"""One measure for staff: what is to be done next, its analyses, and what the public sees."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel.effects import plan, wording
from stadtkern.kernel.effects.models import Analysis, Chosen, Intervention
from stadtkern.kernel.people.access import staff
from stadtkern.site.dashboard.effects import page as public_page
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page

SHOWN = 20


@staff("effects.see")
@require_safe
def one(request: HttpRequest, number: int) -> HttpResponse:
    """The measure with its steps and its analyses."""
    found = _find(number)
    analyses = list(found.analyses.all()[:SHOWN])
    roles = [row.role for row in found.chosen.all()]
    return page(
        request,
        "effects/one",
        one=found,
        analyses=[(row, _said(found, row)) for row in analyses],
        waiting=plan.under_way(found),
        complete=Chosen.TARGET in roles and Chosen.CONTROL in roles,
        counts={role: roles.count(role) for role, _title in Chosen.ROLES},
        may_edit=person(request).may("effects.edit"),
        bounds=public_page.bounds(found),
    )


@staff("effects.see")
@require_safe
def analysis(request: HttpRequest, number: int) -> HttpResponse:
    """One analysis as the public page would show it."""
    row = get_object_or_404(Analysis.objects.filter(state="done"), pk=number)
    found = _find(row.intervention_id)
    context = public_page.context_of(found, row)
    may_edit = person(request).may("effects.edit")
    return page(request, "effects/analysis", analysis=row, may_edit=may_edit, **context)


def _find(number: int) -> Intervention:
    rows = Intervention.objects.select_related("observed_property").prefetch_related("chosen")
    return get_object_or_404(rows, pk=number)


def _said(found: Intervention, row: Analysis) -> str:
    if row.state != "done" or row.input is None or row.result is None:
        return row.problem
    if row.purpose == Analysis.PLAN:
        return wording.outlook(row.input, row.result)
    return wording.sentence(found, row.input, row.result)


@staff("effects.edit")
@require_POST
def do(request: HttpRequest, number: int) -> HttpResponse:
    """Lay the plan down, reckon, show or hide the measure."""
    found = get_object_or_404(Intervention, pk=number)
    actor, act = person(request), request.POST.get("act", "")
    deeds: dict[str, tuple[Any, str]] = {
        "preregister": (
            lambda: plan.preregister(found, actor), _("The analysis is laid down.")
        ),
        "plan": (
            lambda: plan.request(found, Analysis.PLAN, actor), _("It is being calculated.")
        ),
        "run": (
            lambda: plan.request(found, Analysis.EFFECT, actor), _("It is being calculated.")
        ),
        "show": (lambda: plan.show(found, actor), _("Everybody can see the measure now.")),
        "hide": (lambda: plan.hide(found, actor), _("The measure is on no public page any more.")),
    }  # fmt: skip
    return _done(request, number, deeds.get(act))


@staff("effects.edit")
@require_POST
def do_analysis(request: HttpRequest, number: int) -> HttpResponse:
    """Publish an analysis, withdraw it, or reckon it again."""
    row = get_object_or_404(Analysis.objects.select_related("intervention"), pk=number)
    actor, act = person(request), request.POST.get("act", "")
    reason = request.POST.get("reason", "")[:1000]
    deeds: dict[str, tuple[Any, str]] = {
        "publish": (lambda: plan.publish(row, actor), _("The result is public now.")),
        "withdraw": (
            lambda: plan.withdraw(row, reason, actor),
            _("The result is withdrawn. The page says why."),
        ),
        "again": (lambda: plan.check_again(row, actor), _("It is being calculated again.")),
    }  # fmt: skip
    return _done(request, row.intervention_id, deeds.get(act))


def _done(request: HttpRequest, number: int, deed: tuple[Any, str] | None) -> HttpResponse:
    if deed is None:
        messages.error(request, _("This cannot be done here. Please use the buttons."))
        return redirect("staff-effects-one", number)
    work, said = deed
    try:
        work()
    except plan.Refused as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, said)
    return redirect("staff-effects-one", number)
