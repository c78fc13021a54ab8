"""The catalogue for programs: one transfer of XZuFi with all services that are shown."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.cases.catalogue.xzufi.writing import write
from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.people.access import public


@public
@require_safe
@cache_control(public=True, max_age=3600)
def xzufi(request: HttpRequest) -> HttpResponse:
    """All of them, as XML; one statement."""
    rows = Service.objects.filter(active=True).select_related("department").order_by("slug")
    content = write(rows, sender=registry.city().city.name)
    return HttpResponse(content, content_type="application/xml; charset=utf-8")
