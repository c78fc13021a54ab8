"""The decision on a case: prepare it, look at it, check it, give it out; and the proof of it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel import sealing
from stadtkern.kernel.cases.desk import decide, decision_pdf, looking, serving, texts
from stadtkern.kernel.cases.forms import run
from stadtkern.kernel.cases.journey.hold import definition_of
from stadtkern.kernel.cases.models import OUTCOMES, Case, Decision
from stadtkern.kernel.cases.models.case import OPEN
from stadtkern.kernel.cases.moves import NotPossible, locked
from stadtkern.kernel.people.access import staff
from stadtkern.systems.service_portal.staff.answer import (
    APPROVE,
    DECIDE,
    SEE,
    case_of,
    need,
    page,
    person,
)


class Prepare(forms.Form):
    """How it is decided, and the text."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("How do you decide?"), choices=list(OUTCOMES.items()),
        widget=forms.RadioSelect,
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("Text of the decision"), max_length=50_000,
        widget=forms.Textarea({"rows": 16}),
        help_text=gettext_lazy("An empty line begins a new paragraph."),
    )  # fmt: skip


class SendBack(forms.Form):
    """Why the second person does not agree."""

    reason = forms.CharField(
        label=gettext_lazy("What has to change?"), max_length=5000,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip


@staff(SEE)
@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What is prepared so far, with its form; sent, it is written down."""
    case = case_of(request, public_id)
    looking.looked(case, by=person(request))
    if request.method != "POST":
        return _page(request, case, Prepare(initial=_initial(request, case)))
    clerk = need(request, DECIDE, case)
    form = Prepare(request.POST)
    if form.is_valid():
        try:
            decide.prepare(case, **form.cleaned_data, by=clerk)
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Prepared. Look at it before you give it out."))
            return redirect("service_portal-staff:decision", public_id)
    return _page(request, case, form, status=422)


def _initial(request: HttpRequest, case: Case) -> dict[str, Any]:
    """What was prepared; else, or where the address asks for it, a text of the form or office."""
    if key := request.GET.get("text", ""):
        for outcome, one in _templates(case):
            if one.key == key:
                return {"outcome": outcome, "text": one.text}
    known = getattr(case, "decision", None)
    return {"outcome": known.outcome, "text": known.text} if known else {}


def _templates(case: Case) -> list[tuple[str, texts.Template]]:
    """Texts to choose from by outcome."""
    definition = definition_of(case)
    words = {line.field: line.text
             for part in reversed(run.summary(definition, case.answers, language=case.language))
             for line in part.lines}  # fmt: skip
    return [(outcome, one) for outcome in OUTCOMES
            for one in texts.for_case(case, definition, (outcome,), words)]  # fmt: skip


def _page(
    request: HttpRequest, case: Case, form: Prepare, *, back: SendBack | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    known, who = getattr(case, "decision", None), person(request)
    definition = definition_of(case)
    waits = known is not None and known.provided is None
    second = decide.needs_second(case)
    other = known is not None and known.by_id != who.pk
    returned = decide.returned(known) if known is not None and waits else None
    return page(
        request, "decision", status=status, case=case, form=form, decision=known, second=second,
        back=back or SendBack(auto_id="back-%s"), returned=returned, waits=waits,
        templates=[(OUTCOMES[outcome], one) for outcome, one in _templates(case)],
        appeal=texts.appeal_words(case, definition), is_open=case.state in OPEN,
        may_decide=who.may(DECIDE, case.department_id),
        may_check=second and waits and other and not returned
        and who.may(APPROVE, case.department_id),
        may_give=waits and not second and who.may(DECIDE, case.department_id),
        looks=known.looks.select_related("by") if known else (),
        proof=serving.proof(known) if known and known.provided else None,
    )  # fmt: skip


@staff(SEE)
@require_POST
def give(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give the decision out; where four eyes are asked for, this is the second person's deed."""
    case = case_of(request, public_id)
    known = _known(case)
    second = None
    if decide.needs_second(case):
        second = need(request, APPROVE, case)
    else:
        need(request, DECIDE, case)
    try:
        with transaction.atomic():
            locked(case.pk)
            known.refresh_from_db()
            # What is given out is what was read: nobody changes it in between.
            if request.POST.get("seen") != known.prepared.isoformat():
                raise NotPossible(_("The text was changed meanwhile. Please read it once more."))
            decide.provide(known, second=second)
    except NotPossible as refused:
        messages.error(request, str(refused))
        return redirect("service_portal-staff:decision", public_id)
    messages.success(request, _("The decision is in the mailbox."))
    return redirect("service_portal-staff:case", public_id)


@staff(SEE)
@require_POST
def send_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The second person does not agree."""
    case = case_of(request, public_id)
    second = need(request, APPROVE, case)
    form = SendBack(request.POST, auto_id="back-%s")
    if form.is_valid():
        try:
            decide.send_back(_known(case), reason=form.cleaned_data["reason"], by=second)
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Sent back. Whoever wrote it sees your reason."))
            return redirect("service_portal-staff:case", public_id)
    return _page(request, case, Prepare(initial=_initial(request, case)), back=form, status=422)


@staff(SEE)
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The PDF as it would be: of what is typed (POST), else of what was prepared."""
    case = case_of(request, public_id)
    looking.looked(case, by=person(request))
    known = getattr(case, "decision", None)
    if request.method == "POST":
        need(request, DECIDE, case)
        form = Prepare(request.POST)
        if not form.is_valid():
            return _page(request, case, form, status=422)
        said = form.cleaned_data
        known = Decision(case=case, outcome=said["outcome"], by=person(request),
                         text_sealed=sealing.seal(said["text"]))  # fmt: skip
    if known is None:
        raise Http404
    answer = HttpResponse(decision_pdf.drawn(case, known, preview=known.provided is None),
                          content_type="application/pdf")  # fmt: skip
    answer["Content-Disposition"] = f'inline; filename="{case.reference}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@staff(SEE)
@require_safe
def proof(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """When the decision was provided, announced, opened and served: to print."""
    case = case_of(request, public_id)
    looking.looked(case, by=person(request))
    known = _known(case)
    if known.provided is None:
        raise Http404
    return page(request, "proof", case=case, decision=known, proof=serving.proof(known))


def _known(case: Case) -> Decision:
    known: Decision | None = getattr(case, "decision", None)
    if known is None:
        raise Http404
    return known
