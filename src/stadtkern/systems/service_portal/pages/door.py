"""Who may see a case, and how its pages are answered: private, kept nowhere, in no index."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stadtkern.kernel.cases.journey import guests, typed
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.identity import trust
from stadtkern.kernel.people.models import Account

CasePage = Callable[..., HttpResponseBase]


def of_case(view: CasePage) -> CasePage:
    """A page about one case: `view(request, case, ..)` for whoever applies, and nobody else.

    A guest's case opens in the browser that began it, or that has proved the mailbox. Whoever's
    session has ended signs in and comes back; what they had typed is kept.
    """

    @wraps(view)
    def guarded(
        request: HttpRequest, public_id: UUID, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:  # fmt: skip
        case = found(public_id)
        if case is None:
            raise Http404
        if may_see(request, case):
            return hidden(view(request, case, *args, **kwargs))
        if case.account_id is None:
            return hidden(page(request, "link_needed", status=403))
        if not request.user.is_authenticated:
            _keep_typed(request, case, kwargs)
            return hidden(redirect_to_login(request.get_full_path()))
        raise Http404

    guarded.audience = "public"  # type: ignore[attr-defined]
    return guarded


def found(public_id: UUID) -> Case | None:
    """The case with what its pages need, in one statement."""
    rows = Case.objects.select_related(
        "version__form", "service", "department", "account", "charge", "booking", "draft",
        "decision__document",
    )  # fmt: skip
    return rows.filter(public_id=public_id, erased=None).first()


def may_see(request: HttpRequest, case: Case) -> bool:
    """Whoever applies: by account, or as a guest in this browser."""
    if case.account_id is None:
        return guests.is_in(request, case)
    return person(request) is not None and request.user.pk == case.account_id


def person(request: HttpRequest) -> Account | None:
    """Who is signed in, if anybody."""
    return request.user if isinstance(request.user, Account) else None


def _keep_typed(request: HttpRequest, case: Case, where: dict[str, Any]) -> None:
    """The session has ended while a step was filled in: its words wait for their owner."""
    proven = typed.is_proven(case, request.POST.get("proof", ""))
    if request.method != "POST" or "step" not in where or not proven or case.state != "draft":
        return
    if typed.keep(case, where["step"], where.get("row"), request.POST, saved=False):
        messages.info(request, _("You were signed out. What you typed is kept: sign in to go on."))


def page(request: HttpRequest, name: str, /, *, status: int = 200, **said: Any) -> HttpResponse:
    """The template `service_portal/case/<name>.html`."""
    return render(request, f"service_portal/case/{name}.html", said, status=status)


def hidden(answer: HttpResponseBase) -> HttpResponseBase:
    """For one person alone: kept nowhere, found by no search engine, told to no other site."""
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "same-origin"
    return answer


def language() -> str:
    """The reader's language."""
    return (get_language() or "de")[:2]


def level(request: HttpRequest) -> int:
    """How sure the city is of who sits there."""
    return int(trust.of(request))
