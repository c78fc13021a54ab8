"""Calendars of resources under secret links, for the calendars of staff."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from stadtkern.kernel.bookings import ical
from stadtkern.kernel.bookings.models import Feed
from stadtkern.kernel.people.access import public


@public
@require_safe
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """The bookings behind a link; who knows it may read it, until it is withdrawn."""
    rows = Feed.objects.select_related("resource__place", "unit", "account")
    source = rows.filter(secret=secret).first()
    if source is None or (source.account and not source.account.is_active):
        raise Http404
    answer = HttpResponse(ical.feed(source), content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer
