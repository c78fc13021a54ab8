"""How a page of the desk is answered, who asks, and which case they may see."""

from typing import Any, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from stadtkern.kernel.cases.desk.inbox import Rights
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.people.models import Account

SEE, WORK = "service_portal.see", "service_portal.work"
DECIDE, APPROVE = "service_portal.decide", "service_portal.approve"
RIGHTS: Final = Rights(see=SEE, work=WORK, approve=APPROVE)


def page(request: HttpRequest, name: str, /, *, status: int = 200, **said: Any) -> HttpResponse:
    """The template `service_portal/staff/<name>.html`; never kept by a shared cache."""
    answer = render(request, f"service_portal/staff/{name}.html", said, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def person(request: HttpRequest) -> Account:
    """Who is signed in, on a page behind a door."""
    assert isinstance(request.user, Account)
    return request.user


def case_of(request: HttpRequest, public_id: UUID) -> Case:
    """A case that this clerk may see; for everybody else there is none (404)."""
    rows = Case.objects.visible_to(person(request), SEE).select_related(
        "department", "service", "version__form", "clerk", "account", "charge", "booking",
        "decision__by", "decision__second", "decision__document",
    )  # fmt: skip
    return get_object_or_404(rows, public_id=public_id)


def need(request: HttpRequest, permission: str, case: Case) -> Account:
    """Whoever asks, if they may do this in the office of the case. Raises PermissionDenied."""
    who = person(request)
    if not who.may(permission, case.department_id):
        raise PermissionDenied
    return who
