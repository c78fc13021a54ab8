"""Signing out: here, at the sign-in service as well, and here because it says so."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import LogoutView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.identity import leaving_there
from stadtkern.kernel.identity.pages.show import leading_to, show
from stadtkern.kernel.identity.providers.protocol import Refused, Unreachable
from stadtkern.kernel.people.access import public
from stadtkern.kernel.people.models import IdentityProvider


class Logout(LogoutView):
    """Signs out; only by POST, so that no link or image does it."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        person, there = request.user, request.session.get(leaving_there.THERE)
        with transaction.atomic():
            if person.is_authenticated:
                record(person, "logout", person)
            response = super().post(request, *args, **kwargs)
        return _offered(request, there) or _said(request, response)


def _said(request: HttpRequest, response: Any) -> Any:
    messages.success(request, _("You are signed out."))
    return response


def _offered(request: HttpRequest, there: dict[str, str] | None) -> HttpResponse | None:
    """Here it is done already; there one is asked, so that nobody is led away unasked."""
    try:
        found = leaving_there.set_out(there, _origin(request)) if there else None
    except Unreachable:
        return None
    if found is None:
        return None
    provider, departure = found
    return leading_to(departure, show(request, "logout", provider=provider, departure=departure))


@csrf_exempt
@public
@require_POST
def posted(request: HttpRequest, slug: str) -> HttpResponse:
    """The service has the browser post here: that it signs somebody out, or that it has.

    It comes from another site, so without our cookie: sessions are found by what the service
    calls them, and only what it has signed is believed.
    """
    provider = get_object_or_404(IdentityProvider, slug=slug, kind="saml", active=True)
    with override("de"):
        path = reverse("login-saml-logout", args=[slug])
    here = f"{_origin(request)}{path}"
    try:
        if "SAMLRequest" in request.POST:
            return _asked(request, provider, here)
        return _answered(request, provider, here)
    except (Refused, Unreachable) as problem:
        reason = problem.reason if isinstance(problem, Refused) else "unreachable"
        record("system", "logout.refused", provider, reason=reason)
        return show(request, "logout_refused", status=403)


def _asked(request: HttpRequest, provider: IdentityProvider, here: str) -> HttpResponse:
    # Loaded when it is needed: it brings lxml along.
    from stadtkern.kernel.identity.providers import saml_logout  # noqa: PLC0415
    from stadtkern.kernel.identity.providers.saml import Saml  # noqa: PLC0415

    saml = Saml(provider)
    if not saml_logout.is_spoken(saml):
        raise Refused("not_spoken")
    question = saml_logout.asked(saml, request.POST["SAMLRequest"], here=here)
    leaving_there.ended_there(
        provider, number=question.number, name=question.name, indexes=question.indexes
    )
    departure = saml_logout.answer(
        saml, question, origin=_origin(request), state=request.POST.get("RelayState", "")[:200]
    )
    answer = show(request, "logout_asked", provider=provider, departure=departure)
    return leading_to(departure, answer)


def _answered(request: HttpRequest, provider: IdentityProvider, here: str) -> HttpResponse:
    from stadtkern.kernel.identity.providers import saml_logout  # noqa: PLC0415
    from stadtkern.kernel.identity.providers.saml import Saml  # noqa: PLC0415

    state = request.POST.get("RelayState", "")
    with transaction.atomic():
        number = leaving_there.come_back(provider, state)
        done = saml_logout.is_done(
            Saml(provider), request.POST.get("SAMLResponse", ""), here=here, request=number
        )
    return show(request, "logout_done", provider=provider, done=done)


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


logout_page = public(Logout.as_view())
