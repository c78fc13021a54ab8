"""The mailbox: messages, questions that wait for an answer, and answers with files."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.cases import documents
from stadtkern.kernel.cases.desk import messages as desk
from stadtkern.kernel.cases.desk import texts
from stadtkern.kernel.cases.models import Case, Document, Message, Request
from stadtkern.kernel.cases.moves import NotPossible
from stadtkern.kernel.identity import stepup
from stadtkern.kernel.identity.doors import person, signed_in
from stadtkern.systems.service_portal.pages.door import hidden, level, of_case, page

PER_PAGE: Final = 20
MOST_FILES: Final = 5
# The same words once more within this time are a double click.
TWICE: Final = timedelta(minutes=2)


@never_cache
@signed_in
@require_safe
def mailbox(request: HttpRequest) -> HttpResponseBase:
    """Messages of all cases, newest first; questions without an answer stand on top."""
    mine = Case.objects.of(person(request)).filter(erased=None)
    rows = Message.objects.filter(case__in=mine).select_related("case__version__form")
    rows = rows.defer("text_sealed", "case__answers_sealed", "case__version__definition")
    found = Paginator(rows.order_by("-at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    asked = Request.objects.filter(case__in=mine, state="open").select_related(
        "case__version__form"
    )  # fmt: skip
    unread = rows.filter(direction="out", read=None).count()
    return hidden(page(request, "mailbox", found=found, asked=asked, unread=unread))


@never_cache
@of_case
@require_safe
def message(request: HttpRequest, case: Case, message: UUID) -> HttpResponseBase:
    """One message; whoever reads it needs the level it was sent at."""
    found = case.messages.filter(public_id=message).first()
    if found is None:
        raise Http404
    if level(request) < found.level:
        return redirect(stepup.url(request, found.level, request.get_full_path()))
    if found.direction == "out" and found.read is None:
        case.messages.filter(pk=found.pk, read=None).update(read=clock.now())
    files = found.documents.filter(scan="clean").exclude(content_sealed=None)
    return page(request, "message", case=case, message=found, title=texts.title_of(case),
                files=files.defer("content_sealed"))  # fmt: skip


class Files(forms.ClearableFileInput):
    """Several files in one field."""

    allow_multiple_selected = True


class Write(forms.Form):
    """A message or an answer; files are looked at one by one."""

    text = forms.CharField(label=gettext_lazy("Your message"), max_length=10_000,
                           widget=forms.Textarea({"rows": 6}))  # fmt: skip
    attached = forms.Field(
        label=gettext_lazy("Files"), required=False, widget=Files({"multiple": True}),
        help_text=gettext_lazy("PDF or photos, up to 10 MB each. Five at most."),
    )  # fmt: skip


class Answer(Write):
    """An answer: words or files are enough."""

    text = forms.CharField(label=gettext_lazy("Your answer"), max_length=10_000, required=False,
                           widget=forms.Textarea({"rows": 6}))  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Nothing at all is no answer."""
        said = super().clean() or {}
        if not said.get("text") and not self.files.getlist("attached"):
            self.add_error("text", _("Please write something or add a file."))
        return said


@never_cache
@of_case
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, case: Case) -> HttpResponseBase:
    """Write to the office."""
    if case.submitted is None or case.state in ("withdrawn", "expired"):
        return redirect("service_portal:case", case.public_id)
    form = Write(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _sent(request, case, form, None):
        messages.success(request, _("Your message is with the office."))
        return redirect("service_portal:case", case.public_id)
    return page(request, "write", case=case, form=form, title=texts.title_of(case),
                status=422 if form.errors else 200)  # fmt: skip


@never_cache
@of_case
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, case: Case, number: int) -> HttpResponseBase:
    """Answer a question of the office, with words or files."""
    asked = case.requests.filter(pk=number).first()
    if asked is None:
        raise Http404
    if asked.state != "open":
        messages.info(request, _("This question is answered already."))
        return redirect("service_portal:case", case.public_id)
    form = Answer(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _sent(request, case, form, asked):
        messages.success(request, _("Thank you. Your answer is with the office."))
        return redirect("service_portal:case", case.public_id)
    return page(request, "answer", case=case, asked=asked, form=form,
                title=texts.title_of(case), status=422 if form.errors else 200)  # fmt: skip


@never_cache
@of_case
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, case: Case) -> HttpResponseBase:
    """Say that one does not agree with the decision, and why."""
    if case.state not in ("decided", "closed"):
        return redirect("service_portal:case", case.public_id)
    form = Write(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _appealed(request, case, form):
        messages.success(request, _("Your appeal has arrived. The office answers you."))
        return redirect("service_portal:case", case.public_id)
    decision = getattr(case, "decision", None)
    return page(request, "appeal", case=case, form=form, title=texts.title_of(case),
                decision=decision, status=422 if form.errors else 200)  # fmt: skip


def _sent(request: HttpRequest, case: Case, form: Write, asked: Request | None) -> bool:
    """False where a file was not taken; then nothing is sent, and the words stay in the form."""
    text = form.cleaned_data["text"] or _("(files only)")
    if _is_twice(case, text):
        return True
    try:
        with transaction.atomic():
            files = _files(request, case)
            desk.write_to_desk(case, text=text, documents=files, request=asked)
    except (documents.NotTaken, NotPossible) as refused:
        form.add_error("attached", str(refused))
        return False
    return True


def _appealed(request: HttpRequest, case: Case, form: Write) -> bool:
    if _is_twice(case, form.cleaned_data["text"]):
        return True
    try:
        with transaction.atomic():
            desk.appeal(case, text=form.cleaned_data["text"], documents=_files(request, case))
    except (documents.NotTaken, NotPossible) as refused:
        form.add_error("attached", str(refused))
        return False
    return True


def _is_twice(case: Case, text: str) -> bool:
    last = case.messages.filter(direction="in", at__gt=clock.now() - TWICE).last()
    return last is not None and last.text == text


def _files(request: HttpRequest, case: Case) -> list[Document]:
    """What came along, all or nothing. Raises NotTaken with the name of the file."""
    given = request.FILES.getlist("attached")
    if len(given) > MOST_FILES:
        raise documents.NotTaken(_("Please add at most five files."))
    made = []
    for file in given:
        content = bytes(file.read(documents.PER_FILE + 1))
        try:
            made.append(documents.add(case, name=file.name or "", content=content, kind="answer"))
        except documents.NotTaken as refused:
            raise documents.NotTaken(f"{file.name}: {refused}") from None
    return made
