"""What a clerk does with a case: each deed with the permission it needs and the form it reads."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stadtkern.kernel.cases import documents
from stadtkern.kernel.cases.desk import ask, breaks, correct, fee, periods, work
from stadtkern.kernel.cases.desk import messages as mailbox
from stadtkern.kernel.cases.journey.hold import definition_of
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.cases.moves import NotPossible
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account
from stadtkern.systems.service_portal.staff import case as looking
from stadtkern.systems.service_portal.staff import case_forms as forms
from stadtkern.systems.service_portal.staff.answer import (
    SEE,
    WORK,
    case_of,
    need,
    person,
)

Run = Callable[[HttpRequest, Case, Account, Any], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Deed:
    """`run` does it and returns what the clerk reads then."""

    run: Run
    form: type[forms.Deed] | None = None


@staff(SEE)
@require_POST
def act(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Do what was asked for; with faults the page again, with everything that was typed."""
    case = case_of(request, public_id)
    deed = DEEDS.get(request.POST.get("do", ""))
    if deed is None:
        raise Http404
    clerk = need(request, WORK, case)
    form = looking.form_of(deed.form, request, case, clerk) if deed.form else None
    if form is not None and not form.is_valid():
        return looking.shown(request, case, form=form, status=422)
    try:
        messages.success(request, deed.run(request, case, clerk, form))
    except (NotPossible, documents.NotTaken) as refused:
        if form is not None:
            form.add_error(None, str(refused))
            return looking.shown(request, case, form=form, status=422)
        messages.error(request, str(refused))
    return _back(request, case)


def _back(request: HttpRequest, case: Case) -> HttpResponse:
    """To the case, or to the desk where it went to an office of others."""
    still = Case.objects.visible_to(person(request), SEE).filter(pk=case.pk).exists()
    if still:
        return redirect("service_portal-staff:case", case.public_id)
    return redirect("service_portal-staff:desk")


def _take(_request: HttpRequest, case: Case, clerk: Account, _form: Any) -> str:
    work.take(case, by=clerk)
    return _("This case is yours now.")


def _give_back(_request: HttpRequest, case: Case, clerk: Account, _form: Any) -> str:
    work.give_back(case, by=clerk)
    return _("The case is free again.")


def _assign(_request: HttpRequest, case: Case, clerk: Account, form: forms.Assign) -> str:
    work.assign(case, to=form.cleaned_data["to"], by=clerk)
    return _("The case was given to your colleague.")


def _office(_request: HttpRequest, case: Case, clerk: Account, form: forms.Office) -> str:
    said = form.cleaned_data
    work.transfer(case, to=said["department"], reason=said["reason"], by=clerk)
    return _("The case was given to the other office.")


def _ask(_request: HttpRequest, case: Case, clerk: Account, form: forms.Ask) -> str:
    said = form.cleaned_data
    ask.ask(case, text=said["text"], wanted=form.wanted, by=clerk,
            due=periods.end_of(said["due"]))  # fmt: skip
    return _("Your question is in the mailbox. The case waits for the answer.")


def _cancel(request: HttpRequest, case: Case, clerk: Account, _form: Any) -> str:
    ask.cancel(get_object_or_404(case.requests, pk=_number(request, "request")), by=clerk)
    return _("The question was taken back.")


def _write(_request: HttpRequest, case: Case, clerk: Account, form: forms.Write) -> str:
    said, files = form.cleaned_data, []
    if said["file"]:
        files.append(documents.add(case, name=said["file"].name, content=said["file"].read(),
                                   origin="city", kind="letter"))  # fmt: skip
    level = definition_of(case).level if said["protected"] and case.account_id else 0
    mailbox.write_to_applicant(case, subject=said["subject"], text=said["text"], author=clerk,
                               level=level, documents=files)  # fmt: skip
    return _("Your message is in the mailbox.")


def _note(_request: HttpRequest, case: Case, clerk: Account, form: forms.Note) -> str:
    work.note(case, text=form.cleaned_data["text"], by=clerk)
    return _("Noted.")


def _correct(_request: HttpRequest, case: Case, clerk: Account, form: forms.Correct) -> str:
    said = form.cleaned_data
    correct.correct(case, field=said["field"], row=said["row"], said=said["said"],
                    reason=said["reason"], by=clerk)  # fmt: skip
    return _("Corrected. What was said before is kept.")


def _join(_request: HttpRequest, case: Case, clerk: Account, form: forms.Join) -> str:
    work.join(case, form.cleaned_data["reference"], by=clerk)
    return _("The two cases are linked.")


def _part(request: HttpRequest, case: Case, clerk: Account, _form: Any) -> str:
    other = Case.objects.visible_to(clerk, SEE).filter(pk=_number(request, "case"))
    work.part(case, get_object_or_404(other), by=clerk)
    return _("The two cases are not linked any more.")


def _fee(_request: HttpRequest, case: Case, clerk: Account, form: forms.Fee) -> str:
    fee.ask_fee(case, cents=form.cents, reason=form.cleaned_data["reason"], by=clerk)
    return _("The fee is set. The applicant was told.")


def _fee_back(_request: HttpRequest, case: Case, clerk: Account, _form: Any) -> str:
    fee.take_back(case, by=clerk)
    return _("Nothing is owed any more.")


def _break(_request: HttpRequest, case: Case, clerk: Account, form: forms.Break) -> str:
    breaks.note(case, form.cleaned_data["kind"], by=clerk)
    return _("Noted.")


def _settle(request: HttpRequest, case: Case, clerk: Account, form: forms.Settle) -> str:
    found = get_object_or_404(case.appeals, pk=_number(request, "appeal"))
    mailbox.settle(found, result=form.cleaned_data["result"], by=clerk)
    return _("The appeal is settled. The decision itself did not change.")


def _close(_request: HttpRequest, case: Case, clerk: Account, _form: Any) -> str:
    work.close(case, by=clerk)
    return _("The case is closed.")


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Http404
    return int(text)


DEEDS: Final[dict[str, Deed]] = {
    "take": Deed(run=_take),
    "give_back": Deed(run=_give_back),
    "assign": Deed(run=_assign, form=forms.Assign),
    "office": Deed(run=_office, form=forms.Office),
    "ask": Deed(run=_ask, form=forms.Ask),
    "cancel": Deed(run=_cancel),
    "write": Deed(run=_write, form=forms.Write),
    "note": Deed(run=_note, form=forms.Note),
    "correct": Deed(run=_correct, form=forms.Correct),
    "join": Deed(run=_join, form=forms.Join),
    "part": Deed(run=_part),
    "fee": Deed(run=_fee, form=forms.Fee),
    "fee_back": Deed(run=_fee_back),
    "break": Deed(run=_break, form=forms.Break),
    "settle": Deed(run=_settle, form=forms.Settle),
    "close": Deed(run=_close),
}
