"""Files of a case for the desk: each look is on record."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases import documents
from stadtkern.kernel.people.access import staff
from stadtkern.systems.service_portal.staff.answer import SEE, case_of, person


@staff(SEE)
@require_safe
def file(request: HttpRequest, public_id: UUID, document: UUID) -> HttpResponse:
    """Pictures are shown in a box of their own; everything else is saved."""
    case = case_of(request, public_id)
    found = get_object_or_404(case.documents, public_id=document)
    try:
        answer = documents.handed_out(found, inline=found.mime.startswith("image/"))
    except documents.NotTaken:
        raise Http404 from None
    record(person(request), "case.document", case, document=found.pk)
    return answer
