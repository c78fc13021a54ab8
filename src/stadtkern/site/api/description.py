"""`/api/openapi.json`: all interfaces of the city in one description."""

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock, registry
from stadtkern.kernel.people.access import public
from stadtkern.site.api.interfaces import interfaces
from stadtkern.site.api.merging import merged
from stadtkern.site.feeds.door import JSON, answer, feed


@public
@require_safe
def base(request: HttpRequest, slug: str) -> HttpResponse:
    """Where a system's addresses for programs begin: there its description is found."""
    if not registry.is_on(slug):
        raise Http404
    return redirect(f"{slug}-api:openapi")


@feed
def openapi(request: HttpRequest) -> HttpResponseBase:
    """What is on, described by each interface itself."""
    parts = [(one.slug, str(one.title), one.document(request)) for one in interfaces()]
    info = {"title": registry.city().title, "version": "1"}
    server = request.build_absolute_uri("/").rstrip("/")
    told = msgspec.json.encode(merged(info, server, parts))
    return answer(request, [told], clock.now(), JSON, lambda: told)
