"""The page of somebody who is asked to agree to another person's application."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.cases.desk import texts
from stadtkern.kernel.cases.journey import co_signing
from stadtkern.kernel.cases.journey.errors import LevelMissing
from stadtkern.kernel.cases.journey.hold import definition_of
from stadtkern.kernel.cases.models import CoSign
from stadtkern.kernel.cases.moves import NotPossible
from stadtkern.kernel.identity import stepup
from stadtkern.kernel.people.access import public
from stadtkern.systems.service_portal.pages.door import hidden, language, level, page, person


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, token: str) -> HttpResponseBase:
    """What it is about; sent, they agree or refuse."""
    rows = CoSign.objects.select_related("case__version__form", "case__service",
                                         "case__department")  # fmt: skip
    row = rows.filter(token=token, case__erased=None).first()
    if row is None:
        raise Http404
    if request.method == "POST" and request.POST.get("answer") in ("yes", "no"):
        return hidden(_answered(request, row))
    return hidden(_shown(request, row))


def _answered(request: HttpRequest, row: CoSign) -> HttpResponseBase:
    agrees = request.POST["answer"] == "yes"
    if agrees and "seen" not in request.POST:
        return _shown(request, row, problem=_("Please confirm that you have read it."), status=422)
    try:
        co_signing.sign(row, agrees=agrees, account=person(request), level=level(request))
    except LevelMissing as more:
        return redirect(stepup.url(request, more.level, request.get_full_path()))
    except NotPossible as late:
        messages.info(request, str(late))
    return redirect("service_portal:sign", row.token)


def _shown(
    request: HttpRequest, row: CoSign, *, problem: str = "", status: int = 200
) -> HttpResponseBase:  # fmt: skip
    case = row.case
    definition = definition_of(case)
    waiting = case.state == "co_sign" and row.state == "asked"
    return page(
        request, "sign", row=row, case=case, title=texts.title_of(case), waiting=waiting,
        parts=co_signing.shown(row, definition, language()) if waiting else [],
        problem=problem, needed=definition.co_sign_level > level(request),
        prove=stepup.url(request, definition.co_sign_level, request.get_full_path()),
        status=status,
    )  # fmt: skip
