"""The test cases of a form and how they come out with the draft."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.forms import definition as door
from stadtkern.kernel.cases.forms import rehearse, run
from stadtkern.kernel.people.access import staff
from stadtkern.systems.service_portal.staff.answer import person
from stadtkern.systems.service_portal.staff.forms.door import (
    FORMS,
    form_of,
    language,
    page,
    shown_version,
)


@staff(FORMS)
@require_safe
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """All test cases, with what does not come out as expected."""
    form = form_of(request, slug)
    version = shown_version(form)
    definition = door.read(version.definition)
    rows = [
        {"outcome": one, "parts": run.summary(definition, one.test.answers, language=language()),
         "found": rehearse.outcome_of(definition, one.test.answers)}
        for one in rehearse.rehearse(form, definition)
    ]  # fmt: skip
    return page(request, "trials", form, {"rows": rows, "version": version})


@staff(FORMS)
@require_POST
def remove(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Remove a test case, or take what comes out now as what is expected from now on."""
    form = form_of(request, slug)
    test = get_object_or_404(form.tests, pk=number)
    with transaction.atomic():
        if request.POST.get("do") == "accept":
            definition = door.read(shown_version(form).definition)
            test.expected = rehearse.outcome_of(definition, test.answers)
            test.save(update_fields=["expected"])
            messages.success(request, _("This is what is expected from now on."))
        else:
            test.delete()
            messages.success(request, _("Removed."))
        record(person(request), "forms.test", form, test=number)
    return redirect("service_portal-staff:form-tests", slug)
