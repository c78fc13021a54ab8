"""Sign-in services: made, changed, tested, switched."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.identity.providers import adapter
from stadtkern.kernel.identity.providers.protocol import Unreachable
from stadtkern.kernel.identity.trust import TITLES, Trust
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import IdentityProvider
from stadtkern.kernel.sealing import seal
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.identity.forms import ProviderForm, initial_of
from stadtkern.site.staff.page import page


@staff("people.edit")
def providers(request: HttpRequest) -> HttpResponse:
    """All services, and the kinds that a new one can be of."""
    rows = [(one, TITLES[Trust(one.level)]) for one in IdentityProvider.objects.all()]
    return page(request, "identity/list", rows=rows, kinds=IdentityProvider.KINDS)


@staff("people.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """`?kind=saml`: a new service."""
    kind = request.GET.get("kind", "")
    if kind not in IdentityProvider.KINDS:
        return redirect("staff-identity")
    form = ProviderForm(kind, None, request.POST or None)
    if request.method == "POST" and form.is_valid():
        one = _save(request, IdentityProvider(kind=kind, active=False), form, "identity.create")
        messages.success(request, _("Saved. Please test it, then switch it on."))
        return redirect("staff-identity-one", one.pk)
    return page(request, "identity/one", form=form, kind=IdentityProvider.KINDS[kind],
                status=422 if form.errors else 200)  # fmt: skip


@staff("people.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: int) -> HttpResponse:
    """One service, with the addresses that it has to know of us."""
    one = get_object_or_404(IdentityProvider, pk=number)
    form = ProviderForm(one.kind, one, request.POST or None, initial=initial_of(one))
    if request.method == "POST" and form.is_valid():
        _save(request, one, form, "identity.change")
        messages.success(request, _("Saved. Please test it."))
        return redirect("staff-identity-one", one.pk)
    return page(request, "identity/one", form=form, kind=one.get_kind_display(), one=one,
                addresses=_addresses(request, one),
                status=422 if form.errors else 200)  # fmt: skip


@staff("people.edit")
@require_POST
def do(request: HttpRequest, number: int) -> HttpResponse:
    """`do`: `test` it, `switch` it on or off."""
    one = get_object_or_404(IdentityProvider, pk=number)
    name = request.POST.get("do", "")
    if name == "test":
        _test(request, one)
    elif name == "switch":
        with transaction.atomic():
            one.active = not one.active
            one.save(update_fields=["active"])
            record(person(request), "identity.change", one, active=one.active)
        text = _("People can choose it now.") if one.active else _("People cannot choose it now.")
        messages.success(request, text)
    else:
        raise Http404
    return redirect("staff-identity-one", number)


def _save(
    request: HttpRequest, one: IdentityProvider, form: ProviderForm, verb: str
) -> IdentityProvider:
    told = form.cleaned_data
    for name in ("title", "slug", "about", "about_en", "audience", "level", "weight",
                 "attribute_map"):  # fmt: skip
        setattr(one, name, told[name])
    # What the form does not know, such as what levels are called there, stays.
    one.settings = {**one.settings, **form.settings()}
    if told.get("secret"):
        one.secret = seal(told["secret"])
    with transaction.atomic():
        one.save()
        record(person(request), verb, one, title=one.title, level=one.level,
               audience=one.audience, secret=bool(told.get("secret")))  # fmt: skip
    return one


def _test(request: HttpRequest, one: IdentityProvider) -> None:
    try:
        found, one.problem = adapter(one).check(), ""
        messages.success(request, found)
    except Unreachable as problem:
        one.problem = str(problem)[:300]
        messages.error(request, one.problem)
    one.checked = clock.now()
    one.save(update_fields=["checked", "problem"])


def _addresses(request: HttpRequest, one: IdentityProvider) -> list[tuple[str, str]]:
    def full(name: str) -> str:
        with override("de"):
            return request.build_absolute_uri(reverse(name, args=[one.slug]))

    if one.kind == "saml":
        return [(_("Our metadata"), full("login-saml-metadata")),
                (_("Where answers go"), full("login-saml")),
                (_("Where signing out goes"), full("login-saml-logout"))]  # fmt: skip
    return [(_("Where answers go"), full("login-back"))]
