"""A form as people will see it, step by step; what is typed here is kept nowhere.

The answers travel in the page, so that a draft can be tried without making a case.
"""

import json
from typing import Any, Final
from uuid import uuid4

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.forms import definition as door
from stadtkern.kernel.cases.forms import draw, rehearse, run
from stadtkern.kernel.cases.forms.definition import Definition, Step
from stadtkern.kernel.cases.forms.sight import rows_of
from stadtkern.kernel.cases.forms.summary import title
from stadtkern.kernel.cases.forms.values.numbers import euros
from stadtkern.kernel.cases.models import Form, FormTest
from stadtkern.kernel.people.access import staff
from stadtkern.systems.service_portal.staff.answer import person
from stadtkern.systems.service_portal.staff.forms.door import (
    FORMS,
    LANGUAGES,
    form_of,
    language,
    page,
    shown_version,
)

# A form's answers fit into it many times over.
LONGEST: Final = 200_000


@staff(FORMS)
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """One step with what was typed so far; at the end what comes of it."""
    form = form_of(request, slug)
    version = shown_version(form)
    definition = door.read(version.definition)
    said = request.POST if request.method == "POST" else request.GET
    code = said.get("language") or language()
    code = code if code in LANGUAGES else "de"
    answers = answers_of(request.POST.get("answers", ""))
    if request.POST.get("do") == "keep":
        return _kept(request, form, definition, answers)
    told = _step(request, definition, answers, code)
    whole = {"version": version, "language": code, "languages": LANGUAGES, **told}
    return page(request, "preview", form, whole)


def answers_of(text: str) -> dict[str, Any]:
    """Answers as they travelled in the page; anything else counts as none."""
    try:
        found = json.loads(text) if len(text) <= LONGEST else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _step(
    request: HttpRequest, definition: Definition, answers: dict[str, Any], code: str
) -> dict[str, Any]:
    """What the page shows: a step, after "next" the following one, or the end."""
    steps = {one.id: one for one in definition.steps}
    name = request.POST.get("step") or request.GET.get("step", "")
    step = steps.get(name) or definition.steps[0]
    do = request.POST.get("do", "")
    faults: dict[str, str] = {}
    more: tuple[str, ...] = ()
    row = _row(request.POST.get("row", ""), step, answers)
    if do in ("next", "again"):
        taken = run.take(definition, step, request.POST, answers, language=code, row=row,
                         files=_pretended(request, step))  # fmt: skip
        answers = _with(answers, step, row, taken.values)
        faults, more = taken.faults, taken.more
        if not faults and do == "again":
            row = len(rows_of(answers, step))
        elif not faults:
            following = _after(definition, step, answers)
            if following is None:
                return _end(definition, answers, code)
            step, row = following, _row("", following, answers)
    drawn = draw.page(definition, step, answers, language=code, row=row, faults=faults, more=more,
                      said=request.POST if faults else None)  # fmt: skip
    return {**_around(definition, answers, code), "step": step, "row": row, "page": drawn,
            "title": title(step, row, code), "about": step.about.get(code) or
            step.about.get("de", "")}  # fmt: skip


def _around(definition: Definition, answers: dict[str, Any], code: str) -> dict[str, Any]:
    shown = {one.id for one in run.shown(definition, answers)}
    steps = [{"id": one.id, "title": title(one, None, code), "shown": one.id in shown}
             for one in definition.steps]  # fmt: skip
    return {"steps": steps, "answers": json.dumps(answers, ensure_ascii=False)}


def _row(text: str, step: Step, answers: dict[str, Any]) -> int | None:
    if not step.repeated:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else 0


def _pretended(request: HttpRequest, step: Step) -> dict[str, list[str]]:
    """Files are not kept: one that is added counts, and has no content."""
    names = [one.id for one in step.fields if one.kind == "file"]
    return {name: [str(uuid4()) for _file in request.FILES.getlist(name)] for name in names}


def _with(
    answers: dict[str, Any], step: Step, row: int | None, values: dict[str, Any]
) -> dict[str, Any]:
    if row is None:
        return {**answers, **values}
    rows = rows_of(answers, step)[: step.most]
    if row >= len(rows):
        return {**answers, step.id: [*rows, values]}
    return {**answers, step.id: [*rows[:row], {**rows[row], **values}, *rows[row + 1 :]]}


def _after(definition: Definition, step: Step, answers: dict[str, Any]) -> Step | None:
    shown = [one.id for one in run.shown(definition, answers)]
    later = definition.steps[definition.steps.index(step) + 1 :]
    return next((one for one in later if one.id in shown), None)


def _end(definition: Definition, answers: dict[str, Any], code: str) -> dict[str, Any]:
    outcome = rehearse.outcome_of(definition, answers)
    with override(code):
        lines = run.bill(definition, answers, language=code)
        bill = [(one.text, one.quantity, euros(one.cents, code)) for one in lines]
        total = euros(outcome["cents"], code)
    return {**_around(definition, answers, code), "step": None, "outcome": outcome,
            "parts": run.summary(definition, answers, language=code), "bill": bill,
            "total": total, "faults": run.faults(definition, answers, language=code)}  # fmt: skip


def _kept(
    request: HttpRequest, form: Form, definition: Definition, answers: dict[str, Any]
) -> HttpResponse:
    """Keep what was typed as a test case that has to come out the same from now on."""
    name = " ".join(request.POST.get("name", "").split())[:160]
    if not name:
        messages.error(request, _("Give the test case a name, such as “car of a company”."))
        return redirect("service_portal-staff:form-preview", form.slug)
    expected = rehearse.outcome_of(definition, answers)
    try:
        with transaction.atomic():
            made = FormTest.objects.create(form=form, name=name, answers=answers,
                                           expected=expected)  # fmt: skip
            record(person(request), "forms.test", form, test=made.pk)
    except IntegrityError:
        messages.error(request, _("There is a test case of this name. Choose another one."))
        return redirect("service_portal-staff:form-tests", form.slug)
    messages.success(request, _("The test case is kept. It runs before each publishing."))
    return redirect("service_portal-staff:form-tests", form.slug)
