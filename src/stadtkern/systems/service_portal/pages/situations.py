"""One life situation with everything that belongs to it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from stadtkern.kernel.cases.catalogue.situations import BY_SLUG, SITUATIONS
from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.people.access import public
from stadtkern.systems.service_portal.pages.answer import page


@public
@require_safe
def situation(request: HttpRequest, slug: str) -> HttpResponse:
    """Its services, those that most people need first, what goes online marked."""
    one = BY_SLUG.get(slug)
    if one is None:
        raise Http404
    rows = Service.objects.filter(active=True, situations__contains=[slug]).with_reach()
    others = [other for other in SITUATIONS if other.slug != slug]
    ordered = rows.select_related("department").order_by("-yearly", "title")
    return page(request, "situation", situation=one, services=ordered, others=others)
