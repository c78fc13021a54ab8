"""From draft to what people fill in: differences, test cases, who and why; and the way back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel.cases.forms import compare, edit, publish, rehearse
from stadtkern.kernel.cases.forms import definition as door
from stadtkern.kernel.cases.forms.publish import NotPublished
from stadtkern.kernel.cases.models import Form, FormVersion
from stadtkern.kernel.people.access import staff
from stadtkern.systems.service_portal.staff.answer import person
from stadtkern.systems.service_portal.staff.forms.door import (
    FORMS,
    draft_of,
    form_of,
    live_of,
    need_publish,
    page,
)


@staff(FORMS)
@require_http_methods(["GET", "HEAD", "POST"])
def page_of(request: HttpRequest, slug: str) -> HttpResponse:
    """What would change for people; publishing needs a reason and test cases that come out."""
    form = form_of(request, slug)
    draft = draft_of(form)
    told: dict[str, Any] = _told(form, draft) if draft else {"draft": None}
    if request.method == "POST":
        need_publish(request, form)
        why = " ".join(request.POST.get("why", "").split())
        told["error"] = _refused(draft, told, why)
        if draft and not told["error"]:
            return _published(request, draft, why)
    return page(request, "publish", form, told, status=422 if told.get("error") else 200)


def _told(form: Form, draft: FormVersion) -> dict[str, Any]:
    live = live_of(form)
    after = door.read(draft.definition)
    before = door.read(live.definition) if live else None
    return {
        "draft": draft, "live": live,
        "differences": compare.differences(before, after) if before else [],
        "outcomes": rehearse.rehearse(form, after), "missing": edit.untranslated(after),
    }  # fmt: skip


def _refused(draft: FormVersion | None, told: dict[str, Any], why: str) -> str:
    if draft is None:
        return _("There is no draft. Begin a new version first.")
    if not why:
        return _("Say in a sentence what is new and why. It stays in the list of versions.")
    if any(one.wrong for one in told["outcomes"]):
        return _("Not all test cases come out as expected. Look at them first.")
    return ""


def _published(request: HttpRequest, draft: FormVersion, why: str) -> HttpResponse:
    try:
        publish.publish(draft, person(request), why=why)
    except NotPublished as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Published. Who has begun already goes on with the old one."))
    return redirect("service_portal-staff:form", draft.form.slug)


@staff(FORMS)
@require_safe
def versions(request: HttpRequest, slug: str) -> HttpResponse:
    """All versions, newest first."""
    form = form_of(request, slug)
    rows = form.versions.select_related("made_by").defer("definition", "schema_source")
    return page(request, "versions", form, {"versions": rows.order_by("-number")})


@staff(FORMS)
@require_POST
def restore(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Begin a draft that is as an earlier version was."""
    form = form_of(request, slug)
    version = get_object_or_404(form.versions, number=number)
    try:
        publish.restore(version, person(request))
    except NotPublished as problem:
        messages.error(request, str(problem))
        return redirect("service_portal-staff:form-versions", slug)
    messages.success(request, _("The draft is as version %(n)s was.") % {"n": number})
    return redirect("service_portal-staff:form", slug)
