"""The citizen's side of being helped: the code, who helps, the trail, checking, ending."""

from uuid import UUID

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel.cases.forms.definition import Definition
from stadtkern.kernel.cases.journey import guests, links
from stadtkern.kernel.cases.journey.hold import definition_of
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.people.access import public
from stadtkern.systems.digital_forum.logic import assist, filling
from stadtkern.systems.digital_forum.models import AssistAction, AssistSession
from stadtkern.systems.digital_forum.pages.answer import private

MOST_LINES = 60


def _own(request: HttpRequest, public_id: UUID) -> Case:
    """One's own case, as an account or as the guest of this browser. Raises Http404."""
    rows = Case.objects.select_related("version__form", "department")
    case = get_object_or_404(rows, public_id=public_id, erased=None)
    if case.account_id is not None:
        allowed = request.user.is_authenticated and case.account_id == request.user.pk
    else:
        allowed = guests.is_in(request, case)
    if not allowed:
        raise Http404
    return case


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def present(request: HttpRequest, case: UUID) -> HttpResponse:
    """Show a code, see who helps and what they did, check it, end it."""
    found = _own(request, case)
    if request.method == "POST":
        return _done(request, found)
    session = assist.of_citizen(found)
    return private(
        request, "present", case=found, session=session, trail=_trail(found),
        helped=filling.helped_titles(found), confirmed=_confirmed(found, session),
        live=session is not None and session.state in ("offered", "live"),
    )  # fmt: skip


def _confirmed(case: Case, session: AssistSession | None) -> bool:
    """Whether what stands there now was checked."""
    return session is not None and session.confirmed is not None and (
        session.revision == case.revision
    )  # fmt: skip


def _done(request: HttpRequest, case: Case) -> HttpResponse:
    deed = request.POST.get("do", "")
    try:
        if deed == "show":
            assist.offer(case)
        elif deed == "end":
            session = assist.of_citizen(case)
            if session is not None:
                assist.end(session, by="citizen")
        elif deed == "confirm":
            assist.confirm(case)
            messages.success(request, _("Noted: you have checked what was filled in."))
        else:
            raise Http404
    except assist.Refused as refused:
        messages.error(request, str(refused))
    return redirect("digital_forum:present", case.public_id)


def _trail(case: Case) -> list[tuple[AssistAction, list[str]]]:
    """What helpers did, with the titles of steps and fields; newest first."""
    rows = AssistAction.objects.filter(session__case=case).select_related("session__helper")
    definition = definition_of(case)
    listed = list(rows.order_by("-at", "-pk")[:MOST_LINES])
    return [(one, _words(definition, one)) for one in listed]


def _words(definition: Definition, one: AssistAction) -> list[str]:
    named = filling.titles(definition, [*one.fields, *([one.step] if not one.fields else [])])
    return [field or step for step, field in named]


@public
@never_cache
@require_safe
def slip(request: HttpRequest, case: UUID) -> HttpResponse:
    """What a guest takes along on paper: reference and link; the link is the key to the case."""
    found = _own(request, case)
    address = request.build_absolute_uri(links.path(found))
    return private(request, "slip", case=found, address=address, code=qr(address))


def qr(address: str) -> SafeString:
    """An SVG that encodes an address of ours."""
    drawn = segno.make(address, error="m", micro=False)
    svg = drawn.svg_inline(scale=4, border=4, dark="#000", light="#fff", svgclass="df-qr")
    return mark_safe(svg)  # noqa: S308  made of an address of ours
