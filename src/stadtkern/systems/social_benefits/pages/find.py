"""The finder: a few questions, page by page, and what may fit; nothing is kept anywhere."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.cases.forms import draw, run
from stadtkern.kernel.cases.forms.definition import Step
from stadtkern.kernel.people.access import public
from stadtkern.systems.social_benefits.logic import hidden
from stadtkern.systems.social_benefits.logic.benefits import questions
from stadtkern.systems.social_benefits.logic.finding import ORDER, SIGNS, find
from stadtkern.systems.social_benefits.pages.answer import language, private
from stadtkern.systems.social_benefits.pages.reading import advice


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def finder(request: HttpRequest) -> HttpResponse:
    """One step, the next one, the one before, or what came of it.

    Answers come and go in a sealed hidden input: no session, no row, no address holds them.
    """
    steps = questions().steps
    if request.method != "POST":
        return _step(request, steps[0], {})
    try:
        answers = hidden.reveal(request.POST.get("state", ""))
    except hidden.TooOld:
        return _step(request, steps[0], {}, status=422, too_old=True)
    names = [one.id for one in steps]
    asked = request.POST.get("step", "")
    at = names.index(asked) if asked in names else 0
    if "back" in request.POST:
        return _step(request, steps[_within(at - 1)], answers)
    if "again" in request.POST:
        return _step(request, steps[0], answers)
    return _taken(request, at, answers)


def _within(at: int) -> int:
    return max(0, min(at, len(questions().steps) - 1))


def _taken(request: HttpRequest, at: int, answers: dict[str, Any]) -> HttpResponse:
    steps = questions().steps
    taken = run.take(questions(), steps[at], request.POST, answers, language=language())
    said = {**answers, **taken.values}
    said = {name: value for name, value in said.items() if value is not None}
    if taken.faults:
        drawn = draw.page(questions(), steps[at], said, language=language(), said=request.POST,
                          faults=taken.faults, more=taken.more)  # fmt: skip
        return _step(request, steps[at], said, drawn=drawn, status=422)
    if at + 1 < len(steps):
        return _step(request, steps[at + 1], said)
    return result(request, said)


def _step(
    request: HttpRequest, step: Step, answers: Mapping[str, Any], *,
    drawn: draw.Page | None = None, status: int = 200, too_old: bool = False,
) -> HttpResponse:  # fmt: skip
    steps = questions().steps
    shown = drawn or draw.page(questions(), step, answers, language=language())
    return private(
        request, "finder", status=status, step=step, number=steps.index(step) + 1,
        of=len(steps), page=shown, too_old=too_old, state=hidden.hide(answers),
    )  # fmt: skip


def result(request: HttpRequest, answers: Mapping[str, Any]) -> HttpResponse:
    """What may fit, what cannot be told, what rather not; with the reason for each."""
    verdicts = find(answers)
    groups = [(name, SIGNS[name], [one for one in verdicts if one.standing == name])
              for name in ORDER]  # fmt: skip
    useful = [one.benefit for one in verdicts if one.standing in ("fits", "open")]
    return private(
        request, "result", groups=groups, state=hidden.hide(answers), last=questions().steps[-1],
        advice=advice(useful), any_fits=any(one.standing == "fits" for one in verdicts),
    )  # fmt: skip
