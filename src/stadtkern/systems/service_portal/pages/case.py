"""One's own case: how it stands, what happens next, and everything that can be done with it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel.cases import documents, timeline
from stadtkern.kernel.cases.desk import serving, texts
from stadtkern.kernel.cases.forms import run
from stadtkern.kernel.cases.journey import (
    booking,
    co_signing,
    contact,
    copying,
    ending,
    export,
)
from stadtkern.kernel.cases.journey.hold import definition_of
from stadtkern.kernel.cases.journey.overview import overview
from stadtkern.kernel.cases.models import Case, Document
from stadtkern.kernel.cases.moves import NotPossible
from stadtkern.kernel.payments import charges
from stadtkern.systems.service_portal.pages.door import language, of_case, page, person

SENT = ("submitted", "received", "in_progress", "query", "decided", "closed")


@never_cache
@of_case
@require_safe
def case(request: HttpRequest, case: Case) -> HttpResponseBase:
    """How it stands and what to do next."""
    definition = definition_of(case)
    asked = list(case.requests.filter(state="open"))
    said: dict[str, Any] = {
        "case": case, "title": texts.title_of(case), "lines": timeline.lines(case),
        "next": timeline.next_of(case, open_requests=asked), "asked": asked,
        "mails": list(case.messages.order_by("-at", "-pk")),
        "files": shown_files(case), "may_withdraw": ending.may_withdraw(case),
        "decision": provided(case), "sent": case.state in SENT,
        "signers": list(case.co_signs.all()) if case.state == "co_sign" else [],
    }  # fmt: skip
    if case.state == "draft":
        view = overview(case, definition, language=language())
        said |= {"overview": view, "go_on": view.first_open()}
    if case.charge is not None and case.charge.state == "open":
        said["pay"] = charges.page(case.charge)
    if definition.appointment and case.submitted and case.state not in ("withdrawn", "closed"):
        said |= _appointment(case, definition.appointment)
    return page(request, "case", **said)


def _appointment(case: Case, slug: str) -> dict[str, Any]:
    """Where an appointment for this case is booked, or the one there is."""
    taken = case.booking
    live = taken is not None and taken.state in ("booked", "arrived", "held")
    return {"appointment": slug, "appointment_token": booking.token_for(case),
            "booked": taken if live else None}  # fmt: skip


def provided(case: Case) -> Any:
    """The decision, once it was given out."""
    decision = getattr(case, "decision", None)
    return decision if decision is not None and decision.provided is not None else None


def shown_files(case: Case) -> list[Document]:
    """The files that whoever applies sees: a decision only when it was given out."""
    rows = case.documents.exclude(content_sealed=None).filter(scan="clean")
    hidden = set() if provided(case) else {"decision"}
    return [one for one in rows.defer("content_sealed") if one.kind not in hidden]


@never_cache
@of_case
@require_safe
def document(request: HttpRequest, case: Case, document: Any) -> HttpResponseBase:
    """One file, saved and not shown; opening the decision is noted."""
    found = next((one for one in shown_files(case) if one.public_id == document), None)
    if found is None:
        raise Http404
    decision = provided(case)
    if decision is not None and decision.document_id == found.pk:
        serving.opened(decision)
    try:
        return documents.handed_out(found)
    except documents.NotTaken as gone:
        raise Http404 from gone


@never_cache
@of_case
@require_safe
def copy(request: HttpRequest, case: Case) -> HttpResponseBase:
    """The PDF of what was sent."""
    if case.submitted is None:
        raise Http404
    return documents.handed_out(copying.copy_of(case))


@never_cache
@of_case
@require_safe
def answers(request: HttpRequest, case: Case) -> HttpResponseBase:
    """What was sent, to read again."""
    names = {str(one.public_id): one.name for one in case.documents.defer("content_sealed")}
    parts = run.summary(definition_of(case), case.answers, language=language(), documents=names)
    return page(request, "answers", case=case, parts=parts, title=texts.title_of(case))


@never_cache
@of_case
@require_safe
def proof(request: HttpRequest, case: Case) -> HttpResponseBase:
    """When it was sent and made known, and when the decision came, for one's own papers."""
    decision = provided(case)
    return page(request, "proof", case=case, title=texts.title_of(case), decision=decision,
                served=serving.proof(decision) if decision else None)  # fmt: skip


class Withdraw(forms.Form):
    """Why it is not wanted any more."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), required=False, max_length=2000,
        help_text=gettext_lazy("You do not have to give one. The office reads it."),
        widget=forms.Textarea({"rows": 4}),
    )  # fmt: skip


@never_cache
@of_case
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, case: Case) -> HttpResponseBase:
    """First what it means, then the deed; a second time changes nothing."""
    if not ending.may_withdraw(case):
        return redirect("service_portal:case", case.public_id)
    form = Withdraw(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ending.withdraw(case.pk, reason=form.cleaned_data["reason"], actor=person(request))
            messages.success(request, _("It is withdrawn."))
        except NotPossible as late:
            messages.error(request, str(late))
        return redirect("service_portal:case", case.public_id)
    back = case.state in ending.UNTOUCHED and case.charge is not None
    return page(request, "withdraw", case=case, form=form, money_back=back,
                title=texts.title_of(case), status=422 if form.errors else 200)  # fmt: skip


class Contact(forms.Form):
    """How the city reaches whoever applies."""

    email = forms.EmailField(label=gettext_lazy("E-mail"),
                             widget=forms.EmailInput({"autocomplete": "email"}))  # fmt: skip
    phone = forms.RegexField(
        r"^(\+?[0-9 ()/-]{5,30})?$", label=gettext_lazy("Telephone"), required=False,
        error_messages={"invalid": gettext_lazy("Please write the number with digits only.")},
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
    )  # fmt: skip


@never_cache
@of_case
@require_http_methods(["GET", "HEAD", "POST"])
def reach(request: HttpRequest, case: Case) -> HttpResponseBase:
    """Put right how one is reached."""
    form = Contact(request.POST or None, initial={"email": case.email, "phone": case.phone})
    if request.method == "POST" and form.is_valid():
        try:
            contact.correct(case.pk, **form.cleaned_data)
            messages.success(request, _("Changed. We write to this address from now on."))
        except NotPossible as closed:
            messages.error(request, str(closed))
        return redirect("service_portal:case", case.public_id)
    return page(request, "reach", case=case, form=form, title=texts.title_of(case),
                status=422 if form.errors else 200)  # fmt: skip


@never_cache
@of_case
@require_POST
def export_file(request: HttpRequest, case: Case) -> HttpResponseBase:
    """Everything that is known of the case, as one file."""
    actor = person(request) or f"guest:{case.pk}"
    answer = HttpResponse(export.packed(case, actor), content_type="application/zip")
    name = f"{case.reference}.zip"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@never_cache
@of_case
@require_POST
def remind(request: HttpRequest, case: Case, number: int) -> HttpResponseBase:
    """Write once more to somebody who has not signed yet."""
    row = case.co_signs.filter(pk=number).select_related("case__version__form").first()
    if row is None or case.state != "co_sign":
        raise Http404
    if co_signing.remind(row):
        messages.success(request, _("We have written once more."))
    else:
        messages.info(request, _("We wrote a short while ago. Please wait until tomorrow."))
    return redirect("service_portal:case", case.public_id)
