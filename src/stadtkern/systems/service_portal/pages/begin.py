"""What a form needs, before it is begun; then the draft."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.cases.forms import definition as forms_data
from stadtkern.kernel.cases.forms.definition import Definition
from stadtkern.kernel.cases.forms.publish import published
from stadtkern.kernel.cases.forms.values.texts import in_words
from stadtkern.kernel.cases.journey import begin as journey
from stadtkern.kernel.cases.journey import carry, guests
from stadtkern.kernel.cases.journey.errors import NotOpen
from stadtkern.kernel.cases.models import Case, Form, FormVersion
from stadtkern.kernel.formguard import GuardedForm
from stadtkern.kernel.identity import acting, stepup, trust
from stadtkern.kernel.people.access import public
from stadtkern.systems.service_portal.pages.door import language, level, page, person


class Begin(GuardedForm):
    """For whom, and what guests are kept from doing by programs."""

    whom = forms.ChoiceField(label=gettext_lazy("For whom do you apply?"), required=False,
                             widget=forms.RadioSelect)  # fmt: skip


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, slug: str) -> HttpResponseBase:
    """What it is, what one needs, what it costs; sent, a draft is made and its first step shown."""
    version = published(slug)
    if version is None:
        return _retired(request, slug)
    definition = forms_data.read(version.definition)
    token = request.POST.get("from") or request.GET.get("from", "")
    form = _form(request)
    if request.method == "POST" and "begin" in request.POST:
        if person(request) is None and not definition.guests:
            return redirect(_sign_in(request, token))
        # Only guests are kept waiting by the guard; whoever is signed in was let in already.
        if form.is_valid() or (person(request) is not None and "whom" not in form.errors):
            return _begun(request, version, definition, form, token)
    return _page(request, version, definition, form, token)


def _retired(request: HttpRequest, slug: str) -> HttpResponse:
    """Old links lead to the service, which says how it goes today. Raises Http404."""
    form = get_object_or_404(Form.objects.select_related("service"), slug=slug)
    if form.service is None or not form.versions.filter(state="retired").exists():
        raise Http404
    messages.info(request, _("This form is not used any more. Here you see how it goes today."))
    return redirect("service_portal:service", form.service.slug)


def _form(request: HttpRequest) -> Begin:
    account = person(request)
    known = acting.mandates(account) if account else []
    form = Begin(request.POST if "begin" in request.POST else None, initial={"whom": ""})
    own = ("", _("For myself"))
    form.fields["whom"].choices = [own, *((str(m.public_id), m.name) for m in known)]  # type: ignore[attr-defined]
    return form


def _sign_in(request: HttpRequest, token: str) -> str:
    """And back to where one was, with the answers that were carried here."""
    back = f"{request.path}?{urlencode({'from': token})}" if token else request.path
    return f"{reverse('login')}?{urlencode({'next': back})}"


def _begun(
    request: HttpRequest, version: FormVersion, definition: Definition, form: Begin, token: str
) -> HttpResponse:
    account, said, origins = person(request), {}, {}
    if token:
        try:
            said = _carried(token, version, definition)
            origins = dict.fromkeys(said, "carried")
        except carry.NotCarried:
            messages.warning(
                request, _("Your earlier answers could not be taken over. Please fill them in.")
            )
    mandate = acting.find(account, form.data.get("whom", "")) if account else None
    try:
        case = journey.begin(
            version, account=account, language=language(), level=level(request), answers=said,
            prefilled=origins, acting=acting.as_dict(mandate) if mandate else None,
        )  # fmt: skip
    except NotOpen as closed:
        messages.error(request, str(closed))
        return redirect("service_portal:begin", version.form.slug)
    if account is None:
        guests.let_in(request, case)
    return redirect("service_portal:step", case.public_id, definition.steps[0].id)


def _carried(token: str, version: FormVersion, definition: Definition) -> dict[str, Any]:
    """What fits into this form. Raises NotCarried."""
    found = carry.carried(token)
    if found.form != version.form.slug:
        raise carry.NotCarried
    names = {one.id for one in definition.steps}
    names |= {one.id for step in definition.steps for one in step.fields if one.kind != "file"}
    return {name: value for name, value in found.answers.items() if name in names}


def _page(
    request: HttpRequest, version: FormVersion, definition: Definition, form: Begin, token: str
) -> HttpResponse:
    account = person(request)
    mine = Case.objects.of(account).filter(version__form=version.form) if account else None
    files = [in_words(one.title, language()) for step in definition.steps for one in step.fields
             if one.kind == "file"]  # fmt: skip
    return page(
        request, "begin", version=version, definition=definition, form=form, token=token,
        title=in_words(definition.title, language()), files=files,
        intro=in_words(definition.intro, language()), service=version.form.service,
        steps=[in_words(one.title, language()) for one in definition.steps],
        draft=mine.filter(state="draft").first() if mine is not None else None,
        sign_in=_sign_in(request, token), needs_account=account is None and not definition.guests,
        needed=definition.level, needed_words=trust.TITLES[trust.Trust(definition.level)],
        proven=level(request) >= definition.level,
        prove=stepup.url(request, definition.level, request.get_full_path()),
        status=422 if form.errors else 200,
    )  # fmt: skip
