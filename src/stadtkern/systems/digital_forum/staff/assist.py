"""The helper's side of assisted mode: enter the code, fill in, never send, never own."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel.cases.desk.looking import looked
from stadtkern.kernel.cases.forms.definition import Step
from stadtkern.kernel.cases.forms.sight import rows_of
from stadtkern.kernel.cases.forms.summary import summary
from stadtkern.kernel.cases.journey.errors import NotOpen, Overtaken
from stadtkern.kernel.cases.journey.hold import definition_of
from stadtkern.kernel.people.access import staff
from stadtkern.systems.digital_forum.logic import assist, filling
from stadtkern.systems.digital_forum.models import AssistSession
from stadtkern.systems.digital_forum.staff.answer import page, person

SessionPage = Callable[..., HttpResponseBase]


class Code(forms.Form):
    """What the citizen reads out."""

    code = forms.CharField(
        label=gettext_lazy("Presence code"), max_length=12,
        help_text=gettext_lazy("Six digits. The citizen sees them on their own telephone or "
                               "on the screen of the forum."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip


@staff("digital_forum.assist")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """The way into a session."""
    form = Code(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            session = assist.join(form.cleaned_data["code"], person(request))
            return redirect("digital_forum-staff:assist-case", session.public_id)
        except assist.Refused as refused:
            form.add_error("code", str(refused))
    mine = AssistSession.objects.filter(helper=person(request), state="live")
    return page(request, "assist", form=form, sessions=mine.select_related("case__version__form"),
                status=422 if form.errors else 200)  # fmt: skip


def running(view: SessionPage) -> SessionPage:
    """`view(request, session, ..)` only while it runs; a look at the case goes on record."""

    @wraps(view)
    def guarded(
        request: HttpRequest, session: UUID, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:  # fmt: skip
        try:
            found = assist.of_helper(session, person(request))
        except assist.Over as over:
            return page(request, "assist_over", problem=str(over), status=403)
        looked(found.case, by=person(request))
        return view(request, found, *args, **kwargs)

    return guarded


def _language() -> str:
    return (get_language() or "de")[:2]


@staff("digital_forum.assist")
@never_cache
@require_safe
@running
def overview(request: HttpRequest, session: AssistSession) -> HttpResponse:
    """The steps of the case, and what is missing in each."""
    assist.note(session, "looked")
    return page(request, "assist_case", session=session, case=session.case,
                steps=filling.overview(session.case, _language()))  # fmt: skip


@staff("digital_forum.assist")
@never_cache
@require_POST
@running
def end(request: HttpRequest, session: AssistSession) -> HttpResponse:
    """The helper is done."""
    assist.end(session, by="helper")
    return redirect("digital_forum-staff:assist")


@staff("digital_forum.assist")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@running
def step(request: HttpRequest, session: AssistSession, name: str) -> HttpResponse:
    """One step: of a repeated one the list of entries, or one of them."""
    asked = filling.step_of(session.case, name)
    if asked is None:
        raise Http404
    row = _row(request, session, asked)
    if asked.repeated and row is None:
        return _entries(request, session, asked)
    if request.method == "POST":
        return _saved(request, session, asked, row)
    assist.note(session, "looked", step=asked.id)
    return _shown(request, session, asked, row)


def _row(request: HttpRequest, session: AssistSession, asked: Step) -> int | None:
    if not asked.repeated:
        return None
    text = request.GET.get("row", "")
    number = int(text) if text.isdecimal() and len(text) < 3 else None
    there = len(rows_of(session.case.answers, asked))
    if number is None or number > there or number >= asked.most:
        return None
    return number


def _entries(request: HttpRequest, session: AssistSession, asked: Step) -> HttpResponse:
    if request.method == "POST":
        text = request.POST.get("remove", "")
        try:
            if text.isdecimal():
                filling.remove_row(session, asked, int(text), revision=_revision(request))
        except (Overtaken, NotOpen) as late:
            messages.error(request, str(late))
        return redirect("digital_forum-staff:assist-step", session.public_id, asked.id)
    assist.note(session, "looked", step=asked.id)
    case = session.case
    parts = [one for one in summary(definition_of(case), case.answers, language=_language())
             if one.step == asked.id]  # fmt: skip
    return page(request, "assist_entries", session=session, case=case, asked=asked, parts=parts,
                more=len(rows_of(case.answers, asked)))  # fmt: skip


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _saved(
    request: HttpRequest, session: AssistSession, asked: Step, row: int | None
) -> HttpResponse:  # fmt: skip
    try:
        taken = filling.fill(session, asked, request.POST, row=row, revision=_revision(request),
                             language=_language())  # fmt: skip
    except (Overtaken, NotOpen) as late:
        messages.error(request, str(late))
        session.case.refresh_from_db()
        return _shown(request, session, asked, row, said=True, status=409)
    if taken.faults:
        drawn = filling.page(session.case, asked, language=_language(), row=row,
                             said=request.POST, taken=taken)  # fmt: skip
        return _shown(request, session, asked, row, drawn=drawn, status=422)
    if asked.repeated:
        return redirect("digital_forum-staff:assist-step", session.public_id, asked.id)
    return redirect("digital_forum-staff:assist-case", session.public_id)


def _shown(
    request: HttpRequest, session: AssistSession, asked: Step, row: int | None, *,
    drawn: Any = None, said: bool = False, status: int = 200,
) -> HttpResponse:  # fmt: skip
    known = drawn or filling.page(
        session.case, asked, language=_language(), row=row, said=request.POST if said else None
    )
    return page(
        request, "assist_step", session=session, case=session.case, asked=asked, page=known,
        row=row, status=status, files=any(one.kind == "file" for one in asked.fields),
    )  # fmt: skip
