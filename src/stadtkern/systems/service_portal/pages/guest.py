"""The page of a guest's case: the link shows how it stands, a mailed code shows the rest."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.cases import timeline
from stadtkern.kernel.cases.desk import texts
from stadtkern.kernel.cases.journey import guests
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.people.access import public
from stadtkern.systems.service_portal.pages.door import hidden, page


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def guest(request: HttpRequest, token: str) -> HttpResponseBase:
    """How it stands; sent, a code is mailed or checked."""
    rows = Case.objects.select_related("version__form", "service", "department", "charge")
    case = rows.filter(token=token, erased=None).first()
    if case is None:
        raise Http404
    if case.account_id is not None:
        return redirect("service_portal:case", case.public_id)
    if guests.is_in(request, case) and request.method != "POST":
        return redirect("service_portal:case", case.public_id)
    if request.method == "POST":
        return _answered(request, case)
    return _shown(request, case)


def _answered(request: HttpRequest, case: Case) -> HttpResponseBase:
    if "code" not in request.POST:
        if guests.send_code(case):
            return _shown(request, case, asked=True)
        problem = _("No code can be sent now. Please try again tomorrow, or call the office.")
        return _shown(request, case, problem=problem, status=429)
    if not guests.check_code(case, request.POST["code"][:20]):
        problem = _("This code is wrong or too old. Please check it, or have a new one sent.")
        return _shown(request, case, asked=True, problem=problem, status=422)
    guests.let_in(request, case)
    messages.success(request, _("Thank you. You now see everything of this case."))
    return redirect("service_portal:case", case.public_id)


def _shown(
    request: HttpRequest, case: Case, *, asked: bool = False, problem: str = "", status: int = 200
) -> HttpResponseBase:  # fmt: skip
    return hidden(
        page(request, "guest", case=case, title=texts.title_of(case), asked=asked,
             lines=timeline.lines(case), next=timeline.next_of(case), problem=problem,
             masked=_masked(case.email), status=status)
    )  # fmt: skip


def _masked(email: str) -> str:
    """`e…@example.org`: enough to know one's own mailbox by."""
    name, _at, host = email.partition("@")
    return f"{name[:1]}…@{host}" if host else ""
