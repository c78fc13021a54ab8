"""`/robots.txt`: pages are for everybody, staff pages and endless queries are not for crawlers."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import public

CLOSED = ("/staff/", "/account/", "/login/", "/search/")
LINES = [
    "User-agent: *",
    "Disallow: /admin/",
    "Disallow: /api/",
    *(f"Disallow: {prefix}{path}" for path in CLOSED for prefix in ("", "/en")),
]


@public
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may read."""
    return HttpResponse("\n".join(LINES) + "\n", content_type="text/plain; charset=utf-8")
