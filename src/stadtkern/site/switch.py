"""Off means gone: the pages of a system that is off answer 404."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from stadtkern.kernel import registry


class SwitchMiddleware:
    """Looks at the namespace of the page, which is the slug of its system."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        match = request.resolver_match
        slug = match.namespaces[0].partition("-")[0] if match and match.namespaces else ""
        installed = {system.slug for system in registry.installed()}
        if slug in installed and not registry.is_on(slug):
            raise Http404
