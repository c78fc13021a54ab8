"""Away to an identity provider, and back."""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel.identity import stepup, trips
from stadtkern.kernel.identity.pages.show import leading_to, show
from stadtkern.kernel.identity.pages.signing_in import to_landing
from stadtkern.kernel.identity.providers.protocol import Refused, Unreachable
from stadtkern.kernel.people.access import public
from stadtkern.kernel.people.models import IdentityProvider, Trip

PURPOSES: Final = ("sign_in", "step_up", "company")
AGAIN = _("That did not work. Please try again, or choose another way.")
WORDS: Final[Mapping[str, Any]] = {
    "cancelled": _("You have cancelled signing in. You can try again, or choose another way."),
    "expired": _("It took too long. Please try again."),
    "replay": _("This answer was used before, or belongs to another attempt. Please begin anew."),
    "downgrade": _(
        "You did not sign in as securely as needed. Please choose the way with your identity card"
        " or certificate."
    ),
    "other_browser": _("Please sign in with the browser in which you began."),
    "other_account": _(
        "This sign-in belongs to another account. Nothing has changed. Sign out first if you want"
        " to use the other account."
    ),
    "other_identity": _(
        "Your account is connected with somebody else's sign-in there. Please use that one."
    ),
    "wrong_door": _("This way is not meant for your account. Please choose another one."),
    "unknown_staff": _("There is no account for you yet. Your administrator makes one."),
    "switched_off": _("This account has been switched off."),
    "no_organisation": _("The answer names no company. Please use your organisation account."),
}


@public
@require_safe
def go(request: HttpRequest, slug: str) -> HttpResponse:
    """Says that one leaves the city's pages, and leads on. `?for=step_up&level=4&back=/..`"""
    provider = get_object_or_404(IdentityProvider, slug=slug, active=True)
    purpose = request.GET.get("for", "sign_in")
    if purpose not in PURPOSES or (purpose != "sign_in" and not request.user.is_authenticated):
        raise Http404
    level = stepup.level_of(request.GET.get("level", "1"))
    back = stepup.safe(request, request.GET.get("back", ""))
    try:
        departure = trips.set_out(request, provider, purpose=purpose, level=level, back=back,
                                  landing=_landing(request, provider))  # fmt: skip
    except Unreachable:
        messages.error(request, _("This way to sign in does not work at the moment."))
        return redirect(f"{reverse('login')}?next={back}" if purpose == "sign_in" else "account")
    return leading_to(departure, show(request, "go", provider=provider, departure=departure))


@public
@require_safe
def back(request: HttpRequest, slug: str) -> HttpResponse:
    """An OpenID provider sends the browser back here."""
    return _landed(request, slug, request.GET.dict(), request.GET.get("state", ""), finish_now=True)


@csrf_exempt
@public
@require_POST
def posted(request: HttpRequest, slug: str) -> HttpResponse:
    """A SAML provider has the browser post here, from its own site and so without our cookie."""
    state = request.POST.get("RelayState", "")
    return _landed(request, slug, request.POST.dict(), state, finish_now=False)


@public
@require_safe
def finish(request: HttpRequest) -> HttpResponse:
    """The browser comes for its answer, with its cookie."""
    try:
        trip = trips.finish(request, request.GET.get("state", ""))
    except Refused as refused:
        return _refused(request, refused)
    if trip.purpose == "step_up":
        messages.success(request, _("Thank you. You can go on now."))
    return to_landing(request, trip.back)


@public
@require_safe
def metadata(request: HttpRequest, slug: str) -> HttpResponse:
    """What a SAML provider has to know of the city."""
    provider = get_object_or_404(IdentityProvider, slug=slug, kind="saml")
    # Loaded when it is needed: it brings lxml along.
    from stadtkern.kernel.identity.providers.saml import Saml  # noqa: PLC0415

    made = Saml(provider).metadata(
        f"{request.scheme}://{request.get_host()}", _landing(request, provider)
    )
    return HttpResponse(made, content_type="application/samlmetadata+xml")


def _landed(
    request: HttpRequest, slug: str, said: Mapping[str, str], state: str, *, finish_now: bool
) -> HttpResponse:
    provider = get_object_or_404(IdentityProvider, slug=slug, active=True)
    if finish_now and state not in request.session.get(trips.UNDER_WAY, []):
        return _refused(request, Refused("other_browser"))
    try:
        trip: Trip = trips.land(provider, said, state)
    except Refused as refused:
        return _refused(request, refused)
    except Unreachable:
        return _refused(request, Refused("unreachable"))
    return redirect(f"{reverse('login-finish')}?state={trip.state}")


def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Nothing has happened; the page says what to do."""
    return show(request, "refused", words=WORDS.get(refused.reason, AGAIN), status=403)


def _landing(request: HttpRequest, provider: IdentityProvider) -> str:
    """The way back, in the address that is promised to providers."""
    name = "login-saml" if provider.kind == "saml" else "login-back"
    with override("de"):
        return f"{request.scheme}://{request.get_host()}{reverse(name, args=[provider.slug])}"
