"""`/api/openapi.json`: all interfaces of the city in one description."""

import msgspec
from django.http import HttpRequest, HttpResponseBase

from stadtkern.kernel import clock, registry
from stadtkern.site.api.interfaces import interfaces
from stadtkern.site.api.merging import merged
from stadtkern.site.feeds.door import JSON, answer, feed


@feed
def openapi(request: HttpRequest) -> HttpResponseBase:
    """What is on, described by each interface itself."""
    parts = [(one.slug, str(one.title), one.document(request)) for one in interfaces()]
    info = {"title": registry.city().title, "version": "1"}
    server = request.build_absolute_uri("/").rstrip("/")
    told = msgspec.json.encode(merged(info, server, parts))
    return answer(request, [told], clock.now(), JSON, lambda: told)
