"""`/robots.txt`: pages and data are for everybody, staff pages and endless queries for none."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from stadtkern.kernel.catalogue.dcat import address
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
    lines = [*LINES, "", f"Sitemap: {address.base(request)}{reverse('sitemap')}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
