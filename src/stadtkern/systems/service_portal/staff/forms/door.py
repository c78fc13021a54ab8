"""Which forms somebody may edit, and the one way in which a draft is changed."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.forms import definition as door
from stadtkern.kernel.cases.forms.coherence import wrong_in
from stadtkern.kernel.cases.forms.definition import Definition, FormProblem
from stadtkern.kernel.cases.models import Form, FormVersion
from stadtkern.kernel.people.models import Account, Department
from stadtkern.systems.service_portal.staff import answer
from stadtkern.systems.service_portal.staff.answer import person

FORMS, PUBLISH = "service_portal.forms", "service_portal.publish"
Change = Callable[[Definition], Definition]
LANGUAGES: Final = {"de": "Deutsch", "en": "English"}


class NoDraft(Exception):
    """There is no draft that could be changed."""

    def __init__(self) -> None:
        super().__init__(_("There is no draft. Begin a new version first."))


def forms_of(who: Account) -> QuerySet[Form]:
    """The forms of the offices where somebody edits forms."""
    where = who.departments_for(FORMS)
    rows = Form.objects.select_related("department", "service")
    return rows if where is None else rows.filter(department__in=where)


def departments_of(who: Account) -> QuerySet[Department]:
    """The offices where somebody edits forms."""
    where = who.departments_for(FORMS)
    rows = Department.objects.all()
    return rows if where is None else rows.filter(pk__in=where)


def form_of(request: HttpRequest, slug: str) -> Form:
    """A form that somebody may edit; for everybody else there is none (404)."""
    return get_object_or_404(forms_of(person(request)), slug=slug)


def may_publish(request: HttpRequest, form: Form) -> bool:
    """Whether somebody may publish this form."""
    return person(request).may(PUBLISH, form.department_id)


def need_publish(request: HttpRequest, form: Form) -> None:
    """Raises PermissionDenied where somebody may not publish this form."""
    if not may_publish(request, form):
        raise PermissionDenied


def draft_of(form: Form) -> FormVersion | None:
    """The draft, if there is one."""
    return form.versions.filter(state="draft").first()


def live_of(form: Form) -> FormVersion | None:
    """The version that people fill in."""
    return form.versions.filter(state="published").first()


def shown_version(form: Form) -> FormVersion:
    """The draft, else the published version. Every form has one of them."""
    found = draft_of(form) or live_of(form)
    return found or form.versions.order_by("-number")[0]


def change(request: HttpRequest, form: Form, how: Change, part: str) -> Definition:
    """Change the draft as it is at this moment. Raises FormProblem and NoDraft.

    What somebody else changed in another part meanwhile stays.
    """
    with transaction.atomic():
        row = form.versions.select_for_update().filter(state="draft").first()
        if row is None:
            raise NoDraft
        after = how(door.read(row.definition))
        if wrong := wrong_in(after):
            raise FormProblem(wrong)
        row.definition, row.changed = door.write(after), clock.now()
        row.save(update_fields=["definition", "changed"])
        record(person(request), "forms.edit", form, version=row.number, part=part)
    return after


def page(
    request: HttpRequest, name: str, form: Form, said: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """The template `service_portal/staff/forms/<name>.html` of one form."""
    whole = {"one": form, "may_publish": may_publish(request, form), **said}
    return answer.page(request, f"forms/{name}", status=status, **whole)


def language() -> str:
    """The language of whoever edits."""
    return (get_language() or "de")[:2]
