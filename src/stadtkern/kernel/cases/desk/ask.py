"""Questions to the applicant: what is missing, until when, and what happens when it comes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from stadtkern.kernel import clock, sealing
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.desk import periods
from stadtkern.kernel.cases.desk.work import actor
from stadtkern.kernel.cases.journey import mails
from stadtkern.kernel.cases.models import Case, Request
from stadtkern.kernel.cases.moves import locked, move, tell
from stadtkern.kernel.people.models import Account

# How long before its end somebody is reminded of a question.
REMIND: Final = timedelta(days=3)


def ask(
    case: Case, *, text: str, wanted: Sequence[str], by: Account | None,
    due: datetime | None = None,
) -> Request:  # fmt: skip
    """Ask for documents or answers; the case waits for the applicant (`query`).

    `wanted` names fields of the form or documents in words, `by` is None for a back office.
    Raises NotPossible: it is decided, closed or withdrawn.
    """
    with transaction.atomic():
        row = locked(case.pk)
        source = "desk" if by else "back_office"
        if row.state != "query":
            move(row, "query", source=source, actor=actor(by), code="request.asked")
        else:
            tell(row, "request.asked", source=source, actor=actor(by))
        made = Request.objects.create(
            case=row,
            text_sealed=sealing.seal(text),
            wanted=list(wanted),
            by=by,
            due=due,
            asked=clock.now(),
        )
        mails.write(row, "news", key=f"request:{made.pk}")
        if by:
            record(by, "case.ask", row, request=made.pk)
    case.state = "query"
    return made


def answered(request: Request) -> Request:
    """The applicant answered; without open questions the desk goes on, with the time it lost."""
    with transaction.atomic():
        row = locked(request.case_id)
        request = Request.objects.select_for_update().get(pk=request.pk)
        if request.state != "open":
            return request
        request.state, request.answered = "answered", clock.now()
        request.save(update_fields=["state", "answered"])
        tell(row, "request.answered", key=f"request.answered:{request.pk}")
        _go_on(row, request)
    return request


def cancel(request: Request, *, by: Account) -> Request:
    """The question is not needed any more."""
    with transaction.atomic():
        row = locked(request.case_id)
        request = Request.objects.select_for_update().get(pk=request.pk)
        if request.state != "open":
            return request
        request.state, request.answered = "cancelled", clock.now()
        request.save(update_fields=["state", "answered"])
        tell(row, "request.cancelled", source="desk", actor=actor(by))
        record(by, "case.ask_cancel", row, request=request.pk)
        _go_on(row, request)
    return request


def _go_on(case: Case, request: Request) -> None:
    """Back to work when nothing is open; the deadline moves by the working days that passed."""
    if case.state != "query" or case.requests.filter(state="open").exists():
        return
    due = periods.later(case.due, request.asked, clock.now()) if case.due else None
    move(case, "in_progress", source="desk", due=due, visible=False)


def remind() -> int:
    """Remind once of every question that ends soon and has no answer; how many letters."""
    soon = Request.objects.filter(
        state="open", case__state="query", due__gt=clock.now(), due__lte=clock.now() + REMIND
    )
    written = 0
    for one in soon.select_related("case"):
        written += mails.write(one.case, "news", key=f"request:{one.pk}:soon")
    return written
