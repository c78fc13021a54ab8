"""One case at the desk: all that is known of it, and what can be done with it."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.cases.desk import (
    breaks,
    correct,
    decide,
    inbox,
    looking,
    messages,
    story,
    texts,
)
from stadtkern.kernel.cases.forms import run
from stadtkern.kernel.cases.forms.definition import Definition
from stadtkern.kernel.cases.journey.hold import definition_of
from stadtkern.kernel.cases.models import Case, Correction
from stadtkern.kernel.cases.models.case import OPEN
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account
from stadtkern.systems.service_portal.staff import case_forms as forms
from stadtkern.systems.service_portal.staff.answer import (
    APPROVE,
    DECIDE,
    SEE,
    WORK,
    case_of,
    page,
    person,
)

OTHERS = 20


@staff(SEE)
@require_safe
def case(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The page; looking at it is on record, and what the applicant wrote counts as read."""
    found = case_of(request, public_id)
    clerk = person(request)
    looking.looked(found, by=clerk)
    answer = shown(request, found)
    if clerk.may(WORK, found.department_id):
        messages.seen(found)
    return answer


@staff(SEE)
@require_safe
def printed(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The answers for paper. Printing is a break of the digital way, and is noted as one."""
    found = case_of(request, public_id)
    clerk = person(request)
    looking.looked(found, by=clerk)
    breaks.note(found, "printed", by=clerk)
    definition = definition_of(found)
    return page(request, "case_print", case=found, definition=definition,
                parts=run.summary(definition, found.answers, language=_language(),
                                  documents=_names(found)))  # fmt: skip


def form_of(kind: type[forms.Deed], request: HttpRequest, case: Case, clerk: Account) -> forms.Deed:
    """The form that was sent."""
    more = {"definition": definition_of(case)} if kind is forms.Ask else {}
    return kind(request.POST, request.FILES, case, clerk, **more)


def shown(
    request: HttpRequest, case: Case, *, form: forms.Deed | None = None, status: int = 200
) -> HttpResponse:
    """The page with all forms; `form` is the one that was sent and has faults."""
    clerk, definition = person(request), definition_of(case)
    words = _words(definition, case)
    may = {f"may_{name}": clerk.may(right, case.department_id) for name, right in
           (("work", WORK), ("decide", DECIDE), ("approve", APPROVE))}  # fmt: skip
    made = _forms(request, case, clerk, definition, words) if may["may_work"] else {}
    if form is not None:
        made[type(form).__name__.lower()] = form
    decision = getattr(case, "decision", None)
    return page(
        request, "case", status=status, case=case, definition=definition, forms=made,
        faulty=form, light=inbox.light(case), parts=_parts(request, case, definition, clerk),
        files=case.documents.all(), events=story.lines(case),
        requests=case.requests.select_related("by"), notes=case.notes.select_related("author"),
        mails=case.messages.select_related("author", "appeal").prefetch_related("documents"),
        handovers=case.handovers.select_related("back_office").prefetch_related("log"),
        permits=case.permits.all(), others=_others(case, clerk), links=_links(case, clerk),
        appeals=case.appeals.select_related("message", "by"), decision=decision,
        returned=decide.returned(decision) if decision and not decision.provided else None,
        templates=texts.for_case(case, definition, ("request", "message"), words),
        is_open=case.state in OPEN, broken=_breaks(case), deferred=_deferred(case, definition),
        **may,
    )  # fmt: skip


def _language() -> str:
    return get_language() or "de"


def _names(case: Case) -> dict[str, str]:
    return {str(key): name for key, name in case.documents.values_list("public_id", "name")}


def _parts(
    request: HttpRequest, case: Case, definition: Definition, clerk: Account
) -> list[dict[str, Any]]:
    """The answers as the applicant saw them, with what staff corrected and may correct."""
    changed: dict[tuple[str, int | None], list[Correction]] = defaultdict(list)
    for one in case.corrections.select_related("by"):
        changed[one.field, one.row].append(one)
    fields = definition.fields()
    found = run.summary(definition, case.answers, language=_language(), documents=_names(case))
    asked = (request.GET.get("correct", ""), request.GET.get("row", ""))
    return [
        {"title": part.title, "row": part.row, "lines": [
            {"said": line, "corrections": changed[line.field, part.row],
             "helped": line.field in case.helped, "from": case.prefilled.get(line.field, ""),
             "can": correct.can_be_corrected(fields[line.field]),
             "asked": asked == (line.field, "" if part.row is None else str(part.row))}
            for line in part.lines
        ]}
        for part in found
    ]  # fmt: skip


def _words(definition: Definition, case: Case) -> dict[str, str]:
    """Answers in words by field, for texts with placeholders; the first of repeated ones."""
    words: dict[str, str] = {}
    for part in run.summary(definition, case.answers, language=case.language):
        for line in part.lines:
            words.setdefault(line.field, line.text)
    return words


def _forms(
    request: HttpRequest, case: Case, clerk: Account, definition: Definition, words: dict[str, str]
) -> dict[str, forms.Deed]:
    """All forms, empty; the text that the address names stands in the question or message."""
    given = (None, None, case, clerk)
    chosen = _chosen(request, case, definition, words)
    return {
        "assign": forms.Assign(*given), "office": forms.Office(*given),
        "ask": forms.Ask(*given, definition=definition, initial={"text": chosen.get("ask", "")}),
        "write": forms.Write(*given, initial={"text": chosen.get("write", "")}),
        "note": forms.Note(*given), "join": forms.Join(*given), "fee": forms.Fee(*given),
        "break": forms.Break(*given), "settle": forms.Settle(*given),
        "correct": forms.Correct(*given, initial={
            "field": request.GET.get("correct", ""), "row": request.GET.get("row", "")}),
    }  # fmt: skip


def _chosen(
    request: HttpRequest, case: Case, definition: Definition, words: dict[str, str]
) -> dict[str, str]:
    """By form: the text that the address asks for, filled in."""
    found = {}
    for form, kind in (("ask", "request"), ("write", "message")):
        key = request.GET.get(form, "")
        due = timezone.localdate(clock.now() + forms.ANSWER_IN)
        for one in texts.for_case(case, definition, (kind,), words, due) if key else ():
            if one.key == key:
                found[form] = one.text
    return found


def _others(case: Case, clerk: Account) -> QuerySet[Case] | list[Case]:
    """Other cases of the same account, as far as this clerk may see them."""
    if case.account_id is None:
        return []
    rows = Case.objects.visible_to(clerk, SEE).filter(account=case.account_id)
    return rows.exclude(pk=case.pk).select_related("version__form", "department")[:OTHERS]


def _links(case: Case, clerk: Account) -> QuerySet[Case]:
    """Linked cases, as far as this clerk may see them."""
    linked = Q(links_from__other=case) | Q(links_to__one=case)
    rows = Case.objects.visible_to(clerk, SEE).filter(linked)
    return rows.select_related("version__form", "department").distinct()


def _breaks(case: Case) -> list[Any]:
    """The breaks that were noted, in words."""
    keys = case.events.filter(code=breaks.CODE).values_list("key", flat=True)
    kinds = (key.removeprefix(f"{breaks.CODE}:") for key in keys)
    return [breaks.KINDS[kind] for kind in kinds if kind in breaks.KINDS]


def _deferred(case: Case, definition: Definition) -> bool:
    """Whether the desk may set a fee now."""
    paid = case.charge is not None and case.charge.state in ("open", "paid")
    return definition.payment == "deferred" and case.state in OPEN and not paid
