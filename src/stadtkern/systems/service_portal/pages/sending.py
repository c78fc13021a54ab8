"""Check everything, send it; put it aside; change it again; make it known in time."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel.cases.forms import run
from stadtkern.kernel.cases.forms.definition import Definition
from stadtkern.kernel.cases.forms.values.texts import in_words
from stadtkern.kernel.cases.journey import co_signing, contact, mails, save
from stadtkern.kernel.cases.journey import file_now as filing
from stadtkern.kernel.cases.journey import send as journey
from stadtkern.kernel.cases.journey.errors import LevelMissing, NotOpen, NotSent
from stadtkern.kernel.cases.journey.hold import definition_of
from stadtkern.kernel.cases.journey.overview import overview
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.cases.moves import NotPossible
from stadtkern.kernel.identity import stepup, trust
from stadtkern.kernel.payments import charges
from stadtkern.systems.service_portal.pages.door import language, level, of_case, page, person


@never_cache
@of_case
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, case: Case) -> HttpResponseBase:
    """Everything on one page; sent from here, once."""
    if case.state != "draft":
        return _after(request, case)
    definition = definition_of(case)
    if request.method != "POST":
        _take_over_proven(request, case)
        return _review(request, case, definition)
    if problem := _problem(request, case, definition):
        return _review(request, case, definition, problem=problem, status=422)
    if level(request) < definition.level:
        return redirect(stepup.url(request, definition.level, request.get_full_path()))
    try:
        sent = journey.send(case.pk, key=request.POST.get("key", ""), actor=person(request),
                            level=level(request), language=language())  # fmt: skip
    except LevelMissing as more:
        return redirect(stepup.url(request, more.level, request.get_full_path()))
    except NotSent as refused:
        return _review(request, case, definition, problem={"": str(refused)}, status=422)
    except NotOpen as old:
        messages.warning(request, str(old))
        return redirect("service_portal:case", case.public_id)
    return _after(request, sent)


def _take_over_proven(request: HttpRequest, case: Case) -> None:
    """Whoever showed their identity card in between is told what came from it."""
    if level(request) < trust.Trust.HIGH:
        return
    if save.take_over_proven(case.pk):
        messages.info(request, _("Some details now come from your identity card. Please check."))
    case.refresh_from_db()


def _problem(request: HttpRequest, case: Case, definition: Definition) -> dict[str, str]:
    """What keeps this page from being sent, by the field to repair it at."""
    if definition.declaration and "declared" not in request.POST:
        return {"declared": _("Please confirm this, so that it can be sent.")}
    if request.POST.get("revision") != str(case.revision):
        return {"": _("Something was changed on another device. Please check once more.")}
    return {}


def _after(request: HttpRequest, case: Case) -> HttpResponse:
    """Where it goes on after sending, also the second time: the payment, or the case."""
    if case.state == "payment" and case.charge is not None and request.method == "POST":
        return redirect(charges.page(case.charge))
    return redirect("service_portal:case", case.public_id)


def _review(
    request: HttpRequest, case: Case, definition: Definition, *,
    problem: dict[str, str] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    view = overview(case, definition, language=language())
    names = {str(one.public_id): one.name for one in case.documents.all()}
    lines = run.bill(definition, case.answers, language=language())
    titles = {one.id: in_words(one.title, language()) for one in definition.fields().values()}
    return page(
        request, "review", case=case, definition=definition, overview=view,
        form_title=in_words(definition.title, language()),
        parts=run.summary(definition, case.answers, language=language(), documents=names),
        faults=[(one, titles.get(one.field, "")) for one in view.faults], problem=problem or {},
        lines=lines, cents=sum(line.cents for line in lines),
        signers=co_signing.people(case, definition), files_now=_may_file(case, definition),
        declaration=in_words(definition.declaration, language()),
        short_of_level=level(request) < definition.level,
        needed_words=trust.TITLES[trust.Trust(definition.level)],
        prove=stepup.url(request, definition.level, request.get_full_path()), status=status,
    )  # fmt: skip


def _may_file(case: Case, definition: Definition) -> bool:
    return case.filed is None and filing.is_possible(definition)


class Later(forms.Form):
    """Where the link to go on is sent."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("We send you a link with which you go on, on any device."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )  # fmt: skip


@never_cache
@of_case
@require_http_methods(["GET", "HEAD", "POST"])
def later(request: HttpRequest, case: Case) -> HttpResponseBase:
    """It is saved; guests have the link mailed to them."""
    if case.state != "draft" or case.account_id is not None:
        messages.success(request, _("Saved. You find it under “My applications”, on any device."))
        return redirect("service_portal:case", case.public_id)
    form = Later(request.POST if "email" in request.POST else None, initial={"email": case.email})
    if request.method == "POST" and form.is_valid():
        contact.correct(case.pk, email=form.cleaned_data["email"], phone=case.phone)
        case.refresh_from_db()
        mails.write(case, "continue", key=f"continue:{case.revision}:{case.email}")
        messages.success(request, _("Saved. The link is on its way to you."))
        return redirect("service_portal:guest", case.token)
    return page(request, "later", case=case, form=form, status=422 if form.errors else 200)


@never_cache
@of_case
@require_POST
def reopen(request: HttpRequest, case: Case) -> HttpResponseBase:
    """Back to the form, before it is sent: nothing that was entered is lost."""
    try:
        journey.reopen(case.pk)
    except NotPossible as sent:
        messages.error(request, str(sent))
        return redirect("service_portal:case", case.public_id)
    messages.success(request, _("You can change everything again. Please send it afterwards."))
    return redirect("service_portal:review", case.public_id)


@never_cache
@of_case
@require_POST
def file_now(request: HttpRequest, case: Case) -> HttpResponseBase:
    """Fix the day on which the city knew of it."""
    try:
        filing.file_now(case)
        messages.success(request, _("Your application is made known. The time is on record."))
    except NotPossible as closed:
        messages.error(request, str(closed))
    return redirect("service_portal:case", case.public_id)
